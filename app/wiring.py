"""The parts put together: a folder of notes with its encoder, its index and its conversation.

The command line and the window see only the protocols below; tests hand them fakes.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from app.settings import Settings
from ingest.errors import FootnoteError
from rag.types import NO_MODEL, PLAIN, Event, Found, Turn, Wanted

if TYPE_CHECKING:
    from ingest.encode import Encoder
    from ingest.index import NoteIndex, Snapshot
    from ingest.sync import SyncProgress, SyncReport
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


@dataclass(frozen=True, slots=True)
class Contents:
    """How much a folder holds, and the headings of a few of its notes, note by note."""

    notes: int
    passages: int
    headings: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """An index open for questions.

    `chat_with` makes a chat with another model and checker, given by their specifications. `index`
    and `encoder` are what evaluating holds answers against; None where nothing is indexed.
    """

    chat: Chat
    contents: Callable[[], Contents]
    chat_with: Callable[[str, str | None], Chat]
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


@dataclass(frozen=True, slots=True)
class UpToDate:
    """A chat that looks at the folder before each question: notes change while a window is open.

    `strictness` holds for every question that does not bring one of its own.
    """

    chat: Chat
    notebook: Notebook
    notify: Notify
    strictness: float = PLAIN.strictness

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
                return _contents(snapshot)

        rule = beside(self.settings.index)

        def chat_with(llm: str, checker: str | None) -> NoteChat:
            model = _model(llm, self.settings, self.notify)
            checkers = self._checkers(checker, model)
            return NoteChat(index, self.encoder, model, checkers, rule)

        with NoteIndex.open(self.settings.index, self.encoder.name, self.notify) as index:
            chat = chat_with(self.settings.llm, self.settings.checker)
            yield Opened(chat, contents, chat_with, index, self.encoder)

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


def _model(spec: str, settings: Settings, notify: Notify) -> "Model | None":
    if spec == NO_MODEL:
        return None
    from rag.models import open_model

    return open_model(spec, settings.keys, notify)


def _contents(snapshot: "Snapshot") -> Contents:
    notes = snapshot.notes()
    step = max(1, len(notes) // _NOTES_SAMPLED)
    sampled = [snapshot.passages_of(note.path) for note in notes[::step]]
    headings = (
        tuple(dict.fromkeys(passage.heading[-1] for _, passage in passages if passage.heading))
        for passages in sampled
    )
    return Contents(len(notes), snapshot.count(), tuple(headings))
