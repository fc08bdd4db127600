"""A checker that judges by a script, for whoever stacks checkers or shows their verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.errors import EncoderError
from rag.checker import Claim, Judgement
from rag.types import Verdict


@dataclass
class ScriptedChecker:
    """Calls a claim supported or contradicted where its evidence holds the text scripted for it.

    A claim of which the script says nothing is unconfirmed; `asked` keeps the claims of each call.
    """

    supports: Mapping[str, str] = field(default_factory=dict)
    contradicts: Mapping[str, str] = field(default_factory=dict)
    name: str = "scripted"
    problem: EncoderError | None = None
    confidence: float = 0.9
    asked: list[tuple[Claim, ...]] = field(default_factory=list)

    def check(self, claims: Sequence[Claim]) -> list[Judgement]:
        """What the script says of each claim."""
        self.asked.append(tuple(claims))
        if self.problem is not None:
            raise self.problem
        return [self._judged(claim) for claim in claims]

    def _judged(self, claim: Claim) -> Judgement:
        evidence = "\n".join(claim.evidence)
        for verdict, script in (
            (Verdict.SUPPORTED, self.supports),
            (Verdict.CONTRADICTED, self.contradicts),
        ):
            if claim.text in script and script[claim.text] in evidence:
                return Judgement(verdict, self.confidence, f"{verdict} by {self.name}")
        return Judgement(Verdict.UNCONFIRMED, self.confidence, f"unclear to {self.name}")
