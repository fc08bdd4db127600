"""How well splitting serves search: which letters of the answering spans the first passages hold.

`python -m evals.spans FOLDER`, with `questions_df.csv` and `corpora/*.md` in it. Beside Footnote
stand LlamaIndex's default and Markdown splitters over the same encoder, searched by cosine.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from evals.cases import CaseError
from evals.opening import with_cache
from ingest.encode import PACKAGED, Encoder, load_encoder
from ingest.index import NoteIndex
from ingest.sync import sync
from rag.retrieve import search

# How many passages are read.
PASSAGES: Final = 5


@dataclass(frozen=True, slots=True)
class Span:
    """The letters from `start` to `end` of a document."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the spans that answer it."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Over all questions: the share of the wanted that is held, and of the held that is wanted."""

    recall: float
    precision: float
    letters: float


Search = Callable[[str], Sequence[Span]]


def held(wanted: Sequence[Span], found: Sequence[Span]) -> tuple[int, int, int]:
    """How many letters are wanted, found, and both; none is counted twice.

    >>> held([Span("a", 0, 10)], [Span("a", 5, 20), Span("a", 15, 25), Span("b", 0, 5)])
    (10, 25, 5)
    """
    wants, has = _letters(wanted), _letters(found)
    both = sum(len(wants[name] & has.get(name, set())) for name in wants)
    return _size(wants), _size(has), both


def figures(questions: Sequence[Question], find: Search) -> Figures:
    """The means over all questions."""
    recalls, precisions, letters = [], [], []
    for done, question in enumerate(questions, 1):
        wanted, found, both = held(question.spans, find(question.text))
        recalls.append(both / wanted if wanted else 0.0)
        precisions.append(both / found if found else 0.0)
        letters.append(found)
        if sys.stderr.isatty():
            print(f"\r{done} of {len(questions)}", end="", file=sys.stderr)
    return Figures(*(float(np.mean(row)) for row in (recalls, precisions, letters)))


def read(folder: Path, documents: Mapping[str, str]) -> list[Question]:
    """The questions of a folder, each span found again by its own words."""
    path = folder / "questions_df.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [_question(row, documents) for row in csv.DictReader(file)]
    except (OSError, KeyError, ValueError) as error:
        raise CaseError(f"{path} cannot be read: {error!r}") from error


def _question(row: Mapping[str, str], documents: Mapping[str, str]) -> Question:
    name = f"{row['corpus_id']}.md"
    text = documents[name]
    spans = []
    for reference in json.loads(row["references"]):
        content = reference["content"]
        start = text.find(content)
        if start < 0:
            raise ValueError(f"{content[:60]!r} does not stand in {name}")
        spans.append(Span(name, start, start + len(content)))
    return Question(row["question"], tuple(spans))


def _letters(spans: Sequence[Span]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for span in spans:
        found.setdefault(span.document, set()).update(range(span.start, span.end))
    return found


def _size(letters: Mapping[str, set[int]]) -> int:
    return sum(map(len, letters.values()))


def _by_cosine(nodes: Sequence[Span], documents: Mapping[str, str], encoder: Encoder) -> Search:
    vectors = encoder.passages([documents[n.document][n.start : n.end] for n in nodes])

    def find(question: str) -> Sequence[Span]:
        best = np.argsort(-(vectors @ encoder.question(question)), kind="stable")[:PASSAGES]
        return [nodes[at] for at in best]

    return find


def _nodes(parser: Any, documents: Mapping[str, str]) -> Iterator[Span]:
    """What a LlamaIndex splitter makes of the documents; each node is found again by its text."""
    from llama_index.core import Document

    for name, text in documents.items():
        at = 0
        for node in parser.get_nodes_from_documents([Document(text=text)]):
            content = node.get_content()
            start = text.find(content, max(0, at - len(content)))
            start = start if start >= 0 else text.find(content)
            if content.strip() and start >= 0:
                at = start + len(content)
                yield Span(name, start, at)


def main() -> None:
    """Print the figures of the three ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    given = with_cache(parser).parse_args()
    from llama_index.core.node_parser import MarkdownNodeParser, SentenceSplitter

    encoder = load_encoder(PACKAGED, given.cache, print)
    with tempfile.TemporaryDirectory() as made:
        for _ in sync(given.folder / "corpora", Path(made) / "index", encoder, print):
            pass
        with NoteIndex.open(Path(made) / "index", encoder.name) as index, index.snapshot() as notes:
            documents = {one.path: notes.note(one.path).text for one in notes.notes()}
            questions = read(given.folder, documents)

            def find(question: str) -> Sequence[Span]:
                hits = search(notes, encoder, question, PASSAGES).hits
                return [Span(h.passage.note, h.passage.start, h.passage.end) for h in hits]

            ways = {
                "footnote": find,
                "LlamaIndex default": _by_cosine(
                    list(_nodes(SentenceSplitter(), documents)), documents, encoder
                ),
                "LlamaIndex Markdown": _by_cosine(
                    list(_nodes(MarkdownNodeParser(), documents)), documents, encoder
                ),
            }
            print(f"{'':<20} recall  precision  letters read   ({len(questions)} questions)")
            for name, way in ways.items():
                one = figures(questions, way)
                print(f"{name:<20} {one.recall:6.3f}  {one.precision:9.3f}  {one.letters:12,.0f}")


if __name__ == "__main__":
    main()
