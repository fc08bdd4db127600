"""The two indexes derived from the database, as one folder for each generation.

A folder is built under a temporary name, stamped with its generation and the checksum of every
file, and then given its name at once. Whatever is missing, stale or damaged is built again from
the database: nothing here is ever the truth. Knows nothing of the folder of notes.
"""

import contextlib
import json
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from ingest import vectors, words
from ingest.errors import BrokenIndex
from ingest.plain import plain
from ingest.store import Manifest, Store, WordRow
from ingest.vectors import Vectors
from ingest.words import Worded, Words

Notify = Callable[[str], None]

# Raise it whenever the analyser, the fields or the layout of vectors change.
DERIVED_VERSION: Final = 2
_PREFIX: Final = "derived-"
_UNFINISHED: Final = "unfinished-"
_OURS: Final = re.compile(rf"{_PREFIX}\d+-[0-9a-f]{{8}}|{_UNFINISHED}[a-z0-9_]{{8}}")
_STAMP: Final = "stamp.json"
_SIDES: Final = {"content": False, "listed": True}
_VECTORS: Final = "vectors"
_WORDS: Final = "words"
_LOCK: Final = "repair.lock"
# Tantivy's own locks come and go while an index is read.
_NOT_STAMPED: Final = (".lock", _STAMP)
_CHUNK: Final = 1 << 20
# Building a million passages takes half a minute; a lock held longer has another reason.
_REPAIR_SECONDS: Final = 300.0


class UnusableDerived(BrokenIndex):
    """A derived folder that is missing, stale or damaged; it is built again from the database."""


@dataclass(frozen=True, slots=True)
class Side:
    """Content or listed questions, by vector and by word."""

    vectors: Vectors
    words: Words


@dataclass(frozen=True, slots=True)
class Derived:
    """Both sides of one generation."""

    generation: str
    content: Side
    listed: Side

    def side(self, listed: bool) -> Side:
        """The listed questions, or the content."""
        return self.listed if listed else self.content


def place(folder: Path, generation: str) -> Path:
    """Where the indexes of a generation are."""
    return folder / f"{_PREFIX}{generation}"


def build(folder: Path, store: Store, manifest: Manifest) -> Path:
    """Build the indexes of what `store` sees now, under a temporary name in `folder`."""
    with _written(folder):
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
        try:
            for name, listed in _SIDES.items():
                _build_side(unfinished / name, store, manifest, listed)
            _stamp(unfinished, manifest.generation)
        except BaseException:
            remove(unfinished)
            raise
    return unfinished


def publish(unfinished: Path, generation: str) -> Path:
    """Give a finished folder its name; a damaged one of that name goes out of the way first."""
    named = place(unfinished.parent, generation)
    with _written(unfinished.parent):
        if named.exists():
            old = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=unfinished.parent))
            named.replace(old / named.name)
            remove(old)
        unfinished.replace(named)
        _sync_to_disk(unfinished.parent)
    return named


def load(folder: Path, generation: str) -> Derived:
    """Open the indexes of a generation, or raise UnusableDerived saying why they cannot be."""
    path = place(folder, generation)
    try:
        check(folder, generation)
        content, listed = (
            Side(Vectors.load(path / name / _VECTORS), Words.open(path / name / _WORDS))
            for name in _SIDES
        )
    except UnusableDerived:
        raise
    except BrokenIndex as error:
        raise UnusableDerived(f"{path} is damaged: {error}") from error
    return Derived(generation, content, listed)


def check(folder: Path, generation: str) -> None:
    """Hold the indexes of a generation against their stamp; UnusableDerived says what is wrong.

    Every byte is read: FAISS and Tantivy may end the process on a damaged file.
    """
    path = place(folder, generation)
    if not path.is_dir():
        raise UnusableDerived(f"{path} is missing")
    try:
        stamp = json.loads((path / _STAMP).read_text(encoding="utf-8"))
        version, stamped, files = stamp["version"], stamp["generation"], dict(stamp["files"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnusableDerived(f"{path / _STAMP} is damaged: {error}") from error
    if (version, stamped) != (DERIVED_VERSION, generation):
        raise UnusableDerived(f"{path} is of another version or generation")
    for name, measured in files.items():
        try:
            same = list(_measure(path / name)) == measured
        except OSError as error:
            raise UnusableDerived(f"{path / name} is missing: {error}") from error
        if not same:
            raise UnusableDerived(f"{path / name} is damaged")


def repaired(folder: Path, store: Store, manifest: Manifest, notify: Notify) -> Derived:
    """Open the indexes of the generation that `store` reads, built again if they have to be."""
    with _only_one(folder):
        try:
            return load(folder, manifest.generation)
        except UnusableDerived as problem:
            notify(f"{problem}; building it again from the database")
        publish(build(folder, store, manifest), manifest.generation)
        return load(folder, manifest.generation)


def tidy(folder: Path, keep: str) -> None:
    """Remove other generations and what was left unfinished, as far as that is possible now."""
    lock = FileLock(folder / _LOCK, thread_local=False)
    # A reader that is repairing keeps its folder; the next sync tidies.
    with contextlib.suppress(Timeout, OSError), lock.acquire(timeout=0):
        for path in folder.iterdir():
            if path != place(folder, keep) and _is_ours(path):
                remove(path)


def _is_ours(path: Path) -> bool:
    """Whether a folder was made here: a user may keep other things beside the index."""
    if not _OURS.fullmatch(path.name) or not path.is_dir():
        return False
    return all(one.name in {*_SIDES, _STAMP} or _OURS.fullmatch(one.name) for one in path.iterdir())


def remove(path: Path) -> None:
    """Remove a folder as far as that is possible: what is left is removed by a later sync."""
    shutil.rmtree(path, ignore_errors=True)


def _build_side(path: Path, store: Store, manifest: Manifest, listed: bool) -> None:
    (path / _WORDS).mkdir(parents=True)
    batches = store.vector_batches(listed, manifest.dimension)
    vectors.build(path / _VECTORS, manifest.dimension, batches)
    words.build(path / _WORDS, map(_worded, store.word_rows(listed)))


def _worded(row: WordRow) -> Worded:
    """The title counts once, where the heading path does not begin with it."""
    path = row.heading if row.title in row.heading else (row.title, *row.heading)
    return Worded(row.id, row.words, plain("\n".join(path)))


def _stamp(path: Path, generation: str) -> None:
    """Say what the folder holds, last of all, and have the disk keep it."""
    files = {name: list(_measure(path / name)) for name in _files(path)}
    stamp = {"version": DERIVED_VERSION, "generation": generation, "files": files}
    (path / _STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    # Tantivy has done as much for its own files when it committed.
    for side in _SIDES:
        for kept in (path / side / _VECTORS, path / side / _WORDS, path / side):
            _sync_to_disk(kept)
    for kept in (path / _STAMP, path):
        _sync_to_disk(kept)


def _files(path: Path) -> list[str]:
    """The names of all files that count, in the folder and below it."""
    found = (file for file in sorted(path.rglob("*")) if file.is_file())
    return [file.relative_to(path).as_posix() for file in found if not _is_passing(file)]


def _is_passing(file: Path) -> bool:
    return file.name.endswith(_NOT_STAMPED)


def _measure(path: Path) -> tuple[int, int]:
    """A file's size and checksum."""
    size = checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
    return size, checksum


def _sync_to_disk(path: Path) -> None:
    """Have the disk keep a file or folder; Windows knows no such thing for folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """One repair at a time, among all processes."""
    lock = FileLock(folder / _LOCK, thread_local=False, timeout=_REPAIR_SECONDS)
    with _written(folder):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _written(folder: Path) -> Iterator[None]:
    """What the system refuses, told with the folder and what to do."""
    try:
        yield
    except (OSError, NotImplementedError) as error:
        raise BrokenIndex(
            f"{folder} cannot be written: {error}; free some space or choose another folder"
        ) from error
