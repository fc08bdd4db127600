"""Each measure on records written by hand, and the worked examples in the docstrings."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest
from evaluating import hit, record, refused, run_with, unanswerable

import evals.measures
from evals.figures import BY_KIND, HEADLINE, MEASURES, SECTIONS, figure_of, figures
from evals.intervals import difference, interval
from evals.measures.measure import Better, mean, percentile
from evals.records import FollowUp, GoldRecord, PairsRecord, Place, StatementRecord, TokenRecord
from rag.types import Outcome, Verdict

WORKED = [
    *(f"evals.measures.{module.name}" for module in pkgutil.iter_modules(evals.measures.__path__)),
    "evals.intervals",
    "evals.judge",
    "evals.gate",
]


@pytest.mark.parametrize("name", WORKED)
def test_worked_examples_are_true(name: str) -> None:
    """What a docstring shows is what happens."""
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def value(measure: str, *records: object) -> float:
    return figure_of(MEASURES[measure], run_with(*records)).value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("hit@1", 1 / 3),
        ("hit@5", 2 / 3),
        ("recall@5", 2 / 3),
        ("mrr@10", (1 + 1 / 3) / 3),
        ("ndcg@10", (1 + 1 / 2) / 3),
        ("precision@5", (1 / 5 + 1 / 5) / 3),
    ],
)
def test_retrieval_over_ranks_one_three_and_none(measure: str, wanted: float) -> None:
    """Unanswerable questions do not concern retrieval."""
    third = record("b", hits=(hit(), hit(), hit(0)))
    none = record("c", hits=(hit(), hit()))
    assert value(measure, record("a"), third, none, unanswerable()) == pytest.approx(wanted)


def test_another_place_that_answers_stands_in_for_one_not_found() -> None:
    """Of two required places one was found, and one that answers as well."""
    gold = tuple(GoldRecord("", "a.md", Place("a.md", n, n), n < 3) for n in (1, 2, 3))
    found = record(gold=gold, hits=(hit(0), hit(2)))
    half = record(gold=gold, hits=(hit(0), hit(0)))
    assert value("recall@5", found) == 1.0
    assert value("recall@5", half) == 0.5


@pytest.mark.parametrize("measure", ["facts", "gold-cited", "similarity", "citation-recall"])
def test_a_refused_answer_is_a_value(measure: str) -> None:
    """An answerable question that was refused counts 0, and is never left out."""
    kept = value(measure, record())
    assert kept > 0
    assert value(measure, record(), refused()) == pytest.approx(kept / 2)


def test_no_figure_is_not_a_number() -> None:
    """Whatever happens to all questions: answered, refused, or nothing found."""
    for records in ([record()], [refused()], [unanswerable()], [record(hits=(), citations=())]):
        for one in figures(run_with(*records)).whole:
            assert np.isfinite([one.interval.value, one.interval.low, one.interval.high]).all()


def test_citations_hold_as_quotes_or_as_supported_rewordings() -> None:
    """Of three statements one is a quote, one was judged by a checker, one by nobody."""
    statements = (
        StatementRecord("", Verdict.QUOTED, Verdict.QUOTED, (1,)),
        StatementRecord("", Verdict.SUPPORTED, Verdict.UNCONFIRMED, (1,)),
        StatementRecord("", Verdict.UNCONFIRMED, Verdict.UNCONFIRMED, (1,)),
    )
    given = record(statements=statements)
    assert value("citation-precision", given) == pytest.approx(2 / 3)
    assert value("unconfirmed", given) == pytest.approx(1 / 3)


def test_refusals_have_precision_recall_and_their_mean() -> None:
    """Two refused, one of them rightly; two that should be, one of them refused."""
    wrongly = unanswerable("4", outcome=Outcome.ANSWERED)
    records = (record(), refused(), unanswerable(), wrongly)
    assert value("refusal-precision", *records) == 0.5
    assert value("refusal-recall", *records) == 0.5
    assert value("refusal-f1", *records) == 0.5
    assert value("refused-wrongly", *records) == 0.5


def test_listed_questions_are_to_be_recognised_as_such() -> None:
    """Refusing them is not enough."""
    listed = unanswerable("a", kind="listed", outcome=Outcome.LISTED)
    refusal = unanswerable("b", kind="listed")
    assert value("listed", listed, refusal) == 0.5


def test_sure_errors_cost_more_than_unsure_ones() -> None:
    """The area is small where what is surest is right."""
    right, wrong = record("a", chance=0.9), unanswerable("b", chance=0.1)
    turned = record("a", chance=0.1), unanswerable("b", chance=0.9)
    assert value("aurc", right, wrong) == pytest.approx((0 + 1 / 2) / 2)
    assert value("aurc", *turned) == pytest.approx((1 + 1 / 2) / 2)


def test_follow_ups_are_measured_in_three_ways() -> None:
    """Raw it was not found, made whole at rank 3, ideally at once."""
    given = record(follow_up=FollowUp(None, 3, 1))
    found = [value(f"follow-up-{form}", given) for form in ("raw", "rewritten", "ideal")]
    assert found == [0.0, 1.0, 1.0]


def test_a_follow_up_without_an_ideal_form_does_not_concern_it() -> None:
    """Its own words would stand in for it and look bad."""
    records = record("a", follow_up=FollowUp(None, 3, None, known=False)), record("b")
    assert figure_of(MEASURES["follow-up-ideal"], run_with(*records)).n == 0
    assert figure_of(MEASURES["follow-up-raw"], run_with(*records)).n == 1


def test_a_model_that_fails_is_counted() -> None:
    """Quotes stood in for one of two answers; without a model the measure is not there."""
    records = record("a", tokens=TokenRecord(9, 9)), record("b", problem="no connection")
    assert value("model-failures", *records) == 0.5
    assert figures(run_with(record())).get("model-failures") is None


def test_times_and_tokens_are_told() -> None:
    """Median and 95th percentile over questions; tokens where a model was used."""
    records = [record(str(n), timings_ms={"search": float(n)}) for n in range(1, 6)]
    assert value("search-median", *records) == 3.0
    assert value("search-p95", *records) == pytest.approx(4.8)
    assert value("tokens-wrote", record(tokens=TokenRecord(10, 4))) == 4.0


def test_verdicts_on_pairs_are_counted_by_kind() -> None:
    """Of three wrong statements one was called quoted."""
    pairs = (PairsRecord("quote", True, "qq"), PairsRecord("new number", False, "ccq"))
    run = run_with(record(), pairs=pairs)
    assert figure_of(MEASURES["wrong-caught"], run).value == pytest.approx(2 / 3)
    assert figure_of(MEASURES["right-passed"], run).value == 1.0
    assert figures(run).get("wrong-caught", "new number")


def test_measures_have_names_of_their_own_and_definitions() -> None:
    """Each stands in one section, with a sentence that says what it is."""
    listed = [one.name for measures in SECTIONS.values() for one in measures]
    assert sorted(listed) == sorted(MEASURES)
    assert all(one.says.endswith(".") and one.title for one in MEASURES.values())
    assert set(HEADLINE) <= set(MEASURES)
    assert set(BY_KIND) - set(MEASURES) == {"refused-of-kind"}
    assert MEASURES["aurc"].better is Better.LOWER


def test_an_interval_is_the_same_in_every_run_and_holds_its_figure() -> None:
    """The seed is fixed."""
    rows = np.array([[0.0], [1.0], [1.0], [1.0], [0.0], [1.0]])
    first, again = interval(rows, mean), interval(rows, mean)
    assert first == again
    assert first.low < first.value < first.high
    assert first.n == 6


def test_where_all_agree_the_exact_bound_stands_in() -> None:
    """Ten of ten is known to be above .69 only; of times nothing such is said."""
    ones = np.ones((10, 1))
    found = interval(ones, mean)
    assert found.low == pytest.approx(0.025 ** (1 / 10))
    assert found.high == 1.0
    assert interval(ones, mean, share=False).low == 1.0


def test_of_nothing_nothing_is_known() -> None:
    """No question concerned the measure."""
    found = interval(np.zeros((0, 1)), mean)
    assert (found.n, found.low, found.high) == (0, 0.0, 1.0)


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """Over 200 samples of 80 from a share of .7, at least 88 % of the intervals hold .7."""
    random = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        rows = (random.random((80, 1)) < 0.7).astype(float)
        found = interval(rows, mean)
        held += found.low <= 0.7 <= found.high
    assert held / 200 > 0.88


def test_a_difference_is_paired() -> None:
    """Every question gains a little: sure, though questions differ far more than that."""
    random = np.random.default_rng(5)
    first = random.random((40, 1)) * 100
    second = first + 1 + random.random((40, 1)) * 0.1
    found = difference(first, second, mean)
    assert found.low > 0.9
    assert found.p < 0.001
    assert interval(first, mean).high - interval(first, mean).low > 10


def test_no_difference_has_no_meaning() -> None:
    """The same rows: p is 1; rows that differ by luck: p is large."""
    rows = np.array([[1.0], [0.0], [1.0]])
    assert difference(rows, rows, mean).p == 1.0
    other = np.array([[0.0], [1.0], [1.0]])
    assert difference(rows, other, mean).p > 0.5


def test_percentiles_are_taken_over_each_resample() -> None:
    """The figure works on many resamples at once."""
    rows = np.array([[[1.0], [2.0], [3.0]], [[3.0], [3.0], [3.0]]])
    assert percentile(0.5)(rows).tolist() == [2.0, 3.0]
