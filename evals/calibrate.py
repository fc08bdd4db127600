"""The rule that decides whether to answer, fitted to labelled questions over folders of notes.

`footnote eval calibrate` does it for one folder; for several, and public data beside them,
`python -m evals.calibrate --notes F --cases F [--notes F --cases F …] [--external F …]
[--write FILE]`

Fits on the `tune` half of cases that have one, else on all, every folder with equal weight; shows
each folder's figures beside those of one cosine threshold for all. `--external` names public data
(see `evals.unanswerable`) that is only looked at. With fewer than fifty cases only the threshold
of the rule that ships is moved.
"""

import argparse
import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from evals.cases import Case, CaseError, load
from evals.logistic import Floats, Line, fit
from evals.measures.graded import auroc
from evals.observed import Observed, Seeing, Seen, observe
from evals.opening import chat_over, with_cache
from rag import decide
from rag.decide import WEIGHED, Rule, shipped
from rag.signs import Signs
from rag.types import Outcome

# The share of a folder's answerable questions that may be refused.
MOST_REFUSED: Final = 0.05
# With fewer cases six weights are not to be had; the threshold is.
FEW: Final = 50
# With fewer of either kind there is nothing to tell apart.
FEWEST: Final = 5
# How much each group counts within its folder. Questions near the field are the hard ones.
SHARES: Final[Mapping[str, float]] = {"answerable": 1.0, "near": 0.6, "outside": 0.3, "listed": 0.2}
_PARTS: Final = 8
GROUPS: Final = tuple(SHARES)

Score = Callable[[Signs], float]


@dataclass(frozen=True, slots=True)
class Folder:
    """Notes and their known questions."""

    notes: Path
    cases: Path


@dataclass(frozen=True, slots=True)
class Figures:
    """What a score with a threshold does to a folder's questions: shares refused, by group."""

    name: str
    counts: Mapping[str, int]
    refused: Mapping[str, float]
    auroc: float
    recognised: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rule, when and how it was made, and how well it does.

    `figures` are those of the folders it was fitted to, `crossed` the same by rules fitted to
    other questions, `beside` those of folders only looked at; `cosine` is what one cosine
    threshold for all does to every folder.
    """

    rule: Rule
    date: str
    whole: bool
    figures: tuple[Figures, ...]
    crossed: tuple[Figures, ...]
    beside: tuple[Figures, ...]
    cosine: tuple[Figures, ...]


def observed(folder: Folder, cache: Path) -> Observed:
    """The signs of a folder's questions to fit to, over an index made for this alone."""
    cases = to_fit(load(folder.cases))
    with chat_over(folder.notes, cache) as chat:
        return watched(folder.notes, chat, cases)


def watched(notes: Path, chat: Seeing, cases: Iterable[Case]) -> Observed:
    """The signs of cases, by a chat that is open already."""
    return observe(notes.resolve().name, chat, cases)


def to_fit(cases: Sequence[Case]) -> list[Case]:
    """The `tune` half, or all where the cases have no halves."""
    return [case for case in cases if case.split == "tune"] or list(cases)


def fitted(
    folders: Sequence[Observed], beside: Sequence[Observed] = (), today: str | None = None
) -> Calibration:
    """The rule for what was observed; `beside` is only looked at."""
    for folder in folders:
        _refuse_few(folder)
    whole = sum(len(folder.seen) for folder in folders) >= FEW
    rule = _rule(folders) if whole else at_threshold(shipped(), folders)
    bound = threshold(folders, lambda signs: signs.passage)
    return Calibration(
        rule=rule,
        date=today or datetime.date.today().isoformat(),
        whole=whole,
        figures=tuple(figures(one, rule.total, 0.0, rule) for one in folders),
        crossed=tuple(_crossed(folders)) if whole else (),
        beside=tuple(figures(one, rule.total, 0.0, rule) for one in beside),
        cosine=tuple(
            figures(one, lambda signs: signs.passage, bound) for one in (*folders, *beside)
        ),
    )


def save(calibration: Calibration, file: Path) -> None:
    """Write the rule with its date, its data and its figures, to be read by people too."""
    about: dict[str, Any] = {
        "about": "Decides whether the notes answer a question; written by evals.calibrate.",
        "date": calibration.date,
        "fitted": "all weights" if calibration.whole else "the bias alone",
        "most_refused": MOST_REFUSED,
        "questions": {one.name: dict(one.counts) for one in calibration.figures},
        "refused": {one.name: _rounded(one.refused) for one in calibration.figures},
        "refused_when_left_out": {one.name: _rounded(one.refused) for one in calibration.crossed},
        "auroc": _rounded({one.name: one.auroc for one in calibration.figures}),
    }
    decide.save(calibration.rule, file, about)


def _rounded(shares: Mapping[str, float]) -> dict[str, float]:
    return {name: round(share, 3) for name, share in shares.items()}


def at_threshold(rule: Rule, folders: Sequence[Observed]) -> Rule:
    """The rule with its bias moved so that as few answerable questions are refused as asked."""
    return replace(rule, bias=rule.bias - threshold(folders, rule.total))


def threshold(folders: Iterable[Observed], score: Score) -> float:
    """The highest score from which on to answer with at most `MOST_REFUSED` lost in any folder.

    Half-way to the next lower score, so that questions like those known fall on the same side.
    """
    bounds = []
    for folder in folders:
        kept = sorted(score(one.signs) for one in folder.answerable)[_may_lose(folder) :]
        below = [score(one.signs) for one in folder.seen if score(one.signs) < kept[0]]
        bounds.append((kept[0] + max(below)) / 2 if below else kept[0])
    return min(bounds)


def figures(folder: Observed, score: Score, bound: float, rule: Rule | None = None) -> Figures:
    """What a score does to a folder's questions where only `bound` and more is answered."""
    groups = {group: folder.of(group) for group in GROUPS if folder.of(group)}
    refused = {
        group: sum(score(one.signs) < bound for one in seen) / len(seen)
        for group, seen in groups.items()
    }
    listed = folder.of("listed")
    recognised = None
    if rule and listed:
        told = [decide.decide(one.signs, rule) is Outcome.LISTED for one in listed]
        recognised = sum(told) / len(told)
    area = auroc(
        [score(one.signs) for one in folder.answerable],
        [score(one.signs) for one in folder.unanswerable],
    )
    counts = {group: len(seen) for group, seen in groups.items()}
    return Figures(folder.name, counts, refused, area, recognised)


def rows(seen: Sequence[Seen]) -> Floats:
    """The signs that a rule weighs, a row for each question."""
    return np.array([[getattr(one.signs, sign) for sign in WEIGHED] for one in seen], np.float64)


def _rule(folders: Sequence[Observed]) -> Rule:
    line = _line(folders)
    weights = {sign: float(w) for sign, w in zip(WEIGHED, line.weights, strict=True)}
    return at_threshold(Rule(line.bias, **weights), folders)


def _line(folders: Sequence[Observed]) -> Line:
    seen = [one for folder in folders for one in folder.seen]
    shares = [
        SHARES.get(one.group, 1.0) / len(folder.of(one.group))
        for folder in folders
        for one in folder.seen
    ]
    answers = [float(one.group == "answerable") for one in seen]
    return fit(rows(seen), np.array(answers), np.array(shares))


def _crossed(folders: Sequence[Observed]) -> list[Figures]:
    """Figures for questions by rules fitted without them, an eighth left out each time."""
    scores: dict[int, float] = {}
    for part in range(_PARTS):
        kept = [_without(folder, part) for folder in folders]
        if any(len(folder.answerable) < 1 for folder in kept):
            return []
        rule = _rule(kept)
        for folder in folders:
            scores |= {id(one.signs): rule.total(one.signs) for one in folder.seen[part::_PARTS]}
    return [figures(folder, lambda signs: scores[id(signs)], 0.0) for folder in folders]


def _without(folder: Observed, part: int) -> Observed:
    kept = tuple(one for at, one in enumerate(folder.seen) if at % _PARTS != part)
    return Observed(folder.name, kept)


def _may_lose(folder: Observed) -> int:
    return int(MOST_REFUSED * len(folder.answerable))


def _refuse_few(folder: Observed) -> None:
    for name, seen in (("have", folder.answerable), ("do not have", folder.unanswerable)):
        if len(seen) < FEWEST:
            raise CaseError(
                f"{folder.name}: {len(seen)} questions whose answer the notes {name}; calibrating"
                f" needs {FEWEST} of those with an answer and as many without. Add cases."
            )


def show(calibration: Calibration) -> str:
    """The figures as a table, a row for each folder and way of deciding."""
    head = f"{'refused':<28}" + "".join(f"{group:>12}" for group in GROUPS)
    lines = [f"{head}{'AUROC':>8}{'listed told':>13}"]
    ways = (
        ("rule", calibration.figures),
        ("rule, left out", calibration.crossed),
        ("rule, beside", calibration.beside),
        ("one cosine", calibration.cosine),
    )
    for way, all_figures in ways:
        for one in all_figures:
            cells = "".join(
                f"{one.refused[group]:>12.3f}" if group in one.refused else f"{'–':>12}"
                for group in GROUPS
            )
            told = "–" if one.recognised is None else f"{one.recognised:.3f}"
            lines.append(f"{one.name[:12]:<12} {way:<15}{cells}{one.auroc:>8.3f}{told:>13}")
    lines.append(
        f"bias {calibration.rule.bias:.3f}  "
        + "  ".join(f"{sign} {getattr(calibration.rule, sign):.3f}" for sign in WEIGHED)
    )
    return "\n".join(lines)


def main() -> None:
    """Fit, show, and write where asked to."""
    parser = with_cache(argparse.ArgumentParser(description=__doc__.partition("\n")[0]))
    parser.add_argument("--notes", type=Path, action="append", required=True)
    parser.add_argument("--cases", type=Path, action="append", required=True)
    parser.add_argument("--external", type=Path, action="append", default=[])
    parser.add_argument("--write", type=Path, metavar="FILE")
    given = parser.parse_args()
    if len(given.notes) != len(given.cases):
        parser.error("give as many --cases as --notes")
    from evals.unanswerable import observed as outside

    folders = [
        observed(Folder(notes, cases), given.cache)
        for notes, cases in zip(given.notes, given.cases, strict=True)
    ]
    beside = [outside(folder, given.cache) for folder in given.external]
    calibration = fitted(folders, beside)
    print(show(calibration))
    if given.write:
        save(calibration, given.write)


if __name__ == "__main__":
    main()
