"""A stretch of Markdown cut into code, maths, tags, comments and the text between them.

It looks at characters only: which stretch is a paragraph and which is a code block is known to
`blocks`. Every search is bounded by the stretch and remembers that it failed, so that the time
stays in proportion to the length.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ingest.readers.tags import KNOWN, VOID

_STARTS = re.compile(r"[\\`$<!]")
_TICKS = re.compile(r"`+")
_TAG = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9-]*+)"
    r"((?:\s++[A-Za-z_:@][\w:.@-]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+)"
    r"\s*+(/?)>"
)
_ATTRIBUTE = re.compile(
    r"([A-Za-z_:@][\w:.@-]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'=<>`]++)))?+"
)
_DATA_IMAGE = re.compile(
    r"!\[([^\[\]]*+)\]\([ \t]*+<?data:[\w;,:/+=%.\-]*+>?(?:[ \t]+\"[^\"\n]*\")?\)"
)
# The environments that stand for display maths on their own, and the ones inside them.
ENVIRONMENT = re.compile(
    r"\\begin\{((?:align|alignat|aligned|array|bmatrix|cases|eqnarray|equation|flalign|gather|"
    r"gathered|matrix|multline|pmatrix|split|vmatrix)\*?)\}"
)
_BRACKETS = {"\\(": "\\)", "\\[": "\\]"}


class Kind(Enum):
    """What a piece is."""

    TEXT = auto()
    CODE = auto()
    MATHS = auto()
    TAG = auto()
    COMMENT = auto()
    DATA_IMAGE = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """`text[start:end]` of the stretch; name and closing are of a tag, inner of an image."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    closing: bool = False
    inner: str = ""


class Cutter:
    """Cuts `text[start:end]` into pieces."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._absent: set[str] = set()
        self._runs: dict[int, list[int]] | None = None

    def pieces(self) -> Iterator[Piece]:
        """All pieces in order; together they are the whole stretch."""
        at = done = self._start
        while found := _STARTS.search(self._text, at, self._end):
            at = found.start()
            piece = self._piece(at)
            if isinstance(piece, int):
                at = piece
                continue
            if done < piece.start:
                yield Piece(Kind.TEXT, done, piece.start)
            yield piece
            at = done = piece.end
        if done < self._end:
            yield Piece(Kind.TEXT, done, self._end)

    def _piece(self, at: int) -> Piece | int:
        """The piece that begins here, or where to look on."""
        match self._text[at]:
            case "`":
                return self._code(at)
            case "$":
                return self._maths(at)
            case "<":
                return self._tag(at)
            case "\\":
                return self._backslash(at)
            case _:
                image = _DATA_IMAGE.match(self._text, at, self._end)
                if image is None:
                    return at + 1
                return Piece(Kind.DATA_IMAGE, at, image.end(), inner=image.group(1))

    def _code(self, at: int) -> Piece | int:
        if self._runs is None:
            self._runs = {}
            for run in _TICKS.finditer(self._text, self._start, self._end):
                self._runs.setdefault(len(run.group()), []).append(run.start())
        opening = _TICKS.match(self._text, at, self._end)
        length = len(opening.group()) if opening else 1
        runs = self._runs.get(length, [])
        closing = bisect_left(runs, at + length)
        if closing == len(runs):
            return at + length
        return Piece(Kind.CODE, at, runs[closing] + length)

    def _maths(self, at: int) -> Piece | int:
        if self._text.startswith("$$", at):
            end = self._after("$$", at + 2)
            return Piece(Kind.MATHS, at, end) if end else at + 2
        after = self._text[at + 1 : at + 2]
        end = self._after("$", at + 1)
        # Not the prices in `$5 and $6`: no space inside the signs, no digit behind them.
        if (
            not end
            or not after.strip()
            or not self._text[end - 2].strip()
            or self._text[end : end + 1].isdigit()
        ):
            return at + 1
        return Piece(Kind.MATHS, at, end)

    def _tag(self, at: int) -> Piece | int:
        if self._text.startswith("<!--", at):
            end = self._after("-->", at + 2)
            return Piece(Kind.COMMENT, at, end) if end else at + 4
        tag = _TAG.match(self._text, at, self._end)
        if tag is None:
            return at + 1
        return Piece(Kind.TAG, at, tag.end(), tag.group(2).lower(), bool(tag.group(1)))

    def _backslash(self, at: int) -> Piece | int:
        environment = ENVIRONMENT.match(self._text, at, self._end)
        if environment:
            closing: str | None = f"\\end{{{environment.group(1)}}}"
        else:
            closing = _BRACKETS.get(self._text[at : at + 2])
        end = self._after(closing, at + 2) if closing else None
        return Piece(Kind.MATHS, at, end) if end else at + 2

    def _after(self, closing: str, at: int) -> int | None:
        """Where the next such closing sign ends, unless it is escaped or there is none."""
        if closing in self._absent:
            return None
        found = self._text.find(closing, at, self._end)
        while found > 0 and closing[0] == "$" and self._escaped(found):
            found = self._text.find(closing, found + 1, self._end)
        if found == -1:
            self._absent.add(closing)
            return None
        return found + len(closing)

    def _escaped(self, at: int) -> bool:
        backslashes = 0
        while at - backslashes > self._start and self._text[at - backslashes - 1] == "\\":
            backslashes += 1
        return backslashes % 2 == 1


def attributes(tag: str) -> dict[str, str]:
    """The attributes of a start tag, as written, by their names in small letters."""
    found = _TAG.match(tag)
    inside = found.group(3) if found else ""
    return {
        attribute.group(1).lower(): next((value for value in attribute.groups()[1:] if value), "")
        for attribute in _ATTRIBUTE.finditer(inside)
    }


def pairs(pieces: Sequence[Piece]) -> dict[int, int]:
    """Which start tag belongs to which end tag, by their positions among the pieces."""
    open_tags: dict[str, list[int]] = {}
    paired: dict[int, int] = {}
    for position, piece in enumerate(pieces):
        if piece.kind is not Kind.TAG or piece.name in VOID:
            continue
        waiting = open_tags.setdefault(piece.name, [])
        if not piece.closing:
            waiting.append(position)
        elif waiting:
            paired[waiting.pop()] = position
    return paired


def is_markup(text: str, piece: Piece, paired: bool, leads: bool) -> bool:
    """Whether what looks like a tag is one: not the type in `List<int>`, not a token `<eos>`."""
    tag = text[piece.start : piece.end]
    if paired or "=" in tag:
        return True
    if piece.name not in KNOWN:
        return False
    if piece.name == "s":
        return False  # `<s>` and `</s>` begin and end a sentence for a language model
    return leads or piece.closing or piece.name in ("br", "hr", "p", "li", "wbr")
