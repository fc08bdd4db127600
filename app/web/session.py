"""What belongs to one browser tab: its conversation, its answer under way, its choices.

The values live in Gradio's session state, never in a module or a component.
"""

from dataclasses import dataclass, field

import gradio as gr

from app.web.library import Library
from app.wiring import Chat
from rag.types import NO_MODEL, Wanted


@dataclass(frozen=True, slots=True)
class Choice:
    """Who answers, and how. `key` is in memory alone, and never shown; `encoder` is '' at first."""

    llm: str = NO_MODEL
    checker: str | None = None
    key: str = field(default="", repr=False)
    encoder: str = ""
    long: bool = False
    strictness: float = 0.5
    chat: Chat | None = None

    def wanted(self, within: tuple[str, ...]) -> Wanted:
        """How the next question is to be answered."""
        return Wanted(self.long, self.strictness, within)


@dataclass(frozen=True, slots=True)
class Session:
    """The states of a tab, as Gradio's components."""

    owner: gr.State
    talk: gr.State
    running: gr.State
    choice: gr.State
    edited: gr.State
    measuring: gr.State


def session() -> Session:
    """States with nothing in them; loading the page fills them."""
    return Session(*(gr.State(None) for _ in range(6)))


def first_choice(library: Library) -> Choice:
    """What the window was opened with."""
    return Choice(library.llm, library.checker, strictness=library.strictness)
