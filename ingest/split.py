"""A note cut into passages: whole pieces of its tree that fit the encoder, with exact places.

Formulas, code blocks, table rows and list items stay whole unless one alone is too large.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest import listed
from ingest.outline import Block, Role, Section, outline
from ingest.pack import Counts, Packer, Piece
from ingest.plain import LINK, path_text, words_outside_links
from ingest.types import Kind, Note, Passage

SPLITTER_VERSION: Final = 1

# Special tokens at both ends, and the colon between heading path and body.
_OVERHEAD: Final = 3
# However long the headings, this much is left for the body.
_MIN_BUDGET: Final = 48
# A list with fewer words of its own than this for each link is a list of links.
_WORDS_PER_LINK: Final = 3
_CONTENTS: Final = re.compile(
    r"(?:table of )?contents|toc|on this page|outline|índice|contenidos?|sommaire"
    r"|inhalt(?:sverzeichnis)?",
    re.IGNORECASE,
)
_REFERENCES: Final = re.compile(
    r"references?|bibliography|citations?|sources|further reading|(?:external |useful )?links"
    r"|footnotes|referencias|bibliografía|literatur|quellen",
    re.IGNORECASE,
)


def split(note: Note, counts: Counts, limit: int) -> list[Passage]:
    """The passages of a note in reading order; `limit` is the encoder's, in tokens."""
    return list(_Splitter(note, counts, limit).passages())


class _Splitter:
    """Walks one note's tree; headings wait in `_pending` for the passage that they open."""

    def __init__(self, note: Note, counts: Counts, limit: int) -> None:
        self._note = note
        self._lines = note.text.split("\n")
        self._counts = counts
        self._limit = limit
        self._tree = outline(note.text)
        self._packer = Packer(note.text, self._tree, counts)
        self._pending: int | None = None

    def passages(self) -> Iterator[Passage]:
        """The passages of the whole note."""
        yield from self._section(self._tree, ())

    def _section(self, section: Section, above: tuple[str, ...]) -> Iterator[Passage]:
        path = (*above, section.title) if section.title else above
        if section.title and self._pending is None:
            self._pending = section.first
        if section.title and self._unanswered(section):
            last = max([section.body, *map(_last_line, section.nodes)])
            yield self._lines_as(section.first, last, path, Kind.LISTED)
            return
        run: list[Block] = []
        for node in section.nodes:
            if isinstance(node, Block):
                run.append(node)
                continue
            yield from self._run(run, path)
            run = []
            yield from self._section(node, path)
        yield from self._run(run, path)

    def _unanswered(self, section: Section) -> bool:
        if not section.nodes:
            return True
        return not _REFERENCES.fullmatch(section.title) and listed.says_nothing(
            section, self._lines
        )

    def _run(self, blocks: Sequence[Block], path: tuple[str, ...]) -> Iterator[Passage]:
        """Blocks of one section between its subsections, with unanswered items set apart."""
        waiting: list[Block] = []
        for at, block in enumerate(blocks):
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            for part in self._parted(block, following, path):
                if part.kind is not Kind.LISTED:
                    waiting.append(part)
                    continue
                yield from self._packed(waiting, path)
                waiting = []
                yield self._lines_as(part.first, part.last, path, Kind.LISTED)
        yield from self._packed(waiting, path)

    def _parted(
        self, block: Block, following: Block | None, path: tuple[str, ...]
    ) -> Iterator[Block]:
        title = path[-1] if path else ""
        if (
            block.role is not Role.LIST
            or _REFERENCES.fullmatch(title)
            or _CONTENTS.fullmatch(title)
        ):
            yield block
        else:
            yield from listed.parted(block, following, self._lines)

    def _packed(self, blocks: Sequence[Block], path: tuple[str, ...]) -> Iterator[Passage]:
        shown = [block for block in blocks if block.role is not Role.RULE]
        heading = self._counts([path_text(path)])[0] if shown and path else 0
        budget = max(_MIN_BUDGET, self._limit - heading - _OVERHEAD)
        for group in self._packer.groups(shown, budget):
            start, end = group[0].start, group[-1].end
            yield self._passage(start, end, path, _kind_of(group, self._note.text[start:end], path))

    def _lines_as(self, first: int, last: int, path: tuple[str, ...], kind: Kind) -> Passage:
        return self._passage(*self._packer.offsets(first, last), path, kind)

    def _passage(self, body: int, end: int, path: tuple[str, ...], kind: Kind) -> Passage:
        start = body
        if self._pending is not None:
            start = min(body, self._packer.offsets(self._pending, self._pending + 1)[0])
        self._pending = None
        return Passage(
            note=self._note.path,
            title=self._note.title,
            heading=path,
            kind=kind,
            start=start,
            end=end,
            start_line=self._note.lines[self._packer.line(start)],
            end_line=self._note.lines[self._packer.line(max(start, end - 1))],
            text=self._note.text[start:end],
            lead=body - start,
        )


def _kind_of(group: Sequence[Piece], text: str, path: tuple[str, ...]) -> Kind:
    title = path[-1] if path else ""
    if _CONTENTS.fullmatch(title):
        return Kind.CONTENTS
    links = len(LINK.findall(text))
    if links and words_outside_links(text) < _WORDS_PER_LINK * links:
        return Kind.CONTENTS if 2 * text.count("](#") > links else Kind.REFERENCES
    if _REFERENCES.fullmatch(title):
        return Kind.REFERENCES
    length: dict[Kind, int] = {}
    for piece in group:
        length[piece.kind] = length.get(piece.kind, 0) + piece.end - piece.start
    return max(length, key=lambda kind: length[kind])


def _last_line(node: Section | Block) -> int:
    if isinstance(node, Block):
        return node.last
    return max([node.body, *map(_last_line, node.nodes)])
