"""The chat window in a real browser: conversations are kept, listed, named, searched and saved."""

import json
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from scripted import ScriptedChat
from window import NARROW, WINDOW, ask, begin, opened, visit

pytestmark = WINDOW


def listed(page: Page) -> list[str]:
    """The names in the list, as they stand."""
    return page.locator("#rail .open").all_inner_texts()


def test_a_reload_keeps_the_conversation(page: Page, address: str, chat: ScriptedChat) -> None:
    """With its footnotes, and the next question knows it."""
    ask(page, "What is recall?")
    opened(page, address)
    expect(page.locator(".asked span")).to_have_text(["What is recall?"])
    page.locator("button.cite").first.click()
    expect(page.locator("#source mark")).to_be_visible()
    ask(page, "And why?")
    assert [turn.question for turn in chat.asked[-1][1]] == ["What is recall?"]


def test_another_browser_does_not_see_it(browser: Browser, page: Page, address: str) -> None:
    """Nor can it be found there."""
    ask(page, "What is recall?")
    with visit(browser, address) as other:
        assert listed(other) == []
        expect(other.locator("#rail")).to_contain_text("will be listed here")


def test_an_earlier_conversation_is_opened_from_the_list(page: Page, chat: ScriptedChat) -> None:
    """Its answers come back, and only its turns go along."""
    ask(page, "What is recall?")
    begin(page)
    ask(page, "What is rain?")
    page.locator("#rail .open", has_text="What is recall?").click()
    expect(page.locator(".asked span")).to_have_text(["What is recall?"])
    expect(page.locator("#rail .current")).to_contain_text("What is recall?")
    ask(page, "And why?")
    assert [turn.question for turn in chat.asked[-1][1]] == ["What is recall?"]


def test_a_conversation_can_be_named(page: Page, address: str) -> None:
    """The name is kept; Escape leaves the old one."""
    ask(page, "What is recall?")
    page.locator("#rail li").hover()
    page.get_by_role("button", name="Rename").click()
    name = page.get_by_role("textbox", name="New name")
    name.fill("Apples: all of them")
    name.press("Enter")
    expect(page.locator("#rail .open")).to_have_text("Apples: all of them")
    page.get_by_role("button", name="Rename").focus()
    page.keyboard.press("Enter")
    name.fill("no")
    name.press("Escape")
    expect(page.locator("#rail .open")).to_have_text("Apples: all of them")
    opened(page, address)
    expect(page.locator("#rail .open")).to_have_text("Apples: all of them")


def test_a_conversation_is_deleted_with_a_second_press(page: Page, address: str) -> None:
    """The first only asks; the one on the page makes room for a new one."""
    ask(page, "What is recall?")
    page.get_by_role("button", name="Delete What is recall?").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rail li")).to_have_count(1)
    page.get_by_role("button", name="Delete?").click()
    expect(page.locator("#rail li")).to_have_count(0)
    expect(page.locator(".answer")).to_have_count(0)
    opened(page, address)
    expect(page.locator("#rail li")).to_have_count(0)


def test_conversations_are_found_by_their_words(page: Page) -> None:
    """Those of the answers too."""
    ask(page, "What is recall?")
    begin(page)
    ask(page, "What is rain?")
    search = page.get_by_role("textbox", name="Search conversations")
    search.fill("RIPE apples")
    expect(page.locator("#rail .open")).to_have_text(["What is recall?"])
    search.fill("nowhere")
    expect(page.locator("#rail")).to_contain_text("Nothing found.")


def test_a_conversation_is_saved_as_markdown(page: Page, tmp_path: Path) -> None:
    """Questions are headings, footnotes count on, each with its place and its words."""
    ask(page, "What is recall?")
    ask(page, "Write it")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Markdown").click()
    assert download.value.suggested_filename == "what-is-recall.md"
    download.value.save_as(tmp_path / "saved.md")
    text = (tmp_path / "saved.md").read_text("utf-8")
    assert "## Write it" in text
    assert "ripe apples found. [^4] It is loved by pickers. [^5]" in text
    assert "[^4]: Picking apples › Recall, `orchard/picking.md:12`: “Recall is the share" in text


def test_a_conversation_is_saved_as_json(page: Page, tmp_path: Path) -> None:
    """With the answers that a program would get."""
    ask(page, "What is recall?")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as JSON").click()
    download.value.save_as(tmp_path / "saved.json")
    saved = json.loads((tmp_path / "saved.json").read_text("utf-8"))
    assert saved["title"] == "What is recall?"
    assert saved["turns"][0]["answer"]["outcome"] == "answered"


def test_on_a_telephone_the_list_is_shown_when_asked_for(browser: Browser, address: str) -> None:
    """It does not stand in the way of the chat."""
    with visit(browser, address, viewport=NARROW) as page:
        ask(page, "What is recall?")
        expect(page.locator("#rail")).to_be_hidden()
        page.get_by_role("button", name="Conversations", exact=True).click()
        expect(page.locator("#rail .open")).to_be_visible()
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator("#rail")).to_be_hidden()
