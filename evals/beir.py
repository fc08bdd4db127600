"""How search does on a collection in BEIR's form: documents, questions, and judged pairs.

`python -m evals.beir FOLDER --split dev [--limit N]`

The folder holds `corpus.jsonl`, `queries.jsonl` and `qrels/SPLIT.tsv`. Each document becomes a note
and is split, indexed and searched like any other; it ranks where its best passage does. Equal
documents count in two ways: each by itself, as judged, and as one.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Final

from evals.cases import CaseError, normalised
from evals.measures import Ranking
from evals.measures.graded import first_rank, ndcg, recall
from ingest.encode import PACKAGED, load_encoder
from ingest.index import NoteIndex
from ingest.sync import sync
from rag.chat import NoteChat
from rag.types import Found

# How many passages are asked for: enough for a hundred documents of several passages.
_DEPTH: Final = 200
# Progress is told after so many questions.
_TELL_EVERY: Final = 100

Judged = Mapping[str, Mapping[str, int]]


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


def rankings(collection: Collection, cache: Path, limit: int | None = None) -> dict[str, list[str]]:
    """The documents that the product's search finds for each judged question."""
    asked = [id for id in collection.judged if id in collection.questions][:limit]
    # Ids need not be file names.
    files = {f"{at:07}.md": id for at, id in enumerate(collection.documents)}
    with tempfile.TemporaryDirectory() as folder:
        notes, index = Path(folder) / "notes", Path(folder) / "index"
        notes.mkdir()
        for name, id in files.items():
            (notes / name).write_text(collection.documents[id], "utf-8")
        encoder = load_encoder(PACKAGED, cache, _tell)
        for step in sync(notes, index, encoder):
            if step.done % 1024 == 0:
                _tell(f"{step.stage} {step.done} of {step.total}")
        with NoteIndex.open(index, encoder.name) as opened:
            chat = NoteChat(opened, encoder)
            found = {}
            for at, id in enumerate(asked):
                if at % _TELL_EVERY == 0:
                    _tell(f"searching {at} of {len(asked)}")
                documents = documents_of(chat.search(collection.questions[id], _DEPTH))
                found[id] = [files[name] for name in documents]
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise CaseError(f"{path} cannot be read: {error}. Name a folder in BEIR's form.") from error


def _tell(message: str) -> None:
    print(message, file=sys.stderr)


def _lines(rows: Iterable[tuple[str, Figures]]) -> Iterator[str]:
    yield f"{'':<14} nDCG@10 recall@10 recall@100  MRR@10"
    for name, row in rows:
        yield (
            f"{name:<14} {row.ndcg_10:7.3f} {row.recall_10:9.3f} {row.recall_100:10.3f}"
            f" {row.mrr_10:7.3f}"
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "footnote-models"
    )
    given = parser.parse_args()
    collection = read(given.folder, given.split)
    found = rankings(collection, given.cache, given.limit)
    same = copies(collection.documents)
    print(
        *_lines(
            [
                ("as judged", figures(found, collection.judged)),
                ("copies as one", as_one(found, collection.judged, same)),
            ]
        ),
        sep="\n",
    )


if __name__ == "__main__":
    main()
