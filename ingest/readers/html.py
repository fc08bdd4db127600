"""HTML → Markdown: whole saved pages, fragments, and the HTML inside other formats.

Text keeps its order and its words; layout, navigation and scripts go. White space is as a browser
shows it, so that a paragraph becomes one line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from ingest.readers.html_inline import InlineText, code_text, joined, language_of
from ingest.readers.html_tables import is_layout, table_lines
from ingest.readers.html_tree import MAX_DEPTH, Tree, heads_of, text_of
from ingest.readers.source import Source
from ingest.readers.spans import fenced
from ingest.readers.tags import HEADINGS
from ingest.readers.titles import title_of
from ingest.types import Note

# A line that begins so would become a heading, a list, a rule, a fence, a quotation, HTML, a
# link definition or the underline of a heading, though the page has it as text.
_LOOKS_LIKE_BLOCK = re.compile(
    r"#{1,6}(?:\s|$)|[-*+](?:\s|$)|>|`{3}|~{3}|=+\s*$|(?:-\s*){2,}$|(?:[*_]\s*){3,}$|"
    r"<[A-Za-z/!?]|\[[^\]]+\]:"
)
_LOOKS_LIKE_ITEM = re.compile(r"(\d{1,9})([.)](?:\s|$))")
_WHITE = re.compile(r"[ \t\r\n\f\xa0]+")
_CLOSING_MARKS = re.compile(r"(?<=\s)#+$")

Line = tuple[str, int]
Lines = list[Line]


@dataclass(frozen=True, slots=True)
class Page:
    """HTML as lines of Markdown, each with its line in the HTML, and the page's own title."""

    lines: tuple[str, ...]
    numbers: tuple[int, ...]
    title: str


def read_html(source: Source) -> Note:
    """Read a saved page or a fragment of one."""
    page = markdown_of(source.text, 1)
    text = "\n".join(page.lines)
    title = title_of(source.path, None, text, page.title)
    return Note(source.path, title, text, page.numbers or (1,), "html", source.digest)


def markdown_of(html: str, first_line: int) -> Page:
    """HTML as Markdown; `first_line` is the line of the file that it begins in."""
    tree = Tree(html, first_line)
    written = _Writer(tree).blocks(tree.content, 0)
    numbers: list[int] = []
    for _, number in written:
        numbers.append(max(number, numbers[-1] if numbers else first_line))
    return Page(tuple(text for text, _ in written), tuple(numbers), tree.title)


class _Column:
    """Blocks one below the other, with the running text between them as paragraphs."""

    def __init__(self, tight: bool) -> None:
        self._tight = tight
        self._lines: Lines = []
        self._text: list[str] = []
        self._line = 0

    def add_text(self, text: str, line: int) -> None:
        """Add running text that is found in that line."""
        if text.strip() and not self._line:
            self._line = line
        self._text.append(text)

    def add_block(self, block: Lines, is_list: bool = False) -> None:
        """Add a block; a list may stand close under the text it belongs to."""
        self._end_paragraph()
        if not block:
            return
        if self._lines and not (self._tight and is_list):
            self._lines.append(("", self._lines[-1][1]))
        self._lines += block

    def finished(self) -> Lines:
        """All blocks, a blank line between them."""
        self._end_paragraph()
        return self._lines

    def _end_paragraph(self) -> None:
        text, line = joined(self._text).strip(), self._line
        self._text, self._line = [], 0
        if text:
            self.add_block(_paragraph(text, line))


class _Writer:
    """Writes elements as blocks; a container indents and sets apart what it holds."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._inline = InlineText(tree)

    def blocks(self, element: _Element, depth: int, tight: bool = False) -> Lines:
        """Everything in an element, block after block."""
        column = _Column(tight)
        tree = self._tree
        if depth > MAX_DEPTH:
            column.add_text(" ".join(text_of(element).split()), tree.text_line[element])
            return column.finished()
        column.add_text(*_collapsed(element.text, tree.text_line[element]))
        for child in element:
            if tree.is_block(child) and not tree.is_dropped(child):
                column.add_block(self._block(child, depth + 1), child.tag in ("ul", "ol"))
            else:
                column.add_text(self._inline.child(child, depth), tree.text_line[child])
            column.add_text(*_collapsed(child.tail, tree.tail_line[child]))
        return column.finished()

    def _block(self, element: _Element, depth: int) -> Lines:
        tag, line = str(element.tag), self._tree.text_line[element]
        if tag in HEADINGS:
            return self._heading(element, depth)
        match tag:
            case "ul" | "ol":
                return self._list(element, depth)
            case "pre":
                return self._code(element)
            case "table":
                return self._table(element, depth)
            case "dl":
                return self._definitions(element, depth)
            case "blockquote":
                return [(f"> {text}".rstrip(), at) for text, at in self.blocks(element, depth)]
            case "hr":
                return [("---", line)]
            case "header":
                return _stacked(self._heading(head, depth) for head in heads_of(element))
            case "summary" if element not in self._tree.holds_blocks:
                return _bold(self._one_line(element, depth), line)
        return self.blocks(element, depth)

    def _one_line(self, element: _Element, depth: int) -> str:
        return " ".join(self._inline.of(element, depth).split())

    def _heading(self, element: _Element, depth: int) -> Lines:
        text = _CLOSING_MARKS.sub(
            lambda marks: "\\" + marks.group(), self._one_line(element, depth)
        )
        line = self._tree.text_line[element] + _leading_lines(element.text)
        return [(f"{'#' * HEADINGS[str(element.tag)]} {text}", line)] if text else []

    def _list(self, element: _Element, depth: int) -> Lines:
        written: Lines = []
        number = _start(element)
        for child, text, line in self._children(element):
            if child is None:
                written += _indented(_paragraph(text, line), "  ", "  ")
            elif child.tag != "li":
                # A list pasted under an item instead of into it.
                written += _indented(self._block(child, depth + 1), "  ", "  ")
            else:
                mark = f"{number}. " if element.tag == "ol" else "- "
                number += 1
                if written and written[-1][0].lstrip().startswith(">"):
                    written.append(("", written[-1][1]))
                body = self.blocks(child, depth, tight=True)
                written += _indented(body, mark + _checkbox(child), " " * len(mark))
        return written

    def _children(self, element: _Element) -> Iterator[tuple[_Element | None, str, int]]:
        """The elements in a list, and the text that strayed between them."""
        yield from _stray(element.text, self._tree.text_line[element])
        for child in element:
            if not self._tree.is_dropped(child):
                yield child, "", 0
            yield from _stray(child.tail, self._tree.tail_line[child])

    def _code(self, pre: _Element) -> Lines:
        written = code_text(self._tree, pre).rstrip()
        code = written.lstrip("\n")
        if not code:
            return []
        first = self._tree.text_line[pre] + len(written) - len(code)
        # Line ends that stand for `<br>` are none in the file.
        end = self._tree.tail_line[pre]
        numbers = [min(first + below, end) for below in range(code.count("\n") + 1)]
        lines = fenced(code, language_of(pre))
        return list(zip(lines, [numbers[0], *numbers, numbers[-1]], strict=True))

    def _table(self, table: _Element, depth: int) -> Lines:
        if is_layout(table):
            return self.blocks(table, depth)
        column = _Column(tight=False)
        for caption in table.iterchildren("caption"):
            column.add_block(self.blocks(caption, depth))
        column.add_block(table_lines(self._tree, table, depth))
        return column.finished()

    def _definitions(self, element: _Element, depth: int) -> Lines:
        """A list of terms: `- **term**: what it means`."""
        written: Lines = []
        for child, text, line in self._children(element):
            if child is None:
                body = _paragraph(text, line)
            elif child.tag == "div" and depth < MAX_DEPTH:
                written += self._definitions(child, depth + 1)
                continue
            elif child.tag == "dt":
                term = _bold(self._one_line(child, depth), self._tree.text_line[child])
                written += _indented(term, "- ", "  ")
                continue
            else:
                body = self.blocks(child, depth + 1, tight=True)
            if body and written and _is_term(written[-1][0]) and _is_prose(body[0][0]):
                written[-1] = (f"{written[-1][0]}: {body[0][0]}", written[-1][1])
                body = body[1:]
            written += _indented(body, "  ", "  ")
        return written


def _collapsed(text: str | None, line: int) -> tuple[str, int]:
    """Text with its white space as one space each, and the line that its first word is in."""
    text = text or ""
    return _WHITE.sub(" ", text), line + _leading_lines(text)


def _stray(text: str | None, line: int) -> Iterator[tuple[None, str, int]]:
    text, line = _collapsed(text, line)
    if text.strip():
        yield None, text, line


def _paragraph(text: str, line: int) -> Lines:
    return [(_as_text(part), line) for part in text.strip().split("\n")]


def _is_term(line: str) -> bool:
    return line.startswith("- **") and line.endswith("**")


def _leading_lines(text: str | None) -> int:
    text = text or ""
    return text.count("\n", 0, len(text) - len(text.lstrip()))


def _as_text(line: str) -> str:
    """A line escaped where Markdown would take it for the beginning of a block."""
    if _LOOKS_LIKE_BLOCK.match(line):
        return "\\" + line
    return _LOOKS_LIKE_ITEM.sub(r"\1\\\2", line, count=1) if line[:1].isdigit() else line


def _is_prose(line: str) -> bool:
    return not re.match(r"[-#>|`]|\d+\. ", line)


def _bold(text: str, line: int) -> Lines:
    if not text:
        return []
    return [(text if text.startswith("**") else f"**{text}**", line)]


def _indented(lines: Lines, first: str, rest: str) -> Lines:
    return [
        ((first if position == 0 else rest) + text if text else "", line)
        for position, (text, line) in enumerate(lines)
    ]


def _stacked(blocks: Iterable[Lines]) -> Lines:
    column = _Column(tight=False)
    for block in blocks:
        column.add_block(block)
    return column.finished()


def _start(element: _Element) -> int:
    start = element.get("start") or ""
    return int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 1


def _checkbox(item: _Element) -> str:
    box = item.find("./input[@type='checkbox']")
    if box is None:
        box = item.find("./p/input[@type='checkbox']")
    if box is None:
        return ""
    return "[x] " if box.get("checked") is not None else "[ ] "
