"""Stand-ins for what is slow or large, the same in every run."""

import hashlib
from collections.abc import Sequence

import numpy as np

from ingest.encode import FloatArray, Reading


class TinyEncoder:
    """An encoder that hashes words: texts with the same words are near, others are not.

    It keeps the texts that it was given in `encoded`.
    """

    runtime = "fake"

    def __init__(self, name: str = "tiny", dimension: int = 64, max_tokens: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.encoded: list[str] = []

    def count(self, text: str) -> int:
        """One token for each word."""
        return len(text.split())

    def counts(self, texts: Sequence[str]) -> list[int]:
        """One token for each word of each text."""
        return [self.count(text) for text in texts]

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """A unit row for each text."""
        self.encoded.extend(texts)
        rows = [self._hashed(text) for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), self.dimension)

    def question(self, text: str) -> FloatArray:
        """The unit vector of a question."""
        return self._hashed(text)

    def read(self, texts: Sequence[str]) -> Reading:
        """Each text with a row for each of its words."""
        return Reading(self.passages(texts), tuple(self._words(text) for text in texts))

    def read_question(self, text: str) -> Reading:
        """A question with a row for each of its words."""
        return Reading(self.question(text).reshape(1, -1), (self._words(text),))

    def _words(self, text: str) -> FloatArray:
        rows = [self._hashed(word) for word in text.split()]
        return np.array(rows, np.float32).reshape(len(rows), self.dimension)

    def _hashed(self, text: str) -> FloatArray:
        row = np.zeros(self.dimension, np.float32)
        for word in text.lower().split():
            digest = hashlib.blake2b(f"{self.name} {word}".encode(), digest_size=8).digest()
            number = int.from_bytes(digest, "little")
            row[number % self.dimension] += 1 if number >> 63 else -1
        length = float(np.linalg.norm(row))
        if length == 0:
            row[0] = length = 1.0
        unit: FloatArray = row / np.float32(length)
        return unit
