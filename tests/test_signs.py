"""What the decision rests on: names that the notes lack, and words that no passage joins."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import TinyEncoder
from indexing import Desk

from ingest.index import NoteIndex, Snapshot
from rag.chat import NoteChat
from rag.everyday import Everyday, everyday
from rag.retrieve import search
from rag.strange import strange_names

NOTE = """\
# Apples

## Picking

The picker takes ripe apples from the tree. Ordinary least squares (a straight line) says how many.
DeepPick v3 is a machine; so is the R-Pick. Values missing not at random are left out.
Backpropagation has no place in an orchard.

## Storing

Apples are stored in a cellar, cool and dark, on wooden shelves.
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, TinyEncoder(dimension=256, max_tokens=128))
    desk.write("apples.md", NOTE)
    desk.sync()
    return desk


@pytest.fixture
def index(desk: Desk) -> Iterator[NoteIndex]:
    with desk.open() as index:
        yield index


def strange(desk: Desk, snapshot: Snapshot, question: str) -> list[str]:
    hits = search(snapshot, desk.encoder, question).hits
    return [question[n.start : n.end] for n in strange_names(snapshot, question, hits)]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How are apples stored by the Viterbi algorithm?", ["Viterbi"]),
        ("does cbow pick the ripe apples", ["cbow"]),
        ("What does YOLOv8 say of ripe apples?", ["YOLOv8"]),
        ("What is the max_weight of an apple?", ["max_weight"]),
        ("Are ripe apples picked by GPT-4 today?", ["GPT", "GPT-4"]),
        ("Can I buy the Golden Ladder for ripe apples?", ["Golden", "Ladder", "Golden Ladder"]),
    ],
)
def test_a_name_that_the_notes_lack_is_strange(desk: Desk, question: str, names: list[str]) -> None:
    """Capitals, digits, joined parts and words outside everyday language mark a name."""
    with desk.snapshot() as snapshot:
        assert strange(desk, snapshot, question) == names


@pytest.mark.parametrize(
    "question",
    [
        "How do I stack fruit in a basement?",
        "Is it a downside that shelves are grainy and untrained?",
        "Does OLS say how many apples are ripe?",
        "What happens to MNAR values of ripe apples?",
        "Does backprop help with apples?",
        "Is deeppick a machine for apples?",
        "Is the RPick a machine for apples?",
        "Which well-known cellar-like places are there?",
        "How many 5x5 shelves are there?",
        "How are apples stored in RAM?",
        "Was ist die Reihenfolge des Apfelpflückens im Spätherbst Oberösterreichs",
        "?",
    ],
)
def test_everyday_words_and_other_forms_are_not_strange(desk: Desk, question: str) -> None:
    """Paraphrases, compounds, acronyms and short forms of what is there name nothing new."""
    with desk.snapshot() as snapshot:
        assert strange(desk, snapshot, question) == []


def test_a_strange_name_weighs_by_what_the_question_is_without_it(index: NoteIndex) -> None:
    """A question that is all about the name is stranger than one that mentions it."""
    chat = NoteChat(index, TinyEncoder(dimension=256, max_tokens=128))
    none = chat.signs("Where are apples stored?")
    named = chat.signs("What is Viterbi decoding?")
    assert none.strange == 0.0
    assert 0.5 < named.strange <= 1.0


def test_words_of_one_passage_are_together_and_of_two_apart(index: NoteIndex) -> None:
    """What one passage holds counts as together, what only two hold as apart."""
    chat = NoteChat(index, TinyEncoder(dimension=256, max_tokens=128))
    one = chat.signs("wooden shelves cellar")
    two = chat.signs("wooden shelves picker")
    assert one.together == pytest.approx(1.0)
    assert one.apart == pytest.approx(0.0)
    assert two.together < 1.0
    assert two.together + two.apart == pytest.approx(1.0)


def test_signs_are_found_for_any_question(index: NoteIndex) -> None:
    """A question without two words of substance has the usual sign for its parts."""
    chat = NoteChat(index, TinyEncoder(dimension=256, max_tokens=128))
    assert chat.signs("?").parts == 0.5
    assert chat.signs("apples").parts == 0.5


@pytest.mark.parametrize(
    "word", ["house", "House", "downside", "grainy", "untrained", "trustworthy", "strugle"]
)
def test_everyday_words_are_known_in_their_forms(word: str) -> None:
    """Whole, joined of two, with an ending or a beginning, or with one slip."""
    assert everyday().knows(word)


@pytest.mark.parametrize("word", ["viterbi", "cbow", "shapley", "yolov8", "xgboost"])
def test_names_are_no_everyday_words(word: str) -> None:
    """What the encoder reads in several pieces, and no everyday word explains, is a name."""
    assert not everyday().knows(word)


def test_other_words_may_stand_for_everyday_ones() -> None:
    """The words are given, not built in."""
    ordinary = Everyday(frozenset({"foot", "note"}))
    assert ordinary.knows("Footnote")
    assert not ordinary.knows("house")
