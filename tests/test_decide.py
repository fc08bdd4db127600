"""Whether to answer, and the file that says by what rule."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.decide import DECISION, WEIGHED, BrokenRule, Rule, beside, decide, load, save, shipped
from rag.signs import Signs
from rag.types import Outcome

GOOD = Signs(passage=0.6, sentence=0.7, together=1.0)
POOR = Signs(passage=0.1, sentence=0.1)
RULE = Rule(-4.5, passage=4.8, sentence=3.7, together=1.6, strange=-2.0)

shares = st.floats(0, 1)
any_signs = st.builds(Signs, shares, shares, shares, shares, shares, shares, shares)


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        (GOOD, Outcome.ANSWERED),
        (POOR, Outcome.NOT_IN_NOTES),
        (Signs(0.3, 0.3, 0.2, listed=1.0), Outcome.LISTED),
        (Signs(0.6, 0.7, 1.0, listed=0.9), Outcome.ANSWERED),
        (Signs(0.3, 0.3, 0.2, listed=0.5), Outcome.NOT_IN_NOTES),
        (Signs(), Outcome.NOT_IN_NOTES),
    ],
)
def test_the_signs_decide(seen: Signs, outcome: Outcome) -> None:
    """Good content is answered; a listed question must be nearer than any content."""
    assert decide(seen) is outcome


@pytest.mark.parametrize("sign", ["passage", "sentence", "together"])
def test_what_the_notes_hold_speaks_for_an_answer(sign: str) -> None:
    """Nearness and words held in one passage make an answer likelier, by the rule that ships."""
    assert getattr(shipped(), sign) > 0


@pytest.mark.parametrize("sign", ["apart", "parts", "strange"])
def test_what_the_notes_keep_apart_or_lack_speaks_against(sign: str) -> None:
    """Parts that are near while the whole is not, and foreign names, make an answer less likely."""
    assert getattr(shipped(), sign) < 0


def test_words_that_are_there_weigh_against_a_low_cosine() -> None:
    """An acronym has a low cosine even where the notes explain it: cosine alone does not refuse."""
    assert decide(Signs(0.45, 0.45, together=1.0)) is Outcome.ANSWERED
    assert decide(Signs(0.45, 0.45, together=0.0)) is Outcome.NOT_IN_NOTES


@given(any_signs, shares, shares)
def test_a_stricter_decision_answers_nothing_more(seen: Signs, one: float, other: float) -> None:
    """What is answered strictly is answered at every lower strictness."""
    low, high = sorted((one, other))
    if decide(seen, RULE, high) is Outcome.ANSWERED:
        assert decide(seen, RULE, low) is Outcome.ANSWERED


@given(any_signs)
def test_no_strictness_answers_whatever_finds_anything(seen: Signs) -> None:
    """At 0 a question is answered wherever there is something to quote."""
    found = seen.passage > 0 or seen.sentence > 0
    assert (decide(seen, RULE, 0.0) is Outcome.ANSWERED) is found


def test_the_strictest_still_answers_what_is_sure() -> None:
    """At 1 the plainest questions are answered, and those in between are not."""
    between = Signs(passage=0.45, sentence=0.45, together=0.6)
    assert decide(GOOD, RULE, 1.0) is Outcome.NOT_IN_NOTES or RULE.answerable(GOOD) >= 0.95
    assert decide(Signs(1.0, 1.0, 1.0), RULE, 1.0) is Outcome.ANSWERED
    assert decide(between, RULE, 0.0) is Outcome.ANSWERED
    assert decide(between, RULE, 1.0) is Outcome.NOT_IN_NOTES


def test_an_extreme_total_is_still_a_chance() -> None:
    """However large the weights, the chance stays between 0 and 1."""
    assert Rule(1e6).answerable(GOOD) == 1.0
    assert Rule(-1e6).answerable(GOOD) == 0.0


def test_a_rule_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """The weights and what the rule is about are in the file, to be read by people too."""
    save(RULE, tmp_path / DECISION, {"date": "2026-01-02"})
    assert beside(tmp_path) == RULE
    assert json.loads((tmp_path / DECISION).read_text("utf-8"))["date"] == "2026-01-02"


def test_a_folder_without_a_rule_of_its_own_has_none(tmp_path: Path) -> None:
    """Then the rule that ships decides."""
    assert beside(tmp_path) is None


def _weights(**changed: object) -> str:
    return json.dumps({"weights": dict.fromkeys(("bias", *WEIGHED), 1.0) | changed})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "{}",
        '{"weights": 3}',
        '{"weights": {"bias": 1}}',
        _weights(colour=1.0),
        _weights(bias="1"),
        _weights(bias=True),
        _weights(bias=math.nan),
        _weights(strange=math.inf),
        _weights(bias=None),
    ],
)
def test_a_damaged_rule_is_named_with_what_to_do(tmp_path: Path, text: str) -> None:
    """The message holds the file, and says to delete it or to calibrate again."""
    file = tmp_path / DECISION
    file.write_text(text, "utf-8")
    with pytest.raises(BrokenRule, match=r"decision\.json.*[Dd]elete it.*calibrate again"):
        load(file)


def test_a_rule_that_is_no_text_is_damaged_too(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 end in the same message."""
    (tmp_path / DECISION).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BrokenRule, match="calibrate again"):
        beside(tmp_path)


def test_a_rule_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A folder that is not there is named."""
    with pytest.raises(BrokenRule, match="nowhere"):
        save(RULE, tmp_path / "nowhere" / DECISION, {})
