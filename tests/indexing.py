"""Folders of notes and their indexes, for tests: made, brought up to date, and compared."""

import contextlib
import os
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from fakes import TinyEncoder

from ingest.index import NoteIndex, Snapshot
from ingest.sync import SyncProgress, SyncReport, sync
from ingest.types import PassageId

R = TypeVar("R")

# A time long past: files this old are trusted without being read.
OLD = 1_500_000_000
EVERYTHING = 10_000
QUESTIONS = (
    "what is the learning rate",
    "green apples",
    "why shuffle",
    "the of",
    "Bias and variance",
)


def finished(steps: Generator[Any, None, R]) -> R:
    """What a generator returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: R = end.value
            return result


@dataclass
class Desk:
    """A folder of notes, an index beside it, and an encoder."""

    root: Path
    encoder: TinyEncoder = field(default_factory=TinyEncoder)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.notes.mkdir(parents=True, exist_ok=True)

    @property
    def notes(self) -> Path:
        return self.root / "notes"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def database(self) -> Path:
        return self.index / "index.db"

    def write(self, path: str, text: str, *, old: bool = False) -> Path:
        """Put a note there, as a new file or in place of the old text."""
        file = self.notes / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        if old:
            os.utime(file, (OLD, OLD))
        return file

    def steps(self, *, full: bool = False) -> Generator[SyncProgress, None, SyncReport]:
        """A sync, to be run step by step."""
        return sync(self.notes, self.index, self.encoder, self.said.append, full=full)

    def sync(self, *, full: bool = False) -> SyncReport:
        """A whole sync."""
        return finished(self.steps(full=full))

    def open(self) -> NoteIndex:
        """The index, open for reading."""
        return NoteIndex.open(self.index, self.encoder.name, self.said.append)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The index as it is now."""
        with self.open() as index, index.snapshot() as snapshot:
            yield snapshot

    def contents(self) -> "Contents":
        """All that the index holds and finds now."""
        with self.snapshot() as snapshot:
            return contents(snapshot, self.encoder)

    def rebuilt(self) -> "Contents":
        """What an index of the same notes holds and finds that was made from nothing."""
        with roomy() as root:
            other = finished_elsewhere(self, root)
            return other.contents()


def finished_elsewhere(desk: Desk, root: Path) -> Desk:
    """The same notes, indexed from nothing at another place."""
    other = Desk(root, TinyEncoder(desk.encoder.name, desk.encoder.dimension))
    finished(sync(desk.notes, other.index, other.encoder, other.said.append))
    return other


@dataclass(frozen=True)
class Contents:
    """An index without its ids: two are equal if nobody can tell them apart."""

    notes: list[object]
    passages: list[object]
    vectors: list[bytes]
    found: Mapping[tuple[str, bool], object]


def contents(snapshot: Snapshot, encoder: TinyEncoder) -> Contents:
    """All that a snapshot holds and finds, with places instead of ids."""
    paths = [summary.path for summary in snapshot.notes()]
    placed = {path: snapshot.passages_of(path) for path in paths}
    at: dict[PassageId, tuple[str, int]] = {
        id: (path, ordinal)
        for path, passages in placed.items()
        for ordinal, (id, _) in enumerate(passages)
    }
    found: dict[tuple[str, bool], object] = {}
    for question in QUESTIONS:
        for listed in (False, True):
            words = snapshot.words(question, EVERYTHING, listed=listed)
            near = snapshot.nearest(encoder.question(question), EVERYTHING, listed=listed)
            found[question, listed] = (
                [(at[hit.id], hit.score, hit.heading) for hit in words],
                [(at[id], cosine) for id, cosine in near],
            )
    return Contents(
        [(summary, snapshot.note(summary.path)) for summary in snapshot.notes()],
        [passage for path in paths for _, passage in placed[path]],
        [snapshot.vector(id).tobytes() for path in paths for id, _ in placed[path]],
        found,
    )


@contextlib.contextmanager
def roomy() -> Iterator[Path]:
    """A temporary folder, in memory where there is such a thing: a sync waits for its disk."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with TemporaryDirectory(dir=memory) as root:
        yield Path(root)
