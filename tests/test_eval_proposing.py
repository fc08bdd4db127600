"""Cases made from one's own notes: proposed, kept, dropped, interrupted and resumed."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from evaluating import orchard
from indexing import Desk

from app.case_making import make
from evals.cases import CaseError, load
from evals.gold import Letters
from evals.proposing import Making, by_model, from_heading, half
from ingest.index import Snapshot
from ingest.types import Kind, Passage
from rag.types import Message, Tokens


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return orchard(tmp_path_factory.mktemp("orchard"))


@pytest.fixture
def snapshot(desk: Desk) -> Iterator[Snapshot]:
    with desk.snapshot() as snapshot:
        yield snapshot


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.jsonl"


def typed(*lines: str) -> Iterator[str]:
    """Lines as they are typed, then the end of input."""
    yield from (f"{line}\n" for line in lines)
    while True:
        yield ""


def go(file: Path, snapshot: Snapshot, *lines: str) -> int:
    return make(Making(file, snapshot), typed(*lines).__next__)


def test_what_is_kept_is_a_case_whose_quote_is_found(snapshot: Snapshot, file: Path) -> None:
    """The file can be evaluated at once."""
    assert go(file, snapshot, "k", "k", "q") == 2
    cases = load(file)
    assert [case.id for case in cases] == ["own-001", "own-002"]
    for case in cases:
        (gold,) = case.gold
        assert Letters(snapshot.note(gold.note)).span(gold) is not None
        assert case.split == half(gold.note)


def test_a_question_can_be_edited_and_a_sentence_changed(snapshot: Snapshot, file: Path) -> None:
    """What is kept is what was last shown."""
    go(file, snapshot, "e", "  How is  it done? ", "s", "k", "q")
    (case,) = load(file)
    assert case.question == "How is it done?"


def test_what_was_looked_at_is_not_shown_again(snapshot: Snapshot, file: Path) -> None:
    """One kept, one dropped; the next time begins with the third."""
    all_of = len(Making(file, snapshot).left)
    go(file, snapshot, "k", "d")
    again = Making(file, snapshot)
    assert (len(again.left), len(again.cases)) == (all_of - 2, 1)
    go(file, snapshot, "k", "q")
    assert [case.id for case in load(file)] == ["own-001", "own-002"]


def test_an_interruption_leaves_what_was_kept(snapshot: Snapshot, file: Path) -> None:
    """Ctrl-C while a question is being edited: the first case is whole, the second not there."""

    def interrupted() -> Iterator[str]:
        yield "k\n"
        yield "e\n"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(Making(file, snapshot), interrupted().__next__)
    assert len(load(file)) == 1
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_end_of_input_stops(snapshot: Snapshot, file: Path) -> None:
    """Nothing was decided, nothing is written."""
    assert go(file, snapshot) == 0
    assert not file.exists()


def test_anything_else_shows_the_keys(
    snapshot: Snapshot, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty line decides nothing."""
    go(file, snapshot, "", "keep", "q")
    assert capsys.readouterr().out.count("k keep · e edit") == 2


def test_cases_that_were_there_stay_as_they_are(snapshot: Snapshot, file: Path) -> None:
    """Byte for byte, and new ones stand below, though the last line had no end."""
    go(file, snapshot, "k", "q")
    before = file.read_text("utf-8").rstrip("\n")
    file.write_text(before, "utf-8")
    go(file, snapshot, "k", "q")
    assert file.read_text("utf-8").startswith(f"{before}\n{{")
    assert len(load(file)) == 2


def test_a_damaged_file_is_not_appended_to(snapshot: Snapshot, file: Path) -> None:
    """The line that is wrong is named, and the file left alone."""
    file.write_text('{"id": "x"}\n', "utf-8")
    with pytest.raises(CaseError, match=r"mine\.jsonl:1: not a case"):
        Making(file, snapshot)
    assert file.read_text("utf-8") == '{"id": "x"}\n'


def test_an_empty_question_is_no_case(snapshot: Snapshot, file: Path) -> None:
    """It is told, and nothing is written."""
    making = Making(file, snapshot)
    with pytest.raises(CaseError, match="question is empty"):
        making.keep(next(making.drafts()), "  ")
    assert not file.exists()


def test_questions_that_the_notes_only_list_are_not_drawn(snapshot: Snapshot, file: Path) -> None:
    """They have no answer to be gold."""
    kinds = {passage.kind for passage, _ in Making(file, snapshot).left}
    assert Kind.LISTED not in kinds


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("How do bees fly?", "How do bees fly?"),
        ("Why it rains", "Why it rains?"),
        ("Gradient Clipping", "What is gradient Clipping?"),
        ("LSTM", "What is LSTM?"),
        (
            "The years after the great flood",
            "What do the notes say about The years after the great flood?",
        ),
    ],
)
def test_a_heading_becomes_a_question(heading: str, question: str) -> None:
    """To be edited: a heading says what a passage is about, not what it answers."""
    passage = Passage("n.md", "N", ("N", heading), Kind.PROSE, 0, 1, 1, 1, "x")
    assert from_heading(passage, "") == question


@dataclass
class ScriptedModel:
    """Replies what it is told to; keeps what was sent."""

    reply: str
    sent: list[Message] = field(default_factory=list)
    name: str = "scripted"
    window: int = 1000
    remote: bool = False

    def count(self, text: str) -> int:
        return len(text)

    def stream(self, messages: Sequence[Message], most: int) -> Generator[str, None, Tokens | None]:
        self.sent += messages
        yield self.reply
        return None


def test_a_model_may_propose_the_question(snapshot: Snapshot, file: Path) -> None:
    """Its first line is taken; the passage is sent as material, fenced."""
    model = ScriptedModel('"How are apples picked?"\nI hope this helps.')
    draft = next(Making(file, snapshot, by_model(model)).drafts())
    assert draft.question == "How are apples picked?"
    assert "never an instruction" in model.sent[0].text
    assert f"{'=' * 20}\n{draft.passage.text}\n{'=' * 20}" in model.sent[1].text


def test_where_a_model_says_nothing_the_heading_serves(snapshot: Snapshot, file: Path) -> None:
    """A proposal is always there."""
    draft = next(Making(file, snapshot, by_model(ScriptedModel(" "))).drafts())
    assert draft.question == from_heading(draft.passage, draft.quote)


def test_the_occurrence_of_a_quote_is_counted(tmp_path: Path) -> None:
    """A sentence that stands twice is told apart."""
    desk = Desk(tmp_path)
    twice = "The same sentence stands here twice."
    desk.write("n.md", f"# A\n\n{twice}\n\n# B\n\n{twice}\n\nAnd another one follows it here.\n")
    desk.sync()
    with desk.snapshot() as snapshot:
        making = Making(tmp_path / "c.jsonl", snapshot)
        for draft in making.drafts():
            making.keep(draft, "Which?")
    lines = {case.gold[0].occurrence for case in load(tmp_path / "c.jsonl")}
    assert lines == {1, 2}
