"""Brings an index up to date with its folder of notes, and says how far it is.

Only what changed is read, and only texts not met before are encoded. A sync that is stopped at
any moment leaves the index as it was before or as it is after. Knows nothing of questions.
"""

import secrets
import time
from collections import Counter
from collections.abc import Generator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
from filelock import FileLock, Timeout

from ingest import derived
from ingest.changes import Found
from ingest.database import SCHEMA_VERSION, UnusableDatabase, discard
from ingest.derived import Notify, UnusableDerived
from ingest.encode import Encoder
from ingest.errors import BrokenIndex, EncoderError, NotesError
from ingest.index import said
from ingest.pieces import signs
from ingest.plain import encoded_text, plain
from ingest.split import SPLITTER_VERSION, split
from ingest.store import Manifest, NewPassage, Stamp, Store, StoredFile, text_hash
from ingest.types import Note
from ingest.walk import Skipped, walk

Stage = Literal["waiting", "reading", "splitting", "encoding", "writing"]

_LOCK: Final = "sync.lock"
_WAIT_SECONDS: Final = 0.5
# Vectors are kept after so many texts: at 500 texts a second a stopped sync loses an eighth of one.
_TEXTS_AT_A_TIME: Final = 64
# Rows, derived indexes, their name, commit.
_WRITING_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is within a stage, and at which note."""

    stage: Stage
    done: int
    total: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync found and did; `rebuilt` says why all notes were taken in again, if they were."""

    added: int
    changed: int
    moved: int
    removed: int
    unchanged: int
    passages: int
    encoded: int
    skipped: tuple[Skipped, ...]
    rebuilt: str | None
    generation: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Task:
    """What a sync was asked to do."""

    notes: Path
    index: Path
    encoder: Encoder
    notify: Notify
    full: bool


@dataclass(frozen=True, slots=True)
class _Split:
    """A note with its passages, ready to be stored."""

    note: Note
    stamp: Stamp
    passages: list[NewPassage]


Progress = Generator[SyncProgress, None, None]


def sync(
    notes: Path, index: Path, encoder: Encoder, notify: Notify = said, *, full: bool = False
) -> Generator[SyncProgress, None, SyncReport]:
    """Bring the index up to date; with `full`, read every file and check the whole database."""
    started = time.monotonic()
    if not notes.is_dir():
        raise NotesError(f"{notes} is not a folder; name the folder that holds your notes")
    task = _Task(notes, index, encoder, notify, full)
    lock = _lock(index)
    try:
        yield from _waited(lock, index)
        try:
            report = yield from _synced(task, None)
        except UnusableDatabase as problem:
            notify(f"{index}: {problem.why}; building the index anew")
            discard(index)
            report = yield from _synced(task, problem.why)
    finally:
        lock.release()
    return replace(report, seconds=time.monotonic() - started)


def _synced(task: _Task, rebuilt: str | None) -> Generator[SyncProgress, None, SyncReport]:
    """Read, split, encode and write what changed."""
    with Store.create(task.index) as database:
        if task.full:
            database.check()
        before = database.manifest()
        known = database.files()
        why = _why_all(before, task.encoder)
        found = yield from _read_all(task, before, known, everything=why is not None)
        if before and why is None and not found.fresh and known.keys() == found.unchanged:
            after = replace(before, folder=_folder(task.notes))
            encoded = 0
            _write_quietly(task, database, after, found)
        else:
            after = _next(before, task)
            splits, texts = yield from _split_all(task, found.fresh)
            encoded = yield from _encode(task.encoder, database, texts)
            gone = known.keys() - found.unchanged
            yield from _write(task, database, after, gone, splits, found)
        return _report(known, found, database.count(), encoded, rebuilt or why, after.generation)


def _why_all(before: Manifest | None, encoder: Encoder) -> str | None:
    """Why all notes have to be taken in again, if they have to."""
    if before is None:
        return None
    if (before.encoder, before.dimension) != (encoder.name, encoder.dimension):
        return (
            f"the encoder was {before.encoder} ({before.dimension} dimensions),"
            f" now it is {encoder.name} ({encoder.dimension})"
        )
    if before.splitter != SPLITTER_VERSION:
        return "this version cuts notes into other passages"
    return None


def _next(before: Manifest | None, task: _Task) -> Manifest:
    """The manifest of the state that comes after; its token tells it from one that was dropped."""
    number = int(before.generation.partition("-")[0]) + 1 if before else 1
    return Manifest(
        schema=SCHEMA_VERSION,
        encoder=task.encoder.name,
        dimension=task.encoder.dimension,
        splitter=SPLITTER_VERSION,
        generation=f"{number}-{secrets.token_hex(4)}",
        folder=_folder(task.notes),
    )


# Reading


def _read_all(
    task: _Task, before: Manifest | None, known: Mapping[str, StoredFile], *, everything: bool
) -> Generator[SyncProgress, None, Found]:
    """Look at every file of the folder, and read those that may have changed."""
    walked = walk(task.notes)
    found = Found(skipped=list(walked.skipped))
    same = before is not None and before.folder == _folder(task.notes)
    if before is not None and not same:
        task.notify(
            f"{task.index} held the notes of {before.folder}; from now on it holds those of"
            f" {task.notes}"
        )
    trusted = not task.full and same
    for done, file in enumerate(walked.files):
        yield SyncProgress("reading", done, len(walked.files), file.path)
        found.look(file, None if everything else known.get(file.path), trusted)
    return found


def _folder(notes: Path) -> str:
    return str(notes.resolve()).encode("utf-8", "backslashreplace").decode()


# Splitting and encoding


def _split_all(
    task: _Task, fresh: Sequence[tuple[Note, Stamp]]
) -> Generator[SyncProgress, None, tuple[list[_Split], dict[str, str]]]:
    """The passages of notes, and what is to be encoded for them by its address."""
    splits: list[_Split] = []
    texts: dict[str, str] = {}
    for done, (note, stamp) in enumerate(fresh):
        yield SyncProgress("splitting", done, len(fresh), note.path)
        passages = []
        for passage in split(note, task.encoder.counts, task.encoder.max_tokens):
            text = encoded_text(passage)
            address = text_hash(task.encoder.name, task.encoder.dimension, text)
            texts[address] = text
            passages.append(NewPassage(passage, plain(passage.body), address))
        splits.append(_Split(note, stamp, passages))
    return splits, texts


def _encode(
    encoder: Encoder, database: Store, texts: Mapping[str, str]
) -> Generator[SyncProgress, None, int]:
    """Encode what was never encoded, and keep it at once; how many texts that were."""
    missing = database.missing(texts)
    todo = [address for address in texts if address in missing]
    for done in range(0, len(todo), _TEXTS_AT_A_TIME):
        yield SyncProgress("encoding", done, len(todo))
        batch = todo[done : done + _TEXTS_AT_A_TIME]
        read = encoder.read([texts[address] for address in batch])
        matrix = read.vectors
        if matrix.shape != (len(batch), encoder.dimension) or not np.isfinite(matrix).all():
            raise EncoderError(
                f"{encoder.name} gave vectors of shape {matrix.shape} for {len(batch)} texts of"
                f" {encoder.dimension} dimensions, or some that are not finite; try another model"
            )
        database.keep_vectors(batch, matrix, [signs(rows) for rows in read.pieces])
    return len(todo)


# Writing


def _write(
    task: _Task,
    database: Store,
    manifest: Manifest,
    gone: Set[str],
    splits: Sequence[_Split],
    found: Found,
) -> Progress:
    """Make the new state true: rows and derived indexes first, the commit last."""
    yield SyncProgress("writing", 0, _WRITING_STEPS)
    with database.writing():
        database.remove(gone)
        for each in splits:
            database.add(each.note, each.stamp, each.passages)
        _write_rest(database, manifest, found)
        database.prune_vectors()
        yield SyncProgress("writing", 1, _WRITING_STEPS)
        folder = derived.build(task.index, database, manifest)
        try:
            yield SyncProgress("writing", 2, _WRITING_STEPS)
            folder = derived.publish(folder, manifest.generation)
            yield SyncProgress("writing", 3, _WRITING_STEPS)
        except BaseException:
            derived.remove(folder)
            raise
    yield SyncProgress("writing", _WRITING_STEPS, _WRITING_STEPS)
    derived.tidy(task.index, manifest.generation)


def _write_quietly(task: _Task, database: Store, manifest: Manifest, found: Found) -> None:
    """Keep what changes no answer, in the same generation; mend what is derived."""
    spare = database.has_spare_vectors()
    as_before = (database.skipped(), database.manifest()) == (found.skipped, manifest)
    if spare or found.stamps or not as_before:
        with database.writing():
            _write_rest(database, manifest, found)
            database.prune_vectors()
    try:
        derived.check(task.index, manifest.generation)
    except UnusableDerived:
        database.begin()
        derived.repaired(task.index, database, manifest, task.notify)
        database.end()
    derived.tidy(task.index, manifest.generation)


def _write_rest(database: Store, manifest: Manifest, found: Found) -> None:
    database.restamp(found.stamps)
    database.set_skipped(found.skipped)
    database.set_manifest(manifest)


def _report(
    known: Mapping[str, StoredFile],
    found: Found,
    passages: int,
    encoded: int,
    rebuilt: str | None,
    generation: str,
) -> SyncReport:
    """Files by what happened to them; a file that came where an equal one went has moved."""
    fresh = {note.path: note.digest for note, _ in found.fresh}
    gone = known.keys() - found.unchanged - fresh.keys()
    new = fresh.keys() - known.keys()
    same = {path for path in fresh.keys() - new if known[path].digest == fresh[path]}
    left = Counter(known[path].digest for path in gone)
    moved = (left & Counter(fresh[path] for path in new)).total()
    return SyncReport(
        added=len(new) - moved,
        changed=len(fresh) - len(new) - len(same),
        moved=moved,
        removed=len(gone) - moved,
        unchanged=len(found.unchanged) + len(same),
        passages=passages,
        encoded=encoded,
        skipped=tuple(found.skipped),
        rebuilt=rebuilt,
        generation=generation,
        seconds=0.0,
    )


# One sync at a time


def _lock(index: Path) -> FileLock:
    try:
        index.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BrokenIndex(f"{index} cannot be made: {error}; choose another folder") from error
    # A sync may be begun in one thread and closed in another.
    return FileLock(index / _LOCK, thread_local=False)


def _waited(lock: FileLock, index: Path) -> Progress:
    """Hold the lock in the end; until then say that another sync has it."""
    patience = 0.0
    while not lock.is_locked:
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            yield SyncProgress("waiting", 0, 0, "another sync of this index is running")
            patience = _WAIT_SECONDS
        except (OSError, NotImplementedError) as error:
            raise BrokenIndex(
                f"{index} cannot be locked: {error}; choose another folder"
            ) from error
