"""Fitting the rule that decides whether to answer."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from fakes import TinyEncoder
from indexing import Desk

from evals.calibrate import FEW, fitted, save, show, threshold, to_fit, watched
from evals.cases import Case, CaseError, Gold
from evals.logistic import fit
from evals.observed import Observed, Seen
from evals.outcomes import curve, outcomes
from evals.unanswerable import read
from rag.chat import NoteChat
from rag.decide import decide, load, shipped
from rag.signs import Signs
from rag.types import Outcome


def folder(name: str, questions: int, shift: float = 0.0) -> Observed:
    """Half of the questions have an answer; what tells them apart is how near the notes come."""
    draw = np.random.default_rng(7)
    seen = []
    for at in range(questions):
        answerable = at % 2 == 0
        near = float(draw.normal(0.6 if answerable else 0.3, 0.1)) + shift
        signs = Signs(near, near + 0.05, together=near, strange=float(draw.random() < 0.1))
        group = "answerable" if answerable else ("near" if at % 4 == 1 else "outside")
        seen.append(Seen(f"{name}-{at}", group, group, signs))
    return Observed(name, tuple(seen))


def refused(known: Observed, group: str) -> float:
    rule = fitted([known], today="2026-01-02").rule
    seen = known.of(group)
    return sum(decide(one.signs, rule) is not Outcome.ANSWERED for one in seen) / len(seen)


def test_a_line_is_found_that_tells_two_kinds_apart() -> None:
    """The sign that tells them apart gets the weight, the one that is noise next to none."""
    draw = np.random.default_rng(3)
    answers = np.array([0.0, 1.0] * 200)
    rows = np.c_[answers + draw.normal(0, 0.3, 400), draw.normal(0, 1, 400), np.ones(400)]
    line = fit(rows, answers, np.ones(400))
    assert line.weights[0] > 5 * abs(line.weights[1])
    assert line.weights[2] == pytest.approx(0.0)
    assert np.mean((line.of(rows) > 0) == answers) > 0.9


def test_kinds_that_nothing_mixes_still_give_finite_weights() -> None:
    """The ridge keeps weights small where a line parts the questions without error."""
    answers = np.array([0.0, 1.0] * 20)
    line = fit(answers[:, None] * 1.0, answers, np.ones(40))
    assert np.isfinite(line.weights).all()
    assert np.isfinite(line.bias)


def test_few_answerable_questions_are_refused_and_most_others_are() -> None:
    """The threshold keeps wrong refusals at one in twenty at most."""
    toy = folder("toy", 200)
    assert refused(toy, "answerable") <= 0.05
    assert refused(toy, "near") > 0.8
    assert refused(toy, "outside") > 0.8


def test_no_folder_loses_more_than_its_share() -> None:
    """With two folders, one harder than the other, the bound holds in both."""
    both = [folder("plain", 200), folder("hard", 100, shift=-0.1)]
    calibration = fitted(both, today="2026-01-02")
    assert all(one.refused["answerable"] <= 0.05 for one in calibration.figures)
    assert len(calibration.crossed) == 2


def test_the_same_questions_give_the_same_rule() -> None:
    """Nothing is drawn by chance."""
    one, other = (fitted([folder("toy", 120)], today="2026-01-02") for _ in range(2))
    assert one == other


def test_few_cases_move_the_threshold_alone() -> None:
    """The weights are those of the rule that ships."""
    calibration = fitted([folder("small", FEW - 2)], today="2026-01-02")
    assert not calibration.whole
    assert replace(calibration.rule, bias=0.0) == replace(shipped(), bias=0.0)
    assert calibration.rule.bias != shipped().bias


@pytest.mark.parametrize("group", ["answerable", "near"])
def test_one_kind_alone_cannot_be_calibrated_to(group: str) -> None:
    """The message names the folder and how many of which are missing."""
    toy = folder("lonely", 60)
    alone = Observed("lonely", tuple(one for one in toy.seen if one.group == group))
    with pytest.raises(CaseError, match=r"lonely: 0 questions.*needs 5"):
        fitted([alone])


def test_the_threshold_lies_between_known_questions() -> None:
    """Half-way between the lowest that is answered and the next below."""
    scores = [0.2, 0.4, 0.6, 0.8, 1.0]
    seen = [Seen(f"a{s}", "direct", "answerable", Signs(passage=s)) for s in scores]
    seen += [Seen("n", "near", "near", Signs(passage=0.1))]
    assert threshold([Observed("x", tuple(seen))], lambda s: s.passage) == pytest.approx(0.15)


def test_the_file_holds_date_data_figures_and_rule(tmp_path: Path) -> None:
    """What was written is the rule, and can be read by people."""
    calibration = fitted([folder("toy", 120)], [folder("other", 40)], "2026-01-02")
    file = tmp_path / "decision.json"
    save(calibration, file)
    text = json.loads(file.read_text("utf-8"))
    assert text["date"] == "2026-01-02"
    assert text["questions"] == {"toy": {"answerable": 60, "near": 30, "outside": 30}}
    assert text["refused"]["toy"]["answerable"] <= 0.05
    assert load(file).bias == pytest.approx(calibration.rule.bias, abs=1e-4)


def test_the_table_shows_each_folder_and_one_cosine_beside_it() -> None:
    """Folders only looked at are shown too, and those left out of the fit."""
    table = show(fitted([folder("toy", 120)], [folder("other", 40)], "2026-01-02"))
    for row in ("toy          rule ", "toy          rule, left out", "other        rule, beside"):
        assert row in table
    assert table.count("one cosine") == 2


def test_halves_are_respected_and_cases_without_halves_used_whole() -> None:
    """The half for reporting is never fitted to."""
    cases = [Case("1", "a?", "near", (), split="tune"), Case("2", "b?", "near", ())]
    assert to_fit(cases) == cases[:1]
    assert to_fit(cases[1:]) == cases[1:]


def test_cases_are_observed_through_a_chat(tmp_path: Path) -> None:
    """Each case has its signs and its group; the folder gives the name."""
    desk = Desk(tmp_path, TinyEncoder(dimension=256, max_tokens=128))
    desk.write("a.md", "# Apples\n\nApples are stored in a cellar.\n")
    desk.sync()
    gold = (Gold("a.md", "Apples are stored in a cellar."),)
    cases = [
        Case("1", "Where are apples stored?", "direct", gold),
        Case("2", "Who rules the waves?", "leave", ()),
    ]
    with desk.open() as index:
        seen = watched(desk.notes, NoteChat(index, desk.encoder), cases)
    assert seen.name == "notes"
    assert [one.group for one in seen.seen] == ["answerable", "outside"]
    assert seen.seen[0].signs.together > seen.seen[1].signs.together


def test_the_curve_falls_from_all_to_few() -> None:
    """Coverage and errors fall with every step of strictness, from 1."""
    points = list(curve(folder("toy", 100)))
    assert points[0] == (0.0, 1.0, 1.0, 1.0)
    for before, after in pairwise(points):
        assert after[1] <= before[1]
        assert after[2] <= before[2]
        assert after[3] <= before[3]


def test_outcomes_are_counted_by_kind() -> None:
    """At no strictness everything with something to quote is answered."""
    counted = outcomes(folder("toy", 8), strictness=0.0)
    assert counted["answerable"][Outcome.ANSWERED] == 4


def test_public_data_becomes_paragraphs_and_cases(tmp_path: Path) -> None:
    """Both data sets are read; a question without an answer is of kind 'near'."""
    clap, squad = tmp_path / "clap", tmp_path / "squad"
    clap.mkdir()
    squad.mkdir()
    row = {"id": "1", "input": "why?", "passages": [{"title": "T", "text": "Because."}]}
    (clap / "clapnq_dev_answerable.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    row = row | {"id": "2"}
    (clap / "clapnq_dev_unanswerable.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    asked = [
        {"id": f"q{n}", "question": "what?", "is_impossible": n == 1, "answers": []}
        for n in range(2)
    ]
    article = {"title": "A_b", "paragraphs": [{"context": "Text.", "qas": asked}]}
    (squad / "squad2.json").write_text(json.dumps({"data": [article]}), "utf-8")
    assert [case.kind for case in read(clap)[1]] == ["direct", "near"]
    paragraphs, cases = read(squad, every=1)
    assert [(p.title, p.text) for p in paragraphs] == [("A b", "Text.")]
    assert [case.kind for case in cases] == ["direct", "near"]
    with pytest.raises(CaseError, match="neither"):
        read(tmp_path)
