"""Who answers in a tab from now on, and next time: what the buttons beside the fields do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from app.web.given import Given, values
from app.web.head import head_html
from app.web.library import Library
from app.web.readings import FIRST
from app.web.remembered import Remembered, RememberError
from app.web.said import done_html, problem_html
from app.web.session import Choice, first_choice
from app.web.signals import value_of
from app.wiring import ASKING, Chat
from ingest.errors import FootnoteError
from rag.types import NO_MODEL


@dataclass(frozen=True, slots=True)
class Who:
    """What pressing the buttons does."""

    library: Library

    def tried(self, *fields: Any) -> Iterator[str]:
        """One sentence from the model in the fields."""
        given = Given(*fields)
        yield done_html("Asking it for a word …")
        try:
            trial = self.library.models.try_out(given.spec, given.key or "")
        except FootnoteError as problem:
            yield problem_html(problem)
            return
        yield done_html(f"It replied “{trial.reply}” after {trial.seconds:.1f} s.")

    def used(self, choice: Choice | None, owner: str | None, *fields: Any) -> tuple[Any, ...]:
        """The model in the fields answers from now on, and next time where that is wanted."""
        given, library = Given(*fields), self.library
        try:
            chosen = Remembered(given.spec, given.judge, given.key or "")
            chosen = chosen if chosen.key else _with_kept_key(library, owner, chosen)
            chat = chat_of(library, chosen, choice.encoder if choice else FIRST)
            if given.remember:
                _keep(library, owner, chosen if given.with_key else replace(chosen, key=""))
        except FootnoteError as problem:
            return problem_html(problem), *(gr.skip(),) * 5
        choice = _chosen(library, choice, chosen, chat)
        head = head_html(library, library.contents(), choice)
        return done_html(_said(chosen, given.remember)), choice, head, *_kept(library, owner)

    def used_local(
        self, event: gr.EventData, choice: Choice | None, owner: str | None, *fields: Any
    ) -> tuple[Any, ...]:
        """A model found on this machine."""
        spec = value_of(event)
        if spec not in self.library.models.local():
            return (gr.skip(),) * 8
        vendor, _, name = spec.partition(":")
        used = self.used(choice, owner, f"{vendor}:", name, "", "", *fields)
        return *used, gr.update(value=f"{vendor}:"), gr.update(value=name)

    def forgotten(self, owner: str | None) -> tuple[Any, ...]:
        """Nothing is remembered any more; who answers now goes on."""
        try:
            self.library.memory.forget(owner or "")
        except FootnoteError as problem:
            return problem_html(problem), *(gr.skip(),) * 3
        return done_html("Forgotten: the file is deleted."), *_kept(self.library, owner)


def recalled(library: Library, owner: str | None) -> tuple[Any, ...]:
    """Said, choice, head, what is filled in and what is kept, as this browser had chosen.

    What the command named goes before what is remembered.
    """
    same = (gr.skip(),) * 8
    if not owner or not library.memory.knows(owner):
        return *same, *(gr.skip(),) * 3
    if library.llm != NO_MODEL:
        return *same, *_kept(library, owner)
    try:
        chosen = library.memory.recall(owner) or Remembered()
        chat = chat_of(library, chosen)
    except FootnoteError as problem:
        said = problem_html(
            RememberError(
                f"What you had chosen cannot be used, and answers are exact quotes: {problem}"
            )
        )
        head = head_html(library, library.contents(), None) + said
        return said, gr.skip(), head, *same[3:], *_kept(library, owner)
    choice = _chosen(library, None, chosen, chat)
    head = head_html(library, library.contents(), choice)
    filled = (gr.update(value=one) for one in values(chosen.llm, chosen.checker))
    return gr.skip(), choice, head, *filled, *_kept(library, owner)


def chat_of(library: Library, chosen: Remembered, encoder: str = FIRST) -> Chat | None:
    """A chat for a choice; None for what the window began with, unless it has another key."""
    began = (library.llm, library.checker, "", FIRST)
    if (chosen.llm, chosen.checker, chosen.key, encoder) == began:
        return None
    return library.chat_with(chosen.llm, chosen.checker, chosen.key, encoder)


def with_encoder(library: Library, choice: Choice | None, encoder: str) -> Choice:
    """The same who and how, over the notes as another encoder has read them."""
    choice = choice or first_choice(library)
    chosen = Remembered(choice.llm, choice.checker, choice.key)
    return replace(choice, encoder=encoder, chat=chat_of(library, chosen, encoder))


def _chosen(
    library: Library, choice: Choice | None, chosen: Remembered, chat: Chat | None
) -> Choice:
    first = choice or first_choice(library)
    return replace(first, llm=chosen.llm, checker=chosen.checker, key=chosen.key, chat=chat)


def _keep(library: Library, owner: str | None, chosen: Remembered) -> None:
    if not owner:
        raise RememberError("This browser did not say who it is: load the page again.")
    library.memory.keep(owner, chosen)


def _with_kept_key(library: Library, owner: str | None, chosen: Remembered) -> Remembered:
    """A key that is remembered for this very model is in no field, and holds all the same."""
    if not owner or not library.memory.knows(owner):
        return chosen
    kept = library.memory.recall(owner)
    return replace(chosen, key=kept.key) if kept and kept.llm == chosen.llm else chosen


def _kept(library: Library, owner: str | None) -> tuple[Any, ...]:
    """Whether something is remembered, and whether a key is."""
    known = bool(owner) and library.memory.knows(owner or "")
    try:
        kept = library.memory.recall(owner or "") if known else None
    except FootnoteError:
        # Said where it is recalled; here it is only to be deleted.
        kept = None
    return (
        gr.update(value=known),
        gr.update(value=bool(kept and kept.key)),
        gr.update(visible=known),
    )


def _said(chosen: Remembered, remember: bool) -> str:
    who = "Answers are exact quotes" if chosen.llm == NO_MODEL else f"{chosen.llm} answers"
    judge = {None: "", ASKING: ", and judges its own rewording"}
    checked = judge.get(chosen.checker, f", checked by {chosen.checker}")
    return f"{who} from now on{checked}.{' That is remembered.' if remember else ''}"
