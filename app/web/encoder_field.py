"""The field for another encoder: who reads the notes, and with that what search finds."""

from collections.abc import Iterator
from typing import Any, Final

import gradio as gr

from app.web.choosing import with_encoder
from app.web.conversation import QUIETLY, STREAMED
from app.web.library import Library
from app.web.said import done_html, drawn, problem_html
from app.web.session import Choice, Session
from app.wiring import Contents
from ingest.errors import FootnoteError

_INFO: Final = (
    "One that sentence-transformers can run: its folder, or its name at huggingface.co, from where"
    " it is fetched once. It reads all notes anew, for this tab. Empty: what the window began with."
)


def encoder_field(library: Library, contents: Contents, own: Session) -> None:
    """The field, its button, and what they do."""
    name = gr.Textbox(
        label="Encoder",
        info=_INFO,
        placeholder=contents.encoder or "the packaged one",
        elem_id="encoder",
    )
    read = gr.Button("Read the notes with it", elem_id="read-with")
    said = gr.HTML("", elem_id="read", js_on_load=None, apply_default_css=False)
    ready: gr.State = gr.State(None)

    def prepared(name: str | None) -> Iterator[tuple[str, str | None]]:
        yield from _prepared(library, (name or "").strip())

    def used(ready: str | None, choice: Choice | None) -> tuple[Any, Any]:
        # Chosen at the end only: much else may have been chosen meanwhile.
        return (gr.skip(), gr.skip()) if ready is None else _used(library, ready, choice)

    pressed = read.click(prepared, [name], [said, ready], **STREAMED)
    pressed.then(used, [ready, own.choice], [said, own.choice], **QUIETLY)


def _prepared(library: Library, encoder: str) -> Iterator[tuple[str, str | None]]:
    """How far an encoder has read, and in the end that it has."""
    yield done_html("Preparing the encoder; where it is new here, it may take a minute …"), None
    try:
        for progress in drawn(library.prepare(encoder)):
            yield progress, None
    except FootnoteError as problem:
        yield problem_html(problem), None
        return
    yield done_html("All notes are read."), encoder


def _used(library: Library, encoder: str, choice: Choice | None) -> tuple[str, Any]:
    """The tab's choice with an encoder that has read the notes, said once it holds."""
    try:
        chosen = with_encoder(library, choice, encoder)
    except FootnoteError as problem:
        return problem_html(problem), gr.skip()
    who = encoder or "the encoder that the window began with"
    return done_html(f"This tab's questions are searched with {who} from now on."), chosen
