"""The measures are what their definitions say."""

import math

import pytest

from evals.cases import Case, Gold
from evals.measures import Ranking, auroc
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


def test_the_area_under_the_curve_counts_ties_half() -> None:
    """Of (2, 3) over (1, 2) seven of eight halves are in order."""
    assert auroc([2, 3], [1, 2]) == 7 / 8
    assert auroc([1], [1]) == 0.5
    assert math.isnan(auroc([], [1]))
