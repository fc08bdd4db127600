"""Follow-ups made whole, held against people's rewrites."""

import json
from pathlib import Path

import pytest

from evals.cases import CaseError
from evals.rewriting import Exchange, figures, read
from rag.types import Turn

BEFORE = (Turn("What is dropout?", "It switches units off."),)
WHOLE = Exchange("What is early stopping?", BEFORE, "What is early stopping?")
LEANING = Exchange("Why is it used?", BEFORE, "Why is dropout used in networks?")


def test_the_figures_tell_words_put_in_from_questions_left_alone() -> None:
    """With the question before always put in front one of two added words is there."""
    found = figures([WHOLE, LEANING], lambda question, history: history[-1].question + question)
    assert (found.whole, found.leaning) == (1, 1)
    assert (found.left_alone, found.completed) == (0, 1)
    assert (found.recalled, found.at_hand) == (0.5, 0.5)


def test_nothing_done_recalls_nothing() -> None:
    """Whoever changes nothing leaves alone what needs nothing, and completes nothing."""
    found = figures([WHOLE, LEANING], lambda question, _: question)
    assert (found.left_alone, found.completed, found.recalled) == (1, 0, 0)


def test_dialogues_are_read(tmp_path: Path) -> None:
    """A first question has only a title and a section before it, and is left out."""
    rows = [
        {"History": ["T", "S"], "Question": "What?", "Rewrite": "What?"},
        {"History": ["T", "S", "What?", "That."], "Question": "Why?", "Rewrite": "Why that?"},
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    assert read(tmp_path) == [Exchange("Why?", (Turn("What?", "That."),), "Why that?")]


def test_a_folder_without_dialogues_is_an_error(tmp_path: Path) -> None:
    """It is named, and what to do."""
    with pytest.raises(CaseError, match="holds no"):
        read(tmp_path)
