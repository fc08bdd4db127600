"""A follow-up made whole by rule: what 'it' is stands in the question before. Uses no model."""

import re
from collections.abc import Sequence
from typing import Final

from ingest.words import terms
from rag.types import Turn

# 'that' and 'one' point only in some places: 'a loss that ignores', 'one-hot' are whole.
_POINTING: Final = re.compile(
    r"\b(?:its?|they|them|their|theirs|these|those|former|latter|he|she|his|her)\b"
    r"|\b(?:this|that)\b(?=\s*(?:[?.!,]|$|method|case|way|approach|one|idea|problem|too|as well))"
    r"|(?:^|\b(?:is|are|was|does|do|did|can|why|how|about|of|with|for|like|than|from) )"
    r"(?:this|that)\b"
    r"|\b(?:the|that|this|which|other|another|first|second|last) ones?\b"
    r"|\bthe (?:first|second|other|same) (?:way|method|case|kind|type|version|step|term|part)\b",
    re.IGNORECASE,
)
# 'It' that stands for nothing: 'Is it true that …', 'Does it matter if …'.
_EMPTY_IT: Final = re.compile(
    r"\b(?:is|was|would|does|do|when is|why is) it (?:\w+ )?(?:true|possible|better|best|worth|safe"
    r"|wrong|right|useful|necessary|ok|okay|enough|bad|good|common|important|correct|fair|matter"
    r"|make sense|help)\b",
    re.IGNORECASE,
)
_LINKING: Final = re.compile(r"^(?:and|but|so|or|then|also)\b", re.IGNORECASE)
# Questions that are nothing but a request to go on.
_OPENING: Final = re.compile(
    r"^(?:(?:what|how) about\b.*|(?:why|when|where|how|how so|why not|really|which|who)\W*"
    r"|(?:(?:can|could) you |please )?(?:give |show )?(?:me )?(?:an? |any |some )?(?:other )?"
    r"examples?\W*|(?:tell me )?more\b.*|go on\W*|continue\W*|the difference\W*)$",
    re.IGNORECASE,
)
# A pointing word after more words than this points at one of them.
_NAMED: Final = 3
# How many turns back a chain of follow-ups is traced.
_TURNS: Final = 3


def make_whole(question: str, history: Sequence[Turn]) -> str:
    """The question as it can be searched for: with the question before, where it leans on that."""
    if not history or not _leans(question.strip()):
        return question
    before = make_whole(history[-1].question, history[-_TURNS:-1]).strip()
    return f"{before.rstrip('?!. ')}: {question}"


def _leans(question: str) -> bool:
    if _LINKING.match(question) or _OPENING.match(question):
        return True
    whole = _EMPTY_IT.sub("", question)
    pointing = _POINTING.search(whole)
    # What is pointed at later in a sentence was named before it, by the question itself.
    return pointing is not None and len(terms(whole[: pointing.start()])) <= _NAMED
