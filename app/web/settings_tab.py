"""The settings: who answers and how, and which of it leaves the machine."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import gradio as gr

from app.web.conversation import QUIETLY
from app.web.head import head_html
from app.web.library import Library
from app.web.markup import escaped
from app.web.models import PRESETS
from app.web.session import Choice, Session, first_choice
from app.web.signals import button, signal, value_of
from app.wiring import Contents
from ingest.errors import FootnoteError
from rag.model import ModelError
from rag.types import NO_MODEL

_WITH_ADDRESS: Final = "openai-like:"
_WITH_KEY: Final = ("openai:", "anthropic:", _WITH_ADDRESS)
_LENGTHS: Final = (("Short: about 120 words", False), ("Long: the rest of the section too", True))
_APPEARANCES: Final = (("Follow the system", "system"), ("Light", "light"), ("Dark", "dark"))
_KEY_INFO: Final = "Kept in memory for this tab alone, and gone with it."


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields that together say which model is meant."""

    preset: gr.Dropdown
    model: gr.Textbox
    address: gr.Textbox
    key: gr.Textbox
    trial: gr.Button
    use: gr.Button
    said: gr.HTML


def settings_tab(
    library: Library, contents: Contents, tab: gr.Tab, head: gr.HTML, own: Session
) -> None:
    """What stands on the tab, and what it changes."""
    with gr.Column(elem_id="settings"):
        gr.HTML("<h2>Who answers</h2>", js_on_load=None, apply_default_css=False)
        found = gr.HTML("", elem_id="found", js_on_load=None, apply_default_css=False)
        fields = _model_fields(library)
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
        gr.HTML("<h2>Looks</h2>", js_on_load=None, apply_default_css=False)
        looks = gr.Radio(list(_APPEARANCES), value="system", label="Appearance", elem_id="looks")
        gr.HTML(_facts(contents), elem_id="facts", js_on_load=None, apply_default_css=False)
    _wire_model(library, fields, head, own)
    _wire_how(long, strictness, first_choice(library), own)
    looks.change(None, [looks], None, js="(looks) => footnote.looks(looks)")
    # Only a server on this machine is looked for, and only when somebody looks here.
    tab.select(lambda: (_found(library), gr.skip()), None, [found, looks], **QUIETLY).then(
        None, None, [looks], js="() => footnote.chosenLooks()"
    )


def spec_of(preset: str, model: str | None, address: str | None) -> str:
    """The specification that the fields make; those that are hidden may hold nothing at all."""
    if preset == NO_MODEL:
        return NO_MODEL
    name, url = (model or "").strip(), (address or "").strip()
    if not name:
        raise ModelError(f"{preset} lacks the model's name: write it under Model.")
    if preset != _WITH_ADDRESS:
        return f"{preset}{name}"
    if not url.startswith(("http://", "https://")):
        raise ModelError(f"{url!r} is no address: write it like http://127.0.0.1:8000/v1.")
    return f"{preset}{name}@{url}"


def _model_fields(library: Library) -> _Fields:
    preset = gr.Dropdown(
        list(PRESETS), value=_preset(library.llm), label="Written by", elem_id="preset"
    )
    shown = _shown(_preset(library.llm))
    name = library.llm.partition(":")[2]
    model = gr.Textbox(label="Model", value=name, visible=shown[0], elem_id="model")
    address = gr.Textbox(
        label="Address", placeholder="http://127.0.0.1:8000/v1", visible=shown[1], elem_id="address"
    )
    key = gr.Textbox(label="Key", type="password", info=_KEY_INFO, visible=shown[2], elem_id="key")
    with gr.Row(elem_id="model-actions"):
        trial = gr.Button("Try it", visible=shown[0], elem_id="trial")
        use = gr.Button("Use it", variant="primary", elem_id="use")
    said = gr.HTML("", elem_id="said", js_on_load=None, apply_default_css=False)
    return _Fields(preset, model, address, key, trial, use, said)


def _wire_model(library: Library, fields: _Fields, head: gr.HTML, own: Session) -> None:
    given = [fields.preset, fields.model, fields.address, fields.key]

    def use_it(preset: str, name: str, url: str, secret: str | None, choice: Choice | None) -> Any:
        key = secret or ""
        try:
            spec = spec_of(preset, name, url)
            # What the window began with needs no second chat, unless it is to have another key.
            same = spec == library.llm and not key
            chat = None if same else library.chat_with(spec, library.checker, key)
        except FootnoteError as problem:
            return _problem(problem), gr.skip(), gr.skip()
        choice = replace(choice or first_choice(library), llm=spec, chat=chat)
        return _used(spec), choice, head_html(library, library.contents(), choice)

    def use_local(event: gr.EventData, choice: Choice | None) -> Any:
        spec = value_of(event)
        if spec not in library.models.local():
            return (gr.skip(),) * 5
        vendor, _, name = spec.partition(":")
        used = use_it(f"{vendor}:", name, "", "", choice)
        return *used, gr.update(value=f"{vendor}:"), gr.update(value=name)

    def try_it(preset: str, name: str, url: str, key: str | None) -> Iterator[str]:
        yield '<p class="said" role="status">Asking it for a word …</p>'
        try:
            trial = library.models.try_out(spec_of(preset, name, url), key or "")
        except FootnoteError as problem:
            yield _problem(problem)
            return
        yield (
            f'<p class="said good" role="status">It replied “{escaped(trial.reply)}” after'
            f" {trial.seconds:.1f} s.</p>"
        )

    fields.preset.change(
        lambda preset: [gr.update(visible=one) for one in (*_shown(preset), _shown(preset)[0])],
        [fields.preset],
        [fields.model, fields.address, fields.key, fields.trial],
        **QUIETLY,
    )
    changed = [fields.said, own.choice, head]
    fields.trial.click(try_it, given, [fields.said], **QUIETLY)
    fields.use.click(use_it, [*given, own.choice], changed, **QUIETLY)
    signal("uselocal").select(
        use_local, [own.choice], [*changed, fields.preset, fields.model], **QUIETLY
    )


def _wire_how(long: gr.Radio, strictness: gr.Slider, first: Choice, own: Session) -> None:
    def how(long: bool, strictness: float, choice: Choice | None) -> Choice:
        return replace(choice or first, long=long, strictness=strictness)

    for component in (long, strictness):
        component.change(how, [long, strictness, own.choice], [own.choice], **QUIETLY)


def _preset(llm: str) -> str:
    return next(
        (value for _, value in PRESETS if value != NO_MODEL and llm.startswith(value)), NO_MODEL
    )


def _shown(preset: str) -> tuple[bool, bool, bool]:
    """Which fields a preset needs: name, address, key."""
    return preset != NO_MODEL, preset == _WITH_ADDRESS, preset in _WITH_KEY


def _found(library: Library) -> str:
    """The models of this machine, each one press away; never used without it."""
    local = library.models.local()
    if not local:
        return ""
    buttons = "".join(button("uselocal", spec, f"Use {escaped(spec)}", "chip") for spec in local)
    return f'<p class="label">Found on this machine</p><div class="chips">{buttons}</div>'


def _used(spec: str) -> str:
    if spec == NO_MODEL:
        return '<p class="said good" role="status">Answers are exact quotes from now on.</p>'
    return f'<p class="said good" role="status">{escaped(spec)} answers from now on.</p>'


def _problem(problem: FootnoteError) -> str:
    return f'<p class="said fault" role="alert">{escaped(str(problem))}</p>'


def _facts(contents: Contents) -> str:
    encoder = escaped(contents.encoder or "the packaged one")
    return (
        "<h2>What leaves this machine</h2>"
        "<p>Reading, searching and quoting happen here. A model that runs elsewhere is sent the"
        " question, the conversation before it and the passages that search found, when a question"
        " is asked, and nothing else ever. Without such a model nothing leaves.</p>"
        f'<p class="encoder">Encoder: <code>{encoder}</code></p>'
    )
