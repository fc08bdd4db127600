"""The chat window in a real browser: nothing hostile runs, nothing is asked of another host."""

from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from scripted import Gate, ScriptedChat
from window import HOSTILE, WIDE, WINDOW, ask, opened, send, visit

from rag.types import Decided, Outcome, Writing

pytestmark = WINDOW


@pytest.mark.parametrize("who", ["note", "model"])
def test_hostile_text_does_nothing(
    browser: Browser, address: str, chat: ScriptedChat, who: str
) -> None:
    """HTML, templates, scripts, pictures and links of a note or a model are text: nothing runs,
    nothing is fetched, and no dialog opens."""
    gate = Gate()
    chat.script["Write hostile"] = [Decided(Outcome.ANSWERED), Writing(HOSTILE), gate]
    with closing(browser.new_context(viewport=WIDE)) as context:  # type: ignore[arg-type]
        fired: list[str] = []
        requested: list[str] = []
        context.expose_function("fired", lambda: fired.append("fired"))
        page = context.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.on("dialog", lambda dialog: fired.append(dialog.message))
        opened(page, address)
        if who == "note":
            ask(page, "Hostile?")
            page.locator("button.cite").first.click()
            expect(page.locator("#source .note")).to_contain_text("<script>fired()</script>")
        else:
            send(page, "Write hostile")
        said = page.locator(".said")
        expect(said).to_contain_text("<script>fired()</script> and ${fired()}")
        expect(said).to_contain_text("{{7*7}}")
        expect(page.locator("#head")).to_contain_text("<img src=x onerror=fired()>${fired()}")
        for loose in ("img", "iframe", "script"):
            expect(page.locator(f"#conversation .answer {loose}")).to_have_count(0)
            expect(page.locator(f"#source {loose}")).to_have_count(0)
        for link in page.locator(".answer a").all():
            assert not str(link.get_attribute("href")).startswith("javascript")
        page.get_by_text("press me").first.click()
        page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        gate.opened.set()
        assert fired == []
        assert [asked for asked in requested if "elsewhere.example" in asked] == []


def test_a_hostile_question_is_text(browser: Browser, address: str) -> None:
    """In the conversation and in the list of conversations."""
    with visit(browser, address) as page:
        ask(page, "<img src=x onerror=alert(1)>")
        expect(page.locator(".asked span")).to_have_text("<img src=x onerror=alert(1)>")
        expect(page.locator("#rail .open")).to_have_text("<img src=x onerror=alert(1)>")


def test_nothing_is_asked_of_another_host(browser: Browser, address: str) -> None:
    """From the first load over every tab the page speaks to its own server alone."""
    with closing(browser.new_context(viewport=WIDE)) as context:  # type: ignore[arg-type]
        elsewhere: list[str] = []
        page = context.new_page()

        def notice(request: Any) -> None:
            if not request.url.startswith((address, "data:", "blob:")):
                elsewhere.append(request.url)

        page.on("request", notice)
        opened(page, address)
        ask(page, "What is recall?")
        page.locator("button.cite").first.click()
        expect(page.locator("#source mark")).to_be_visible()
        for tab in ("Notes", "Settings", "Chat"):
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        page.evaluate("document.fonts.ready.then(() => true)")
        assert elsewhere == []


def reply(address: str, path: str, host: str, **headers: str) -> tuple[int, str]:
    """Status and content policy of the server's reply to a request for another host's name."""
    with closing(HTTPConnection(address.removeprefix("http://"), timeout=10)) as connection:
        connection.request("GET", path, headers={"Host": host} | headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Content-Security-Policy", "")


def test_every_reply_carries_the_policy(address: str) -> None:
    """The browser is told to load from this server only."""
    status, policy = reply(address, "/", "localhost")
    assert status == 200
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/", "elsewhere.example"),
        ("/gradio_api/file=https://elsewhere.example/x", "localhost"),
        ("/gradio_api/file=HTTP://elsewhere.example/x", "localhost"),
        ("/gradio_api/file%3Dhttps://elsewhere.example/x", "localhost"),
    ],
)
def test_the_server_answers_only_this_machine_and_fetches_nothing(
    address: str, path: str, host: str
) -> None:
    """A foreign name for this machine, and addresses to fetch, are refused."""
    assert reply(address, path, host)[0] == 403
