"""The values that cross every boundary: notes, passages and their places. They know no format."""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

PassageId = NewType("PassageId", int)


class Kind(StrEnum):
    """What a passage is made of; contents, references and listed questions are no content."""

    PROSE = "prose"
    LIST = "list"
    FORMULA = "formula"
    CODE = "code"
    TABLE = "table"
    CONTENTS = "contents"
    REFERENCES = "references"
    LISTED = "listed question"


@dataclass(frozen=True, slots=True)
class Note:
    """One file of the user's, read into clean Markdown.

    `lines[i]` is the 1-based line of the file that line i of `text` came from. The text has
    `\n` line ends only, no byte-order mark, no front matter and no HTML comments.
    """

    path: str
    title: str
    text: str
    lines: tuple[int, ...]
    format: str
    digest: str
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.lines) != self.text.count("\n") + 1:
            raise ValueError(f"{self.path}: {len(self.lines)} lines mapped, not one for each")


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest citable piece of a note: `note.text[start:end] == text`, always.

    `start_line` and `end_line` are lines of the file, counted from 1, both included. The text's
    first `lead` characters are the headings that it opens with; its body follows.
    """

    note: str
    title: str
    heading: tuple[str, ...]
    kind: Kind
    start: int
    end: int
    start_line: int
    end_line: int
    text: str
    lead: int = 0

    @property
    def body(self) -> str:
        """The text without the headings it opens with."""
        return self.text[self.lead :]


class LineStarts:
    """Offsets of a text's lines, to turn an offset into a line number quickly."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        starts = [0]
        at = text.find("\n")
        while at != -1:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts)

    def offset(self, line: int) -> int:
        """Where line `line` (from 0) begins."""
        return self._starts[line]

    def line(self, offset: int) -> int:
        """The line (from 0) that holds the character at `offset`."""
        return bisect_right(self._starts, offset) - 1
