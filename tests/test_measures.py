"""The measures are what their definitions say."""

import math

import pytest

from evals.cases import Case, Gold
from evals.measures import Ranking
from evals.measures.graded import auroc, first_rank, ndcg, recall
from evals.retrieval import ranks


def test_ranks_give_hits_and_reciprocal_ranks() -> None:
    """Of ranks 1, 4 and none: a third first, two thirds among five, and (1 + 1/4) / 3."""
    ranking = Ranking((1, 4, None))
    assert ranking.hit(1) == pytest.approx(1 / 3)
    assert ranking.hit(5) == pytest.approx(2 / 3)
    assert ranking.mrr == pytest.approx((1 + 1 / 4) / 3)


def test_beyond_ten_counts_as_not_found() -> None:
    """The reciprocal rank is taken within ten."""
    assert Ranking((11,)).mrr == 0


def test_a_rank_is_that_of_the_first_text_with_an_accepted_quote() -> None:
    """Gold and other accepted places count alike, white space does not; no gold, no rank."""
    gold, also = Gold("a.md", "the  cat sat"), Gold("b.md", "a cat\nlay")
    cases = [
        Case("1", "?", "direct", (gold,), (also,)),
        Case("2", "?", "typo", (gold,)),
        Case("3", "?", "near", ()),
    ]
    found = ranks(cases, lambda _: ["a dog", "there a cat lay down", "so the cat\nsat"])
    assert found["direct"].ranks == (2,)
    assert found["typo"].ranks == (3,)
    assert found["all"].ranks == (2, 3)
    assert "near" not in found


def test_gain_is_discounted_by_rank() -> None:
    """Of two relevant documents one stands second: 0.63 of 1 + 0.63."""
    assert ndcg(["x", "a"], {"a": 1, "b": 1}, 10) == pytest.approx(0.6309 / 1.6309, abs=1e-4)
    assert ndcg(["b", "a"], {"a": 1, "b": 1}, 10) == 1
    assert ndcg(["x", "a"], {"a": 1}, 1) == 0


def test_higher_grades_gain_more() -> None:
    """The better document second: (1 + 2 * 0.63) of (2 + 0.63)."""
    found = ndcg(["a", "b"], {"a": 1, "b": 2}, 10)
    assert found == pytest.approx((1 + 2 * 0.6309) / (2 + 0.6309), abs=1e-4)


def test_recall_is_the_share_found() -> None:
    """What is graded 0 is not relevant; nothing relevant, nothing found."""
    grades = {"a": 1, "b": 1, "c": 0}
    assert (recall(["c", "a", "b"], grades, 2), recall(["a", "b"], grades, 2)) == (0.5, 1)
    assert recall(["a"], {}, 10) == 0
    assert (first_rank(["c", "a"], grades), first_rank(["c"], grades)) == (2, None)


def test_the_area_under_the_curve_counts_ties_half() -> None:
    """Of (2, 3) over (1, 2) seven of eight halves are in order."""
    assert auroc([2, 3], [1, 2]) == 7 / 8
    assert auroc([1], [1]) == 0.5
    assert math.isnan(auroc([], [1]))
