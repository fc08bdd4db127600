"""Statements held against passages by rules alone."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from note_making import passages_of

from ingest.types import Passage
from rag.types import Verdict
from rag.verify import Finding, check, verify
from rag.wording import words

NOTE = """# Recall

Recall is the share of the real positives that the model finds. It does not depend on the number \
of true negatives. In 2012, the detector reached a recall of 0.8 on 1,130,000 images, which is \
5 percent more than in 2010.

A large batch is faster than a small one when memory allows it. If the batch is too small, the \
estimate is noisy. For linear models, the surface is flat. The encoder, which has twelve layers, \
feeds the decoder; the decoder never sees the input. Rényi's entropy generalises the common one.

- trade-off: raising the threshold lowers recall

$$
F_1 = \\frac{2PR}{P+R}
$$

| Model | Recall |
|---|---|
| ResNet | 0.7 |
"""
OTHER = "# Dropout\n\nDropout sets random activations to zero in training.\n"


def even(stems: Sequence[str]) -> Mapping[str, float]:
    """Every word is as rare as every other."""
    return dict.fromkeys(stems, 3.0)


def passages(text: str = NOTE) -> list[Passage]:
    """The one passage that a text is short enough to be."""
    found = passages_of(text, limit=1000)
    assert len(found) == 1
    return found


def found_for(text: str, asked: str = "") -> Finding:
    """What is found for a statement about the note."""
    return verify(text, passages(), even, asked)


@pytest.mark.parametrize(
    "text",
    [
        "Recall is the share of the real positives that the model finds.",
        "recall is the share\n of the **real positives** that the model finds [1]",
        "Note that recall is the share of real positives the model finds",
        "According to the notes, recall is also the share of the real positive that a model finds.",
        "It doesn't depend on the number of true negatives.",
        "Recall does not depend on the number of true negatives.",
        "In 2012 the detector reached a recall of 0.80 on 1130000 images.",
        "In 2012, the detector reached a recall of 80 % on 1,130,000 images.",
        "The encoder has 12 layers.",
        "The encoder feeds the decoder, and the decoder never sees the input.",
        "The encoder feeds the decoder. The decoder never sees the input.",
        "Renyi entropy generalizes the usual one.",
        "Rényi's entropy genralises the common one.",
        "Tradeoff: raising the threshold reduces recall",
        "**Trade-off**: raising the threshold lowers recall.",
        "$$\nF_1 = \\frac{2 P R}{P + R}\n$$",
        "| ResNet | 0.7 |",
        "| Model | Recall |\n|---|---|\n| ResNet | 0.7 |",
        "# Recall",
    ],
)
def test_quotes_and_near_quotes_are_quoted(text: str) -> None:
    """What changes nothing about a claim makes it no other claim."""
    assert found_for(text).verdict is Verdict.QUOTED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("In 2012, the detector reached a recall of 0.9 on 1,130,000 images.", "number 0.9"),
        ("In 2010, the detector reached a recall of 0.8 on 1,130,000 images.", "number 2010"),
        ("Recall does depend on the number of true negatives.", "denies"),
        ("The decoder always sees the input.", "always"),
        ("A small batch is faster than a small one when memory allows it.", "'large'"),
        ("Recall is not the share of the real positives that the model finds.", "denies"),
        ("Recall is the share of the real positives that Osaka finds.", "Osaka"),
        ("Recall is the share of the real positives that the HRX model finds.", "HRX"),
    ],
)
def test_what_goes_against_the_passage_is_contradicted(text: str, reason: str) -> None:
    """A number, a denial, an opposite or a name that the passage does not bear out."""
    found = found_for(text)
    assert found.verdict is Verdict.CONTRADICTED
    assert reason in " ".join(found.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "The decoder feeds the encoder.",
        "A large batch is faster than a small one.",
        "The estimate is noisy.",
        "The surface is flat.",
        "The encoder sees the input.",
        "ResNet finds the share of real positives.",
        "The surface is curved for linear models.",
        "$F_1 = \\frac{2PR}{P-R}$",
        "Dropout sets random activations to zero.",
        "A large batch",
        "Yes.",
        "...",
        "",
    ],
)
def test_what_rules_cannot_judge_is_unconfirmed(text: str) -> None:
    """Swapped roles, dropped conditions, spliced clauses, rewordings and other topics."""
    assert found_for(text).verdict is Verdict.UNCONFIRMED


def test_the_quote_is_the_exact_sentence() -> None:
    """The place covers the sentences that bear the statement out, and no more."""
    (passage,) = passages()
    found = found_for("Recall does not depend on the number of true negatives.")
    assert found.passage == 0
    assert found.quote is not None
    start, end = found.quote
    assert passage.text[start:end] == "It does not depend on the number of true negatives."


def test_the_question_brings_in_names_without_blame() -> None:
    """A name of the question's is no claim of the answer's, and no evidence either."""
    text = "For Osaka, recall is the share of real positives that the model finds."
    assert found_for(text).verdict is Verdict.CONTRADICTED
    assert found_for(text, asked="What is recall in Osaka?").verdict is Verdict.UNCONFIRMED


def test_an_answering_no_is_no_denial() -> None:
    """'No:' answers the question; what follows is judged by itself."""
    found = found_for("No: recall is the share of the real positives that the model finds.")
    assert found.verdict is Verdict.UNCONFIRMED


def test_two_passages_can_bear_a_statement_out_together() -> None:
    """Each sentence may be quoted from a passage of its own."""
    text = "The encoder has twelve layers. Dropout sets random activations to zero in training."
    assert verify(text, [*passages(), *passages(OTHER)], even).verdict is Verdict.QUOTED
    assert verify(text, passages(), even).verdict is not Verdict.QUOTED


def test_a_statement_is_repointed_to_a_passage_that_says_it() -> None:
    """The wrong number of a right statement is put right, and that is recorded."""
    text = "Dropout sets random activations to zero in training."
    found = check(text, passages(), passages(OTHER), even)
    assert (found.verdict, found.passage, found.repointed) == (Verdict.QUOTED, 1, True)
    assert "another passage" in found.reasons[0]


def test_a_statement_is_not_repointed_to_what_says_no_more() -> None:
    """Where no passage bears it out, it stays with what it cites."""
    text = "Recall is not the share of the real positives that the model finds."
    found = check(text, passages(), passages(OTHER), even)
    assert (found.verdict, found.passage, found.repointed) == (Verdict.CONTRADICTED, 0, False)


def test_a_statement_without_citation_gets_one() -> None:
    """All passages are tried where none is cited."""
    text = "Dropout sets random activations to zero in training."
    found = check(text, [], [*passages(), *passages(OTHER)], even)
    assert (found.verdict, found.passage, found.repointed) == (Verdict.QUOTED, 1, False)


def test_nothing_to_hold_against_is_unconfirmed() -> None:
    """Without any passage nothing is borne out."""
    assert check("Recall is a share.", [], [], even).reasons == ("no passage is cited",)


@pytest.mark.parametrize("text", ["x " * 50_000, "recall " * 700, "$" * 30_000])
def test_a_flood_is_not_checked(text: str) -> None:
    """What no one would call a statement is turned away before any work."""
    assert found_for(text).reasons == ("too long to be checked",)


@given(st.text(max_size=80))
def test_any_text_gets_a_finding(text: str) -> None:
    """Rules alone never call anything supported, and a quote lies within its passage."""
    found = found_for(text)
    assert found.verdict is not Verdict.SUPPORTED
    assert (found.passage is None) <= (found.quote is None)
    if found.quote:
        assert 0 <= found.quote[0] < found.quote[1] <= len(passages()[0].text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("normalisation", "normalization"),
        ("labelled centres", "labeled centers"),
        ("licence", "license"),
        ("the GANs", "GAN"),
        ("it isn't so", "it is not so"),
        ("it can't", "it cannot"),
        ("1,130,000", "1130000"),
        ("0.50", ".5"),
        ("twelve", "12"),
        ("5 per cent", "5%"),
        ("such as $k$", "like k"),
        ("the model’s loss", "model's loss"),
        ("Schrödinger", "Schrodinger"),
        ("[recall](#recall)", "recall"),
        ("x [1]", "x"),
    ],
)
def test_what_is_written_in_two_ways_is_compared_alike(one: str, other: str) -> None:
    """Spelling, number, short forms and markup are evened out."""
    assert [word.key for word in words(one)] == [word.key for word in words(other)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2012", "2013"),
        ("$a + b$", "$a - b$"),
        ("(a + b) / c", "a + b / c"),
        ("precision", "precisely"),
        ("normal", "usual"),
        ("maximise", "minimise"),
        ("`x[1]`", "`x[2]`"),
        ("x > 0", "x < 0"),
    ],
)
def test_what_differs_is_compared_as_different(one: str, other: str) -> None:
    """Evening out goes no further than that."""
    assert [word.key for word in words(one)] != [word.key for word in words(other)]


@pytest.mark.parametrize(
    "text",
    [
        "When memory allows it, a large batch is faster than a small one.",
        "The estimate is noisy if the batch is too small.",
    ],
)
def test_a_condition_may_change_places(text: str) -> None:
    """'B if A' says what 'If A, B' says."""
    assert found_for(text).verdict is Verdict.QUOTED


@pytest.mark.parametrize(
    "text",
    [
        "The batch is too small if the estimate is noisy.",
        "If the estimate is noisy, the batch is too small.",
        "The encoder never sees the input.",
        "Precision does not depend on the number of true negatives.",
    ],
)
def test_what_is_put_together_anew_is_no_quote(text: str) -> None:
    """Words of the passage in another order, or about another thing, claim something else."""
    assert found_for(text).verdict is not Verdict.QUOTED
