"""What of a run is drawn, and what each picture says in words."""

from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from evals.figures import Figures
from evals.measures.measure import rows_of
from evals.measures.refusals import MEASURES as REFUSALS
from evals.measures.refusals import curve
from evals.plots import Bin, calibration, histogram, intervals
from evals.plots import curve as drawn_curve
from evals.records import Run
from evals.tables import title

_KINDS: Final = ("recall@5", "facts", "gold-cited", "refused-of-kind")
_DEPTH: Final = 10
_BINS: Final = 8
_AREA: Final = next(measure for measure in REFUSALS if measure.name == "aurc")


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot with its heading and what it says."""

    heading: str
    says: str
    svg: str

    @property
    def html(self) -> str:
        """The picture as a figure of the page."""
        caption = f"<figcaption>{escape(self.says)}</figcaption>"
        return f"<figure><h3>{escape(self.heading)}</h3>{self.svg}{caption}</figure>"


def pictures(run: Run, found: Figures) -> list[Picture]:
    """The pictures of a run, as far as it has what they show."""
    drawn = [_by_kind(measure, found) for measure in _KINDS]
    drawn += [_curve(run), _ranks(run), _calibration(run)]
    return [one for one in drawn if one is not None]


def _by_kind(measure: str, found: Figures) -> Picture | None:
    rows = [(one.group, one.interval) for one in found.by_kind if one.measure == measure]
    if not rows:
        return None
    heading = f"{title(measure)}, by kind"
    says = "The line is the 95 % interval."
    if measure == "refused-of-kind":
        says = "High is right for near, outside, leave and listed, low for all others."
    return Picture(heading, says, intervals(rows, heading))


def _curve(run: Run) -> Picture | None:
    rows = rows_of(_AREA, run.records)
    if not len(rows):
        return None
    coverage, errors = curve(rows)
    points = list(zip(coverage.tolist(), errors.tolist(), strict=True))
    answered = sum(record.answered for record in run.records) / len(run.records)
    heading = "Coverage against errors"
    says = (
        f"Answering the surest questions first. The dashed line is how many were answered:"
        f" {answered:.0%}. An error is a question without an accepted place in the first five hits."
    )
    return Picture(heading, says, drawn_curve(points, answered, heading))


def _ranks(run: Run) -> Picture | None:
    ranks = [record.rank for record in run.records if record.answerable]
    if not ranks:
        return None
    counts = [(str(rank), ranks.count(rank)) for rank in range(1, _DEPTH + 1)]
    counts.append(("none", ranks.count(None)))
    heading = "Rank of the first hit that answers"
    return Picture(heading, "Answerable questions.", histogram(counts, heading))


def _calibration(run: Run) -> Picture | None:
    known = sorted((one.chance, one.answerable) for one in run.records if one.chance is not None)
    if len(known) < _BINS:
        return None
    bins = []
    for part in np.array_split(np.array(known, np.float64), _BINS):
        bins.append(Bin(float(part[:, 0].mean()), float(part[:, 1].mean()), len(part)))
    heading = "Is the decision's chance to be believed?"
    says = "Eight groups of equal size by chance; on the dashed line, chance and truth agree."
    return Picture(heading, says, calibration(bins, heading))
