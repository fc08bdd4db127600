"""A whole run: every case asked, the labelled pairs judged, and the circumstances noted.

Knows neither reports nor commands.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from evals.cases import Case
from evals.circumstances import cases_hash, commit, notes_hash, packages, python
from evals.edits import NEAR, WRONG
from evals.measures.verdicts import LETTERS
from evals.pairs import OFF_TOPIC, QUOTE, Pair, Rarities, judged, pairs_of, passages_of
from evals.records import SCHEMA, Circumstances, PairsRecord, Record, Run
from evals.run import Subject, recorded
from rag.types import PLAIN, Verdict, Wanted

# Of each kind of pair: a share of 95 of 100 is known to within four points, and it takes seconds.
MOST_PAIRS: Final = 100
# What rules are able to tell: free rewordings and references are measured by `evals.pairs` alone.
_KINDS: Final = frozenset((QUOTE, *NEAR, *WRONG, OFF_TOPIC))

SHIPPED_CASES: Final = Path(__file__).parent / "cases"
# In the folder that the command runs in, which for ours is the checkout.
RESULTS: Final = Path("evals") / "results"

Judge = Callable[[Pair], Verdict]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run is given beside its cases; names are for the record, never whole paths."""

    notes: str
    cases: str
    name: str = ""
    split: str = ""
    limit: int = 0
    llm: str = "none"
    wanted: Wanted = PLAIN


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is."""

    done: int
    total: int
    what: str


def chosen(cases: Sequence[Case], split: str, limit: int) -> list[Case]:
    """The cases of a half, or all; with a limit so many, spread evenly over them."""
    of_split = [case for case in cases if split in ("", case.split)]
    if not limit or limit >= len(of_split):
        return of_split
    return [of_split[at * len(of_split) // limit] for at in range(limit)]


def asked(subject: Subject, cases: Sequence[Case], wanted: Wanted) -> Iterator[Record]:
    """The record of each case in turn; one question is asked before them, so that none is first."""
    for case in cases[:1]:
        for _ in subject.chat.ask(case.question, case.history, wanted):
            pass
    for case in cases:
        yield recorded(subject, case, wanted)


def judged_pairs(folder: Path, split: str, judge: Judge | None = None) -> tuple[PairsRecord, ...]:
    """Verdicts on statements made right and wrong by rule from a folder's notes."""
    passages = passages_of(folder)
    given = judge or _by_rules(Rarities(passages))
    found: dict[tuple[str, bool], list[str]] = {}
    for pair in pairs_of(passages, split or "report"):
        letters = found.setdefault((pair.kind, pair.right), [])
        if pair.kind in _KINDS and len(letters) < MOST_PAIRS:
            letters.append(LETTERS[given(pair)])
    return tuple(
        PairsRecord(kind, right, "".join(letters))
        for (kind, right), letters in found.items()
        if letters
    )


def run_of(
    subject: Subject,
    setting: Setting,
    cases: Sequence[Case],
    records: Sequence[Record],
    pairs: tuple[PairsRecord, ...],
    began: float,
) -> Run:
    """Records put together with what the run happened with."""
    notes, count, passages = notes_hash(subject.index)
    return Run(
        SCHEMA,
        setting.name,
        Circumstances(
            made=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            commit=commit(Path(__file__).parent),
            footnote=packages_version(),
            python=python(),
            packages=packages(),
            notes=setting.notes,
            notes_hash=notes,
            notes_count=count,
            passages=passages,
            cases=setting.cases,
            cases_hash=cases_hash(cases),
            split=setting.split,
            limit=setting.limit,
            encoder=Path(subject.encoder.name).name,
            llm=setting.llm,
            strictness=setting.wanted.strictness,
            seconds=round(time.perf_counter() - began, 1),
        ),
        tuple(records),
        pairs,
    )


def kept_path(run: Run) -> Path:
    """Where a run is kept: its name and the commit of the code that it ran."""
    return RESULTS / f"{run.name}-{run.circumstances.commit or 'uncommitted'}.json"


def packages_version() -> str:
    """The version of Footnote itself."""
    from importlib import metadata

    return metadata.version("footnote")


def _by_rules(rarity: Rarities) -> Judge:
    return lambda pair: judged(pair, rarity).verdict
