"""Markdown to plain words."""

import pytest

from ingest.plain import plain, words_outside_links


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("## A **bold** title", "A bold title"),
        ("- [x] done `code_here`", "done code_here"),
        ("see [the post](https://example.org/a_(b)) now", "see the post now"),
        ("bare https://example.org/x?y=1 gone", "bare gone"),
        ("![a chart](c.png) of it", "a chart of it"),
        ("![https://example.org/u.png](https://example.org/u.png)", ""),
        (r"$\text{precision} = \frac{TP}{TP + FP}$", "precision = frac TP TP + FP"),
        (r"$$\text{\# right}$$", "# right"),
        ("snake_case and _stress_ and 2 * 3", "snake_case and stress and 2 * 3"),
        ("A* search, *then* ***both***, **a *b* c**", "A* search, then both, a b c"),
        ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
        ("```python\nx = 1\n```", "x = 1"),
        (r"A\* and 5\_6", "A* and 5_6"),
        ("a < b and List<int>", "a < b and List"),
        ("1. first\n2. second", "first second"),
        ("> quoted", "quoted"),
        ("G**radient**", "Gradient"),
    ],
)
def test_markup_goes_and_words_stay(markdown: str, words: str) -> None:
    """What is encoded is what a reader reads."""
    assert plain(markdown) == words


def test_words_outside_links_are_the_writers_own() -> None:
    """Link texts, pictures and addresses say nothing by themselves."""
    assert (
        words_outside_links("An [excellent post](https://example.org) by Ann https://example.org")
        == 3
    )
