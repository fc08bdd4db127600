"""The list of conversations as HTML. It knows no component."""

import time
from typing import Final

from app.web.library import Library
from app.web.markup import escaped
from app.web.signals import button, unseen
from app.web.talk import Talk

_DAY_SECONDS: Final = 86_400


def rail_html(library: Library, owner: str, talk: Talk | None, search: str = "") -> str:
    """The conversations of a browser, the one on the page marked."""
    current = talk.id if talk else ""
    entries = library.conversations.entries(owner, search) if owner else ()
    lines = "".join(
        _line(entry.id, entry.name, entry.id == current, _when(entry.changed)) for entry in entries
    )
    none = "Nothing found." if search else "Your conversations will be listed here."
    listed = f"<ul>{lines}</ul>" if lines else f'<p class="none">{none}</p>'
    return f'<div class="talks" data-talk="{escaped(current)}">{listed}</div>'


def _line(id: str, name: str, current: bool, when: str) -> str:
    mark = ' class="current"' if current else ""
    said = f'{escaped(name)}<span class="when">{when}</span>'
    return (
        f"<li{mark}>{button('talk', id, said, 'open')}"
        f"{button('rename', id, unseen(f'Rename {name}'), 'quiet pencil', 'Rename')}"
        f"{button('forget', id, unseen(f'Delete {name}'), 'quiet bin', 'Delete')}</li>"
    )


def _when(changed: float) -> str:
    days = int((time.time() - changed) // _DAY_SECONDS)
    return "" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
