"""Is a follow-up searched for whole? The first five hits for it raw, rewritten and ideal."""

from collections.abc import Callable
from typing import Final

from evals.measures.measure import Better, Measure, Row, mean
from evals.records import Record

_K: Final = 5
_FORMS: Final = {
    "raw": "as it was typed",
    "rewritten": "as it was made whole",
    "ideal": "as a person made it whole",
}


def _found(form: str) -> Callable[[Record], Row | None]:
    def row(record: Record) -> Row | None:
        if record.follow_up is None or (form == "ideal" and not record.follow_up.known):
            return None
        rank: int | None = getattr(record.follow_up, form)
        return (float(rank is not None and rank <= _K),)

    return row


MEASURES: Final = tuple(
    Measure(
        f"follow-up-{form}",
        f"Follow-ups, {form}",
        f"The share of follow-ups with an accepted place among five hits, searched for {how}.",
        _found(form),
        mean,
        Better.HIGHER if form == "rewritten" else Better.NEITHER,
    )
    for form, how in _FORMS.items()
)
