"""Search by words: what counts as a word, how it scores, and that no text breaks it."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import roomy

from ingest import words
from ingest.errors import BrokenIndex
from ingest.types import PassageId
from ingest.words import MOST_TERMS, Worded, Words

PASSAGES = (
    ("Gradient descent follows the slope of the loss.", "Optimisation"),
    ("A classifier with high bias underfits.", "Bias and variance"),
    ("Shuffling the data breaks its order.", "Training"),
    ("It is what it is.", "Gradient"),
)
HOSTILE = (
    "",
    " \n\t ",
    '"',
    'loss" OR body:* AND NOT (',
    "heading:loss^99 +bias -variance ~2 [a TO z] {x} /re.*/ \\",
    "🙂👩‍👩‍👧 𝐀 ½ ﷽",
    "a\0b loss\0",
    "\ud800 loss \udfff",
    "‮loss‬",
    "loss " * 20_000,
    " ".join(f"word{n}" for n in range(15_000)),
    " ".join(f"word{n}" for n in range(200)) + " loss",
    "x" * 100_000,
    "日本語のテキスト",
    "'; DROP TABLE passages; --",
)


def index_of(folder: Path, passages: Sequence[tuple[str, str]] = PASSAGES) -> Words:
    folder.mkdir()
    words.build(folder, [Worded(PassageId(at), *text) for at, text in enumerate(passages, start=1)])
    return Words.open(folder)


def found(index: Words, question: str, limit: int = 10) -> list[int]:
    return [hit.id for hit in index.search(question, limit)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("loss", [1]),
        ("LOSS?", [1]),
        ("classifiers", [2]),
        ("shuffled datum or data", [3]),
        ("nothing known", []),
    ],
)
def test_words_are_found_by_their_stem(tmp_path: Path, question: str, expected: list[int]) -> None:
    """Case and ending do not matter; words that no passage has find nothing."""
    assert found(index_of(tmp_path / "words"), question) == expected


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_a_question(tmp_path: Path, question: str) -> None:
    """Nothing in a question is an operator: it finds the passage with its words, or none."""
    assert (1 in found(index_of(tmp_path / "words"), question)) == ("loss" in question)


@settings(max_examples=40, deadline=None)
@given(question=st.text(max_size=80), body=st.text(max_size=80), heading=st.text(max_size=20))
def test_any_text_may_be_indexed_and_asked(question: str, body: str, heading: str) -> None:
    """Whatever characters passages and questions hold, scores agree with the search."""
    with roomy() as root:
        index = index_of(root / "words", [(body, heading), *PASSAGES])
        hits = index.search(question, 10)
        scores = index.scores(question, [PassageId(id) for id in range(1, 6)])
    assert {hit.id: hit for hit in hits} == {id: hit for id, hit in scores.items() if hit.score}


def test_stop_words_are_no_terms() -> None:
    """What says how a thing is asked is not searched for."""
    assert words.terms("What is the bias of a classifier, and why does it matter?") == [
        "bias",
        "classifi",
        "matter",
    ]


def test_a_question_of_stop_words_still_finds_them(tmp_path: Path) -> None:
    """With nothing else to go by, stop words are looked for after all."""
    assert found(index_of(tmp_path / "words"), "what is it?")[0] == 4


def test_long_tokens_are_no_words(tmp_path: Path) -> None:
    """Hashes and encoded data are neither indexed nor asked for."""
    token = "a1" * 40
    assert found(index_of(tmp_path / "words", [(f"{token} loss", "")]), token) == []


@pytest.mark.parametrize(
    ("question", "id", "share"),
    [("slope", 1, 0.0), ("optimisation", 1, 1.0), ("bias", 2, 0.5)],
)
def test_the_part_of_the_heading_is_told(
    tmp_path: Path, question: str, id: int, share: float
) -> None:
    """A word in the body counts for nothing of it, one in the heading for all, one in both between."""
    hit = index_of(tmp_path / "words").search(question, 1)[0]
    assert hit.id == id
    if share in (0.0, 1.0):
        assert hit.heading == pytest.approx(share * hit.score)
    else:
        assert 0 < hit.heading < hit.score


def test_the_score_is_bm25(tmp_path: Path) -> None:
    """With k1 = 1.2 and b = 0.75, over the passages of this index."""
    bodies = ["apple pear", "apple apple plum fig", "cherry quince", "fig"]
    index = index_of(tmp_path / "words", [(body, "") for body in bodies])
    idf = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    length = 4 / (9 / 4)
    expected = idf * 2 * 2.2 / (2 + 1.2 * (1 - 0.75 + 0.75 * length))
    assert index.scores("apple", [PassageId(2)])[PassageId(2)].score == pytest.approx(expected)


def test_scores_are_zero_where_no_word_is_shared(tmp_path: Path) -> None:
    """A passage that only vectors found has a score, of nothing; so has one that is not here."""
    scores = index_of(tmp_path / "words").scores("loss", [PassageId(2), PassageId(99)])
    assert [(hit.score, hit.heading) for hit in scores.values()] == [(0, 0), (0, 0)]


def test_a_pasted_page_is_told_apart_by_its_rarest_words(tmp_path: Path) -> None:
    """Of many words the common ones are dropped, never the rare one."""
    common = [f"word{n}" for n in range(2 * MOST_TERMS)]
    page = " ".join([*common, "rarity"])
    index = index_of(
        tmp_path / "words", [(" ".join(common), ""), (" ".join(common), ""), (page, "")]
    )
    assert found(index, page)[0] == 3
    assert len(index.search(page, 10)) == 3


@pytest.mark.parametrize(("limit", "expected"), [(-1, 0), (0, 0), (1, 1), (10**9, 2)])
def test_a_limit_is_kept_or_never_reached(tmp_path: Path, limit: int, expected: int) -> None:
    """No more than the limit, no more than there are, and no error for odd limits."""
    assert len(found(index_of(tmp_path / "words"), "gradient", limit)) == expected


def test_equal_scores_come_in_the_order_of_the_passages(tmp_path: Path) -> None:
    """Ties are broken by place, not by chance."""
    index = index_of(tmp_path / "words", [("same words", "here")] * 30)
    assert found(index, "words", 20) == list(range(1, 21))


def test_rare_stems_weigh_more_and_unknown_ones_most(tmp_path: Path) -> None:
    """A passage that has a stem in body and heading counts once."""
    index = index_of(tmp_path / "words")
    idf = index.idf(["gradient", "bias", "unheard"])
    assert idf["gradient"] == pytest.approx(math.log(1 + 2.5 / 2.5))
    assert idf["bias"] == pytest.approx(math.log(1 + 3.5 / 1.5))
    assert idf["unheard"] == pytest.approx(math.log(1 + 4.5 / 0.5))


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    """A side without passages is still an index."""
    index = index_of(tmp_path / "words", [])
    assert (found(index, "loss"), index.scores("loss", [PassageId(1)])[PassageId(1)].score) == (
        [],
        0,
    )


def test_a_folder_that_is_no_index_is_told(tmp_path: Path) -> None:
    """An empty or missing folder is a broken index, named."""
    with pytest.raises(BrokenIndex, match="nowhere cannot be read"):
        Words.open(tmp_path / "nowhere")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is a broken index, named."""
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(BrokenIndex, match="taken cannot be written"):
        words.build(tmp_path / "taken", [])
