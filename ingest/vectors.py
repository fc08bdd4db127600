"""Nearest vectors, by FAISS. Derived from the database; knows ids and numbers, never texts."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Self

import faiss
import numpy as np

from ingest.encode import FloatArray
from ingest.errors import BrokenIndex
from ingest.types import PassageId

# Half precision loses nothing in recall@10 at 10,000 passages and 0.0004 at 100,000, in half of
# the space and a third of the time. Beyond some 200,000 an inverted file would be due.
_QUANTISER: Final = faiss.ScalarQuantizer.QT_fp16
# One question at 10,000 passages: 0.14 ms on one thread; on two, 1.4 to 7 ms as soon as anything
# else uses the cores, because each waits for the other.
_SEARCH_THREADS: Final = 1


def build(
    path: Path, dimension: int, batches: Iterable[tuple[Sequence[PassageId], FloatArray]]
) -> None:
    """Write an index of unit vectors to a file."""
    flat = faiss.IndexScalarQuantizer(dimension, _QUANTISER, faiss.METRIC_INNER_PRODUCT)
    index = faiss.IndexIDMap2(flat)
    for ids, matrix in batches:
        index.add_with_ids(np.ascontiguousarray(matrix), np.asarray(ids, np.int64))
    # Written by us and not by FAISS: a full disk is then an OSError that says so.
    path.write_bytes(faiss.serialize_index(index).data)


class Vectors:
    """The vectors of one side of one generation, in memory."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `build` wrote; the caller has compared its checksum."""
        try:
            return cls(faiss.deserialize_index(np.fromfile(path, np.uint8)))
        except (RuntimeError, OSError) as error:
            raise BrokenIndex(f"{path} cannot be read: {error}") from error

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def nearest(self, vector: FloatArray, limit: int) -> list[tuple[PassageId, float]]:
        """The passages nearest to a unit vector with their cosines, best first."""
        if vector.shape != (self._index.d,):
            raise ValueError(f"a vector of shape {vector.shape}, not ({self._index.d},)")
        limit = min(limit, len(self))
        if limit < 1:
            return []
        query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        # FAISS keeps this for each thread that calls it.
        faiss.omp_set_num_threads(_SEARCH_THREADS)
        cosines, ids = self._index.search(query, limit)
        found = zip(ids[0].tolist(), cosines[0].tolist(), strict=True)
        # FAISS fills the places that it has nothing for with -1.
        pairs = [(PassageId(id), cosine) for id, cosine in found if id >= 0]
        # Of equal vectors FAISS gives the last first.
        pairs.reverse()
        return sorted(pairs, key=lambda pair: -pair[1])
