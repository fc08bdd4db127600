"""Numbers the citations of an answer in the order of writing, and finds their lines in the file."""

from ingest.index import Snapshot
from ingest.types import LineStarts, Note, Passage
from rag.types import Citation


class Footnotes:
    """The citations of one answer; the same place has one number, however often it is cited."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._places: dict[str, tuple[Note, LineStarts]] = {}
        self._known: dict[tuple[str, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations so far, by number."""
        return tuple(self._known.values())

    def cite(self, passage: Passage, start: int, end: int) -> Citation:
        """The footnote to `passage.text[start:end]`: a new one where that was not cited before."""
        key = (passage.note, passage.start + start, passage.start + end)
        if key not in self._known:
            self._known[key] = self._made(passage, start, end)
        return self._known[key]

    def _made(self, passage: Passage, start: int, end: int) -> Citation:
        if passage.note not in self._places:
            note = self._snapshot.note(passage.note)
            self._places[passage.note] = (note, LineStarts(note.text))
        note, starts = self._places[passage.note]
        first = note.lines[starts.line(passage.start + start)]
        last = note.lines[starts.line(passage.start + max(start, end - 1))]
        number = len(self._known) + 1
        return Citation(number, passage, passage.text[start:end], start, end, first, last)
