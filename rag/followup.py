"""A follow-up made whole by rule: what 'it' is stands in the question before. Uses no model."""

import re
from collections.abc import Sequence
from typing import Final

from rag.types import Turn

_POINTING: Final = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|one|ones|former|latter|he|she|his|her)\b",
    re.IGNORECASE,
)
_LINKING: Final = re.compile(r"^(?:and|but|so|or|then|also)\b", re.IGNORECASE)
_OPENING: Final = re.compile(
    r"^(?:what about|how about|why|why not|when|where|how|how so|really"
    r"|example|more|go on|continue|an? example|the difference)\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[\w'-]+")
# A question of fewer words, opened so, leans on the one before.
_SHORT: Final = 5


def make_whole(question: str, history: Sequence[Turn]) -> str:
    """The question as it can be searched for: with the question before, where it leans on that."""
    if not history or not _leans(question):
        return question
    before = history[-1].question.strip()
    return f"{before.rstrip('?!. ')}: {question}"


def _leans(question: str) -> bool:
    words = _WORD.findall(question)
    if _POINTING.search(question) or _LINKING.match(question.strip()):
        return True
    return len(words) <= _SHORT and bool(_OPENING.match(question.strip()))
