"""How many answers without a model hold the gold quote, and in how many words.

`python -m evals.quoted --notes FOLDER --cases FILE_OR_FOLDER [--split report]`
"""

import re
from collections.abc import Sequence
from statistics import mean
from typing import Final

from evals.cases import Case
from evals.opening import arguments, chat_over, chosen
from ingest.plain import plain
from rag.chat import NoteChat
from rag.types import Answer, Finished, Outcome

_NOT_WORDS: Final = re.compile(r"[\W_]+")


def holds(answer: Answer, case: Case) -> bool:
    """Whether the statements hold an accepted quote, compared by letters and digits alone."""
    said = _letters(" ".join(statement.text for statement in answer.statements))
    return any(_letters(gold.quote) in said for gold in case.accepted)


def answers(chat: NoteChat, cases: Sequence[Case]) -> list[tuple[Case, Answer]]:
    """The answers to the answerable cases."""
    given = []
    for case in cases:
        if case.answerable:
            *_, last = chat.ask(case.question, case.history)
            if isinstance(last, Finished):
                given.append((case, last.answer))
    return given


def main() -> None:
    """Print the share over all answerable cases and over those answered, and the mean length."""
    given = arguments(__doc__).parse_args()
    with chat_over(given.notes, given.cache) as chat:
        found = answers(chat, chosen(given))
    held = [holds(answer, case) for case, answer in found]
    written = [(case, answer) for case, answer in found if answer.outcome is Outcome.ANSWERED]
    words = [sum(len(plain(s.text).split()) for s in answer.statements) for _, answer in written]
    print(f"holds the gold quote: {mean(held):.3f} of {len(found)} answerable")
    print(f"                      {sum(held) / len(written):.3f} of {len(written)} answered")
    print(f"words of an answer:   {mean(words):.0f} on average, {max(words)} at most")


def _letters(text: str) -> str:
    return _NOT_WORDS.sub(" ", text).lower().strip()


if __name__ == "__main__":
    main()
