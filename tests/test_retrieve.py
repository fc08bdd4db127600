"""Search: meaning and words in one sum, duplicates folded, listed questions apart."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import TinyEncoder
from indexing import Desk

from ingest.encode import Reading
from ingest.errors import QuestionError
from ingest.index import Snapshot
from ingest.types import Kind
from rag.retrieve import MATCHED, PIECES_WEIGHT, WORDS_WEIGHT, search
from rag.types import Found

GATES = "# Gates\n\n## Forget gate\n\nThe forget gate decides what the cell state drops.\n"
CELLS = "# Cells\n\n## Cell state\n\nThe cell state carries what was learned along the chain.\n"
CONTENTS = "# Start\n\n## Contents\n\n- [Forget gate](#forget-gate)\n- [Cell state](#cell-state)\n"
ASKED = "# Questions\n\n1. What is a forget gate?\n\n2. What is an output gate?\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for name, text in (("a.md", GATES), ("b.md", CELLS), ("c.md", CONTENTS), ("d.md", ASKED)):
        desk.write(name, text)
    desk.sync()
    return desk


@pytest.fixture
def snapshot(desk: Desk) -> Iterator[Snapshot]:
    with desk.snapshot() as snapshot:
        yield snapshot


def found(desk: Desk, question: str, limit: int = 10) -> Found:
    with desk.snapshot() as snapshot:
        return search(snapshot, desk.encoder, question, limit)


def test_the_passage_that_bears_on_the_question_comes_first(desk: Desk) -> None:
    """Its heading path and its place come along."""
    hit = found(desk, "what does the forget gate drop from the cell state").hits[0]
    assert hit.passage.note == "a.md"
    assert hit.passage.heading == ("Gates", "Forget gate")
    assert (hit.rank, hit.passage.start_line, hit.passage.end_line) == (1, 1, 5)


def test_the_score_is_the_sum_of_its_parts(desk: Desk) -> None:
    """Cosine and words make one sum, its pieces' match another; the hits are in its order."""
    hits = found(desk, "forget gate cell state").hits
    content = [hit for hit in hits if hit.passage.kind is not Kind.CONTENTS]
    for hit in content:
        parts = hit.parts
        both = (1 - WORDS_WEIGHT) * parts.cosine + WORDS_WEIGHT * parts.words
        expected = (1 - PIECES_WEIGHT) * both + PIECES_WEIGHT * parts.pieces
        assert parts.final == pytest.approx(expected)
        assert 0 <= parts.heading <= parts.words <= 1
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


class Silent(TinyEncoder):
    """An encoder that tells nothing of pieces."""

    def read(self, texts: Sequence[str]) -> Reading:
        """Vectors alone."""
        return Reading(self.passages(texts), tuple(np.empty((0, 1), np.float32) for _ in texts))

    def read_question(self, text: str) -> Reading:
        """A vector alone."""
        return self.read([text])


def test_without_pieces_the_sum_of_meaning_and_words_ranks(tmp_path: Path) -> None:
    """Not every model can be asked for its pieces."""
    desk = Desk(tmp_path, Silent())
    desk.write("a.md", GATES)
    desk.write("b.md", CELLS)
    desk.sync()
    for hit in found(desk, "forget gate cell state").hits:
        parts = hit.parts
        both = (1 - WORDS_WEIGHT) * parts.cosine + WORDS_WEIGHT * parts.words
        assert (parts.final, parts.pieces) == (pytest.approx(both), 0)


def test_what_is_not_matched_stays_behind(tmp_path: Path) -> None:
    """Beyond the first so many the order of the sum stands, after all that were matched."""
    desk = Desk(tmp_path)
    for number in range(MATCHED + 5):
        desk.write(f"{number}.md", f"# Note {number}\n\ngate " + f"other{number} " * (number + 1))
    desk.sync()
    parts = [hit.parts for hit in found(desk, "gate", MATCHED + 5).hits]
    assert len(parts) == MATCHED + 5
    least = min(one.pieces for one in parts)
    assert all(one.pieces == least for one in parts[MATCHED:])
    assert [one.final for one in parts] == sorted((one.final for one in parts), reverse=True)


def test_contents_come_after_content(desk: Desk) -> None:
    """A table of contents never crowds out what it points to, however well it matches."""
    kinds = [hit.passage.kind for hit in found(desk, "forget gate cell state").hits]
    assert kinds[-1] is Kind.CONTENTS


def test_listed_questions_are_found_apart(desk: Desk) -> None:
    """They are no hits; the most similar comes first among them."""
    result = found(desk, "what is a forget gate?")
    assert all(hit.passage.kind is not Kind.LISTED for hit in result.hits)
    assert "forget gate" in result.listed[0].passage.text


def test_the_same_text_twice_is_one_hit_that_names_both_places(desk: Desk) -> None:
    """Copies of a note do not fill the list."""
    desk.write("copy.md", GATES)
    desk.sync()
    hits = found(desk, "what does the forget gate drop").hits
    assert [hit.passage.note for hit in hits].count("a.md") == 1
    assert hits[0].also == ("copy.md:1-5",)
    assert "copy.md" not in [hit.passage.note for hit in hits]


def test_a_limit_is_kept(desk: Desk) -> None:
    """So many hits and no more."""
    assert len(found(desk, "forget gate", 1).hits) == 1


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\0"])
def test_an_empty_question_is_an_error_that_says_so(desk: Desk, question: str) -> None:
    """Nothing to search for is said, not searched."""
    with pytest.raises(QuestionError, match="empty"):
        found(desk, question)


@pytest.mark.parametrize(
    "question",
    [
        '"forget',
        "AND OR NOT (",
        "gate^2 ~3 [a TO b] field:x \\",
        "🙂 𝐀",
        "the of and",
        "gate " * 20_000,
        "x" * 100_000,
        "\ud800 broken",
        "'; DROP TABLE passages; --",
    ],
    ids=lambda text: text[:12].encode("ascii", "replace").decode(),
)
def test_hostile_questions_are_answered(desk: Desk, question: str) -> None:
    """Operators, quotes, pastes and broken text are words or nothing; never an error."""
    assert found(desk, question).hits


@pytest.mark.parametrize(
    ("within", "notes"),
    [
        (("b.md",), {"b.md"}),
        (("sub",), {"sub/e.md"}),
        (("sub/", "a.md"), {"sub/e.md", "a.md"}),
        (("su",), set()),
        ((), {"a.md", "b.md", "c.md", "sub/e.md"}),
    ],
)
def test_a_question_can_be_kept_to_notes_and_folders(
    desk: Desk, within: tuple[str, ...], notes: set[str]
) -> None:
    """Only what is named is looked in, all of it, by meaning and by words."""
    desk.write("sub/e.md", "# Gate\n\n## Output gate\n\nThe output gate shows the cell state.\n")
    desk.sync()
    with desk.snapshot() as snapshot:
        scoped = search(snapshot, desk.encoder, "forget gate cell state", 10, within)
    assert {hit.passage.note for hit in scoped.hits} == notes


def test_a_scope_holds_for_listed_questions_too(desk: Desk) -> None:
    """What another note asks is not of this one."""
    with desk.snapshot() as snapshot:
        inside = search(snapshot, desk.encoder, "what is a forget gate", 10, ("d.md",))
        outside = search(snapshot, desk.encoder, "what is a forget gate", 10, ("a.md",))
    assert inside.listed
    assert not outside.listed
