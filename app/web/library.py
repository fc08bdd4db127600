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
from app.web.remembered import Memory
from app.web.runs import Runs
from app.wiring import Chat, Contents, Notebook, NoteRead, Notify, Opened, UpToDate
from rag.types import NO_MODEL, PLAIN

if TYPE_CHECKING:
    from evals.run import Subject
    from ingest.sync import SyncProgress, SyncReport


@dataclass(frozen=True, slots=True)
class Library:
    """A folder of notes with everything that the window does with it.

    `chat` is who answers at first, with the model `llm`, the `checker` and the `strictness`;
    `chat_with` makes a chat for another model, a checker and a key, either of which may be missing.
    `subject` is such a chat with what its answers are held against; None where nothing is indexed.
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
    runs: Runs
    memory: Memory
    subject: "Callable[[Chat], Subject | None]"
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

    def subject(chat: Chat) -> "Subject | None":
        from evals.run import Subject

        if opened.index is None or opened.encoder is None:
            return None
        asked = chat.chat if isinstance(chat, UpToDate) else chat
        return Subject(asked, opened.index, opened.encoder)

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
        runs=Runs(own / "evaluations"),
        memory=Memory((settings.data or settings.index) / "choices"),
        subject=subject,
        llm=settings.llm,
        checker=settings.checker,
        strictness=strictness,
    )
