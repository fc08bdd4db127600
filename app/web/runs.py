"""The last evaluations of a folder's questions, kept on disk. It knows no window and no measure."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from evals.records import Run

# A report and the one before it, to compare with.
_KEPT: Final = 2


class Runs:
    """Runs in files of a folder, apart by the questions that they asked."""

    def __init__(self, folder: Path, clock: Callable[[], int] = time.time_ns) -> None:
        self._folder = folder
        self._clock = clock

    def save(self, questions: str, run: "Run") -> None:
        """Keep a run as the last one of these questions."""
        from evals.runfile import write_run

        # Digits enough for names to sort by time.
        write_run(self._folder / f"{questions}-{self._clock():020}.json", run)
        for old in self._files(questions)[_KEPT:]:
            old.unlink(missing_ok=True)

    def count(self, questions: str) -> int:
        """How many runs of these questions are kept, whatever they hold."""
        return len(self._files(questions))

    def last(self, questions: str, most: int = _KEPT) -> "tuple[Run, ...]":
        """The last runs of these questions, the newest first; a `RunError` says what is wrong."""
        from evals.runfile import read_run

        return tuple(map(read_run, self._files(questions)[:most]))

    def _files(self, questions: str) -> list[Path]:
        return sorted(self._folder.glob(f"{questions}-*.json"), reverse=True)
