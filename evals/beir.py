"""How search does on a collection in BEIR's form: documents, questions, and judged pairs.

`footnote eval beir FOLDER --split dev [--limit N]`

The folder holds `corpus.jsonl`, `queries.jsonl` and `qrels/SPLIT.tsv`. Each document becomes a note
and is split, indexed and searched like any other; it ranks where its best passage does. Equal
documents count in two ways: each by itself, as judged, and as one.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Final, Protocol

from evals.cases import CaseError, normalised
from evals.measures import Ranking
from evals.measures.graded import first_rank, ndcg, recall
from rag.types import Found

# How many passages are asked for: enough for a hundred documents of several passages.
_DEPTH: Final = 200

Judged = Mapping[str, Mapping[str, int]]


class Searching(Protocol):
    """What is measured."""

    def search(self, question: str, limit: int) -> Found:
        """The passages that bear on a question."""
        ...


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by id, questions by id, and the grades of documents for each judged question."""

    documents: Mapping[str, str]
    questions: Mapping[str, str]
    judged: Judged


@dataclass(frozen=True, slots=True)
class Figures:
    """The means over all questions."""

    ndcg_10: float
    recall_10: float
    recall_100: float
    mrr_10: float


def read(folder: Path, split: str) -> Collection:
    """The collection in a folder; an error names the file that is not in order."""
    documents = {
        row["_id"]: f"# {row['title']}\n\n{row['text']}" if row.get("title") else row["text"]
        for row in _rows(folder / "corpus.jsonl")
    }
    questions = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
    judged: dict[str, dict[str, int]] = {}
    path = folder / "qrels" / f"{split}.tsv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                judged.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CaseError(f"{path} cannot be read: {error!r}. Is --split right?") from error
    return Collection(documents, questions, judged)


def copies(documents: Mapping[str, str]) -> dict[str, str]:
    """For each document the first that says the same."""
    first: dict[str, str] = {}
    return {id: first.setdefault(normalised(text), id) for id, text in documents.items()}


def figures(rankings: Mapping[str, Sequence[str]], judged: Judged) -> Figures:
    """The measures over rankings of documents, one for each question."""
    pairs = [(ranked, judged[id]) for id, ranked in rankings.items()]
    return Figures(
        mean(ndcg(ranked, grades, 10) for ranked, grades in pairs),
        mean(recall(ranked, grades, 10) for ranked, grades in pairs),
        mean(recall(ranked, grades, 100) for ranked, grades in pairs),
        Ranking(tuple(first_rank(ranked, grades) for ranked, grades in pairs)).mrr,
    )


def as_one(
    rankings: Mapping[str, Sequence[str]], judged: Judged, same: Mapping[str, str]
) -> Figures:
    """The measures with equal documents taken for one, as relevant as the best graded of them."""
    merged: dict[str, dict[str, int]] = {}
    for question, grades in judged.items():
        of_question = merged.setdefault(question, {})
        for id, grade in grades.items():
            one = same.get(id, id)
            of_question[one] = max(grade, of_question.get(one, 0))
    once = {
        id: list(dict.fromkeys(same.get(one, one) for one in ranked))
        for id, ranked in rankings.items()
    }
    return figures(once, merged)


def documents_of(found: Found) -> list[str]:
    """The notes in the order of their best passages; copies follow what they are copies of."""
    notes = (
        note
        for hit in found.hits
        for note in (hit.passage.note, *(place.rpartition(":")[0] for place in hit.also))
    )
    return list(dict.fromkeys(notes))


def as_notes(collection: Collection, folder: Path) -> dict[str, str]:
    """Each document written as a note; the documents' ids by the names of their files."""
    # Ids need not be file names.
    files = {f"{at:07}.md": id for at, id in enumerate(collection.documents)}
    folder.mkdir()
    for name, id in files.items():
        (folder / name).write_text(collection.documents[id], "utf-8")
    return files


def asked(collection: Collection, limit: int = 0) -> list[str]:
    """The ids of the judged questions, all or the first so many; an error where there is none."""
    found = [id for id in collection.judged if id in collection.questions]
    if not found:
        raise CaseError("The collection judges none of its questions. Name another --split.")
    return found[:limit] if limit else found


def ranked(
    chat: Searching, collection: Collection, files: Mapping[str, str], ids: Iterable[str]
) -> Iterator[tuple[str, list[str]]]:
    """Each question with the documents that search finds for it, best first."""
    for id in ids:
        names = documents_of(chat.search(collection.questions[id], _DEPTH))
        yield id, [files[name] for name in names]


def table(collection: Collection, rankings: Mapping[str, Sequence[str]]) -> str:
    """The figures as a table: equal documents each by itself, as judged, and as one."""
    same = copies(collection.documents)
    rows = (
        ("as judged", figures(rankings, collection.judged)),
        ("copies as one", as_one(rankings, collection.judged, same)),
    )
    return "".join(f"{line}\n" for line in _lines(rows))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise CaseError(f"{path} cannot be read: {error}. Name a folder in BEIR's form.") from error


def _lines(rows: Iterable[tuple[str, Figures]]) -> Iterator[str]:
    yield f"{'':<14} nDCG@10 recall@10 recall@100  MRR@10"
    for name, row in rows:
        yield (
            f"{name:<14} {row.ndcg_10:7.3f} {row.recall_10:9.3f} {row.recall_100:10.3f}"
            f" {row.mrr_10:7.3f}"
        )
