"""What is true about the notes: what is put into the database, and what is taken out of it.

It holds the notes, their passages and the passages' vectors, and of which state they are. Vectors
are a cache, addressed by what was encoded, and may be added before the state that refers to them.
Knows nothing of the folder of notes, of FAISS or of Tantivy.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ingest.database import SCHEMA_VERSION, Database, UnusableDatabase
from ingest.encode import FloatArray
from ingest.types import Kind, Note, Passage, PassageId
from ingest.walk import Skipped

_HALF: Final = np.dtype("<f2")
_LINES: Final = np.dtype("<u4")

_PASSAGE: Final = """
SELECT p.id, n.path, n.title, p.heading, p.kind, p.first_character, p.last_character,
       p.first_line, p.last_line, p.text, p.lead
FROM passages AS p JOIN notes AS n ON n.id = p.note
"""
# The order of path and place makes results that tie independent of the index's history.
_IN_ORDER: Final = " ORDER BY n.path, p.ordinal"
_AMONG: Final = " WHERE p.id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made with, and which state of it this is."""

    schema: int
    encoder: str
    dimension: int
    splitter: int
    generation: str
    folder: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the file system said of a file when it was last read, and when that was.

    `identity` changes when a file is put in another's place though size and time agree.
    """

    size: int
    mtime_ns: int
    identity: str
    checked_ns: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The file that a stored note was read from."""

    digest: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage to store, the words that the word index gets, and its vector's address."""

    passage: Passage
    words: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class NoteSummary:
    """A note in a list: `passages` counts all of its passages, `listed` the unanswered ones."""

    path: str
    title: str
    passages: int
    listed: int
    format: str
    size: int


@dataclass(frozen=True, slots=True)
class WordRow:
    """What the word index gets of one passage."""

    id: PassageId
    title: str
    heading: tuple[str, ...]
    words: str


def text_hash(encoder: str, dimension: int, text: str) -> str:
    """Where the vector of `text` by that encoder is kept."""
    key = f"{encoder}\0{dimension}\0{text}"
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


class Store(Database):
    """The notes, their passages and vectors, through one connection."""

    # What the index is

    def manifest(self) -> Manifest | None:
        """What the index was made with; None before the first sync is complete."""
        self._check_version()
        rows = self._run("SELECT encoder, dimension, splitter, generation, folder FROM manifest")
        return Manifest(SCHEMA_VERSION, *rows[0]) if rows else None

    def set_manifest(self, manifest: Manifest) -> None:
        """Say what the index is made with from now on."""
        self._run(
            "INSERT OR REPLACE INTO manifest VALUES (1, ?, ?, ?, ?, ?)",
            (
                manifest.encoder,
                manifest.dimension,
                manifest.splitter,
                manifest.generation,
                manifest.folder,
            ),
        )

    def skipped(self) -> list[Skipped]:
        """What the last sync could not use."""
        return [Skipped(*row) for row in self._run("SELECT path, reason FROM skipped")]

    def set_skipped(self, skipped: Sequence[Skipped]) -> None:
        """Keep what a sync could not use."""
        self._run("DELETE FROM skipped")
        self._many("INSERT INTO skipped VALUES (?, ?)", ((s.path, s.reason) for s in skipped))

    # Notes

    def files(self) -> dict[str, StoredFile]:
        """The files that the stored notes were read from, by path."""
        rows = self._run("SELECT path, digest, size, mtime_ns, identity, checked_ns FROM notes")
        return {path: StoredFile(digest, Stamp(*stamp)) for path, digest, *stamp in rows}

    def add(self, note: Note, stamp: Stamp, passages: Sequence[NewPassage]) -> None:
        """Store a note with its passages."""
        row = self._insert(
            "INSERT INTO notes (path, title, text, lines, format, digest, tags,"
            " size, mtime_ns, identity, checked_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                note.path,
                note.title,
                note.text,
                np.array(note.lines, _LINES).tobytes(),
                note.format,
                note.digest,
                json.dumps(note.tags),
                stamp.size,
                stamp.mtime_ns,
                stamp.identity,
                stamp.checked_ns,
            ),
        )
        self._many(
            "INSERT INTO passages (note, ordinal, heading, kind, first_character, last_character,"
            " first_line, last_line, lead, text, words, text_hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((row, ordinal, *_columns(new)) for ordinal, new in enumerate(passages)),
        )

    def remove(self, paths: Iterable[str]) -> None:
        """Forget notes, with their passages."""
        self._many("DELETE FROM notes WHERE path = ?", ((path,) for path in paths))

    def restamp(self, stamps: dict[str, Stamp]) -> None:
        """Keep what the file system says now of files whose content did not change."""
        self._many(
            "UPDATE notes SET size = ?, mtime_ns = ?, identity = ?, checked_ns = ? WHERE path = ?",
            ((s.size, s.mtime_ns, s.identity, s.checked_ns, path) for path, s in stamps.items()),
        )

    def note(self, path: str) -> Note | None:
        """A note as it was read, or None if there is none at that path."""
        rows = self._run(
            "SELECT path, title, text, lines, format, digest, tags FROM notes WHERE path = ?",
            (path,),
        )
        return self._note(*rows[0]) if rows else None

    def notes(self) -> list[NoteSummary]:
        """All notes, by path."""
        rows = self._run(
            "SELECT n.path, n.title, count(p.id), total(p.kind = ?), n.format, n.size"
            " FROM notes AS n LEFT JOIN passages AS p ON p.note = n.id"
            " GROUP BY n.id ORDER BY n.path",
            (Kind.LISTED,),
        )
        return [
            NoteSummary(path, title, count, int(listed), form, size)
            for path, title, count, listed, form, size in rows
        ]

    # Passages

    def count(self) -> int:
        """How many passages there are, of all kinds."""
        return int(self._run("SELECT count(*) FROM passages")[0][0])

    def passages(self, ids: Sequence[PassageId]) -> dict[PassageId, Passage]:
        """The passages with these ids; ids that are not in this generation are left out."""
        rows = self._run(_PASSAGE + _AMONG, (json.dumps(list(ids)),))
        return dict(self._identified(row) for row in rows)

    def plain_bodies(self, ids: Sequence[PassageId]) -> dict[PassageId, str]:
        """The bodies of these passages in plain words; unknown ids are left out."""
        sql = "SELECT p.id, p.words FROM passages AS p"
        return dict(self._run(sql + _AMONG, (json.dumps(list(ids)),)))

    def passages_of(self, path: str) -> list[tuple[PassageId, Passage]]:
        """A note's passages in reading order."""
        rows = self._run(_PASSAGE + " WHERE n.path = ?" + _IN_ORDER, (path,))
        return [self._identified(row) for row in rows]

    def word_rows(self, listed: bool) -> Iterator[WordRow]:
        """What the word index gets of one side, ordered by path and place."""
        sql = (
            "SELECT p.id, n.title, p.heading, p.words"
            " FROM passages AS p JOIN notes AS n ON n.id = p.note WHERE (p.kind = ?) = ?"
        )
        for rows in self._batches(sql + _IN_ORDER, (Kind.LISTED, listed)):
            for id, title, heading, words in rows:
                yield WordRow(id, title, tuple(self._decoded(heading)), words)

    # Vectors

    def missing(self, hashes: Iterable[str]) -> set[str]:
        """Those of the addresses at which no vector is kept."""
        wanted = set(hashes)
        found = self._run(
            "SELECT text_hash FROM vectors WHERE text_hash IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(wanted)),),
        )
        return wanted - {hash for (hash,) in found}

    def keep_vectors(
        self, hashes: Sequence[str], matrix: FloatArray, pieces: Sequence[bytes] = ()
    ) -> None:
        """Add vectors to the cache, one for each address, with the signs of their pieces."""
        blobs = (row.tobytes() for row in matrix.astype(_HALF))
        with self.writing():
            self._many(
                "INSERT OR REPLACE INTO vectors (text_hash, vector, pieces) VALUES (?, ?, ?)",
                zip(hashes, blobs, pieces or [b""] * len(hashes), strict=True),
            )

    def prune_vectors(self) -> None:
        """Drop the vectors that no passage refers to."""
        self._run(
            "DELETE FROM vectors WHERE text_hash NOT IN (SELECT text_hash FROM passages)",
        )

    def has_spare_vectors(self) -> bool:
        """Whether there are vectors that no passage refers to, as an interrupted sync leaves."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM vectors"
            " WHERE text_hash NOT IN (SELECT text_hash FROM passages))"
        )
        return bool(self._run(sql)[0][0])

    def vectors(self, ids: Sequence[PassageId], dimension: int) -> dict[PassageId, FloatArray]:
        """The vectors of these passages; ids that are not in this generation are left out."""
        sql = (
            "SELECT p.id, v.vector FROM passages AS p"
            " LEFT JOIN vectors AS v ON v.text_hash = p.text_hash"
        )
        rows = self._run(sql + _AMONG, (json.dumps(list(ids)),))
        return {id: self._matrix([blob], dimension)[0] for id, blob in rows}

    def pieces(self, ids: Sequence[PassageId]) -> dict[PassageId, bytes]:
        """The signs of the word pieces of these passages; unknown ids are left out."""
        sql = (
            "SELECT p.id, v.pieces FROM passages AS p"
            " JOIN vectors AS v ON v.text_hash = p.text_hash"
        )
        return dict(self._run(sql + _AMONG, (json.dumps(list(ids)),)))

    def vector_batches(
        self, listed: bool, dimension: int
    ) -> Iterator[tuple[list[PassageId], FloatArray]]:
        """All vectors of one side with their passages' ids, ordered by path and place."""
        sql = (
            "SELECT p.id, v.vector FROM passages AS p JOIN notes AS n ON n.id = p.note"
            " LEFT JOIN vectors AS v ON v.text_hash = p.text_hash WHERE (p.kind = ?) = ?"
        )
        for rows in self._batches(sql + _IN_ORDER, (Kind.LISTED, listed)):
            yield [id for id, _ in rows], self._matrix([blob for _, blob in rows], dimension)

    # Rows to values

    def _note(
        self, path: str, title: str, text: str, lines: bytes, form: str, digest: str, tags: str
    ) -> Note:
        try:
            numbers = tuple(np.frombuffer(lines, _LINES).tolist())
            return Note(path, title, text, numbers, form, digest, tuple(self._decoded(tags)))
        except ValueError as error:
            raise self._damaged(f"the note {path}: {error}") from error

    def _identified(self, row: tuple[Any, ...]) -> tuple[PassageId, Passage]:
        id, note, title, heading, kind, *rest = row
        try:
            path = tuple(self._decoded(heading))
            return PassageId(id), Passage(note, title, path, Kind(kind), *rest)
        except ValueError as error:
            raise self._damaged(f"passage {id}: {error}") from error

    def _decoded(self, value: str) -> list[str]:
        try:
            decoded: list[str] = json.loads(value)
        except ValueError as error:
            raise self._damaged(f"{value[:80]!r} is no list") from error
        return decoded

    def _matrix(self, blobs: Sequence[bytes | None], dimension: int) -> FloatArray:
        whole = [blob for blob in blobs if blob and len(blob) == dimension * _HALF.itemsize]
        if len(whole) < len(blobs):
            raise self._damaged("a vector is missing or incomplete")
        half = np.frombuffer(b"".join(whole), _HALF).reshape(len(whole), dimension)
        return half.astype(np.float32)

    def _damaged(self, what: str) -> UnusableDatabase:
        return UnusableDatabase(self.path, f"the database is damaged ({what})")


def _columns(new: NewPassage) -> tuple[Any, ...]:
    passage = new.passage
    return (
        json.dumps(passage.heading),
        passage.kind,
        passage.start,
        passage.end,
        passage.start_line,
        passage.end_line,
        passage.lead,
        passage.text,
        new.words,
        new.text_hash,
    )
