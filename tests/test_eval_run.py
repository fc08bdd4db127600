"""A run over a small orchard: what is written down of each question."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from evaluating import cases_file, orchard, run_with
from indexing import Desk

from evals.cases import Case, Gold, load
from evals.circumstances import commit
from evals.gold import Letters
from evals.records import Record
from evals.run import Subject, recorded, without_times
from evals.suite import SHIPPED_CASES, Setting, asked, chosen, judged_pairs, run_of
from ingest.types import Note
from rag.chat import NoteChat
from rag.types import PLAIN, Outcome, Verdict, Wanted


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return orchard(tmp_path_factory.mktemp("orchard"))


@pytest.fixture
def subject(desk: Desk) -> Iterator[Subject]:
    with desk.open() as index:
        yield Subject(NoteChat(index, desk.encoder), index, desk.encoder)  # type: ignore[arg-type]


@pytest.fixture
def cases(tmp_path: Path) -> dict[str, Case]:
    return {case.id: case for case in load(cases_file(tmp_path))}


@pytest.fixture
def records(subject: Subject, cases: dict[str, Case]) -> dict[str, Record]:
    return {one.id: one for one in asked(subject, list(cases.values()), Wanted(strictness=0.0))}


def test_hits_are_held_against_the_place_of_the_gold(records: dict[str, Record]) -> None:
    """The gold stands in the third line; the first hit is the passage around it."""
    twist = records["twist"]
    (gold,) = twist.gold
    assert gold.place is not None
    assert str(gold.place) == "picking.md:3-3"
    assert twist.rank == 1
    assert twist.hits[0].holds == (0,)
    assert all(hit.holds == () for hit in twist.hits[1:])


def test_statements_are_held_against_what_they_cite(records: dict[str, Record]) -> None:
    """Quotes are quotes by the rules as well."""
    answered = [one for one in records.values() if one.answered]
    assert answered
    for one in answered:
        assert one.statements
        assert {each.by_rules for each in one.statements} == {Verdict.QUOTED}


def test_facts_and_similarity_are_of_the_answer(subject: Subject, cases: dict[str, Case]) -> None:
    """One of two facts is held; a refused answer holds none and is like nothing."""
    case = cases["twist"]
    given = recorded(subject, case, PLAIN)
    nothing = recorded(subject, replace(case, question="zebra xylophone"), PLAIN)
    assert (given.answered, nothing.answered) == (True, False)
    assert [fact.held for fact in given.facts] == [True, False]
    assert given.similarity is not None
    assert given.similarity > 0.2
    assert [fact.held for fact in nothing.facts] == [False, False]
    assert (nothing.similarity, nothing.words) == (0.0, 0)


def test_a_follow_up_is_searched_in_three_ways(records: dict[str, Record]) -> None:
    """What was asked before helps, and the ideal question finds the gold."""
    found = records["table"].follow_up
    assert found is not None
    assert found.ideal == 1
    assert records["twist"].follow_up is None


def test_what_is_not_in_the_notes_has_no_gold(subject: Subject, cases: dict[str, Case]) -> None:
    """It concerns refusals alone."""
    moon = recorded(subject, cases["moon"], PLAIN)
    assert (moon.answerable, moon.outcome, moon.similarity) == (False, Outcome.NOT_IN_NOTES, None)


def test_the_chance_of_an_answer_is_written_down(records: dict[str, Record]) -> None:
    """What should be answered is likelier than what should not."""
    assert records["twist"].chance is not None
    assert records["moon"].chance is not None
    assert records["twist"].chance > records["moon"].chance


def test_two_runs_differ_in_times_alone(subject: Subject, cases: dict[str, Case]) -> None:
    """The same question over the same notes gives the same record."""
    for case in cases.values():
        first, again = (without_times(recorded(subject, case, PLAIN)) for _ in range(2))
        assert first == again


def test_a_quote_that_is_not_in_the_notes_is_written_down_as_such(
    subject: Subject, cases: dict[str, Case]
) -> None:
    """It counts as not found, and the record says why."""
    lost = replace(cases["twist"], gold=(Gold("picking.md", "not there"), Gold("gone.md", "nor")))
    found = recorded(subject, lost, PLAIN)
    assert [gold.place for gold in found.gold] == [None, None]
    assert found.rank is None


def test_a_run_explains_itself(subject: Subject, cases: dict[str, Case]) -> None:
    """Versions, hashes and settings are in it, and no path of the machine."""
    made = run_of(subject, Setting("orchard", "own", "toy"), list(cases.values()), [], (), 0.0)
    given = made.circumstances
    assert (given.notes_count, given.encoder, given.llm) == (2, "tiny", "none")
    assert given.packages["numpy"] != "not installed"
    assert len(given.notes_hash) == len(given.cases_hash) == 12
    assert "/" not in repr(given)


def test_code_that_git_does_not_know_has_no_commit(tmp_path: Path) -> None:
    """A folder that is in no repository, or in somebody else's."""
    assert commit(tmp_path) == ""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert commit(tmp_path) == ""


def test_the_hash_of_the_notes_is_of_what_they_say(desk: Desk, tmp_path: Path) -> None:
    """The same notes elsewhere have the same, other notes another."""

    def hashed(of: Desk) -> str:
        with of.open() as index:
            one = Subject(NoteChat(index, of.encoder), index, of.encoder)  # type: ignore[arg-type]
            return run_of(one, Setting("", ""), [], [], (), 0.0).circumstances.notes_hash

    same = orchard(tmp_path / "same")
    other = orchard(tmp_path / "other")
    other.write("picking.md", "# Picking\n\nBy hand.\n")
    other.sync()
    assert hashed(desk) == hashed(same) != hashed(other)


@pytest.mark.parametrize(("split", "limit", "wanted"), [("", 0, 5), ("tune", 0, 1), ("", 2, 2)])
def test_cases_are_chosen_by_half_and_number(
    cases: dict[str, Case], split: str, limit: int, wanted: int
) -> None:
    """A limit spreads over all of them."""
    found = chosen(list(cases.values()), split, limit)
    assert len(found) == wanted
    if limit:
        assert [case.id for case in found] == ["twist", "pears"]


NOTE = Note("n.md", "N", "Some **bold** text.\n\nAgain, some bold\ntext.", (1, 2, 5, 6), "md", "d")


@pytest.mark.parametrize(
    ("gold", "lines"),
    [
        (Gold("n.md", "Some bold text"), (1, 1)),
        (Gold("n.md", "some  bold text."), (5, 6)),
        (Gold("n.md", "bold text", 2), (5, 6)),
        (Gold("n.md", "bold text", 3), None),
        (Gold("n.md", "?!"), None),
    ],
)
def test_a_quote_is_found_by_its_letters(gold: Gold, lines: tuple[int, int] | None) -> None:
    """Markup and line ends do not hide it; an occurrence that is not there is not found."""
    found = Letters(NOTE).span(gold)
    assert (found and (found.place.start_line, found.place.end_line)) == lines


def test_the_share_of_a_quote_within_a_passage() -> None:
    """All of it, half of it, none of it, counted in letters."""
    letters = Letters(NOTE)
    span = letters.span(Gold("n.md", "bold text"))
    assert span is not None
    shares = [letters.share(span, *ends) for ends in ((0, 19), (0, 11), (20, 40))]
    assert shares == [1.0, 0.5, 0.0]


def test_pairs_are_judged_by_whoever_is_given(tmp_path: Path) -> None:
    """The rules catch a new number, a checker that always agrees catches nothing."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(1, 4):
        lines = "".join(
            f"Tree {letter} bears {n} apples because the soil is deep and wet.\n\n"
            for n, letter in enumerate("abcdef", 21)
        )
        (folder / f"9{number}-trees.md").write_text(f"# Trees {number}\n\n{lines}", "utf-8")
    rules = {one.kind: one for one in judged_pairs(folder, "report")}
    agreeing = {one.kind: one for one in judged_pairs(folder, "report", lambda _: Verdict.QUOTED)}
    assert "q" not in rules["new number"].verdicts
    assert set(agreeing["new number"].verdicts) == {"q"}
    assert set(rules) == set(agreeing)


def test_the_shipped_cases_are_where_the_suite_looks() -> None:
    """So that `footnote eval` needs no option."""
    first = next(iter(sorted(SHIPPED_CASES.glob("*.jsonl"))))
    assert json.loads(first.read_text("utf-8").splitlines()[0])["id"]
    assert run_with().records == ()
