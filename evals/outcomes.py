"""What becomes of known questions, by kind: answered, listed, or not in the notes.

`python -m evals.outcomes --notes FOLDER --cases FILE_OR_FOLDER [--split report]`
"""

from collections import Counter
from collections.abc import Sequence

from evals.cases import Case
from evals.opening import arguments, chat_over, chosen
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
    given = arguments(__doc__).parse_args()
    with chat_over(given.notes, given.cache) as chat:
        counted = outcomes(chat, chosen(given))
    print(f"{'kind':<12}" + "".join(f"{each.value:>14}" for each in Outcome) + f"{'n':>6}")
    for kind, found in counted.items():
        n = sum(found.values())
        print(f"{kind:<12}" + "".join(f"{found[each] / n:>14.3f}" for each in Outcome) + f"{n:>6}")


if __name__ == "__main__":
    main()
