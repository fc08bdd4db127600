"""A folder of notes as a tree of HTML."""

import pytest

from app.web.conversation import scopes
from app.web.tree import tree_html
from app.wiring import Contents, Listed


def contents(*paths: str) -> Contents:
    """A folder with these notes."""
    listing = tuple(Listed(path, path.title(), 1) for path in paths)
    return Contents(len(paths), len(paths), listing=listing)


def test_folders_stand_once_with_what_is_below_them() -> None:
    """Also those of which one is named like the beginning of another."""
    html = tree_html(contents("a/x.md", "a/b/y.md", "a-b/z.md", "top.md"))
    assert html.count("<summary>") == 3
    assert '<summary>a<span class="count">2</span>' in html


def test_a_hostile_name_is_text() -> None:
    """In the tree and in the button's value."""
    html = tree_html(contents('<img src=x>/"quoted".md'))
    assert "<img" not in html
    assert "&lt;img" in html
    assert 'value="&lt;img src=x&gt;/&quot;quoted&quot;.md"' in html


def test_an_empty_folder_says_what_to_do() -> None:
    """Instead of showing nothing."""
    assert "Drop some files" in tree_html(contents())


def test_a_large_folder_is_shown_in_part_and_found_by_name() -> None:
    """Nothing is left out silently."""
    many = contents(*(f"note{number:05}.md" for number in range(1200)))
    assert "200 more" in tree_html(many)
    assert tree_html(many).count("<button") == 1000
    assert tree_html(many, "note01199").count("<button") == 1


@pytest.mark.parametrize(("notes", "offered"), [(3, 4), (501, 1)])
def test_a_question_is_limited_to_folders_or_few_enough_notes(notes: int, offered: int) -> None:
    """A menu of thousands helps nobody; folders are always there."""
    assert len(scopes(contents(*(f"a/{number}.md" for number in range(notes))))) == offered
