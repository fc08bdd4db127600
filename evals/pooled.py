"""Passages that may answer known questions as well as their gold, to be judged by reading.

`python -m evals.pooled --notes FOLDER --cases FILE_OR_FOLDER [--split tune|report] [--all] > FILE`

Pooled as TREC does it: for every answerable case the first passages of three ways of searching,
as far as they stand above the first accepted one. They come in one order for all ways, shuffled by
a fixed seed and without scores, so that the judge cannot tell which way found them. What
`labels/pooled.jsonl` has a verdict on is left out. It changes no case: a passage that answers goes
into the case's `also` by hand.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Final

from evals.cases import Case, normalised
from evals.opening import arguments, chosen, index_over
from ingest.encode import Encoder
from ingest.errors import FootnoteError
from ingest.index import NoteIndex, Snapshot
from ingest.types import Passage, PassageId
from rag.chat import NoteChat

# How many passages each way brings to the pool: hit@5 looks no deeper.
DEPTH: Final = 5
LABELS: Final = Path(__file__).parent / "labels" / "pooled.jsonl"
_SEED: Final = 20


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge said: does this passage by itself answer this case completely?"""

    case: str
    note: str
    start_line: int
    verdict: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A case and a passage that nobody has accepted for it."""

    case: Case
    passage: Passage


def judgements(path: Path = LABELS) -> list[Judgement]:
    """The judgements of a file; an error names the file and the line."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            found.append(Judgement(row["case"], row["note"], row["start_line"], row["verdict"]))
        except (ValueError, KeyError, TypeError) as error:
            raise FootnoteError(
                f"{path}:{number}: not a judgement: {error!r}. See evals/README.md for the form."
            ) from error
    return found


def unaccepted(case: Case, ranking: Sequence[Passage]) -> list[Passage]:
    """The passages of a ranking that stand above the first one with an accepted quote."""
    quotes = [normalised(gold.quote) for gold in case.accepted]

    def holds_none(passage: Passage) -> bool:
        text = normalised(passage.text)
        return not any(quote in text for quote in quotes)

    return list(takewhile(holds_none, ranking))


def rankings(index: NoteIndex, encoder: Encoder, case: Case) -> list[list[Passage]]:
    """The first passages of Footnote's search, of the cosine alone and of the words alone."""
    hits = NoteChat(index, encoder).search(case.question, DEPTH, case.history).hits
    whole = case.whole or case.question
    with index.snapshot() as snapshot:
        near = [id for id, _ in snapshot.nearest(encoder.question(whole), DEPTH)]
        worded = [hit.id for hit in snapshot.words(whole, DEPTH)]
        passages = [_passages(snapshot, ids) for ids in (near, worded)]
    return [[hit.passage for hit in hits], *passages]


def pool(
    index: NoteIndex, encoder: Encoder, cases: Sequence[Case], known: Sequence[Judgement] = ()
) -> list[Pair]:
    """What is to be judged, each passage once for a case, shuffled within it."""
    judged = {(one.case, one.note, one.start_line) for one in known}
    shuffle = Random(_SEED)
    found = []
    for case in cases:
        if case.answerable:
            passages = {
                (case.id, passage.note, passage.start_line): passage
                for ranking in rankings(index, encoder, case)
                for passage in unaccepted(case, ranking)
            }
            left = sorted(passages.keys() - judged)
            found += [Pair(case, passages[key]) for key in shuffle.sample(left, len(left))]
    return found


def lines(pairs: Sequence[Pair]) -> Iterator[str]:
    """The pairs as JSON, one a line."""
    for pair in pairs:
        case, passage = pair.case, pair.passage
        row = {
            "case": case.id,
            "history": [[turn.question, turn.answer] for turn in case.history],
            "question": case.question,
            "reference": case.reference,
            "facts": case.facts,
            "note": passage.note,
            "start_line": passage.start_line,
            "end_line": passage.end_line,
            "heading": passage.heading,
            "text": passage.text,
        }
        yield json.dumps(row, ensure_ascii=False)


def _passages(snapshot: Snapshot, ids: Sequence[PassageId]) -> list[Passage]:
    found = snapshot.passages(ids)
    return [found[id] for id in ids]


def main() -> None:
    """Print the pairs that are to be judged."""
    parser = arguments(__doc__)
    parser.add_argument("--all", action="store_true", help="those already judged as well")
    given = parser.parse_args()
    known = [] if given.all else judgements()
    with index_over(given.notes, given.cache) as (index, encoder):
        for line in lines(pool(index, encoder, chosen(given), known)):
            print(line)


if __name__ == "__main__":
    main()
