"""The chat window in a real browser, over a scripted chat."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from scripted import ScriptedChat, answered, hit, listed, not_in_notes, passage, recall_answer

from app.web.address import NoFreePort, bound, is_loopback, url
from app.web.page import build
from app.web.server import serving
from app.wiring import Contents
from ingest.errors import QuestionError
from rag.types import Form, Wanted

# Gradio counts its events with pandas calls that pandas has declared outdated.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
HOST = "127.0.0.1"
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 800}

HOSTILE = """## <img src=x onerror=fired()>

Hostile notes say <script>fired()</script> and ${fired()} and {{fired()}} and {{7*7}}.
<iframe src="https://elsewhere.example/frame"></iframe>

![pixel](https://elsewhere.example/pixel.png) and [press me](javascript:fired()) and
$\\href{javascript:fired()}{x}$ and $\\includegraphics{https://elsewhere.example/x.png}$.

`<img src=https://elsewhere.example/code.png onerror=fired()>`

<div style="background:url(https://elsewhere.example/style.png)">styled</div>
"""
HOSTILE_QUOTE = HOSTILE.split("\n\n")[1]


def script() -> ScriptedChat:
    """A chat that knows each outcome and a hostile note."""
    hostile = passage(HOSTILE, note="<img src=x onerror=fired()>.md")
    more = answered("Hostile?", hostile, *((part, Form.BLOCK) for part in HOSTILE.split("\n\n")))
    near = [hit(1, passage("## Wind\nIt blows.\n"))]
    return ScriptedChat(
        {
            "What is recall?": recall_answer(),
            "What is ripening?": recall_answer(),
            "Hostile?": more,
            "What is yield?": listed("What is yield?", passage("## What is yield?\n")),
            "What is rain?": not_in_notes("What is rain?", near),
            "Too long?": QuestionError("That question is <b>too long</b>."),
        }
    )


@pytest.fixture(scope="module")
def chat() -> ScriptedChat:
    """The chat behind the window; it keeps what it was asked."""
    return script()


@pytest.fixture(scope="module")
def address(chat: ScriptedChat) -> Iterator[str]:
    """The window, served on a port that the system chose, for as long as the module runs."""
    contents = Contents(2, 7, (("Picking apples", "Ripening"), ("How do bees find flowers?",)))
    listening = bound(HOST, 0)
    with serving(build(chat, "<img src=x onerror=fired()>${fired()}", contents), listening):
        yield url(HOST, listening)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser, without which these tests say little."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing = f"THE WINDOW IS NOT TESTED: none of {', '.join(BROWSERS)} is installed"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The window, wide, in a session of its own."""
    with closing(browser.new_context(viewport=WIDE)) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        yield page


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter and wait for the answer."""
    answers = page.locator(".answer:not(.waiting, .writing)")
    before = answers.count()
    box = page.get_by_role("textbox")
    box.fill(question)
    box.press("Enter")
    expect(answers).to_have_count(before + 1)


@pytest.mark.browser
def test_a_question_is_answered_with_its_sources(page: Page) -> None:
    """Enter sends; the answer stands there with markers, formulas set, and where it comes from."""
    ask(page, "What is recall?")
    expect(page.locator(".said")).to_contain_text("Recall is the share of the ripe apples")
    expect(page.locator(".said .katex").first).to_be_visible()
    expect(page.locator("a.cite")).to_have_text(["1", "2", "3"])
    source = page.locator(".sources .source")
    expect(source.locator(".path")).to_have_text("Picking apples › Recall")
    expect(source.locator(".place")).to_have_text("orchard/picking.md:12–20")


@pytest.mark.browser
def test_the_quoted_sentence_is_marked_in_its_passage(page: Page) -> None:
    """The reader sees the quote among the sentences around it."""
    ask(page, "What is recall?")
    passage = page.locator(".source .passage")
    expect(passage.locator("mark.q1")).to_have_text(
        "Recall is the share of the ripe apples that the picker found."
    )
    expect(passage.locator("mark.q1")).to_be_visible()
    expect(passage).to_contain_text("It ignores how many unripe ones came along.")
    expect(passage.locator("mark.q2 .katex").first).to_be_visible()


@pytest.mark.browser
def test_a_marker_leads_to_its_source(page: Page) -> None:
    """A press on a marker opens the source and shows its quote."""
    ask(page, "What is recall?")
    page.locator(".source summary").click()
    expect(page.locator(".passage")).to_be_hidden()
    page.locator("a.cite", has_text="3").click()
    expect(page.locator(".passage mark.q3").first).to_be_in_viewport()
    expect(page.locator(".passage mark.q3.shown").first).to_be_visible()
    expect(page.locator(".source summary")).to_be_focused()


@pytest.mark.browser
def test_markers_of_an_earlier_answer_keep_leading_to_its_own_sources(page: Page) -> None:
    """Every answer has its own sources, also after the next question."""
    ask(page, "What is recall?")
    ask(page, "What is yield?")
    page.locator("a.cite", has_text="1").first.click()
    expect(page.locator(".answer.answered mark.q1.shown")).to_be_in_viewport()


@pytest.mark.browser
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


@pytest.mark.browser
def test_a_question_that_is_refused_says_why(page: Page) -> None:
    """A message for people stands in the answer's place, as text."""
    ask(page, "Too long?")
    expect(page.locator(".answer.problem")).to_have_text("That question is <b>too long</b>.")


@pytest.mark.browser
def test_the_conversation_before_goes_along(page: Page, chat: ScriptedChat) -> None:
    """A follow-up reaches the chat with its history, another session's does not."""
    ask(page, "What is recall?")
    ask(page, "And why?")
    question, history, _ = chat.asked[-1]
    assert question == "And why?"
    assert [turn.question for turn in history] == ["What is recall?"]
    page.reload()
    ask(page, "And why?")
    assert chat.asked[-1][1] == ()


@pytest.mark.browser
def test_an_example_is_asked_by_pressing_it(page: Page, chat: ScriptedChat) -> None:
    """The examples come from the headings of the notes."""
    page.get_by_role("button", name="What is ripening?").click()
    expect(page.locator(".answer.answered")).to_be_visible()
    assert chat.asked[-1][0] == "What is ripening?"


@pytest.mark.browser
def test_a_conversation_can_be_cleared(page: Page, chat: ScriptedChat) -> None:
    """A new start forgets what was asked."""
    ask(page, "What is recall?")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".answer")).to_have_count(0)
    ask(page, "What is rain?")
    assert chat.asked[-1] == ("What is rain?", (), Wanted())


@pytest.mark.browser
def test_a_hostile_note_does_nothing(browser: Browser, address: str) -> None:
    """HTML, templates, scripts, pictures and links of a note are text: nothing runs, nothing is
    fetched, and no dialog opens."""
    with closing(browser.new_context(viewport=WIDE)) as context:  # type: ignore[arg-type]
        fired: list[str] = []
        requested: list[str] = []
        context.expose_function("fired", lambda: fired.append("fired"))
        page = context.new_page()
        page.on("request", lambda request: requested.append(request.url))
        page.on("dialog", lambda dialog: fired.append(dialog.message))
        page.goto(address)
        ask(page, "Hostile?")
        expect(page.locator(".said")).to_contain_text("<script>fired()</script> and ${fired()}")
        expect(page.locator(".said")).to_contain_text("{{7*7}}")
        expect(page.locator("#head")).to_contain_text("<img src=x onerror=fired()>${fired()}")
        for loose in ("img", "iframe", "script"):
            expect(page.locator(f"#conversation .answer {loose}")).to_have_count(0)
        for link in page.locator(".answer a:not(.cite)").all():
            assert not str(link.get_attribute("href")).startswith("javascript")
        page.get_by_text("press me").first.click()
        page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        assert fired == []
        assert [asked for asked in requested if "elsewhere.example" in asked] == []


@pytest.mark.browser
def test_nothing_is_asked_of_another_host(browser: Browser, address: str) -> None:
    """From the first load to an answer the page speaks to its own server alone."""
    with closing(browser.new_context(viewport=WIDE)) as context:  # type: ignore[arg-type]
        elsewhere: list[str] = []
        page = context.new_page()

        def notice(request: Any) -> None:
            if not request.url.startswith((address, "data:", "blob:")):
                elsewhere.append(request.url)

        page.on("request", notice)
        page.goto(address)
        ask(page, "What is recall?")
        page.evaluate("document.fonts.ready.then(() => true)")
        assert elsewhere == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_window_never_scrolls_sideways(
    browser: Browser, address: str, scheme: Any
) -> None:
    """On a telephone everything fits, whatever the outcome, in light and dark."""
    context = browser.new_context(viewport=NARROW, color_scheme=scheme)  # type: ignore[arg-type]
    with closing(context):
        page = context.new_page()
        page.goto(address)
        for question in ("What is recall?", "Hostile?", "What is yield?", "What is rain?"):
            ask(page, question)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= NARROW["width"]


@pytest.mark.browser
def test_light_and_dark_follow_the_system(browser: Browser, address: str) -> None:
    """The page's ground is bright in one and dark in the other."""
    grounds = []
    for scheme in ("light", "dark"):
        with closing(browser.new_context(color_scheme=scheme)) as context:
            page = context.new_page()
            page.goto(address)
            expect(page.get_by_role("textbox")).to_be_visible()
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            grounds.append(int(ground.split("(")[1].split(",")[0]))
    assert grounds[0] > 200 > 60 > grounds[1]


def reply(address: str, path: str, host: str) -> tuple[int, str]:
    """Status and content policy of the server's reply to a request for another host's name."""
    with closing(HTTPConnection(address.removeprefix("http://"), timeout=10)) as connection:
        connection.request("GET", path, headers={"Host": host})
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


def test_the_next_free_port_is_used_when_one_is_taken() -> None:
    """A second window does not fail; it takes another port."""
    with closing(bound(HOST, 0)) as first:
        taken = first.getsockname()[1]
        with closing(bound(HOST, taken)) as second:
            assert second.getsockname()[1] > taken


def test_no_free_port_is_a_message() -> None:
    """At the end of the ports there is none to try next."""
    with closing(bound(HOST, 65535)), pytest.raises(NoFreePort, match="--port"):
        bound(HOST, 65535)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_this_machine_counts_as_loopback(host: str, loopback: bool) -> None:
    """An address that others can reach is refused."""
    assert is_loopback(host) is loopback


def test_the_command_serves_until_it_is_interrupted() -> None:
    """It says where the window is, answers there, and ends quietly with Ctrl-C."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from scripted import ScriptedNotebook; from app.cli import run;"
        "sys.exit(run(['chat', '--port', '0', '--no-browser'], ScriptedNotebook()))"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        said = running.stderr.readline()
        address = next(word for word in said.split() if word.startswith("http://127.0.0.1:"))
        assert reply(address, "/", "localhost")[0] == 200
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 130
        assert running.stderr.read() == ""
