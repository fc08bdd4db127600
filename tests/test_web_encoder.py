"""Another encoder reads the notes for one tab; over a real index, with tiny encoders."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from scripted import ScriptedChat
from test_web_evals import orchard
from window import WINDOW, ask, library, script, served, visit

from app.web.library import Library
from ingest.errors import EncoderError

pytestmark = WINDOW


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Library]:
    """Two notes about apples."""
    with orchard(tmp_path) as books:
        yield books


def indexes(root: Path) -> list[Path]:
    """The indexes of encoders that were chosen in a window."""
    return sorted(root.glob("data/windows/*/encoders/*/index.db"))


def found_by(books: Library, encoder: str) -> str:
    """The encoder of the index in which a chat of this choice searches."""
    subject = books.subject(books.chat_with("none", None, "", encoder), encoder)
    assert subject is not None
    return subject.encoder.name


def test_an_encoder_that_was_chosen_has_an_index_of_its_own(tmp_path: Path, books: Library) -> None:
    """Beside the window's other things; the first goes on as it was."""
    for _ in books.prepare("other"):
        pass
    assert len(indexes(tmp_path)) == 1
    assert (found_by(books, "other"), found_by(books, "")) == ("other", "tiny")
    chat = books.chat_with("none", None, "", "other")
    (tmp_path / "orchard" / "gate.md").write_text("# Gate code\n\nThe gate code is 4711.\n")
    assert "4711" in chat.search("gate code", 1).hits[0].passage.text


def test_an_encoder_that_has_not_read_the_notes_answers_nothing(books: Library) -> None:
    """The message says what to do first."""
    with pytest.raises(EncoderError, match="read them with it first"):
        books.chat_with("none", None, "", "other")


def read_with(page: Page, encoder: str) -> None:
    """Choose an encoder in the settings."""
    page.get_by_role("tab", name="Settings").click()
    page.get_by_role("textbox", name="Encoder").fill(encoder)
    page.get_by_role("button", name="Read the notes with it").click()


def test_a_tab_searches_with_the_encoder_that_was_chosen_there(
    browser: Browser, tmp_path: Path, books: Library
) -> None:
    """It says so when all notes are read; answers go on, and an empty field goes back."""
    with served(books) as address, visit(browser, address) as page:
        read_with(page, "other")
        expect(page.locator("#read")).to_contain_text("searched with other from now on")
        assert len(indexes(tmp_path)) == 1
        page.get_by_role("tab", name="Chat").click()
        ask(page, "When are apples picked?")
        expect(page.locator(".answer .statement").first).to_be_visible()
        read_with(page, "")
        expect(page.locator("#read")).to_contain_text("the window began with")


def test_an_encoder_that_is_none_is_a_message(browser: Browser, books: Library) -> None:
    """As text, and the tab's answers go on as before."""
    with served(books) as address, visit(browser, address) as page:
        read_with(page, "<b>broken</b>")
        expect(page.locator("#read .fault")).to_contain_text("<b>broken</b> is no encoder")
        page.get_by_role("tab", name="Chat").click()
        ask(page, "When are apples picked?")
        expect(page.locator(".answer .statement").first).to_be_visible()


def test_a_choice_that_cannot_be_made_is_not_said_to_hold(browser: Browser, tmp_path: Path) -> None:
    """All notes are read, and yet nobody can answer from them."""

    def refuse(*_: object) -> ScriptedChat:
        raise EncoderError("<b>Nobody</b> answers so.")

    with (
        served(library(script(), tmp_path, chat_with=refuse)) as address,
        visit(browser, address) as page,
    ):
        read_with(page, "other")
        expect(page.locator("#read .fault")).to_contain_text("<b>Nobody</b> answers so.")
