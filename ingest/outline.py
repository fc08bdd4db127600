"""A note's Markdown as a tree of sections and blocks by line. Knows nothing of passages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from ingest.plain import plain
from ingest.types import Kind

# Deeper nesting stays text of the deepest block, so that hostile input cannot exhaust the stack.
_MAX_NESTING: Final = 40
# A longer heading is a paragraph that somebody marked as one.
_MAX_HEADING_WORDS: Final = 25
_MAX_HEADING_CHARACTERS: Final = 240
_MAX_LEAD_WORDS: Final = 8
_BOLD_LEVEL: Final = 7
# Bold leads that name the part of an answer, not what it is about.
_NO_TITLES: Final = frozenset(
    "note notes formula example examples answer ans definition important remark tip warning hint"
    " solution output input result todo summary tldr pros cons why how".split()
)
_BOLD_ONLY: Final = re.compile(r"(\*{2,3}|__)(?=\S)((?:(?!\*\*|__).)+?)\1[ \t]*:?[ \t]*")
_CODE_SIGN: Final = re.compile(
    r"[=;{}\[\]<>]|\w\(|^\s*(?:def|class|import|from|return|for|if|while|else|try|>>>|\$|//|#include)\b"
)
_BULLET: Final = re.compile(r"\s*(?:[-*+◦•‣▪]|\d{1,3}[.)])\s")


class Role(Enum):
    """What a block is in the tree."""

    HEADING = "heading"
    LEAF = "leaf"
    LIST = "list"
    ITEM = "item"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines [first, last) of a note; a list holds items, an item its own blocks and lists."""

    first: int
    last: int
    role: Role
    kind: Kind = Kind.PROSE
    blocks: tuple["Block", ...] = ()
    level: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading or bold lead; its heading is lines [first, body)."""

    title: str
    first: int
    body: int
    nodes: tuple["Block | Section", ...]


def outline(text: str) -> Section:
    """The tree of a note: one section without a title that holds all that is visible."""
    lines = text.split("\n")
    tokens = _parser().parse(text)
    code = frozenset(_code_starts(tokens, lines))
    if any(
        token.type == "code_block" and token.map[0] not in code for token in tokens if token.map
    ):
        tokens = _loose_parser().parse(text, {"code": code})
    blocks = _Reader(tokens, lines).blocks(0, len(lines))
    return Section("", 0, 0, _sections(blocks, lines))


def bold_lead(line: str) -> str:
    """The title that a line wholly in bold gives; empty where it gives none."""
    match = _BOLD_ONLY.fullmatch(_BULLET.sub("", line, count=1).strip())
    title = plain(match.group(2)) if match else ""
    if not title or len(title.split()) > _MAX_LEAD_WORDS:
        return ""
    return "" if title.rstrip(":").lower() in _NO_TITLES else title.rstrip(":").strip()


def _blocks_only() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table")
    parser.use(dollarmath_plugin, allow_labels=False).use(amsmath_plugin)
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser.disable(["reference", "html_block"])


@cache
def _parser() -> MarkdownIt:
    return _blocks_only()


@cache
def _loose_parser() -> MarkdownIt:
    """For notes whose indented lines are prose: only those that look like code are code."""
    parser = _blocks_only().disable("code")
    parser.block.ruler.before("table", "known_code", _known_code)
    return parser


def _known_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start not in state.env["code"] or silent:
        return False
    indent = state.sCount[start]
    line = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= indent):
        line += 1
    while state.isEmpty(line - 1):
        line -= 1
    token = state.push("code_block", "code", 0)
    token.map = [start, line]
    state.line = line
    return True


def _code_starts(tokens: Iterable[Token], lines: Sequence[str]) -> Iterable[int]:
    for token in tokens:
        if token.type == "code_block" and token.map and _looks_like_code(lines[slice(*token.map)]):
            yield token.map[0]


def _looks_like_code(lines: Sequence[str]) -> bool:
    shown = [line for line in lines if line.strip()]
    if any(_BULLET.match(line) for line in shown):
        return False
    signs = sum(1 for line in shown if _CODE_SIGN.search(line))
    return 2 * signs >= len(shown)


class _Reader:
    """Turns the parser's flat tokens into blocks that tile their lines."""

    def __init__(self, tokens: Sequence[Token], lines: Sequence[str]) -> None:
        self._tokens = tokens
        self._lines = lines
        self._at = 0

    def blocks(self, first: int, last: int, stop: str = "") -> tuple[Block, ...]:
        """The blocks up to the closing token, with every visible line of [first, last) in one."""
        found: list[Block] = []
        while self._at < len(self._tokens) and self._tokens[self._at].type != stop:
            found.extend(self._next())
        self._at += 1
        return tuple(self._tiled(found, first, last))

    def _next(self) -> Iterable[Block]:
        token = self._tokens[self._at]
        first, last = self._extent(token)
        match token.type:
            case "heading_open":
                title = plain(self._tokens[self._at + 1].content)
                self._skip("heading_close")
                yield _heading(first, last, int(token.tag[1]), title)
            case "bullet_list_open" | "ordered_list_open":
                self._at += 1
                items = self.blocks(first, last, token.type.replace("open", "close"))
                yield Block(first, last, Role.LIST, Kind.LIST, items)
            case "list_item_open":
                self._at += 1
                own = self.blocks(first, last, "list_item_close")
                yield Block(first, last, Role.ITEM, Kind.LIST, own)
            case "blockquote_open":
                self._at += 1
                yield from self.blocks(first, last, "blockquote_close")
            case "paragraph_open":
                self._skip("paragraph_close")
                yield from self._paragraph(first, last)
            case "table_open":
                self._skip("table_close")
                yield Block(first, last, Role.LEAF, Kind.TABLE)
            case "hr":
                self._at += 1
                yield Block(first, last, Role.RULE)
            case "fence" | "code_block":
                self._at += 1
                yield Block(first, last, Role.LEAF, Kind.CODE)
            case "math_block" | "math_block_label" | "amsmath":
                self._at += 1
                yield Block(first, last, Role.LEAF, Kind.FORMULA)
            case _:
                self._at += 1

    def _extent(self, token: Token) -> tuple[int, int]:
        first, last = token.map or (0, 0)
        last = min(last, len(self._lines))
        while last > first + 1 and not self._lines[last - 1].strip():
            last -= 1
        return first, last

    def _skip(self, closing: str) -> None:
        while self._tokens[self._at].type != closing:
            self._at += 1
        self._at += 1

    def _paragraph(self, first: int, last: int) -> Iterable[Block]:
        """A paragraph; lines that begin with a bullet Markdown does not know are items of it."""
        start = first
        for line in range(first + 1, last):
            if _BULLET.match(self._lines[line]):
                yield self._paragraph_part(start, line, first)
                start = line
        yield self._paragraph_part(start, last, first)

    def _paragraph_part(self, start: int, last: int, first: int) -> Block:
        if not _BULLET.match(self._lines[start]) or start == first == last - 1:
            return Block(start, last, Role.LEAF)
        return Block(start, last, Role.ITEM, Kind.LIST, (Block(start, last, Role.LEAF, Kind.LIST),))

    def _tiled(self, blocks: Sequence[Block], first: int, last: int) -> Iterable[Block]:
        at = first
        for block in blocks:
            if block.last <= at and block.last > block.first:
                continue
            yield from self._gap(at, block.first)
            yield block
            at = max(at, block.last)
        yield from self._gap(at, last)

    def _gap(self, first: int, last: int) -> Iterable[Block]:
        while first < last and not self._lines[first].strip():
            first += 1
        while last > first and not self._lines[last - 1].strip():
            last -= 1
        if first < last:
            yield Block(first, last, Role.LEAF)


def _heading(first: int, last: int, level: int, title: str) -> Block:
    too_long = len(title) > _MAX_HEADING_CHARACTERS or len(title.split()) > _MAX_HEADING_WORDS
    if (too_long and not title.rstrip().endswith("?")) or len(title) > 3 * _MAX_HEADING_CHARACTERS:
        return Block(first, last, Role.LEAF)
    return Block(first, last, Role.HEADING, level=level, title=title or "…")


def _sections(blocks: Sequence[Block], lines: Sequence[str]) -> tuple[Block | Section, ...]:
    """Blocks with headings among them, as nested sections."""
    nodes: list[Block | Section] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        level, title = _opens(block, lines)
        if not level:
            nodes.extend(_with_leads(block, lines))
            at += 1
            continue
        end = at + 1
        while end < len(blocks):
            other = _opens(blocks[end], lines)[0]
            if other and other <= level:
                break
            end += 1
        inner = _sections(blocks[at + 1 : end], lines)
        nodes.append(Section(title, block.first, block.last, inner))
        at = end
    return tuple(nodes)


def _opens(block: Block, lines: Sequence[str]) -> tuple[int, str]:
    if block.role is Role.HEADING:
        return block.level, block.title
    if block.role is Role.LEAF and block.kind is Kind.PROSE and block.last == block.first + 1:
        title = bold_lead(lines[block.first])
        return (_BOLD_LEVEL, title) if title else (0, "")
    return 0, ""


def _with_leads(block: Block, lines: Sequence[str]) -> Iterable[Block | Section]:
    """A list whose items with a bold lead are sections, and what stands between them as lists."""
    if block.role is not Role.LIST:
        yield block
        return
    leads = [_item_lead(item, lines) for item in block.blocks]
    nested = any(
        lead and len(item.blocks) > 1 for lead, item in zip(leads, block.blocks, strict=True)
    )
    if not nested and (all(leads) or not any(leads)):
        yield block
        return
    run: list[Block] = []
    for lead, item in zip(leads, block.blocks, strict=True):
        if not lead:
            run.append(item)
            continue
        yield from _list_of(run)
        run = []
        yield Section(lead, item.first, item.blocks[0].last, _sections(item.blocks[1:], lines))
    yield from _list_of(run)


def _item_lead(item: Block, lines: Sequence[str]) -> str:
    if item.role is not Role.ITEM or not item.blocks or item.blocks[0].role is not Role.LEAF:
        return ""
    own = item.blocks[0]
    return bold_lead(lines[own.first]) if own.last == own.first + 1 else ""


def _list_of(items: Sequence[Block]) -> Iterable[Block]:
    if items:
        yield Block(items[0].first, items[-1].last, Role.LIST, Kind.LIST, tuple(items))
