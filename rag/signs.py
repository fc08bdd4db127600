"""What a search found, as the few numbers that the decision rests on. It decides nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.encode import Encoder
from ingest.index import Snapshot
from rag.strange import strange_names
from rag.types import Found, Hit
from rag.weigh import Terms, Weighed, question_terms

# How many passages together may cover a question's words.
_COVERING: Final = 2
# Among how many passages the one that covers most of them is looked for.
_ALONE: Final = 5
# So many pairs of words, the rarest, are looked up by themselves: each is encoded.
MOST_PAIRS: Final = 6
# So many names that the notes lack are weighed; one of them is enough to refuse.
MOST_NAMES: Final = 3
# A question that names nothing in two words says nothing of its parts; in between what is usual.
NO_PARTS: Final = 0.5
# A name whose absence turns the question's vector by this much is what the question is about.
ALL_ABOUT: Final = 0.1
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for an answer, and against; every sign is at most 1.

    `passage` and `sentence` are the best cosines of the question with a passage and a sentence.
    `together` is the share of the question's words, weighted by rarity, that one passage holds;
    `apart` how much more of them two passages hold between them. `parts` is how near the notes
    come to that pair of neighbouring words which is furthest from them: where all parts are near
    and the whole is not, the question joins what the notes keep apart. `strange` says how much the
    question is about a name that the notes lack. `listed` is the cosine with the most similar
    listed question.
    """

    passage: float = 0.0
    sentence: float = 0.0
    together: float = 0.0
    apart: float = 0.0
    parts: float = NO_PARTS
    strange: float = 0.0
    listed: float = 0.0

    @property
    def listed_lead(self) -> float:
        """By how much the nearest listed question is nearer than the best content."""
        return self.listed - max(self.passage, self.sentence)


def signs(
    snapshot: Snapshot, encoder: Encoder, question: str, found: Found, weighed: Sequence[Weighed]
) -> Signs:
    """The signs of a question for which this was found, and these units weighed."""
    terms = question_terms(snapshot, question)
    held = [snapshot.terms(_text(hit)) for hit in found.hits[:_ALONE]]
    together = max((terms.covered(one) for one in held), default=0.0)
    between = terms.covered([term for one in held[:_COVERING] for term in one])
    return Signs(
        passage=max((hit.parts.cosine for hit in found.hits), default=0.0),
        sentence=max((one.cosine for one in weighed), default=0.0),
        together=together,
        apart=between - together,
        parts=_parts(snapshot, encoder, question, terms),
        strange=_strange(snapshot, encoder, question, found.hits),
        listed=max((hit.parts.cosine for hit in found.listed), default=0.0),
    )


def _parts(snapshot: Snapshot, encoder: Encoder, question: str, terms: Terms) -> float:
    pairs = _pairs(snapshot, question)
    if not pairs:
        return NO_PARTS
    rarity = {pair: sum(terms.rarity.get(t, 0.0) for t in snapshot.terms(pair)) for pair in pairs}
    rarest = sorted(pairs, key=lambda pair: -rarity[pair])[:MOST_PAIRS]
    nearest = [snapshot.nearest(vector, 1) for vector in encoder.passages(rarest)]
    return min((hits[0][1] for hits in nearest if hits), default=NO_PARTS)


def _pairs(snapshot: Snapshot, question: str) -> list[str]:
    """Neighbouring words of substance with nothing but a space between them."""
    words = [match for match in _WORD.finditer(question) if snapshot.terms(match.group())]
    pairs = (
        question[one.start() : other.end()]
        for one, other in pairwise(words)
        if not question[one.end() : other.start()].strip()
    )
    return list(dict.fromkeys(pairs))


def _strange(snapshot: Snapshot, encoder: Encoder, question: str, hits: Sequence[Hit]) -> float:
    names = strange_names(snapshot, question, hits)[:MOST_NAMES]
    if not names:
        return 0.0
    whole = encoder.question(question)
    without = (
        _SPACE.sub(" ", question[: name.start] + question[name.end :]).strip() for name in names
    )
    turned = max(1 - float(encoder.question(rest) @ whole) for rest in without)
    return min(1.0, max(0.0, turned) / ALL_ABOUT)


def _text(hit: Hit) -> str:
    return " ".join((*hit.passage.heading, hit.passage.text))
