"""The list of conversations: open, rename, delete, search, export."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.web.answering import Running
from app.web.conversation import QUIETLY, Conversation, put_on_page
from app.web.export import as_json, as_markdown, file_name
from app.web.library import Library
from app.web.session import Session
from app.web.signals import button, signal, value_of
from app.web.talk import Talk, new_talk
from app.web.talks import rail_html


@dataclass(frozen=True, slots=True)
class Rail:
    """The components beside a conversation that list the others and save this one."""

    new: gr.Button
    search: gr.Textbox
    listed: gr.HTML
    markdown: gr.Button
    json: gr.Button


def rail() -> Rail:
    """The components, not yet wired."""
    new = gr.Button("New conversation", elem_id="new", size="sm")
    # On narrow screens the list is shown when it is asked for.
    gr.HTML(
        button("list", "", "Conversations"),
        elem_id="list",
        js_on_load=None,
        apply_default_css=False,
    )
    search = gr.Textbox(
        elem_id="search",
        label="Search conversations",
        show_label=False,
        placeholder="Search conversations",
        container=False,
        max_lines=1,
    )
    listed = gr.HTML("", elem_id="rail", js_on_load=None, apply_default_css=False)
    with gr.Row(elem_id="export"):
        markdown = gr.Button("Save as Markdown", size="sm", elem_classes=["quiet"])
        json = gr.Button("Save as JSON", size="sm", elem_classes=["quiet"])
    return Rail(new, search, listed, markdown, json)


def wire(library: Library, made: Rail, parts: Conversation, own: Session) -> None:
    """Connect the list with the conversation beside it."""
    new, search, listed = made.new, made.search, made.listed
    changed = [*parts.parts, own.talk, own.running, own.edited, listed]

    def begin(running: Running | None, owner: str | None) -> tuple[Any, ...]:
        return _shown(new_talk(), running, owner)

    def reopen(event: gr.EventData, running: Running | None, owner: str | None) -> Any:
        kept = library.conversations.load(owner or "", value_of(event))
        return _shown(kept, running, owner) if kept else (gr.skip(),) * len(changed)

    def _shown(talk: Talk, running: Running | None, owner: str | None) -> tuple[Any, ...]:
        if running is not None:
            running.leave()
        return *put_on_page(talk), talk, None, None, rail_html(library, owner or "", talk)

    def rename(event: gr.EventData, talk: Talk | None, owner: str | None) -> Any:
        id, _, title = value_of(event).partition(":")
        return _renamed(library, owner or "", talk, id, title.strip())

    def forget(event: gr.EventData, talk: Talk, running: Running | None, owner: str) -> Any:
        id = value_of(event)
        if talk is not None and talk.id == id:
            shown = _shown(new_talk(), running, owner)
            library.conversations.delete(owner or "", id)
            return *shown[:-1], rail_html(library, owner or "", shown[2])
        library.conversations.delete(owner or "", id)
        return *((gr.skip(),) * 5), rail_html(library, owner or "", talk)

    def look(words: str, talk: Talk | None, owner: str | None) -> str:
        return rail_html(library, owner or "", talk, words)

    closed: dict[str, Any] = {"js": "() => footnote.leave()"}
    new.click(begin, [own.running, own.owner], changed, **QUIETLY).then(None, **closed)
    given = [own.talk, own.running, own.owner]
    signal("talk").select(reopen, given[1:], changed, **QUIETLY).then(None, **closed)
    signal("forget").select(forget, given, changed, **QUIETLY)
    signal("renamed").select(rename, [own.talk, own.owner], [own.talk, listed], **QUIETLY)
    search.change(look, [search, own.talk, own.owner], [listed], **QUIETLY)
    _wire_export(made, own)


def _renamed(library: Library, owner: str, talk: Talk | None, id: str, title: str) -> Any:
    library.conversations.rename(owner, id, title)
    if talk is not None and talk.id == id:
        kept = library.conversations.load(owner, id) or talk
        return kept, rail_html(library, owner, kept)
    return gr.skip(), rail_html(library, owner, talk)


def _wire_export(made: Rail, own: Session) -> None:
    """Two buttons that hand the conversation to the browser as a file."""
    out = gr.JSON(visible=False)

    def saved_by(pressed: gr.Button, written: Callable[[Talk], str], ending: str) -> None:
        def hand_over(talk: Talk | None) -> Any:
            if talk is None or not talk.exchanges:
                return None
            return {"name": file_name(talk, ending), "text": written(talk)}

        pressed.click(hand_over, [own.talk], [out], **QUIETLY).then(
            None, [out], None, js="(file) => footnote.save(file)"
        )

    saved_by(made.markdown, as_markdown, "md")
    saved_by(made.json, as_json, "json")
