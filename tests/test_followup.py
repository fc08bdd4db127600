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
    "question",
    [
        "What is early stopping?",
        "How does batch normalisation behave in small batches?",
        "What is a loss that ignores outliers?",
        "Where is the boiler?",
        "Why does weight decay work?",
        "What is an example of a convex loss?",
        "What is one-hot encoding?",
        "Is it true that dropout slows training?",
        "Does it matter for an SVM if columns differ in scale?",
        "How many layers does a VGG have?",
        "Why is my generator empty when I loop over it again?",
    ],
)
def test_a_whole_question_stays_as_it_is(question: str) -> None:
    """A new topic takes nothing along from the last."""
    assert make_whole(question, BEFORE) == question


def test_a_first_question_stays_as_it_is() -> None:
    """Without history there is nothing to add."""
    assert make_whole("Why is it so?", ()) == "Why is it so?"


@pytest.mark.parametrize(
    "question",
    [
        "And its opposite?",
        "Is that better?",
        "Which one is faster?",
        "Does this method scale?",
        "can you give an example?",
        "more",
    ],
)
def test_what_points_leans(question: str) -> None:
    """Pronouns that point to something need what they point to."""
    assert make_whole(question, BEFORE) == f"What is dropout: {question}"


def test_a_chain_keeps_its_topic() -> None:
    """What the first question was about goes along, though the second only leaned on it."""
    history = (Turn("What is recall?", "A share."), Turn("And its opposite?", "Precision."))
    assert make_whole("Why?", history) == "What is recall: And its opposite: Why?"
