"""Two runs beside each other: what changed over the questions that both asked, and how surely.

Runs nothing again: it reads records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evals.failures import why
from evals.figures import OF_PAIRS, OF_RECORDS, pair_rows
from evals.intervals import Difference, difference, holm
from evals.measures.measure import Better, Floats, Measure
from evals.records import Record, Run
from evals.tables import Table, number
from ingest.errors import FootnoteError

# A change is called better or worse where luck would show one in twenty such comparisons any.
LUCK: Final = 0.05


class CompareError(FootnoteError):
    """Two runs have nothing in common to compare."""


@dataclass(frozen=True, slots=True)
class Change:
    """A measure in both runs; `beside_others` is its p-value corrected for how many are read.

    `says` is 'better', 'worse', 'undecided', 'same', or '' for what is not judged.
    """

    measure: Measure
    difference: Difference
    beside_others: float
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to the other; questions by id, as they turned."""

    changes: tuple[Change, ...]
    turned_right: tuple[Record, ...]
    turned_wrong: tuple[Record, ...]
    shared: int
    notices: tuple[str, ...]

    @property
    def judgement(self) -> str:
        """One line: on how many measures the second run is better, worse, undecided."""
        counts = {
            say: sum(one.says == say for one in self.changes)
            for say in ("better", "worse", "undecided", "same")
        }
        if counts["same"] == sum(counts.values()):
            return "the same on every measure"
        told = [
            f"better on {_measures(counts['better'])}",
            f"worse on {_measures(counts['worse'])}",
            f"undecided on {_measures(counts['undecided'])}",
        ]
        return ", ".join(told) + (f", the same on {counts['same']}" if counts["same"] else "")


def compare(first: Run, second: Run) -> Comparison:
    """The second run held against the first, over the questions that both asked alike."""
    pairs = _paired(first, second)
    if not pairs:
        raise CompareError(
            "The two runs share no question. Compare runs over the same cases (--cases, --split)."
        )
    found = [(one, _of_records(one, pairs)) for one in OF_RECORDS]
    found += [(one, _of_pairs(one, first, second)) for one in OF_PAIRS]
    known = [(measure, one) for measure, one in found if one is not None]
    right, wrong = _turned(pairs)
    return Comparison(
        tuple(_judged(known)), right, wrong, len(pairs), tuple(_notices(first, second, len(pairs)))
    )


def table(found: Comparison) -> Table:
    """A row for each measure."""
    heads = ("", "first", "second", "difference", "95 % interval", "p", "n", "")
    return Table("Measures", heads, tuple(_row(one) for one in found.changes))


def _row(change: Change) -> tuple[str, ...]:
    unit, found = change.measure.unit, change.difference
    return (
        change.measure.title,
        number(found.first, unit),
        number(found.second, unit),
        _signed(number(found.value, unit)),
        f"{_signed(number(found.low, unit))} to {_signed(number(found.high, unit))}",
        f"{found.p:.4f}",
        str(found.n),
        change.says,
    )


def _signed(text: str) -> str:
    nothing = not text.strip("-0.")
    return text.lstrip("-") if nothing else text.replace("-", "−") if text[0] == "-" else f"+{text}"


def _paired(first: Run, second: Run) -> list[tuple[Record, Record]]:
    others = {record.id: record for record in second.records}
    return [
        (record, others[record.id])
        for record in first.records
        if record.id in others and others[record.id].question == record.question
    ]


def _of_records(measure: Measure, pairs: Sequence[tuple[Record, Record]]) -> Difference | None:
    rows = [(measure.row(one), measure.row(other)) for one, other in pairs]
    both = [(one, other) for one, other in rows if one is not None and other is not None]
    if not both:
        return None
    left, right = (np.array(side, np.float64) for side in zip(*both, strict=True))
    return difference(left, right, measure.figure)


def _of_pairs(measure: Measure, first: Run, second: Run) -> Difference | None:
    alike = {(one.kind, len(one.verdicts)) for one in first.pairs}
    alike &= {(one.kind, len(one.verdicts)) for one in second.pairs}
    left, right = (_rows(measure, run, alike) for run in (first, second))
    if not len(left) or len(left) != len(right):
        return None
    return difference(left, right, measure.figure)


def _rows(measure: Measure, run: Run, alike: set[tuple[str, int]]) -> Floats:
    pairs = [one for one in run.pairs if (one.kind, len(one.verdicts)) in alike]
    return pair_rows(measure, sorted(pairs, key=lambda one: one.kind))


def _judged(known: Sequence[tuple[Measure, Difference]]) -> list[Change]:
    counted = [at for at, (measure, _) in enumerate(known) if _is_judged(measure)]
    corrected = dict(zip(counted, holm([known[at][1].p for at in counted]), strict=True))
    return [
        Change(measure, one, corrected.get(at, one.p), _says(measure, one, corrected.get(at)))
        for at, (measure, one) in enumerate(known)
    ]


def _is_judged(measure: Measure) -> bool:
    return measure.judged and measure.better is not Better.NEITHER


def _says(measure: Measure, found: Difference, p: float | None) -> str:
    if p is None:
        return ""
    if found.p == 1 and found.value == 0 and found.low == found.high == 0:
        return "same"
    if p >= LUCK or found.value == 0:
        return "undecided"
    return "better" if (found.value > 0) == (measure.better is Better.HIGHER) else "worse"


def _turned(
    pairs: Sequence[tuple[Record, Record]],
) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    right = tuple(other for one, other in pairs if why(one) and not why(other))
    wrong = tuple(other for one, other in pairs if why(other) and not why(one))
    return right, wrong


def _notices(first: Run, second: Run, shared: int) -> list[str]:
    """What else differs between the runs, so that nothing is put down to the wrong cause."""
    notices = []
    one, other = first.circumstances, second.circumstances
    for name, label in (
        ("notes_hash", "the notes"),
        ("encoder", "the encoder"),
        ("llm", "the model"),
        ("strictness", "the strictness"),
    ):
        if getattr(one, name) != getattr(other, name):
            notices.append(f"{label} changed: {getattr(one, name)} → {getattr(other, name)}")
    for run, label in ((first, "first"), (second, "second")):
        if left := len(run.records) - shared:
            notices.append(f"{left} questions of the {label} run alone are left out")
    return notices


def _measures(count: int) -> str:
    return "none" if not count else f"{count} measure{'s' if count > 1 else ''}"
