"""Blocks into groups, each for one passage. Knows nothing of headings.

A block stays whole where it fits; else its children do, else its sentences, or lines where it is
code, a table or a formula, and words only where one of these alone is too large.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.outline import Block, Role, Section
from ingest.plain import plain
from ingest.sentences import Span, sentences, trimmed
from ingest.types import Kind, LineStarts

Counts = Callable[[Sequence[str]], list[int]]

# Text that is nearly all markup counts by its length, so that no passage grows without end.
_CHARACTERS_PER_TOKEN: Final = 16
# An item that defines a term in bold at this length stands alone.
_DEFINITION_TOKENS: Final = 32
_BOLD_START: Final = re.compile(
    r"\s*(?:[-*+◦•‣▪]|\d{1,3}[.)])\s+(?:\*\*|__)[^*_\n]{2,60}(?:\*\*|__)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a note's text that is not cut further, with its size in tokens.

    `part_of` is the first line of the code, table or formula that it was cut from, else -1.
    """

    start: int
    end: int
    kind: Kind
    size: int
    alone: bool = False
    part_of: int = -1


class Packer:
    """Measures the blocks of one note once, then packs runs of them."""

    def __init__(self, text: str, tree: Section, counts: Counts) -> None:
        self._text = text
        self._starts = LineStarts(text)
        self._counts = counts
        leaves = [block for block in _leaves(tree) if block.first < block.last]
        sizes = self._counted([text[slice(*self.offsets(b.first, b.last))] for b in leaves])
        self._sizes = {(b.first, b.last): size for b, size in zip(leaves, sizes, strict=True)}

    def offsets(self, first: int, last: int) -> Span:
        """Where lines [first, last) begin and end, without the white space at their end."""
        start = self._starts.offset(first)
        end = self._starts.offset(last) - 1 if last < len(self._starts) else len(self._text)
        while end > start and self._text[end - 1].isspace():
            end -= 1
        return start, end

    def line(self, offset: int) -> int:
        """The line (from 0) that holds an offset."""
        return self._starts.line(offset)

    def groups(self, blocks: Sequence[Block], budget: int) -> Iterator[list[Piece]]:
        """Neighbouring pieces in groups as large as the budget allows."""
        pieces = [piece for block in blocks for piece in self._pieces(block, budget)]
        group: list[Piece] = []
        for knot in self._knots(pieces, budget):
            if group and (
                _total(group) + _total(knot) > budget
                or knot[-1].end - group[0].start > budget * _CHARACTERS_PER_TOKEN
                or knot[0].alone
                or group[-1].alone
                or knot[0].part_of != group[-1].part_of
            ):
                yield group
                group = []
            group.extend(knot)
        if group:
            yield group

    def _knots(self, pieces: Sequence[Piece], budget: int) -> Iterator[list[Piece]]:
        """Pieces that say little apart: a formula, what leads to it and what explains it."""
        knot: list[Piece] = []
        for piece in pieces:
            if knot and not (self._tied(knot[-1], piece) and _total(knot) + piece.size <= budget):
                yield knot
                knot = []
            knot.append(piece)
        if knot:
            yield knot

    def _tied(self, before: Piece, piece: Piece) -> bool:
        if before.part_of != piece.part_of or piece.part_of >= 0:
            return False
        if self._text[before.end - 1] == ":" or piece.kind is Kind.FORMULA:
            return True
        return before.kind is Kind.FORMULA and self._text[piece.start].islower()

    def _pieces(self, block: Block, budget: int) -> Iterator[Piece]:
        size = self._size(block)
        if size <= budget and not self._defines(block):
            kind = block.kind if block.role is Role.LEAF else Kind.LIST
            yield Piece(
                *self.offsets(block.first, block.last), kind, size, self._is_definition(block)
            )
        elif block.blocks:
            if block.blocks[0].first > block.first:
                yield from self._cut(Block(block.first, block.blocks[0].first, Role.LEAF), budget)
            for child in block.blocks:
                if child.role is not Role.RULE:
                    yield from self._pieces(child, budget)
        else:
            yield from self._cut(block, budget)

    def _cut(self, block: Block, budget: int) -> Iterator[Piece]:
        """A block that is too large, at its lines or sentences."""
        by_line = block.kind in {Kind.CODE, Kind.TABLE, Kind.FORMULA}
        if by_line:
            spans = [self.offsets(line, line + 1) for line in range(block.first, block.last)]
        else:
            start, end = self.offsets(block.first, block.last)
            spans = [(start + a, start + b) for a, b in sentences(self._text[start:end])]
        spans = list(_short_enough(self._text, spans, budget * _CHARACTERS_PER_TOKEN))
        sizes = self._counted([self._text[a:b] for a, b in spans])
        for span, size in zip(spans, sizes, strict=True):
            for piece in self._fitting(span, block.kind, size, budget):
                yield replace(piece, part_of=block.first) if by_line else piece

    def _fitting(self, span: Span, kind: Kind, size: int, budget: int) -> Iterator[Piece]:
        """A span, halved at words until each part fits."""
        start, end = span
        if size <= budget or end - start < 2:
            yield Piece(start, end, kind, min(size, budget))
            return
        middle = _white_space_near(self._text, (start + end) // 2, start, end)
        for half in ((start, middle), (middle, end)):
            inner = trimmed(self._text, *half)
            if inner is not None:
                (half_size,) = self._counted([self._text[slice(*inner)]])
                yield from self._fitting(inner, kind, half_size, budget)

    def _defines(self, block: Block) -> bool:
        """A list of definitions, each of which deserves a passage."""
        if block.role is not Role.LIST:
            return False
        return sum(1 for item in block.blocks if self._is_definition(item)) > 1

    def _is_definition(self, item: Block) -> bool:
        if item.role is not Role.ITEM or self._size(item) < _DEFINITION_TOKENS:
            return False
        return bool(_BOLD_START.match(self._text, self._starts.offset(item.first)))

    def _size(self, block: Block) -> int:
        place = (block.first, block.last)
        if place not in self._sizes:
            self._sizes[place] = sum(self._size(child) for child in block.blocks)
        return self._sizes[place]

    def _counted(self, texts: Sequence[str]) -> list[int]:
        counts = self._counts([plain(text) for text in texts]) if texts else []
        return [
            max(count, len(text) // _CHARACTERS_PER_TOKEN)
            for count, text in zip(counts, texts, strict=True)
        ]


def _total(pieces: Iterable[Piece]) -> int:
    return sum(piece.size for piece in pieces)


def _leaves(node: Section | Block) -> Iterator[Block]:
    children: Iterable[Section | Block] = node.nodes if isinstance(node, Section) else node.blocks
    if isinstance(node, Block) and not node.blocks:
        yield node
    for child in children:
        yield from _leaves(child)


def _short_enough(text: str, spans: Iterable[Span], most: int) -> Iterator[Span]:
    """Spans cut at white space so that none has more than `most` characters."""
    for start, end in spans:
        while end - start > most:
            middle = _white_space_near(text, start + most, start, end)
            inner = trimmed(text, start, middle)
            if inner is not None:
                yield inner
            start = middle
        # A line that is short enough keeps its indentation: in code it means something.
        if trimmed(text, start, end) is not None:
            yield start, end


def _white_space_near(text: str, at: int, start: int, end: int) -> int:
    """A place to cut near `at`: after white space if there is any close before it."""
    for place in range(at, max(start, at - 200), -1):
        if text[place - 1].isspace():
            return place
    return max(start + 1, min(at, end - 1))
