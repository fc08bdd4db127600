"""Instructions to language models that stand in a note: what follows one is no evidence.

Without a model, a quote of such a line is a quote like any other. Where a model wrote, it may have
obeyed, and a statement must not be borne out by the order to make it.
"""

import re
from functools import lru_cache
from typing import Final

from ingest.types import Passage
from rag.units import units

REASON: Final = "this stands in the note as an instruction to language models, not as a fact"
_KEPT: Final = 512
_ORDER: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:above|previous|prior|earlier"
    r"|preceding|before|instructions?|prompts?|rules|passages)\b"
    r"|\b(?:ai|language model|llm|chatbot|assistant|gpt|claude)s?\b[^.\n]{0,30}\b(?:must|should"
    r"|shall|have to|please|are (?:now )?(?:to|required|instructed))\b[^.\n]{0,30}\b(?:print|say"
    r"|reply|answer|respond|output|write|repeat|tell|reveal|include|state)\b"
    r"|\byou are (?:now )?(?:an?|the|in) [^.\n]{0,30}\b(?:assistant|ai|model|chatbot|mode)\b"
    r"|(?:^|[.!?]\s|\b(?:and|then|please)\s)\s*(?:print|say|reply|answer|respond|output|write|repeat)"
    r"\b[^.\n]{0,12}\b(?:only|exactly|verbatim|instead)\b[^.\n]{0,60}[:\"'“‘]"
    r"|\b(?:new|real|actual|updated) (?:system )?(?:instructions?|prompt|task)\s*:"
    r"|\b(?:reveal|print|show|repeat)\b[^.\n]{0,20}\bsystem prompt\b"
    r"|<\|?(?:system|im_start|assistant)\|?>|\[/?INST\]",
    re.IGNORECASE | re.MULTILINE,
)


@lru_cache(maxsize=_KEPT)
def planted_from(passage: Passage) -> int | None:
    """From where on a passage is not to be trusted as evidence, if anywhere."""
    above = "\n".join((passage.title, *passage.heading, passage.text[: passage.lead]))
    if _ORDER.search(above):
        return 0
    for unit in units(passage):
        if _ORDER.search(unit.text):
            return unit.start
    order = _ORDER.search(passage.text, passage.lead)
    return order.start() if order else None
