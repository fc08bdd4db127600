"""How long it takes, by stage, and what a model read and wrote."""

from collections.abc import Callable, Sequence
from typing import Final

from evals.measures.measure import Better, Measure, Row, Unit, mean, percentile
from evals.records import Record

# In the order in which they happen; a stage that a run does not have is left out.
STAGES: Final = ("encode", "search", "read", "write", "check", "total")


def _stage(stage: str) -> Callable[[Record], Row | None]:
    def row(record: Record) -> Row | None:
        took = record.timings_ms.get(stage)
        return None if took is None else (took,)

    return row


def _tokens(side: str) -> Callable[[Record], Row | None]:
    def row(record: Record) -> Row | None:
        return None if record.tokens is None else (float(getattr(record.tokens, side)),)

    return row


def times(stages: Sequence[str] = STAGES) -> tuple[Measure, ...]:
    """Median and 95th percentile of each stage."""
    return tuple(
        Measure(
            f"{stage}-{name}",
            f"{stage.capitalize()}, {title}",
            f"The {title} over questions of the time that the stage '{stage}' took.",
            _stage(stage),
            percentile(share),
            Better.LOWER,
            Unit.MILLISECONDS,
            judged=False,
        )
        for stage in stages
        for name, title, share in (("median", "median", 0.5), ("p95", "95th percentile", 0.95))
    )


MEASURES: Final = (
    *times(),
    *(
        Measure(
            f"tokens-{side}",
            f"Tokens {side}",
            f"How many tokens the model {side} for an answer, on average.",
            _tokens(side),
            mean,
            Better.NEITHER,
            Unit.COUNT,
        )
        for side in ("read", "wrote")
    ),
)
