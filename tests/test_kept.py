"""Conversations on disk, and the values that they are made of."""

import sqlite3
from pathlib import Path

import pytest
from scripted import failed, recall_answer, written

from app.web.kept import Conversations
from app.web.talk import Draft, Rating, Talk
from app.web.values import plain, restored
from rag.types import Event


def talk(*streams: list[Event]) -> Talk:
    """A conversation of these answers."""
    made = Talk("t1")
    for number, events in enumerate(streams):
        draft = Draft()
        for event in events:
            draft = draft.after(event)
        made = made.asked(f"Question {number}?").with_draft(draft)
    return made


@pytest.mark.parametrize("events", [recall_answer(), written(), failed(), written()[:5]])
def test_a_conversation_comes_back_as_it_was(tmp_path: Path, events: list[Event]) -> None:
    """With every statement, citation and figure, finished or not."""
    kept = Conversations(tmp_path / "talks.db")
    before = talk(events).rated(0, Rating(False, "Wrong"))
    kept.save("owner", before)
    assert kept.load("owner", "t1") == before


def test_nobody_reads_what_another_browser_keeps(tmp_path: Path) -> None:
    """Not by its name, and not in the list."""
    kept = Conversations(tmp_path / "talks.db")
    kept.save("ada", talk(recall_answer()))
    assert kept.load("bob", "t1") is None
    assert kept.entries("bob") == ()
    kept.delete("bob", "t1")
    assert kept.load("ada", "t1") is not None


def test_what_an_older_version_kept_is_no_error(tmp_path: Path) -> None:
    """It is not shown; everything else is."""
    file = tmp_path / "talks.db"
    kept = Conversations(file)
    kept.save("ada", talk(recall_answer()))
    with sqlite3.connect(file) as database:
        database.execute('update talks set body = \'{"id": 3, "exchanges": 4}\'')
    database.close()
    assert kept.load("ada", "t1") is None


def test_an_empty_conversation_is_not_kept(tmp_path: Path) -> None:
    """Opening the window leaves nothing behind."""
    kept = Conversations(tmp_path / "talks.db")
    kept.save("ada", Talk("t1"))
    assert kept.entries("ada") == ()


def test_unknown_keys_are_left_out_and_missing_ones_take_their_default() -> None:
    """A version more or less makes no difference to what both know."""
    value = plain(Rating(True)) | {"mood": "good"}
    del value["reason"]
    assert restored(Rating, value) == Rating(True)
