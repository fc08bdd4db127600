"""The units that can be quoted."""

import pytest
from note_making import passages_of

from rag.types import Form
from rag.units import units


def forms(text: str) -> list[tuple[str, Form]]:
    (passage,) = passages_of(text)
    found = units(passage)
    for unit in found:
        assert passage.text[unit.start : unit.end] == unit.text
    return [(unit.text, unit.form) for unit in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "## Recall\n\nIt is a share. It is at most one.\n",
            [("It is a share.", Form.SENTENCE), ("It is at most one.", Form.SENTENCE)],
        ),
        (
            "## Recall\n\n- One thing\n- Another.  With two sentences.\n",
            [("One thing", Form.ITEM), ("Another.  With two sentences.", Form.ITEM)],
        ),
        (
            "- Outer item here\n    - Inner item here\n",
            [("Outer item here", Form.ITEM), ("Inner item here", Form.ITEM)],
        ),
        (
            "Before it.\n\n$$\na = b\n$$\n\nwhere $a. B$ is one.\n",
            [
                ("Before it.", Form.SENTENCE),
                ("$$\na = b\n$$", Form.BLOCK),
                ("where $a. B$ is one.", Form.SENTENCE),
            ],
        ),
        ("```python\nx = 1\n\ny = 2\n```\n", [("```python\nx = 1\n\ny = 2\n```", Form.BLOCK)]),
        ("> Quoted text here.\n", [("Quoted text here.", Form.SENTENCE)]),
        (
            "Text stands here.\n\n![](https://example.org/a.png)\n",
            [("Text stands here.", Form.SENTENCE)],
        ),
        (
            "1. First of two\n\n    $$x = 1$$\n\n2. Second of two\n",
            [
                ("First of two", Form.ITEM),
                ("$$x = 1$$", Form.BLOCK),
                ("Second of two", Form.ITEM),
            ],
        ),
    ],
)
def test_a_passage_gives_its_sentences_items_and_blocks(
    text: str, expected: list[tuple[str, Form]]
) -> None:
    """Headings, bullets, pictures and quote marks are no part of a unit."""
    assert forms(text) == expected


def test_a_long_item_is_quoted_by_its_sentences() -> None:
    """An item of a hundred words is not one statement."""
    sentence = "This sentence has exactly eight words in it."
    assert forms("- " + " ".join([sentence] * 12)) == [(sentence, Form.ITEM)] * 12


def test_nested_items_cut_from_their_list_keep_their_text() -> None:
    """A passage that begins with indented items is still a list of items."""
    (passage,) = passages_of(
        "- **Gate**\n\n    - It lets the signal through\n    - It is learned\n"
    )
    assert [unit.text for unit in units(passage)] == ["It lets the signal through", "It is learned"]


def test_the_rest_of_a_block_that_was_cut_is_one_block() -> None:
    """A code block too large for one passage is not taken for sentences after its first part."""
    code = (
        "```python\n"
        + "\n".join(f"value_{n} = step({n}).  # Then. More." for n in range(40))
        + "\n```"
    )
    first, *rest = passages_of(code, 60)
    assert rest
    for passage in (first, *rest):
        (unit,) = units(passage)
        assert (unit.text, unit.form) == (passage.text, Form.BLOCK)
