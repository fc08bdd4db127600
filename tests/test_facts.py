"""Whether an answer holds a fact, what answers hold, and how sentences are chosen."""

import json
from pathlib import Path

import pytest
from fakes import TinyEncoder

from evals.cases import load
from evals.facts import CASES, holds_facts, labels, support, windows
from evals.quoted import Row, report
from evals.sentence_choice import Marked, f1, first, interval
from evals.sentence_choice import load as load_marked
from ingest.errors import FootnoteError

ENCODER = TinyEncoder()


@pytest.mark.parametrize(
    ("fact", "answer", "held"),
    [
        ("gates open the cell", ["The gate opens the cells."], True),
        ("gates open the cell", ["Bread is baked.", "The gate opens the cells."], True),
        ("gates open the cell", ["Bread needs a hot oven."], False),
        ("the cell has 3 gates", ["The cell has three gates."], True),
        ("the cell has 3 gates", ["The cell has 4 gates."], False),
        ("the state is $c_t$", ["The state is $c_t$."], True),
        ("the state is $c_t$", ["The state is $h_t$."], False),
        ("gates open the cell", [], False),
    ],
)
def test_a_fact_is_held_in_other_forms_of_its_words(
    fact: str, answer: list[str], held: bool
) -> None:
    """Inflection changes nothing, a number or a sign of a formula does."""
    assert holds_facts(ENCODER, [fact], answer) == (held,)


def test_a_fact_may_stand_in_two_sentences_that_follow_each_other() -> None:
    """But not in two with others between them."""
    together = windows(ENCODER, ["Here are gates.", "They open cells."])
    units = ["Here are gates.", "Bread is baked.", "Ovens are hot.", "They open cells."]
    apart = windows(ENCODER, units)
    fact = "gates open cells"
    assert support(ENCODER, fact, apart) < support(ENCODER, fact, together)


def test_every_label_is_of_a_tune_case_that_exists() -> None:
    """A hundred of them, each naming a fact that its case has; some held, some not."""
    cases = {case.id: case for case in load(CASES)}
    given = labels()
    assert len(given) == 100
    assert all(cases[one.case].split == "tune" for one in given)
    assert all(0 <= one.fact < len(cases[one.case].facts) for one in given)
    assert 20 < sum(one.held for one in given) < 80


def test_a_broken_label_is_named(tmp_path: Path) -> None:
    """With its file and line."""
    file = tmp_path / "facts.jsonl"
    file.write_text('{"case": "a"}\n', "utf-8")
    with pytest.raises(FootnoteError, match=r"facts\.jsonl:1"):
        labels(file)


def test_what_answers_hold_is_reported_over_all_answered_and_read() -> None:
    """An answer that was not given counts among the answerable alone."""
    given = [
        Row(answered=True, read=True, quote=True, facts=(True, True), words=50),
        Row(answered=True, read=False, quote=False, facts=(True, False), words=150),
        Row(answered=False, read=False, quote=False, facts=(False,), words=0),
    ]
    lines = report(given)
    assert lines[0] == "answerable (3):"
    assert lines[2].split() == ["all", "facts", "0.333"]
    assert lines[7].split() == ["all", "facts", "0.500"]
    assert lines[9].split() == ["share", "of", "facts", "0.750", "of", "4"]
    assert lines[-1] == "words of an answer: 100 on average, 150 at most"


def test_an_answer_that_is_too_long_holds_its_facts_too_late() -> None:
    """All facts within the limit is another measure than all facts."""
    (row,) = [Row(answered=True, read=True, quote=True, facts=(True,), words=121)]
    lines = report([row])
    assert lines[2].split()[-1] == "1.000"
    assert lines[3].split()[-1] == "0.000"


def test_sentences_are_compared_by_f1() -> None:
    """Of {1, 2, 3} against {2, 3}: precision 2/3, recall 1."""
    assert f1({1, 2, 3}, {2, 3}) == pytest.approx(0.8)
    assert f1({1}, {2}) == 0


def test_a_place_belongs_to_the_sentence_that_stands_there() -> None:
    """Each sentence's own start, and the places within it."""
    one = Marked("?", "Gates", ("They open.", "They close."), (frozenset({1}),))
    text = one.passage().text
    assert [one.holding(text.index(word)) for word in ("They", "open", "close")] == [0, 0, 1]
    assert first(one) == {0, 1}


def test_marked_sentences_are_read_for_each_person(tmp_path: Path) -> None:
    """A person who marked none is left out, and a broken line is named."""
    row = {
        "input": "what opens?",
        "passages": [{"title": "Gates", "sentences": ["They open.", "They close."]}],
        "output": [{"selected_sentences": ["They open."]}, {"selected_sentences": []}],
    }
    file = tmp_path / "answerable.jsonl"
    file.write_text(json.dumps(row) + "\n", "utf-8")
    (one,) = load_marked(tmp_path)
    assert one.marked == (frozenset({0}),)
    file.write_text("{}\n", "utf-8")
    with pytest.raises(FootnoteError, match=r"answerable\.jsonl:1"):
        load_marked(tmp_path)


def test_the_interval_holds_the_mean() -> None:
    """And is one point where all scores are the same."""
    low, high = interval([0.0, 1.0] * 20)
    assert low < 0.5 < high
    assert interval([0.5, 0.5]) == (0.5, 0.5)
