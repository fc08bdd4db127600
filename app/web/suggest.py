"""Questions to go on with: what stands near the hits in their notes. Pure text over passages."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from app.web.examples import ORGANISING, as_question
from app.wiring import NoteRead
from ingest.errors import FootnoteError
from ingest.types import Kind, Passage
from rag.types import Answer, Outcome

SHOWN: Final = 3
# Sections further away in the note are about something else.
_NEAR: Final = 6
_MOST_LETTERS: Final = 48
_SPOKEN: Final = (Kind.CONTENTS, Kind.REFERENCES, Kind.LISTED)


def next_questions(
    answer: Answer, read: Callable[[str], NoteRead], asked: Iterable[str]
) -> tuple[str, ...]:
    """Up to three questions on the sections around what was cited, none of them asked before."""
    passages = [citation.passage for citation in answer.citations]
    if answer.outcome is not Outcome.ANSWERED or not passages:
        return ()
    known = {_bare(question) for question in asked}
    said = {_bare(one.heading[-1]) for one in passages if one.heading}
    found: list[str] = []
    for passage in dict.fromkeys(passages):
        try:
            around = _around(passage, read(passage.note).passages)
        except FootnoteError:
            # The note is gone since; there is nothing near it any more.
            continue
        for heading in around:
            question = _question(heading)
            if question and _bare(heading) not in said | known and _bare(question) not in known:
                found.append(question)
    return tuple(dict.fromkeys(found))[:SHOWN]


def _around(passage: Passage, passages: Sequence[Passage]) -> list[str]:
    """The headings of a note's other sections, the nearest first, those that follow before."""
    headings = list(
        dict.fromkeys(
            one.heading[-1] for one in passages if one.heading and one.kind not in _SPOKEN
        )
    )
    if not passage.heading or passage.heading[-1] not in headings:
        return headings[:_NEAR]
    at = headings.index(passage.heading[-1])
    order = sorted(range(len(headings)), key=lambda other: (abs(other - at), other < at))
    return [headings[other] for other in order if other != at][:_NEAR]


def _question(heading: str) -> str:
    """A heading as something to ask: a question where it makes one, else its own words."""
    words = re.findall(r"[\w'-]+", heading.casefold())
    if len(heading) > _MOST_LETTERS or not words or ORGANISING.intersection(words):
        return ""
    return as_question(heading) or (heading if "$" not in heading and "`" not in heading else "")


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold())).removeprefix("what is ")
