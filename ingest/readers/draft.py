"""Text under revision, line by line, that remembers which line of the file each came from.

Lines that nothing was changed in come out as they went in. A line left empty by a change goes;
list and quotation marks in front of it are kept for the line that follows.
"""

import re
from collections.abc import Sequence

from ingest.readers.source import MappedLines

_PREFIX = re.compile(r"[ \t]*(?:(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))[ \t]*)*")
_NOT_QUOTE = re.compile(r"[^>\t]")


def prefix_of(line: str) -> str:
    """The indentation, quotation and list marks that a line begins with."""
    found = _PREFIX.match(line)
    return found.group() if found else ""


def blank(prefix: str) -> str:
    """The prefix of the lines that go on below: spaces instead of list marks."""
    return _NOT_QUOTE.sub(" ", prefix)


def _between(above: str, below: str) -> str:
    """The blank line between two lines, within the quotation if both are in one."""
    quote = prefix_of(below).rstrip()
    return quote if above.startswith(quote) and not quote.strip("> ") else ""


class Draft:
    """Collects the lines of a new text."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._numbers: list[int] = []
        self._gap = False
        self._marks: dict[int, str] = {}
        # Whether lines cannot end here, as in a heading or a row of a table.
        self.flat = False
        # The line under way: what it begins with, its parts, its line in the file, whether it
        # has text, whether anything was left out of it, and whether that was just now.
        self._prefix = ""
        self._parts = [""]
        self._number: int | None = None
        self._content = self._touched = self._after_cut = False

    @property
    def lines(self) -> MappedLines:
        """What has been collected."""
        return MappedLines(self._lines, self._numbers)

    def keep(self, lines: Sequence[str], numbers: Sequence[int]) -> None:
        """Take whole lines as they are."""
        for line, number in zip(lines, numbers, strict=True):
            self._append(line, number)

    def start_line(self, prefix: str) -> None:
        """Begin a line with its indentation and marks, unless marks are still waiting for text."""
        if not self._waiting_prefix():
            self._open(prefix)

    def write(self, text: str, number: int) -> None:
        """Add text to the line."""
        if self._after_cut:
            text = self._without_double_space(text)
        if not text:
            return
        if text.strip():
            text = self._after_marks(text)
            self._content = True
            self._number = self._number or number
        self._after_cut = False
        self._parts.append(text)

    def cut(self) -> None:
        """Something was left out here."""
        self._touched = self._after_cut = True

    def open_mark(self, key: int, mark: str) -> None:
        """A mark to stand directly before the next text; it vanishes if there is none."""
        self.cut()
        self._marks[key] = mark

    def close_mark(self, key: int, mark: str) -> None:
        """The end of the mark with that key, directly after the last text."""
        self.cut()
        if self._marks.pop(key, None) is not None:
            return
        space = ""
        while len(self._parts) > 1 and not self._parts[-1].strip():
            space = self._parts.pop() + space
        text = self._parts.pop()
        self._parts += [text.rstrip(), mark, text[len(text.rstrip()) :] + space]

    def end_line(self, number: int) -> None:
        """Finish the line; without text and touched, it goes."""
        if self._touched and not self._content:
            return
        line = "".join(self._parts)
        self._append(line.rstrip() if self._after_cut else line, self._number or number)
        self._open("")

    def finish(self, number: int) -> None:
        """End the last line of a region; marks that still wait for text get a line of their own."""
        if self._waiting_prefix():
            self._gap = False
            self._append(self._prefix.rstrip(), number)
        else:
            self.end_line(number)
        self._marks.clear()
        self.flat = False
        self._open("")

    def insert(self, lines: Sequence[str], numbers: Sequence[int]) -> None:
        """Put in whole lines, set off by blank ones, behind the marks of the line they are in."""
        self.gap(numbers[0])
        prefix = self._prefix
        for line, number in zip(lines, numbers, strict=True):
            self._append((prefix + line).rstrip(), number)
            prefix = blank(prefix)
        self._open(prefix)
        self.gap(numbers[-1])

    def break_line(self, number: int) -> None:
        """Go on in a new line of the same paragraph, or after a space where lines cannot end."""
        self.cut()
        if self.flat:
            self._space()
        elif self._content:
            self._next_line(number)

    def gap(self, number: int) -> None:
        """Go on in a new paragraph, or after a space where lines cannot end."""
        self.break_line(number)
        if not self.flat:
            self._gap = True

    def _next_line(self, number: int) -> None:
        prefix = blank(self._prefix)
        self.end_line(number)
        self._open(prefix)
        self.cut()

    def _open(self, prefix: str) -> None:
        self._prefix = prefix
        self._parts = [prefix]
        self._number = None
        self._content = self._touched = self._after_cut = False

    def _waiting_prefix(self) -> bool:
        return self._touched and not self._content and bool(self._prefix.strip(" \t>"))

    def _after_marks(self, text: str) -> str:
        """Write the marks that waited for this text; what is left of it to write."""
        if not self._marks:
            return text
        body = text.lstrip()
        self._parts += [text[: len(text) - len(body)], *self._marks.values()]
        self._marks.clear()
        return body

    def _without_double_space(self, text: str) -> str:
        spaced = not self._content or self._parts[-1].endswith((" ", "\t"))
        return text.lstrip(" \t") if spaced else text

    def _space(self) -> None:
        if self._content and not self._parts[-1].endswith(" "):
            self._parts.append(" ")

    def _append(self, line: str, number: int) -> None:
        last = self._numbers[-1] if self._numbers else 1
        if self._gap and line.strip():
            if self._lines and self._lines[-1].strip():
                self._lines.append(_between(self._lines[-1], line))
                self._numbers.append(last)
            self._gap = False
        self._lines.append(line)
        self._numbers.append(max(number, last))
