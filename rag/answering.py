"""One question on its way to an answer: made whole, searched, decided, written or quoted, checked.

The composition; what each step does is the business of the modules that it calls.
"""

import hashlib
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.encode import Encoder
from ingest.index import Snapshot
from ingest.types import Kind
from rag.checker import Checker
from rag.decide import Rule, decide
from rag.disagree import disagreements
from rag.followup import make_whole
from rag.footnotes import Footnotes
from rag.model import Model, ModelError
from rag.prompt import answering
from rag.quote import LONG, SHORT, choose
from rag.retrieve import search
from rag.rewrite import rewritten
from rag.signs import signs
from rag.spelling import put_right
from rag.text import LISTED, NOT_IN_NOTES, UNSUPPORTED, disagreement_text, markdown, shown
from rag.types import (
    NO_MODEL,
    RULES,
    Answer,
    Decided,
    Disagreement,
    Event,
    Failed,
    Finished,
    Found,
    Hit,
    Message,
    Outcome,
    Rewritten,
    Searched,
    Statement,
    Turn,
    Verdict,
    Wanted,
    Wrote,
)
from rag.weigh import READ_HITS, Weighed, weigh
from rag.write import Draft, Writer

# How many hits a long answer reads, the rest of the first one's section among them.
LONG_READ: Final = 12
# How many passages a model is given: each more costs time, and few answers stand further down.
GIVEN: Final = 8
# How many hits an answer shows beside those it cites.
ALSO_FOUND: Final = 5
# How many listed questions are shown for a question that the notes only list.
LISTED_SHOWN: Final = 3
# How many disagreements are pointed out; more would drown the answer.
DISAGREEING_SHOWN: Final = 3
# A listed question this much less similar than the first is about something else.
_LISTED_WITHIN: Final = 0.1


@dataclass(frozen=True, slots=True)
class Means:
    """What an answer is made with: the notes as they are now, and who reads, writes and judges."""

    snapshot: Snapshot
    encoder: Encoder
    model: Model | None
    checkers: Sequence[Checker]
    rule: Rule


class Answering:
    """The state of one answer; `events` runs it once."""

    def __init__(self, means: Means, asked: str, history: Sequence[Turn], wanted: Wanted) -> None:
        self._snapshot = means.snapshot
        self._encoder = means.encoder
        self._model = means.model
        self._checkers = means.checkers
        self._rule = means.rule
        self._asked = asked
        self._history = history
        self._wanted = wanted
        self._began = time.perf_counter()
        self._timings: dict[str, float] = {}
        self._footnotes = Footnotes(means.snapshot)
        self._statements: tuple[Statement, ...] = ()
        self._draft: Draft | None = None
        self._notices: list[str] = []
        self._sent: tuple[Message, ...] = ()
        self._problem = ""
        self._disagreements: tuple[Disagreement, ...] = ()

    def events(self) -> Generator[Event, None, None]:
        """All that happens, in order; `Finished` last."""
        whole = put_right(self._snapshot, self._whole())
        if whole != self._asked:
            yield Rewritten(whole)
        found = search(self._snapshot, self._encoder, whole, within=self._wanted.within)
        self._timings.update(found.timings_ms)
        yield Searched(found)
        hits = with_section(self._snapshot, found.hits) if self._wanted.long else found.hits
        most = LONG_READ if self._wanted.long else READ_HITS
        weighed = weigh(self._snapshot, self._encoder, whole, hits, most)
        # What a long answer reads beyond the first hits must not change whether it answers.
        first = [one for one in weighed if one.hit.rank <= READ_HITS]
        seen = signs(self._snapshot, self._encoder, whole, found, first)
        outcome = decide(seen, self._rule, self._wanted.strictness)
        self._lap("read")
        listed = _listed(found) if outcome is Outcome.LISTED else ()
        yield Decided(outcome, listed, self._rule.answerable(seen))
        if outcome is Outcome.ANSWERED:
            outcome = yield from self._answer(whole, hits, weighed)
        if outcome is Outcome.ANSWERED:
            self._disagreements = tuple(self._disagreeing(whole, hits))
        for hit in listed:
            self._footnotes.cite(hit.passage, hit.passage.lead, len(hit.passage.text))
        if "write" not in self._timings:
            self._lap("write")
        yield Finished(self._finished(whole, found, outcome))

    def _whole(self) -> str:
        """The question as it can be searched for: by the model where there is one, else by rule."""
        if self._model is not None and self._history:
            try:
                found = rewritten(self._model, self._asked, self._history)
            except ModelError as error:
                self._problem = str(error)
                found = None
            self._lap("rewrite")
            if found is not None:
                return found
        return make_whole(self._asked, self._history)

    def _answer(
        self, whole: str, hits: Sequence[Hit], weighed: Sequence[Weighed]
    ) -> Generator[Event, None, Outcome]:
        """Written by the model, and where it fails, or there is none, quoted."""
        if self._model is not None and not self._problem:
            try:
                return (yield from self._write(self._model, whole, hits))
            except ModelError as error:
                self._problem = str(error)
                self._footnotes = Footnotes(self._snapshot)
                self._draft = None
        if self._problem:
            yield Failed(self._problem)
        for one in choose(weighed, LONG if self._wanted.long else SHORT):
            yield self._quoted(one)
        return Outcome.ANSWERED

    def _write(
        self, model: Model, whole: str, hits: Sequence[Hit]
    ) -> Generator[Event, None, Outcome]:
        given = hits[: LONG_READ if self._wanted.long else GIVEN]
        prompt = answering(model, whole, self._history, given, long=self._wanted.long)
        self._sent = prompt.messages
        writer = Writer(prompt, whole, self._footnotes, self._rarity)
        for event in writer.write(model):
            if "first" not in self._timings:
                self._timings["first"] = 1000 * (time.perf_counter() - self._began)
            yield event
        self._lap("write")
        yield from writer.check(self._checkers)
        if self._checkers:
            self._lap("check")
        self._draft = writer.draft
        self._statements = writer.statements
        self._notices += [*prompt.notices, *writer.draft.notices]
        return Outcome.ANSWERED if writer.bears else Outcome.NOT_IN_NOTES

    def _quoted(self, one: Weighed) -> Wrote:
        """One unit as a statement that quotes it."""
        citation = self._footnotes.cite(one.hit.passage, one.unit.start, one.unit.end)
        text = shown(one.unit, one.hit.passage.kind)
        marker = one.unit.marker or "-"
        form, depth = one.unit.form, one.unit.depth
        statement = Statement(
            text, (citation.number,), Verdict.QUOTED, form, marker, key=one.key, depth=depth
        )
        self._statements = (*self._statements, statement)
        return Wrote(statement, (citation,))

    def _disagreeing(self, whole: str, hits: Sequence[Hit]) -> Iterator[Disagreement]:
        """Where what was read says different things of the same, both places cited."""
        for found in disagreements(hits[:READ_HITS], whole)[:DISAGREEING_SHOWN]:
            numbers = [
                self._footnotes.cite(one.hit.passage, one.unit.start, one.unit.end).number
                for one in (found.one, found.other)
            ]
            yield Disagreement(found.why, (numbers[0], numbers[1]))

    def _finished(self, whole: str, found: Found, outcome: Outcome) -> Answer:
        citations = self._footnotes.citations
        cited = {citation.passage for citation in citations}
        closest = tuple(hit for hit in found.hits if hit.passage not in cited)
        timings = self._timings | {"total": 1000 * (time.perf_counter() - self._began)}
        return Answer(
            id=answer_id(self._asked, whole, found),
            question=self._asked,
            rewritten=whole,
            outcome=outcome,
            text=self._text(outcome),
            statements=self._statements,
            citations=citations,
            also_found=closest[:ALSO_FOUND],
            model=self._model.name if self._model else NO_MODEL,
            timings_ms=timings,
            disagreements=self._disagreements,
            problem=self._problem,
            checked_by=tuple(self._draft.checked_by) if self._draft else (RULES,),
            dropped=self._draft.dropped if self._draft else 0,
            notices=tuple(self._notices),
            sent=self._sent,
            tokens=self._draft.tokens if self._draft else None,
        )

    def _text(self, outcome: Outcome) -> str:
        """The answer as Markdown with numbered markers."""
        written = markdown(self._statements, self._footnotes.citations)
        if outcome is Outcome.LISTED:
            numbers = "".join(f"[{citation.number}]" for citation in self._footnotes.citations)
            return f"{LISTED} {numbers}".strip()
        if outcome is Outcome.NOT_IN_NOTES:
            return f"{NOT_IN_NOTES}\n\n{UNSUPPORTED}\n\n{written}" if written else NOT_IN_NOTES
        return "\n\n".join((written, *map(disagreement_text, self._disagreements)))

    def _rarity(self, terms: Sequence[str]) -> dict[str, float]:
        return self._snapshot.idf(terms)

    def _lap(self, stage: str) -> None:
        """The time since the last stage ended, as this one's."""
        spent = sum(value for name, value in self._timings.items() if name != "first")
        self._timings[stage] = 1000 * (time.perf_counter() - self._began) - spent


def with_section(snapshot: Snapshot, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits, the first followed by the rest of its section: a long answer reads on."""
    if not hits:
        return ()
    first = hits[0]
    known = {hit.id for hit in hits}
    rest = [
        Hit(max(len(hits), READ_HITS) + at, id, passage, first.parts)
        for at, (id, passage) in enumerate(snapshot.passages_of(first.passage.note), start=1)
        if passage.heading == first.passage.heading
        and passage.kind is not Kind.LISTED
        and id not in known
    ]
    return (first, *rest[: LONG_READ - READ_HITS], *hits[1:])


def answer_id(asked: str, whole: str, found: Found) -> str:
    """A short name for an answer: the same question over the same passages has the same."""
    seen = "\n".join((asked, whole, *(hit.passage.text for hit in found.hits)))
    return hashlib.sha256(seen.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _listed(found: Found) -> tuple[Hit, ...]:
    best = found.listed[0].parts.cosine
    near = [hit for hit in found.listed if hit.parts.cosine >= best - _LISTED_WITHIN]
    return tuple(near[:LISTED_SHOWN])
