"""The fields that say who writes and who checks, and the buttons beside them."""

from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from app.web.choosing import Who
from app.web.conversation import QUIETLY, STREAMED
from app.web.given import OTHER, RULES, shown, values
from app.web.library import Library
from app.web.models import PRESETS
from app.web.session import Session
from app.web.signals import signal
from app.wiring import ASKING

_CHECKERS: Final = (
    ("Rules alone", RULES),
    ("Rules, then the answering model itself", ASKING),
    ("Rules, then a model for inference", OTHER),
)
_CHECKER_INFO: Final = (
    "A CrossEncoder, run on this machine: its folder, or its name at huggingface.co, from where it"
    " is fetched once."
)
_KEY_INFO: Final = "Kept in memory for this tab alone, and gone with it, unless you say otherwise."


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields that together say who is meant, in the order in which they are read."""

    preset: gr.Dropdown
    model: gr.Textbox
    address: gr.Textbox
    key: gr.Textbox
    checked: gr.Dropdown
    checker: gr.Textbox
    remember: gr.Checkbox
    with_key: gr.Checkbox
    trial: gr.Button
    use: gr.Button
    forget: gr.Button
    said: gr.HTML

    @property
    def filled(self) -> list[Any]:
        """What a choice fills in."""
        return [self.preset, self.model, self.address, self.checked, self.checker]

    @property
    def kept(self) -> list[Any]:
        """What says whether something is remembered."""
        return [self.remember, self.with_key, self.forget]


def model_fields(library: Library) -> Fields:
    """The fields, with what the window was opened with."""
    preset, name, url, checked, checker = values(library.llm, library.checker)
    named, placed, keyed = shown(preset)
    made = (
        gr.Dropdown(list(PRESETS), value=preset, label="Written by", elem_id="preset"),
        gr.Textbox(label="Model", value=name, visible=named, elem_id="model"),
        gr.Textbox(
            label="Address",
            placeholder="http://127.0.0.1:8000/v1",
            value=url,
            visible=placed,
            elem_id="address",
        ),
        gr.Textbox(label="Key", type="password", info=_KEY_INFO, visible=keyed, elem_id="key"),
        gr.Dropdown(
            list(_CHECKERS), value=checked, label="Checked by", visible=named, elem_id="checked"
        ),
        gr.Textbox(
            label="Checker",
            info=_CHECKER_INFO,
            value=checker,
            visible=named and checked == OTHER,
            elem_id="checker",
        ),
        gr.Checkbox(label="Remember on this machine", elem_id="remember"),
        gr.Checkbox(
            label="Remember the key too, as it is, in a file that only you can read",
            visible=False,
            elem_id="with-key",
        ),
    )
    with gr.Row(elem_id="model-actions"):
        trial = gr.Button("Try it", visible=named, elem_id="trial")
        use = gr.Button("Use it", variant="primary", elem_id="use")
        forget = gr.Button("Forget", visible=False, elem_id="forget")
    said = gr.HTML("", elem_id="said", js_on_load=None, apply_default_css=False)
    return Fields(*made, trial, use, forget, said)


def wire(library: Library, fields: Fields, head: gr.HTML, own: Session) -> None:
    """Connect the fields with who answers in this tab."""
    who = Who(library)
    read = [
        fields.preset,
        fields.model,
        fields.address,
        fields.key,
        fields.checked,
        fields.checker,
        fields.remember,
        fields.with_key,
    ]
    shape = [fields.preset, fields.checked, fields.remember]
    shaped = [
        fields.model,
        fields.address,
        fields.key,
        fields.checked,
        fields.checker,
        fields.with_key,
        fields.trial,
    ]
    for one in shape:
        one.change(_shaped, shape, shaped, **QUIETLY)
    changed = [fields.said, own.choice, head]
    fields.trial.click(who.tried, read[:4], [fields.said], **STREAMED)
    fields.use.click(who.used, [own.choice, own.owner, *read], [*changed, *fields.kept], **QUIETLY)
    fields.forget.click(who.forgotten, [own.owner], [fields.said, *fields.kept], **QUIETLY)
    signal("uselocal").select(
        who.used_local,
        [own.choice, own.owner, *read[4:]],
        [*changed, *fields.kept, fields.preset, fields.model],
        **QUIETLY,
    )


def _shaped(preset: str, checked: str, remember: bool) -> list[Any]:
    """Which fields a choice needs."""
    named, placed, keyed = shown(preset)
    seen = (named, placed, keyed, named, named and checked == OTHER, keyed and remember, named)
    return [gr.update(visible=one) for one in seen]
