"""Answers and searches as values for programs and as text for terminals."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scripted import (
    RECALL,
    answered,
    citation,
    hit,
    listed,
    not_in_notes,
    passage,
    recall_answer,
    report,
)

from app import render
from app.render import Role
from ingest.walk import Skipped
from rag.types import (
    Answer,
    Event,
    Finished,
    Form,
    Found,
    Outcome,
    Statement,
    Verdict,
)


def answer_of(events: list[Event]) -> Answer:
    """The answer at the end of a script."""
    last = events[-1]
    assert isinstance(last, Finished)
    return last.answer


def plain(answer: Answer) -> str:
    """The answer as it goes into a pipe."""
    return render.plain_text(render.answer_pieces(answer))


def test_an_answer_for_programs_has_exactly_the_documented_keys() -> None:
    """The keys are fixed: programs rely on them."""
    value = render.answer_json(answer_of(recall_answer()))
    assert list(value) == [
        "id",
        "question",
        "rewritten",
        "outcome",
        "text",
        "statements",
        "citations",
        "also_found",
        "disagreements",
        "model",
        "problem",
        "checked_by",
        "dropped",
        "notices",
        "tokens",
        "timings_ms",
    ]
    assert value["statements"][0] == {
        "text": "Recall is the share of the ripe apples that the picker found.",
        "citations": [1],
        "verdict": "quoted",
        "reasons": [],
        "checked_by": "rules",
        "repointed": False,
        "key": True,
    }
    assert value["citations"][0] == {
        "number": 1,
        "note": "orchard/picking.md",
        "title": "Picking apples",
        "heading": ["Picking apples", "Recall"],
        "start_line": 12,
        "end_line": 12,
        "quote": "Recall is the share of the ripe apples that the picker found.",
        "passage": RECALL,
    }


def test_a_search_for_programs_has_exactly_the_documented_keys() -> None:
    """The keys are fixed: programs rely on them."""
    value = render.found_json(Found("recall?", (hit(1, passage(RECALL)),), (), {"search": 1.2345}))
    assert value == {
        "question": "recall?",
        "hits": [
            {
                "rank": 1,
                "score": 0.75,
                "parts": {
                    "cosine": 0.7,
                    "words": 0.9,
                    "heading": 0.25,
                    "pieces": 0.0,
                    "final": 0.75,
                },
                "passage": {
                    "note": "orchard/picking.md",
                    "title": "Picking apples",
                    "heading": ["Picking apples", "Recall"],
                    "kind": "prose",
                    "start_line": 10,
                    "end_line": 20,
                    "text": RECALL,
                },
            }
        ],
        "timings_ms": {"search": 1.234},
    }


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        (recall_answer(), "answered"),
        (listed("What is yield?", passage("## What is yield?\n")), "listed"),
        (not_in_notes("What is rain?"), "not_in_notes"),
    ],
)
def test_every_outcome_can_be_written_as_json(events: list[Event], outcome: str) -> None:
    """Nothing in an answer resists JSON, and the outcome is a plain word."""
    value = json.loads(json.dumps(render.answer_json(answer_of(events))))
    assert value["outcome"] == outcome


def test_an_answer_shows_its_markers_and_then_its_sources() -> None:
    """The text comes first, then each source with its path, its lines and its quote."""
    text = plain(answer_of(recall_answer()))
    said, _, sources = text.partition("Sources")
    assert "Recall is the share of the ripe apples that the picker found. [1]" in said
    assert "[1] Picking apples › Recall   orchard/picking.md:12" in sources
    assert "[2] same passage   orchard/picking.md:15–17" in sources
    assert "    Recall is the share of the ripe apples that the picker found." in sources


def test_maths_stays_latex() -> None:
    """A formula reaches the reader as it stands in the note."""
    assert "\\frac{\\text{found}}{\\text{found} + \\text{missed}}" in plain(
        answer_of(recall_answer())
    )


def test_a_listed_question_is_shown_with_its_place() -> None:
    """The notes ask it: the reader sees where, and that no answer stands there."""
    text = plain(answer_of(listed("What is yield?", passage("## What is yield?\n"))))
    assert text.startswith("Your notes list this question but don't answer it.")
    assert "[1] Picking apples › What is yield?   orchard/picking.md:10" in text


def test_what_the_notes_do_not_say_is_said_with_what_comes_closest() -> None:
    """No answer, but a place to look."""
    text = plain(answer_of(not_in_notes("What is rain?", [hit(1, passage(RECALL))])))
    assert text.startswith("Your notes don't say.")
    assert "Closest in your notes\n" in text
    assert "Picking apples › Recall   orchard/picking.md:10–20" in text


def test_nothing_close_leaves_out_the_closest() -> None:
    """A heading without anything under it is not written."""
    assert plain(answer_of(not_in_notes("What is rain?"))) == "Your notes don't say.\n"


def test_further_places_follow_the_sources_of_an_answer() -> None:
    """What was found beside the cited passages is named."""
    answer = replace(answer_of(recall_answer()), also_found=(hit(1, passage("## Yield\nA lot.")),))
    assert plain(answer).index("See also") > plain(answer).index("Sources")


def test_the_explanation_shows_each_part_of_each_hit() -> None:
    """Cosine, words, heading and the sum stand in a row, best hit first."""
    table = render.explain_table([hit(1, passage(RECALL), 0.9), hit(2, passage(RECALL), 0.5)])
    header, first, second = table.split("\n")
    assert header.split() == ["#", "final", "cosine", "words", "heading", "pieces", "passage"]
    assert first.split()[:5] == ["1", "0.900", "0.700", "0.900", "0.250"]
    assert second.split()[:2] == ["2", "0.500"]
    assert "orchard/picking.md:10–20" in first


@pytest.mark.parametrize(("score", "shown"), [(0.9, True), (0.6, False)])
def test_a_search_shows_nearer_listed_questions_apart(score: float, shown: bool) -> None:
    """A question that the notes only ask is named where no passage comes as near."""
    asked = hit(1, passage("## What is yield?\n"), score)
    text = render.plain_text(
        render.found_pieces(Found("?", (hit(1, passage(RECALL)),), (asked,), {}))
    )
    hits, _, apart = text.partition("Asked in your notes")
    assert "Recall" in hits
    assert ("What is yield?" in apart) is shown


def test_an_empty_search_says_so() -> None:
    """Silence would look like a failure."""
    assert render.plain_text(render.found_pieces(Found("?", (), (), {}))).strip()


@pytest.mark.parametrize(
    ("lines", "shown"), [((12, 12), "a.md:12"), ((12, 18), "a.md:12–18")], ids=["one", "several"]
)
def test_a_place_names_its_lines(lines: tuple[int, int], shown: str) -> None:
    """One line is one number."""
    assert render.place("a.md", *lines) == shown


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        (("Picking apples", "Recall"), "Picking apples › Recall"),
        (("Recall",), "Picking apples › Recall"),
        ((), "Picking apples"),
        (("picking apples",), "Picking apples"),
    ],
)
def test_a_heading_that_repeats_the_title_is_said_once(heading: tuple[str, ...], path: str) -> None:
    """The first heading of a note is often its title."""
    assert render.heading_path(replace(passage(RECALL), heading=heading)) == path


@pytest.mark.parametrize("control", ["\x1b[2J", "\x9b31m", "\x07", "\r", "\u202e", "\x00"])
def test_notes_cannot_steer_the_terminal(control: str) -> None:
    """Control characters in a note are shown as the replacement character."""
    hostile = passage(f"## Recall\nRecall {control}is hidden.\n", note=f"a{control}.md")
    answer = answer_of(answered("?", hostile, (f"Recall {control}is hidden.", Form.SENTENCE)))
    found = Found("?", (hit(1, hostile),), (), {})
    for pieces in (
        render.answer_pieces(answer),
        render.found_pieces(found),
        render.found_pieces(found, explain=True),
    ):
        assert control[0] not in render.plain_text(pieces)


def test_a_snippet_is_cut_between_words() -> None:
    """A long passage is recognised by its beginning."""
    long = replace(passage(RECALL), text="word " * 100, lead=0)
    assert render.snippet(long).endswith("word …")
    assert len(render.snippet(long)) < 230


def test_a_quote_keeps_its_number_in_the_terminal() -> None:
    """Pieces carry number and place apart from the text, to be set differently."""
    source = render.answer_pieces(answer_of(recall_answer()))[2]
    assert (source.role, source.number, source.place) == (
        Role.SOURCE,
        "1",
        "orchard/picking.md:12",
    )


def test_a_report_for_programs_counts_and_names_what_was_skipped() -> None:
    """Counts are numbers, skipped files carry their reason."""
    skipped = (Skipped("broken.md", "not text"),)
    value = render.report_json(report(skipped=skipped), Path("/notes"), Path("/index"))
    assert value["added"] == 2
    assert value["passages"] == 7
    assert value["skipped"] == [{"path": "broken.md", "reason": "not text"}]
    assert value["notes"] == "/notes"


def test_a_report_for_people_names_each_skipped_file() -> None:
    """Nothing is left out in silence."""
    text = render.report_text(report(skipped=(Skipped("broken.md", "not text"),)), Path("/notes"))
    assert "Skipped broken.md: not text" in text
    assert "2 notes, 7 passages" in text


def test_what_was_skipped_is_said_in_one_line_when_it_is_new() -> None:
    """The first sync says what it left out; later ones, which change nothing, keep quiet."""
    skipped = (Skipped("a.bin", "binary"), Skipped("b.bin", "binary"), Skipped("c.md", "too large"))
    first = render.skipped_line(report(skipped=skipped))
    assert "3" in first
    assert "2 × binary" in first
    assert "\n" not in first
    assert render.skipped_line(report(added=0, unchanged=2, skipped=skipped)) == ""
    assert render.skipped_line(report()) == ""


def test_a_citation_over_several_lines_shows_them() -> None:
    """A formula spans lines, and its place says so."""
    of = passage(RECALL)
    quote = RECALL[RECALL.index("$$") : RECALL.rindex("$$") + 2]
    cited = citation(1, of, quote)
    assert render.place(of.note, cited.start_line, cited.end_line) == "orchard/picking.md:15–17"


def written(*statements: Statement, **fields: Any) -> Answer:
    """An answer by a model, with these statements."""
    given = answer_of(recall_answer())
    text = "\n\n".join(statement.text for statement in statements)
    return replace(given, statements=statements, text=text, model="ollama:tiny", **fields)


def test_what_is_not_borne_out_is_named_with_its_reasons_and_who_judged() -> None:
    """The reader learns which statement, what was found, why, and by whom."""
    doubted = Statement(
        "Recall is 70 %.", (1,), Verdict.CONTRADICTED, reasons=("the number 70 is not there",)
    )
    shown = plain(written(doubted))
    assert "Not borne out" in shown
    assert "contradicted (rules): “Recall is 70 %.”: the number 70 is not there" in shown


def test_a_model_that_failed_is_said_before_the_quotes() -> None:
    """What happened comes first, and that quotes stand instead."""
    shown = plain(replace(answer_of(recall_answer()), problem="no connection: start it"))
    assert shown.startswith("no connection: start it\n\nQuotes from your notes instead:\n")


def test_what_a_model_wrote_outside_the_notes_stays_to_be_read() -> None:
    """A refusal after writing shows what was written."""
    doubted = Statement("Paris is lovely.", (), Verdict.UNCONFIRMED, reasons=("no passage",))
    shown = plain(
        replace(
            written(doubted),
            outcome=Outcome.NOT_IN_NOTES,
            text="Your notes don't say.\n\nWhat the model wrote:\n\nParis is lovely.",
        )
    )
    assert shown.startswith("Your notes don't say.\nWhat the model wrote:\n\nParis is lovely.\n")


def test_notices_are_said() -> None:
    """Dropped numbers, notices and checkers each on a line."""
    shown = plain(
        replace(
            answer_of(recall_answer()),
            dropped=2,
            notices=("Only 3 of 8 passages fitted.",),
            checked_by=("rules", "tiny-nli"),
        )
    )
    assert "Dropped 2 cited numbers that name no passage." in shown
    assert "Only 3 of 8 passages fitted." in shown
    assert "Checked by rules, then tiny-nli." in shown
