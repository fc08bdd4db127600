"""Where a gold quote stands in a note as it was read, whatever became of its markup and spaces.

Knows no passage ids: a passage holds gold by overlap of places.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from evals.cases import Gold
from evals.records import Place
from ingest.types import LineStarts, Note

# A passage with less of a quote does not answer by it; a quote over two passages counts for the
# one with more of it.
HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a note's text, and the lines of its file."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True)
class Letters:
    """A note's letters and digits alone, with the offset of each in its text."""

    note: Note

    @cached_property
    def _kept(self) -> tuple[str, Sequence[int]]:
        found = [(letter, at) for at, letter in enumerate(self.note.text) if letter.isalnum()]
        return "".join(letter for letter, _ in found), [at for _, at in found]

    @cached_property
    def _starts(self) -> LineStarts:
        return LineStarts(self.note.text)

    def span(self, gold: Gold) -> Span | None:
        """Where the quote's letters stand, at its occurrence; None where they do not."""
        letters, offsets = self._kept
        wanted = "".join(letter for letter in gold.quote if letter.isalnum())
        at = -1
        for _ in range(gold.occurrence):
            at = letters.find(wanted, at + 1) if wanted else -1
            if at == -1:
                return None
        start, end = offsets[at], offsets[at + len(wanted) - 1] + 1
        lines = self.note.lines
        place = Place(
            self.note.path, lines[self._starts.line(start)], lines[self._starts.line(end - 1)]
        )
        return Span(start, end, place)

    def occurrence(self, quote: str, start: int) -> int:
        """Which occurrence of the quote's letters it is that begins at or after an offset."""
        letters, offsets = self._kept
        wanted = "".join(letter for letter in quote if letter.isalnum())
        first = letters.find(wanted, bisect_right(offsets, start - 1))
        count, at = 0, -1
        while (at := letters.find(wanted, at + 1)) != -1 and at <= first:
            count += 1
        return max(1, count)

    def share(self, span: Span, start: int, end: int) -> float:
        """The share of a span's letters that stand between two offsets of the text."""
        _, offsets = self._kept
        first, last = (bisect_right(offsets, at - 1) for at in (span.start, span.end))
        inside = [bisect_right(offsets, at - 1) for at in (start, end)]
        shared = min(last, inside[1]) - max(first, inside[0])
        return max(0, shared) / (last - first)
