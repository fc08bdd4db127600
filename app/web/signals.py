"""What a press on a button inside an answer, a source or a list tells the server.

Markup that was rendered on the server has plain buttons with a name and a value; the page's script
turns a press into a signal of that name, and a signal is an event of the component made here.
"""

from typing import Any

import gradio as gr

from app.web.markup import escaped

_LISTEN = """
document.addEventListener("footnote:{name}", (event) => trigger("select", event.detail));
"""


def signal(name: str) -> gr.HTML:
    """An invisible component whose `select` event is a press on a button of that name."""
    return gr.HTML("", elem_classes=["signal"], js_on_load=_LISTEN.format(name=name))


def value_of(event: gr.EventData) -> str:
    """The value of the button that was pressed."""
    data: Any = event._data
    return str(data.get("value", "")) if isinstance(data, dict) else ""


def numbers_of(event: gr.EventData) -> list[str]:
    """The value of the button that was pressed, cut at its colons."""
    return value_of(event).split(":")


def button(name: str, value: str, inner: str, look: str = "", hint: str = "") -> str:
    """A button as markup; `inner` is markup, `hint` text."""
    title = f' title="{escaped(hint)}"' if hint else ""
    looks = f"do {look}".strip()
    return (
        f'<button type="button" class="{looks}" name="{name}" value="{escaped(value)}"{title}>'
        f"{inner}</button>"
    )


def unseen(text: str) -> str:
    """Text for screen readers alone."""
    return f'<span class="unseen">{escaped(text)}</span>'
