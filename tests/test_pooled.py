"""Passages that may answer as well as the gold are gathered for judging, and each only once."""

import json
from pathlib import Path

import pytest
from evaluating import ROWS, case_row, cases_file, orchard
from indexing import Desk

from evals.cases import Case, Gold, load
from evals.pooled import LABELS, Judgement, Pair, judgements, lines, pool, unaccepted
from ingest.errors import FootnoteError
from ingest.types import Kind, Passage

ROOT = Path(__file__).parent.parent
# Every way of searching finds ladders and baskets first.
MISLED = case_row(
    "misled",
    "baskets of woven willow, a ladder on level ground",
    "storing.md",
    "Apples keep until March in a cellar at four degrees.",
)
SHIPPED = load(ROOT / "evals" / "cases")


def pooled(desk: Desk, *known: Judgement) -> list[Pair]:
    """What is to be judged in the orchard."""
    cases = load(cases_file(desk.root, (*ROWS, MISLED)))
    with desk.open() as index:
        return pool(index, desk.encoder, cases, known)  # type: ignore[arg-type]


def test_only_what_stands_above_the_first_accepted_passage_is_left() -> None:
    """Without an accepted passage it is all; white space in quotes counts for nothing."""
    case = case_of("pears", "stored  green\nand ripen")
    ranking = [passage("Apples."), passage("Pears are stored green and ripen."), passage("Wasps.")]
    assert [one.text for one in unaccepted(case, ranking)] == ["Apples."]
    assert unaccepted(case, ranking[::2]) == ranking[::2]


def test_no_pooled_passage_is_accepted_already(tmp_path: Path) -> None:
    """And there is something to judge, though nothing for questions without an answer."""
    pairs = pooled(orchard(tmp_path))
    assert pairs
    for pair in pairs:
        assert pair.case.answerable
        assert not any(gold.quote in pair.passage.text for gold in pair.case.accepted)


def test_each_passage_comes_once_for_a_case_whatever_ways_found_it(tmp_path: Path) -> None:
    """The judge reads a pair once."""
    keys = [key(pair) for pair in pooled(orchard(tmp_path))]
    assert len(keys) == len(set(keys))


def test_what_was_judged_is_left_out(tmp_path: Path) -> None:
    """Whatever the verdict was; everything else stays."""
    desk = orchard(tmp_path)
    before = [key(pair) for pair in pooled(desk)]
    case, note, line = before[0]
    after = [key(pair) for pair in pooled(desk, Judgement(case, note, line, False))]
    assert set(before) - set(after) == {before[0]}


def test_the_order_is_the_same_each_time(tmp_path: Path) -> None:
    """The seed is fixed."""
    desk = orchard(tmp_path)
    assert [key(pair) for pair in pooled(desk)] == [key(pair) for pair in pooled(desk)]


def test_a_line_tells_the_question_and_the_passage_but_no_score(tmp_path: Path) -> None:
    """What one needs for judging, and nothing that tells which way found it."""
    pairs = pooled(orchard(tmp_path))
    rows = [json.loads(line) for line in lines(pairs)]
    assert [row["text"] for row in rows] == [pair.passage.text for pair in pairs]
    assert all(
        set(row)
        == set("case history question reference facts".split())
        | set("note start_line end_line heading text".split())
        for row in rows
    )


def test_a_wrong_judgement_is_named_with_file_and_line(tmp_path: Path) -> None:
    """The message says what to mend, and where."""
    file = tmp_path / "pooled.jsonl"
    file.write_text(
        '{"case": "a", "note": "a.md", "start_line": 1, "verdict": true}\n{"case": 1}\n'
    )
    with pytest.raises(FootnoteError, match=r"pooled\.jsonl:2: not a judgement"):
        judgements(file)


def test_the_shipped_judgements_are_of_known_cases_and_notes() -> None:
    """No pair is judged twice, and every note has that many lines."""
    known = judgements(LABELS)
    answerable = {case.id for case in SHIPPED if case.answerable}
    assert {one.case for one in known} <= answerable
    assert len({(one.case, one.note, one.start_line) for one in known}) == len(known)
    notes = {one.note for one in known}
    longest = {name: (ROOT / "corpus" / name).read_text("utf-8").count("\n") for name in notes}
    assert [one for one in known if not 1 <= one.start_line <= longest[one.note]] == []


def test_every_accepted_passage_is_among_the_places_of_its_case() -> None:
    """A yes without a quote in the case would count for nothing."""
    places = {case.id: {gold.note for gold in case.accepted} for case in SHIPPED}
    yes = [one for one in judgements(LABELS) if one.verdict]
    assert yes
    assert [one for one in yes if one.note not in places[one.case]] == []


def key(pair: Pair) -> tuple[str, str, int]:
    return pair.case.id, pair.passage.note, pair.passage.start_line


def case_of(id: str, quote: str) -> Case:
    return Case(id, "?", "direct", (Gold("storing.md", quote),))


def passage(text: str) -> Passage:
    return Passage("storing.md", "Storing", (), Kind.PROSE, 0, len(text), 1, 1, text)
