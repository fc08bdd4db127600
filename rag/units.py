"""A passage as the units that a statement can quote: sentences, list items and whole blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from ingest.outline import Block, Role, Section, outline
from ingest.plain import IMAGE, plain
from ingest.sentences import sentences, trimmed
from ingest.types import Kind, LineStarts, Passage
from rag.types import Form

# Weighed, checked and compared within one answer; enough for those of a long conversation.
_KEPT: Final = 512
# A list item longer than this is quoted by its sentences.
_MAX_ITEM_WORDS: Final = 60
_WHOLE: Final = frozenset({Kind.FORMULA, Kind.CODE, Kind.TABLE})
_MARKER: Final = re.compile(r"[ \t>]*(?:[-*+◦•‣▪]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_QUOTE_MARKER: Final = re.compile(r"[ \t]*>[ \t]?")


@dataclass(frozen=True, slots=True)
class Unit:
    """`passage.text[start:end] == text`: something that can be quoted by itself.

    `depth` counts the lists that it stands in, so that an item's own sub-items can be told;
    `marker` is an item's own, a number or a box to tick, where it has one.
    """

    start: int
    end: int
    text: str
    form: Form
    depth: int = 0
    marker: str = ""

    @property
    def words(self) -> int:
        """How many words a reader reads."""
        return len(plain(self.text).split())


@lru_cache(maxsize=_KEPT)
def units(passage: Passage) -> tuple[Unit, ...]:
    """The units of a passage's body in reading order; headings, pictures and rules are none."""
    body = passage.body
    starts = LineStarts(body)
    if passage.kind in _WHOLE and _is_remainder(body, passage.kind):
        # The rest of a block that was too large for one passage: it has lost its fence.
        return (Unit(passage.lead, len(passage.text), body, Form.BLOCK),)
    found = [
        unit
        for leaf in _leaves(outline(body))
        for unit in _of_leaf(leaf, body, starts)
        if _says_anything(unit)
    ]
    lead = passage.lead
    return tuple(replace(u, start=u.start + lead, end=u.end + lead) for u in found)


def _is_remainder(body: str, kind: Kind) -> bool:
    lines = [line.strip() for line in body.split("\n")]
    fences = [at for at, line in enumerate(lines) if line.startswith(("```", "~~~"))]
    if fences:
        return fences == [len(lines) - 1]
    return not any(leaf.block.kind is kind for leaf in _leaves(outline(body)))


@dataclass(frozen=True, slots=True)
class _Leaf:
    block: Block
    opens_item: bool
    depth: int


def _leaves(node: Section | Block, opens_item: bool = False, depth: int = 0) -> Iterator[_Leaf]:
    if isinstance(node, Section):
        # A bold lead within the passage: what stands under it is deeper than it is.
        for child in node.nodes:
            yield from _leaves(child, depth=depth + bool(node.title))
        return
    if not node.blocks:
        if node.role is not Role.RULE:
            yield _Leaf(node, opens_item, depth)
        return
    for position, child in enumerate(node.blocks):
        first_of_item = node.role is Role.ITEM and position == 0
        yield from _leaves(child, first_of_item, depth + (node.role is Role.LIST))


def _of_leaf(leaf: _Leaf, body: str, starts: LineStarts) -> Iterator[Unit]:
    block, item = leaf.block, leaf.opens_item
    start = starts.offset(block.first)
    end = starts.offset(block.last) - 1 if block.last < len(starts) else len(body)
    if block.role is Role.HEADING:
        return
    if block.kind in _WHOLE:
        yield from _unit(body, start, end, Form.BLOCK, leaf.depth)
        return
    marker = _MARKER.match(body, start, end) if item or block.kind is Kind.LIST else None
    if marker is None:
        marker = _QUOTE_MARKER.match(body, start, end)
    start = marker.end() if marker else start
    form = Form.ITEM if item or block.kind is Kind.LIST else Form.SENTENCE
    if form is Form.ITEM and len(body[start:end].split()) <= _MAX_ITEM_WORDS:
        for unit in _unit(body, start, end, form, leaf.depth):
            yield replace(unit, marker=_shown_marker(marker))
        return
    for a, b in sentences(body[start:end]):
        yield from _unit(body, start + a, start + b, form, leaf.depth)


def _shown_marker(marker: re.Match[str] | None) -> str:
    """A number or a box says something; the sign of a bullet does not."""
    sign = " ".join(marker.group().split()) if marker else ""
    return sign if sign[:1].isdigit() or "[" in sign else ""


def _unit(body: str, start: int, end: int, form: Form, depth: int) -> Iterator[Unit]:
    span = trimmed(body, start, end)
    if span is not None:
        yield Unit(*span, body[span[0] : span[1]], form, depth)


def _says_anything(unit: Unit) -> bool:
    if unit.form is Form.BLOCK:
        return True
    return any(c.isalnum() for c in plain(IMAGE.sub(" ", unit.text)))
