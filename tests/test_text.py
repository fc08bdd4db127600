"""An answer's statements as Markdown."""

from collections.abc import Sequence

from rag.text import markdown
from rag.types import Form, Statement, Verdict


def items(*given: tuple[str, int, str]) -> Sequence[Statement]:
    """List items with their depths and markers."""
    return [
        Statement(text, (), Verdict.QUOTED, Form.ITEM, marker, depth=depth)
        for text, depth, marker in given
    ]


def test_nested_items_are_set_in() -> None:
    """By as much as what they stand under needs, and back again."""
    text = markdown(
        items(("Gates", 1, "1."), ("Open", 2, "-"), ("Wide", 3, "-"), ("Cells", 1, "2.")), []
    )
    assert [line.rstrip() for line in text.split("\n")] == [
        "1. Gates",
        "   - Open",
        "     - Wide",
        "2. Cells",
    ]


def test_what_is_nested_in_nothing_quoted_begins_at_the_margin() -> None:
    """Only what an item is seen to stand under counts."""
    text = markdown(items(("Open", 3, "-"), ("Close", 3, "-"), ("Cells", 1, "-")), [])
    assert [line.rstrip() for line in text.split("\n")] == ["- Open", "- Close", "- Cells"]


def test_a_box_to_tick_is_no_wider_than_its_dash() -> None:
    """What is nested under '- [ ]' is set in by two, or it would be code."""
    text = markdown(items(("Read", 1, "- [ ]"), ("Chapter one", 2, "- [x]")), [])
    assert text.split("\n")[1].rstrip() == "  - [x] Chapter one"


def test_a_paragraph_ends_the_list() -> None:
    """The next list begins at the margin."""
    between = Statement("Cells keep.", (), Verdict.QUOTED)
    text = markdown([*items(("Gates", 1, "-")), between, *items(("Open", 2, "-"))], [])
    assert text.split("\n")[-1].rstrip() == "- Open"
