"""What the window is handed: notes, who answers from them, and where the user's own things lie.

Nothing here belongs to one conversation; whoever opens the window makes one of these.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import Settings, index_name
from app.web.kept import Conversations
from app.web.models import Models, NamedModels
from app.wiring import Chat, Contents, Notebook, NoteRead, Notify, Opened, UpToDate
from rag.types import NO_MODEL, PLAIN

if TYPE_CHECKING:
    from ingest.sync import SyncProgress, SyncReport


@dataclass(frozen=True, slots=True)
class Library:
    """A folder of notes with everything that the window does with it.

    `chat` is who answers at first, with the model `llm`, the `checker` and the `strictness`;
    `chat_with` makes a chat for another model, a checker and a key, either of which may be missing.
    """

    title: str
    folder: Path
    chat: Chat
    chat_with: Callable[[str, str | None, str], Chat]
    contents: Callable[[], Contents]
    read: Callable[[str], NoteRead]
    sync: "Callable[[], Generator[SyncProgress, None, SyncReport]]"
    models: Models
    conversations: Conversations
    cases: Path
    llm: str = NO_MODEL
    checker: str | None = None
    strictness: float = PLAIN.strictness


def library(
    notebook: Notebook,
    opened: Opened,
    settings: Settings,
    notify: Notify,
    strictness: float = PLAIN.strictness,
) -> Library:
    """The notes of a run as the window sees them; the folder is looked at before each question."""

    def chat_with(llm: str, checker: str | None, key: str) -> Chat:
        return UpToDate(opened.chat_with(llm, checker, key), notebook, notify)

    # Conversations and known questions speak of these notes, and make no sense beside others.
    own = (settings.data or settings.index) / "windows" / index_name(settings.notes)
    return Library(
        title=settings.notes.name,
        folder=settings.notes,
        chat=UpToDate(opened.chat, notebook, notify),
        chat_with=chat_with,
        contents=opened.contents,
        read=opened.read,
        sync=notebook.sync,
        models=NamedModels(settings.keys),
        conversations=Conversations(own / "conversations.db"),
        cases=own / "cases.jsonl",
        llm=settings.llm,
        checker=settings.checker,
        strictness=strictness,
    )
