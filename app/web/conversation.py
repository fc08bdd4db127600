"""The conversation: a box for questions, answers as they grow, and what can be done with them.

Every way to ask ends in `answered`, which renders the events of the chat that it is given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import gradio as gr

from app.web.answer import exchange_html, question_html
from app.web.answering import Running, drafts
from app.web.examples import example_questions
from app.web.library import Library
from app.web.markup import escaped
from app.web.session import Choice, Session, first_choice
from app.web.signals import button, signal, value_of
from app.web.suggest import next_questions
from app.web.talk import Talk, new_talk
from app.web.talks import rail_html
from app.wiring import Contents

Messages = list[dict[str, str]]

# The only marks of formulas on the page: a dollar sign in a note stays a dollar sign.
FORMULAS: Final = [
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]
# What the page does is its own affair: no spinner over it, no public name for it. What comes bit by
# bit comes through the queue's stream. That is shut once nothing is under way, and a reply to what
# is pressed at that very moment is lost; hence whatever is said at once goes another way.
STREAMED: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}
QUIETLY: Final[dict[str, Any]] = {**STREAMED, "queue": False}
_PROMISE: Final = (
    "Every statement leads to the lines of your notes that it rests on. What your notes do not"
    " say, is not said."
)
# More notes than this are chosen where they are listed, not from a menu.
_NOTES_OFFERED: Final = 500
_ASK: Final = "Ask your notes …"
_EDITING: Final = "Your question, put differently …"


@dataclass(frozen=True, slots=True)
class Conversation:
    """The components of a conversation that other parts of the window change."""

    shown: gr.Chatbot
    question: gr.Textbox
    scope: gr.Dropdown

    @property
    def parts(self) -> list[gr.components.Component]:
        """What changes when another conversation is put on the page."""
        return [self.shown, self.question]


def conversation(contents: Contents) -> Conversation:
    """The components, not yet wired."""
    shown = gr.Chatbot(
        elem_id="conversation",
        show_label=False,
        label="Conversation",
        container=False,
        buttons=[],
        layout="bubble",
        height="auto",
        autoscroll=False,
        feedback_options=None,
        latex_delimiters=FORMULAS,
        placeholder=_welcome(example_questions(contents.headings)),
    )
    with gr.Column(elem_id="ask"):
        question = gr.Textbox(
            elem_id="question",
            show_label=False,
            label="Your question",
            placeholder=_ASK,
            container=False,
            submit_btn=True,
            autofocus=True,
            max_lines=8,
        )
        scope = gr.Dropdown(
            elem_id="scope",
            label="Answer from these folders or notes",
            show_label=False,
            container=False,
            multiselect=True,
            choices=scopes(contents),
            value=[],
        )
    return Conversation(shown, question, scope)


def scopes(contents: Contents) -> list[str]:
    """What a question can be limited to: the folders, then the notes."""
    paths = [note.path for note in contents.listing]
    folders = {path.rpartition("/")[0] + "/" for path in paths if "/" in path}
    return [*sorted(folders), *(paths if len(paths) <= _NOTES_OFFERED else ())]


def wire(library: Library, parts: Conversation, own: Session, after: gr.HTML) -> None:
    """Connect the components; `after` lists the conversations and is drawn anew with each."""
    given = [own.talk, own.running, own.owner, own.choice, parts.scope]
    changed = [parts.question, parts.shown, own.talk, own.running, own.edited, after]

    def answer(asked: str, edited: int | None, talk: Talk | None, *rest: Any) -> Iterator[Any]:
        talk = talk or new_talk()
        yield from answered(library, asked, talk if edited is None else talk.until(edited), *rest)

    def answer_suggestion(event: gr.EventData, talk: Talk | None, *rest: Any) -> Iterator[Any]:
        yield from answered(library, value_of(event), talk or new_talk(), *rest)

    def answer_again(talk: Talk | None, *rest: Any) -> Iterator[Any]:
        if talk is None or not talk.exchanges:
            yield (gr.skip(),) * len(changed)
            return
        yield from answered(library, talk.exchanges[-1].question, talk.until(-1), *rest)

    # A question sent while another is being answered waits for it instead of being dropped.
    parts.question.submit(
        answer,
        [parts.question, own.edited, *given],
        changed,
        trigger_mode="always_last",
        **STREAMED,
    )
    signal("suggestion").select(answer_suggestion, given, changed, **STREAMED)
    signal("again").select(answer_again, given, changed, **STREAMED)
    parts.question.stop(_stop, [own.running], None, **QUIETLY)
    edited = [parts.question, own.edited]
    signal("edit").select(_edit, [own.talk], edited, **QUIETLY).then(
        None, js="() => footnote.ask()"
    )
    signal("unedit").select(_unedit, None, edited, **QUIETLY)


def answered(
    library: Library,
    asked: str,
    talk: Talk,
    before: Running | None,
    owner: str | None,
    choice: Choice | None,
    within: list[str],
) -> Iterator[tuple[Any, ...]]:
    """The page after each step of an answer; the conversation is kept whatever happens."""
    if not asked.strip():
        yield (gr.skip(),) * 6
        return
    if before is not None:
        before.leave()
    running, history, owner = Running(), talk.turns, owner or ""
    chosen = choice or first_choice(library)
    chat = chosen.chat or library.chat
    talk = _settled(talk).asked(asked)
    library.conversations.save(owner, _settled(talk))
    yield _stoppable(), messages(talk), talk, running, None, rail_html(library, owner, talk)
    try:
        wanted = chosen.wanted(tuple(within or ()))
        for draft in drafts(lambda: chat.ask(asked, history, wanted), running):
            if draft.answer:
                questions = [one.question for one in talk.exchanges]
                draft = replace(draft, next=next_questions(draft.answer, library.read, questions))
            talk = talk.with_draft(draft)
            if running.left:
                return
            if not draft.over:
                yield gr.skip(), messages(talk), talk, gr.skip(), gr.skip(), gr.skip()
    finally:
        talk = _settled(talk)
        library.conversations.save(owner, talk)
        running.end()
    listed = rail_html(library, owner, talk)
    yield _askable(), messages(talk), talk, None, gr.skip(), listed


def messages(talk: Talk) -> Messages:
    """A conversation as the page shows it."""
    shown: Messages = []
    for at, exchange in enumerate(talk.exchanges):
        last = at == len(talk.exchanges) - 1
        asked = question_html(exchange.question, editable=last and exchange.draft.over)
        shown.append({"role": "user", "content": asked})
        shown.append({"role": "assistant", "content": exchange_html(exchange, at, last)})
    return shown


def put_on_page(talk: Talk) -> tuple[Any, Any]:
    """Another conversation, and a box that is ready for its next question."""
    return messages(talk), _askable()


def _settled(talk: Talk) -> Talk:
    """The conversation with an unfinished answer marked as stopped."""
    if not talk.exchanges or talk.exchanges[-1].draft.over:
        return talk
    return talk.with_draft(replace(talk.exchanges[-1].draft, stopped=True, checking=""))


def _stoppable() -> Any:
    return gr.update(value="", submit_btn=False, stop_btn=True, placeholder=_ASK)


def _askable() -> Any:
    return gr.update(submit_btn=True, stop_btn=False, placeholder=_ASK)


def _stop(running: Running | None) -> None:
    if running is not None:
        running.stop()


def _edit(talk: Talk | None) -> tuple[Any, Any]:
    if talk is None or not talk.exchanges:
        return gr.skip(), gr.skip()
    at = len(talk.exchanges) - 1
    return gr.update(value=talk.exchanges[at].question, placeholder=_EDITING), at


def _unedit() -> tuple[Any, Any]:
    return gr.update(value="", placeholder=_ASK), None


def _welcome(examples: Sequence[str]) -> str:
    asked = "".join(button("suggestion", one, escaped(one), "chip") for one in examples)
    return (
        f'<div class="welcome"><h1>Ask your notes</h1><p>{_PROMISE}</p>'
        f'<div class="examples">{asked}</div></div>'
    )
