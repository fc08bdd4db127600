"""The known questions: every quote stands in its note, and the two halves share nothing."""

import json
import re
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from evals.cases import ANSWERABLE, Case, CaseError, load
from evals.overlap import overlap
from ingest.words import terms

ROOT = Path(__file__).parent.parent
CASES = load(ROOT / "evals" / "cases")
LEAST = {
    "direct": 130,
    "paraphrase": 90,
    "keyword": 40,
    "typo": 30,
    "comparison": 60,
    "numeric": 30,
    "follow-up": 50,
    "near": 60,
    "outside": 30,
    "leave": 20,
}


def test_there_are_enough_of_every_kind() -> None:
    """At least 500 in all."""
    counted = Counter(case.kind for case in CASES)
    assert {kind: n for kind, n in LEAST.items() if counted[kind] < n} == {}
    assert len(CASES) >= 500


def test_the_halves_are_halves() -> None:
    """Neither half holds less than two fifths."""
    tune = sum(case.split == "tune" for case in CASES) / len(CASES)
    assert 0.4 <= tune <= 0.6


@pytest.mark.parametrize("name", sorted({gold.note for case in CASES for gold in case.accepted}))
def test_every_quote_stands_in_its_note(name: str) -> None:
    """Exactly once, or as often as its occurrence says."""
    text = (ROOT / "corpus" / name).read_text("utf-8")
    wrong = [
        (case.id, gold.quote)
        for case in CASES
        for gold in case.accepted
        if gold.note == name
        and (
            text.count(gold.quote) < gold.occurrence
            or (gold.occurrence == 1 and text.count(gold.quote) != 1)
        )
    ]
    assert wrong == []


def test_answerable_cases_say_what_a_right_answer_holds() -> None:
    """A reference, and two to five short facts."""
    lacking = [
        case.id
        for case in CASES
        if case.answerable and not (case.reference and 2 <= len(case.facts) <= 5)
    ]
    assert lacking == []


def test_no_note_serves_both_halves() -> None:
    """What is tuned on one half cannot leak into the other through a note."""
    splits: dict[str, set[str]] = {}
    for case in CASES:
        for gold in case.gold:
            splits.setdefault(gold.note, set()).add(case.split)
    assert [note for note, found in splits.items() if len(found) > 1] == []


def test_no_two_questions_are_alike() -> None:
    """Near-duplicates would count one answer twice."""
    words = [(case.id, frozenset(terms(whole(case)))) for case in CASES if case.kind != "leave"]
    alike = [
        (one, other)
        for at, (one, own) in enumerate(words)
        for other, others in words[at + 1 :]
        if len(own) > 2 and len(own & others) / len(own | others) > 0.8
    ]
    assert alike == []


def test_questions_are_not_written_from_the_notes_wording() -> None:
    """The median share of a question's stems that its gold holds."""
    assert median(overlap(case) for case in CASES if case.answerable) <= 0.35


def test_paraphrases_share_no_content_word_with_their_gold() -> None:
    """They are found by meaning or not at all."""
    assert [case.id for case in CASES if case.kind == "paraphrase" and overlap(case)] == []


def whole(case: Case) -> str:
    return case.whole or case.question


GOOD = {
    "id": "a-1",
    "question": "What is it?",
    "kind": "direct",
    "history": [],
    "gold": [{"note": "a.md", "quote": "It is."}],
    "reference": "It is.",
    "facts": ["it is", "it was"],
    "split": "tune",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "odd"}, "unknown kind 'odd'"),
        ({"split": "both"}, "unknown split 'both'"),
        ({"gold": []}, "has no gold"),
        ({"kind": "near"}, "has gold"),
        ({"question": " "}, "'question' is ' ', not a text"),
        ({"history": [{"question": "a", "answer": "b"}]}, "have a history"),
        ({"kind": "follow-up"}, "have a history"),
        ({"colour": "red"}, "unknown keys colour"),
        ({"gold": [{"note": "a.md"}]}, "no 'quote'"),
    ],
)
def test_a_wrong_case_is_named_with_file_and_line(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    """The message says what to mend, and where."""
    file = tmp_path / "mine.jsonl"
    file.write_text(f"{json.dumps(GOOD)}\n\n{json.dumps({**GOOD, 'id': 'a-2', **change})}\n")
    with pytest.raises(CaseError, match=rf"mine\.jsonl:3: .*{re.escape(message)}"):
        load(file)


def test_broken_json_is_named_with_file_and_line(tmp_path: Path) -> None:
    """A line cut short is found."""
    file = tmp_path / "mine.jsonl"
    file.write_text('{"id": "a')
    with pytest.raises(CaseError, match=r"mine\.jsonl:1: not a case"):
        load(file)


def test_an_id_that_occurs_twice_is_named(tmp_path: Path) -> None:
    """Results are told apart by id."""
    file = tmp_path / "mine.jsonl"
    file.write_text(f"{json.dumps(GOOD)}\n{json.dumps(GOOD)}\n")
    with pytest.raises(CaseError, match="'a-1' occurs twice"):
        load(file)


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_cases_is_no_success(tmp_path: Path, text: str) -> None:
    """Nothing to measure is said."""
    file = tmp_path / "mine.jsonl"
    file.write_text(text)
    with pytest.raises(CaseError, match="holds no cases"):
        load(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With the next thing to do."""
    with pytest.raises(CaseError, match=r"Name a \.jsonl file"):
        load(tmp_path / "none.jsonl")


def test_every_answerable_kind_has_its_cases_over_many_notes() -> None:
    """No kind rests on a handful of notes."""
    for kind in ANSWERABLE:
        notes = {gold.note for case in CASES if case.kind == kind for gold in case.gold}
        assert len(notes) >= 20, kind
