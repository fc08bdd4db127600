"""What is quoted: the best passage first, what hangs together together, no more than a glance."""

from dataclasses import replace

import numpy as np
from note_making import passages_of

from ingest.types import PassageId
from rag.quote import LONG, SHORT, Length, choose
from rag.types import Hit, Parts
from rag.units import units
from rag.weigh import Weighed


def weighed(text: str, scores: list[float], rank: int = 1, score: float = 0.5) -> list[Weighed]:
    """The units of a one-passage text with these scores, each unlike all others."""
    (passage,) = passages_of(text, limit=400)
    hit = Hit(rank, PassageId(rank), passage, Parts(score, score, 0.0, score))
    found = units(passage)
    assert len(found) == len(scores), [unit.text for unit in found]
    vectors = np.eye(64, dtype=np.float32)[32 * (rank - 1) :]
    return [
        Weighed(hit, unit, vectors[at], value, value)
        for at, (unit, value) in enumerate(zip(found, scores, strict=True))
    ]


def texts(chosen: list[Weighed]) -> list[str]:
    return [one.unit.text for one in chosen]


TIGHT = Length(words=24, whole=16, passages=2)


def test_a_short_passage_is_quoted_whole_in_its_order() -> None:
    """Nothing is left out of what is short, whatever its parts score."""
    given = weighed("Gates open. Cells keep. Units add.", [0.1, 0.9, 0.2])
    assert texts(choose(given)) == ["Gates open.", "Cells keep.", "Units add."]


def test_the_opening_defines_and_the_best_part_answers() -> None:
    """Of a long passage these two are kept, in reading order."""
    given = weighed(
        "A gate is a switch that is learned. Much was written on its history by many people. "
        "Closing it keeps the cell as it is.",
        [0.8, 0.3, 0.9],
    )
    kept = texts(choose(given, TIGHT))
    assert kept == ["A gate is a switch that is learned.", "Closing it keeps the cell as it is."]


def test_an_opening_that_bears_on_something_else_is_left_out() -> None:
    """A section does not always begin with what was asked."""
    given = weighed(
        "First some words on the history of it. Nobody asked for any of these words here. "
        "Closing the gate keeps the cell as it is.",
        [0.2, 0.1, 0.9],
    )
    assert texts(choose(given, TIGHT)) == ["Closing the gate keeps the cell as it is."]


def test_a_formula_is_quoted_with_what_leads_to_it_and_explains_it() -> None:
    """'where …' alone, or a formula alone, says little."""
    given = weighed(
        "Some history of no interest for the one who asks stands here at first. "
        "The loss is:\n\n$$\nL = a\n$$\n\nwhere $a$ is the area.",
        [0.1, 0.3, 0.2, 0.9],
    )
    assert texts(choose(given, TIGHT)) == [
        "The loss is:",
        "$$\nL = a\n$$",
        "where $a$ is the area.",
    ]


def test_an_item_brings_what_is_nested_in_it() -> None:
    """The head of a list of sub-items means nothing without them."""
    given = weighed(
        "- Other matters that nobody asked for in any of these many words of no use\n"
        "- Using gates\n    - They open\n    - They close\n",
        [0.1, 0.9, 0.2, 0.2],
    )
    assert texts(choose(given, TIGHT)) == ["Using gates", "They open", "They close"]


def test_an_item_that_opens_another_matter_stays_away() -> None:
    """With all that is nested in it, even where it stands first and there is room for it."""
    given = weighed(
        "- Using switches\n    - They turn\n- Using gates\n    - They open\n    - They close\n",
        [0.3, 0.2, 0.9, 0.4, 0.4],
    )
    # What stands first is worth more; by itself it is not.
    by_itself = [replace(one, alone=one.score) for one in given]
    opening = replace(by_itself[0], score=1.0)
    kept = texts(choose([opening, *by_itself[1:]], Length(words=24, whole=4, passages=2)))
    assert kept == ["Using gates", "They open", "They close"]


def test_another_passage_adds_what_is_new_and_nearly_as_good() -> None:
    """One part of it, after the leading passage."""
    first = weighed("Gates open the cell.", [0.9], rank=1, score=0.8)
    second = weighed("Cells keep the state.", [0.85], rank=2, score=0.7)
    assert texts(choose([*first, *second])) == ["Gates open the cell.", "Cells keep the state."]


def test_another_passage_adds_nothing_that_is_worse_or_the_same() -> None:
    """Answers come from as few passages as do the job."""
    first = weighed("Gates open the cell.", [0.9], rank=1, score=0.8)
    worse = weighed("Cells keep the state.", [0.3], rank=2, score=0.7)
    assert texts(choose([*first, *worse])) == ["Gates open the cell."]
    same = [Weighed(one.hit, one.unit, first[0].vector, 0.85, 0.85) for one in worse]
    assert texts(choose([*first, *same])) == ["Gates open the cell."]


def test_a_question_in_the_notes_is_no_answer() -> None:
    """It adds nothing, however like the user's question it is."""
    first = weighed("Gates open the cell.", [0.8], rank=1, score=0.8)
    asking = weighed("Why do gates open?", [1.0], rank=2, score=0.7)
    assert texts(choose([*first, *asking])) == ["Gates open the cell."]


def test_no_answer_is_longer_than_a_glance() -> None:
    """The limit holds over all passages together."""
    sentence = "This sentence has a number of words that is ten. "
    given = [
        one
        for rank in (1, 2)
        for one in weighed(sentence * 20, [0.9 - n / 100 for n in range(20)], rank, 0.8)
    ]
    assert 0 < sum(one.unit.words for one in choose(given)) <= SHORT.words


def test_notes_that_only_ask_are_quoted_all_the_same() -> None:
    """Where it was decided to answer, something is said."""
    assert texts(choose(weighed("Why do gates open?", [0.9]))) == ["Why do gates open?"]


def test_a_sentence_that_leans_brings_what_it_leans_on_and_no_more() -> None:
    """'This …' comes with the sentence before it, not with all that follows."""
    given = weighed(
        "Some words on the history of gates that nobody needs to read at all. "
        "Gates open the cell. This lets the state pass. It then leaves by another door somewhere.",
        [0.1, 0.3, 0.9, 0.1],
    )
    assert texts(choose(given, TIGHT)) == ["Gates open the cell.", "This lets the state pass."]


def test_a_nested_item_brings_what_it_stands_under() -> None:
    """An item of a sub-list, without its head and the line that opens the list, says little."""
    given = weighed(
        "Gates differ in what they do:\n\n- Forget gates\n    - They close\n"
        "- Other gates of which so much could be said that it would not fit in here at all",
        [0.1, 0.2, 0.9, 0.1],
    )
    kept = texts(choose(given, TIGHT))
    assert kept == ["Gates differ in what they do:", "Forget gates", "They close"]


def test_what_answers_best_is_key() -> None:
    """Of a passage quoted whole, the three units that say most by themselves are marked."""
    given = weighed("Gates open. Cells keep. Units add. Doors shut. Keys turn.", [0.5] * 5)
    alone = [0.1, 0.9, 0.2, 0.8, 0.7]
    chosen = choose([replace(one, alone=of) for one, of in zip(given, alone, strict=True)])
    assert [one.key for one in chosen] == [False, True, False, True, True]


def test_all_of_a_short_answer_is_key() -> None:
    """Marking everything but one sentence would say nothing."""
    assert all(one.key for one in choose(weighed("Gates open. Cells keep.", [0.9, 0.1])))


def test_two_passages_of_a_section_are_quoted_in_its_order() -> None:
    """However they rank, what was written first is read first."""
    second = weighed("They keep the state.", [0.9], rank=1, score=0.8)
    first = weighed("Gates open the cell.", [0.8], rank=2, score=0.8)
    moved = replace(second[0].hit.passage, start=500)
    later = [replace(one, hit=replace(one.hit, passage=moved)) for one in second]
    assert texts(choose([*later, *first])) == ["Gates open the cell.", "They keep the state."]


def test_nothing_comes_of_nothing() -> None:
    """Without units there is nothing to quote."""
    assert choose([]) == []


def test_a_long_answer_reads_on_in_its_section() -> None:
    """The rest of the leading passage's section comes before anything else, in reading order."""
    second = weighed("They keep the state.", [0.4], rank=1, score=0.5)
    first = weighed("Gates open the cell.", [0.9], rank=2, score=0.8)
    assert texts(choose([*second, *first])) == ["Gates open the cell."]
    both = texts(choose([*second, *first], LONG))
    assert sorted(both) == ["Gates open the cell.", "They keep the state."]


def test_a_long_answer_is_bounded_too() -> None:
    """However many passages a section has, they share one allowance."""
    sentence = "This sentence has a number of words that is ten. "
    found: list[Weighed] = []
    for rank in range(1, 9):
        (first, *rest) = weighed(sentence * 12, [0.9 - n / 100 for n in range(12)], 1 + rank % 2)
        hit = replace(first.hit, rank=rank)
        found.extend(replace(one, hit=hit) for one in (first, *rest))
    assert sum(one.unit.words for one in choose(found, LONG)) <= LONG.words
