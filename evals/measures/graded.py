"""Measures of rankings that are graded or scored, as collections of other people have them."""

import math
from collections.abc import Mapping, Sequence


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """The discounted gain of the first k, as a share of the best possible.

    A grade at rank r gains grade / log2(r + 1): with a and b of grade 1, the ranking x, a gains
    0.63 of a possible 1 + 0.63, so 0.39.
    """
    gain = _gain([grades.get(id, 0) for id in ranked[:k]])
    best = _gain(sorted(grades.values(), reverse=True)[:k])
    return gain / best if best else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """The share of what is relevant that stands among the first k."""
    relevant = {id for id, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranked[:k])) / len(relevant) if relevant else 0.0


def first_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> int | None:
    """The rank of the first that is relevant; None where none is."""
    places = (rank for rank, id in enumerate(ranked, start=1) if grades.get(id, 0) > 0)
    return next(places, None)


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often one that should score higher does, ties half; of (2, 3) over (1, 2) it is 7/8."""
    if not higher or not lower:
        return math.nan
    pairs = ((a > b) + 0.5 * (a == b) for a in higher for b in lower)
    return sum(pairs) / (len(higher) * len(lower))
