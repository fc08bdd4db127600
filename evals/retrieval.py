"""Where the gold quotes of known questions stand in the ranking, ours beside a LlamaIndex starter.

`python -m evals.retrieval --notes FOLDER --cases FILE [--starter]`
"""

import argparse
import contextlib
import html
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from evals.cases import Case, load, normalised
from evals.measures import Ranking
from ingest.encode import PACKAGED, load_encoder
from ingest.index import NoteIndex
from ingest.sync import sync
from rag.retrieve import search

_DEPTH: Final = 10

Search = Callable[[str], Sequence[str]]


def ranks(cases: Sequence[Case], search_texts: Search) -> Ranking:
    """The rank of the first passage that holds a gold quote whole, for each case that has gold."""
    found: list[int | None] = []
    for case in cases:
        if case.answerable:
            quotes = [normalised(gold.quote) for gold in case.accepted]
            texts = [normalised(text) for text in search_texts(case.question)]
            holding = (rank for rank, text in enumerate(texts, 1) if any(q in text for q in quotes))
            found.append(next(holding, None))
    return Ranking(tuple(found))


def ours(notes: Path, cases: Sequence[Case], cache: Path) -> Ranking:
    """Footnote's own ranking."""
    with tempfile.TemporaryDirectory() as folder:
        encoder = load_encoder(PACKAGED, cache, print)
        for _ in sync(notes, Path(folder), encoder):
            pass
        with NoteIndex.open(Path(folder), encoder.name) as index, index.snapshot() as snapshot:
            return ranks(
                cases,
                lambda question: [
                    hit.passage.text for hit in search(snapshot, encoder, question, _DEPTH).hits
                ],
            )


def starter(notes: Path, cases: Sequence[Case]) -> Ranking:
    """What LlamaIndex's starter finds with the same model: 1024-token chunks, cosine alone."""
    from evals.starter import open_starter

    with tempfile.TemporaryDirectory() as folder:
        retrieve = open_starter(notes, Path(folder), _DEPTH)
        return ranks(cases, lambda question: [_as_written(text) for text in retrieve(question)])


def _as_written(text: str) -> str:
    """A chunk of a raw page with its entities read, so that quotes are found in it."""
    with contextlib.suppress(ValueError):
        text = json.loads(f'"{text}"')
    return html.unescape(text)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=Path, required=True)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "footnote-models"
    )
    parser.add_argument("--starter", action="store_true", help="measure a LlamaIndex starter too")
    arguments = parser.parse_args()
    cases = load(arguments.cases)
    rows = {"footnote": ours(arguments.notes, cases, arguments.cache)}
    if arguments.starter:
        rows["llama-index starter"] = starter(arguments.notes, cases)
    print(f"{'':<20}  hit@1  hit@5    MRR      n")
    for name, ranking in rows.items():
        figures = f"{ranking.hit(1):6.3f} {ranking.hit(5):6.3f} {ranking.mrr:6.3f}"
        print(f"{name:<20} {figures} {len(ranking.ranks):6d}")


if __name__ == "__main__":
    main()
