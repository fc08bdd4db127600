"""Windows that a model can read, and the lines of a passage that a statement rests on."""

from hypothesis import given
from hypothesis import strategies as st

from rag.premises import nearest, premises, windows


def count(text: str) -> int:
    """One piece for each word."""
    return len(text.split())


LINES = ["one two three", "four five", "six seven eight nine", "ten"]


def test_windows_overlap_by_a_line() -> None:
    """A window begins with the last line of the one before, so that 'it' has its noun."""
    assert list(windows(LINES, 6, count)) == [
        "one two three four five",
        "four five six seven eight nine",
        "six seven eight nine ten",
    ]


def test_what_fits_is_one_window() -> None:
    """A text that a model can read whole is not cut."""
    assert list(windows(LINES, 10, count)) == [" ".join(LINES)]


def test_a_line_that_is_too_long_is_cut_between_words() -> None:
    """Nothing of it is lost."""
    found = list(windows([" ".join(map(str, range(20)))], 6, count))
    assert {word for window in found for word in window.split()} == set(map(str, range(20)))
    assert all(count(window) <= 6 for window in found)


@given(
    lines=st.lists(st.lists(st.sampled_from("abcdef"), min_size=1).map(" ".join)),
    room=st.integers(1, 12),
)
def test_windows_hold_every_word_and_fit(lines: list[str], room: int) -> None:
    """Whatever the lines, every window fits, and all words are in some window, in order."""
    found = list(windows(lines, room, count))
    assert all(count(window) <= room for window in found)
    rest = iter(" ".join(found).split())
    assert all(word in rest for line in lines for word in line.split())


def test_the_nearest_line_comes_alone_and_with_the_next_best() -> None:
    """The line that shares most, then the best three in the order they are read in."""
    lines = [
        "Recall counts positives.",
        "The weather is fine.",
        "Precision counts alarms.",
        "Recall and precision count positives and alarms.",
        "Alarms ring.",
    ]
    assert nearest(lines, "Recall counts the positives, precision the alarms.") == [
        lines[3],
        f"{lines[0]} {lines[2]} {lines[3]}",
    ]


def test_no_line_is_near_what_shares_no_word() -> None:
    """A statement about something else has the windows alone."""
    assert nearest(["The weather is fine."], "Recall counts positives.") == []


def test_premises_are_plain_and_few() -> None:
    """Markup is left out, and a passage of one line is one premise."""
    text = "**Recall** is the [share](https://example.org) found."
    assert premises(text, "Recall is a share.", 50, count) == ["Recall is the share found."]


def test_no_text_no_premises() -> None:
    """Nothing to hold a statement against is no premise."""
    assert premises("  \n", "Recall is a share.", 50, count) == []
