"""What a question names and the passages found for it do not. It decides nothing.

A paraphrase uses everyday words that the notes lack, and is answered all the same; a method, a
product or a person that they lack is what the question is about.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.index import Snapshot
from rag.everyday import Everyday, everyday
from rag.spelling import slips
from rag.types import Hit

_TOKEN: Final = re.compile(r"[^\W_]+")
_CLAUSE: Final = re.compile(r"[.;:!?|,()\n]")
# 'GPT-4', 'max_depth': parts that make one name only together.
_COMPOUND: Final = re.compile(r"[^\W_]+(?:[-_][^\W_]+)+")
# 'Colab Pro' within a sentence.
_TITLE: Final = re.compile(r"(?<=[a-z] )[A-Z][\w-]*(?: [A-Z][\w-]*)+")
# Two letters are a variable more often than a name.
_SHORTEST: Final = 3
# Initials of so many words or more may take in small words, as 'missing not at random' does.
_INITIALS: Final = (2, 3, 4, 5)
_WITH_SMALL_WORDS: Final = 4
_SHORTEST_SHARED: Final = 5
# The share of the shorter word that two words must begin with alike to be forms of one.
_SHARED: Final = 0.6
_LONG: Final = 8
# A question in another language than the everyday words' is all strange: that says nothing.
_MOST_STRANGE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Name:
    """What a question names: `question[start:end]`."""

    start: int
    end: int


def strange_names(snapshot: Snapshot, question: str, hits: Sequence[Hit]) -> list[Name]:
    """Names in the question that the notes, or the passages found, do not have."""
    words = list(_TOKEN.finditer(question))
    unknown = [match for match in words if _unknown(snapshot, match.group())]
    compounds = [*_COMPOUND.finditer(question), *_TITLE.finditer(question)]
    if not unknown and not compounds:
        return []
    ordinary = everyday()
    if sum(not ordinary.knows(word.group()) for word in words) > _MOST_STRANGE * len(words):
        return []
    said = Said.by(snapshot, [_text(hit) for hit in hits])
    names = [
        Name(match.start(), match.end())
        for match in unknown
        if _names(ordinary, question, match) and not said.explains(match.group())
    ]
    names += [
        Name(match.start(), match.end())
        for match in compounds
        if _is_one_name(match.group()) and not said.joins(snapshot, match.group())
    ]
    return names


class Said:
    """The words of some passages, and what can be made out from them."""

    def __init__(self, lines: Sequence[Sequence[str]], initials: frozenset[str]) -> None:
        self._lines = lines
        self._words = frozenset(word for line in lines for word in line)
        self._joined = frozenset(one + other for line in lines for one, other in pairwise(line))
        self._initials = initials

    @classmethod
    def by(cls, snapshot: Snapshot, texts: Iterable[str]) -> "Said":
        """What these texts say."""
        texts = list(texts)
        lines = [[word.lower() for word in _TOKEN.findall(text)] for text in texts]
        return cls(lines, frozenset(_initials(snapshot, texts)))

    def explains(self, word: str) -> bool:
        """Whether a word stands here in another form: joined, in full, longer, or misspelt."""
        low = word.lower()
        if low in self._joined or low in self._words:
            return True
        if low.isalpha() and (low in self._initials or low.removesuffix("s") in self._initials):
            return True
        return any(_alike(low, word) for word in self._words)

    def joins(self, snapshot: Snapshot, compound: str) -> bool:
        """Whether the parts of a compound stand here one after the other, in whatever form."""
        parts = [part.lower() for part in _TOKEN.findall(compound)]
        if any(_within(parts, line) for line in self._lines) or "".join(parts) in self._words:
            return True
        stems = [_stem(snapshot, part) for part in parts]
        return any(
            _within(stems, [_stem(snapshot, word) for word in line])
            for line in self._lines
            if parts[0] in line
        )


def _unknown(snapshot: Snapshot, word: str) -> bool:
    stems = snapshot.terms(word)
    if not stems or len(word) < _SHORTEST or word[0].isdigit():
        return False
    # A stem with a space in it stands in no note: what is as rare is not there either.
    idf = snapshot.idf([stems[0], " "])
    return idf[stems[0]] >= idf[" "]


def _names(ordinary: Everyday, question: str, match: "re.Match[str]") -> bool:
    word = match.group()
    if any(letter.isdigit() for letter in word):
        return True
    if word.isupper() and ordinary.has(word):
        return False
    before = question[: match.start()].rstrip()
    inside = bool(before) and before[-1] not in ".?!:"
    capital = word[1:] != word[1:].lower() or (inside and word[0].isupper())
    return capital or not ordinary.knows(word)


def _is_one_name(compound: str) -> bool:
    """'GPT-4' and 'k-distance' are names; 'well-known' and 'GPT-style' are made of words."""
    parts = _TOKEN.findall(compound)
    if parts[0].isdigit():
        return False
    return (
        " " in compound
        or "_" in compound
        or any(part[-1].isdigit() or len(part) == 1 for part in parts)
        or all(part.isupper() for part in parts)
    )


def _alike(word: str, other: str) -> bool:
    """Whether two words are forms of one, or one is the other misspelt."""
    short = min(len(word), len(other))
    if short >= _SHORTEST_SHARED:
        if word in other or other in word:
            return True
        shared = next((at for at in range(short) if word[at] != other[at]), short)
        if shared >= max(_SHORTEST_SHARED, _SHARED * short):
            return True
    if short < _SHORTEST_SHARED - 1 or word[0] != other[0]:
        return False
    most = 2 if len(word) >= _LONG else 1
    return slips(word, other, most) <= most


def _within(parts: Sequence[str], line: Sequence[str]) -> bool:
    first, size = parts[0], len(parts)
    return any(
        word == first and list(line[at : at + size]) == list(parts) for at, word in enumerate(line)
    )


def _initials(snapshot: Snapshot, texts: Iterable[str]) -> Iterator[str]:
    """What the first letters of words in a row spell."""
    for text in texts:
        for clause in _CLAUSE.split(text):
            words = _TOKEN.findall(clause)
            letters = "".join(word[0].lower() if snapshot.terms(word) else " " for word in words)
            for run in letters.split():
                for size in _INITIALS:
                    yield from _runs(run, size)
            yield from _runs("".join(word[0].lower() for word in words), _WITH_SMALL_WORDS)


def _runs(letters: str, size: int) -> Iterator[str]:
    return (letters[at : at + size] for at in range(len(letters) - size + 1))


def _stem(snapshot: Snapshot, word: str) -> str:
    return next(iter(snapshot.terms(word)), word)


def _text(hit: Hit) -> str:
    return " ".join((*hit.passage.heading, hit.passage.text))
