"""The chat window in a real browser: how good the answers are, over a small folder of notes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from evaluating import PICKING, ROWS, STORING, case_row, record, run_with
from fakes import TinyEncoder
from playwright.sync_api import Browser, Page, expect
from scripted import Gate, ScriptedChat, not_in_notes
from window import WINDOW, library, script, served, until, visit

from app import wiring
from app.settings import Settings, shipped_notes
from app.web.library import Library, opened_library
from app.web.runs import Runs
from app.wiring import Notebook, Notify
from evals.cases import load
from evals.runfile import RunError
from evals.suite import SHIPPED_CASES, chosen
from ingest.errors import EncoderError

pytestmark = WINDOW
EVIL = "<img src=x onerror=fired()> ${fired()} {{fired()}} $x$"


def opens(settings: Settings, notify: Notify) -> Notebook:
    """A notebook with a tiny encoder of the name that is asked for."""
    if settings.encoder == "<b>broken</b>":
        raise EncoderError("<b>broken</b> is no encoder; name another.")
    return wiring._Folder(settings, TinyEncoder(settings.encoder or "tiny"), notify)


@contextmanager
def orchard(root: Path) -> Iterator[Library]:
    """Two notes with nothing known about them yet."""
    notes = root / "orchard"
    notes.mkdir(exist_ok=True)
    (notes / "picking.md").write_text(PICKING)
    (notes / "storing.md").write_text(STORING)
    settings = Settings(notes, root / "index", root / "cache", data=root / "data")
    said: list[str] = []
    notebook = opens(settings, said.append)
    for _ in notebook.sync():
        pass
    with opened_library(notebook, settings, said.append, opens) as books:
        yield books


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Library]:
    """The orchard with its known questions."""
    with orchard(tmp_path) as books:
        know(books, *ROWS)
        yield books


@pytest.fixture
def page(browser: Browser, books: Library) -> Iterator[Page]:
    """The window over it, on the tab."""
    with served(books) as address, visit(browser, address) as page:
        look(page)
        yield page


def know(books: Library, *rows: object) -> None:
    """Put questions where a thumb down puts them."""
    books.cases.parent.mkdir(parents=True, exist_ok=True)
    books.cases.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def look(page: Page) -> None:
    """Go to the tab, and wait for what it shows."""
    page.get_by_role("tab", name="Evals").click()
    expect(page.locator("#sheet")).not_to_be_empty()


def run(page: Page) -> None:
    """Ask all questions, and wait for the report."""
    page.get_by_role("button", name="Run now").click()
    expect(page.locator("#measured")).to_contain_text("questions asked")


def test_without_known_questions_it_says_how_to_get_some(browser: Browser, tmp_path: Path) -> None:
    """And there is nothing to run."""
    with orchard(tmp_path) as books, served(books) as address, visit(browser, address) as page:
        look(page)
        expect(page.locator("#sheet")).to_contain_text("No question about these notes is known")
        expect(page.get_by_role("button", name="Run now")).to_be_disabled()


def test_without_a_report_it_says_how_many_questions_are_known(page: Page) -> None:
    """Those that the user's thumbs made."""
    expect(page.locator("#sheet")).to_contain_text("5 questions are known")
    expect(page.get_by_role("button", name="Run now")).to_be_enabled()


def test_the_shipped_notes_have_the_shipped_questions(browser: Browser, tmp_path: Path) -> None:
    """Their report half, beside one's own."""
    books = replace(library(script(), tmp_path), folder=shipped_notes())
    count = len(chosen(load(SHIPPED_CASES), "report", 0))
    know(books, ROWS[0])
    with served(books) as address, visit(browser, address) as page:
        look(page)
        expect(page.locator("#sheet")).to_contain_text("1 question is known, kept from answers")
        page.get_by_role("radio", name=f"Over the shipped notes ({count})").check()
        expect(page.locator("#sheet")).to_contain_text(f"{count} questions are known over the note")
        expect(page.get_by_role("radio", name="100")).to_be_visible()


def test_a_run_ends_in_a_report(page: Page, books: Library) -> None:
    """Figures with their intervals, pictures, and what went wrong with what was wanted."""
    run(page)
    sheet = page.locator("#sheet")
    expect(sheet.locator(".card")).to_have_count(4)
    expect(sheet.locator(".card").first).to_contain_text("n = ")
    expect(sheet.locator("svg[role=img]").first).to_be_visible()
    expect(sheet).to_contain_text("of 5 questions went wrong")
    (kept,) = books.runs.last("own")
    assert [one.id for one in kept.records] == [row["id"] for row in ROWS]


def test_a_failure_shows_what_was_wanted_and_what_was_found(page: Page, books: Library) -> None:
    """With the place of each."""
    quote = "Apples keep until March in a cellar at four degrees."
    know(books, case_row("wrong", "ladder level ground leans degrees", "storing.md", quote))
    run(page)
    failure = page.locator("#sheet .failure")
    expect(failure).to_have_count(1)
    expect(failure).to_contain_text(quote)
    expect(failure).to_contain_text("storing.md:3")
    expect(failure).to_contain_text("A ladder stands on level ground")


def test_a_report_outlives_the_window(browser: Browser, books: Library) -> None:
    """Who opens the window later sees the last one."""
    books.runs.save("own", run_with(record("first"), record("second")))
    with served(books) as address, visit(browser, address) as page:
        look(page)
        expect(page.locator("#sheet")).to_contain_text("0 of 2 questions went wrong")


def test_the_last_two_runs_are_compared(page: Page, books: Library) -> None:
    """In words and a table; and back to the report."""
    run(page)
    expect(page.get_by_role("button", name="Compare")).to_be_hidden()
    know(books, *ROWS[:4])
    run(page)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#sheet h1")).to_have_text("The same on every measure")
    expect(page.locator("#sheet")).to_contain_text("4 questions that both runs asked")
    expect(page.locator("#sheet table")).to_contain_text("95 % interval")
    page.get_by_role("button", name="Report").click()
    expect(page.locator("#sheet")).to_contain_text("of 4 questions went wrong")


def test_runs_without_a_common_question_are_a_message(page: Page, books: Library) -> None:
    """There is nothing to compare."""
    books.runs.save("own", run_with(record("first")))
    run(page)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#sheet .fault")).to_contain_text("share no question")


def test_a_run_can_be_stopped_and_is_nobody_elses(browser: Browser, books: Library) -> None:
    """The window beside it shows none of it; a stopped run leaves no report."""
    gate = Gate()
    first = ROWS[0]["question"]
    slow = replace(books, chat=ScriptedChat({first: [gate, *not_in_notes(first)]}))
    with (
        served(slow) as address,
        visit(browser, address) as page,
        visit(browser, address) as beside,
    ):
        look(page)
        page.get_by_role("button", name="Run now").click()
        until(page, gate.reached.is_set)
        expect(page.locator("#measured")).to_contain_text("asking 0 of 5")
        look(beside)
        expect(beside.get_by_role("button", name="Run now")).to_be_visible()
        expect(beside.get_by_role("button", name="Stop")).to_be_hidden()
        page.get_by_role("tab", name="Chat").click()
        look(page)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#measured")).to_contain_text("Stopping")
        gate.opened.set()
        expect(page.locator("#measured")).to_contain_text("Stopped; nothing of it is kept.")
        expect(page.get_by_role("button", name="Run now")).to_be_visible()
    assert books.runs.last("own") == ()


def test_what_cases_and_notes_say_is_text(page: Page, books: Library) -> None:
    """No element, no template and no formula is made of it."""
    page.evaluate("() => { window.fired = () => (window.wasFired = true); }")
    know(books, case_row("evil", EVIL, "picking.md", f"{EVIL} that stands nowhere"))
    run(page)
    expect(page.locator("#sheet .question")).to_have_text(EVIL)
    assert page.locator("#sheet img").count() == 0
    assert not page.evaluate("window.wasFired")


def test_a_file_of_cases_that_cannot_be_read_is_a_message(browser: Browser, books: Library) -> None:
    """It names the line."""
    books.cases.write_text("{}\n")
    with served(books) as address, visit(browser, address) as page:
        page.get_by_role("tab", name="Evals").click()
        expect(page.locator("#measured .fault")).to_contain_text("cases.jsonl:1: not a case")


def test_a_damaged_report_is_a_message_and_hinders_no_run(page: Page, books: Library) -> None:
    """The next run stands in its place."""
    run(page)
    (file,) = (books.cases.parent / "evaluations").iterdir()
    file.write_text("{")
    page.get_by_role("tab", name="Chat").click()
    look(page)
    expect(page.locator("#sheet .fault")).to_contain_text("is no JSON")
    run(page)
    expect(page.locator("#sheet .card").first).to_be_visible()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#sheet .fault")).to_contain_text("is no JSON")


def test_a_run_is_of_the_chosen_model_and_strictness(page: Page, books: Library) -> None:
    """As the settings say, and as the report tells."""
    page.get_by_role("tab", name="Settings").click()
    page.get_by_role("spinbutton").fill("0.8")
    page.get_by_role("spinbutton").press("Tab")
    look(page)
    expect(page.locator("#asked")).to_contain_text("No model: exact quotes")
    run(page)
    assert books.runs.last("own")[0].circumstances.strictness == 0.8


def test_the_last_two_runs_of_each_kind_of_question_are_kept(tmp_path: Path) -> None:
    """The newest first, and others are not touched."""
    times = iter(range(8, 20))
    runs = Runs(tmp_path, lambda: next(times))
    runs.save("shipped", run_with(record("s")))
    for id in "abc":
        runs.save("own", run_with(record(id)))
    assert [one.records[0].id for one in runs.last("own")] == ["c", "b"]
    assert [one.records[0].id for one in runs.last("shipped")] == ["s"]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_kept_run_that_is_none_says_so(tmp_path: Path) -> None:
    """It is not passed over."""
    (tmp_path / "own-1.json").write_text("[]")
    with pytest.raises(RunError, match="no run"):
        Runs(tmp_path).last("own")
