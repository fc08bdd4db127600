"""How many answers without a model hold the facts and the gold quote, and in how many words.

`python -m evals.quoted --notes FOLDER --cases FILE_OR_FOLDER [--split report]`

Facts are judged by the rule of `evals.facts`; where cases have none, only quotes are counted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Final

from evals.cases import Case
from evals.facts import holds_facts
from evals.opening import arguments, chat_over, chosen
from ingest.encode import PACKAGED, Encoder, load_encoder
from ingest.plain import plain
from rag.chat import NoteChat
from rag.types import Answer, Finished, Found, Outcome, Searched
from rag.weigh import READ_HITS

# What an answer is meant to keep to; see `rag.quote.SHORT`.
SHORT_WORDS: Final = 120
_NOT_WORDS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One answerable case: what was found and answered, and what the answer holds.

    `read` says whether the gold was among the hits that the writer read.
    """

    answered: bool
    read: bool
    quote: bool
    facts: tuple[bool, ...]
    words: int


def holds(answer: Answer, case: Case) -> bool:
    """Whether the statements hold an accepted quote, compared by letters and digits alone."""
    said = _letters(" ".join(statement.text for statement in answer.statements))
    return any(_letters(gold.quote) in said for gold in case.accepted)


def rows(chat: NoteChat, encoder: Encoder, cases: Sequence[Case]) -> list[Row]:
    """What became of the answerable cases."""
    found = []
    for case in cases:
        if case.answerable:
            hits = Found(case.question, (), (), {})
            for event in chat.ask(case.question, case.history):
                if isinstance(event, Searched):
                    hits = event.found
                elif isinstance(event, Finished):
                    found.append(_row(case, hits, event.answer, encoder))
    return found


def report(found: Sequence[Row]) -> list[str]:
    """The shares over all answerable cases, those answered, and those whose gold was read."""
    written = [row for row in found if row.answered]
    read = [row for row in written if row.read]
    lines = []
    for name, some in (("answerable", found), ("answered", written), ("with the gold read", read)):
        lines.append(f"{name} ({len(some)}):")
        lines.append(f"  the gold quote        {_mean([row.quote for row in some]):.3f}")
        facts = [row for row in some if row.facts]
        if facts:
            short = [all(row.facts) and row.words <= SHORT_WORDS for row in facts]
            each = [held for row in facts for held in row.facts]
            lines.append(f"  all facts             {_mean([all(r.facts) for r in facts]):.3f}")
            lines.append(f"  … within {SHORT_WORDS} words    {_mean(short):.3f}")
            lines.append(f"  share of facts        {_mean(each):.3f} of {len(each)}")
    words = [row.words for row in written]
    lines.append(
        f"words of an answer: {_mean(words):.0f} on average, {max(words, default=0)} at most"
    )
    return lines


def main() -> None:
    """Print what answers hold, and their length."""
    given = arguments(__doc__).parse_args()
    encoder = load_encoder(PACKAGED, given.cache, print)
    with chat_over(given.notes, given.cache) as chat:
        found = rows(chat, encoder, chosen(given))
    print("\n".join(report(found)))


def _row(case: Case, found: Found, answer: Answer, encoder: Encoder) -> Row:
    texts = [statement.text for statement in answer.statements]
    seen = [_letters(hit.passage.text) for hit in found.hits[:READ_HITS]]
    return Row(
        answered=answer.outcome is Outcome.ANSWERED,
        read=any(_letters(gold.quote) in text for gold in case.accepted for text in seen),
        quote=holds(answer, case),
        facts=holds_facts(encoder, case.facts, texts),
        words=sum(len(plain(text).split()) for text in texts),
    )


def _mean(values: Sequence[float]) -> float:
    return mean(values) if values else 0.0


def _letters(text: str) -> str:
    return _NOT_WORDS.sub(" ", text).lower().strip()


if __name__ == "__main__":
    main()
