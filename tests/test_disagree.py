"""Where the notes disagree with themselves, and where they only seem to."""

import pytest
from note_making import passages_of

from ingest.types import PassageId
from rag.disagree import disagreements
from rag.types import Hit, Parts


def hits(*notes: str) -> list[Hit]:
    """One hit for each note."""
    found = []
    for rank, text in enumerate(notes, start=1):
        (passage,) = passages_of(text, limit=400)
        found.append(Hit(rank, PassageId(rank), passage, Parts(0.5, 0.5, 0.0, 0.5)))
    return found


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            "# Ovens\n\nThe default temperature of the oven is 180 degrees.",
            "# Ovens\n\nThe default temperature of the oven is 200 degrees.",
            "one says 180, the other 200",
        ),
        (
            "# Adam\n\nAdam uses a default learning rate of 0.01.",
            "# Optimisers\n\nThe default learning rate of Adam is 0.001.",
            "one says 0.01, the other 0.001",
        ),
        (
            "# Kilns\n\nA kiln keeps its glaze colours after the second firing.",
            "# Kilns\n\nA kiln does not keep its glaze colours after the second firing.",
            "one denies what the other says",
        ),
        (
            "# Bread\n\nA wetter dough needs a longer proof in the basket.",
            "# Bread\n\nA wetter dough needs a shorter proof in the basket.",
            "one says “longer”, the other “shorter”",
        ),
        (
            "# Recall\n\n$$\n\\text{recall} = \\frac{TP}{TP + FN}\n$$\n\nwhere $FP$ is not used.",
            "# Recall\n\n$$\n\\text{recall} = \\frac{TP}{TP + FP}\n$$\n\nwhere $FN$ is not used.",
            "one formula has FN where the other has FP",
        ),
        (
            "# Step\n\n$$\nw = w - a g\n$$",
            "# Step\n\n$$\nw = w + a g\n$$",
            "one formula has - where the other has +",
        ),
    ],
)
def test_two_places_that_say_different_things_are_found(one: str, other: str, why: str) -> None:
    """The same subject with another number, a denial, an opposite, another part of a formula."""
    found = disagreements(hits(one, other))
    assert [each.why for each in found] == [why]
    assert (found[0].one.hit.rank, found[0].other.hit.rank) == (1, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "# Ovens\n\nSuppose the temperature of the oven is 180 degrees.",
            "# Ovens\n\nSuppose the temperature of the oven is 200 degrees.",
        ),
        (
            "# Adam\n\nThe default learning rate of Adam is 0.001.",
            "# SGD\n\nThe default learning rate of SGD is 0.01.",
        ),
        (
            "# Adam\n\nIts default learning rate in this library is 0.001.",
            "# SGD\n\nIts default learning rate in this library is 0.01.",
        ),
        (
            "# Samples\n\nThe test set gets 20 percent of the samples.",
            "# Samples\n\nThe test set gets 0.2 of the samples.",
        ),
        (
            "# Kilns\n\nA kiln with 3 shelves fires 12 pots of this size.",
            "# Kilns\n\nA kiln with 5 shelves fires 20 pots of this size.",
        ),
        (
            "# Bread\n\nThe first network of the baker has 3 layers.",
            "# Bread\n\nThe first network of the baker has 5 heads.",
        ),
        (
            "# Loss\n\n$$\nL = \\frac{1}{n} \\sum y\n$$",
            "# Loss\n\n$$\nL = \\frac{1}{N} \\sum y\n$$",
        ),
        (
            "# Circles\n\n$$\nA = \\pi r\n$$",
            "# Squares\n\n$$\nA = - a r\n$$",
        ),
        (
            "# Ovens\n\nThe oven is hot.",
            "# Ovens\n\nThe oven is cold.",
        ),
    ],
)
def test_what_only_looks_like_it_is_left_alone(one: str, other: str) -> None:
    """Examples, other subjects, other forms of a number, other letters, too little in common."""
    assert disagreements(hits(one, other)) == []


def test_a_passage_does_not_disagree_with_itself() -> None:
    """What stands in one passage was written with the rest of it in view."""
    text = "# Ovens\n\nThe default temperature of the oven is 180 degrees. " + (
        "The default temperature of the oven is 200 degrees."
    )
    assert disagreements(hits(text)) == []


def test_only_what_was_asked_about_is_told() -> None:
    """With a question, a disagreement on something else is none of the reader's concern."""
    notes = (
        "# Ovens\n\nThe default temperature of the oven is 180 degrees.",
        "# Ovens\n\nThe default temperature of the oven is 200 degrees.",
    )
    assert len(disagreements(hits(*notes), "How hot is the oven?")) == 1
    assert disagreements(hits(*notes), "Who bakes bread?") == []
