"""What a run leaves behind of every question: places, verdicts and times, enough for each measure.

Knows no chat and computes nothing but what follows from its own fields. Documented in
docs/evaluation.md; a change of meaning is a new `SCHEMA`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from rag.types import Outcome, Verdict

# Raised whenever a field changes its name or meaning; older files are then refused by name.
SCHEMA: Final = 1
# The kind of question that the notes ask and do not answer.
LISTED_KIND: Final = "listed"


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a note's file, counted from 1, both included."""

    note: str
    start_line: int
    end_line: int

    def __str__(self) -> str:
        return f"{self.note}:{self.start_line}-{self.end_line}"

    @property
    def shown(self) -> str:
        """The place as a reader sees it: a single line has one number."""
        return f"{self.note}:{self.start_line}" if self.start_line == self.end_line else str(self)


@dataclass(frozen=True, slots=True)
class GoldRecord:
    """An accepted place: `required` if it is gold, not if it is another place that answers as well.

    `place` is None where the quote was not found in the note as it was read.
    """

    quote: str
    note: str
    place: Place | None
    required: bool


@dataclass(frozen=True, slots=True)
class HitRecord:
    """A passage that search found; `holds` are the numbers, from 0, of the gold in it."""

    place: Place
    score: float
    holds: tuple[int, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """A statement with its own verdict and that of the rules against what it cites."""

    text: str
    verdict: Verdict
    by_rules: Verdict
    citations: tuple[int, ...]

    @property
    def borne_out(self) -> bool:
        """Whether its citations bear it out: as a quote, or as a checker judged its rewording."""
        return self.by_rules is Verdict.QUOTED or self.verdict is Verdict.SUPPORTED


@dataclass(frozen=True, slots=True)
class CitationRecord:
    """A footnote; `holds` are the numbers of the gold in the passage cited."""

    number: int
    place: Place
    holds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A fact that a right answer holds, and whether this one does."""

    text: str
    held: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The rank of the gold for a follow-up searched in three ways; None is not found.

    `known` says whether the case has an ideal form at all.
    """

    raw: int | None
    rewritten: int | None
    ideal: int | None
    known: bool = True


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What a model read and wrote."""

    read: int
    wrote: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What a language model said of the answer; never in a gate."""

    judge: str
    faithful: bool | None
    correctness: float | None


@dataclass(frozen=True, slots=True)
class Record:
    """One question and what became of it; `note` is where its first gold stands, '' without."""

    id: str
    kind: str
    note: str
    split: str
    question: str
    searched: str
    gold: tuple[GoldRecord, ...]
    outcome: Outcome
    chance: float | None
    hits: tuple[HitRecord, ...]
    statements: tuple[StatementRecord, ...]
    citations: tuple[CitationRecord, ...]
    facts: tuple[FactRecord, ...]
    reference: str
    similarity: float | None
    words: int
    timings_ms: Mapping[str, float]
    tokens: TokenRecord | None = None
    follow_up: FollowUp | None = None
    judged: Judged | None = None
    problem: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the notes hold the answer."""
        return bool(self.gold)

    @property
    def answered(self) -> bool:
        """Whether it was answered."""
        return self.outcome is Outcome.ANSWERED

    @property
    def rank(self) -> int | None:
        """The rank of the first hit that holds an accepted place."""
        return next((rank for rank, hit in enumerate(self.hits, 1) if hit.holds), None)

    @property
    def answer(self) -> str:
        """The statements as one text."""
        return "\n".join(statement.text for statement in self.statements)

    def slim(self) -> "Record":
        """The same without texts that only reading needs: the measures stay what they are."""
        return replace(
            self,
            hits=tuple(replace(hit, text="") for hit in self.hits),
            statements=tuple(replace(one, text="") for one in self.statements),
            gold=tuple(replace(one, quote="") for one in self.gold),
            facts=tuple(replace(one, text="") for one in self.facts),
            reference="",
        )


@dataclass(frozen=True, slots=True)
class PairsRecord:
    """Verdicts on labelled pairs of one kind, a letter each in a fixed order: q, s, u or c."""

    kind: str
    right: bool
    verdicts: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a run needs to be explained later: versions, settings, and what it ran over."""

    made: str
    commit: str
    footnote: str
    python: str
    packages: Mapping[str, str]
    notes: str
    notes_hash: str
    notes_count: int
    passages: int
    cases: str
    cases_hash: str
    split: str
    limit: int
    encoder: str
    llm: str
    strictness: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Run:
    """All records of a run with its circumstances."""

    schema: int
    name: str
    circumstances: Circumstances
    records: tuple[Record, ...]
    pairs: tuple[PairsRecord, ...] = ()

    def slim(self) -> "Run":
        """The run without the texts that only reading needs, to be kept beside the code."""
        return replace(self, records=tuple(record.slim() for record in self.records))
