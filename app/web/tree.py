"""A folder of notes as a tree of HTML, and what was left out of it. It knows no component."""

import time
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from app.web.markup import escaped
from app.web.signals import button
from app.wiring import Contents, Listed


def tree_html(contents: Contents, search: str = "") -> str:
    """The folders with their counts, each note a button; `search` leaves matching notes."""
    wanted = search.strip().casefold()
    notes = [
        note
        for note in contents.listing
        if wanted in note.path.casefold() or wanted in note.title.casefold()
    ]
    counts = f"{contents.notes:,} notes · {contents.passages:,} passages{_when(contents.indexed)}"
    shown = sorted(notes, key=lambda note: note.path.split("/"))[:_SHOWN]
    more = f'<p class="none">{_MORE.format(len(notes) - _SHOWN)}</p>' if len(notes) > _SHOWN else ""
    body = _folder(shown, 0) + more
    none = '<p class="none">No note of that name.</p>' if contents.listing else _EMPTY
    return (
        f'<div class="tree"><p class="counts">{counts}</p>{body if notes else none}'
        f"{_skipped(contents.skipped)}</div>"
    )


# A page holds so many without becoming slow.
_SHOWN: Final = 1000
_MORE: Final = "… and {:,} more: find them above."
_EMPTY: Final = '<p class="none">This folder holds no notes yet. Drop some files below.</p>'


def _when(indexed: float) -> str:
    """The time of the last change, as a person reads it."""
    if not indexed:
        return ""
    return f" · indexed {time.strftime('%d %b %Y, %H:%M', time.localtime(indexed))}"


def _folder(notes: Sequence[Listed], depth: int) -> str:
    """The notes below one folder: files where they stand, folders as what can be closed."""
    lines: list[str] = []
    for name, group in groupby(notes, lambda note: note.path.split("/")[depth]):
        inside = list(group)
        if inside[0].path.split("/")[depth:] == [name]:
            lines.append(f"<li>{_note(inside[0])}</li>")
            continue
        count = len(inside)
        lines.append(
            f'<li><details open><summary>{escaped(name)}<span class="count">{count}</span>'
            f"</summary>{_folder(inside, depth + 1)}</details></li>"
        )
    return f"<ul>{''.join(lines)}</ul>"


def _note(note: Listed) -> str:
    name = note.path.rpartition("/")[2]
    passages = f"{note.passages} passage{'' if note.passages == 1 else 's'}"
    inner = (
        f'<span class="title">{escaped(note.title)}</span>'
        f'<span class="about">{escaped(name)} · {passages}</span>'
    )
    return button("note", note.path, inner, "open")


def _skipped(skipped: Sequence[tuple[str, str]]) -> str:
    if not skipped:
        return ""
    lines = "".join(
        f"<li><code>{escaped(path)}</code> {escaped(reason)}</li>" for path, reason in skipped
    )
    return (
        f'<details class="skipped"><summary>{len(skipped)} left out</summary>'
        f"<ul>{lines}</ul></details>"
    )
