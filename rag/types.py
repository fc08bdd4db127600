"""The values of question answering: hits, statements, answers, and an answer's events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ingest.types import Passage, PassageId


@dataclass(frozen=True, slots=True)
class Parts:
    """What a hit's score is made of: each part as measured, and the sum that ranks."""

    cosine: float
    words: float
    heading: float
    final: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that search found; `also` names the places that say the same, word for word."""

    rank: int
    id: PassageId
    passage: Passage
    parts: Parts
    also: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The score that ranks: higher is better."""
        return self.parts.final


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought back: content to answer from, and listed questions apart."""

    question: str
    hits: tuple[Hit, ...]
    listed: tuple[Hit, ...]
    timings_ms: Mapping[str, float]


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    LISTED = "listed"
    NOT_IN_NOTES = "not_in_notes"


class Verdict(StrEnum):
    """What was found when a statement was held against the passage it cites."""

    QUOTED = "quoted"
    SUPPORTED = "supported"
    UNCONFIRMED = "unconfirmed"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered footnote: a passage, and the exact sentence in it with its own place.

    `passage.text[start:end] == quote`; `start_line` and `end_line` are its lines in the file.
    """

    number: int
    passage: Passage
    quote: str
    start: int
    end: int
    start_line: int
    end_line: int


class Form(StrEnum):
    """How a statement is set: running text, an item of a list, or a block of its own."""

    SENTENCE = "sentence"
    ITEM = "item"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, list item or block of an answer, with the numbers of what it rests on.

    `marker` is how an item begins: a dash, its number, or its box to tick.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    form: Form = Form.SENTENCE
    marker: str = "-"


@dataclass(frozen=True, slots=True)
class Answer:
    """Statements, what they rest on, and the outcome."""

    id: str
    question: str
    rewritten: str
    outcome: Outcome
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    also_found: tuple[Hit, ...]
    model: str
    timings_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer's text, in a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Searched:
    """Event: the search is done."""

    found: Found


@dataclass(frozen=True, slots=True)
class Decided:
    """Event: whether to answer is settled; `listed` is the question that the notes ask."""

    outcome: Outcome
    listed: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrote:
    """Event: a statement is ready, with those citations that no earlier statement had."""

    statement: Statement
    new_citations: tuple[Citation, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Finished:
    """Event, always the last: the whole answer."""

    answer: Answer


Event = Searched | Decided | Wrote | Finished
