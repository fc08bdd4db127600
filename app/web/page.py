"""The window itself: a conversation, a box for questions and a few to begin with.

It renders the events of the chat object that it is handed, and keeps nothing of its own: what
belongs to a conversation lives in that browser tab's session.
"""

from collections.abc import Iterator
from importlib import resources
from typing import Any, Final

import gradio as gr

from app.web.answer import Draft, answer_html, problem_html, question_html
from app.web.examples import example_questions
from app.web.markup import escaped
from app.wiring import Chat, Contents
from ingest.errors import FootnoteError
from rag.types import Finished, Turn

Messages = list[dict[str, Any]]
Turns = tuple[Turn, ...]

# The only marks of formulas on the page: a dollar sign in a note stays a dollar sign.
_FORMULAS: Final = [
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]
_PROMISE: Final = "Every answer is an exact quote from your notes. Nothing leaves this machine."


def build(chat: Chat, title: str, contents: Contents) -> gr.Blocks:
    """The page for one conversation partner over one folder of notes."""
    with gr.Blocks(title="Footnote", analytics_enabled=False, fill_height=True) as page:
        turns = gr.State(())
        gr.Markdown(_head(title, contents), elem_id="head", latex_delimiters=[])
        conversation = gr.Chatbot(
            elem_id="conversation",
            show_label=False,
            container=False,
            buttons=[],
            layout="bubble",
            scale=1,
            height="auto",
            autoscroll=False,
            latex_delimiters=_FORMULAS,
            placeholder=_welcome(),
            examples=[{"text": text} for text in example_questions(contents.headings)],
        )
        question = gr.Textbox(
            elem_id="question",
            show_label=False,
            label="Your question",
            placeholder="Ask your notes …",
            container=False,
            submit_btn=True,
            autofocus=True,
            max_lines=6,
        )

        def ask(asked: str, shown: Messages, before: Turns) -> Iterator[tuple[Any, ...]]:
            yield from _answered(chat, asked, shown, before)

        def ask_example(event: gr.SelectData, shown: Messages, before: Turns) -> Iterator[Any]:
            yield from _answered(chat, str(event.value["text"]), shown, before)

        changed = [question, conversation, turns]
        question.submit(ask, [question, conversation, turns], changed, **_QUIETLY)
        conversation.example_select(ask_example, [conversation, turns], changed, **_QUIETLY)
    return page


# A question sent while another is being answered waits for it instead of being dropped.
_QUIETLY: Final[dict[str, Any]] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "trigger_mode": "always_last",
}


def look() -> dict[str, Any]:
    """How the page looks and behaves: theme, style sheet and script."""
    plex = gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700))
    mono = gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700))
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=(plex, "system-ui", "sans-serif"),
        font_mono=(mono, "ui-monospace", "monospace"),
    )
    folder = resources.files("app.web")
    script = folder.joinpath("page.js").read_text(encoding="utf-8")
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    return {"theme": theme, "css": style, "head": f"<script>{script}</script>"}


def _answered(
    chat: Chat, asked: str, shown: Messages, before: Turns
) -> Iterator[tuple[Any, Any, Any]]:
    """The conversation after each event of an answer."""
    if not asked.strip():
        yield gr.skip(), gr.skip(), gr.skip()
        return
    # The bin above the conversation empties what is shown; what was said before goes with it.
    before = before if shown else ()
    shown = [*shown, {"role": "user", "content": question_html(asked)}]
    draft = Draft(turn=len(shown))
    yield "", [*shown, _message(answer_html(draft))], gr.skip()
    try:
        for event in chat.ask(asked, before):
            draft = draft.after(event)
            turns: Any = gr.skip()
            if isinstance(event, Finished):
                turns = (*before, Turn(asked, event.answer.text))
            yield gr.skip(), [*shown, _message(answer_html(draft))], turns
    except FootnoteError as problem:
        yield gr.skip(), [*shown, _message(problem_html(str(problem)))], gr.skip()


def _message(content: str) -> dict[str, str]:
    return {"role": "assistant", "content": content}


def _head(title: str, contents: Contents) -> str:
    held = f"{contents.notes:,} notes, {contents.passages:,} passages, no language model"
    return (
        f'<div class="head"><strong>Footnote</strong><span class="folder">{escaped(title)}</span>'
        f'<span class="held">{held}</span></div>'
    )


def _welcome() -> str:
    return f'<div class="welcome"><h1>Ask your notes</h1><p>{_PROMISE}</p></div>'
