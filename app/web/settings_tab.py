"""The settings: who answers and how, and which of it leaves the machine."""

from dataclasses import replace
from typing import Final

import gradio as gr

from app.web.conversation import QUIETLY
from app.web.encoder_field import encoder_field
from app.web.library import Library
from app.web.markup import escaped
from app.web.model_fields import Fields, model_fields, wire
from app.web.session import Choice, Session, first_choice
from app.web.signals import button
from app.wiring import Contents

_LENGTHS: Final = (("Short: about 120 words", False), ("Long: the rest of the section too", True))
_FACTS: Final = (
    "<h2>What leaves this machine</h2>"
    "<p>Reading, searching and quoting happen here. A model that runs elsewhere is sent the"
    " question, the conversation before it and the passages that search found, when a question"
    " is asked, and nothing else ever. Without such a model nothing leaves.</p>"
)
_APPEARANCES: Final = (("Follow the system", "system"), ("Light", "light"), ("Dark", "dark"))


def settings_tab(
    library: Library, contents: Contents, tab: gr.Tab, head: gr.HTML, own: Session
) -> Fields:
    """What stands on the tab, and what it changes; a remembered choice fills the fields."""
    with gr.Column(elem_id="settings"):
        gr.HTML("<h2>Who answers</h2>", js_on_load=None, apply_default_css=False)
        found = gr.HTML("", elem_id="found", js_on_load=None, apply_default_css=False)
        fields = model_fields(library)
        gr.HTML("<h2>How</h2>", js_on_load=None, apply_default_css=False)
        long = gr.Radio(list(_LENGTHS), value=False, label="Answers", elem_id="length")
        strictness = gr.Slider(
            0,
            1,
            value=library.strictness,
            step=0.1,
            label="Strictness",
            info="0 answers whatever is asked; 1 answers only what is nearly sure.",
            elem_id="strictness",
        )
        gr.HTML("<h2>Who searches</h2>", js_on_load=None, apply_default_css=False)
        encoder_field(library, contents, own)
        gr.HTML("<h2>Looks</h2>", js_on_load=None, apply_default_css=False)
        looks = gr.Radio(list(_APPEARANCES), value="system", label="Appearance", elem_id="looks")
        gr.HTML(_FACTS, elem_id="facts", js_on_load=None, apply_default_css=False)
    wire(library, fields, head, own)
    _wire_how(long, strictness, first_choice(library), own)
    looks.change(None, [looks], None, js="(looks) => footnote.looks(looks)")
    # Only a server on this machine is looked for, and only when somebody looks here.
    tab.select(lambda: (_found(library), gr.skip()), None, [found, looks], **QUIETLY).then(
        None, None, [looks], js="() => footnote.chosenLooks()"
    )
    return fields


def _wire_how(long: gr.Radio, strictness: gr.Slider, first: Choice, own: Session) -> None:
    def how(long: bool, strictness: float, choice: Choice | None) -> Choice:
        return replace(choice or first, long=long, strictness=strictness)

    for component in (long, strictness):
        component.change(how, [long, strictness, own.choice], [own.choice], **QUIETLY)


def _found(library: Library) -> str:
    """The models of this machine, each one press away; never used without it."""
    local = library.models.local()
    if not local:
        return ""
    buttons = "".join(button("uselocal", spec, f"Use {escaped(spec)}", "chip") for spec in local)
    return f'<p class="label">Found on this machine</p><div class="chips">{buttons}</div>'
