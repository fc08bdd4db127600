"""The chat window in a real browser: asking and reading."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from scripted import ScriptedChat
from window import NARROW, WINDOW, answers, ask, box, send, until, visit

from rag.types import Wanted

pytestmark = WINDOW


def test_a_question_is_answered_with_its_sources(page: Page) -> None:
    """Enter sends; the answer stands there with markers, formulas set, and where it comes from."""
    ask(page, "What is recall?")
    expect(page.locator(".said")).to_contain_text("Recall is the share of the ripe apples")
    expect(page.locator(".said .katex").first).to_be_visible()
    expect(page.locator("button.cite")).to_have_text(["Source 1", "Source 2", "Source 3"])
    source = page.locator(".sources button.source")
    expect(source.locator(".path")).to_have_text("Picking apples › Recall")
    expect(source.locator(".place")).to_have_text("orchard/picking.md:12–20")
    expect(source.locator(".number")).to_have_text("1–3")
    expect(box(page)).to_have_value("")


def test_shift_and_enter_break_the_line(page: Page) -> None:
    """A question may have several lines; nothing is sent before Enter alone is pressed."""
    box(page).fill("What is")
    box(page).press("Shift+Enter")
    box(page).type("rain?")
    expect(box(page)).to_have_value("What is\nrain?")
    expect(page.locator(".asked")).to_have_count(0)


@pytest.mark.parametrize(
    ("question", "outcome", "said", "place"),
    [
        ("What is yield?", "listed", "list this question", "orchard/picking.md:10"),
        ("What is rain?", "not_in_notes", "Your notes don't say.", "orchard/picking.md:10–11"),
    ],
)
def test_outcomes_look_different(
    page: Page, question: str, outcome: str, said: str, place: str
) -> None:
    """What is only listed, or not there, is said and not dressed up as an answer."""
    ask(page, question)
    expect(page.locator(f".answer.{outcome} .remark")).to_contain_text(said)
    expect(page.locator(f".answer.{outcome} .sources .place")).to_have_text(place)


def test_a_model_that_fails_is_said_and_quotes_follow(page: Page) -> None:
    """What happened stands above; what it had begun is gone; the notes speak for themselves."""
    ask(page, "Break down")
    answer = page.locator(".answer.failed")
    expect(answer.locator(".fault")).to_contain_text("did not reply within 60 seconds")
    expect(answer.locator(".said")).to_contain_text("Recall is the share of the ripe apples")
    expect(answer).not_to_contain_text("Half a")
    expect(answer.locator(".facts")).to_contain_text("Quoted, no model")


def test_a_question_that_is_refused_says_why(page: Page) -> None:
    """A message for people stands in the answer's place, as text."""
    ask(page, "Too long?")
    expect(page.locator(".answer.problem .remark")).to_have_text(
        "That question is <b>too long</b>."
    )


def test_the_conversation_before_goes_along(page: Page, chat: ScriptedChat) -> None:
    """A follow-up reaches the chat with its history."""
    ask(page, "What is recall?")
    ask(page, "And why?")
    question, history, _ = chat.asked[-1]
    assert question == "And why?"
    assert [turn.question for turn in history] == ["What is recall?"]


def test_an_example_is_asked_by_pressing_it(page: Page, chat: ScriptedChat) -> None:
    """The examples come from the headings of the notes."""
    page.get_by_role("button", name="What is ripening?").click()
    expect(page.locator(".answer.answered")).to_be_visible()
    assert chat.asked[-1][0] == "What is ripening?"


def test_what_stands_near_the_hits_is_offered_next(page: Page, chat: ScriptedChat) -> None:
    """A press on a neighbouring section asks about it."""
    ask(page, "What is recall?")
    page.get_by_role("button", name="What is ripening?").click()
    expect(answers(page)).to_have_count(2)
    assert chat.asked[-1][0] == "What is ripening?"


def test_a_new_conversation_forgets_what_was_asked(page: Page, chat: ScriptedChat) -> None:
    """The next question has no history."""
    ask(page, "What is recall?")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".answer")).to_have_count(0)
    ask(page, "What is rain?")
    assert chat.asked[-1] == ("What is rain?", (), Wanted())


def test_the_same_question_is_asked_again(page: Page, chat: ScriptedChat) -> None:
    """The last answer is replaced by a new one, with the history that it had."""
    ask(page, "What is rain?")
    ask(page, "What is recall?")
    count = len(chat.asked)
    page.get_by_role("button", name="Ask again").click()
    until(page, lambda: len(chat.asked) > count)
    expect(answers(page)).to_have_count(2)
    question, history, _ = chat.asked[-1]
    assert (question, [turn.question for turn in history]) == (
        "What is recall?",
        ["What is rain?"],
    )


def test_the_last_question_is_put_differently(page: Page, chat: ScriptedChat) -> None:
    """Editing takes its place, and the answer to the old one goes."""
    ask(page, "What is rain?")
    page.get_by_role("button", name="Edit").click()
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("What is rain?")
    send(page, "What is recall?")
    expect(page.locator(".answer.answered:not(.writing)")).to_have_count(1)
    expect(page.locator(".asked span")).to_have_text(["What is recall?"])
    assert chat.asked[-1][:2] == ("What is recall?", ())


def test_an_answer_is_copied_with_its_footnotes(browser: Browser, address: str) -> None:
    """What is on the clipboard is the answer's Markdown."""
    with visit(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask(page, "Write it")
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        text = page.evaluate("navigator.clipboard.readText()")
    assert text == "Recall is the share of ripe apples found. [1] It is loved by pickers. [2]"


def test_under_an_answer_stand_its_facts(page: Page) -> None:
    """Who wrote it, how long it took, how much was read, what was dropped, who checked."""
    ask(page, "Write it")
    facts = page.locator(".facts")
    expect(facts).to_contain_text("Written by scripted:storyteller")
    expect(facts).to_contain_text("search 1 ms")
    expect(facts).to_contain_text("first word")
    expect(facts).to_contain_text("1,200 tokens read, 34 written")
    expect(facts).to_contain_text("checked by rules, a judge: 1 unconfirmed, 1 contradicted")
    expect(facts).to_contain_text("1 footnote moved to where the notes say it")
    expect(facts).to_contain_text("1 number that named no source left out")
    expect(page.locator(".taken")).to_have_text("Searched for: What is recall in picking?")
    expect(page.locator(".notice")).to_have_text("The reply was cut at its longest.")


def test_what_was_sent_to_a_model_can_be_read(page: Page) -> None:
    """Every part of it, as text."""
    ask(page, "Write it")
    page.get_by_text("Show what was sent").click()
    expect(page.locator(".sent pre")).to_have_text(["Answer from <the> passages.", "What is it?"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_window_never_scrolls_sideways(
    browser: Browser, address: str, scheme: Any
) -> None:
    """On a telephone everything fits, whatever the outcome, in light and dark."""
    with visit(browser, address, viewport=NARROW, color_scheme=scheme) as page:
        for question in ("What is recall?", "Hostile?", "Write it", "What is rain?"):
            ask(page, question)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= NARROW["width"], question
        for tab in ("Notes", "Settings"):
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= NARROW["width"], tab
