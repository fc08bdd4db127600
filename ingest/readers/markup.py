"""HTML within a Markdown note, written as Markdown in its place.

Simple tags are replaced where they stand, so that the Markdown between them is untouched and
every line keeps its number. Tables, lists and the like are handed to the HTML reader whole.
"""

import re
from html import unescape

from ingest.readers.blocks import Part
from ingest.readers.draft import Draft, prefix_of
from ingest.readers.html import markdown_of
from ingest.readers.pieces import Kind, Piece, attributes, is_markup, pairs
from ingest.readers.spans import code_span, link_end, raised
from ingest.readers.stretch import Copyist, Stretch
from ingest.readers.tags import BLOCKS, CODE, DROPPED, HEADINGS, MARKS, RAISED, WHOLE

_QUOTE_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(?:`{3}|~{3})", re.MULTILINE)
# How many pieces of a summary are looked at for marks of its own: a summary is one line.
SUMMARY_REACH = 20


def simplify(draft: Draft, stretch: Stretch) -> bool:
    """Write a region's HTML as Markdown; False where it has none."""
    if "<" not in stretch.text or not stretch.has(Kind.TAG):
        return False
    simplifier = _Simplifier(draft, stretch)
    if not simplifier.markup:
        return False
    simplifier.run()
    return True


class _Simplifier:
    def __init__(self, draft: Draft, stretch: Stretch) -> None:
        self._draft = draft
        self._stretch = stretch
        self._pieces = stretch.pieces
        self._ends = pairs(self._pieces)
        self._starts = {end: start for start, end in self._ends.items()}
        self.markup = frozenset(
            position for position, piece in enumerate(self._pieces) if self._is_markup(position)
        )

    def run(self) -> None:
        """Write the whole stretch."""
        self._copyist = Copyist(self._draft, self._stretch)
        position = 0
        while position < len(self._pieces):
            piece = self._pieces[position]
            if position in self.markup:
                position = self._tag(position, piece)
            else:
                self._copyist.piece(piece)
            position += 1
        self._copyist.finish()

    def _is_markup(self, position: int) -> bool:
        piece = self._pieces[position]
        if piece.kind is not Kind.TAG:
            return False
        start = position if position in self._ends else self._starts.get(position)
        if piece.name == "s" and start is not None:
            # `<s> … </s>` around a sentence are a language model's tokens, not a strike-out.
            return not self._stretch.text[self._pieces[start].end].isspace()
        return is_markup(self._stretch.text, piece, start is not None, self._leads(piece))

    def _leads(self, piece: Piece) -> bool:
        """Whether the tag opens a line of block HTML or has a line to itself."""
        line = self._stretch.lines[self._stretch.index(piece.start)]
        prefix = len(prefix_of(line))
        before = piece.start - self._stretch.line_start(piece.start)
        if before > prefix:
            return False
        tag = self._stretch.text[piece.start : piece.end]
        return self._stretch.part is Part.HTML or line[prefix:].strip() == tag

    def _tag(self, position: int, piece: Piece) -> int:
        """Write what a tag stands for; the position of the last piece that this took in."""
        name, end = piece.name, self._ends.get(position)
        number = self._stretch.number(piece.start)
        if end is not None:
            last = self._element(position, end, name)
            if last is not None:
                return last
        if name == "br":
            self._draft.break_line(number)
        elif name == "hr":
            self._rule(number)
        elif name in BLOCKS:
            self._break(position, name, number)
        elif name == "img":
            self._draft.cut()
            self._draft.write(self._attribute(piece, "alt"), number)
        else:
            self._mark(position, name)
        return position

    def _element(self, start: int, end: int, name: str) -> int | None:
        """Write an element that is seen whole; None where its tags stand for themselves."""
        first, last = self._pieces[start], self._pieces[end]
        number = self._stretch.number(first.start)
        inner = self._stretch.text[first.end : last.start]
        if name in DROPPED:
            self._copyist.leave_out(first.start, last.end)
        elif name in WHOLE and not _FENCE.search(inner):
            self._convert(start, end)
        elif name in CODE:
            self._draft.cut()
            self._draft.write(code_span(unescape(self._without_markup(start, end))), number)
        elif name in RAISED and "<" not in inner:
            self._draft.cut()
            self._draft.write(raised(RAISED[name], unescape(inner)), number)
        else:
            return None
        return end

    def _convert(self, start: int, end: int) -> None:
        """Have a table, a list or the like written by the HTML reader."""
        first, last = self._pieces[start], self._pieces[end]
        page = markdown_of(self._fragment(start, end), self._stretch.index(first.start))
        numbers = [
            self._stretch.numbers[min(line, len(self._stretch.numbers) - 1)]
            for line in page.numbers
        ]
        if not page.lines:
            self._draft.cut()
        elif self._draft.flat or first.name == "math":
            self._draft.cut()
            self._draft.write(" ".join(line.strip() for line in page.lines), numbers[0])
        else:
            self._draft.insert(page.lines, numbers)
        if "\n" in self._stretch.text[first.start : last.end]:
            self._draft.break_line(self._stretch.number(last.start))

    def _fragment(self, start: int, end: int) -> str:
        """An element's HTML, with what is Markdown's code, maths or no tag escaped."""
        literal = self._pieces[start].name == "pre"
        written = []
        for position in range(start, end + 1):
            piece = self._pieces[position]
            text = self._stretch.text[piece.start : piece.end]
            is_text = piece.kind in (Kind.CODE, Kind.MATHS) and not literal
            no_tag = piece.kind is Kind.TAG and position not in self.markup
            written.append(text.replace("<", "&lt;") if is_text or no_tag else text)
        fragment, indent = "".join(written), self._copyist.indent
        if ">" in indent:
            return _QUOTE_MARKS.sub("", fragment)
        return re.sub(rf"\n[ \t]{{1,{len(indent)}}}", "\n", fragment) if indent else fragment

    def _without_markup(self, start: int, end: int) -> str:
        between = range(start + 1, end)
        pieces = (self._pieces[position] for position in between if position not in self.markup)
        return "".join(self._stretch.text[piece.start : piece.end] for piece in pieces)

    def _break(self, position: int, name: str, number: int) -> None:
        """Begin or end a paragraph, a heading or a list item."""
        start = self._starts.get(position)
        if start is not None:
            self._draft.close_mark(start, "**" if self._is_bold(start) else "")
        if name in HEADINGS:
            self._draft.flat = self._stretch.part is Part.ROW
        if name == "li":
            self._draft.break_line(number)
        else:
            self._draft.gap(number)
        if self._pieces[position].closing or self._draft.flat:
            return
        if name in HEADINGS and position in self._ends:
            self._draft.open_mark(position, "#" * HEADINGS[name] + " ")
            self._draft.flat = True
        elif name == "li":
            self._draft.open_mark(position, "- ")
        elif self._is_bold(position):
            self._draft.open_mark(position, "**")

    def _rule(self, number: int) -> None:
        if self._draft.flat:
            self._draft.break_line(number)
        else:
            self._draft.insert(["---"], [number])

    def _is_bold(self, start: int) -> bool:
        """Whether this is a summary without a heading or bold text of its own."""
        end = self._ends.get(start)
        if self._pieces[start].name != "summary" or end is None or self._stretch.part is Part.ROW:
            return False
        following = self._pieces[start + 1 : min(end, start + 1 + SUMMARY_REACH)]
        return {piece.name for piece in following}.isdisjoint({"b", "strong", *HEADINGS})

    def _mark(self, position: int, name: str) -> None:
        """Write bold, italic and links; leave out any other tag."""
        start = self._starts.get(position)
        opening = position if start is None else start
        marks = self._marks_of(opening, name)
        if opening not in self._ends or marks is None:
            self._draft.cut()
        elif start is None:
            self._draft.open_mark(position, marks[0])
        else:
            self._draft.close_mark(start, marks[1])

    def _marks_of(self, opening: int, name: str) -> tuple[str, str] | None:
        if name in MARKS:
            return MARKS[name], MARKS[name]
        end = link_end(self._attribute(self._pieces[opening], "href")) if name == "a" else ""
        return ("[", end) if end else None

    def _attribute(self, piece: Piece, name: str) -> str:
        tag = self._stretch.text[piece.start : piece.end]
        return " ".join(unescape(attributes(tag).get(name, "")).split())
