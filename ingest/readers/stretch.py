"""One region of a Markdown text, cut into pieces and copied, piece by piece, into a draft."""

from collections.abc import Iterator
from functools import cached_property

from ingest.readers.blocks import Part, Region
from ingest.readers.draft import Draft, blank, prefix_of
from ingest.readers.pieces import Cutter, Kind, Piece
from ingest.readers.source import MappedLines
from ingest.types import LineStarts


class Stretch:
    """The lines of one region as one string, with the file's line for each offset."""

    def __init__(self, body: MappedLines, region: Region) -> None:
        self.part = region.part
        self.lines = body.lines[region.first : region.end]
        self.numbers = body.numbers[region.first : region.end]
        self.text = "\n".join(self.lines)

    @cached_property
    def pieces(self) -> list[Piece]:
        """Code, maths, tags, comments, images, and the text between them."""
        return list(Cutter(self.text, 0, len(self.text)).pieces())

    @cached_property
    def _starts(self) -> LineStarts:
        return LineStarts(self.text)

    def index(self, at: int) -> int:
        """Which of the region's lines holds the character at `at`."""
        return self._starts.line(at)

    def number(self, at: int) -> int:
        """The file's line for the character at `at`."""
        return self.numbers[self.index(at)]

    def line_start(self, at: int) -> int:
        """Where the line begins that holds the character at `at`."""
        return self._starts.offset(self.index(at))

    def parts(self, start: int, end: int) -> Iterator[tuple[str, int]]:
        """The parts of lines that `text[start:end]` is made of, each with the file's line."""
        first = self.index(start)
        for offset, part in enumerate(self.text[start:end].split("\n")):
            yield part, self.numbers[first + offset]

    def has(self, kind: Kind) -> bool:
        """Whether there is any such piece."""
        return any(piece.kind is kind for piece in self.pieces)


class Copyist:
    """Copies a stretch into a draft, leaving out what it is told to."""

    def __init__(self, draft: Draft, stretch: Stretch) -> None:
        self._draft = draft
        self._stretch = stretch
        prefix = prefix_of(stretch.lines[0])
        self._written = len(prefix)
        self.indent = blank(prefix)
        draft.flat = stretch.part is Part.ROW
        draft.start_line(prefix)

    def piece(self, piece: Piece) -> None:
        """Copy a piece, line by line; code and maths within HTML keep their shape."""
        shaped = piece.kind in (Kind.CODE, Kind.MATHS)
        width = self._indentation(piece.start) if shaped else None
        start = max(piece.start, self._written)
        if start >= piece.end:
            return
        parts = self._stretch.parts(start, piece.end)
        before, number = next(parts)
        self._draft.write(before, number)
        for part, below in parts:
            self._draft.write(self._start_line(part, number, width), below)
            number = below

    def leave_out(self, start: int, end: int) -> None:
        """Pass over `text[start:end]`; what follows in a later line goes to a line of its own."""
        self._draft.cut()
        if "\n" in self._stretch.text[start:end]:
            self._draft.break_line(self._stretch.number(start))

    def finish(self) -> None:
        """End the stretch's last line."""
        self._draft.finish(self._stretch.numbers[-1])

    def _start_line(self, line: str, above: int, width: int | None) -> str:
        """Begin a line of the draft; what is left to write of the line."""
        if self._draft.flat:
            return " " + line.strip()
        self._draft.end_line(above)
        if self._stretch.part is not Part.HTML:
            prefix = prefix_of(line)
            self._draft.start_line(prefix)
            return line[len(prefix) :]
        self._draft.start_line(self.indent)
        body = line.lstrip(" \t>" if ">" in self.indent else " \t")
        return body if width is None else line[min(width, len(line) - len(body)) :]

    def _indentation(self, at: int) -> int:
        line = self._stretch.lines[self._stretch.index(at)]
        return len(line) - len(line.lstrip())
