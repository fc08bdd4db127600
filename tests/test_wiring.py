"""A window answers from the notes as they are when a question is asked."""

from collections.abc import Generator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from indexing import Desk
from scripted import ScriptedNotebook

from app.settings import Settings
from app.wiring import Chat, Opened, Turns, UpToDate, _Folder
from ingest.sync import SyncProgress, SyncReport
from rag.chat import NoteChat
from rag.decide import DECISION, BrokenRule, Rule, save
from rag.types import Decided, Outcome, Wanted


class Folder:
    """A notebook over a desk; it is opened elsewhere."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def sync(self) -> Generator[SyncProgress, None, SyncReport]:
        return self._desk.steps()

    def open(self) -> AbstractContextManager[Opened]:
        raise NotImplementedError


def test_an_edit_while_the_window_is_open_is_answered_from(tmp_path: Path) -> None:
    """The old words are gone with the next question."""
    desk = Desk(tmp_path)
    desk.write("gate.md", "# Gate code\n\nThe gate code is 4711.\n")
    desk.sync()
    with desk.open() as index:
        chat = UpToDate(NoteChat(index, desk.encoder), Folder(desk), desk.said.append)
        assert "4711" in chat.search("gate code", 1).hits[0].passage.text
        desk.write("gate.md", "# Gate code\n\nThe gate code is 9999, from today on.\n")
        assert "9999" in chat.search("gate code", 1).hits[0].passage.text


def test_a_window_is_as_strict_as_it_was_opened(tmp_path: Path) -> None:
    """Its strictness holds for every question that brings none of its own."""
    notebook = ScriptedNotebook()
    chat = UpToDate(notebook.answers, notebook, print, strictness=0.9)
    list(chat.ask("What is recall?"))
    list(chat.ask("What is recall?", (), Wanted(strictness=0.1)))
    assert [wanted.strictness for _, _, wanted in notebook.answers.asked] == [0.9, 0.1]


def test_a_folder_with_a_rule_of_its_own_is_decided_by_it(tmp_path: Path) -> None:
    """The rule lies beside the index, survives a sync, and refuses what it was made to refuse."""
    desk = Desk(tmp_path)
    desk.write("gate.md", "# Gate code\n\nThe gate code is 4711.\n")
    desk.sync()
    settings = Settings(desk.notes, desk.index, tmp_path / "cache")
    with _Folder(settings, desk.encoder, desk.said.append).open() as opened:
        assert outcome(opened.chat) is Outcome.ANSWERED
    save(Rule(-100.0), desk.index / DECISION, {})
    desk.sync(full=True)
    with _Folder(settings, desk.encoder, desk.said.append).open() as opened:
        assert outcome(opened.chat) is Outcome.NOT_IN_NOTES


def test_a_damaged_rule_beside_the_index_is_said(tmp_path: Path) -> None:
    """It is not passed over in silence."""
    desk = Desk(tmp_path)
    desk.write("gate.md", "# Gate code\n\nThe gate code is 4711.\n")
    desk.sync()
    (desk.index / DECISION).write_text("{", "utf-8")
    settings = Settings(desk.notes, desk.index, tmp_path / "cache")
    folder = _Folder(settings, desk.encoder, desk.said.append)
    with pytest.raises(BrokenRule, match="calibrate again"), folder.open():
        pass


def outcome(chat: Chat) -> Outcome:
    """What is decided on a question that the one note answers."""
    events = chat.ask("the gate code is 4711")
    return next(event.outcome for event in events if isinstance(event, Decided))


def test_a_folder_that_is_gone_is_told_and_the_index_still_answers(tmp_path: Path) -> None:
    """A share that is unmounted for a moment ends no conversation."""
    desk = Desk(tmp_path)
    desk.write("gate.md", "# Gate code\n\nThe gate code is 4711.\n")
    desk.sync()
    with desk.open() as index:
        chat = UpToDate(NoteChat(index, desk.encoder), Folder(desk), desk.said.append)
        desk.notes.rename(tmp_path / "elsewhere")
        assert chat.search("gate code", 1).hits
    assert any("notes" in message for message in desk.said)


def test_of_many_who_ask_at_once_few_look_at_the_folder() -> None:
    """Whoever came before the last look began has been looked for; whoever comes later has not."""
    looks: list[str] = []
    came = iter((1.0, 5.0, 3.0, 6.0, 7.0))
    turns = Turns(lambda: next(came))
    turns.take(lambda: looks.append("came at 1, looked at 5"))
    turns.take(lambda: looks.append("came at 3, while somebody was about to look"))
    turns.take(lambda: looks.append("came at 6, looked at 7"))
    assert looks == ["came at 1, looked at 5", "came at 6, looked at 7"]
