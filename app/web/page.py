"""The window: its parts put together on one page.

It is handed everything that it works with, and keeps nothing of its own: what belongs to a
conversation lives in that browser tab's session.
"""

import json
import re
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import gradio as gr
from fastapi import APIRouter

from app.web import api, conversation, evals_tab, notes_tab, rail, settings_tab, thumbs
from app.web.choosing import recalled
from app.web.conversation import QUIETLY, Conversation, messages
from app.web.head import head_html
from app.web.library import Library
from app.web.loops import inside_a_loop
from app.web.model_fields import Fields
from app.web.session import Session, session
from app.web.source_panel import source_panel
from app.web.talk import new_talk
from app.web.talks import rail_html

# A shorter name could be guessed, and another browser's conversations be read.
_OWNER_LETTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Window:
    """The page, and the same functions for programs."""

    page: gr.Blocks
    routes: APIRouter


@inside_a_loop
def build(library: Library) -> Window:
    """The window over one folder of notes."""
    contents = library.contents()
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True) as page:
        own = session()
        head = gr.HTML(
            head_html(library, contents, None),
            elem_id="head",
            js_on_load=None,
            apply_default_css=False,
        )
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Chat", id="chat"), gr.Row(elem_id="desk", equal_height=False):
                with gr.Column(elem_id="talks", min_width=0):
                    listed = rail.rail()
                with gr.Column(elem_id="middle", min_width=0):
                    parts = conversation.conversation(contents)
                with gr.Column(elem_id="beside", min_width=0):
                    source_panel(library, own)
            with gr.Tab("Notes", id="notes"):
                notes = notes_tab.notes_tab(contents)
            with gr.Tab("Evals", id="evals") as evals:
                evals_tab.evals_tab(library, evals, own)
            with gr.Tab("Settings", id="settings") as settings:
                fields = settings_tab.settings_tab(library, contents, settings, head, own)
        conversation.wire(library, parts, own, listed.listed)
        rail.wire(library, listed, parts, own)
        thumbs.wire(library, parts, own)
        notes_tab.wire(library, notes, parts, head, own, tabs)
        shown = _Shown(parts, listed.listed, head, notes.reading, tabs, fields)
        _resume(page, library, own, shown)
        api.functions(library)
    return Window(page, api.routes(library))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What loading the page fills."""

    parts: Conversation
    listed: gr.HTML
    head: gr.HTML
    reading: gr.Markdown
    tabs: gr.Tabs
    fields: Fields


def _resume(page: gr.Blocks, library: Library, own: Session, shown: _Shown) -> None:
    """Go on with the conversation that this tab had, and show the note that the address names.

    The page's script says who the browser is and which conversation the tab had.
    """
    known = gr.Textbox(visible=False)

    def resume(known: str, request: gr.Request) -> tuple[Any, ...]:
        owner, id = _known(known)
        talk = (library.conversations.load(owner, id) if id else None) or new_talk()
        contents = library.contents()
        said, choice, head, *rest = recalled(library, owner)
        return (
            owner,
            talk,
            messages(talk) if talk.exchanges else gr.skip(),
            rail_html(library, owner, talk),
            *_linked(library, dict(request.query_params)),
            said,
            choice,
            head if isinstance(head, str) else head_html(library, contents, None),
            *rest,
        )

    page.load(
        resume,
        [known],
        [
            own.owner,
            own.talk,
            shown.parts.shown,
            shown.listed,
            shown.reading,
            shown.tabs,
            shown.fields.said,
            own.choice,
            shown.head,
            *shown.fields.filled,
            *shown.fields.kept,
        ],
        js="() => [footnote.known()]",
        **QUIETLY,
    ).then(None, js="() => footnote.read()")


def _known(text: str) -> tuple[str, str]:
    """Who the browser says it is, and which conversation its tab had."""
    try:
        said = json.loads(text)
        owner, talk = str(said["owner"]), str(said.get("talk") or "")
    except (ValueError, TypeError, KeyError, AttributeError):
        return "", ""
    return (owner, talk) if len(owner) >= _OWNER_LETTERS else ("", "")


def _linked(library: Library, asked: dict[str, str]) -> tuple[Any, Any]:
    """The note and lines that a copied link names."""
    path = asked.get("note", "")
    lines = re.fullmatch(r"(\d{1,9})-(\d{1,9})", asked.get("lines", "1-1"))
    if not path or lines is None:
        return gr.skip(), gr.skip()
    first, last = map(int, lines.groups())
    return notes_tab.reading_html(library, path, first, last), gr.Tabs(selected="notes")


def look() -> dict[str, Any]:
    """How the page looks and behaves: theme, style sheet and script."""
    plex = gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700))
    mono = gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700))
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=(plex, "system-ui", "sans-serif"),
        font_mono=(mono, "ui-monospace", "monospace"),
    ).set(
        # The ground before any script has run: no flash of white in the dark.
        body_background_fill="#fbfaf8",
        body_background_fill_dark="#181715",
        # Gradio's own quiet grey is too pale to read.
        body_text_color_subdued="#6b6963",
        body_text_color_subdued_dark="#a5a29a",
        block_info_text_color="#6b6963",
        block_info_text_color_dark="#a5a29a",
        input_placeholder_color="#6b6963",
        input_placeholder_color_dark="#a5a29a",
    )
    folder = resources.files("app.web")
    script = folder.joinpath("page.js").read_text(encoding="utf-8")
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    # In the head, not as Gradio's css: there from the first moment, and left as it is written.
    return {"theme": theme, "head": f"<style>{style}</style><script>{script}</script>"}
