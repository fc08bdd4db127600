"""Cases × chat → records. Asks each question once and writes down what became of it.

Knows no measure: it notes places, verdicts and times, and measures are computed from these.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from evals.cases import Case
from evals.facts import holds_facts
from evals.gold import HALF, Letters, Span
from evals.records import (
    CitationRecord,
    FactRecord,
    FollowUp,
    GoldRecord,
    HitRecord,
    Place,
    Record,
    StatementRecord,
    TokenRecord,
)
from ingest.encode import Encoder
from ingest.errors import NotesError
from ingest.index import NoteIndex
from ingest.plain import plain
from ingest.types import Passage
from rag.types import (
    Answer,
    Decided,
    Event,
    Finished,
    Found,
    Hit,
    Searched,
    Turn,
    Verdict,
    Wanted,
)
from rag.verify import verify

DEPTH: Final = 10


class Chat(Protocol):
    """What is evaluated."""

    def ask(
        self, question: str, history: Sequence[Turn] = ..., wanted: Wanted = ...
    ) -> Iterator[Event]:
        """The events of an answer."""
        ...

    def search(self, question: str, limit: int, history: Sequence[Turn] = ...) -> Found:
        """The passages that bear on a question."""
        ...


@dataclass
class Subject:
    """A chat with what its answers are held against: the notes as read, and an encoder."""

    chat: Chat
    index: NoteIndex
    encoder: Encoder
    _notes: dict[str, Letters | None] = field(default_factory=dict)

    def letters(self, path: str) -> Letters | None:
        """A note made ready for finding quotes; None where there is no such note."""
        if path not in self._notes:
            with self.index.snapshot() as snapshot:
                try:
                    self._notes[path] = Letters(snapshot.note(path))
                except NotesError:
                    self._notes[path] = None
        return self._notes[path]

    def rarity(self, stems: Sequence[str]) -> Mapping[str, float]:
        """How rare stems are in the notes."""
        with self.index.snapshot() as snapshot:
            return snapshot.idf(stems)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the events of an answer said."""

    found: Found
    chance: float | None
    answer: Answer


def recorded(subject: Subject, case: Case, wanted: Wanted) -> Record:
    """Ask a case's question and write down what became of it."""
    heard = _hear(subject.chat, case, wanted)
    spans = [_span(subject, case, at) for at in range(len(case.accepted))]
    answer = heard.answer
    texts = [statement.text for statement in answer.statements]
    text = "\n".join(texts)
    return Record(
        id=case.id,
        kind=case.kind,
        note=case.gold[0].note if case.gold else "",
        split=case.split,
        question=case.question,
        searched=answer.rewritten,
        gold=_golds(case, spans),
        outcome=answer.outcome,
        chance=heard.chance,
        hits=tuple(_hit(subject, hit, spans) for hit in heard.found.hits),
        statements=_statements(subject, answer),
        citations=tuple(
            CitationRecord(
                one.number,
                Place(one.passage.note, one.start_line, one.end_line),
                _holds(subject, one.passage, spans),
            )
            for one in answer.citations
        ),
        facts=tuple(map(FactRecord, case.facts, holds_facts(subject.encoder, case.facts, texts))),
        reference=case.reference,
        similarity=_similarity(subject.encoder, text, case),
        words=len(plain(text).split()),
        timings_ms={stage: round(took, 3) for stage, took in answer.timings_ms.items()},
        tokens=TokenRecord(answer.tokens.read, answer.tokens.wrote) if answer.tokens else None,
        follow_up=_follow_up(subject, case, spans, heard.found),
        problem=answer.problem,
    )


def _hear(chat: Chat, case: Case, wanted: Wanted) -> _Heard:
    found, chance = Found(case.question, (), (), {}), None
    for event in chat.ask(case.question, case.history, wanted):
        match event:
            case Searched():
                found = event.found
            case Decided():
                chance = event.chance
            case Finished():
                return _Heard(found, chance, event.answer)
    raise AssertionError("an answer under way always ends with Finished")


def _span(subject: Subject, case: Case, at: int) -> Span | None:
    gold = case.accepted[at]
    letters = subject.letters(gold.note)
    return letters.span(gold) if letters else None


def _golds(case: Case, spans: Sequence[Span | None]) -> tuple[GoldRecord, ...]:
    return tuple(
        GoldRecord(gold.quote, gold.note, span.place if span else None, at < len(case.gold))
        for at, (gold, span) in enumerate(zip(case.accepted, spans, strict=True))
    )


def _holds(
    subject: Subject, passage: Passage, spans: Sequence[Span | None], also: Sequence[str] = ()
) -> tuple[int, ...]:
    """The numbers of the gold that a passage holds, or one that says the same elsewhere."""
    found = []
    for at, span in enumerate(spans):
        if span is None:
            continue
        letters = subject.letters(passage.note) if passage.note == span.place.note else None
        if (letters and letters.share(span, passage.start, passage.end) >= HALF) or _among(
            span.place, also
        ):
            found.append(at)
    return tuple(found)


def _among(place: Place, also: Sequence[str]) -> bool:
    for other in also:
        note, _, lines = other.rpartition(":")
        first, _, last = lines.partition("-")
        if note == place.note and int(first) <= place.start_line <= int(last):
            return True
    return False


def _hit(subject: Subject, hit: Hit, spans: Sequence[Span | None]) -> HitRecord:
    passage = hit.passage
    return HitRecord(
        Place(passage.note, passage.start_line, passage.end_line),
        round(hit.score, 6),
        _holds(subject, passage, spans, hit.also),
        passage.text,
    )


def _statements(subject: Subject, answer: Answer) -> tuple[StatementRecord, ...]:
    cited = {one.number: one.passage for one in answer.citations}
    found = []
    for one in answer.statements:
        passages = [cited[number] for number in one.citations if number in cited]
        by_rules = (
            verify(one.text, passages, subject.rarity, answer.question).verdict
            if passages
            else Verdict.UNCONFIRMED
        )
        found.append(StatementRecord(one.text, one.verdict, by_rules, one.citations))
    return tuple(found)


def _similarity(encoder: Encoder, text: str, case: Case) -> float | None:
    """The cosine with the reference; a refusal is as unlike it as can be."""
    if not case.answerable or not case.reference:
        return None
    if not text:
        return 0.0
    answer, reference = encoder.passages([plain(text), plain(case.reference)])
    return round(float(answer @ reference), 6)


def _follow_up(
    subject: Subject, case: Case, spans: Sequence[Span | None], found: Found
) -> FollowUp | None:
    if not case.history:
        return None
    raw = subject.chat.search(case.question, DEPTH)
    ideal = subject.chat.search(case.whole or case.question, DEPTH)
    typed, whole, best = (_rank(subject, one, spans) for one in (raw, found, ideal))
    return FollowUp(typed, whole, best, known=bool(case.whole))


def _rank(subject: Subject, found: Found, spans: Sequence[Span | None]) -> int | None:
    ranks = (hit.rank for hit in found.hits if _holds(subject, hit.passage, spans, hit.also))
    return next(ranks, None)


def without_times(record: Record) -> Record:
    """The record without what differs from run to run."""
    return replace(record, timings_ms={})
