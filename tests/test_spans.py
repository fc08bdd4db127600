"""Which letters of answering spans the first passages hold."""

import json
from pathlib import Path

import pytest

from evals.cases import CaseError
from evals.spans import Question, Span, figures, held, read

TEXT = "Apples ripen in autumn. Pears ripen in a bowl.\n"


def test_letters_are_counted_once() -> None:
    """Passages that overlap, and those of other documents, add nothing."""
    found = [Span("a", 5, 20), Span("a", 15, 25), Span("b", 0, 5)]
    assert held([Span("a", 0, 10)], found) == (10, 25, 5)


def test_figures_are_means_over_questions() -> None:
    """Half of one answer, all of the other."""
    questions = [Question("one", (Span("a", 0, 10),)), Question("two", (Span("a", 20, 25),))]
    found = figures(questions, lambda text: [Span("a", 5, 25 if text == "two" else 10)])
    assert found.recall == pytest.approx((0.5 + 1) / 2)
    assert found.precision == pytest.approx((1 + 5 / 20) / 2)
    assert found.letters == pytest.approx((5 + 20) / 2)


def test_a_span_is_found_by_its_words(tmp_path: Path) -> None:
    """Places that are given are not trusted, for a note may be read with a letter less."""
    row = json.dumps([{"content": "Pears ripen in a bowl.", "start_index": 3, "end_index": 9}])
    quoted = row.replace('"', '""')
    (tmp_path / "questions_df.csv").write_text(
        f'question,references,corpus_id\nWhere do pears ripen?,"{quoted}",fruit\n', "utf-8"
    )
    (question,) = read(tmp_path, {"fruit.md": TEXT})
    (span,) = question.spans
    assert TEXT[span.start : span.end] == "Pears ripen in a bowl."
    with pytest.raises(CaseError, match="does not stand in fruit"):
        read(tmp_path, {"fruit.md": "Nothing of the kind."})
