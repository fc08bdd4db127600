"""What a language model thinks of the answers, beside our own measures. Never part of a gate.

LlamaIndex's evaluators ask it: is the answer faithful to what it cites, and is it correct by the
reference? Knows no vendor: it is given a LlamaIndex model (`rag.llama_llm` makes one of ours).
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from evals.measures.answers import facts_held
from evals.records import Judged, Record

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# Correct, by the evaluator's own scale of 1 to 5.
CORRECT: Final = 4.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a judge and our measure say the same, and Cohen's kappa: 0 is chance, 1 always."""

    what: str
    share: float
    kappa: float
    n: int


def judged(records: Iterable[Record], llm: "LLM", name: str) -> Iterator[Record]:
    """The records with the judge's opinion of those that were answered."""
    from llama_index.core.evaluation import CorrectnessEvaluator, FaithfulnessEvaluator

    faithful, correct = FaithfulnessEvaluator(llm=llm), CorrectnessEvaluator(llm=llm)

    async def opinion(record: Record) -> Judged:
        borne = await faithful.aevaluate(response=record.answer, contexts=_cited(record))
        if not record.reference:
            return Judged(name, borne.passing, None)
        found = await correct.aevaluate(
            query=record.question, response=record.answer, reference=record.reference
        )
        return Judged(name, borne.passing, found.score)

    for record in records:
        if record.answered and record.statements:
            # Its own `evaluate` leaves an event loop open behind it.
            with _settings_as_they_were():
                record = replace(record, judged=asyncio.run(opinion(record)))
        yield record


@contextmanager
def _settings_as_they_were() -> Iterator[None]:
    """The evaluator makes LlamaIndex choose a splitter for the whole process; that is undone."""
    from llama_index.core import Settings

    before = Settings._transformations
    try:
        yield
    finally:
        Settings._transformations = before


def _cited(record: Record) -> list[str]:
    """The texts of the passages that an answer cites."""
    return [
        hit.text
        for hit in record.hits
        if any(
            citation.place.note == hit.place.note
            and hit.place.start_line <= citation.place.start_line <= hit.place.end_line
            for citation in record.citations
        )
    ]


def agreements(records: Iterable[Record]) -> list[Agreement]:
    """Our verdicts against the judge's: citations that all hold, and facts that are all held."""
    faithful: list[tuple[bool, bool]] = []
    correct: list[tuple[bool, bool]] = []
    for record in records:
        if record.judged is None:
            continue
        if record.judged.faithful is not None:
            ours = all(statement.borne_out for statement in record.statements)
            faithful.append((ours, record.judged.faithful))
        facts = facts_held(record)
        if record.judged.correctness is not None and facts is not None:
            correct.append((facts[0] == 1.0, record.judged.correctness >= CORRECT))
    return [
        _agreement("citations that hold / faithful", faithful),
        _agreement("all facts held / correct", correct),
    ]


def kappa(pairs: list[tuple[bool, bool]]) -> float:
    """Agreement beyond what chance gives; 1 where both always say the same one thing.

    >>> kappa([(True, True), (True, False), (False, False), (False, True)])
    0.0
    >>> kappa([(True, True), (False, False)])
    1.0
    """
    n = len(pairs)
    same = sum(one == other for one, other in pairs) / n
    ours, theirs = (sum(pair[at] for pair in pairs) / n for at in (0, 1))
    by_chance = ours * theirs + (1 - ours) * (1 - theirs)
    return 1.0 if by_chance == 1 else (same - by_chance) / (1 - by_chance)


def _agreement(what: str, pairs: list[tuple[bool, bool]]) -> Agreement:
    if not pairs:
        return Agreement(what, 0.0, 0.0, 0)
    share = sum(one == other for one, other in pairs) / len(pairs)
    return Agreement(what, share, kappa(pairs), len(pairs))
