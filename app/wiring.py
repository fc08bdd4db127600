"""The parts put together: a folder of notes with its encoder, its index and its conversation.

The command line and the window see only the protocols below; tests hand them fakes.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from app.settings import Settings, with_key
from ingest.errors import FootnoteError
from rag.types import NO_MODEL, PLAIN, Event, Found, Turn, Wanted

if TYPE_CHECKING:
    from ingest.encode import Encoder
    from ingest.index import NoteIndex, Snapshot
    from ingest.sync import SyncProgress, SyncReport
    from ingest.types import Note, Passage
    from rag.checker import Checker
    from rag.model import Model

# Notes looked into for example questions: enough for a varied handful, quick in a large folder.
_NOTES_SAMPLED: Final = 12
# The checker that is the answering model itself.
ASKING: Final = "llm"

Notify = Callable[[str], None]


class Chat(Protocol):
    """What answers questions."""

    def ask(
        self, question: str, history: Sequence[Turn] = (), wanted: Wanted = PLAIN
    ) -> Iterator[Event]:
        """The events of an answer under way."""
        ...

    def search(self, question: str, limit: int, history: Sequence[Turn] = ()) -> Found:
        """The passages that bear on a question, made whole with the turns before it."""
        ...


class ChatWith(Protocol):
    """Makes a chat with another model and checker."""

    def __call__(self, llm: str, checker: str | None, key: str = "") -> Chat:
        """The chat; a `ModelError` says why there is none. An empty key is the one that is set."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A note in a list: where it is, its title and how many passages it has."""

    path: str
    title: str
    passages: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a folder holds: counts, the headings of a few of its notes, all notes, what is not in.

    `skipped` names what was left out and why; `encoder` is what the index is made with, and
    `indexed` when it last changed, in seconds since 1970 (0 where that is not known).
    """

    notes: int
    passages: int
    headings: tuple[tuple[str, ...], ...] = ()
    listing: tuple[Listed, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    encoder: str = ""
    indexed: float = 0.0


@dataclass(frozen=True, slots=True)
class NoteRead:
    """A note with its passages, in reading order."""

    note: "Note"
    passages: "tuple[Passage, ...]"


@dataclass(frozen=True, slots=True)
class Opened:
    """An index open for questions.

    `chat_with` makes a chat with another model and checker, given by their specifications, and a
    key if that model needs another than is set; `read` gives a note by its path. `index` and
    `encoder` are what evaluating holds answers against; None where nothing is indexed.
    """

    chat: Chat
    contents: Callable[[], Contents]
    chat_with: ChatWith
    read: Callable[[str], NoteRead]
    index: "NoteIndex | None" = None
    encoder: "Encoder | None" = None


class Notebook(Protocol):
    """A folder of notes, ready to be brought up to date and asked."""

    def sync(self) -> "Generator[SyncProgress, None, SyncReport]":
        """Bring the index up to date with the folder."""
        ...

    def open(self) -> AbstractContextManager[Opened]:
        """The index opened for questions."""
        ...


class Turns:
    """Whose turn it is to look at the folder: of many who ask at once, few have to."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._began = float("-inf")

    def take(self, look: Callable[[], None]) -> None:
        """Look, unless somebody began to after this call came."""
        came = self._clock()
        with self._lock:
            if self._began > came:
                return
            self._began = self._clock()
            look()


@dataclass(frozen=True, slots=True)
class UpToDate:
    """A chat that looks at the folder before each question: notes change while a window is open.

    `strictness` holds for every question that does not bring one of its own.
    """

    chat: Chat
    notebook: Notebook
    notify: Notify
    strictness: float = PLAIN.strictness
    _turns: Turns = field(default_factory=Turns, repr=False, compare=False)

    def ask(
        self, question: str, history: Sequence[Turn] = (), wanted: Wanted = PLAIN
    ) -> Iterator[Event]:
        """The events of an answer, from the notes as they are now."""
        self._sync()
        if wanted.strictness == PLAIN.strictness:
            wanted = replace(wanted, strictness=self.strictness)
        yield from self.chat.ask(question, history, wanted)

    def search(self, question: str, limit: int, history: Sequence[Turn] = ()) -> Found:
        """The passages that bear on a question, from the notes as they are now."""
        self._sync()
        return self.chat.search(question, limit, history)

    def _sync(self) -> None:
        self._turns.take(self._look)

    def _look(self) -> None:
        try:
            for _ in self.notebook.sync():
                pass
        except FootnoteError as problem:
            # What is indexed still answers; a folder that is gone for a moment is no end.
            self.notify(f"footnote: {problem}")


OpenNotebook = Callable[[Settings, Notify], Notebook]


def open_notebook(settings: Settings, notify: Notify) -> Notebook:
    """The notebook that the settings describe, its encoder loaded."""
    from ingest.encode import PACKAGED, load_encoder

    encoder = load_encoder(settings.encoder or PACKAGED, settings.cache, notify)
    return _Folder(settings, encoder, notify)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A notebook over a folder of notes and the index beside it."""

    settings: Settings
    encoder: "Encoder"
    notify: Notify

    def sync(self) -> "Generator[SyncProgress, None, SyncReport]":
        """Bring the index up to date with the folder."""
        from ingest.sync import sync

        return sync(self.settings.notes, self.settings.index, self.encoder, self.notify)

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """The index opened for questions."""
        from ingest.index import NoteIndex
        from rag.chat import NoteChat
        from rag.decide import beside

        def contents() -> Contents:
            with index.snapshot() as snapshot:
                return _contents(snapshot, _changed(self.settings.index))

        def read(path: str) -> NoteRead:
            with index.snapshot() as snapshot:
                passages = tuple(passage for _, passage in snapshot.passages_of(path))
                return NoteRead(snapshot.note(path), passages)

        rule = beside(self.settings.index)

        def chat_with(llm: str, checker: str | None, key: str = "") -> NoteChat:
            model = _model(llm, self.settings, self.notify, key)
            checkers = self._checkers(checker, model)
            return NoteChat(index, self.encoder, model, checkers, rule)

        with NoteIndex.open(self.settings.index, self.encoder.name, self.notify) as index:
            chat = chat_with(self.settings.llm, self.settings.checker)
            yield Opened(chat, contents, chat_with, read, index, self.encoder)

    def _checkers(self, name: str | None, model: "Model | None") -> "tuple[Checker, ...]":
        """Who judges after the rules: an inference model, or the answering model itself."""
        if name is None or model is None:
            # Quotes need no judge that can tell rewordings.
            return ()
        if name == ASKING:
            from rag.asking import AskingChecker

            return (AskingChecker(model),)
        from rag.inference import open_checker

        return (open_checker(name, self.settings.cache, self.notify),)


def _model(spec: str, settings: Settings, notify: Notify, key: str = "") -> "Model | None":
    if spec == NO_MODEL:
        return None
    from rag.models import open_model

    return open_model(spec, with_key(settings.keys, spec, key), notify)


def _changed(index: Path) -> float:
    """When an index last changed; 0 where nobody can tell."""
    times = [file.stat().st_mtime for file in index.glob("index.db*")]
    return max(times, default=0.0)


def _contents(snapshot: "Snapshot", indexed: float) -> Contents:
    notes = snapshot.notes()
    step = max(1, len(notes) // _NOTES_SAMPLED)
    sampled = [snapshot.passages_of(note.path) for note in notes[::step]]
    headings = (
        tuple(dict.fromkeys(passage.heading[-1] for _, passage in passages if passage.heading))
        for passages in sampled
    )
    return Contents(
        notes=len(notes),
        passages=snapshot.count(),
        headings=tuple(headings),
        listing=tuple(Listed(note.path, note.title, note.passages) for note in notes),
        skipped=tuple((one.path, one.reason) for one in snapshot.skipped()),
        encoder=snapshot.manifest.encoder,
        indexed=indexed,
    )
