"""The chat window in a real browser: answers under way, stopped, left, and asked side by side."""

from playwright.sync_api import Browser, Page, expect
from scripted import Gate, ScriptedChat, recall_answer, written
from window import WINDOW, answers, ask, box, send, until, visit

pytestmark = WINDOW


def gated(chat: ScriptedChat, question: str, at: int) -> Gate:
    """A question whose answer waits before its event number `at`."""
    gate, events = Gate(), recall_answer()
    chat.script[question] = [*events[:at], gate, *events[at:]]
    return gate


def test_an_answer_can_be_read_while_it_is_written(page: Page, chat: ScriptedChat) -> None:
    """What a model has written so far is there, its markup set; then the whole statement is."""
    gate, events = Gate(), written()
    chat.script["Slowly"] = [*events[:4], gate, *events[4:]]
    send(page, "Slowly")
    expect(page.locator(".partial strong")).to_have_text("share")
    expect(page.locator(".taken")).to_contain_text("What is recall in picking?")
    gate.opened.set()
    expect(answers(page)).to_have_count(1)
    expect(page.locator(".partial")).to_have_count(0)


def test_who_checks_is_said_while_it_checks(page: Page, chat: ScriptedChat) -> None:
    """Between the last word and the verdicts."""
    gate, events = Gate(), written()
    chat.script["Check"] = [*events[:8], gate, *events[8:]]
    send(page, "Check")
    expect(page.locator(".doing")).to_have_text("Checking with a judge …")
    gate.opened.set()
    expect(answers(page)).to_have_count(1)


def test_stopping_keeps_what_was_written(page: Page, chat: ScriptedChat) -> None:
    """The chat is told to end, the text so far stays, and the next question can be asked."""
    gate = gated(chat, "Stop?", 3)
    send(page, "Stop?")
    expect(page.locator(".answer.writing .statement")).to_have_count(1)
    page.locator("#question .stop-button").click()
    expect(page.locator(".answer.stopped .said")).to_contain_text("Stopped.")
    expect(page.locator(".answer.stopped .statement")).to_have_count(1)
    gate.opened.set()
    ask(page, "What is rain?")
    expect(page.locator(".answer.stopped .statement")).to_have_count(1)


def test_escape_stops(page: Page, chat: ScriptedChat) -> None:
    """The key that ends things ends an answer under way."""
    gate = gated(chat, "Escape?", 3)
    send(page, "Escape?")
    expect(page.locator(".answer.writing .statement")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".answer.stopped")).to_be_visible()
    gate.opened.set()


def test_leaving_an_answer_under_way_mixes_nothing(page: Page, chat: ScriptedChat) -> None:
    """A new conversation stays empty; the old one is kept with what it had."""
    gate = gated(chat, "Leave?", 3)
    send(page, "Leave?")
    expect(page.locator(".answer.writing .statement")).to_have_count(1)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".answer")).to_have_count(0)
    gate.opened.set()
    ask(page, "What is rain?")
    expect(page.locator(".asked span")).to_have_text(["What is rain?"])
    page.locator("#rail").get_by_role("button", name="Leave?", exact=True).click()
    expect(page.locator(".answer.stopped .statement")).to_have_count(1)
    expect(page.locator(".asked span")).to_have_text(["Leave?"])


def test_a_question_sent_meanwhile_waits_its_turn(page: Page, chat: ScriptedChat) -> None:
    """It is answered after the one before, and not lost."""
    gate = gated(chat, "First?", 3)
    send(page, "First?")
    expect(page.locator(".answer.writing .statement")).to_have_count(1)
    send(page, "What is rain?")
    gate.opened.set()
    expect(answers(page)).to_have_count(2)
    expect(page.locator(".asked span")).to_have_text(["First?", "What is rain?"])


def test_two_browsers_at_once_see_their_own(
    browser: Browser, address: str, page: Page, chat: ScriptedChat
) -> None:
    """Neither the other's questions nor its answers."""
    gate = gated(chat, "Mine?", 3)
    send(page, "Mine?")
    expect(page.locator(".answer.writing .statement")).to_have_count(1)
    with visit(browser, address) as other:
        ask(other, "What is rain?")
        assert chat.asked[-1][1] == ()
        gate.opened.set()
        expect(answers(page)).to_have_count(1)
        expect(other.locator(".asked span")).to_have_text(["What is rain?"])
        expect(page.locator(".asked span")).to_have_text(["Mine?"])
        expect(other.locator("#rail li")).to_have_count(1)


def test_a_page_that_goes_away_ends_its_answer(
    browser: Browser, address: str, chat: ScriptedChat
) -> None:
    """Nobody reads on, so nothing is asked of the model any longer."""
    gate = gated(chat, "Gone?", 3)
    with visit(browser, address) as page:
        send(page, "Gone?")
        until(page, gate.reached.is_set)
        expect(page.locator(".answer.writing .statement")).to_have_count(1)
        page.reload()
        expect(page.locator(".answer.stopped")).to_be_visible()
        gate.opened.set()
        expect(box(page)).to_be_visible()
