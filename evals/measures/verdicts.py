"""Are the verdicts right? Labelled pairs made by rule: what is wrong must not be called quoted."""

from typing import Final

from evals.measures.measure import Better, Measure, mean
from evals.records import PairsRecord, Record
from rag.types import Verdict

LETTERS: Final = {verdict: verdict.value[0] for verdict in Verdict}


def judged_rightly(pairs: PairsRecord) -> tuple[float, ...]:
    """A 1 for each pair judged rightly: quoted if right, anything but quoted or supported if wrong.

    >>> judged_rightly(PairsRecord("quote", True, "qqu"))
    (1.0, 1.0, 0.0)
    >>> judged_rightly(PairsRecord("new number", False, "qcu"))
    (0.0, 1.0, 1.0)
    """
    passed = {LETTERS[Verdict.QUOTED], LETTERS[Verdict.SUPPORTED]}
    return tuple(float((letter in passed) == pairs.right) for letter in pairs.verdicts)


def _none(_: Record) -> None:
    return None


# Their rows come from pairs and not from records.
WRONG_CAUGHT: Final = Measure(
    "wrong-caught",
    "Wrong statements caught",
    "Of statements made wrong by rule, the share that is called neither quoted nor supported.",
    _none,
    mean,
)
RIGHT_PASSED: Final = Measure(
    "right-passed",
    "Quotes and near-quotes passed",
    "Of quotes with at most a harmless edit, the share that is called quoted or supported.",
    _none,
    mean,
    Better.HIGHER,
)
