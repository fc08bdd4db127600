"""The values of question answering: hits, statements, answers, and an answer's events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ingest.types import Passage, PassageId

# The checker that is always there.
RULES: Final = "rules"
# The writer that is always there: it quotes.
NO_MODEL: Final = "none"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a hit's score is made of: each part as measured, and the sum that ranks.

    `pieces` is how well the passage matches the question piece by piece; one that was not among
    the first counts as the worst of these, and it is 0 where the encoder tells no pieces.
    """

    cosine: float
    words: float
    heading: float
    final: float
    pieces: float = 0.0


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

    `marker` is how an item begins: a dash, its number, or its box to tick; `depth` grows with the
    lists that it stands in. `reasons` say why it is not borne out, in words; `checked_by` is who
    gave the verdict; `repointed` says that its citations are not those that its writer gave. Where
    more is quoted than answers, `key` are the statements that answer best.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    form: Form = Form.SENTENCE
    marker: str = "-"
    reasons: tuple[str, ...] = ()
    checked_by: str = RULES
    repointed: bool = False
    key: bool = True
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two places in the notes that say different things of the same: `why` in words."""

    why: str
    citations: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Message:
    """One part of what is sent to a model: 'system', 'user' or 'assistant', and its text."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """How much a model read and wrote for an answer, by its own count or by ours."""

    read: int
    wrote: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a question is to be answered.

    `strictness` from 0 (answer whatever is asked) to 1 (answer only what is nearly sure), .5 being
    what was calibrated; `within` are the notes or folders to answer from, all where it is empty.
    """

    long: bool = False
    strictness: float = 0.5
    within: tuple[str, ...] = ()


# What is wanted where nothing is said.
PLAIN: Final = Wanted()


@dataclass(frozen=True, slots=True)
class Answer:
    """Statements, what they rest on, and the outcome.

    `model` is who was asked to write. Where `problem` says why it did not, the statements are
    quotes instead. `checked_by` gave the verdicts; `dropped` counts cited numbers that name no
    passage; `notices` say what else the reader should know; `sent` is what the model was given.
    """

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
    disagreements: tuple[Disagreement, ...] = ()
    problem: str = ""
    checked_by: tuple[str, ...] = (RULES,)
    dropped: int = 0
    notices: tuple[str, ...] = ()
    sent: tuple[Message, ...] = ()
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer's text, in a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Event: the question was made whole, and this is what is searched for."""

    question: str


@dataclass(frozen=True, slots=True)
class Searched:
    """Event: the search is done."""

    found: Found


@dataclass(frozen=True, slots=True)
class Decided:
    """Event: whether to answer is settled; `listed` is the question that the notes ask.

    `chance` is how likely the notes answer, by the model that decided; None where none did.
    """

    outcome: Outcome
    listed: tuple[Hit, ...] = ()
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Wrote:
    """Event: a statement is ready, with those citations that no earlier statement had."""

    statement: Statement
    new_citations: tuple[Citation, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Writing:
    """Event: a statement as far as it has come; each replaces the one before."""

    text: str


@dataclass(frozen=True, slots=True)
class Checking:
    """Event: the answer is written, and is now held against its passages by this checker."""

    checker: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Event: the model gave no answer; `problem` says why, and quotes follow in place of it."""

    problem: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Event, always the last: the whole answer. Verdicts in it are final."""

    answer: Answer


Event = Rewritten | Searched | Decided | Writing | Wrote | Failed | Checking | Finished
