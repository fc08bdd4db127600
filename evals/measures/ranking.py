"""Measures of a ranking, as small functions of what the hits hold.

`hits` are, in order of rank, the numbers of the gold that each hit holds; `gold` is how many
places are required. A place that answers as well stands in for one required place not found.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Holding = Sequence[int]


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well gold was found over questions: a rank is counted from 1, None means not found."""

    ranks: tuple[int | None, ...]

    def hit(self, k: int) -> float:
        """The share whose gold stands among the first k.

        >>> Ranking((1, 3, None)).hit(2) == 1 / 3
        True
        """
        return _mean([float(rank is not None and rank <= k) for rank in self.ranks])

    @property
    def mrr(self) -> float:
        """The mean of 1/rank within ten.

        >>> Ranking((1, 4, None)).mrr == (1 + 1 / 4 + 0) / 3
        True
        """
        return _mean([1 / rank if rank and rank <= 10 else 0.0 for rank in self.ranks])


def hit(hits: Sequence[Holding], k: int) -> float:
    """1 if any of the first k hits holds an accepted place.

    >>> hit([[], [0]], 1), hit([[], [0]], 2)
    (0.0, 1.0)
    """
    return float(any(hits[:k]))


def recall(hits: Sequence[Holding], gold: int, k: int) -> float:
    """The share of the required places that the first k hits hold.

    Two places are required, one is found, and in the second line another that answers as well:

    >>> recall([[0], []], gold=2, k=5)
    0.5
    >>> recall([[0], [2]], gold=2, k=5)
    1.0
    """
    found = {number for holding in hits[:k] for number in holding}
    return min(len(found), gold) / gold if gold else 0.0


def precision(hits: Sequence[Holding], k: int) -> float:
    """The share of the first k places in the ranking whose hit holds an accepted place.

    >>> precision([[0], [], [1]], k=5)
    0.4
    """
    return sum(bool(holding) for holding in hits[:k]) / k


def reciprocal_rank(hits: Sequence[Holding], k: int) -> float:
    """1/rank of the first of k hits that holds an accepted place, 0 where none does.

    >>> reciprocal_rank([[], [0]], k=10)
    0.5
    """
    return next((1 / rank for rank, holding in enumerate(hits[:k], 1) if holding), 0.0)


def ndcg(hits: Sequence[Holding], gold: int, k: int) -> float:
    """Gain discounted by rank, as a share of the best possible.

    A hit gains 1 if it holds an accepted place that none before it held, and the gains end with
    as many as are required. With one required place, found at rank 3, it is 1 / log2(3 + 1):

    >>> ndcg([[], [], [0]], gold=1, k=10)
    0.5
    """
    best = _discounted(range(1, min(gold, k) + 1))
    return _discounted(_gaining(hits[:k], gold)) / best if best else 0.0


def _gaining(hits: Sequence[Holding], gold: int) -> list[int]:
    held: set[int] = set()
    ranks: list[int] = []
    for rank, holding in enumerate(hits, 1):
        if set(holding) - held and len(ranks) < gold:
            ranks.append(rank)
        held.update(holding)
    return ranks


def _discounted(ranks: Iterable[int]) -> float:
    return sum(1 / math.log2(rank + 1) for rank in ranks)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
