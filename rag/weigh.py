"""How well single units answer a question: meaning under their heading, and rare words shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ingest.encode import Encoder, FloatArray
from ingest.index import Snapshot
from ingest.plain import path_text, plain
from rag.types import Form, Hit
from rag.units import Unit, units

# How many of the first hits are read sentence by sentence.
READ_HITS: Final = 5
# How much the shared rare words add to a unit's cosine; from trials elsewhere, not tuned here.
OVERLAP_WEIGHT: Final = 0.3
# How much of the unit before counts towards a unit's meaning, as many lean on it. Quoted so, 3 of
# 100 answers more held all their facts (`evals.quoted`, tune half); flat between .3 and .7.
BEFORE: Final = 0.3
# What a passage's first unit is worth above others: it names what is spoken of.
OPENING: Final = 0.06
# How much of a unit's likeness is that of its word pieces, each piece of the question with its
# nearest: 4 of 100 answers more held the gold quote (`evals.quoted`, tune half); flat to .75.
PIECES: Final = 0.5


@dataclass(frozen=True, slots=True)
class Weighed:
    """A unit of a hit with its vector, its cosine with the question, and its score.

    `alone` is its score without what stands before it. Of what an answer quotes, `key` are the few
    units that answer best.
    """

    hit: Hit
    unit: Unit
    vector: FloatArray
    cosine: float
    score: float
    alone: float = 0.0
    key: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """The question's words with their rarity: what a text covers of them is a share of 1."""

    rarity: Mapping[str, float]

    def covered(self, terms: Sequence[str]) -> float:
        """The share of the question's words, by rarity, that are among `terms`."""
        total = sum(self.rarity.values())
        if not total:
            return 0.0
        return sum(self.rarity.get(term, 0.0) for term in set(terms)) / total


def question_terms(snapshot: Snapshot, question: str) -> Terms:
    """The question's words; one that the notes never use counts as the rarest."""
    return Terms(snapshot.idf(snapshot.terms(question)))


def weigh(
    snapshot: Snapshot, encoder: Encoder, question: str, hits: Sequence[Hit], most: int = READ_HITS
) -> list[Weighed]:
    """Every unit of the first hits, in reading order hit by hit, with what speaks for it."""
    pairs = [(hit, unit) for hit in hits[:most] for unit in units(hit.passage)]
    if not pairs:
        return []
    asked = encoder.read_question(question)
    vector = asked.vectors[0]
    texts = [_in_context(hit, unit) for hit, unit in pairs]
    read = encoder.read(texts)
    vectors = read.vectors
    cosines = vectors @ vector
    terms = question_terms(snapshot, question)
    found: list[Weighed] = []
    for at, (hit, unit) in enumerate(pairs):
        unit_vector, cosine = vectors[at], float(cosines[at])
        match = _match(asked.pieces[0], read.pieces[at], cosine)
        share = terms.covered(snapshot.terms(texts[at]))
        before = found[-1] if found and found[-1].hit is hit else None
        shared = PIECES * match + OVERLAP_WEIGHT * share
        alone = (1 - PIECES) * cosine + shared
        score = (1 - PIECES) * _meaning(unit_vector, before, vector) + shared
        score += OPENING if before is None else 0.0
        found.append(Weighed(hit, unit, unit_vector, cosine, score, alone))
    return found


def _meaning(unit: FloatArray, before: Weighed | None, question: FloatArray) -> float:
    """How near a unit, read together with the one before it, comes to the question."""
    read = unit if before is None else unit + BEFORE * before.vector
    return float(np.dot(read, question) / (np.linalg.norm(read) or 1.0))


def _match(asked: FloatArray, pieces: FloatArray, cosine: float) -> float:
    """How near, on average, the unit comes to each piece of the question; its cosine if unknown."""
    if not len(asked) or not len(pieces):
        return cosine
    return float((asked @ pieces.T).max(axis=1).mean())


def alike(one: Weighed, other: Weighed) -> float:
    """The cosine of two units."""
    return float(np.dot(one.vector, other.vector))


def _in_context(hit: Hit, unit: Unit) -> str:
    words = plain(unit.text)
    path = path_text(hit.passage.heading[-1:]) or hit.passage.title
    return f"{path}: {words}" if unit.form is not Form.BLOCK else f"{path}: {words[:600]}"
