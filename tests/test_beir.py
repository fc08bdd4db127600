"""Collections in BEIR's form: read, ranked by document, measured."""

import json
from pathlib import Path

import pytest
from scripted import hit, passage

from evals.beir import as_one, copies, documents_of, figures, read
from evals.cases import CaseError
from rag.types import Found, Hit


def test_the_figures_are_means_over_questions() -> None:
    """One question finds its only document second, the other not at all."""
    found = figures({"q": ["b", "a"], "r": ["b"]}, {"q": {"a": 1}, "r": {"c": 1}})
    assert found.ndcg_10 == pytest.approx(0.6309 / 2, abs=1e-4)
    assert (found.recall_10, found.recall_100, found.mrr_10) == (0.5, 0.5, 0.25)


def test_equal_documents_may_count_as_one() -> None:
    """A copy in front of the judged document is that document, and takes no place of its own."""
    same = copies({"a": "one text", "b": "one\ntext", "c": "another"})
    assert same == {"a": "a", "b": "a", "c": "c"}
    assert as_one({"q": ["c", "a", "b"]}, {"q": {"b": 1}}, same).mrr_10 == 0.5
    assert figures({"q": ["c", "a", "b"]}, {"q": {"b": 1}}).mrr_10 == pytest.approx(1 / 3)


def test_a_document_ranks_where_its_best_passage_does() -> None:
    """Each note once, and copies right behind what they are copies of."""
    first, second = passage("## A\ntext", "1.md"), passage("## B\ntext", "2.md")
    hits = (hit(1, first), Hit(2, hit(2, second).id, second, hit(2, second).parts, ("3.md:1-4",)))
    found = Found("?", (*hits, hit(3, first)), (), {})
    assert documents_of(found) == ["1.md", "2.md", "3.md"]


def test_a_folder_is_read(tmp_path: Path) -> None:
    """Titles become headings, and only judged questions have grades."""
    documents = [{"_id": "d1", "title": "T", "text": "x"}, {"_id": "d2", "text": "y"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)))
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "why"}))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq\td2\t1\n")
    collection = read(tmp_path, "dev")
    assert collection.documents == {"d1": "# T\n\nx", "d2": "y"}
    assert (collection.questions, collection.judged) == ({"q": "why"}, {"q": {"d2": 1}})
    with pytest.raises(CaseError, match="Is --split right"):
        read(tmp_path, "test")
