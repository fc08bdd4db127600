"""What a statement claims that can be looked up: numbers, names, opposites, denials, clauses."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.words import terms
from rag.alignment import Parting
from rag.lexicon import JOINERS, NEGATORS
from rag.opposites import OPPOSITES
from rag.wording import Word, other_form

Rarity = Callable[[Sequence[str]], Mapping[str, float]]

# A clause of fewer words that say something is too short to be held against anything.
_CLAUSE_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Weighted:
    """A word of a statement that says something, by how rare it is in the notes."""

    key: str
    weight: float
    clause: int


def weighted(said: Sequence[Word], rarity: Rarity, asked: Set[str]) -> tuple[Weighted, ...]:
    """The words that count as evidence; those of the question do not, nor do signs."""
    stems = [_stem(word) for word in said]
    weights = rarity([stem for stem in dict.fromkeys(stems) if stem])
    clause = 0
    found = []
    for word, stem in zip(said, stems, strict=True):
        clause += bool(word.breaks) or word.key in JOINERS
        if stem and word.key not in asked:
            found.append(Weighted(word.key, weights.get(stem, 0.0), clause))
    return tuple(found)


def coverage(found: Sequence[Weighted], keys: Set[str]) -> float:
    """The share of a statement's words, by rarity, that a passage holds; 1 of no words at all."""
    total = sum(word.weight for word in found)
    if not total:
        return 1.0
    return sum(word.weight for word in found if word.key in keys) / total


def least_covered(found: Sequence[Weighted], keys: Set[str]) -> float:
    """The coverage of that clause which the passage holds least of."""
    clauses: dict[int, list[Weighted]] = {}
    for word in found:
        clauses.setdefault(word.clause, []).append(word)
    long = [clause for clause in clauses.values() if len(clause) >= _CLAUSE_WORDS]
    return min((coverage(clause, keys) for clause in long), default=1.0)


def missing_numbers(said: Sequence[Word], keys: Set[str]) -> Iterator[str]:
    """Numbers in digits that stand nowhere in the passages, neither as a share nor in percent."""
    following = {id(one): other.key for one, other in pairwise(said)}
    for word in said:
        if word.number and word.key not in keys:
            percent = following.get(id(word)) == "percent"
            if other_form(word.key, percent) not in keys:
                yield word.text


def missing_names(said: Sequence[Word], keys: Set[str]) -> Iterator[str]:
    """Capitals inside a sentence, acronyms and words with digits that stand in no passage."""
    joined = {one.key + other.key for one, other in pairwise(said)}
    for word in said:
        if not word.maths and _is_name(word) and word.key not in keys:
            lowered = word.text.lower()
            if lowered not in keys and lowered.rstrip("s") not in keys and word.key not in joined:
                yield word.text


def denial(parting: Parting) -> bool:
    """Whether one side denies what the other does not."""
    return _denials(parting.passage) % 2 != _denials(parting.said) % 2


def opposite(parting: Parting) -> tuple[str, str] | None:
    """A word of the passage and its opposite in the statement."""
    theirs = {word.text.lower() for word in parting.passage}
    for word in parting.said:
        for other in OPPOSITES.get(word.text.lower(), frozenset()) & theirs:
            return other, word.text
    return None


def _denials(words: Sequence[Word]) -> int:
    return sum(word.text.lower() in NEGATORS for word in words)


def _is_name(word: Word) -> bool:
    text = word.text
    if len(text) > 1 and (any(c.isupper() for c in text[1:]) or not text.isalpha()):
        return not word.number
    return text[:1].isupper() and len(text) > 1 and not word.opens


def _stem(word: Word) -> str:
    if word.maths or word.number or not word.text[:1].isalpha():
        return ""
    # Where words are not parted by spaces they are too long to be searched for, but say something.
    return next(iter(terms(word.text)), "" if word.text.isascii() else word.key)
