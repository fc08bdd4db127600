"""From a question to the passages that bear on it: meaning and words as one convex sum."""

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.encode import Encoder, FloatArray
from ingest.errors import QuestionError
from ingest.index import Snapshot
from ingest.types import Kind, Passage, PassageId
from ingest.words import WordHit
from rag.types import Found, Hit, Parts

# The share of the words' score in the sum; the rest is the cosine. The optimum is flat, see
# docs/architecture.md.
WORDS_WEIGHT: Final = 0.25
# How many passages each of the two searches brings to the sum.
POOL: Final = 100
# How many of the best passages are matched with the question piece by piece; twice or three times
# as many changed nothing.
MATCHED: Final = 30
# The share of that match in the final score, see docs/architecture.md.
PIECES_WEIGHT: Final = 0.75
# How many listed questions are looked at.
LISTED_POOL: Final = 20
# What a table of contents or a list of references loses, so that content always comes first.
HELD_BACK: Final = 0.5
# Longer questions are pasted text: what the encoder sees and the rarest words are in the beginning.
MAX_QUESTION: Final = 20_000
_HELD_BACK_KINDS: Final = frozenset({Kind.CONTENTS, Kind.REFERENCES})
_SPACE: Final = re.compile(r"\s+")

_Scored = tuple[PassageId, Passage, Parts]


def clean_question(question: str) -> str:
    """The question on one line; an error where there is nothing to search for."""
    # Half of a surrogate pair, as a broken terminal sends it, is no text.
    text = question[:MAX_QUESTION].encode("utf-8", "replace").decode("utf-8")
    text = _SPACE.sub(" ", text.replace("\0", " ")).strip()
    if not text:
        raise QuestionError("The question is empty: type what you want to know from your notes.")
    return text


def search(
    snapshot: Snapshot,
    encoder: Encoder,
    question: str,
    limit: int = 10,
    within: Sequence[str] = (),
) -> Found:
    """The best `limit` passages for a question, and the listed questions most like it.

    `within` are notes or folders to look in; all of them where it is empty.
    """
    text = clean_question(question)
    began = time.perf_counter()
    asked = encoder.read_question(text)
    vector = asked.vectors[0]
    encoded = time.perf_counter()
    looked = _Looked(snapshot, vector, text, _scope(snapshot, within))
    hits = _ranked(snapshot, *looked.at(POOL, listed=False))
    hits = _matched(snapshot, asked.pieces[0], hits)
    content = _numbered(snapshot, hits, limit)
    listed = _ranked(snapshot, *looked.at(LISTED_POOL, listed=True))
    # Scored alike, so that the one may be held against the other.
    listed = _matched(snapshot, asked.pieces[0], listed)
    questions = _numbered(snapshot, listed, limit)
    ended = time.perf_counter()
    timings = {"encode": 1000 * (encoded - began), "search": 1000 * (ended - encoded)}
    return Found(question, content, questions, timings)


@dataclass(frozen=True, slots=True)
class _Looked:
    """Both searches for one question: over all passages, or over those of a scope."""

    snapshot: Snapshot
    vector: FloatArray
    question: str
    scope: "_Scope | None"

    def at(
        self, pool: int, *, listed: bool
    ) -> tuple[dict[PassageId, float], dict[PassageId, WordHit]]:
        """The cosines and the scores by words of what either of them finds."""
        snapshot, vector, question = self.snapshot, self.vector, self.question
        if self.scope is not None:
            ids = self.scope.listed if listed else self.scope.content
            cosines = snapshot.cosines(vector, ids)
            return cosines, snapshot.word_scores(question, ids, listed=listed)
        cosines = dict(snapshot.nearest(vector, pool, listed=listed))
        words = {hit.id: hit for hit in snapshot.words(question, pool, listed=listed)}
        only_words = [id for id in words if id not in cosines]
        only_near = [id for id in cosines if id not in words]
        cosines.update(snapshot.cosines(vector, only_words))
        words.update(snapshot.word_scores(question, only_near, listed=listed))
        return cosines, words


@dataclass(frozen=True, slots=True)
class _Scope:
    """The passages of some notes: content, and listed questions."""

    content: tuple[PassageId, ...]
    listed: tuple[PassageId, ...]


def _scope(snapshot: Snapshot, within: Sequence[str]) -> _Scope | None:
    """The passages of the notes and folders named; None where all are meant."""
    if not within:
        return None
    folders = tuple(f"{name.rstrip('/')}/" for name in within)
    paths = (note.path for note in snapshot.notes())
    wanted = [path for path in paths if path in within or path.startswith(folders)]
    found = [one for path in wanted for one in snapshot.passages_of(path)]
    content = tuple(id for id, passage in found if passage.kind is not Kind.LISTED)
    return _Scope(content, tuple(id for id, passage in found if passage.kind is Kind.LISTED))


def _ranked(
    snapshot: Snapshot, cosines: Mapping[PassageId, float], words: Mapping[PassageId, WordHit]
) -> list[_Scored]:
    most = max((hit.score for hit in words.values()), default=0.0) or 1.0
    passages = snapshot.passages(list(cosines))
    scored = []
    for id, passage in passages.items():
        hit = words.get(id)
        parts = _parts(
            cosines[id], hit.score if hit else 0.0, hit.heading if hit else 0.0, most, passage
        )
        scored.append((id, passage, parts))
    return _sorted(scored)


def _matched(snapshot: Snapshot, asked: FloatArray, ranked: Sequence[_Scored]) -> list[_Scored]:
    """The same passages, the first of them by how they match piece by piece as well."""
    first = [id for id, _, _ in ranked[:MATCHED]]
    matches = snapshot.likenesses(asked, first)
    if not matches:
        return list(ranked)
    # What is not looked at counts as the worst of what is, and so stays behind it.
    least = min(matches.values())
    scored = []
    for id, passage, parts in ranked:
        match = matches.get(id, least)
        final = (1 - PIECES_WEIGHT) * parts.final + PIECES_WEIGHT * match
        if passage.kind in _HELD_BACK_KINDS:
            final -= PIECES_WEIGHT * HELD_BACK
        scored.append((id, passage, replace(parts, final=final, pieces=match)))
    return _sorted(scored)


def _sorted(scored: Iterable[_Scored]) -> list[_Scored]:
    return sorted(scored, key=lambda one: (-one[2].final, one[1].note, one[1].start))


def _parts(cosine: float, words: float, heading: float, most: float, passage: Passage) -> Parts:
    final = (1 - WORDS_WEIGHT) * cosine + WORDS_WEIGHT * words / most
    if passage.kind in _HELD_BACK_KINDS:
        final -= HELD_BACK
    return Parts(cosine, words / most, heading / most, final)


def _numbered(snapshot: Snapshot, ranked: Sequence[_Scored], limit: int) -> tuple[Hit, ...]:
    """The first `limit`, each text once: what says the same elsewhere is named beside it."""
    bodies = snapshot.plain_bodies([id for id, _, _ in ranked])
    first: dict[str, int] = {}
    kept: list[_Scored] = []
    also: list[list[str]] = []
    for id, passage, parts in ranked:
        key = bodies[id].casefold()
        if key in first:
            also[first[key]].append(f"{passage.note}:{passage.start_line}-{passage.end_line}")
        elif len(kept) < limit:
            first[key] = len(kept)
            kept.append((id, passage, parts))
            also.append([])
    return tuple(
        Hit(rank, id, passage, parts, tuple(places))
        for rank, ((id, passage, parts), places) in enumerate(zip(kept, also, strict=True), start=1)
    )
