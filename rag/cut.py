"""Text that is still arriving, cut into statements: sentences, list items, and whole blocks.

A statement is given out once nothing that may follow can change it. Nothing is lost: the raw
texts of all pieces and the rest, joined, are the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ingest.sentences import sentences
from rag.markers import half_marker, leading_markers
from rag.types import Form

_FENCE: Final = re.compile(r"[ \t]*(```+|~~~+)")
_ITEM: Final = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+")
_MATHS_OPEN: Final = re.compile(r"[ \t]*(\$\$|\\\[)")
_ROW: Final = re.compile(r"[ \t]*\|")
_HEADING: Final = re.compile(r"[ \t]*#{1,6}[ \t]")
_CLOSED_SPAN: Final = re.compile(
    r"\$\$.+?\$\$|(?<!\\)\$(?=\S)[^$\n]+?(?<=\S)\$(?!\d)|``[^`]+``|`[^`\n]+`", re.DOTALL
)
_OPEN_SPAN: Final = re.compile(r"[`$]")
# A line that has only begun like this may become a block, an item or a heading.
_MAY_OPEN: Final = re.compile(r"[ \t]*(?:`{0,2}|~{0,2}|\$|\\|[-*+•]|\d{1,3}[.)]?|#{1,6})[ \t]*\Z")
# A model that never ends a sentence is cut at a space: a statement of more characters is none.
LONGEST: Final = 4_000
# How far behind a sentence's end the next one must have arrived for the end to be settled.
_SETTLED: Final = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement with its markers; `raw` has the white space and list mark around it too."""

    text: str
    raw: str
    form: Form


def cut(text: str, final: bool) -> tuple[list[Piece], str]:
    """The statements that are complete, and the rest, to be given again with what follows."""
    pieces: list[Piece] = []
    at = 0
    while at < len(text):
        end, form = _next(text, at, final)
        if end <= at:
            break
        found = list(_pieces(text[at:end], form))
        pieces.extend(found)
        at = end
    if final and at < len(text):
        pieces.extend(_pieces(text[at:], Form.SENTENCE))
        at = len(text)
    return pieces, text[at:]


def _next(text: str, at: int, final: bool) -> tuple[int, Form]:
    """Where the statement that begins at `at` ends; `at` itself if that is not settled."""
    start = at + len(text[at:]) - len(text[at:].lstrip("\n \t\r"))
    line = text.rfind("\n", at, start) + 1 or at
    if start == len(text):
        return (len(text), Form.SENTENCE) if final else (at, Form.SENTENCE)
    newline = text.find("\n", start)
    if newline < 0 and not final and _MAY_OPEN.match(text, line):
        return at, Form.SENTENCE
    fence = _FENCE.match(text, line)
    if fence:
        return _block(text, line, rf"\n[ \t]*{fence[1]}[^\n]*(?=\n|\Z)", at, final)
    maths = _MATHS_OPEN.match(text, line)
    if maths:
        close = r"\$\$" if maths[1] == "$$" else r"\\\]"
        return _block(text, maths.end(), rf"{close}[^\n]*(?=\n|\Z)", at, final)
    if _ROW.match(text, line):
        return _lines(text, start, _ROW, at, final), Form.BLOCK
    if _HEADING.match(text, line):
        end = newline if newline >= 0 else len(text) if final else at
        return end, Form.SENTENCE
    if _ITEM.match(text, line):
        return _item(text, start, at, final), Form.ITEM
    return _sentence(text, start, at, final), Form.SENTENCE


def _block(text: str, begin: int, close: str, at: int, final: bool) -> tuple[int, Form]:
    match = re.compile(close).search(text, begin)
    if match and (final or match.end() < len(text)):
        return match.end(), Form.BLOCK
    return (len(text) if final else at), Form.BLOCK


def _lines(text: str, start: int, pattern: re.Pattern[str], at: int, final: bool) -> int:
    """The end of the last of the lines that go on as the first one does."""
    while True:
        newline = text.find("\n", start)
        if newline < 0:
            return len(text) if final else at
        if not pattern.match(text, newline + 1):
            settled = final or text[newline + 1 :].strip(" \t")
            return newline if settled else at
        start = newline + 1


def _item(text: str, start: int, at: int, final: bool) -> int:
    """The end of a list item: its line, and indented lines that only continue it."""
    while True:
        newline = text.find("\n", start)
        if newline < 0:
            return len(text) if final else at
        following = text[newline + 1 :]
        stripped = following.lstrip(" \t")
        if not stripped:
            return newline if final else at
        if stripped == following or stripped[0] == "\n" or _opens_block(text, newline + 1):
            if final or "\n" in following or not _MAY_OPEN.match(following):
                return newline
            return at if stripped != following else newline
        if not final and "\n" not in following and _MAY_OPEN.match(following):
            return at
        start = newline + 1


def _opens_block(text: str, line: int) -> bool:
    return any(
        pattern.match(text, line) for pattern in (_FENCE, _ITEM, _MATHS_OPEN, _ROW, _HEADING)
    )


def _sentence(text: str, start: int, at: int, final: bool) -> int:
    """The end of the first sentence, with the markers that follow it."""
    paragraph, closed = _paragraph(text, start, final)
    body = text[start:paragraph]
    spans = sentences(body)
    for position, (_, end) in enumerate(spans):
        end += leading_markers(body[end:])
        after = body[end:].lstrip()
        if not closed and _OPEN_SPAN.search(_CLOSED_SPAN.sub("", body[:end])):
            break
        if position == len(spans) - 1 or end >= len(body.rstrip()):
            break
        if closed or (len(after) >= _SETTLED and half_marker(after) > 0):
            return start + end
    if closed:
        return paragraph
    if len(body) > LONGEST:
        return start + (body.rfind(" ", 0, LONGEST) + 1 or LONGEST)
    return at


def _paragraph(text: str, start: int, final: bool) -> tuple[int, bool]:
    """Where the paragraph ends, and whether that is settled."""
    at = start
    while True:
        newline = text.find("\n", at)
        if newline < 0:
            return len(text), final
        following = text[newline + 1 :]
        if not following.strip(" \t") or (
            "\n" not in following and not final and _MAY_OPEN.match(following)
        ):
            return newline, final
        if not following.split("\n", 1)[0].strip() or _opens_block(text, newline + 1):
            return newline, True
        at = newline + 1


def _pieces(raw: str, form: Form) -> Iterator[Piece]:
    text = raw.strip()
    if form is Form.ITEM:
        mark = _ITEM.match(text)
        text = text[mark.end() :] if mark else text
    yield Piece(text, raw, form)
