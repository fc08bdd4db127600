"""A run in the forms of other tools."""

import json
from pathlib import Path

import pytest
from evaluating import ELSEWHERE, PLACE, hit, record, run_with, unanswerable

from evals.export import ExportError, export

RUN = run_with(record("a"), record("b", hits=(hit(place=ELSEWHERE), hit(0))), unanswerable("c"))


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_ragas_rows_hold_question_answer_contexts_and_reference(tmp_path: Path) -> None:
    """One line for each question."""
    (file,) = export(RUN, "ragas", tmp_path / "rows.jsonl")
    first = rows(file)[0]
    assert first == {
        "user_input": "What is a?",
        "response": "the gold",
        "retrieved_contexts": ["text of a.md:3-4", "text of b.md:7-7"],
        "reference": "It is gold.",
        "reference_contexts": ["the gold"],
    }
    assert len(rows(file)) == 3


def test_beir_folders_can_be_read_together(tmp_path: Path) -> None:
    """Every judgement names a query and a passage that are there."""
    corpus, queries, judged = export(RUN, "beir", tmp_path / "beir")
    passages = {row["_id"] for row in rows(corpus)}
    asked = {row["_id"] for row in rows(queries)}
    head, *lines = judged.read_text("utf-8").splitlines()
    assert head == "query-id\tcorpus-id\tscore"
    assert [line.split("\t") for line in lines] == [["a", str(PLACE), "1"], ["b", str(PLACE), "1"]]
    assert passages == {str(PLACE), str(ELSEWHERE)}
    assert asked == {"a", "b", "c"}
    assert judged.name == "report.tsv"


def test_trec_files_have_six_columns_and_four(tmp_path: Path) -> None:
    """Ranks count from 1 and names hold no spaces."""
    ranked, judged = export(RUN, "trec", tmp_path / "run.txt")
    lines = [line.split(" ") for line in ranked.read_text("utf-8").splitlines()]
    assert lines[2] == ["b", "Q0", "b.md:7-7", "1", "0.500000", "toy"]
    assert all(len(line) == 6 for line in lines)
    assert judged.read_text("utf-8").splitlines() == ["a 0 a.md:3-4 1", "b 0 a.md:3-4 1"]


@pytest.mark.parametrize("form", ["ragas", "beir"])
def test_a_run_without_texts_is_not_exported_as_if_it_had_them(tmp_path: Path, form: str) -> None:
    """With the command that writes a run with texts."""
    with pytest.raises(ExportError, match="--json FILE"):
        export(RUN.slim(), form, tmp_path / "out")


def test_an_unknown_form_is_told_with_those_that_are(tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(ExportError, match="'csv' is no form; there are ragas, beir, trec"):
        export(RUN, "csv", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
