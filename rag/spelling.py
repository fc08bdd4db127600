"""A misspelt word put right by the notes' own words. It changes no word that they use, nor any that
is everyday English.
"""

import re
from collections import Counter
from typing import Final

from ingest.index import Snapshot
from ingest.plain import plain
from rag.everyday import everyday

# Shorter words have too many neighbours to choose one.
_SHORTEST: Final = 4
# From this length on two slips still leave little doubt about what was meant.
_LONG: Final = 8
# How many passages are looked into for the word that was meant.
_PASSAGES: Final = 20
# Capitals and digits within a word mark a name, which is not put right.
_WORD: Final = re.compile(r"(?<![\w-])[A-Za-z]?[a-zà-ÿ]{3,}(?![\w-])")
_ENDINGS: Final = frozenset({"s", "es", "d", "ed", "r", "er", "ly"})
_TOKEN: Final = re.compile(r"[^\W\d_]+")


def put_right(snapshot: Snapshot, question: str) -> str:
    """The question with words that the notes never use replaced by the one they were meant as."""
    return _WORD.sub(lambda match: _meant(snapshot, match.group()), question)


def slips(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped; at most `most + 1` are counted.

    'recal' and 'recall' differ by one slip, as do 'waht' and 'what'.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        above, row, last = row, [at], before
        for to, wanted in enumerate(other, start=1):
            cost = min(above[to] + 1, row[to - 1] + 1, above[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
        before = above
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _same_word(one: str, other: str) -> bool:
    """Whether one is the other with an ending: 'decide' and 'decides'."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS


def _meant(snapshot: Snapshot, word: str) -> str:
    if len(word) < _SHORTEST or snapshot.uses(word) or everyday().has(word):
        return word
    most = 2 if len(word) >= _LONG else 1
    asked = word.lower()
    ids = snapshot.spelt_like(asked, most, _PASSAGES)
    used: Counter[str] = Counter()
    for passage in snapshot.passages(ids).values():
        text = plain(" ".join((*passage.heading, passage.text)))
        used.update(token.lower() for token in _TOKEN.findall(text))
    near = [
        (distance, -count, token)
        for token, count in used.items()
        if token[0] == asked[0] and (distance := slips(asked, token, most)) <= most
    ]
    if any(_same_word(asked, token) for _, _, token in near):
        # Another form of a word of the notes: search finds it as it is.
        return word
    return min(near)[2] if near else word
