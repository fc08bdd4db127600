"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import sentences


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One is here. Two is there.", ["One is here.", "Two is there."]),
        ("It holds e.g. Gaussian noise. Yes.", ["It holds e.g. Gaussian noise.", "Yes."]),
        ("See Fig. 3 for it. Done!", ["See Fig. 3 for it.", "Done!"]),
        ("By J. Smith et al. Then more.", ["By J. Smith et al. Then more."]),
        ("It is 0.5 or 1.5. Fine?", ["It is 0.5 or 1.5.", "Fine?"]),
        ("Take $a. B$ here. Next `x. Y` one.", ["Take $a. B$ here.", "Next `x. Y` one."]),
        ("Go to https://a.org/x.Y now. Stop.", ["Go to https://a.org/x.Y now.", "Stop."]),
        ("a line\n\nanother line", ["a line", "another line"]),
        ("Low bias: good\nHigh bias: poor", ["Low bias: good", "High bias: poor"]),
        (
            "A long line that was wrapped at a margin by an editor that\nknows no better. End.",
            [
                "A long line that was wrapped at a margin by an editor that\nknows no better.",
                "End.",
            ],
        ),
        ("Items:\n- one\n- two", ["Items:", "- one", "- two"]),
        ('He said "stop." Then went.', ['He said "stop."', "Then went."]),
        ("1. First thing", ["1. First thing"]),
        ("costs\n500 euros. Next.", ["costs\n500 euros.", "Next."]),
        ("Some music\n> of any degree.", ["Some music\n> of any degree."]),
        ("Es geht, z. B. per Post. Gut.", ["Es geht, z. B. per Post.", "Gut."]),
        ("In the U.S. Embassy it is.", ["In the U.S. Embassy it is."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    """Abbreviations, numbers, maths, code and addresses end nothing."""
    assert texts(text) == parts


@given(st.text(st.sampled_from("aB .?!$`\n-1[]()*é𝐀"), max_size=200))
def test_sentences_lose_nothing(text: str) -> None:
    """Spans are in order, trimmed, and hold all that is visible."""
    at = 0
    for start, end in sentences(text):
        assert not text[at:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
