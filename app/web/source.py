"""A source beside the chat: the note around a passage, the cited sentence marked. HTML alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote as in_address

from app.render import heading_path, place
from app.web.markup import Quote, block, escaped
from app.web.signals import button, unseen
from app.wiring import NoteRead
from ingest.types import LineStarts, Note, Passage
from rag.types import Citation

_FOCUS: Final = 1


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to show: a passage, and where in it the cited words stand, if any are cited."""

    passage: Passage
    start: int
    end: int
    start_line: int
    end_line: int
    number: int | None = None


def spot_of(citation: Citation) -> Spot:
    """Where a citation stands."""
    return Spot(
        citation.passage,
        citation.start,
        citation.end,
        citation.start_line,
        citation.end_line,
        citation.number,
    )


def whole_passage(passage: Passage) -> Spot:
    """A passage that is not cited."""
    end = len(passage.text)
    return Spot(passage, passage.lead, end, passage.start_line, passage.end_line)


def source_html(spot: Spot, read: NoteRead | None, whole: bool, key: str) -> str:
    """The panel: what it is, what can be done with it, and the text with the place marked.

    `key` names the spot in the buttons. Where the note has changed since, or is gone, the passage
    is shown as it was.
    """
    passage = spot.passage
    same = read is not None and passage in read.passages
    if read is not None and same:
        body = _in_note(spot, read, whole)
        changed = ""
    else:
        body = block(passage.text, [Quote(_FOCUS, spot.start, spot.end)])
        changed = '<p class="notice">The note has changed since; this is the passage as it was.</p>'
    return (
        f'<div class="panel">{_head(spot, key, whole, offered=same)}{changed}'
        f'<div class="note">{body}</div></div>'
    )


def note_html(note: Note, first_line: int = 0, last_line: int = 0) -> str:
    """A whole note, some lines of it marked."""
    spans: Sequence[Quote] = ()
    if first_line:
        starts = [at for at, line in enumerate(note.lines) if first_line <= line <= last_line]
        if starts:
            offsets = LineStarts(note.text)
            end = (
                offsets.offset(starts[-1] + 1) if starts[-1] + 1 < len(offsets) else len(note.text)
            )
            spans = [Quote(_FOCUS, offsets.offset(starts[0]), end)]
    return f'<div class="note">{block(note.text, spans)}</div>'


def link(note: str, start_line: int, end_line: int) -> str:
    """The address, within this window, of lines of a note."""
    return f"?note={in_address(note, safe='/')}&lines={start_line}-{end_line}"


def _head(spot: Spot, key: str, whole: bool, offered: bool) -> str:
    passage = spot.passage
    number = f'<span class="number">{spot.number}</span>' if spot.number else ""
    where = place(passage.note, spot.start_line, spot.end_line)
    address = link(passage.note, spot.start_line, spot.end_line)
    buttons = [button("copylink", address, "Copy link", "quiet")]
    if offered:
        said = "Passage only" if whole else "Open whole note"
        buttons.append(button("source", f"{key}:{'part' if whole else 'whole'}", said, "quiet"))
    close = button("close", "", unseen("Close the source"), "quiet cross")
    return (
        f'<div class="top">{number}<h2 tabindex="-1">{escaped(heading_path(passage))}</h2>{close}'
        f'</div><code class="place">{escaped(where)}</code>'
        f'<div class="actions">{"".join(buttons)}</div>'
    )


def _in_note(spot: Spot, read: NoteRead, whole: bool) -> str:
    """The passage between its neighbours, or in the whole note."""
    passage, note = spot.passage, read.note
    focus = Quote(_FOCUS, passage.start + spot.start, passage.start + spot.end)
    if whole:
        return block(note.text, [focus])
    at = read.passages.index(passage)
    before, after = read.passages[:at][-1:], read.passages[at + 1 : at + 2]
    return "".join(
        f'<div class="{name}">{block(one.text, quotes)}</div>'
        for name, shown, quotes in (
            ("before", before, ()),
            ("here", (passage,), (Quote(_FOCUS, spot.start, spot.end),)),
            ("after", after, ()),
        )
        for one in shown
    )
