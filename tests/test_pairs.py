"""The labelled pairs are what they say they are, and the rules reach what is promised for them."""

from pathlib import Path

import pytest

from evals.edits import NEAR, REWORDED, WRONG
from evals.pairs import (
    OFF_TOPIC,
    QUOTE,
    Pair,
    Rarities,
    Row,
    half_of,
    measured,
    pairs_of,
    passages_of,
    table,
)
from ingest.types import Passage
from rag.types import Verdict

CORPUS = Path(__file__).parent.parent / "corpus"
# Beside these, at least 300 of each kind; the notes hold fewer adverbs and British spellings.
FEWER = {"adverb dropped": 250, "spelling": 180}
RECALL = {
    "new number": 0.95,
    "new name": 0.95,
    OFF_TOPIC: 0.95,
    "half supported": 0.95,
    "negation added": 0.90,
    "number moved": 0.80,
    "comparative flipped": 0.70,
}


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    """The passages of the shipped notes."""
    return passages_of(CORPUS)


@pytest.fixture(scope="module")
def report(passages: list[Passage]) -> list[Pair]:
    """The pairs of the report half."""
    return pairs_of(passages, "report")


@pytest.fixture(scope="module")
def rows(passages: list[Passage], report: list[Pair]) -> dict[str, Row]:
    """What checking says of the report half, by kind."""
    return {row.kind: row for row in measured(report, Rarities(passages))}


def test_the_pairs_are_the_same_in_every_run(passages: list[Passage], report: list[Pair]) -> None:
    """A figure can be reproduced."""
    assert pairs_of(passages, "report") == report


def test_the_halves_share_no_note(passages: list[Passage], report: list[Pair]) -> None:
    """What constants were set on is not reported on."""
    tune = {pair.passages[0].note for pair in pairs_of(passages, "tune")}
    assert tune.isdisjoint(pair.passages[0].note for pair in report)
    assert {half_of(note) for note in tune} == {"tune"}


def test_another_seed_draws_other_pairs(passages: list[Passage], report: list[Pair]) -> None:
    """Of no kind is a pair made from a sentence that the standing draw made that kind from."""
    drawn = pairs_of(passages, "report", seed=21)
    read = {(pair.kind, pair.source) for pair in report}
    assert len(drawn) > 5000
    assert [pair for pair in drawn if (pair.kind, pair.source) in read] == []


@pytest.mark.parametrize("kind", [QUOTE, *NEAR, *REWORDED, *WRONG, OFF_TOPIC])
def test_there_are_enough_pairs_of_each_kind(kind: str, rows: dict[str, Row]) -> None:
    """Few pairs would say little."""
    assert rows[kind].pairs >= FEWER.get(kind, 300)


def test_wrong_statements_differ_from_every_right_one(report: list[Pair]) -> None:
    """No statement is called right of a passage in one pair and wrong in another."""
    right = {(pair.statement, pair.passages) for pair in report if pair.right}
    assert [
        pair for pair in report if not pair.right and (pair.statement, pair.passages) in right
    ] == []


def test_quotes_stand_in_their_passages(report: list[Pair]) -> None:
    """A quote is quoted, but for white space and the targets of links."""
    for pair in report:
        if pair.kind == QUOTE and "](" not in pair.passages[0].text:
            assert pair.statement in " ".join(pair.passages[0].text.split())


def test_quotes_and_near_quotes_raise_few_alarms(rows: dict[str, Row]) -> None:
    """At most one in 200 quotes, and one in 20 near-quotes of any kind, is not called quoted."""
    assert rows[QUOTE].caught <= 0.005
    assert {kind: rows[kind].caught for kind in NEAR if rows[kind].caught > 0.05} == {}


@pytest.mark.parametrize("kind", RECALL)
def test_wrong_statements_are_caught(kind: str, rows: dict[str, Row]) -> None:
    """Rules alone reach what is promised for this kind."""
    assert rows[kind].caught >= RECALL[kind]


def test_the_table_gives_each_kind_its_shares() -> None:
    """Caught is whatever is not called quoted."""
    verdicts = {Verdict.QUOTED: 1, Verdict.CONTRADICTED: 2, Verdict.UNCONFIRMED: 1}
    assert table([Row("a kind", False, verdicts)]).split("\n")[-1] == (
        "| **a kind** | 4 | 0.750 | 0.500 | 0.250 |"
    )
