"""Files put among the notes, without a window."""

from pathlib import Path

import pytest

from app.web.adding import dropped, put, taken
from ingest.errors import NotesError


def drop(tmp_path: Path, name: str, text: str) -> str:
    """A file as the browser hands it over."""
    folder = tmp_path / "uploads"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return str(folder / name)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with one note."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "wind.md").write_text("old")
    return folder


def test_a_new_name_is_put_there(tmp_path: Path, notes: Path) -> None:
    """Whole, and nothing else is left behind."""
    files = dropped([drop(tmp_path, "rain.md", "wet")])
    assert taken(files, notes) == ()
    assert put(files, notes) == ("rain.md",)
    assert (notes / "rain.md").read_text() == "wet"
    assert {file.name for file in notes.iterdir()} == {"wind.md", "rain.md"}


def test_a_taken_name_is_told_and_nothing_overwritten(tmp_path: Path, notes: Path) -> None:
    """Unless it is said to be replaced, the new one gets a number."""
    files = dropped([drop(tmp_path, "wind.md", "new")])
    assert taken(files, notes) == ("wind.md",)
    assert put(files, notes) == ("wind-2.md",)
    assert (notes / "wind.md").read_text() == "old"
    assert put(files, notes, replace=True) == ("wind.md",)
    assert (notes / "wind.md").read_text() == "new"


def test_the_same_file_again_is_no_question(tmp_path: Path, notes: Path) -> None:
    """It is there already."""
    files = dropped([drop(tmp_path, "wind.md", "old")])
    assert taken(files, notes) == ()
    assert put(files, notes) == ("wind.md",)
    assert [file.name for file in notes.iterdir()] == ["wind.md"]


@pytest.mark.parametrize("name", [".hidden.md", "a\\b.md", 'say "hi".md', "a:b.md"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """The message names it."""
    with pytest.raises(NotesError, match="rename the file"):
        dropped([str(tmp_path / name)])


def test_a_folder_that_is_gone_is_a_message(tmp_path: Path) -> None:
    """Nothing is made in its place."""
    files = dropped([drop(tmp_path, "rain.md", "wet")])
    with pytest.raises(NotesError, match="gone"):
        put(files, tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
