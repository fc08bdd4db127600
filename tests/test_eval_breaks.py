"""Deliberate breaks: each makes a gate fail that holds without it, on a slice of the shipped cases."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from broken import BrokenIndex, Change, shuffled, without_words, words_alone
from evaluating import run_with

from evals.cases import Case, load
from evals.gate import Gate, held
from evals.records import Run
from evals.run import Subject
from evals.suite import SHIPPED_CASES, asked, judged_pairs
from ingest.encode import PACKAGED, load_encoder
from ingest.index import NoteIndex
from ingest.sync import sync
from rag.chat import NoteChat
from rag.types import PLAIN, Verdict

CORPUS = SHIPPED_CASES.parent.parent / "corpus"
# Notes whose questions use rare words: search without words shows most there.
NOTES = ("10-", "20-", "33-", "41-")
SLICE = 20
# As in pyproject.toml: what rounding may turn, and less than any break.
SLACK = 0.02


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the shipped notes."""
    notes = tmp_path_factory.mktemp("slice") / "notes"
    notes.mkdir()
    for path in CORPUS.glob("*.md"):
        if path.name.startswith(NOTES):
            shutil.copy(path, notes)
    return notes


@pytest.fixture(scope="module")
def cases(folder: Path) -> list[Case]:
    """Questions whose answers stand in them."""
    there = {path.name for path in folder.iterdir()}
    known = [
        case
        for case in load(SHIPPED_CASES)
        if case.answerable and {gold.note for gold in case.gold} <= there and not case.history
    ]
    return known[:: max(1, len(known) // SLICE)][:SLICE]


@pytest.fixture(scope="module")
def subject(folder: Path) -> Iterator[Subject]:
    """The real encoder over these notes."""
    encoder = load_encoder(PACKAGED, folder.parent / "cache", lambda _: None)
    index_folder = folder.parent / "index"
    for _ in sync(folder, index_folder, encoder):
        pass
    with NoteIndex.open(index_folder, encoder.name) as index:
        yield Subject(NoteChat(index, encoder), index, encoder)


@pytest.fixture(scope="module")
def healthy(subject: Subject, cases: list[Case]) -> Run:
    return run_with(*asked(subject, cases, PLAIN))


def gates(run: Run) -> list[Gate]:
    """Requirements slightly under what the run gives."""
    names = ("hit@1", "recall@5", "mrr@10")
    values = {
        one.gate.measure: one.value for one in held([Gate(n, "", ">=", 0) for n in names], run)
    }
    return [Gate(name, "", ">=", value - SLACK) for name, value in values.items()]


def test_without_a_break_the_gates_hold(healthy: Run, subject: Subject, cases: list[Case]) -> None:
    """A second run gives the same figures."""
    again = run_with(*asked(subject, cases, PLAIN))
    assert all(one.holds for one in held(gates(healthy), again))


@pytest.mark.parametrize("change", [without_words, words_alone, shuffled])
def test_a_broken_search_fails_a_gate(
    healthy: Run, subject: Subject, cases: list[Case], change: Change
) -> None:
    """Search without words, search by words alone, and passages that belong to other vectors."""
    index = BrokenIndex(subject.index, change)
    broken = Subject(NoteChat(index, subject.encoder), subject.index, subject.encoder)  # type: ignore[arg-type]
    run = run_with(*asked(broken, cases, PLAIN))
    assert not all(one.holds for one in held(gates(healthy), run))


def test_a_checker_that_always_agrees_fails_a_gate(folder: Path) -> None:
    """Rules catch what was made wrong; a checker that says 'quoted' to all catches nothing."""
    required = [Gate("wrong-caught", "", ">=", 0.95), Gate("right-passed", "", ">=", 0.95)]
    rules = run_with(pairs=judged_pairs(folder, "report"))
    agreeing = run_with(pairs=judged_pairs(folder, "report", lambda _: Verdict.QUOTED))
    assert [one.holds for one in held(required, rules)] == [True, True]
    assert [one.holds for one in held(required, agreeing)] == [False, True]
