"""How well a passage matches a question piece by piece: each piece of the question finds its best.

Of each word piece of a passage only the signs of its vector are kept, 48 bytes for 384 dimensions.
Knows vectors, never texts or words.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

import numpy as np

from ingest.runtimes import FloatArray

Key = TypeVar("Key")

# So few rows at a time stay below the size at which BLAS spreads a product over threads, which wait
# for one another: 4,500 rows take 1 ms of processor time instead of 5 on a busy machine.
_ROWS: Final = 48


def signs(rows: FloatArray) -> bytes:
    """The signs of vectors, row after row, each row in whole bytes."""
    return np.packbits(rows > 0, axis=1).tobytes()


def likenesses(asked: FloatArray, kept: Mapping[Key, bytes]) -> dict[Key, float]:
    """The mean, over the question's pieces, of the cosine with the passage's nearest piece.

    A piece that is kept as signs stands for the unit vector whose parts are all equally large:
    asked (1, 0) and kept (+, +), the likeness is 1 / sqrt(2).
    """
    count, width = asked.shape
    size = -(-width // 8)
    whole = {key: blob for key, blob in kept.items() if blob and len(blob) % size == 0}
    if not count or not whole:
        return {}
    rows = np.frombuffer(b"".join(whole.values()), np.uint8).reshape(-1, size)
    bits = np.unpackbits(rows, axis=1, count=width).astype(np.float32)
    # With signs of +1 and -1 the product is 2 * (bits . asked) - sum(asked).
    products = (2 * _products(bits, asked) - asked.sum(axis=1)) / np.sqrt(width)
    lengths = [len(blob) // size for blob in whole.values()]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    best = np.maximum.reduceat(products, starts, axis=0).mean(axis=1)
    return {key: float(value) for key, value in zip(whole, best, strict=True)}


def _products(bits: FloatArray, asked: FloatArray) -> FloatArray:
    columns = np.ascontiguousarray(asked.T)
    found = np.empty((len(bits), len(asked)), np.float32)
    for start in range(0, len(bits), _ROWS):
        found[start : start + _ROWS] = bits[start : start + _ROWS] @ columns
    return found
