"""Files that were dropped on the window, put among the notes. Nothing is overwritten unasked."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.errors import NotesError

# What file systems refuse or treat as their own.
_FORBIDDEN: Final = frozenset('/\\:*?"<>|\0')


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that was handed over, under the name that it had."""

    path: Path
    name: str


def dropped(paths: Sequence[str]) -> tuple[Dropped, ...]:
    """The files that were handed over; a name that is none is refused."""
    return tuple(Dropped(Path(path), _checked(Path(path).name)) for path in paths)


def taken(files: Sequence[Dropped], folder: Path) -> tuple[str, ...]:
    """The names among them that the folder already has, with other content."""
    return tuple(
        one.name
        for one in files
        if (folder / one.name).exists() and not _same(one.path, folder / one.name)
    )


def put(files: Sequence[Dropped], folder: Path, replace: bool = False) -> tuple[str, ...]:
    """Copy the files into the folder; without `replace`, a taken name gets a number."""
    if not folder.is_dir():
        raise NotesError(f"{folder} is gone; bring the folder back before you add notes")
    return tuple(_put(one, folder, replace) for one in files)


def _put(one: Dropped, folder: Path, replace: bool) -> str:
    target = folder / one.name
    number = 2
    while not replace and target.exists() and not _same(one.path, target):
        target = folder / f"{Path(one.name).stem}-{number}{Path(one.name).suffix}"
        number += 1
    # Whole or not at all: a sync that comes in between must not read half a note.
    partial = target.with_name(f".{target.name}.adding")
    try:
        shutil.copyfile(one.path, partial)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise NotesError(f"{target} cannot be written: {error.strerror}") from error
    return target.name


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _checked(name: str) -> str:
    if not name or name.startswith(".") or _FORBIDDEN.intersection(name):
        raise NotesError(f"{name!r} cannot be the name of a note; rename the file")
    return name
