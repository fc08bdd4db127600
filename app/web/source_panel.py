"""The panel beside the chat that shows where a footnote leads."""

import gradio as gr

from app.web.conversation import FORMULAS, QUIETLY
from app.web.library import Library
from app.web.session import Session
from app.web.signals import numbers_of, signal
from app.web.source import Spot, source_html, spot_of, whole_passage
from app.web.talk import Talk
from app.wiring import NoteRead
from ingest.errors import FootnoteError


def source_panel(library: Library, own: Session) -> gr.Markdown:
    """The panel, empty until a footnote is pressed; the page's script shows and hides it."""
    shown = gr.Markdown(elem_id="source", latex_delimiters=FORMULAS, container=False)

    def show(event: gr.EventData, talk: Talk | None) -> str:
        at, what, *rest = [*numbers_of(event), ""]
        spot = _spot(talk, at, what)
        if spot is None:
            return ""
        read = read_note(library, spot.passage.note)
        return source_html(spot, read, "whole" in rest, f"{at}:{what}")

    signal("source").select(show, [own.talk], [shown], **QUIETLY).then(
        None, js="() => footnote.reveal()"
    )
    return shown


def read_note(library: Library, path: str) -> NoteRead | None:
    """A note, or nothing where it is gone."""
    try:
        return library.read(path)
    except FootnoteError:
        return None


def _spot(talk: Talk | None, at: str, what: str) -> Spot | None:
    """The citation or hit that a button names; buttons of another conversation name nothing."""
    kind, number = what[:1], what[1:]
    if talk is None or not at.isdecimal() or not number.isdecimal():
        return None
    if int(at) >= len(talk.exchanges):
        return None
    draft = talk.exchanges[int(at)].draft
    if kind == "c":
        cited = [one for one in draft.citations if one.number == int(number)]
        return spot_of(cited[0]) if cited else None
    if int(number) < len(draft.also_found):
        return whole_passage(draft.also_found[int(number)].passage)
    return None
