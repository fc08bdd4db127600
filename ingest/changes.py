"""Which files of a folder changed since they were last read. Knows nothing of passages."""

import hashlib
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ingest.errors import UnreadableNote
from ingest.readers import read
from ingest.store import Stamp, StoredFile
from ingest.types import Note
from ingest.walk import NoteFile, Skipped

# A coarse clock may give two edits one time (FAT counts in twos): a file that was this young when
# it was read is read again.
_YOUNG_NS: Final = 2_000_000_000


@dataclass(slots=True)
class Found:
    """What looking at files brings: notes to take in, and files that are as they were.

    `stamps` are new stamps of files whose content did not change.
    """

    fresh: list[tuple[Note, Stamp]] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)

    def look(self, file: NoteFile, stored: StoredFile | None, trusted: bool) -> None:
        """Put one file where it belongs; trusted, an equal stamp is enough."""
        try:
            self._look(file, stored, trusted)
        except FileNotFoundError:
            self._skip(file, "vanished while it was being read")
        except OSError as error:
            self._skip(file, f"cannot be read: {error.strerror or error}")
        except UnreadableNote as error:
            self._skip(file, str(error))

    def _look(self, file: NoteFile, stored: StoredFile | None, trusted: bool) -> None:
        stamp = _stamp(file.location)
        if stored and trusted and _is_untouched(stored.stamp, stamp):
            self.unchanged.add(file.path)
            return
        data = file.location.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if stored and stored.digest == digest:
            self.unchanged.add(file.path)
            self.stamps[file.path] = stamp
            return
        # The digest that is compared above, whatever a reader takes for one.
        self.fresh.append((replace(read(file.path, data), digest=digest), stamp))

    def _skip(self, file: NoteFile, reason: str) -> None:
        self.skipped.append(Skipped(file.path, reason))


def _stamp(location: Path) -> Stamp:
    """What the file system says of a file, taken before the file is read."""
    now = time.time_ns()
    status = location.stat()
    # A file put in another's place may have its size and time, but not its number and change.
    identity = f"{status.st_ino}:{status.st_ctime_ns}"
    return Stamp(status.st_size, status.st_mtime_ns, identity, now)


def _is_untouched(then: Stamp, now: Stamp) -> bool:
    """Whether a file may be taken for what it was without reading it."""
    young = then.mtime_ns > then.checked_ns - _YOUNG_NS
    return not young and now == replace(then, checked_ns=now.checked_ns)
