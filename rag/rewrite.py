"""A follow-up made whole by a model; what it sends is used only where it is plainly a rewriting."""

import re
from collections.abc import Sequence
from typing import Final

from ingest.words import terms
from rag.model import Model
from rag.prompt import REWRITTEN, rewriting
from rag.types import Turn

# A question made whole names what was spoken of; far more than that is an answer, or worse.
_LONGEST: Final = 300
_TIMES_LONGER: Final = 4
# This share of its words must have been said before: a rewriting adds nothing.
_SAID_BEFORE: Final = 0.7
_LABEL: Final = re.compile(r"^(?:\*\*)?(?:rewritten |standalone )?question(?:\*\*)?\s*:\s*", re.I)
_QUOTES: Final = "\"'“”„«»‘’`* "
# A model that never stops is cut off long before this becomes a burden.
_MOST_LETTERS: Final = 4_000


def rewritten(model: Model, question: str, history: Sequence[Turn]) -> str | None:
    """The question made whole; None where the model did not give a rewriting of it."""
    parts: list[str] = []
    length = 0
    stream = model.stream(rewriting(model, question, history), REWRITTEN)
    try:
        for part in stream:
            parts.append(part)
            length += len(part)
            if length > _MOST_LETTERS:
                break
    finally:
        stream.close()
    lines = [line.strip() for line in "".join(parts).strip().splitlines() if line.strip()]
    if len(lines) != 1:
        return None
    found = _LABEL.sub("", lines[0]).strip(_QUOTES)
    return found if _plausible(found, question, history) else None


def _plausible(found: str, question: str, history: Sequence[Turn]) -> bool:
    if not found or len(found) > max(_LONGEST, _TIMES_LONGER * len(question)):
        return False
    said = {term for turn in history for term in terms(f"{turn.question} {turn.answer}")}
    said |= set(terms(question))
    own = set(terms(found))
    return not own or len(own & said) >= _SAID_BEFORE * len(own)
