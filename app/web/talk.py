"""A conversation as the window holds it: questions, and what is known of each answer so far.

Values alone: no window, no storage, no HTML.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from app.render import place
from ingest.types import Passage
from rag.types import (
    Answer,
    Checking,
    Citation,
    Decided,
    Event,
    Failed,
    Finished,
    Hit,
    Outcome,
    Rewritten,
    Searched,
    Statement,
    Turn,
    Writing,
    Wrote,
)

_ID_BYTES: Final = 8
# A title is the first question, as far as a narrow list can show it.
_TITLE_LETTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Draft:
    """What of an answer is known so far; `answer` is there once it is finished.

    `problem` says why there is none at all, `failed` why the model gave none and quotes stand
    instead. `next` are questions that the notes near the hits answer.
    """

    taken_for: str = ""
    outcome: Outcome | None = None
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    writing: str = ""
    failed: str = ""
    checking: str = ""
    problem: str = ""
    stopped: bool = False
    first_word_ms: float | None = None
    all_ms: float | None = None
    answer: Answer | None = None
    next: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.answer is not None or self.stopped or bool(self.problem)

    @property
    def begun(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.over or self.statements or self.writing or self.failed or self.taken_for)

    @property
    def text(self) -> str:
        """The answer as Markdown, as far as it has come."""
        if self.answer is not None:
            return self.answer.text
        parts = [statement.text for statement in self.statements]
        return "\n\n".join((*parts, self.writing) if self.writing else parts)

    @property
    def also_found(self) -> tuple[Hit, ...]:
        """Hits that the answer does not cite."""
        return self.answer.also_found if self.answer else ()

    def after(self, event: Event) -> "Draft":
        """The draft with one more event."""
        match event:
            case Rewritten():
                return replace(self, taken_for=event.question)
            case Searched():
                return replace(self, hits=event.found.hits[:1])
            case Decided():
                return replace(self, outcome=event.outcome)
            case Writing():
                return replace(self, writing=event.text)
            case Wrote():
                return replace(
                    self,
                    statements=(*self.statements, event.statement),
                    citations=(*self.citations, *event.new_citations),
                    writing="",
                )
            case Failed():
                # What the model began is no answer; quotes follow in place of it.
                return replace(self, failed=event.problem, statements=(), citations=(), writing="")
            case Checking():
                return replace(self, checking=event.checker, writing="")
            case Finished():
                return self._finished(event.answer)

    def _finished(self, answer: Answer) -> "Draft":
        return replace(
            self,
            taken_for=answer.rewritten if answer.rewritten != answer.question else "",
            outcome=answer.outcome,
            statements=answer.statements,
            citations=answer.citations,
            hits=(),
            writing="",
            checking="",
            failed=answer.problem or self.failed,
            answer=answer,
        )


@dataclass(frozen=True, slots=True)
class Rating:
    """What the user thinks of an answer: good or not, why, and whether a case was made of it."""

    good: bool
    reason: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer so far, and what the user thinks of it."""

    question: str
    draft: Draft = field(default_factory=Draft)
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation; `title` is the user's own, or empty."""

    id: str
    exchanges: tuple[Exchange, ...] = ()
    title: str = ""

    @property
    def name(self) -> str:
        """What it is called in a list."""
        if self.title or not self.exchanges:
            return self.title
        first = " ".join(self.exchanges[0].question.split())
        return first if len(first) <= _TITLE_LETTERS else first[: _TITLE_LETTERS - 1] + "…"

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said so far, for the question to come."""
        return tuple(Turn(one.question, one.draft.text) for one in self.exchanges)

    def asked(self, question: str) -> "Talk":
        """The conversation with one more question."""
        return replace(self, exchanges=(*self.exchanges, Exchange(question)))

    def with_draft(self, draft: Draft) -> "Talk":
        """The conversation with its last answer as it is now."""
        *before, last = self.exchanges
        return replace(self, exchanges=(*before, replace(last, draft=draft)))

    def rated(self, at: int, rating: Rating | None) -> "Talk":
        """The conversation with an opinion on one answer."""
        exchanges = list(self.exchanges)
        exchanges[at] = replace(exchanges[at], rating=rating)
        return replace(self, exchanges=tuple(exchanges))

    def until(self, count: int) -> "Talk":
        """Its first `count` exchanges."""
        return replace(self, exchanges=self.exchanges[:count])


def new_talk() -> Talk:
    """A conversation in which nothing has been said."""
    return Talk(secrets.token_urlsafe(_ID_BYTES))


def cited_place(citations: Sequence[Citation]) -> str:
    """Where citations of one passage stand, as one place."""
    first = min(citation.start_line for citation in citations)
    last = max(citation.end_line for citation in citations)
    return place(citations[0].passage.note, first, last)


def passage_place(passage: Passage) -> str:
    """Where a passage stands."""
    return place(passage.note, passage.start_line, passage.end_line)
