"""Runs as files: read back as they were written, and what is none is told."""

import json
from pathlib import Path

import pytest
from evaluating import ELSEWHERE, PLACE, record, refused, run_with, unanswerable

from evals.figures import figures
from evals.records import (
    SCHEMA,
    FollowUp,
    GoldRecord,
    Judged,
    PairsRecord,
    Place,
    Run,
    TokenRecord,
)
from evals.runfile import RunError, read_run, write_run, write_whole


@pytest.fixture
def run() -> Run:
    """A run with something in every field."""
    full = record(
        tokens=TokenRecord(5, 7),
        follow_up=FollowUp(None, 2, 1),
        judged=Judged("judge", True, 4.5),
        gold=(
            GoldRecord("lost", "a: b-2.md", None, True),
            GoldRecord("", "b.md", ELSEWHERE, False),
        ),
        problem="the model broke off",
    )
    pairs = (PairsRecord("quote", True, "qqu"),)
    return run_with(full, refused(), unanswerable(), pairs=pairs)


def test_a_run_is_read_back_as_it_was_written(tmp_path: Path, run: Run) -> None:
    """Every field, with its type."""
    write_run(tmp_path / "deep" / "run.json", run)
    assert read_run(tmp_path / "deep" / "run.json") == run


@pytest.mark.parametrize("note", ["a.md", "a: b/c-1:2-3.md", "ü \n.md"])
def test_places_survive_odd_names(tmp_path: Path, note: str) -> None:
    """Names with colons, dashes and line ends among them."""
    run = run_with(record(gold=(GoldRecord("", note, Place(note, 3, 9), True),)))
    write_run(tmp_path / "run.json", run)
    assert read_run(tmp_path / "run.json") == run


def test_a_kept_run_has_the_same_figures_without_the_texts(run: Run) -> None:
    """Only what reading needs is left out."""
    slim = run.slim()
    assert figures(slim) == figures(run)
    assert "text of" not in repr(slim)
    assert "the gold" not in repr(slim)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON, or cut short"),
        ('{"schema": 1, "records": [', "no JSON, or cut short"),
        ("[1, 2]", "is no run of `footnote eval --json`"),
        ('{"question": "?"}', "is no run of `footnote eval --json`"),
        ('{"schema": 99, "records": []}', "form 99, this version reads"),
        (json.dumps({"schema": SCHEMA, "records": []}), "lacks or should not have"),
    ],
)
def test_a_foreign_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    """With what it is not."""
    (tmp_path / "run.json").write_text(text, "utf-8")
    with pytest.raises(RunError, match=said):
        read_run(tmp_path / "run.json")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("outcome", "maybe", r"records\[0\]\.outcome is 'maybe', not one of answered"),
        ("words", "many", r"records\[0\]\.words is 'many', not of type int"),
        ("chance", "high", r"records\[0\]\.chance is 'high', not a number"),
        ("hits", {}, r"records\[0\]\.hits is '{}', not a list"),
        ("citations", [{"number": 1, "place": "here", "holds": []}], r"not a place such as"),
        ("timings_ms", [], r"records\[0\]\.timings_ms is '\[\]', not an object"),
    ],
)
def test_a_damaged_run_is_told_with_its_place(
    tmp_path: Path, run: Run, field: str, value: object, said: str
) -> None:
    """The first field that is wrong is named."""
    file = tmp_path / "run.json"
    write_run(file, run)
    written = json.loads(file.read_text("utf-8"))
    written["records"][0][field] = value
    file.write_text(json.dumps(written), "utf-8")
    with pytest.raises(RunError, match=said):
        read_run(file)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """With the command that writes a run."""
    with pytest.raises(RunError, match=r"run\.json cannot be read: .*--json FILE"):
        read_run(tmp_path / "run.json")


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """A folder stands where the file should be."""
    (tmp_path / "run.json").mkdir()
    with pytest.raises(RunError, match="cannot be written"):
        write_whole(tmp_path / "run.json", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_records_stand_on_lines_of_their_own(tmp_path: Path, run: Run) -> None:
    """So that a change of one question is one line of a difference."""
    write_run(tmp_path / "run.json", run)
    lines = (tmp_path / "run.json").read_text("utf-8").splitlines()
    assert sum(line.startswith('{"id":') for line in lines) == 3
    assert str(PLACE) in lines[-8]
