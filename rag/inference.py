"""A checker that is a model for natural-language inference: does a statement follow from a text?

Any CrossEncoder whose labels say entailment. It knows nothing of how the model is run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.classify import Classifier, Pair, load_classifier, stated_labels
from ingest.encode import FloatArray
from ingest.errors import EncoderError
from ingest.prepare import Notify, unsaid
from ingest.weights import Role, find_model
from rag.checker import Claim, Judgement
from rag.premises import premises
from rag.types import Verdict

CHECKER: Final = Role(
    noun="checker",
    made="CrossEncoder",
    owner="cross-encoder",
    instead="name a CrossEncoder for natural-language inference: its folder, or its name at"
    " huggingface.co",
    exporter="ingest.export_classifier",
    recipe="classifier 1",
)

# The usual .5 and .7; not measured here, since no model for inference could be had. The best of
# several windows is taken, so a statement needs more than an even chance to count as supported …
SUPPORTED: Final = 0.7
# … and where some window makes it likelier than not, no other window is an accusation.
FOLLOWS: Final = 0.5
CONTRADICTED: Final = 0.7
# A statement must leave this many word pieces to the text that it is held against.
_LEAST_ROOM: Final = 8


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which label says that a statement follows, and which that it cannot be, if one does."""

    entailment: int
    contradiction: int | None


def open_checker(name: str, cache: Path, notify: Notify = unsaid) -> "InferenceChecker":
    """The checker called `name`: a folder or a model of huggingface.co, prepared in `cache`."""
    model = find_model(name, notify, CHECKER)
    # Before a minute is spent on preparing it.
    meaning_of(stated_labels(model, CHECKER), model.label)
    classifier = load_classifier(model, CHECKER, cache, notify)
    return InferenceChecker(classifier, model.label)


def meaning_of(labels: Sequence[str], name: str) -> Meaning:
    """What the labels of a model mean, by their names alone: their order differs from model to
    model.
    """
    found: dict[str, int] = {}
    for at, label in enumerate(labels):
        for part in _parts_of(label.lower()):
            if part in found:
                raise _unclear(labels, name)
            found[part] = at
    if "entail" not in found or len(found) != len(labels):
        raise _unclear(labels, name)
    return Meaning(found["entail"], found.get("contradict"))


def _parts_of(label: str) -> tuple[str, ...]:
    """What a label says; 'not_entailment' is the opposite of what it contains."""
    if "entail" in label and label.startswith(("not", "non", "no_", "no-", "no ")):
        return ("other",)
    return tuple(part for part in ("entail", "contradict", "neutral") if part in label)


def _unclear(labels: Sequence[str], name: str) -> EncoderError:
    known = ", ".join(labels) or "none"
    return EncoderError(
        f"The checker {name} does not say which of its labels means that a statement follows"
        f" (its labels: {known}; wanted: entailment, neutral, contradiction); {CHECKER.instead}"
    )


class InferenceChecker:
    """Judges each statement against windows of its evidence by a classifier of pairs."""

    def __init__(self, classifier: Classifier, name: str) -> None:
        self.name = name
        self._classifier = classifier
        self._meaning = meaning_of(classifier.labels, name)

    def check(self, claims: Sequence[Claim]) -> list[Judgement]:
        """A judgement for each claim, in order."""
        asked = [self._pairs(claim) for claim in claims]
        rows = self._classifier.chances([pair for pairs in asked for pair in pairs])
        found = []
        begin = 0
        for pairs in asked:
            found.append(self._judged(rows[begin : begin + len(pairs)]))
            begin += len(pairs)
        return found

    def _pairs(self, claim: Claim) -> list[Pair]:
        """The statement beside each premise; none where it leaves no room for one."""
        room = self._classifier.room_beside(claim.text)
        if room < _LEAST_ROOM or not claim.text.strip():
            return []
        count = self._classifier.count
        texts = (premises(text, claim.text, room, count) for text in claim.evidence)
        return [(premise, claim.text) for held in texts for premise in held]

    def _judged(self, rows: FloatArray) -> Judgement:
        if not len(rows):
            return Judgement(
                Verdict.UNCONFIRMED, 0.0, f"{self.name} cannot read it, it is too long"
            )
        follows = float(rows[:, self._meaning.entailment].max())
        against = 0.0
        if self._meaning.contradiction is not None:
            against = float(rows[:, self._meaning.contradiction].max())
        if follows >= SUPPORTED:
            reason = f"it follows from the passage, says {self.name} ({follows:.2f})"
            return Judgement(Verdict.SUPPORTED, follows, reason)
        if follows < FOLLOWS and against >= CONTRADICTED:
            reason = f"it goes against the passage, says {self.name} ({against:.2f})"
            return Judgement(Verdict.CONTRADICTED, against, reason)
        reason = f"{self.name} finds neither that it follows from the passage nor the opposite"
        return Judgement(Verdict.UNCONFIRMED, 1 - follows, reason)
