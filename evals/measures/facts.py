"""Whether an answer holds a fact, by its words: a plain rule, the same for every writer."""

import re
from typing import Final

from ingest.plain import plain
from ingest.words import terms

# The share of a fact's words that must stand in the answer: a fact is put in other words than the
# notes', so some always differ.
ENOUGH: Final = 0.6
_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")


def held(fact: str, text: str) -> bool:
    """Whether most words of a fact, and all its numbers, stand in a text.

    >>> held("layers are numbered from 1 to L", "A network's layers are numbered from 1 to $L$.")
    True
    >>> held("layers are numbered from 1 to L", "A network's layers are numbered from 0 to $L$.")
    False
    """
    said = plain(text)
    if set(_NUMBER.findall(plain(fact))) - set(_NUMBER.findall(said)):
        return False
    wanted = set(terms(plain(fact)))
    return bool(wanted) and len(wanted & set(terms(said))) >= ENOUGH * len(wanted)
