"""What Footnote asks of a checker of statements: does this follow from that, or go against it?

Knows no model. Rules come first (`verify`); checkers are asked about what rules leave open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.types import Verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement without markers, and the texts that it rests on, each whole."""

    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`supported`, `contradicted` or `unconfirmed`, how sure from 0 to 1, and why in words.

    One that could not judge is `unconfirmed` and 0.
    """

    verdict: Verdict
    confidence: float
    reason: str = ""


class Checker(Protocol):
    """Able to judge rewording. `name` is shown beside its verdicts."""

    @property
    def name(self) -> str:
        """What it is called in answers: a model's name, or the answering model's."""
        ...

    def check(self, claims: Sequence[Claim]) -> list[Judgement]:
        """A judgement for each claim, in order; a `ModelError` or `EncoderError` where it fails."""
        ...
