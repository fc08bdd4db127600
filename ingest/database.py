"""The database file: its tables, its transactions, and what may be wrong with it.

One SQLite file in WAL mode. SQLite's errors become ours here and nowhere else. Knows nothing of
what the rows mean.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from ingest.errors import BrokenIndex

DATABASE: Final = "index.db"
# Raise it whenever a table below changes: an index of another version is built anew.
SCHEMA_VERSION: Final = 2
# Marks the file as ours ('Fnot'), so that a sync never replaces somebody else's database.
_APPLICATION_ID: Final = 0x466E6F74
_APPLICATION_ID_AT: Final = 68
# Where a damaged file goes that does not carry our mark: it may be somebody's.
_SET_ASIDE: Final = "index.db.damaged"
# Two processes meet only while a write-ahead log is recovered or folded in; that takes moments.
_BUSY_SECONDS: Final = 30.0
# Rows fetched at a time while an index is built: 4,096 vectors of 384 are 3 MB.
_ROWS_AT_A_TIME: Final = 4096
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_ADVICE: Final = {
    sqlite3.SQLITE_FULL: "free some space on that disk and try again",
    sqlite3.SQLITE_BUSY: "another program is holding it; close that and try again",
}

# Long columns come last: SQLite follows a row's overflow pages only as far as it is asked to.
_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE manifest (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    encoder TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    splitter INTEGER NOT NULL,
    generation TEXT NOT NULL,
    folder TEXT NOT NULL
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    identity TEXT NOT NULL,
    checked_ns INTEGER NOT NULL,
    format TEXT NOT NULL,
    title TEXT NOT NULL,
    tags TEXT NOT NULL,
    lines BLOB NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    note INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    text_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    first_character INTEGER NOT NULL,
    last_character INTEGER NOT NULL,
    first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    lead INTEGER NOT NULL,
    heading TEXT NOT NULL,
    words TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (note, ordinal)
);
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY,
    text_hash TEXT NOT NULL UNIQUE,
    vector BLOB NOT NULL,
    pieces BLOB NOT NULL
);
CREATE TABLE skipped (path TEXT NOT NULL, reason TEXT NOT NULL);
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""


class UnusableDatabase(BrokenIndex):
    """The database is damaged or of another version: nothing is lost by building it anew."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}. Run `footnote index` to build the index anew.")
        self.why = why


def discard(folder: Path) -> None:
    """Remove an unusable database; one without our mark is set aside under another name."""
    path = folder / DATABASE
    try:
        # The log goes first: a new database must never meet the log of an old one.
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        if _is_ours(path):
            path.unlink()
        elif path.exists():
            path.replace(folder / _SET_ASIDE)
    except OSError as error:
        raise BrokenIndex(f"{path} cannot be replaced ({error}); close what uses it") from error


class Database:
    """One connection to the file; a thread uses it at a time."""

    def __init__(self, path: Path, mode: str) -> None:
        self.path = path
        # Taken before the file is opened: one that is replaced in between is never current.
        self._inode = _inode(path)
        self._connection = _connected(path, mode)

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Open the database for writing, and make it if there is none."""
        path = folder / DATABASE
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BrokenIndex(f"{folder} cannot be made: {error}; choose another folder") from error
        database = cls(path, "rwc")
        try:
            database._prepare()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the database for reading."""
        path = folder / DATABASE
        if not path.is_file():
            raise BrokenIndex(f"{folder}: nothing is indexed yet. Run `footnote index` first.")
        database = cls(path, "rw")
        try:
            database._run("PRAGMA query_only = ON")
            database._check_version()
        except BaseException:
            database.close()
            raise
        return database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        self._connection.close()

    def is_current(self) -> bool:
        """Whether the file at the path is still the one that this connection has open."""
        return self._inode is not None and self._inode == _inode(self.path)

    # Transactions

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it, or nothing."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            self.end()
            raise

    def begin(self) -> None:
        """From here on the database is read as it is now, whatever others commit."""
        self.end()
        self._run("BEGIN")

    def end(self) -> None:
        """Leave the transaction, if there is one, and keep nothing of it."""
        if self._connection.in_transaction:
            # A transaction that SQLite has ended by itself after an error needs no more.
            with contextlib.suppress(sqlite3.DatabaseError):
                self._connection.execute("ROLLBACK")

    def check(self) -> None:
        """Have SQLite look at every page; raises UnusableDatabase on damage."""
        said = self._run("PRAGMA quick_check(1)")[0][0]
        if said != "ok":
            raise UnusableDatabase(self.path, f"the database is damaged ({said})")

    # The one way to SQLite

    def _prepare(self) -> None:
        """Make an empty database ours; refuse one that is somebody else's."""
        mode = self._run("PRAGMA journal_mode")[0][0]
        empty = not self._run("SELECT 1 FROM sqlite_schema LIMIT 1")
        if not empty and self._run("PRAGMA application_id")[0][0] != _APPLICATION_ID:
            raise BrokenIndex(f"{self.path} is another program's database; choose another folder")
        if mode != "wal" and self._run("PRAGMA journal_mode = WAL")[0][0] != "wal":
            raise BrokenIndex(f"{self.path.parent} cannot hold an index; choose a local disk")
        self._run("PRAGMA foreign_keys = ON")
        # A power cut may cost the last commit, never the whole: the notes are read again then.
        self._run("PRAGMA synchronous = NORMAL")
        if empty:
            with _told(self.path):
                self._connection.executescript(_SCHEMA)
        self._check_version()

    def _check_version(self) -> None:
        version = self._run("PRAGMA user_version")[0][0]
        if version != SCHEMA_VERSION:
            raise UnusableDatabase(
                self.path, f"the index has format {version}, this version needs {SCHEMA_VERSION}"
            )

    def _run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with _told(self.path):
            return self._connection.execute(sql, values).fetchall()

    def _insert(self, sql: str, values: Sequence[Any]) -> int | None:
        with _told(self.path):
            return self._connection.execute(sql, values).lastrowid

    def _many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with _told(self.path):
            self._connection.executemany(sql, rows)

    def _batches(self, sql: str, values: Sequence[Any]) -> Iterator[list[tuple[Any, ...]]]:
        with _told(self.path):
            cursor = self._connection.execute(sql, values)
        while True:
            with _told(self.path):
                rows = cursor.fetchmany(_ROWS_AT_A_TIME)
            if not rows:
                return
            yield rows


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    with _told(path):
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_ours(path: Path) -> bool:
    """Whether a file carries our mark where SQLite keeps it; a missing file does not."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        header = file.read(_APPLICATION_ID_AT + 4)
    return header[_APPLICATION_ID_AT:] == _APPLICATION_ID.to_bytes(4, "big")


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, in one place; mistakes of the program stay what they are."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
            raise
        # Text that is not UTF-8 comes as an error without a code.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _DAMAGE:
            raise UnusableDatabase(path, f"the database is damaged ({error})") from error
        advice = _ADVICE.get(code, "check that the folder can be read and written")
        raise BrokenIndex(f"{path}: {error}; {advice}") from error
