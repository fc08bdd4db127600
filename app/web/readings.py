"""The notes as other encoders read them: an index of its own for each that somebody chose.

It knows no component and no model. What is opened stays open until the window closes.
"""

import threading
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.settings import Settings, index_name
from app.wiring import Notebook, Notify, Opened, OpenNotebook
from ingest.errors import EncoderError

if TYPE_CHECKING:
    from ingest.sync import SyncProgress

# The name of the encoder that the window was opened with.
FIRST: Final = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """An index open for questions, and the notebook that keeps it up to date."""

    notebook: Notebook
    opened: Opened


class Readings:
    """Every reading that this window holds, by its encoder's name. Several threads may use it."""

    def __init__(
        self, first: Reading, settings: Settings, folder: Path, open_notebook: OpenNotebook
    ) -> None:
        """The other indexes go below `folder`, never beside the notes."""
        self._settings = settings
        self._folder = folder
        self._open_notebook = open_notebook
        self._notebooks = {FIRST: first.notebook}
        self._found = {FIRST: first}
        self._open = ExitStack()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every index but the first, which is its opener's."""
        self._open.close()

    def known(self, encoder: str) -> Reading:
        """The reading of an encoder that was prepared before."""
        if encoder not in self._found:
            raise EncoderError(f"The notes were not read with {encoder}: read them with it first.")
        return self._found[encoder]

    def prepare(self, encoder: str, notify: Notify) -> "Generator[SyncProgress, None, None]":
        """Bring an encoder's index up to date and open it, telling how far that is."""
        notebook = self._notebook(encoder, notify)
        yield from notebook.sync()
        with self._lock:
            if encoder not in self._found:
                opened = self._open.enter_context(notebook.open())
                self._found[encoder] = Reading(notebook, opened)

    def _notebook(self, encoder: str, notify: Notify) -> Notebook:
        if encoder not in self._notebooks:
            index = self._folder / index_name(Path(encoder))
            chosen = replace(self._settings, encoder=encoder, index=index)
            # Outside the lock: a model may be fetched and made ready for a minute.
            made = self._open_notebook(chosen, notify)
            with self._lock:
                self._notebooks.setdefault(encoder, made)
        return self._notebooks[encoder]
