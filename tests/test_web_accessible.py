"""The chat window in a real browser: axe-core finds nothing serious on any tab."""

import json
from pathlib import Path
from typing import Any

import pytest
from evaluating import ROWS, record, refused, run_with, unanswerable
from playwright.sync_api import Browser, Page, expect
from window import NARROW, WIDE, WINDOW, ask, library, script, served, unavailable, visit

pytestmark = WINDOW
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
RUN = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations)"


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker's source, which the page runs; no server but ours is asked."""
    if not AXE.exists():
        unavailable("ACCESSIBILITY IS NOT TESTED: no axe-core; run 'npm install' in tests/")
    return AXE.read_text("utf-8")


def grave(page: Page, axe: str) -> list[str]:
    """What is seriously wrong, and where."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_conversation_is_accessible(
    browser: Browser, address: str, axe: str, scheme: Any
) -> None:
    """Before the first question, with every outcome, and with a source open."""
    with visit(browser, address, color_scheme=scheme) as page:
        assert "\n".join(grave(page, axe)) == ""
        for question in ("What is recall?", "Write it", "Break down", "What is rain?", "Too long?"):
            ask(page, question)
        page.locator("button.down").first.click()
        page.get_by_role("button", name="Not complete").click()
        expect(page.locator(".gold")).to_be_visible()
        assert "\n".join(grave(page, axe)) == ""
        page.locator("button.cite").first.click()
        expect(page.locator("#source mark")).to_be_visible()
        assert "\n".join(grave(page, axe)) == ""


@pytest.mark.parametrize("tab", ["Notes", "Evals", "Settings"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tab_is_accessible(
    browser: Browser, address: str, axe: str, tab: str, scheme: Any
) -> None:
    """With what it shows at first, and with a note open."""
    with visit(browser, address, color_scheme=scheme) as page:
        page.get_by_role("tab", name=tab).click()
        if tab == "Notes":
            page.locator("#tree .open").first.click()
            expect(page.locator("#reading .panel, #reading .none").first).to_be_visible()
        elif tab == "Evals":
            expect(page.locator("#sheet")).not_to_be_empty()
        else:
            expect(page.get_by_role("button", name="Use ollama:small")).to_be_visible()
        assert "\n".join(grave(page, axe)) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_report_is_accessible(
    browser: Browser, tmp_path: Path, axe: str, scheme: Any, size: Any
) -> None:
    """What went wrong, pictures and tables; and two reports beside each other."""
    books = library(script(), tmp_path)
    books.cases.write_text(json.dumps(ROWS[0]) + "\n", "utf-8")
    for better in (refused("b"), record("b")):
        books.runs.save("own", run_with(record("a"), better, refused("c"), unanswerable("d")))
    with (
        served(books) as address,
        visit(browser, address, color_scheme=scheme, viewport=size) as page,
    ):
        page.get_by_role("tab", name="Evals").click()
        expect(page.locator("#sheet .card").first).to_be_visible()
        assert "\n".join(grave(page, axe)) == ""
        page.get_by_role("button", name="Compare").click()
        expect(page.locator("#sheet h1")).to_contain_text("measure")
        assert "\n".join(grave(page, axe)) == ""


def test_a_telephone_is_accessible(browser: Browser, address: str, axe: str) -> None:
    """With a source over the chat."""
    with visit(browser, address, viewport=NARROW) as page:
        ask(page, "What is recall?")
        page.locator("button.cite").first.click()
        expect(page.locator("#source mark")).to_be_visible()
        assert "\n".join(grave(page, axe)) == ""
