"""The chat window in a real browser, over real notes: read, added to, indexed, asked about."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import TinyEncoder
from playwright.sync_api import Browser, Page, expect
from scripted_model import ScriptedModel
from window import WINDOW, answers, send, served, visit

from app import wiring
from app.settings import Settings
from app.web.library import opened_library
from rag.chat import NoteChat
from rag.model import ModelError

pytestmark = WINDOW
WIND = "# Wind\n\n## Sea breeze\n\nA sea breeze blows from the sea to the land by day.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two notes, one in a folder, and a file that is none."""
    notes = tmp_path / "notes"
    (notes / "weather").mkdir(parents=True)
    (notes / "weather" / "wind.md").write_text(WIND)
    (notes / "gate.md").write_text("# Gate code\n\nThe gate code is 4711.\n")
    (notes / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    return notes


@contextmanager
def window(browser: Browser, folder: Path, model: ScriptedModel | None = None) -> Iterator[Page]:
    """The window over these notes."""
    beside = folder.parent
    settings = Settings(folder, beside / "index", beside / "cache", data=beside / "data")
    said: list[str] = []
    notebook = wiring._Folder(settings, TinyEncoder(), said.append)
    for _ in notebook.sync():
        pass
    with opened_library(notebook, settings, said.append, wiring.open_notebook) as books:
        if model is not None:
            subject = books.subject(books.chat, "")
            assert subject is not None
            chat = NoteChat(subject.index, TinyEncoder(), model)
            books = replace(books, chat=wiring.UpToDate(chat, notebook, said.append))
        with served(books) as address, visit(browser, address) as page:
            yield page


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """The window over these notes, on its tab of notes."""
    with window(browser, folder) as page:
        page.get_by_role("tab", name="Notes").click()
        yield page


def drop(page: Page, *files: Path) -> None:
    """Hand files over, as dropping them does."""
    page.locator("#drop input[type=file]").set_input_files(list(files))


def test_the_notes_stand_in_their_folders(page: Page) -> None:
    """Counts, titles, passages, and what was left out and why."""
    tree = page.locator("#tree")
    expect(tree.locator(".counts")).to_contain_text("2 notes")
    expect(tree.locator("summary").first).to_have_text("weather1")
    expect(tree.get_by_role("button", name="Wind wind.md")).to_be_visible()
    tree.get_by_text("1 left out").click()
    expect(tree.locator(".skipped")).to_contain_text("picture.png")


def test_a_note_is_found_by_its_name(page: Page) -> None:
    """Others make room."""
    page.get_by_role("textbox", name="Find a note").fill("GATE")
    expect(page.locator("#tree .open")).to_have_count(1)
    page.get_by_role("textbox", name="Find a note").fill("nowhere")
    expect(page.locator("#tree")).to_contain_text("No note of that name.")


def test_a_note_is_read(page: Page) -> None:
    """Rendered, beside the tree."""
    page.locator("#tree").get_by_role("button", name="Gate code").click()
    expect(page.locator("#reading .note")).to_contain_text("The gate code is 4711.")
    expect(page.locator("#reading .top h2")).to_be_focused()


def test_a_question_can_be_limited_to_a_note(page: Page) -> None:
    """The box says which; the chat is where the question is asked."""
    page.locator("#tree").get_by_role("button", name="Gate code").click()
    page.get_by_role("button", name="Ask about this note").click()
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    expect(page.locator("#scope .token")).to_contain_text("gate.md")


def test_a_dropped_note_is_indexed_and_answers(page: Page, folder: Path, tmp_path: Path) -> None:
    """Drop, see it in the tree, ask, and read its words."""
    new = tmp_path / "moon.md"
    new.write_text("# Moon\n\nThe moon is made of green cheese.\n")
    drop(page, new)
    expect(page.locator("#synced")).to_contain_text("1 added")
    expect(page.locator("#tree .counts")).to_contain_text("3 notes")
    expect(page.locator("#head")).to_contain_text("3 notes")
    page.get_by_role("tab", name="Chat").click()
    send(page, "What is the moon made of?")
    expect(answers(page)).to_have_count(1)
    expect(page.locator(".answer")).to_contain_text("moon.md")


def test_nothing_is_overwritten_unasked(page: Page, folder: Path, tmp_path: Path) -> None:
    """The window asks; 'keep both' keeps both."""
    new = tmp_path / "gate.md"
    new.write_text("# Gate code\n\nThe gate code is 9999.\n")
    drop(page, new)
    expect(page.locator("#synced")).to_contain_text("gate.md is already there.")
    assert "4711" in (folder / "gate.md").read_text()
    page.get_by_role("button", name="Keep both").click()
    expect(page.locator("#synced")).to_contain_text("1 added")
    assert "4711" in (folder / "gate.md").read_text()
    assert "9999" in (folder / "gate-2.md").read_text()


def test_replacing_is_one_press(page: Page, folder: Path, tmp_path: Path) -> None:
    """The note is read anew."""
    new = tmp_path / "gate.md"
    new.write_text("# Gate code\n\nThe gate code is 9999.\n")
    drop(page, new)
    page.get_by_role("button", name="Replace").click()
    expect(page.locator("#synced")).to_contain_text("1 changed")
    assert "9999" in (folder / "gate.md").read_text()


def test_the_folder_is_read_again_when_asked(page: Page, folder: Path) -> None:
    """What an editor saved meanwhile is in."""
    (folder / "rain.md").write_text("# Rain\n\nRain is water.\n")
    page.get_by_role("button", name="Read the folder again").click()
    expect(page.locator("#synced")).to_contain_text("1 added")
    expect(page.locator("#tree")).to_contain_text("Rain")


def test_a_folder_that_is_gone_is_a_message(page: Page, folder: Path) -> None:
    """And what is indexed can still be read."""
    folder.rename(folder.with_name("elsewhere"))
    page.get_by_role("button", name="Read the folder again").click()
    expect(page.locator("#synced .fault")).to_contain_text("is not a folder")
    page.locator("#tree").get_by_role("button", name="Gate code").click()
    expect(page.locator("#reading .note")).to_contain_text("4711")


def test_what_a_model_writes_is_shown_and_checked(browser: Browser, folder: Path) -> None:
    """From the box through the real chat: written, footnoted, judged, with what was sent."""
    model = ScriptedModel(["The gate code is 4711. [1] It was chosen by a poet in spring. [1]"])
    with window(browser, folder, model) as page:
        send(page, "the gate code is 4711")
        expect(answers(page)).to_have_count(1)
        expect(page.locator(".facts")).to_contain_text("Written by scripted:model")
        expect(page.locator(".statement").first).to_contain_text("The gate code is 4711.")
        expect(page.locator(".statement").first).not_to_have_class(re.compile("unconfirmed"))
        expect(page.get_by_role("button", name="Checked by rules.")).to_have_count(1)
        page.locator("button.cite").first.click()
        expect(page.locator("#source mark")).to_have_text("The gate code is 4711.")
        page.get_by_text("Show what was sent").click()
        expect(page.locator(".sent pre").last).to_contain_text("gate code")


def test_a_model_that_fails_leaves_the_notes_to_speak(browser: Browser, folder: Path) -> None:
    """Through the real chat: what happened, and quotes."""
    with window(browser, folder, ScriptedModel([ModelError("It is not running.")])) as page:
        send(page, "the gate code is 4711")
        expect(page.locator(".fault")).to_contain_text("It is not running.")
        expect(answers(page)).to_have_count(1)
        expect(page.locator(".said")).to_contain_text("The gate code is 4711.")
