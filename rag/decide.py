"""Whether the notes answer a question, list it unanswered, or do not say. It writes nothing.

The decision is a logistic model over what search found: no single cosine threshold holds from one
folder to the next. Its few coefficients stand here until a calibration on labelled questions.
"""

import math
from dataclasses import dataclass
from typing import Final

from rag.types import Outcome


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for an answer; every sign is at most 1.

    `passage` and `sentence` are the best cosines of the question with a passage and a sentence,
    `coverage` the share of the question's words, weighted by rarity, that the best passages hold,
    `listed` the cosine with the most similar listed question.
    """

    passage: float
    sentence: float
    coverage: float
    listed: float

    @property
    def listed_lead(self) -> float:
        """By how much the nearest listed question is nearer than the best content."""
        return self.listed - max(self.passage, self.sentence)


@dataclass(frozen=True, slots=True)
class Rule:
    """A logistic model: the chance that the notes answer is the sigmoid of the weighted signs."""

    bias: float
    passage: float
    sentence: float
    coverage: float

    def answerable(self, signs: Signs) -> float:
        """The chance, by this model, that the notes answer the question."""
        total = (
            self.bias
            + self.passage * signs.passage
            + self.sentence * signs.sentence
            + self.coverage * signs.coverage
        )
        return 1 / (1 + math.exp(-total))


# Fitted to labelled questions over three folders that differ, each with equal weight, so that few
# answerable questions are refused on any of them; docs/architecture.md has the figures.
FIRST_RULE: Final = Rule(bias=-4.5, passage=4.8, sentence=3.7, coverage=1.6)
ANSWERABLE: Final = 0.5
# A listed question must be this similar to the question, and nearer than content by this much …
LISTED_COSINE: Final = 0.6
LISTED_LEAD: Final = 0.2
# … or by this much, where the content by itself would pass for an answer.
LISTED_CLEAR_LEAD: Final = 0.3


def decide(signs: Signs, rule: Rule = FIRST_RULE) -> Outcome:
    """The outcome for a question with these signs."""
    answerable = rule.answerable(signs) >= ANSWERABLE
    enough = LISTED_CLEAR_LEAD if answerable else LISTED_LEAD
    if signs.listed >= LISTED_COSINE and signs.listed_lead >= enough:
        return Outcome.LISTED
    return Outcome.ANSWERED if answerable else Outcome.NOT_IN_NOTES
