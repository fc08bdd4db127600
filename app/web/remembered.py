"""Who is to answer next time, kept on this machine for one browser, in a file for its owner alone.

It knows no window and no vendor. A key is kept only where the user asked for that too.
"""

import hashlib
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from app.web.values import restored
from ingest.errors import FootnoteError
from rag.types import NO_MODEL


class RememberError(FootnoteError):
    """A choice cannot be kept, or what was kept is none."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A model and a checker by their specifications; `key` is empty unless it was to be kept."""

    llm: str = NO_MODEL
    checker: str | None = None
    key: str = ""


class Memory:
    """What each browser has chosen, a file for each: one never finds another's choice or key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, owner: str, chosen: Remembered) -> None:
        """Remember a choice in place of the one before."""
        file = self._file(owner)
        made: Path | None = None
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # A temporary file is for its owner alone (0600) from the first moment on.
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=file.parent, prefix=".", delete=False
            ) as made_file:
                made = Path(made_file.name)
                json.dump(asdict(chosen), made_file)
            made.replace(file)
        except OSError as error:
            raise RememberError(f"{file} cannot be written: {error.strerror}") from error
        finally:
            if made is not None:
                made.unlink(missing_ok=True)

    def recall(self, owner: str) -> Remembered | None:
        """What this browser chose, if anything is remembered."""
        file = self._file(owner)
        try:
            found = restored(Remembered, json.loads(file.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise RememberError(
                f"{file} does not hold what was to be remembered: press Forget, and choose again."
            ) from error
        if not all(isinstance(one, str) for one in (found.llm, found.checker or "", found.key)):
            raise RememberError(f"{file} holds no choice: press Forget, and choose again.")
        return found

    def knows(self, owner: str) -> bool:
        """Whether anything is remembered for this browser."""
        return self._file(owner).exists()

    def forget(self, owner: str) -> None:
        """Remember nothing of this browser any more."""
        try:
            self._file(owner).unlink(missing_ok=True)
        except OSError as error:
            raise RememberError(
                f"{self._file(owner)} cannot be deleted: {error.strerror}"
            ) from error

    def _file(self, owner: str) -> Path:
        # The name is the browser's secret, and no name for a file.
        return self._folder / f"{hashlib.sha256(owner.encode()).hexdigest()}.json"
