"""The chat window in a real browser: thumbs, reasons, and known questions made of bad answers."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from scripted import answered, passage, recall_answer
from window import WINDOW, ask

from app.web.library import Library
from app.web.talk import Draft, Exchange, Rating
from app.web.thumbs import kept
from evals.cases import load
from rag.types import Form

pytestmark = WINDOW


def test_a_thumb_up_stays_chosen(page: Page) -> None:
    """Pressing it again takes it back."""
    ask(page, "What is recall?")
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_role("button", name="Good answer, chosen")).to_be_visible()
    page.get_by_role("button", name="Good answer, chosen").click()
    expect(page.get_by_role("button", name="Good answer, chosen")).to_have_count(0)
    expect(page.locator(".rating")).to_have_count(0)


def test_a_bad_answer_becomes_a_known_question(page: Page, books: Library) -> None:
    """Thumb, reason, passage: three presses; the file is one that evaluations read."""
    ask(page, "What is recall?")
    page.get_by_role("button", name="Bad answer").click()
    page.get_by_role("button", name="Not complete").click()
    page.locator(".gold").get_by_role("button", name="Picking apples › Recall").click()
    expect(page.locator(".rating.done")).to_contain_text("footnote eval --cases")
    case = load(books.cases)[-1]
    assert case.question == "What is recall?"
    assert case.gold[0].note == "orchard/picking.md"
    assert case.gold[0].quote == "Recall is the share of the ripe apples that the picker found."


def test_an_answer_that_should_not_be_there_becomes_one_too(page: Page, books: Library) -> None:
    """'Not in my notes' is a known question without gold."""
    ask(page, "What is ripening?")
    page.get_by_role("button", name="Bad answer").click()
    page.get_by_role("button", name="It is not in my notes").click()
    page.locator(".gold").get_by_role("button", name="Not in my notes", exact=True).click()
    expect(page.locator(".rating.done")).to_be_visible()
    assert not load(books.cases)[-1].answerable


def exchange(question: str) -> Exchange:
    """A finished answer with a thumb down."""
    draft = Draft()
    for event in recall_answer():
        draft = draft.after(event)
    return Exchange(question, draft, Rating(False, "Wrong"))


def test_each_case_has_an_id_of_its_own(tmp_path: Path) -> None:
    """The same question asked twice is two cases."""
    file = tmp_path / "cases.jsonl"
    for _ in range(3):
        kept(exchange("What is recall?"), "c1", file)
    assert len({case.id for case in load(file)}) == 3


@pytest.mark.parametrize("what", ["c9", "h7", "x", "", "c", "cc1"])
def test_a_passage_that_is_not_there_makes_no_case(tmp_path: Path, what: str) -> None:
    """A button of another page is no mistake of ours."""
    file = tmp_path / "cases.jsonl"
    before = exchange("What is recall?")
    assert kept(before, what, file) == before.rating
    assert not file.exists()


def test_a_quote_on_several_lines_is_one_line_in_a_case(tmp_path: Path) -> None:
    """Cases compare words with white space evened out."""
    of = passage("## Wind\nIt blows\nfrom the sea.\n")
    draft = Draft()
    for event in answered("What is wind?", of, ("It blows\nfrom the sea.", Form.SENTENCE)):
        draft = draft.after(event)
    file = tmp_path / "cases.jsonl"
    kept(Exchange("What is wind?", draft, Rating(False, "Wrong")), "c1", file)
    assert load(file)[0].gold[0].quote == "It blows from the sea."
