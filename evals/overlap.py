"""How much of a question's wording stands in its gold: high overlap makes search look better.

`python -m evals.overlap [evals/cases]`
"""

import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Final

from evals.cases import Case, load
from ingest.plain import plain
from ingest.words import terms

# Words that search keeps and that still say nothing of the matter.
_FUNCTION_WORDS: Final = frozenset({"between", "go", "never", "one", "up"})


def overlap(case: Case) -> float:
    """The share of the question's content stems that its gold quotes hold."""
    asked = set(terms(case.whole or case.question)) - _FUNCTION_WORDS
    held = {stem for gold in case.gold for stem in terms(plain(gold.quote))}
    return len(asked & held) / len(asked) if asked else 0.0


def main() -> None:
    """Print the median by kind, and over all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "cases"
    shares: dict[str, list[float]] = defaultdict(list)
    for case in load(folder):
        if case.answerable:
            for kind in (case.kind, "all"):
                shares[kind].append(overlap(case))
    for kind, values in shares.items():
        print(f"{kind:<12} n={len(values):<4} median overlap {median(values):.2f}")


if __name__ == "__main__":
    main()
