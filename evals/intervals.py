"""How far a figure may be off: bootstrap intervals and paired tests over questions, seeds fixed.

Knows no measure: rows in, numbers out. Questions are drawn as if each were on its own; drawing
whole notes instead makes little difference (docs/evaluation.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Figure = Callable[[Floats], Floats]

# Enough that the ends of an interval move by less than a tenth of its width with another seed.
RESAMPLES: Final = 1000
# Enough to tell p = 0.0005, which thirty measures ask for when none shall be called better by luck.
PERMUTATIONS: Final = 5000
SEED: Final = 20
SURE: Final = 0.95
# Resamples are taken in parts, so that many questions need no gigabytes.
_PART: Final = 200


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval and the number of questions it is of."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures over the same questions; `value` is the second less the first."""

    first: float
    second: float
    value: float
    low: float
    high: float
    p: float
    n: int


def interval(rows: Floats, figure: Figure, share: bool = True) -> Interval:
    """A figure of rows with its bootstrap interval; a share of no rows is anything, 0 to 1.

    Where all of n questions agree on a share of 0 or 1, resampling sees no doubt at all: the exact
    bound for n of n stands in for it.
    """
    n = len(rows)
    if n == 0:
        return Interval(0.0, 0.0, 1.0, 0)
    value = float(figure(rows))
    found = np.concatenate([figure(rows[part]) for part in _resamples(n)])
    low, high = (float(end) for end in np.quantile(found, _ends()))
    return Interval(value, *(_exact(value, low, high, n) if share else (low, high)), n)


def difference(first: Floats, second: Floats, figure: Figure) -> Difference:
    """What changed between two runs over the same questions, row by row.

    The interval draws questions; p is the share of swaps of the two runs, question by question,
    that differ at least as much.
    """
    n = len(first)
    if n == 0:
        return Difference(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0)
    one, other = float(figure(first)), float(figure(second))
    drawn = [figure(second[part]) - figure(first[part]) for part in _resamples(n)]
    low, high = (float(end) for end in np.quantile(np.concatenate(drawn), _ends()))
    return Difference(one, other, other - one, low, high, _p(first, second, figure), n)


def holm(ps: list[float]) -> list[float]:
    """The p-values as they must be read beside each other: the chance that any is luck.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(ps)), key=ps.__getitem__)
    adjusted, most = [0.0] * len(ps), 0.0
    for place, at in enumerate(order):
        most = max(most, min(1.0, (len(ps) - place) * ps[at]))
        adjusted[at] = most
    return adjusted


def _p(first: Floats, second: Floats, figure: Figure) -> float:
    if np.array_equal(first, second):
        return 1.0
    observed = abs(float(figure(second)) - float(figure(first)))
    random = np.random.default_rng(SEED)
    as_much = 0
    for _ in range(PERMUTATIONS // _PART):
        swapped = random.random((_PART, len(first), 1)) < 0.5
        one, other = np.where(swapped, second, first), np.where(swapped, first, second)
        # Sums in another order differ in their last digit; that is no difference.
        as_much += int((np.abs(figure(other) - figure(one)) >= observed - 1e-12).sum())
    return (1 + as_much) / (1 + PERMUTATIONS)


@lru_cache(maxsize=64)
def _resamples(n: int) -> tuple[NDArray[np.int64], ...]:
    random = np.random.default_rng(SEED)
    return tuple(random.integers(0, n, (_PART, n)) for _ in range(RESAMPLES // _PART))


def _ends() -> tuple[float, float]:
    return (1 - SURE) / 2, (1 + SURE) / 2


def _exact(value: float, low: float, high: float, n: int) -> tuple[float, float]:
    if low < high or value not in (0.0, 1.0):
        return low, high
    bound = ((1 - SURE) / 2) ** (1 / n)
    return (bound, 1.0) if value == 1.0 else (0.0, 1 - bound)
