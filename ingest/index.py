"""The index as it is read: the database and what is derived from it, always of one generation.

It stays open while another process syncs, and each snapshot sees the newest state that is
complete. Knows nothing of questions beyond their words and vectors, and never writes notes.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ingest import derived, pieces, words
from ingest.derived import Derived, Notify, UnusableDerived
from ingest.encode import FloatArray
from ingest.errors import BrokenIndex, NotesError
from ingest.store import Manifest, NoteSummary, Store
from ingest.types import Note, Passage, PassageId
from ingest.walk import Skipped
from ingest.words import WordHit

# Each try but the first needs a sync that was completed in the moment before.
_TRIES: Final = 20


def said(message: str) -> None:
    """Where messages go unless the caller takes them: to the log, as warnings."""
    logging.getLogger("footnote").warning(message)


class Snapshot:
    """One generation, unchanging however long it is held; for one thread at a time."""

    def __init__(self, store: Store, manifest: Manifest, indexes: Derived) -> None:
        self.manifest = manifest
        self._store = store
        self._derived = indexes

    @property
    def generation(self) -> str:
        """Which state of the index this is."""
        return self.manifest.generation

    def words(self, question: str, limit: int, *, listed: bool = False) -> list[WordHit]:
        """The passages that share words with the question, best first."""
        return self._derived.side(listed).words.search(question, limit)

    def word_scores(
        self, question: str, ids: Sequence[PassageId], *, listed: bool = False
    ) -> dict[PassageId, WordHit]:
        """How these passages score by words, 0 where they share none."""
        return self._derived.side(listed).words.scores(question, ids)

    def nearest(
        self, vector: FloatArray, limit: int, *, listed: bool = False
    ) -> list[tuple[PassageId, float]]:
        """The passages nearest to a unit vector with their cosines, best first."""
        return self._derived.side(listed).vectors.nearest(vector, limit)

    def cosines(self, vector: FloatArray, ids: Sequence[PassageId]) -> dict[PassageId, float]:
        """The cosines of these passages to a unit vector."""
        found = self._store.vectors(ids, self.manifest.dimension)
        return {id: float(own @ vector) for id, own in found.items()}

    def likenesses(self, asked: FloatArray, ids: Sequence[PassageId]) -> dict[PassageId, float]:
        """How well these passages match a question piece by piece; none where nothing is kept."""
        return pieces.likenesses(asked, self._store.pieces(ids))

    def vector(self, id: PassageId) -> FloatArray:
        """A passage's vector, as it is stored."""
        return self._store.vectors([id], self.manifest.dimension)[id]

    def passage(self, id: PassageId) -> Passage:
        """The passage with that id; KeyError if this generation has none."""
        return self._store.passages([id])[id]

    def passages(self, ids: Sequence[PassageId]) -> dict[PassageId, Passage]:
        """The passages with these ids; ids that this generation does not have are left out."""
        return self._store.passages(ids)

    def plain_bodies(self, ids: Sequence[PassageId]) -> dict[PassageId, str]:
        """The bodies of these passages in plain words, as they were indexed."""
        return self._store.plain_bodies(ids)

    def passages_of(self, path: str) -> list[tuple[PassageId, Passage]]:
        """A note's passages in reading order."""
        return self._store.passages_of(path)

    def note(self, path: str) -> Note:
        """The note at a path, as it was read."""
        note = self._store.note(path)
        if note is None:
            raise NotesError(f"{path} is not among the indexed notes; run `footnote index`")
        return note

    def notes(self) -> list[NoteSummary]:
        """All notes, by path."""
        return self._store.notes()

    def count(self) -> int:
        """How many passages there are, of all kinds."""
        return self._store.count()

    def skipped(self) -> list[Skipped]:
        """What the last sync could not use, and why."""
        return self._store.skipped()

    def uses(self, word: str) -> bool:
        """Whether any passage has this very word, in any case."""
        return self._derived.content.words.uses(word) or self._derived.listed.words.uses(word)

    def spelt_like(self, word: str, distance: int, limit: int) -> list[PassageId]:
        """Some passages with a word that so many slips would turn into this one."""
        sides = (self._derived.content, self._derived.listed)
        return [id for side in sides for id in side.words.spelt_like(word, distance, limit)]

    def terms(self, text: str) -> list[str]:
        """The stems that a text is searched by, in order, without stop words."""
        return words.terms(text)

    def idf(self, terms: Sequence[str]) -> dict[str, float]:
        """How rare each stem is among the content."""
        return self._derived.content.words.idf(terms)


class NoteIndex:
    """An index open for reading; safe to use from several threads."""

    def __init__(self, folder: Path, encoder: str, notify: Notify) -> None:
        self._folder = folder
        self._encoder = encoder
        self._notify = notify
        self._idle: list[Store] = []
        self._pool = threading.Lock()
        self._loading = threading.Lock()
        self._derived: Derived | None = None
        self._closed = False

    @classmethod
    def open(cls, folder: Path, encoder: str, notify: Notify = said) -> Self:
        """Open the index in a folder, for questions encoded by the encoder of that name."""
        index = cls(folder, encoder, notify)
        try:
            with index.snapshot():
                return index
        except BaseException:
            index.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what is not in use; a snapshot still held closes its own connection."""
        with self._pool:
            self._closed = True
            idle, self._idle = self._idle, []
        for store in idle:
            store.close()
        self._derived = None

    @property
    def manifest(self) -> Manifest:
        """What the index is made with, as of now."""
        with self.snapshot() as snapshot:
            return snapshot.manifest

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The newest complete state, held unchanged for as long as the block runs."""
        store = self._borrowed()
        try:
            manifest, indexes = self._settled(store)
            yield Snapshot(store, manifest, indexes)
        finally:
            self._give_back(store)

    def _settled(self, store: Store) -> tuple[Manifest, Derived]:
        """Begin to read, with the indexes of the same generation."""
        for _ in range(_TRIES):
            manifest = self._begun(store)
            with self._loading:
                if self._derived and self._derived.generation == manifest.generation:
                    return manifest, self._derived
                try:
                    self._derived = derived.load(self._folder, manifest.generation)
                except UnusableDerived:
                    # A sync may have replaced this generation since we began to read it.
                    if self._begun(store) != manifest:
                        continue
                    self._derived = derived.repaired(self._folder, store, manifest, self._notify)
                return manifest, self._derived
        raise BrokenIndex(f"{self._folder} changes faster than it can be read; try again later")

    def _begun(self, store: Store) -> Manifest:
        """Read from here on what is committed now; refuse what another encoder made."""
        store.begin()
        manifest = store.manifest()
        if manifest is None:
            raise BrokenIndex(
                f"{self._folder}: nothing is indexed yet. Run `footnote index` first."
            )
        if manifest.encoder != self._encoder:
            raise BrokenIndex(
                f"{self._folder} was indexed with the encoder {manifest.encoder}, not with"
                f" {self._encoder}. Run `footnote index` to encode it again."
            )
        return manifest

    def _borrowed(self) -> Store:
        """A connection to the database that is at this path now."""
        with self._pool:
            if self._closed:
                raise ValueError("the index is closed")
            while self._idle:
                store = self._idle.pop()
                if store.is_current():
                    return store
                store.close()
        return Store.open(self._folder)

    def _give_back(self, store: Store) -> None:
        store.end()
        with self._pool:
            if not self._closed:
                self._idle.append(store)
                return
        store.close()
