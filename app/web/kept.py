"""Conversations kept on this machine, in one file, apart for each browser that asks.

A browser is known by a random name that it made itself; nobody reads another's conversations
without that name. It knows no window.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.web.talk import Talk
from app.web.values import plain, restored

_TABLE: Final = """
create table if not exists talks (
    owner text not null, id text not null, name text not null, words text not null,
    changed real not null, body text not null, primary key (owner, id)
)
"""
# A list longer than this is searched, not scrolled.
_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation in a list."""

    id: str
    name: str
    changed: float


class Conversations:
    """All conversations of all browsers; safe to use from several threads and processes."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock

    def save(self, owner: str, talk: Talk) -> None:
        """Keep a conversation as it is now; one without a question is not worth keeping."""
        if not owner or not talk.exchanges:
            return
        body = json.dumps(plain(talk), ensure_ascii=False)
        words = "\n".join(f"{one.question}\n{one.draft.text}" for one in talk.exchanges)
        with self._open() as database:
            database.execute(
                "insert or replace into talks values (?, ?, ?, ?, ?, ?)",
                (
                    owner,
                    talk.id,
                    talk.name,
                    f"{talk.name}\n{words}".casefold(),
                    self._clock(),
                    body,
                ),
            )

    def load(self, owner: str, id: str) -> Talk | None:
        """A conversation, if this browser has one of that name that can still be read."""
        with self._open() as database:
            row = database.execute(
                "select body from talks where owner = ? and id = ?", (owner, id)
            ).fetchone()
        if row is None:
            return None
        try:
            return restored(Talk, json.loads(row[0]))
        except (ValueError, TypeError, KeyError):
            # Kept by a version whose answers had another form.
            return None

    def entries(self, owner: str, search: str = "") -> tuple[Entry, ...]:
        """The conversations of a browser that hold these words, the newest first."""
        with self._open() as database:
            rows = database.execute(
                "select id, name, changed from talks where owner = ? and instr(words, ?) > 0"
                " order by changed desc limit ?",
                (owner, search.strip().casefold(), _LISTED),
            ).fetchall()
        return tuple(Entry(*row) for row in rows)

    def rename(self, owner: str, id: str, title: str) -> None:
        """Give a conversation a title; an empty one gives back its first question."""
        talk = self.load(owner, id)
        if talk is not None:
            self.save(owner, replace(talk, title=title))

    def delete(self, owner: str, id: str) -> None:
        """Forget a conversation."""
        with self._open() as database:
            database.execute("delete from talks where owner = ? and id = ?", (owner, id))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._file)
        try:
            with database:
                database.execute(_TABLE)
                yield database
        finally:
            database.close()
