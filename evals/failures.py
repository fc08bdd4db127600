"""What went wrong and why, question by question: the failures that are worth reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from evals.records import LISTED_KIND, Record, Run
from rag.types import Outcome


class Why(StrEnum):
    """The first step at which a question went wrong."""

    NOT_FOUND = "not found"
    NOT_CHOSEN = "found but not chosen"
    REFUSED = "refused wrongly"
    ANSWERED = "answered wrongly"
    NOT_LISTED = "not recognised as listed"


MEANING: Final = {
    Why.NOT_FOUND: "no hit holds an accepted place",
    Why.NOT_CHOSEN: "a hit holds an accepted place, and the answer cites none",
    Why.REFUSED: "the notes hold the answer, and it was refused",
    Why.ANSWERED: "the notes do not hold the answer, and one was given",
    Why.NOT_LISTED: "the notes ask it, and it was refused without saying so",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that went wrong."""

    record: Record
    why: Why


def why(record: Record) -> Why | None:
    """Why a question went wrong; None if it went right."""
    if not record.answerable:
        if record.answered:
            return Why.ANSWERED
        listed = record.outcome is Outcome.LISTED
        return None if listed or record.kind != LISTED_KIND else Why.NOT_LISTED
    if not record.answered:
        return Why.REFUSED
    if any(citation.holds for citation in record.citations):
        return None
    return Why.NOT_FOUND if record.rank is None else Why.NOT_CHOSEN


def failures(run: Run) -> list[Failure]:
    """All failures of a run, by why, then in the order of the cases."""
    found = [Failure(record, reason) for record in run.records if (reason := why(record))]
    order = list(Why)
    return sorted(found, key=lambda one: order.index(one.why))


def worth_reading(found: Sequence[Failure], of_each: int) -> list[Failure]:
    """The first few of each reason: further ones teach little more."""
    return [
        one
        for reason in Why
        for one in [failure for failure in found if failure.why is reason][:of_each]
    ]
