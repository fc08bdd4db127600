"""A run's figures: every measure over all questions, by kind and by note, with intervals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evals.intervals import Interval, interval
from evals.measures import answers, citations, followups, refusals, retrieval, times, verdicts
from evals.measures.measure import Floats, Measure, Unit, rows_of
from evals.records import PairsRecord, Record, Run

OF_RECORDS: Final = (
    *retrieval.MEASURES,
    *answers.MEASURES,
    *citations.MEASURES,
    *refusals.MEASURES,
    *followups.MEASURES,
    *times.MEASURES,
)
OF_PAIRS: Final = (verdicts.WRONG_CAUGHT, verdicts.RIGHT_PASSED)
MEASURES: Final[Mapping[str, Measure]] = {one.name: one for one in (*OF_RECORDS, *OF_PAIRS)}
# What a report opens with, as far as it is known, and what is broken down by kind and by note.
HEADLINE: Final = ("recall@5", "facts", "refusal-f1", "citation-precision", "gold-cited")
_OPENING: Final = 4
BY_KIND: Final = ("hit@1", "recall@5", "facts", "gold-cited", "refused-of-kind")
# Each group of measures with its heading, for tables.
SECTIONS: Final[Mapping[str, tuple[Measure, ...]]] = {
    "Retrieval": retrieval.MEASURES,
    "Answers": answers.MEASURES,
    "Citations": citations.MEASURES,
    "Refusals": refusals.MEASURES,
    "Follow-ups": followups.MEASURES,
    "Verdicts on labelled pairs": OF_PAIRS,
    "Time and tokens": times.MEASURES,
}

# The share of a kind that is refused: right for some kinds and wrong for others.
REFUSED: Final = Measure(
    "refused-of-kind",
    "Refused",
    "The share of a kind's questions that is not answered.",
    lambda record: (float(not record.answered),),
    refusals.MEASURES[1].figure,
)
_BROKEN_DOWN: Final = {one.name: one for one in (*OF_RECORDS, REFUSED)}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over one group of questions; the group '' is all."""

    measure: str
    group: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a run: `whole` over all questions, the others broken down."""

    whole: tuple[Figure, ...]
    by_kind: tuple[Figure, ...]
    by_note: tuple[Figure, ...]
    by_pairs: tuple[Figure, ...]

    def get(self, measure: str, kind: str = "") -> Interval | None:
        """The figure of a measure over all, or over a kind; None if nothing concerned it."""
        of = self.by_kind + self.by_pairs if kind else self.whole
        found = (one.interval for one in of if (one.measure, one.group) == (measure, kind))
        return next(found, None)


def figures(run: Run) -> Figures:
    """Every figure of a run."""
    whole = [_figure(measure, run.records, "") for measure in OF_RECORDS]
    pairs = [_of_pairs(measure, run.pairs, "") for measure in OF_PAIRS]
    kinds = _grouped((record.kind, record) for record in run.records)
    notes = _grouped((record.note, record) for record in run.records if record.note)
    return Figures(
        tuple(one for one in (*whole, *pairs) if one.interval.n),
        tuple(_broken_down(kinds)),
        tuple(_broken_down(dict(sorted(notes.items())))),
        tuple(_by_pairs(run.pairs)),
    )


def headline(found: Figures) -> list[str]:
    """The names of the few figures that a report opens with: the first that are known."""
    return [name for name in HEADLINE if found.get(name) is not None][:_OPENING]


def figure_of(measure: Measure, run: Run, kind: str = "") -> Interval:
    """One measure over a run, or over the questions or pairs of one kind."""
    if measure in OF_PAIRS:
        return _of_pairs(measure, run.pairs, kind).interval
    records = tuple(one for one in run.records if kind in ("", one.kind))
    return _figure(measure, records, kind).interval


def pair_rows(measure: Measure, pairs: Sequence[PairsRecord]) -> Floats:
    """A row for each pair that concerns a measure of verdicts."""
    right = measure is verdicts.RIGHT_PASSED
    judged = [x for one in pairs if one.right == right for x in verdicts.judged_rightly(one)]
    return np.array(judged, np.float64).reshape(len(judged), 1)


def _figure(measure: Measure, records: tuple[Record, ...], group: str) -> Figure:
    rows = rows_of(measure, records)
    share = measure.unit is Unit.SHARE
    return Figure(measure.name, group, interval(rows, measure.figure, share))


def _of_pairs(measure: Measure, pairs: Sequence[PairsRecord], kind: str) -> Figure:
    rows = pair_rows(measure, [one for one in pairs if kind in ("", one.kind)])
    return Figure(measure.name, kind, interval(rows, measure.figure))


def _by_pairs(pairs: Sequence[PairsRecord]) -> Iterable[Figure]:
    for one in pairs:
        measure = verdicts.RIGHT_PASSED if one.right else verdicts.WRONG_CAUGHT
        yield _of_pairs(measure, [one], one.kind)


def _grouped(named: Iterable[tuple[str, Record]]) -> dict[str, tuple[Record, ...]]:
    found: dict[str, list[Record]] = {}
    for name, record in named:
        found.setdefault(name, []).append(record)
    return {name: tuple(records) for name, records in found.items()}


def _broken_down(groups: Mapping[str, tuple[Record, ...]]) -> Iterable[Figure]:
    for name, records in groups.items():
        for measure in BY_KIND:
            figure = _figure(_BROKEN_DOWN[measure], records, name)
            if figure.interval.n:
                yield figure
