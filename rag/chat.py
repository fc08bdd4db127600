"""One question, answered from the notes: search, decide, quote, as a stream of events."""

import hashlib
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final

from ingest.encode import Encoder
from ingest.index import NoteIndex, Snapshot
from ingest.types import Kind, LineStarts, Note
from rag.decide import Rule, decide
from rag.followup import make_whole
from rag.quote import LONG, SHORT, choose
from rag.retrieve import clean_question, search
from rag.signs import Signs, signs
from rag.spelling import put_right
from rag.text import LISTED, NOT_IN_NOTES, markdown, shown
from rag.types import (
    NO_MODEL,
    PLAIN,
    Answer,
    Citation,
    Decided,
    Event,
    Finished,
    Form,
    Found,
    Hit,
    Outcome,
    Searched,
    Statement,
    Turn,
    Verdict,
    Wanted,
    Wrote,
)
from rag.units import Unit
from rag.weigh import READ_HITS, Weighed, weigh

# How many hits a long answer reads, the rest of the first one's section among them.
LONG_READ: Final = 12
# How many hits an answer shows beside those it cites.
ALSO_FOUND: Final = 5
# How many listed questions are shown for a question that the notes only list.
LISTED_SHOWN: Final = 3
# A listed question this much less similar than the first is about something else.
_LISTED_WITHIN: Final = 0.1


class NoteChat:
    """Answers questions from one index; safe to share: each question takes its own snapshot."""

    def __init__(self, index: NoteIndex, encoder: Encoder, rule: Rule | None = None) -> None:
        """`rule` decides whether to answer; without one, the rule that ships."""
        self._index = index
        self._encoder = encoder
        self._rule = rule

    def search(self, question: str, limit: int = 10, history: Sequence[Turn] = ()) -> Found:
        """What search finds for a question, made whole with the turns before it."""
        asked = clean_question(question)
        with self._index.snapshot() as snapshot:
            whole = put_right(snapshot, make_whole(asked, history))
            found = search(snapshot, self._encoder, whole, limit)
        return replace(found, question=asked)

    def signs(self, question: str, history: Sequence[Turn] = ()) -> Signs:
        """What the decision on a question rests on."""
        with self._index.snapshot() as snapshot:
            whole = put_right(snapshot, make_whole(clean_question(question), history))
            found = search(snapshot, self._encoder, whole)
            weighed = weigh(snapshot, self._encoder, whole, found.hits)
            return signs(snapshot, self._encoder, whole, found, weighed)

    def ask(
        self, question: str, history: Sequence[Turn] = (), wanted: Wanted = PLAIN
    ) -> Generator[Event, None, None]:
        """The events of an answer, `Finished` last; closing the iterator stops the work."""
        began = time.perf_counter()
        asked = clean_question(question)
        whole = make_whole(asked, history)
        with self._index.snapshot() as snapshot:
            whole = put_right(snapshot, whole)
            found = search(snapshot, self._encoder, whole)
            yield Searched(found)
            hits = with_section(snapshot, found.hits) if wanted.long else found.hits
            weighed = weigh(
                snapshot, self._encoder, whole, hits, LONG_READ if wanted.long else READ_HITS
            )
            # What a long answer reads beyond the first hits must not change whether it answers.
            first = [one for one in weighed if one.hit.rank <= READ_HITS]
            seen = signs(snapshot, self._encoder, whole, found, first)
            outcome = decide(seen, self._rule, wanted.strictness)
            read = time.perf_counter()
            listed = _listed(found) if outcome is Outcome.LISTED else ()
            yield Decided(outcome, listed)
            writer = _Writer(snapshot)
            if outcome is Outcome.ANSWERED:
                for one in choose(weighed, LONG if wanted.long else SHORT):
                    yield writer.write(one)
            if outcome is Outcome.LISTED:
                for hit in listed:
                    writer.cite(hit)
        ended = time.perf_counter()
        searched = sum(found.timings_ms.values())
        timings = {
            **found.timings_ms,
            "read": 1000 * (read - began) - searched,
            "write": 1000 * (ended - read),
            "total": 1000 * (ended - began),
        }
        cited = {citation.passage for citation in writer.citations}
        yield Finished(
            Answer(
                id=answer_id(asked, whole, found),
                question=asked,
                rewritten=whole,
                outcome=outcome,
                text=writer.text(outcome),
                statements=tuple(writer.statements),
                citations=tuple(writer.citations),
                also_found=tuple(h for h in found.hits if h.passage not in cited)[:ALSO_FOUND],
                model=NO_MODEL,
                timings_ms=timings,
            )
        )


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


class _Writer:
    """Collects statements and numbers their citations in the order of writing."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._places: dict[str, tuple[Note, LineStarts]] = {}
        self.statements: list[Statement] = []
        self.citations: list[Citation] = []

    def write(self, one: Weighed) -> Wrote:
        """One unit as a statement that quotes it."""
        citation = self._citation(one.hit, one.unit)
        text = shown(one.unit, one.hit.passage.kind)
        marker = one.unit.marker or "-"
        statement = Statement(text, (citation.number,), Verdict.QUOTED, one.unit.form, marker)
        self.statements.append(statement)
        return Wrote(statement, (citation,))

    def cite(self, hit: Hit) -> None:
        """A passage as it stands, where the passage itself is what is shown."""
        start, end = hit.passage.lead, len(hit.passage.text)
        self._citation(hit, Unit(start, end, hit.passage.text[start:end], Form.BLOCK))

    def text(self, outcome: Outcome) -> str:
        """The answer as Markdown with numbered markers."""
        if outcome is Outcome.LISTED:
            numbers = "".join(f"[{citation.number}]" for citation in self.citations)
            return f"{LISTED} {numbers}".strip()
        if outcome is Outcome.NOT_IN_NOTES:
            return NOT_IN_NOTES
        return markdown(self.statements, self.citations)

    def _citation(self, hit: Hit, unit: Unit) -> Citation:
        passage = hit.passage
        if passage.note not in self._places:
            note = self._snapshot.note(passage.note)
            self._places[passage.note] = (note, LineStarts(note.text))
        note, starts = self._places[passage.note]
        first = note.lines[starts.line(passage.start + unit.start)]
        last = note.lines[starts.line(passage.start + max(unit.start, unit.end - 1))]
        number = len(self.citations) + 1
        citation = Citation(number, passage, unit.text, unit.start, unit.end, first, last)
        self.citations.append(citation)
        return citation
