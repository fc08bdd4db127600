"""Checkers one after the other: who judges what, and what no one takes back."""

from collections.abc import Mapping, Sequence

import pytest
from note_making import passages_of
from scripted_checker import ScriptedChecker

from ingest.errors import EncoderError
from ingest.types import Passage
from rag.stack import MOST_OTHERS, Given, Settled, Written, bears, by_rules, reconsider, settle
from rag.types import RULES, Verdict

RECALL = """# Recall

Recall is the share of the real positives that the model finds. It does not depend on the number \
of true negatives. A high threshold gives fewer positives. Recall is not high in this part of \
the curve.
"""
DROPOUT = """# Dropout

Dropout sets random activations to zero in training. The usual rate is 0.5 in dense layers.
"""
# True of RECALL, in other words.
REWORDED = "Of the positives that are really there, recall tells the share found by the model."
# True of DROPOUT, in other words.
ZEROED = "Random activations are put to zero while training, which is what dropout means."
QUOTED = "Recall is the share of the real positives that the model finds."
TURNED = "A high threshold gives more positives."
DENIED = "It does depend on the number of true negatives."
TWICE_TURNED = "Recall is low in this part of the curve."


def even(stems: Sequence[str]) -> Mapping[str, float]:
    """Every word is as rare as every other."""
    return dict.fromkeys(stems, 3.0)


def given(*notes: str) -> Given:
    """The passages of short notes, one of each."""
    passages: list[Passage] = []
    for note in notes or (RECALL, DROPOUT):
        passages.extend(passages_of(note, limit=1000))
    return Given(passages, even)


def one(text: str, cited: tuple[int, ...], *checkers: ScriptedChecker) -> Settled:
    """What becomes of a single statement about both notes."""
    return settle([Written(text, cited)], given(), checkers)[0]


# Rules alone


def test_rules_never_support() -> None:
    """Without a checker a rewording stays unconfirmed, by rules, and open."""
    found = one(REWORDED, (0,))
    assert (found.verdict, found.checked_by, found.open) == (Verdict.UNCONFIRMED, RULES, True)
    assert found.reasons


def test_what_is_quoted_is_settled() -> None:
    """A quote asks no checker, and its place is the line."""
    checker = ScriptedChecker()
    found = one(QUOTED, (0,), checker)
    assert (found.verdict, checker.asked) == (Verdict.QUOTED, [])
    assert found.quote is not None
    assert given().passages[0].text[slice(*found.quote)] == QUOTED


def test_rules_point_a_quote_to_where_it_stands() -> None:
    """A quote of a passage that it does not cite gets that passage, and the other is dropped."""
    found = one(QUOTED, (1,))
    assert (found.verdict, found.cited, found.repointed) == (Verdict.QUOTED, (0,), True)


def test_a_statement_without_citations_gets_one() -> None:
    """What cites nothing rests on the passage that bears on it; that repairs, but moves nothing."""
    found = one(QUOTED, ())
    assert (found.cited, found.repointed) == ((0,), False)


@pytest.mark.parametrize("cited", [(0, 0), (0, 9), (-1, 0)])
def test_citations_are_few_and_there(cited: tuple[int, ...]) -> None:
    """A passage is cited once, and one that was not given is not cited."""
    assert one(REWORDED, cited).cited == (0,)


@pytest.mark.parametrize("text", ["", "  ", "model " * 500])
def test_what_is_no_sentence_is_not_asked_about(text: str) -> None:
    """Nothing at all and a block of text are no question to a checker."""
    assert not one(text, (0,)).open


# What checkers may say


def test_only_a_checker_supports() -> None:
    """A rewording that a checker finds in the passage is supported, by that checker."""
    found = one(REWORDED, (0,), ScriptedChecker({REWORDED: "real positives"}))
    assert (found.verdict, found.checked_by, found.open) == (Verdict.SUPPORTED, "scripted", False)
    assert found.reasons == ("supported by scripted",)
    assert (found.cited, found.repointed) == ((0,), False)


def test_the_place_of_a_rewording_is_its_nearest_line() -> None:
    """A supported statement has a line to show, not the heading or the whole passage."""
    found = one(REWORDED, (0,), ScriptedChecker({REWORDED: "real positives"}))
    assert found.quote is not None
    assert given().passages[0].text[slice(*found.quote)] == QUOTED


def test_a_checker_may_contradict() -> None:
    """What rules leave open a checker may find wrong."""
    found = one(REWORDED, (0,), ScriptedChecker(contradicts={REWORDED: "real positives"}))
    assert (found.verdict, found.checked_by) == (Verdict.CONTRADICTED, "scripted")
    assert found.reasons == ("contradicted by scripted",)


def test_a_checker_that_is_unsure_says_so() -> None:
    """Unconfirmed by a checker carries its reason beside that of the rules."""
    found = one(REWORDED, (0,), ScriptedChecker())
    assert (found.verdict, found.checked_by) == (Verdict.UNCONFIRMED, "scripted")
    assert found.reasons[-1] == "unclear to scripted"
    assert len(found.reasons) == 2


def test_the_first_that_judges_settles() -> None:
    """A later checker is asked only about what the ones before it left open."""
    first = ScriptedChecker({REWORDED: "real"}, name="first")
    later = ScriptedChecker({ZEROED: "Dropout"}, name="later")
    statements = [Written(REWORDED, (0,)), Written(ZEROED, (1,))]
    found = settle(statements, given(), (first, later))
    assert [one.checked_by for one in found] == ["first", "later"]
    assert {claim.text for claims in later.asked for claim in claims} == {ZEROED}


def test_all_that_is_open_is_asked_at_once() -> None:
    """A checker that answers many for the price of one is called once for what is cited."""
    checker = ScriptedChecker({REWORDED: "real", ZEROED: "Dropout"})
    settle(
        [Written(REWORDED, (0,)), Written(QUOTED, (0,)), Written(ZEROED, (1,))], given(), [checker]
    )
    assert [[claim.text for claim in claims] for claims in checker.asked] == [[REWORDED, ZEROED]]


def test_a_checker_may_come_later() -> None:
    """What was settled while it was written can be asked about again at the end."""
    statements = [Written(QUOTED, (0,)), Written(REWORDED, (0,))]
    early = settle(statements, given())
    late = reconsider(statements, early, given(), [ScriptedChecker({REWORDED: "real"})])
    assert [one.verdict for one in late] == [Verdict.QUOTED, Verdict.SUPPORTED]


def test_a_checker_reads_the_passage_under_its_heading() -> None:
    """'It' of a passage is what the heading names."""
    checker = ScriptedChecker()
    one(REWORDED, (0,), checker)
    (evidence,) = checker.asked[0][0].evidence
    assert evidence.startswith("Recall\n\nRecall is the share")
    assert evidence.endswith("the curve.")


def test_a_checker_that_fails_changes_no_verdict() -> None:
    """An error is a reason, and the next checker is asked all the same."""
    broken = ScriptedChecker(problem=EncoderError("no numbers"), name="broken")
    found = one(REWORDED, (0,), broken)
    assert (found.verdict, found.checked_by, found.open) == (Verdict.UNCONFIRMED, RULES, True)
    assert found.reasons[-1] == "broken could not judge it: no numbers"
    after = one(REWORDED, (0,), broken, ScriptedChecker({REWORDED: "real"}))
    assert after.verdict is Verdict.SUPPORTED


def test_a_checker_that_cannot_judge_gave_no_verdict() -> None:
    """Rules stay the judge where a checker is not sure of anything at all."""
    found = one(REWORDED, (0,), ScriptedChecker(confidence=0.0))
    assert (found.checked_by, found.reasons[-1]) == (RULES, "unclear to scripted")


def test_a_checker_that_cannot_judge_is_not_asked_again() -> None:
    """A model that does not answer is not made to wait for a second time, about other passages."""
    checker = ScriptedChecker(confidence=0.0)
    one(ZEROED, (0,), checker)
    assert [len(claims) for claims in checker.asked] == [1]


# Hard and soft grounds


@pytest.mark.parametrize(
    "text",
    [
        "Recall is the share of the 250 real positives that the model finds.",
        "Recall is the share of the real positives that ResNet finds.",
        "In 4 of 9 positions, recall is the share of the real positives that the model finds.",
        TURNED,
    ],
    ids=["number", "name", "numbers", "opposite"],
)
def test_no_checker_takes_back_hard_grounds(text: str) -> None:
    """A number, a name or an opposite that is wrong stays wrong, whoever is asked."""
    checker = ScriptedChecker({text: "Recall"})
    found = one(text, (0,), checker)
    assert (found.verdict, found.checked_by, checker.asked) == (Verdict.CONTRADICTED, RULES, [])


@pytest.mark.parametrize("text", [TWICE_TURNED, DENIED], ids=["low for not high", "denial"])
def test_a_checker_may_take_back_soft_grounds(text: str) -> None:
    """A denial on one side alone is often put in other words: a checker decides."""
    assert one(text, (0,)).verdict is Verdict.CONTRADICTED
    found = one(text, (0,), ScriptedChecker({text: "Recall"}))
    assert (found.verdict, found.reasons) == (Verdict.SUPPORTED, ("supported by scripted",))


def test_soft_grounds_stand_where_a_checker_is_unsure() -> None:
    """What nobody takes back stays contradicted, by the rules that said so."""
    found = one(TWICE_TURNED, (0,), ScriptedChecker())
    assert (found.verdict, found.checked_by) == (Verdict.CONTRADICTED, RULES)


def test_soft_grounds_that_a_checker_shares_are_named_first() -> None:
    """Contradicted by both has the reasons of both."""
    found = one(TWICE_TURNED, (0,), ScriptedChecker(contradicts={TWICE_TURNED: "Recall"}))
    assert found.checked_by == "scripted"
    assert found.reasons[-1] == "contradicted by scripted"
    assert len(found.reasons) > 1


# Other passages


def test_a_checker_points_to_another_passage() -> None:
    """What the cited passage does not support, but another does, rests on that one."""
    found = one(ZEROED, (0,), ScriptedChecker({ZEROED: "Dropout sets"}))
    assert (found.verdict, found.cited, found.repointed) == (Verdict.SUPPORTED, (1,), True)
    assert found.reasons[0] == "what it cites does not say so; another passage does"
    assert found.quote is not None
    assert given().passages[1].text[slice(*found.quote)].startswith("Dropout sets")


def test_another_passage_counts_where_the_cited_one_goes_against_it() -> None:
    """A wrong citation is put right even where it says the opposite."""
    checker = ScriptedChecker({ZEROED: "Dropout sets"}, {ZEROED: "Recall"})
    assert one(ZEROED, (0,), checker).cited == (1,)


def test_without_citations_nothing_is_moved() -> None:
    """A statement that cites nothing and is supported gets its passage, and is not re-pointed."""
    found = one(ZEROED, (), ScriptedChecker({ZEROED: "Dropout sets"}))
    assert (found.verdict, found.cited, found.repointed) == (Verdict.SUPPORTED, (1,), False)


def test_passages_about_other_things_are_not_asked_about() -> None:
    """A passage that shares few words with a statement costs no question."""
    checker = ScriptedChecker()
    one(REWORDED, (0,), checker)
    assert [len(claims) for claims in checker.asked] == [1]


def test_few_other_passages_are_asked_about() -> None:
    """However many passages speak of the same, a checker reads the best of them only."""
    notes = [DROPOUT.replace("0.5", f"0.{n}") for n in range(1, 8)]
    checker = ScriptedChecker()
    settle([Written(ZEROED, (0,))], given(RECALL, *notes), [checker])
    assert [len(claims) for claims in checker.asked] == [1, MOST_OTHERS]


def test_a_number_of_another_passage_leaves_the_statement_open() -> None:
    """A number that the cited passage lacks and another has is for a checker, beside that one."""
    text = "In layers that are dense, dropout of random activations mostly has 0.5 as its rate."
    extra = RECALL + "\nDropout of random activations in dense layers has a usual rate.\n"
    alone = settle([Written(text, (0,))], given(extra))[0]
    assert (alone.verdict, alone.open) == (Verdict.CONTRADICTED, False)
    checker = ScriptedChecker({text: "rate"})
    found = settle([Written(text, (0,))], given(extra, DROPOUT), [checker])[0]
    assert (found.verdict, found.cited) == (Verdict.SUPPORTED, (1,))
    assert all("0.5" in claim.evidence[0] for claims in checker.asked for claim in claims)


def test_no_passage_that_rules_find_wrong_supports() -> None:
    """A passage whose line says the opposite bears nothing out, whatever a checker thinks."""
    checker = ScriptedChecker({TURNED: "Recall"})
    found = one(TURNED, (1,), checker)
    assert found.verdict is not Verdict.SUPPORTED
    assert [claim.evidence[0][:7] for claims in checker.asked for claim in claims] == ["Dropout"]


# The outcome


def settled(verdict: Verdict, bearing: float = 0.9) -> Settled:
    """A statement with a verdict."""
    return Settled(verdict, (0,), 0, None, (), bearing=bearing)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([settled(Verdict.QUOTED)], True),
        ([settled(Verdict.SUPPORTED, 0.1)], True),
        ([settled(Verdict.SUPPORTED), settled(Verdict.CONTRADICTED)], True),
        ([settled(Verdict.QUOTED), settled(Verdict.UNCONFIRMED, 0.0)], True),
        ([settled(Verdict.UNCONFIRMED)], True),
        ([settled(Verdict.UNCONFIRMED), settled(Verdict.UNCONFIRMED, 0.1)], True),
        ([settled(Verdict.UNCONFIRMED, 0.1), settled(Verdict.UNCONFIRMED, 0.39)], False),
        ([settled(Verdict.CONTRADICTED)], False),
        ([settled(Verdict.UNCONFIRMED), settled(Verdict.CONTRADICTED)], False),
        ([], False),
    ],
)
def test_an_answer_stands_if_it_bears(statements: list[Settled], expected: bool) -> None:
    """Something borne out, or nothing against and something to do with the passages."""
    assert bears(statements) is expected


def test_an_answer_about_something_else_does_not_bear() -> None:
    """Statements that share hardly a word with the passages are no answer from them."""
    text = "Paris is the capital of France, and has many museums."
    assert not bears([by_rules(Written(text, (0,)), given())])
