"""Tables of HTML as rows of text; a table that only lays a page out is none."""

from collections.abc import Iterator

from lxml.etree import _Element

from ingest.readers.html_inline import InlineText
from ingest.readers.html_tree import Tree

# What cannot stand in a cell of a Markdown table.
_TOO_LARGE = (
    "blockquote",
    "dl",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "ol",
    "pre",
    "table",
    "ul",
)
_PARTS = frozenset("caption col colgroup script style tbody td tfoot th thead tr".split())
# A cell may claim any number of columns and rows; a table that people read has no more.
MAX_SPAN = 50

Row = tuple[int, list[str]]


def is_layout(table: _Element) -> bool:
    """Whether cells hold blocks of their own, text stands outside them, or rows have but one."""
    if any(inner is not table for inner in table.iter(*_TOO_LARGE)):
        return True
    if any(_has_stray_text(part) for part in table.iter("table", "thead", "tbody", "tfoot", "tr")):
        return True
    return all(len(list(_cells(row))) < 2 for row in table.iter("tr"))


def _has_stray_text(part: _Element) -> bool:
    if (part.text or "").strip() or any((child.tail or "").strip() for child in part):
        return True
    return any(child.tag not in _PARTS for child in part)


def table_lines(tree: Tree, table: _Element, depth: int) -> list[tuple[str, int]]:
    """The table as Markdown; without a header row of its own it gets an empty one."""
    rows = list(_rows(tree, table, depth))
    if not rows:
        return []
    width = max(len(cells) for _, cells in rows)
    first = next(table.iter("tr"))
    has_header = all(cell.tag == "th" for cell in _cells(first))
    if not has_header:
        rows.insert(0, (rows[0][0], []))
    number, header = rows[0]
    header = header + [""] * (width - len(header))
    ruled = [(number, header), (number, ["---"] * width), *rows[1:]]
    return [("| " + " | ".join(cells) + " |", number) for number, cells in ruled]


def _rows(tree: Tree, table: _Element, depth: int) -> Iterator[Row]:
    inline = InlineText(tree)
    below: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in _cells(row):
            _fill_from_above(cells, below)
            text = " ".join(inline.of(cell, depth).split()).replace("|", "\\|")
            for _ in range(_span(cell, "colspan") if len(cells) < MAX_SPAN else 1):
                below[len(cells)] = (_span(cell, "rowspan") - 1, text)
                cells.append(text)
                text = ""
        _fill_from_above(cells, below)
        if any(cells):
            yield tree.text_line[row], cells


def _fill_from_above(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    """Repeat the cells that reach down into this row."""
    while below.get(len(cells), (0, ""))[0] > 0:
        left, text = below[len(cells)]
        below[len(cells)] = (left - 1, text)
        cells.append(text)


def _cells(row: _Element) -> Iterator[_Element]:
    return row.iterchildren("td", "th")


def _span(cell: _Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isascii() and value.isdigit() else 1
