"""Does it refuse what it should, and only that? A refusal is whatever is not answered."""

from typing import Final

import numpy as np

from evals.measures.measure import Better, Floats, Measure, Row, f1, mean, ratio
from evals.records import LISTED_KIND, Record
from rag.types import Outcome

# An answer can be right where an accepted place is among this many hits.
_READ: Final = 5


def refused_rightly(record: Record) -> Row:
    """Refused and should be; refused."""
    return (float(not record.answered and not record.answerable), float(not record.answered))


def refused_of_due(record: Record) -> Row | None:
    """1 if a question that should be refused is."""
    return None if record.answerable else (float(not record.answered),)


def refused_wrongly(record: Record) -> Row | None:
    """1 if an answerable question is refused."""
    return (float(not record.answered),) if record.answerable else None


def _for_f1(record: Record) -> Row:
    refused, due = not record.answered, not record.answerable
    return (float(refused), float(due), float(refused and due))


def _listed(record: Record) -> Row | None:
    return (float(record.outcome is Outcome.LISTED),) if record.kind == LISTED_KIND else None


def errs(record: Record) -> bool:
    """Whether answering would be wrong: nothing to answer, or no gold among what is read."""
    return not any(hit.holds for hit in record.hits[:_READ])


def _for_curve(record: Record) -> Row | None:
    return None if record.chance is None else (record.chance, float(errs(record)))


def curve(rows: Floats) -> tuple[Floats, Floats]:
    """Coverage and the share of errors in it, answering the surest first.

    >>> coverage, error = curve(np.array([[0.9, 0.0], [0.2, 1.0], [0.6, 0.0]]))
    >>> [round(float(one), 2) for one in coverage], [round(float(one), 2) for one in error]
    ([0.33, 0.67, 1.0], [0.0, 0.0, 0.33])
    """
    order = np.argsort(-rows[..., 0], axis=-1, kind="stable")
    errors = np.take_along_axis(rows[..., 1], order, axis=-1)
    answered = np.arange(1, errors.shape[-1] + 1)
    return answered / errors.shape[-1], np.cumsum(errors, axis=-1) / answered


def area(rows: Floats) -> Floats:
    """The area under the curve: the mean share of errors over all coverages.

    >>> round(float(area(np.array([[0.9, 0.0], [0.2, 1.0], [0.6, 0.0]]))), 3)
    0.111
    """
    found: Floats = curve(rows)[1].mean(axis=-1)
    return found


MEASURES: Final = (
    Measure(
        "refusal-precision",
        "Refusals that are right",
        "Of all questions refused, the share whose answer is not in the notes.",
        refused_rightly,
        ratio,
    ),
    Measure(
        "refusal-recall",
        "Unanswerable questions refused",
        "Of the questions whose answer is not in the notes, the share refused.",
        refused_of_due,
        mean,
    ),
    Measure(
        "refusal-f1",
        "Refusal F1",
        "The harmonic mean of the two.",
        _for_f1,
        f1,
    ),
    Measure(
        "refused-wrongly",
        "Answerable questions refused",
        "Of the answerable questions, the share refused.",
        refused_wrongly,
        mean,
        Better.LOWER,
    ),
    Measure(
        "listed",
        "Listed questions recognised",
        "Of the questions that the notes ask and do not answer, the share recognised as such.",
        _listed,
        mean,
    ),
    Measure(
        "aurc",
        "Area under coverage and error",
        "Answering the surest questions first, the mean share of errors over all coverages; an"
        " error is a question without an accepted place among the first five hits.",
        _for_curve,
        area,
        Better.LOWER,
    ),
)
