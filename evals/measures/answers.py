"""Is the answer right? What it holds and how long it is; a refused answer holds nothing."""

from collections.abc import Callable
from typing import Final

from evals.measures.measure import Better, Measure, Row, Unit, mean, ratio
from evals.records import Record
from rag.types import Verdict


def facts_held(record: Record) -> Row | None:
    """The share of the facts that the answer holds; 0 for a refusal."""
    if not record.answerable or not record.facts:
        return None
    return (sum(fact.held for fact in record.facts) / len(record.facts),)


def gold_held(record: Record) -> Row | None:
    """1 if a passage that is cited holds an accepted place; 0 for a refusal."""
    if not record.answerable:
        return None
    return (float(any(citation.holds for citation in record.citations)),)


def _similarity(record: Record) -> Row | None:
    return None if record.similarity is None else (record.similarity,)


def _words(record: Record) -> Row | None:
    return (float(record.words),) if record.answered else None


def _failed(record: Record) -> Row | None:
    wrote = record.tokens is not None or record.problem
    return (float(bool(record.problem)),) if wrote else None


def _of_verdict(verdict: Verdict) -> Callable[[Record], Row | None]:
    def row(record: Record) -> Row | None:
        if not record.statements:
            return None
        given = sum(one.verdict is verdict for one in record.statements)
        return (float(given), float(len(record.statements)))

    return row


_WAY: Final = {Verdict.QUOTED: Better.NEITHER, Verdict.SUPPORTED: Better.NEITHER}

MEASURES: Final = (
    Measure(
        "facts",
        "Facts held",
        "The share of the facts a right answer needs that the answer holds; a refusal holds none.",
        facts_held,
        mean,
    ),
    Measure(
        "gold-cited",
        "Answers that cite the gold",
        "The share of answerable questions whose answer cites an accepted place.",
        gold_held,
        mean,
    ),
    Measure(
        "similarity",
        "Similarity to the reference",
        "The cosine of the answer with the reference answer, by the encoder; 0 for a refusal.",
        _similarity,
        mean,
    ),
    Measure(
        "words",
        "Words of an answer",
        "How many words an answer has, on average over those answered.",
        _words,
        mean,
        Better.NEITHER,
        Unit.COUNT,
    ),
    Measure(
        "model-failures",
        "Answers that the model failed to write",
        "Of the questions that a model was asked to write an answer for, the share without one.",
        _failed,
        mean,
        Better.LOWER,
    ),
    *(
        Measure(
            f"{verdict.value}",
            f"Statements {verdict.value}",
            f"The share of all statements with the verdict '{verdict.value}'.",
            _of_verdict(verdict),
            ratio,
            _WAY.get(verdict, Better.LOWER),
        )
        for verdict in Verdict
    ),
)
