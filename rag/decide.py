"""Whether the notes answer a question, list it unanswered, or do not say. It writes nothing.

The decision is a logistic model over what search found: no single cosine threshold holds from one
folder to the next. Its coefficients are a file that can be read, with what they were fitted to.
"""

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from ingest.errors import FootnoteError
from rag.signs import Signs
from rag.types import PLAIN, Outcome

# The file of a rule: the one that ships stands beside this module, a folder's own in its index.
DECISION: Final = "decision.json"
# The chance from which on a question is answered as calibrated, and at the strictest.
ANSWERABLE: Final = 0.5
NEARLY_SURE: Final = 0.95
# A listed question must be this similar to the question, and nearer than content by this much …
LISTED_COSINE: Final = 0.6
LISTED_LEAD: Final = 0.2
# … or by this much, where the content by itself would pass for an answer.
LISTED_CLEAR_LEAD: Final = 0.3


class BrokenRule(FootnoteError):
    """The file of a rule cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A logistic model: the chance that the notes answer is the sigmoid of the weighted signs."""

    bias: float
    passage: float = 0.0
    sentence: float = 0.0
    together: float = 0.0
    apart: float = 0.0
    parts: float = 0.0
    strange: float = 0.0

    def total(self, signs: Signs) -> float:
        """The weighted sum of the signs: above 0 they speak for an answer."""
        parts = (float(getattr(self, sign) * getattr(signs, sign)) for sign in WEIGHED)
        return self.bias + sum(parts)

    def answerable(self, signs: Signs) -> float:
        """The chance, by this model, that the notes answer the question."""
        total = self.total(signs)
        # Written so that no large number is raised to a power.
        small = math.exp(-abs(total))
        return 1 / (1 + small) if total >= 0 else small / (1 + small)


# The signs that a rule weighs, by their names.
WEIGHED: Final = tuple(field.name for field in fields(Rule) if field.name != "bias")


def decide(signs: Signs, rule: Rule | None = None, strictness: float = PLAIN.strictness) -> Outcome:
    """The outcome for a question with these signs; without a rule, by the one that ships."""
    chance = (rule or shipped()).answerable(signs)
    found = signs.passage > 0 or signs.sentence > 0
    answerable = found and chance >= least_chance(strictness)
    if strictness > 0 or not answerable:
        enough = LISTED_CLEAR_LEAD if answerable else LISTED_LEAD
        if signs.listed >= LISTED_COSINE and signs.listed_lead >= enough:
            return Outcome.LISTED
    return Outcome.ANSWERED if answerable else Outcome.NOT_IN_NOTES


def least_chance(strictness: float) -> float:
    """The chance from which on a question is answered: 0 at 0, as calibrated at .5, .95 at 1."""
    calibrated = PLAIN.strictness
    if strictness <= calibrated:
        return ANSWERABLE * strictness / calibrated
    further = (strictness - calibrated) / (1 - calibrated)
    return ANSWERABLE + (NEARLY_SURE - ANSWERABLE) * further


@functools.cache
def shipped() -> Rule:
    """The rule that ships, read once."""
    return load(Path(__file__).with_name(DECISION))


def beside(index: Path) -> Rule | None:
    """The rule calibrated for the folder whose index lies here; None where there is none."""
    file = index / DECISION
    return load(file) if file.exists() else None


def load(file: Path) -> Rule:
    """The rule in a file; an error says what to do with one that is damaged."""
    try:
        return _rule(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise BrokenRule(
            f"{file} is no rule to decide by: {problem}. Delete it to decide by the one that"
            " ships; then you can calibrate again."
        ) from error


def save(rule: Rule, file: Path, about: Mapping[str, Any]) -> None:
    """Write a rule with what it is about: when, on what, and how well it does there."""
    weights = {name: round(value, 4) for name, value in asdict(rule).items()}
    text = json.dumps({**about, "weights": weights}, indent=2, ensure_ascii=False)
    try:
        partial = file.with_name(f"{file.name}.partial")
        partial.write_text(f"{text}\n", "utf-8")
        partial.replace(file)
    except OSError as error:
        raise BrokenRule(
            f"{file} cannot be written ({error}); name a place where you may write"
        ) from error


def _rule(value: Any) -> Rule:
    weights = value["weights"]
    known = {"bias", *WEIGHED}
    if set(weights) != known:
        odd = ", ".join(sorted(known ^ set(weights)))
        raise ValueError(f"its weights and those known differ in: {odd}")
    for name, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise ValueError(f"the weight of {name} is {weight!r}, not a number")
        if not math.isfinite(weight):
            raise ValueError(f"the weight of {name} is {weight}")
    return Rule(**{name: float(weight) for name, weight in weights.items()})
