"""Answers without a model: exact quotes, in order, each with its place; or a plain word."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import TinyEncoder
from indexing import Desk

from ingest.errors import QuestionError
from ingest.index import NoteIndex
from rag.chat import NoteChat
from rag.types import (
    Answer,
    Decided,
    Finished,
    Form,
    Outcome,
    Searched,
    Turn,
    Verdict,
    Wanted,
    Wrote,
)

NOTE = """\
# Gates

## Forget gate

The forget gate decides what the cell state drops. It is a sigmoid layer.

$$
f = \\sigma(W x + b)
$$

- It opens near one
- It closes near zero

## Dropout

Dropout switches units off at random while a network trains.
"""
ASKED = "# Open questions\n\n1. What is a peephole connection?\n\n2. What is gradient clipping?\n"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[NoteChat]:
    desk = Desk(tmp_path, TinyEncoder(dimension=256, max_tokens=128))
    desk.write("gates.md", NOTE)
    desk.write("open.md", ASKED)
    desk.sync()
    with desk.open() as index:
        yield NoteChat(index, desk.encoder)


def answer(chat: NoteChat, question: str, history: tuple[Turn, ...] = ()) -> Answer:
    *_, last = chat.ask(question, history)
    assert isinstance(last, Finished)
    return last.answer


FORGET = "forget gate: the forget gate decides what the cell state drops"


def test_every_statement_is_an_exact_quote_with_its_lines(chat: NoteChat) -> None:
    """What a citation quotes stands at its place in the passage, and on its lines in the file."""
    given = answer(chat, FORGET)
    assert given.outcome is Outcome.ANSWERED
    assert given.statements
    lines = NOTE.split("\n")
    numbered = {citation.number: citation for citation in given.citations}
    for statement in given.statements:
        assert statement.verdict is Verdict.QUOTED
        (number,) = statement.citations
        citation = numbered[number]
        assert citation.passage.text[citation.start : citation.end] == citation.quote
        cited = "\n".join(lines[citation.start_line - 1 : citation.end_line])
        assert citation.quote in cited


def test_the_best_passage_is_quoted_whole_and_in_its_order(chat: NoteChat) -> None:
    """Definition, formula and items stay in reading order, maths whole."""
    statements = answer(chat, FORGET).statements
    assert [s.text for s in statements[:5]] == [
        "The forget gate decides what the cell state drops.",
        "It is a sigmoid layer.",
        "$$\nf = \\sigma(W x + b)\n$$",
        "It opens near one",
        "It closes near zero",
    ]
    assert [s.form for s in statements[:5]] == [
        Form.SENTENCE,
        Form.SENTENCE,
        Form.BLOCK,
        Form.ITEM,
        Form.ITEM,
    ]


def test_the_text_is_markdown_with_numbered_markers(chat: NoteChat) -> None:
    """Every statement is followed by its number, and every number has a citation."""
    given = answer(chat, FORGET)
    assert given.text.startswith("The forget gate decides what the cell state drops. [1] It is")
    assert "- It opens near one [4]\n- It closes near zero [5]" in given.text
    numbers = {int(number) for number in re.findall(r"\[(\d+)\]", given.text)}
    assert numbers == {citation.number for citation in given.citations}


def test_events_come_in_order_and_end_with_the_answer(chat: NoteChat) -> None:
    """Search, decision, statements one by one, and the whole."""
    events = list(chat.ask(FORGET))
    kinds = [type(event) for event in events]
    assert kinds[:2] == [Searched, Decided]
    assert set(kinds[2:-1]) == {Wrote}
    written = [event.statement for event in events if isinstance(event, Wrote)]
    last = events[-1]
    assert isinstance(last, Finished)
    assert list(last.answer.statements) == written


def test_a_question_that_the_notes_only_ask_is_listed(chat: NoteChat) -> None:
    """The answer says so and leads to the place where it is asked."""
    given = answer(chat, "What is a peephole connection?")
    assert given.outcome is Outcome.LISTED
    assert given.text.startswith("Your notes list this question but don't answer it.")
    assert given.citations[0].quote.endswith("What is a peephole connection?")
    assert given.citations[0].start_line == 3
    assert given.statements == ()


def test_what_is_not_in_the_notes_is_said_plainly(chat: NoteChat) -> None:
    """No quote is made to fit; what is nearest is offered apart."""
    given = answer(chat, "Who won the cup in Brazil yesterday evening?")
    assert given.outcome is Outcome.NOT_IN_NOTES
    assert given.text == "Your notes don't say."
    assert given.statements == ()
    assert given.citations == ()
    assert given.also_found


def test_a_follow_up_is_searched_as_a_whole_question(chat: NoteChat) -> None:
    """The rewritten question is shown; the asked one is kept."""
    given = answer(chat, "When is it used?", (Turn("What is dropout?", "It switches units off."),))
    assert given.question == "When is it used?"
    assert given.rewritten == "What is dropout: When is it used?"


def test_cited_passages_are_not_also_found(chat: NoteChat) -> None:
    """What is cited is not offered a second time."""
    given = answer(chat, FORGET)
    cited = {citation.passage for citation in given.citations}
    assert not cited & {hit.passage for hit in given.also_found}


def test_the_same_question_over_the_same_notes_has_the_same_answer(chat: NoteChat) -> None:
    """Nothing is drawn by chance, the id included."""
    first, second = answer(chat, FORGET), answer(chat, FORGET)
    assert (first.id, first.text) == (second.id, second.text)


def test_an_empty_question_is_refused(chat: NoteChat) -> None:
    """An empty question is an error with a message for people."""
    with pytest.raises(QuestionError):
        answer(chat, "  ")


def test_closing_the_stream_frees_the_index(tmp_path: Path) -> None:
    """A stream left half-way holds nothing back."""
    desk = Desk(tmp_path)
    desk.write("gates.md", NOTE)
    desk.sync()
    index: NoteIndex
    with desk.open() as index:
        events = NoteChat(index, desk.encoder).ask(FORGET)
        next(events)
        events.close()
        assert answer(NoteChat(index, desk.encoder), FORGET).statements


def test_a_part_of_a_code_block_is_shown_as_code(tmp_path: Path) -> None:
    """Each quoted part has its fences, and its quote is still exact."""
    desk = Desk(tmp_path, TinyEncoder(dimension=256, max_tokens=60))
    steps = "\n".join(f"forget_{n} = gate(cell, {n})" for n in range(40))
    desk.write("code.md", f"# Forget gate code\n\n```python\n{steps}\n```\n")
    desk.sync()
    with desk.open() as index:
        given = answer(NoteChat(index, desk.encoder), "forget gate code: forget_3 = gate(cell, 3)")
    assert given.statements
    for statement, citation in zip(given.statements, given.citations, strict=True):
        assert statement.text.startswith("```")
        assert statement.text.endswith("```")
        assert citation.passage.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", [FORGET, "What is a peephole connection?", "Who won the cup?"])
def test_length_does_not_change_the_outcome(chat: NoteChat, question: str) -> None:
    """A long answer reads more, but is given where a short one is."""
    *_, long = chat.ask(question, wanted=Wanted(long=True))
    assert isinstance(long, Finished)
    assert long.answer.outcome is answer(chat, question).outcome


def test_places_that_disagree_are_both_cited(tmp_path: Path) -> None:
    """Different numbers for the same are pointed out, also without a model."""
    desk = Desk(tmp_path, TinyEncoder(dimension=256, max_tokens=128))
    desk.write("a.md", "# Dropout\n\nThe default dropout rate of the library is 0.5.\n")
    desk.write("b.md", "# Dropout\n\nThe default dropout rate of the library is 0.1.\n")
    desk.sync()
    with desk.open() as index:
        given = answer(NoteChat(index, desk.encoder), "dropout: the default dropout rate")
    (found,) = given.disagreements
    quotes = {citation.number: citation.quote for citation in given.citations}
    assert {quotes[number][-4:] for number in found.citations} == {"0.5.", "0.1."}
    assert f"**Your notes disagree:** {found.why}" in given.text
