"""Whether to answer."""

import pytest

from rag.decide import FIRST_RULE, Signs, decide
from rag.types import Outcome


def signs(
    passage: float = 0.0,
    sentence: float = 0.0,
    coverage: float = 0.0,
    listed: float = 0.0,
) -> Signs:
    return Signs(passage, sentence, coverage, listed)


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (signs(0.6, 0.7, 1.0), Outcome.ANSWERED),
        (signs(0.1, 0.1, 0.0), Outcome.NOT_IN_NOTES),
        (signs(0.3, 0.3, 0.2, listed=1.0), Outcome.LISTED),
        (signs(0.6, 0.7, 1.0, listed=0.9), Outcome.ANSWERED),
        (signs(0.3, 0.3, 0.2, listed=0.5), Outcome.NOT_IN_NOTES),
        (signs(), Outcome.NOT_IN_NOTES),
    ],
)
def test_the_signs_decide(seen: Signs, outcome: Outcome) -> None:
    """Good content is answered; a listed question must be nearer than any content."""
    assert decide(seen) is outcome


@pytest.mark.parametrize("sign", ["passage", "sentence", "coverage"])
def test_every_sign_speaks_for_an_answer(sign: str) -> None:
    """More of any sign never makes an answer less likely."""
    low = FIRST_RULE.answerable(signs(**{sign: 0.2}))
    high = FIRST_RULE.answerable(signs(**{sign: 0.8}))
    assert high > low


def test_a_term_that_is_there_weighs_against_a_low_cosine() -> None:
    """An acronym has a low cosine even where the notes explain it: cosine alone does not refuse."""
    assert decide(signs(0.45, 0.45, 1.0)) is Outcome.ANSWERED
    assert decide(signs(0.45, 0.45, 0.0)) is Outcome.NOT_IN_NOTES
