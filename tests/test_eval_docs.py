"""The figures in the documents are those of the kept run that they name."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from evaluating import run_with

from evals.docs import DOCUMENTS, ROOT, brought_up_to_date, write_docs
from evals.gate import held, in_project
from evals.records import Run
from evals.runfile import RunError, read_run, write_run

MARKER = re.compile(r"<!-- (?:figures|headline): (\S+) -->")
MOST_BYTES = 1_000_000


@pytest.fixture(scope="module")
def kept() -> Run:
    """The run that the documents show."""
    (name,) = {name for path in DOCUMENTS for name in MARKER.findall(path.read_text("utf-8"))}
    return read_run(ROOT / name)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_documents_show_the_kept_run(path: Path) -> None:
    """Writing them again changes nothing; a figure changed by hand would show."""
    text = path.read_text("utf-8")
    assert MARKER.search(text)
    assert brought_up_to_date(text) == text


def test_a_figure_changed_by_hand_is_noticed() -> None:
    """The documents are held to the last digit."""
    text = DOCUMENTS[1].read_text("utf-8")
    row = re.search(r"\| Recall at 5 \| recall@5 \| (\d\.\d+)", text)
    assert row
    changed = text.replace(row.group(0), row.group(0)[:-1] + "x")
    assert brought_up_to_date(changed) == text


def test_the_kept_run_is_small_and_without_texts(kept: Run) -> None:
    """It lies beside the code for good."""
    for path in (ROOT / "evals" / "results").glob("*.json"):
        assert path.stat().st_size < MOST_BYTES
    assert kept == kept.slim()


def test_the_kept_run_is_of_what_the_gates_are_for(kept: Run) -> None:
    """The report half of all shipped questions, by a commit."""
    given = kept.circumstances
    assert (given.notes, given.cases, given.split, given.limit) == (
        "corpus",
        "shipped",
        "report",
        0,
    )
    assert re.fullmatch(r"[0-9a-f]{10}", given.commit)


def test_the_gates_hold_on_the_kept_run(kept: Run) -> None:
    """What the documents show is not under what is required."""
    failed = [str(one) for one in held(in_project(ROOT).gates, kept) if not one.holds]
    assert failed == []


def test_the_gates_fail_for_a_checker_that_always_agrees(kept: Run) -> None:
    """Every statement made wrong is called quoted."""
    agreeing = tuple(replace(one, verdicts="q" * len(one.verdicts)) for one in kept.pairs)
    failed = [
        one for one in held(in_project(ROOT).gates, replace(kept, pairs=agreeing)) if not one.holds
    ]
    assert [one.gate.measure for one in failed] == ["wrong-caught"]


def test_documents_are_not_written_from_elsewhere(tmp_path: Path) -> None:
    """Only a run beside the code can be named in a document."""
    write_run(tmp_path / "run.json", run_with())
    with pytest.raises(RunError, match="--keep"):
        write_docs(tmp_path / "run.json")
