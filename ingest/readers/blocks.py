"""Which lines of a Markdown text are prose, HTML or a comment; all others stay as they are.

The block structure is CommonMark's, with these differences, each the author's evident intent:
a comment without an end is text; maths is found before fences, so that `~~~~` between `$$` opens
none; block HTML ends where plain Markdown follows it; a table or list in HTML ends at its end
tag, blank lines or not.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from ingest.readers.pieces import ENVIRONMENT
from ingest.readers.tags import BLOCKS, DROPPED, HEADINGS, WHOLE
from ingest.types import LineStarts

# A list item counts twice. People stop at ten; Python's stack, at about four hundred.
MAX_NESTING = 100
# A start tag over several lines is looked for this far; longer ones are read as text.
MAX_TAG = 10_000

_BLOCK_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(BLOCKS | DROPPED | WHOLE))})(?=[\s/>]|$)", re.IGNORECASE
)
_WHOLE_TAG = re.compile(
    rf"<(/?)({'|'.join(sorted(WHOLE | DROPPED | set(HEADINGS) | {'summary'}))})(?=[\s/>])",
    re.IGNORECASE,
)
_OPEN_TAG = re.compile(r"<[A-Za-z][^<>\n]*+\n[^<>]*+>")
_DOUBLE_DOLLAR = re.compile(r"(?<!\\)\$\$")
_CODE_SPAN = re.compile(r"(?<!`)(`++)[^`]++\1(?!`)")
_END_OF_ENVIRONMENT = re.compile(r"\\end\{([a-z]+\*?)\}")


class Part(Enum):
    """What some lines are."""

    COMMENT = auto()
    HTML = auto()
    TEXT = auto()
    ROW = auto()


@dataclass(frozen=True, slots=True)
class Region:
    """Lines `first` to `end` (from 0, end not included) of one kind."""

    part: Part
    first: int
    end: int


_PARTS = {
    "comment": Part.COMMENT,
    "html_block": Part.HTML,
    "math_block": Part.TEXT,
    "paragraph_open": Part.TEXT,
    "heading_open": Part.ROW,
    "tr_open": Part.ROW,
}


def regions(text: str) -> Iterator[Region]:
    """The lines that may hold tags and comments, from top to bottom."""
    for token in _tokens(text):
        part = _PARTS.get(token.type)
        if part is None or not token.map:
            continue
        first, end = token.map
        # A heading underlined has its text and the underline in lines of their own.
        yield Region(Part.TEXT if part is Part.ROW and end - first > 1 else part, first, end)


def headings(text: str) -> Iterator[str]:
    """What stands in each heading, without its marks."""
    tokens = _tokens(text)
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            yield token.content


class _Landmarks:
    """Where in a text the signs lie that a rule looks for far ahead; each is found once."""

    def __init__(self, text: str) -> None:
        self.starts = LineStarts(text)
        self._comment_ends = [found.start() for found in re.finditer("-->", text)]
        self._dollars = self._double_dollars(text)
        self._dollar_lines: dict[int, list[int]] = {}
        for at in self._dollars:
            self._dollar_lines.setdefault(self.starts.line(at), []).append(at)
        self._environment_ends: dict[str, list[int]] = {}
        for end in _END_OF_ENVIRONMENT.finditer(text):
            self._environment_ends.setdefault(end.group(1), []).append(end.start())
        self._bracket_ends = [found.start() for found in re.finditer(r"\\\]", text)]
        self._reach = self._reach_of_elements(text)

    def comment_end(self, at: int) -> int | None:
        """Where the comment that begins at `at` ends."""
        end = _next(self._comment_ends, at + 2)
        return None if end is None else end + 3

    def open_dollars(self, line: int) -> int | None:
        """The `$$` that this line opens and does not close."""
        found = self._dollar_lines.get(line, [])
        return found[-1] if len(found) % 2 else None

    def dollars_after(self, at: int) -> int | None:
        """The next `$$` after the one at `at`."""
        return _next(self._dollars, at + 2)

    def environment_end(self, name: str, at: int) -> int | None:
        """The next `\\end{name}` after `at`."""
        return _next(self._environment_ends.get(name, []), at)

    def bracket_end(self, at: int) -> int | None:
        """The next `\\]` after `at`."""
        return _next(self._bracket_ends, at)

    def reach(self, line: int) -> int:
        """The last line of the tables, lists and the like that begin in this line."""
        return self._reach.get(line, line)

    @staticmethod
    def _double_dollars(text: str) -> list[int]:
        found = []
        start = 0
        for line in text.split("\n"):
            if "$$" in line:
                seen = _CODE_SPAN.sub(lambda span: " " * len(span.group()), line)
                found += [start + sign.start() for sign in _DOUBLE_DOLLAR.finditer(seen)]
            start += len(line) + 1
        return found

    def _reach_of_elements(self, text: str) -> dict[int, int]:
        reach: dict[int, int] = {}
        waiting: dict[str, list[int]] = {}
        for tag in _WHOLE_TAG.finditer(text):
            closing, name = tag.group(1), tag.group(2).lower()
            if not closing:
                waiting.setdefault(name, []).append(tag.start())
            elif waiting.get(name):
                first = self.starts.line(waiting[name].pop())
                reach[first] = max(reach.get(first, 0), self.starts.line(tag.start()))
        for tag in _OPEN_TAG.finditer(text):
            if len(tag.group()) <= MAX_TAG and "\n\n" not in tag.group():
                first = self.starts.line(tag.start())
                reach[first] = max(reach.get(first, 0), self.starts.line(tag.end() - 1))
        return reach


def _next(places: list[int], at: int) -> int | None:
    found = bisect_left(places, at)
    return places[found] if found < len(places) else None


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    parser = _parser()
    parser.block.parse(text, parser, {"landmarks": _Landmarks(text)}, tokens)
    return tokens


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    # A link definition is a line of the file like any other here.
    parser.disable("reference")
    rules = parser.block.ruler
    interrupting = ["paragraph", "reference", "blockquote", "list"]
    rules.at("html_block", _html_block, {"alt": interrupting})
    rules.before("fence", "comment", _comment, {"alt": interrupting})
    rules.before("fence", "math_block", _math_block, {"alt": interrupting})
    return parser


def _comment(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A comment at the start of a line, up to its end, however the lines between are indented."""
    landmarks = _landmarks(state)
    at = state.bMarks[first] + state.tShift[first]
    last: int | None = None
    while not state.is_code_block(first) and state.src.startswith("<!--", at):
        close = landmarks.comment_end(at)
        if close is None or landmarks.starts.line(close - 1) >= end:
            break
        last = close
        at = state.skipSpaces(close)
    if last is None:
        return False
    return _accept(state, "comment", first, landmarks.starts.line(last - 1) + 1, silent)


def _math_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Maths that begins in this line and ends in a later one."""
    if state.is_code_block(first):
        return False
    close = _dollar_close(state, first)
    if close is None:
        close = _latex_close(state, first)
    if close is None:
        return False
    last = _landmarks(state).starts.line(close)
    if last == first or last >= end:
        return False
    return _accept(state, "math_block", first, last + 1, silent)


def _dollar_close(state: StateBlock, first: int) -> int | None:
    """The `$$` that closes what this line opens; past a blank line only if it opens the line."""
    landmarks = _landmarks(state)
    at = landmarks.open_dollars(first)
    start = state.bMarks[first] + state.tShift[first]
    if at is None or at < start:
        return None
    close = landmarks.dollars_after(at)
    if close is None or at == start:
        return close
    between = range(first + 1, min(landmarks.starts.line(close), state.lineMax))
    return None if any(state.isEmpty(line) for line in between) else close


def _latex_close(state: StateBlock, first: int) -> int | None:
    """The `\\]` or `\\end{…}` that closes what opens this line."""
    landmarks = _landmarks(state)
    at = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("\\", at):
        return None
    environment = ENVIRONMENT.match(state.src, at, state.eMarks[first])
    if environment:
        return landmarks.environment_end(environment.group(1), at)
    alone = state.src[at : state.eMarks[first]].rstrip() == "\\["
    return landmarks.bracket_end(at) if alone else None


def _html_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Block HTML: its tags' lines, and what is indented under them, up to a blank line."""
    start = state.bMarks[first] + state.tShift[first]
    if state.is_code_block(first) or not _BLOCK_TAG.match(state.src, start, state.eMarks[first]):
        return False
    landmarks = _landmarks(state)
    reach, line = landmarks.reach(first), first + 1
    while line < end and (line <= reach or _continues_html(state, line)):
        reach = max(reach, landmarks.reach(line))
        line += 1
    return _accept(state, "html_block", first, line, silent)


def _continues_html(state: StateBlock, line: int) -> bool:
    indent = state.sCount[line] - state.blkIndent
    if state.isEmpty(line) or indent < 0:
        return False
    start = state.bMarks[line] + state.tShift[line]
    is_tag = state.src.startswith("<", start) and not state.src.startswith("<!--", start)
    return is_tag or indent >= 4


def _accept(state: StateBlock, kind: str, first: int, end: int, silent: bool) -> bool:
    if not silent:
        state.line = end
        state.push(kind, "", 0).map = [first, end]
    return True


def _landmarks(state: StateBlock) -> _Landmarks:
    return cast(_Landmarks, state.env["landmarks"])
