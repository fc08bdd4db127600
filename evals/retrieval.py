"""Where the gold quotes of known questions stand in the ranking, ours beside a LlamaIndex starter.

`python -m evals.retrieval --notes FOLDER --cases FILE_OR_FOLDER [--split report] [--starter]`
"""

import contextlib
import html
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from evals.cases import Case, normalised
from evals.measures import Ranking
from evals.opening import arguments, chat_over, chosen

_DEPTH: Final = 10

Search = Callable[[Case], Sequence[str]]


def ranks(cases: Sequence[Case], search_texts: Search) -> dict[str, Ranking]:
    """The rank of the first passage that holds an accepted quote whole, by kind and over all."""
    found: dict[str, list[int | None]] = {}
    for case in cases:
        if case.answerable:
            quotes = [normalised(gold.quote) for gold in case.accepted]
            texts = [normalised(text) for text in search_texts(case)]
            holding = (rank for rank, text in enumerate(texts, 1) if any(q in text for q in quotes))
            rank = next(holding, None)
            for kind in (case.kind, "all"):
                found.setdefault(kind, []).append(rank)
    return {kind: Ranking(tuple(places)) for kind, places in found.items()}


def ours(notes: Path, cases: Sequence[Case], cache: Path) -> dict[str, Ranking]:
    """Footnote's own ranking; follow-ups are made whole by its rule."""
    with chat_over(notes, cache) as chat:

        def texts(case: Case) -> list[str]:
            found = chat.search(case.question, _DEPTH, case.history)
            return [hit.passage.text for hit in found.hits]

        return ranks(cases, texts)


def starter(notes: Path, cases: Sequence[Case]) -> dict[str, Ranking]:
    """What LlamaIndex's starter finds with the same model: 1024-token chunks, cosine alone."""
    from evals.starter import open_starter

    with tempfile.TemporaryDirectory() as folder:
        retrieve = open_starter(notes, Path(folder), _DEPTH)
        return ranks(cases, lambda case: [_as_written(text) for text in retrieve(case.question)])


def _as_written(text: str) -> str:
    """A chunk of a raw page with its entities read, so that quotes are found in it."""
    with contextlib.suppress(ValueError):
        text = json.loads(f'"{text}"')
    return html.unescape(text)


def _show(name: str, rankings: Mapping[str, Ranking]) -> None:
    kinds = [kind for kind in rankings if kind != "all"]
    for kind in (*(kinds if len(kinds) > 1 else ()), "all"):
        ranking = rankings[kind]
        figures = f"{ranking.hit(1):6.3f} {ranking.hit(5):6.3f} {ranking.mrr:6.3f}"
        print(f"{name:<20} {kind:<11} {figures} {len(ranking.ranks):6d}")


def main() -> None:
    """Print the figures."""
    parser = arguments(__doc__)
    parser.add_argument("--starter", action="store_true", help="measure a LlamaIndex starter too")
    given = parser.parse_args()
    cases = chosen(given)
    print(f"{'':<20} {'kind':<11}  hit@1  hit@5    MRR      n")
    _show("footnote", ours(given.notes, cases, given.cache))
    if given.starter:
        _show("llama-index starter", starter(given.notes, cases))


if __name__ == "__main__":
    main()
