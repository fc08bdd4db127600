"""Requirements on figures: what can be written, what holds, and what cannot be asked."""

from pathlib import Path

import pytest
from evaluating import record, refused, run_with, unanswerable

from evals.gate import GateError, gate, held, in_project
from evals.records import PairsRecord


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("recall@5>=1", True),
        ("refused-wrongly <= 0.4", False),
        ("refused-wrongly<=0.5", True),
        ("words>1.5", True),
        ("hit@1<1", False),
        ("refused-of-kind[near] >= 1", True),
        ("wrong-caught[new number]>=0.6", False),
        ("wrong-caught>=0.5", True),
    ],
)
def test_a_gate_holds_or_fails(text: str, holds: bool) -> None:
    """Over all, over a kind of question, or over a kind of pair."""
    pairs = (PairsRecord("new number", False, "cq"), PairsRecord("off topic", False, "uc"))
    run = run_with(record(), refused(), unanswerable(), pairs=pairs)
    (found,) = held([gate(text)], run)
    assert found.holds is holds
    assert ("holds" if holds else "FAILS") in str(found)


@pytest.mark.parametrize("text", ["recall@5", "recall@5=1", ">=1", "recall@5>=many", ""])
def test_what_is_no_requirement_is_told(text: str) -> None:
    """With an example of one."""
    with pytest.raises(GateError, match="is no requirement: write a measure"):
        gate(text)


def test_an_unknown_measure_is_told_with_those_that_are_known() -> None:
    """A gate on a misspelt name must not hold by not being found."""
    with pytest.raises(GateError, match=r"'recal@5' is no measure; there are .*recall@5"):
        gate("recal@5>=0.9")


def test_a_gate_that_concerns_no_question_is_an_error() -> None:
    """It neither holds nor fails."""
    with pytest.raises(GateError, match=r"no question in it concerns recall@5\[typo\]"):
        held([gate("recall@5[typo]>=0")], run_with(record()))


def test_a_project_may_require(tmp_path: Path) -> None:
    """Its requirements are for a half and a folder, where it says so."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.footnote]\nsplit = "report"\nnotes = "mine"\nrequire = ["hit@1>=0.5"]\n', "utf-8"
    )
    found = in_project(tmp_path)
    assert [str(one) for one in found.gates] == ["hit@1 >= 0.5"]
    assert found.aside("report", tmp_path / "mine", 0) == ""
    assert "--split report" in found.aside("", tmp_path / "mine", 0)
    assert "--notes mine" in found.aside("report", tmp_path / "other", 0)
    assert "--limit" in found.aside("report", tmp_path / "mine", 10)


def test_a_folder_without_a_project_requires_nothing(tmp_path: Path) -> None:
    """Neither does a project without the table."""
    assert in_project(tmp_path).gates == ()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n', "utf-8")
    assert in_project(tmp_path).gates == ()


@pytest.mark.parametrize(
    "table", ['require = "hit@1>=0.5"', "require = [1]", "require = [", "split = 1"]
)
def test_a_damaged_project_is_told(tmp_path: Path, table: str) -> None:
    """No gate is dropped in silence."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.footnote]\n{table}\n", "utf-8")
    with pytest.raises(GateError, match=r"pyproject\.toml"):
        in_project(tmp_path)
