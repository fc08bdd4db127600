"""Two runs beside each other: what changed, how surely, and what turned."""

import pytest
from evaluating import hit, record, refused, run_with, unanswerable

from evals.compare import CompareError, compare, table
from evals.records import PairsRecord, Run

MISSED = (hit(), hit())


def many(missed: int, total: int = 60) -> Run:
    """A run in which so many of all questions were not found."""
    lost = (record(str(n), hits=MISSED, citations=()) for n in range(missed))
    return run_with(*lost, *(record(str(n)) for n in range(missed, total)))


def says(first: Run, second: Run) -> dict[str, str]:
    return {one.measure.name: one.says for one in compare(first, second).changes}


def test_a_run_is_the_same_as_itself() -> None:
    """On every measure, and says so."""
    found = compare(many(5), many(5))
    assert found.judgement == "the same on every measure"
    assert found.turned_right == found.turned_wrong == ()


def test_a_large_change_is_called_better_and_its_reverse_worse() -> None:
    """Half of all questions more were found; answers are as long as before."""
    assert says(many(30), many(0))["recall@5"] == "better"
    assert says(many(0), many(30))["recall@5"] == "worse"
    assert says(many(30), many(0))["contradicted"] == "same"


def test_a_small_change_is_undecided() -> None:
    """One question of sixty is luck."""
    found = compare(many(1), many(0))
    assert {one.says for one in found.changes} == {"undecided", "same", ""}
    assert found.judgement.startswith("better on none, worse on none, undecided on")


def test_what_falls_is_better_where_less_is() -> None:
    """Fewer answerable questions refused."""
    first = run_with(*(refused(str(n)) for n in range(40)), unanswerable("u"))
    second = run_with(*(record(str(n)) for n in range(40)), unanswerable("u"))
    found = says(first, second)
    assert found["refused-wrongly"] == "better"


def test_times_are_told_and_not_judged() -> None:
    """They are another machine's, or another hour's."""
    slow = run_with(*(record(str(n), timings_ms={"search": 900.0}) for n in range(40)))
    fast = run_with(*(record(str(n), timings_ms={"search": 1.0}) for n in range(40)))
    found = compare(slow, fast)
    (median,) = (one for one in found.changes if one.measure.name == "search-median")
    assert median.says == ""
    assert median.difference.value == -899.0
    assert found.judgement == "the same on every measure"


def test_the_questions_that_turned_are_named() -> None:
    """One was right and is wrong now, one the other way round."""
    first = run_with(record("a"), record("b", hits=MISSED, citations=()), record("c"))
    second = run_with(record("a", hits=MISSED, citations=()), record("b"), record("c"))
    found = compare(first, second)
    assert [one.id for one in found.turned_right] == ["b"]
    assert [one.id for one in found.turned_wrong] == ["a"]


def test_only_questions_that_both_asked_alike_are_compared() -> None:
    """What is left out is said."""
    first = run_with(record("a"), record("b"), record("c"))
    second = run_with(record("a"), record("b", question="Another?"))
    found = compare(first, second)
    assert found.shared == 1
    assert "2 questions of the first run alone are left out" in found.notices
    assert "1 questions of the second run alone are left out" in found.notices


def test_other_notes_or_another_encoder_are_told() -> None:
    """So that nothing is put down to the wrong cause."""
    found = compare(run_with(record()), run_with(record(), encoder="other", notes_hash="new"))
    assert "the encoder changed: tiny → other" in found.notices
    assert "the notes changed: abc → new" in found.notices


def test_runs_that_share_nothing_cannot_be_compared() -> None:
    """With what to do."""
    with pytest.raises(CompareError, match="share no question"):
        compare(run_with(record("a")), run_with(record("b")))


def test_verdicts_are_compared_pair_by_pair() -> None:
    """A checker that always agrees is worse; kinds that only one run has are left out."""
    first = run_with(record(), pairs=(PairsRecord("new number", False, "c" * 80),))
    second = run_with(
        record(),
        pairs=(PairsRecord("new number", False, "q" * 80), PairsRecord("new name", False, "q")),
    )
    assert says(first, second)["wrong-caught"] == "worse"
    assert "right-passed" not in says(first, second)


def test_the_table_shows_both_values_and_the_difference() -> None:
    """With its sign, and no sign where nothing changed."""
    rows = {row[0]: row for row in table(compare(many(30), many(0))).rows}
    assert rows["Answer first"][1:4] == ("0.500", "1.000", "+0.500")
    assert rows["Statements contradicted"][3] == "0.000"
    back = {row[0]: row for row in table(compare(many(0), many(30))).rows}
    assert back["Answer first"][3] == "−0.500"
