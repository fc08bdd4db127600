"""Measures of a ranking, as small functions of the rank at which the gold stands."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well gold was found over questions: a rank is counted from 1, None means not found."""

    ranks: tuple[int | None, ...]

    def hit(self, k: int) -> float:
        """The share whose gold stands among the first k; of ranks 1, 3 and None hit@1 is 1/3."""
        return _mean([float(rank is not None and rank <= k) for rank in self.ranks])

    @property
    def mrr(self) -> float:
        """The mean of 1/rank within ten; of ranks 1, 4 and None it is (1 + 1/4 + 0) / 3."""
        return _mean([1 / rank if rank and rank <= 10 else 0.0 for rank in self.ranks])


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often one that should score higher does, ties half; of (2, 3) over (1, 2) it is 7/8."""
    if not higher or not lower:
        return float("nan")
    pairs = ((a > b) + 0.5 * (a == b) for a in higher for b in lower)
    return sum(pairs) / (len(higher) * len(lower))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
