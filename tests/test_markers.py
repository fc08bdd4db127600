"""Citation markers, and text cut into statements while it arrives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cut import LONGEST, Piece, cut
from rag.markers import Marked, half_marker, markers
from rag.types import Form

KNOWN = range(1, 6)


@pytest.mark.parametrize(
    ("text", "clean", "numbers"),
    [
        ("Recall is a share [1].", "Recall is a share.", (1,)),
        ("Recall is a share. [1]", "Recall is a share.", (1,)),
        ("Recall is a share.[2]", "Recall is a share.", (2,)),
        ("Recall[1] is a share[2].", "Recall is a share.", (1, 2)),
        ("Both are shares [1, 2].", "Both are shares.", (1, 2)),
        ("Both are shares [1][2].", "Both are shares.", (1, 2)),
        ("Both are shares [1], [2].", "Both are shares.", (1, 2)),
        ("Both are shares [1] and [2].", "Both are shares.", (1, 2)),
        ("Both are shares [2; 1].", "Both are shares.", (2, 1)),
        ("All are shares [1-3].", "All are shares.", (1, 2, 3)),
        ("All are shares [1–3, 5].", "All are shares.", (1, 2, 3, 5)),
        ("A share【1】.", "A share.", (1,)),
        ("A share【2†source】.", "A share.", (2,)),
        ("A share［3］.", "A share.", (3,)),
        ("A share [^1].", "A share.", (1,)),
        ("A share[^4^].", "A share.", (4,)),
        ("A share [Source 2].", "A share.", (2,)),
        ("A share (source 2).", "A share.", (2,)),
        ("A share (1).", "A share.", (1,)),
        ("A share [[1]].", "A share.", (1,)),
        (r"A share \[1\].", "A share.", (1,)),
        ("A share [1](#cite-1).", "A share.", (1,)),
        ("A share<sup>[1]</sup>.", "A share.", (1,)),
        ("[1] A share.", "A share.", (1,)),
        ("A share.[1][2] And more.", "A share. And more.", (1, 2)),
        ("A share [1] [1].", "A share.", (1,)),
    ],
)
def test_a_marker_is_read_and_taken_out(text: str, clean: str, numbers: tuple[int, ...]) -> None:
    """Every form that models emit gives the same numbers and leaves the sentence."""
    assert markers(text, KNOWN) == Marked(clean, numbers)


@pytest.mark.parametrize(
    "text",
    [
        "The entry x[1] is first.",
        "The entry nums[1] is first.",
        "Take `a [1]` of it.",
        "Take $a [1]$ of it.",
        "$$\na [1]\n$$",
        "```python\nprint [1]\n```",
        "A value in [0, 1] is a share.",
        "Draw from the interval [1, 2] twice.",
        "Start with items = [1] here.",
        "Sort the list [1, 2, 3] first.",
        "It costs O(1) time.",
        "It takes f(1) as input.",
        "See step (1).",
        "It came late (2012).",
        "It is (1) small and (2) fast.",
        "(1) First of all.",
        "See [1](https://example.org/a).",
        "Tick [x] and [ ] here.",
    ],
)
def test_what_is_no_marker_stays(text: str) -> None:
    """Indexes, intervals, values, calls, links, code and formulas are left alone."""
    assert markers(text, KNOWN) == Marked(text, ())


@pytest.mark.parametrize(
    ("text", "clean", "numbers", "unknown"),
    [
        ("A share [7].", "A share.", (), 1),
        ("A share [1, 9].", "A share.", (1,), 1),
        ("A share [4-9].", "A share.", (4, 5), 4),
        ("A share [1-9999].", "A share.", (1, 2, 3, 4, 5), 9994),
        ("A share [0].", "A share.", (), 1),
        ("A share [7], and more [1].", "A share, and more.", (1,), 1),
    ],
)
def test_unknown_numbers_are_dropped_and_counted(
    text: str, clean: str, numbers: tuple[int, ...], unknown: int
) -> None:
    """A number that names no passage is not a citation."""
    assert markers(text, KNOWN) == Marked(clean, numbers, unknown)


@pytest.mark.parametrize(
    "half", ["[", "[1", "[1,", "[1, 2", "[^", "[1-", "【", "【1†so", "[Source 2"]
)
def test_half_a_marker_at_the_end_is_dropped(half: str) -> None:
    """What a stopped stream leaves of a marker names no passage for sure."""
    assert markers(f"A share {half}", KNOWN) == Marked("A share", (), 1)


@pytest.mark.parametrize("text", ["the entry x[1", "code `a [1", "a share (1", "a share"])
def test_other_ends_are_no_half_marker(text: str) -> None:
    """An index that is cut off stays."""
    assert half_marker(text) == len(text) or text.startswith("code")


@given(st.text(alphabet="ab [](),.^-–1290【】`$\n", max_size=60))
def test_markers_never_grow_a_text_and_name_known_passages_only(text: str) -> None:
    """Whatever a model emits."""
    found = markers(text, KNOWN)
    assert set(found.numbers) <= set(KNOWN)
    assert len(found.text) <= len(text)


WRITTEN = """Recall is a share. [1] It is at most 1, e.g. 0.5 [2].

## Steps
- one thing [1]
  goes on
- another. With two sentences. [2]
1. third

$$
a. B = c
$$ [3]

| a | b |
|---|---|
| 1 | 2 |

```python
x[1] = 2. And

y
```
Then `a. B` ends. So it costs $5. And more"""


def streamed(text: str, size: int) -> list[Piece]:
    """The pieces of a text that arrives in parts of `size` characters."""
    pieces: list[Piece] = []
    rest = ""
    for at in range(0, len(text), size):
        found, rest = cut(rest + text[at : at + size], final=False)
        pieces.extend(found)
    return pieces + cut(rest, final=True)[0]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_statements_are_sentences_items_and_whole_blocks(size: int) -> None:
    """The parts in which a text arrives make no difference."""
    pieces = [(piece.form, piece.text) for piece in streamed(WRITTEN, size)]
    assert pieces == [
        (Form.SENTENCE, "Recall is a share. [1]"),
        (Form.SENTENCE, "It is at most 1, e.g. 0.5 [2]."),
        (Form.SENTENCE, "## Steps"),
        (Form.ITEM, "one thing [1]\n  goes on"),
        (Form.ITEM, "another. With two sentences. [2]"),
        (Form.ITEM, "third"),
        (Form.BLOCK, "$$\na. B = c\n$$ [3]"),
        (Form.BLOCK, "| a | b |\n|---|---|\n| 1 | 2 |"),
        (Form.BLOCK, "```python\nx[1] = 2. And\n\ny\n```"),
        (Form.SENTENCE, "Then `a. B` ends."),
        (Form.SENTENCE, "So it costs $5."),
        (Form.SENTENCE, "And more"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "One sentence.",
        "One sentence. [1",
        "One sentence. [",
        "It is, e.g",
        "Take `a. B",
        "- an item",
        "$$\na = b\n",
        "```\ncode. More\n",
        "| a | b |\n",
        "## A head",
        "One sentence.\n-",
    ],
)
def test_what_may_still_change_waits(text: str) -> None:
    """Nothing is given out that the next characters may turn into something else."""
    assert cut(text, final=False) in (
        ([], text),
        ([Piece("One sentence.", "One sentence.", Form.SENTENCE)], "\n-"),
    )


def test_a_sentence_without_an_end_is_cut_at_last() -> None:
    """A model that loops does not make everything wait."""
    pieces, rest = cut("word " * 2 * LONGEST, final=False)
    assert pieces
    assert len(rest) <= 2 * LONGEST


PARTS = st.sampled_from(
    ["Recall is one. ", "It is [1]. ", "[2] ", "- item\n", "\n", "\n\n", "$$\na\n$$\n", "`a. B` ",
     "```\nx. Y\n```\n", "| a |\n", "## Head\n", "  more. ", "$x$ ", "1. one\n", "e.g. ", "So", " [", "5 ", "$", "`"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12).map("".join), st.integers(1, 9))
def test_cutting_loses_nothing(text: str, size: int) -> None:
    """The raw texts of all pieces are the text."""
    assert "".join(piece.raw for piece in streamed(text, size)) == text


@given(st.lists(PARTS, max_size=12).map("".join), st.integers(1, 9))
def test_the_parts_in_which_text_arrives_make_no_difference(text: str, size: int) -> None:
    """A stream gives the same statements as the whole text."""
    assert streamed(text, size) == cut(text, final=True)[0]
