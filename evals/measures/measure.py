"""What a measure is: a row of numbers for each record that concerns it, and a figure of all rows.

Figures are taken over the last but one axis, so that a thousand resamples are one call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from evals.records import Record

Floats = NDArray[np.float64]
Row = tuple[float, ...]


class Better(StrEnum):
    """Which way is better; `neither` for what is told and not judged."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Unit(StrEnum):
    """How a figure is written."""

    SHARE = "share"
    MILLISECONDS = "ms"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Measure:
    """`row` is None where a record does not concern the measure; `says` defines it in a sentence.

    `judged` is False for what differs between two runs of the same code, such as time.
    """

    name: str
    title: str
    says: str
    row: Callable[[Record], Row | None]
    figure: Callable[[Floats], Floats]
    better: Better = Better.HIGHER
    unit: Unit = Unit.SHARE
    judged: bool = True


def mean(rows: Floats) -> Floats:
    """The mean of the only column.

    >>> float(mean(np.array([[1.0], [0.0]])))
    0.5
    """
    found: Floats = rows[..., 0].mean(axis=-1)
    return found


def ratio(rows: Floats) -> Floats:
    """The sum of the first column over that of the second; 0 of nothing.

    >>> float(ratio(np.array([[1.0, 2.0], [2.0, 2.0], [0.0, 0.0]])))
    0.75
    """
    sums = rows.sum(axis=-2)
    of = sums[..., 1]
    found: Floats = np.divide(sums[..., 0], of, out=np.zeros_like(of), where=of > 0)
    return found


def f1(rows: Floats) -> Floats:
    """2·both / (found + wanted), of columns found, wanted and both.

    Two were found, two were wanted, one is both: precision and recall are a half, and so is F1.

    >>> float(f1(np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])))
    0.5
    """
    sums = rows.sum(axis=-2)
    of = sums[..., 0] + sums[..., 1]
    found: Floats = np.divide(2 * sums[..., 2], of, out=np.zeros_like(of), where=of > 0)
    return found


def percentile(share: float) -> Callable[[Floats], Floats]:
    """The value under which a share of the only column lies.

    >>> float(percentile(0.5)(np.array([[1.0], [9.0], [2.0]])))
    2.0
    """

    def figure(rows: Floats) -> Floats:
        return np.asarray(np.quantile(rows[..., 0], share, axis=-1))

    return figure


def rows_of(measure: Measure, records: tuple[Record, ...]) -> Floats:
    """The rows of the records that concern a measure."""
    rows = [row for row in map(measure.row, records) if row is not None]
    return np.array(rows, np.float64) if rows else np.zeros((0, 1))
