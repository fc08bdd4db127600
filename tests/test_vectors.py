"""Nearest vectors: the right ones, in the right order, whatever is asked of them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import vectors
from ingest.encode import FloatArray
from ingest.errors import BrokenIndex
from ingest.types import PassageId
from ingest.vectors import Vectors

DIMENSION = 16


def units(count: int, seed: int = 0) -> FloatArray:
    rows = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    length: FloatArray = np.linalg.norm(rows, axis=1, keepdims=True)
    # Rounded as in the database, from where an index gets its vectors.
    return (rows / length).astype(np.float16).astype(np.float32)


def ids_from(first: int, count: int) -> list[PassageId]:
    return [PassageId(id) for id in range(first, first + count)]


def index_of(path: Path, matrix: FloatArray, first: int = 1) -> Vectors:
    half = len(matrix) // 2
    ids = ids_from(first, len(matrix))
    vectors.build(path, DIMENSION, [(ids[:half], matrix[:half]), (ids[half:], matrix[half:])])
    return Vectors.load(path)


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 200), seed=st.integers(0, 1000), limit=st.integers(1, 20))
def test_the_nearest_are_those_of_a_full_comparison(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int, limit: int
) -> None:
    """What is found is what comparing with every vector finds, in the same order."""
    matrix = units(count, seed)
    index = index_of(tmp_path_factory.mktemp("vectors") / "file", matrix, first=7)
    question = units(1, seed + 1)[0]
    cosines = matrix @ question
    found = index.nearest(question, limit)
    assert [cosine for _, cosine in found] == pytest.approx(sorted(cosines)[::-1][:limit], abs=1e-5)
    assert [cosines[id - 7] for id, _ in found] == pytest.approx([c for _, c in found], abs=1e-5)


def test_a_vector_is_nearest_to_itself(tmp_path: Path) -> None:
    """The passage whose vector is asked for comes first, with a cosine of one."""
    matrix = units(50)
    id, cosine = index_of(tmp_path / "file", matrix).nearest(matrix[20], 5)[0]
    assert id == 21
    assert cosine == pytest.approx(1, abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(picks=st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_equal_vectors_come_in_the_order_they_were_added(
    tmp_path_factory: pytest.TempPathFactory, picks: list[int]
) -> None:
    """Ties are broken by place, not by chance."""
    matrix = units(5)[picks]
    index = index_of(tmp_path_factory.mktemp("vectors") / "file", matrix)
    rank = dict(enumerate(units(5) @ units(5)[0]))
    expected = sorted(range(len(picks)), key=lambda at: (-rank[picks[at]], at))
    assert [id - 1 for id, _ in index.nearest(units(5)[0], 100)] == expected


@pytest.mark.parametrize(("limit", "expected"), [(-1, 0), (0, 0), (1, 1), (3, 3), (10**9, 3)])
def test_a_limit_is_kept_or_never_reached(tmp_path: Path, limit: int, expected: int) -> None:
    """No more than the limit, no more than there are, and no error for odd limits."""
    assert len(index_of(tmp_path / "file", units(3)).nearest(units(1)[0], limit)) == expected


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    """A side without passages is still an index."""
    vectors.build(tmp_path / "file", DIMENSION, [])
    assert Vectors.load(tmp_path / "file").nearest(units(1)[0], 5) == []


def test_a_vector_of_another_dimension_is_refused(tmp_path: Path) -> None:
    """A question of another encoder is a mistake of the program."""
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        index_of(tmp_path / "file", units(3)).nearest(np.ones(3, np.float32), 1)


def test_a_vector_that_is_no_number_finds_no_false_ids(tmp_path: Path) -> None:
    """Whatever FAISS does with it, only ids of passages come back."""
    index = index_of(tmp_path / "file", units(3))
    found = index.nearest(np.full(DIMENSION, np.nan, np.float32), 3)
    assert {id for id, _ in found} <= {1, 2, 3}


@pytest.mark.parametrize("content", [None, b"", b"no index at all"])
def test_a_file_that_is_no_index_is_told(tmp_path: Path, content: bytes | None) -> None:
    """A missing, empty or foreign file is a broken index, named."""
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BrokenIndex, match="file cannot be read"):
        Vectors.load(path)
