"""A window over a scripted chat, and a real browser to look at it: shared by the window's tests.

What is heavy is imported where it is used: this module is loaded with every test.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from scripted import ScriptedChat

    from app.web.library import Library
    from app.web.server import Doors

# Gradio counts its events with pandas calls that pandas has declared outdated.
SERVED = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]
WINDOW = [*SERVED, pytest.mark.browser]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
HOST = "127.0.0.1"
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 800}
_PATIENCE_SECONDS = 20.0
TITLE = "<img src=x onerror=fired()>${fired()}"

HOSTILE = """## <img src=x onerror=fired()>

Hostile notes say <script>fired()</script> and ${fired()} and {{fired()}} and {{7*7}}.
<iframe src="https://elsewhere.example/frame"></iframe>

![pixel](https://elsewhere.example/pixel.png) and [press me](javascript:fired()) and
$\\href{javascript:fired()}{x}$ and $\\includegraphics{https://elsewhere.example/x.png}$.

`<img src=https://elsewhere.example/code.png onerror=fired()>`

<div style="background:url(https://elsewhere.example/style.png)">styled</div>
"""


def unavailable(what: str) -> None:
    """Skip loudly; where everything has to be tested, fail."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def found_browser() -> str | None:
    """The first browser that is installed here."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def script() -> "ScriptedChat":
    """A chat that knows each outcome, a model's answers and a hostile note."""
    from scripted import (
        ScriptedChat,
        answered,
        failed,
        hit,
        listed,
        not_in_notes,
        passage,
        recall_answer,
        written,
    )

    from ingest.errors import QuestionError
    from rag.types import Form

    hostile = passage(HOSTILE, note="<img src=x onerror=fired()>.md")
    more = answered("Hostile?", hostile, *((part, Form.BLOCK) for part in HOSTILE.split("\n\n")))
    near = [hit(1, passage("## Wind\nIt blows.\n"))]
    return ScriptedChat(
        {
            "What is recall?": recall_answer(),
            "What is ripening?": recall_answer(),
            "Write it": written(),
            "Break down": failed(),
            "Hostile?": more,
            "What is yield?": listed("What is yield?", passage("## What is yield?\n")),
            "What is rain?": not_in_notes("What is rain?", near),
            "Too long?": QuestionError("That question is <b>too long</b>."),
        }
    )


def library(chat: "ScriptedChat", folder: Path, **also: Any) -> "Library":
    """Everything that a window is handed, scripted."""
    from scripted import ScriptedModels, ScriptedNotebook, read_note

    from app.web.kept import Conversations
    from app.web.library import Library
    from app.web.remembered import Memory
    from app.web.runs import Runs
    from app.wiring import Contents, Listed

    notebook = ScriptedNotebook(chat)
    notes = folder / "notes"
    notes.mkdir(exist_ok=True)
    contents = Contents(
        notes=2,
        passages=7,
        headings=(("Picking apples", "Ripening"), ("How do bees find flowers?",)),
        listing=(
            Listed("orchard/picking.md", "Picking apples", 3),
            Listed("bees.md", "Bees", 4),
        ),
        skipped=(("big.md", "larger than 10 MB"),),
        encoder="tiny",
    )
    given: dict[str, Any] = {
        "title": TITLE,
        "folder": notes,
        "chat": chat,
        "chat_with": lambda llm, checker, _key, _encoder: notebook.chat_with(llm, checker),
        "contents": lambda: contents,
        "read": read_note,
        "sync": notebook.sync,
        "prepare": notebook.prepare,
        "models": ScriptedModels(),
        "conversations": Conversations(folder / "conversations.db"),
        "cases": folder / "cases.jsonl",
        "runs": Runs(folder / "evaluations"),
        "memory": Memory(folder / "choices"),
        "subject": lambda _chat, _encoder: None,
    }
    return Library(**given | also)


@contextmanager
def served(books: "Library", doors: "Doors | None" = None) -> Iterator[str]:
    """A window of its own, on a port that the system chose."""
    from app.web.address import bound, url
    from app.web.page import build
    from app.web.server import OPEN, serving

    doors = doors or OPEN
    listening = bound(HOST, 0)
    with serving(build(books), listening, doors):
        yield url(HOST, listening)


@pytest.fixture(scope="session")
def chat() -> "ScriptedChat":
    """The chat behind the window; it keeps what it was asked."""
    return script()


@pytest.fixture(scope="session")
def books(chat: "ScriptedChat") -> Iterator["Library"]:
    """What the window of all tests is handed."""
    with tempfile.TemporaryDirectory() as folder:
        yield library(chat, Path(folder))


@pytest.fixture(scope="session")
def address(books: "Library") -> Iterator[str]:
    """The window, served as long as there are tests."""
    with served(books) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A real browser, without which these tests say little."""
    from playwright.sync_api import sync_playwright

    found = found_browser()
    if found is None:
        unavailable(f"THE WINDOW IS NOT TESTED: none of {', '.join(BROWSERS)} is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser", address: str) -> Iterator["Page"]:
    """The window, wide, in a browser of its own."""
    with visit(browser, address) as page:
        yield page


@contextmanager
def visit(browser: "Browser", address: str, **how: Any) -> Iterator["Page"]:
    """A page of somebody who was never here before."""
    with closing(browser.new_context(**{"viewport": WIDE} | how)) as context:
        page = context.new_page()
        opened(page, address)
        yield page


def opened(page: "Page", address: str) -> None:
    """Go there and wait until the window knows who looks at it."""
    page.goto(address)
    page.wait_for_selector("#rail .talks", state="attached")


def box(page: "Page") -> Any:
    """The box for questions."""
    return page.get_by_role("textbox", name="Your question")


def send(page: "Page", question: str) -> None:
    """Type a question and press Enter."""
    box(page).fill(question)
    box(page).press("Enter")


def answers(page: "Page") -> Any:
    """The answers to which nothing more will come."""
    return page.locator(".answer:not(.waiting, .writing)")


def ask(page: "Page", question: str) -> None:
    """Type a question, press Enter and wait for the answer."""
    from playwright.sync_api import expect

    before = answers(page).count()
    send(page, question)
    expect(answers(page)).to_have_count(before + 1)
    expect(page.locator("#question .submit-button")).to_be_visible()


def begin(page: "Page") -> None:
    """Press 'New conversation', and wait for it."""
    from playwright.sync_api import expect

    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".answer")).to_have_count(0)


def until(page: "Page", holds: Callable[[], bool]) -> None:
    """Let the page live until something outside it holds."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        page.evaluate("new Promise((done) => requestAnimationFrame(done))")
