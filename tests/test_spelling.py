"""Misspelt words are put right by the notes' own words, and no others are touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexing import Desk

from ingest.index import Snapshot
from rag.chat import NoteChat
from rag.spelling import put_right, slips
from rag.types import Finished

NOTE = "# Recall\n\nRecall and precision describe a classifier. Batch normalisation rescales. It descends.\n"
ASKED = "# Open\n\n1. What is a peephole connection?\n"


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    desk = Desk(tmp_path)
    desk.write("a.md", NOTE)
    desk.write("b.md", ASKED)
    desk.sync()
    with desk.snapshot() as snapshot:
        yield snapshot


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("what is recal", "what is recall"),
        ("presicion?", "precision?"),
        ("bacth normalisaton", "batch normalisation"),
        ("a peephoel connection", "a peephole connection"),
        ("Recall and precision", "Recall and precision"),
        ("rocall", "recall"),
        ("decall", "decall"),
        ("a recess, a decent", "a recess, a decent"),
        ("it describes and rescale", "it describes and rescale"),
        ("What is XGBoost, LoRA or RECAL?", "What is XGBoost, LoRA or RECAL?"),
        ("adamax and word2vec", "adamax and word2vec"),
        ("", ""),
    ],
)
def test_only_what_the_notes_never_use_is_put_right(
    snapshot: Snapshot, asked: str, meant: str
) -> None:
    """The first letter holds, names hold, and a word without a near neighbour holds."""
    assert put_right(snapshot, asked) == meant


def test_the_answer_says_what_was_searched_for(tmp_path: Path) -> None:
    """The question stays as asked; what it was taken for is shown."""
    desk = Desk(tmp_path)
    desk.write("a.md", NOTE)
    desk.sync()
    with desk.open() as index:
        *_, last = NoteChat(index, desk.encoder).ask("what is recal")
    assert isinstance(last, Finished)
    assert last.answer.question == "what is recal"
    assert last.answer.rewritten == "what is recall"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("recal", "recall", 1),
        ("waht", "what", 1),
        ("abc", "abc", 0),
        ("abc", "xyz", 3),
        ("a", "abcd", 3),
    ],
)
def test_slips_are_counted(one: str, other: str, expected: int) -> None:
    """Letters wrong, missing, too many or swapped."""
    assert slips(one, other, 2) == expected


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_slips_go_both_ways(one: str, other: str) -> None:
    """As many lead from one word to the other as back, and none only to itself."""
    assert slips(one, other, 6) == slips(other, one, 6)
    assert (slips(one, other, 6) == 0) == (one == other)
