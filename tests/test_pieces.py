"""Matching piece by piece, on signs alone."""

import numpy as np
import pytest

from ingest.pieces import likenesses, signs
from ingest.runtimes import FloatArray


def rows(*values: tuple[float, ...]) -> FloatArray:
    return np.array(values, np.float32)


def test_each_piece_of_the_question_finds_its_best() -> None:
    """Asked (1, 0) and (0, 1): the first finds (+, -), the second only (-, -)'s opposite."""
    kept = {"a": signs(rows((0.9, -0.1), (-0.3, -0.3)))}
    found = likenesses(rows((1, 0), (0, 1)), kept)
    assert found["a"] == pytest.approx((2**-0.5 - 2**-0.5) / 2)


def test_a_text_is_most_like_itself() -> None:
    """Of several, the one with the same pieces matches best, whatever its length."""
    made = np.random.default_rng(1).standard_normal((3, 5, 100)).astype(np.float32)
    made /= np.linalg.norm(made, axis=2, keepdims=True)
    kept = {at: signs(made[at][: 3 + at]) for at in range(3)}
    for at in range(3):
        found = likenesses(made[at][:3], kept)
        assert max(found, key=lambda key: found[key]) == at


@pytest.mark.parametrize("width", [1, 7, 8, 9, 384])
def test_every_width_is_kept_in_whole_bytes(width: int) -> None:
    """The bits that fill the last byte count for nothing."""
    own = np.full((2, width), width**-0.5, np.float32)
    assert likenesses(own, {"own": signs(own)}) == {"own": pytest.approx(1, abs=1e-5)}


def test_where_nothing_is_kept_nothing_is_said() -> None:
    """A passage without pieces has no likeness; a question without any finds none."""
    empty = np.empty((0, 8), np.float32)
    assert likenesses(rows((1, 0)), {"a": b""}) == {}
    assert likenesses(empty, {"a": b"\xff"}) == {}
