"""A passage made ready to be held against statements: its lines as words, and what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from ingest.types import Passage
from rag.lexicon import JOINERS
from rag.types import Form
from rag.units import units
from rag.wording import Word, words

# Enough for the passages of a long conversation.
_KEPT: Final = 512


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, item or block of a passage, with its place in `passage.text`."""

    start: int
    end: int
    words: tuple[Word, ...]
    block: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """`keys` are of all words and of pairs of words, headings and title among them.

    `context` are the keys of headings and title alone, and `subject` those of the nearest one, if
    it names one thing.
    """

    lines: tuple[Line, ...]
    keys: frozenset[str]
    context: frozenset[str]
    subject: frozenset[str]


@lru_cache(maxsize=_KEPT)
def evidence(passage: Passage) -> Evidence:
    """What a passage offers in support of a statement."""
    lines = tuple(_lines(passage))
    above = words(". ".join((passage.title, *passage.heading)))
    context = frozenset(word.key for word in above)
    keys = context | {word.key for line in lines for word in line.words}
    # 'trade off' holds 'tradeoff'.
    joined = {one.key + other.key for line in lines for one, other in pairwise(line.words)}
    nearest = words(passage.heading[-1] if passage.heading else passage.title)
    subject = frozenset(word.key for word in nearest)
    one_thing = subject.isdisjoint(JOINERS)
    return Evidence(lines, keys | joined, context, subject if one_thing else frozenset())


def nearest_line(passage: Passage, text: str) -> tuple[int, int] | None:
    """The place of the line that shares most words with a text; None where none shares any."""
    said = {word.key for word in words(text)}
    ranked = [
        (len(said & {word.key for word in line.words}), -len(line.words), -at)
        for at, line in enumerate(evidence(passage).lines)
    ]
    shared, _, at = max(ranked, default=(0, 0, 0))
    line = evidence(passage).lines[-at] if shared else None
    return (line.start, line.end) if line else None


def _lines(passage: Passage) -> Iterator[Line]:
    heading = passage.text[: passage.lead].rstrip()
    if heading:
        yield Line(0, len(heading), words(heading))
    for unit in units(passage):
        if unit.form is Form.BLOCK and unit.text.startswith("|"):
            yield from _rows(unit.text, unit.start)
        yield Line(unit.start, unit.end, words(unit.text), unit.form is Form.BLOCK)


def _rows(table: str, at: int) -> Iterator[Line]:
    """The rows of a table, each a line of its own."""
    for row in table.split("\n"):
        if row.strip(" |:-\t"):
            yield Line(at, at + len(row), words(row), block=True)
        at += len(row) + 1
