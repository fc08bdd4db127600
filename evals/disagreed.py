"""How often two places that disagree are found, and two that agree are taken to disagree.

`python -m evals.disagreed [--notes corpus] [--split report]`

The pairs are those of `evals.pairs`: a passage, and one of its sentences in another note under the
same heading, as it stands, harmlessly changed, or made wrong in one way.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from evals.cases import SPLITS
from evals.pairs import Pair, pairs_of, passages_of
from ingest.types import Kind, PassageId
from rag.disagree import disagreements
from rag.types import Hit, Parts

_SCORE = Parts(0.5, 0.5, 0.0, 0.5)


def fires(pair: Pair) -> bool:
    """Whether the rules say that the statement disagrees with the passage it was made from."""
    passage = pair.passages[0]
    text = pair.statement
    other = replace(
        passage, note=f"other/{passage.note}", kind=Kind.PROSE, text=text, lead=0, end=len(text)
    )
    hits = [Hit(1, PassageId(1), passage, _SCORE), Hit(2, PassageId(2), other, _SCORE)]
    return bool(disagreements(hits))


def table(pairs: Sequence[Pair]) -> Iterator[str]:
    """A line for each kind; wrong statements in bold."""
    made = Counter(pair.kind for pair in pairs)
    fired = Counter(pair.kind for pair in pairs if fires(pair))
    right = {pair.kind: pair.right for pair in pairs}
    yield "| kind | pairs | said to disagree |"
    yield "|---|---|---|"
    for kind, number in made.items():
        name = kind if right[kind] else f"**{kind}**"
        yield f"| {name} | {number} | {fired[kind] / number:.3f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=Path, default=Path("corpus"))
    parser.add_argument("--split", choices=SPLITS, default="report")
    given = parser.parse_args()
    for line in table(pairs_of(passages_of(given.notes), given.split)):
        print(line)


if __name__ == "__main__":
    main()
