"""Follow-ups made whole by rule."""

import pytest

from rag.followup import make_whole
from rag.types import Turn

BEFORE = (Turn("What is dropout?", "It switches units off."),)


@pytest.mark.parametrize(
    "question",
    [
        "When is it used?",
        "And why?",
        "And what does the squared error assume about noise?",
        "What about at test time?",
        "Why?",
    ],
)
def test_a_question_that_leans_gets_the_one_before(question: str) -> None:
    """What is pointed at, or left out, stands in the question before."""
    assert make_whole(question, BEFORE) == f"What is dropout: {question}"


@pytest.mark.parametrize(
    "question", ["What is early stopping?", "How does batch normalisation behave in small batches?"]
)
def test_a_whole_question_stays_as_it_is(question: str) -> None:
    """A new topic takes nothing along from the last."""
    assert make_whole(question, BEFORE) == question


def test_a_first_question_stays_as_it_is() -> None:
    """Without history there is nothing to add."""
    assert make_whole("Why is it so?", ()) == "Why is it so?"
