"""What the window is handed: notes, who answers from them, and where the user's own things lie.

Nothing here belongs to one conversation; whoever opens the window makes one of these.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings, index_name
from app.web.kept import Conversations
from app.web.models import Models, NamedModels
from app.web.readings import FIRST, Reading, Readings
from app.web.remembered import Memory
from app.web.runs import Runs
from app.wiring import Chat, Contents, Notebook, NoteRead, Notify, OpenNotebook, UpToDate
from rag.types import NO_MODEL, PLAIN

if TYPE_CHECKING:
    from evals.run import Subject
    from ingest.sync import SyncProgress, SyncReport


@dataclass(frozen=True, slots=True)
class Library:
    """A folder of notes with everything that the window does with it.

    `chat` is who answers at first, with the model `llm`, the `checker` and the `strictness`;
    `chat_with` makes a chat for another model, a checker, a key and an encoder, any of which may be
    missing; `prepare` has another encoder read the notes before. `subject` is such a chat with what
    its answers are held against; None where nothing is indexed.
    """

    title: str
    folder: Path
    chat: Chat
    chat_with: Callable[[str, str | None, str, str], Chat]
    contents: Callable[[], Contents]
    read: Callable[[str], NoteRead]
    sync: "Callable[[], Generator[SyncProgress, None, SyncReport]]"
    prepare: "Callable[[str], Generator[SyncProgress, None, None]]"
    models: Models
    conversations: Conversations
    cases: Path
    runs: Runs
    memory: Memory
    subject: "Callable[[Chat, str], Subject | None]"
    llm: str = NO_MODEL
    checker: str | None = None
    strictness: float = PLAIN.strictness


@contextmanager
def opened_library(
    notebook: Notebook,
    settings: Settings,
    notify: Notify,
    open_notebook: OpenNotebook,
    strictness: float = PLAIN.strictness,
) -> Iterator[Library]:
    """The notes of a run as the window sees them; the folder is looked at before each question."""
    # Conversations and known questions speak of these notes, and make no sense beside others.
    own = (settings.data or settings.index) / "windows" / index_name(settings.notes)
    with notebook.open() as opened:
        first = Reading(notebook, opened)
        with closing(Readings(first, settings, own / "encoders", open_notebook)) as readings:
            yield _library(readings, own, settings, notify, strictness)


def _library(
    readings: Readings, own: Path, settings: Settings, notify: Notify, strictness: float
) -> Library:
    first = readings.known(FIRST)
    opened = first.opened

    def chat_with(llm: str, checker: str | None, key: str, encoder: str) -> Chat:
        found = readings.known(encoder)
        return UpToDate(found.opened.chat_with(llm, checker, key), found.notebook, notify)

    def subject(chat: Chat, encoder: str) -> "Subject | None":
        from evals.run import Subject

        found = readings.known(encoder).opened
        if found.index is None or found.encoder is None:
            return None
        asked = chat.chat if isinstance(chat, UpToDate) else chat
        return Subject(asked, found.index, found.encoder)

    return Library(
        title=settings.notes.name,
        folder=settings.notes,
        chat=UpToDate(opened.chat, first.notebook, notify),
        chat_with=chat_with,
        contents=opened.contents,
        read=opened.read,
        sync=first.notebook.sync,
        prepare=partial(readings.prepare, notify=notify),
        models=NamedModels(settings.keys),
        conversations=Conversations(own / "conversations.db"),
        cases=own / "cases.jsonl",
        runs=Runs(own / "evaluations"),
        memory=Memory((settings.data or settings.index) / "choices"),
        subject=subject,
        llm=settings.llm,
        checker=settings.checker,
        strictness=strictness,
    )
