"""What becomes of known questions, by kind: answered, listed, or not in the notes.

`python -m evals.outcomes --notes FOLDER --cases FILE_OR_FOLDER [--split report]`
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evals.cases import SPLITS, Case, load
from ingest.encode import PACKAGED, load_encoder
from ingest.index import NoteIndex
from ingest.sync import sync
from rag.chat import NoteChat
from rag.types import Decided, Outcome


def outcome(chat: NoteChat, case: Case) -> Outcome:
    """What is decided for a case's question; nothing is written."""
    events = chat.ask(case.question, case.history)
    decided = next(event for event in events if isinstance(event, Decided))
    events.close()
    return decided.outcome


def outcomes(chat: NoteChat, cases: Sequence[Case]) -> dict[str, Counter[Outcome]]:
    """How often each outcome is decided, by kind of question."""
    counted: dict[str, Counter[Outcome]] = {}
    for case in cases:
        counted.setdefault(case.kind, Counter())[outcome(chat, case)] += 1
    return counted


def main() -> None:
    """Print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=Path, required=True)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--split", choices=SPLITS, help="only this half of the cases")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "footnote-models"
    )
    given = parser.parse_args()
    cases = [case for case in load(given.cases) if given.split in (None, case.split)]
    with tempfile.TemporaryDirectory() as folder:
        encoder = load_encoder(PACKAGED, given.cache, print)
        for _ in sync(given.notes, Path(folder), encoder):
            pass
        with NoteIndex.open(Path(folder), encoder.name) as index:
            counted = outcomes(NoteChat(index, encoder), cases)
    print(f"{'kind':<12}" + "".join(f"{each.value:>14}" for each in Outcome) + f"{'n':>6}")
    for kind, found in counted.items():
        n = sum(found.values())
        print(f"{kind:<12}" + "".join(f"{found[each] / n:>14.3f}" for each in Outcome) + f"{n:>6}")


if __name__ == "__main__":
    main()
