"""Indexes with one thing wrong: what a gate must notice. Each stands where a `NoteIndex` does."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ingest.index import NoteIndex, Snapshot
from ingest.types import PassageId

Change = Callable[[Snapshot], Mapping[str, Any]]


class Bent:
    """A snapshot of which some methods are others."""

    def __init__(self, snapshot: Snapshot, changed: Mapping[str, Any]) -> None:
        self._snapshot = snapshot
        self._changed = changed

    def __getattr__(self, name: str) -> Any:
        return self._changed.get(name) or getattr(self._snapshot, name)


class BrokenIndex:
    """An index whose snapshots are bent."""

    def __init__(self, index: NoteIndex, change: Change) -> None:
        self._index = index
        self._change = change

    @contextmanager
    def snapshot(self) -> Iterator[Bent]:
        with self._index.snapshot() as snapshot:
            yield Bent(snapshot, self._change(snapshot))


def without_words(_: Snapshot) -> Mapping[str, Any]:
    """Search by meaning alone."""
    return {"words": lambda *_, **__: [], "word_scores": lambda *_, **__: {}}


def words_alone(_: Snapshot) -> Mapping[str, Any]:
    """Search with all the weight on words."""
    return {
        "nearest": lambda *_, **__: [],
        "cosines": lambda _, ids: dict.fromkeys(ids, 0.0),
        "likenesses": lambda *_: {},
    }


def shuffled(snapshot: Snapshot) -> Mapping[str, Any]:
    """Every id leads to another passage than the one that was encoded."""
    all_of = [id for note in snapshot.notes() for id, _ in snapshot.passages_of(note.path)]
    shift = len(all_of) // 2
    other = dict(zip(all_of, all_of[shift:] + all_of[:shift], strict=True))

    def passages(ids: list[PassageId]) -> dict[PassageId, Any]:
        found = snapshot.passages([other[id] for id in ids])
        return {id: found[other[id]] for id in ids}

    return {"passages": passages}
