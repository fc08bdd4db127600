"""Known questions asked over the window's notes: which there are, and a run that can be stopped.

It knows no component. Measures and reports are the matter of `evals`, imported where it is used:
most windows are never asked how good they are.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.settings import shipped_notes
from app.web.answering import Running
from app.web.library import Library
from app.web.session import Choice
from app.wiring import Chat
from ingest.errors import NotesError
from rag.types import PLAIN, Event, Found, Turn, Wanted

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.records import Run
    from evals.run import Subject
    from evals.suite import Step

SHIPPED: Final = "shipped"
OWN: Final = "own"


@dataclass(frozen=True, slots=True)
class Questions:
    """Known questions of one origin; their runs are kept under its name."""

    name: str
    cases: "tuple[Case, ...]"
    split: str = ""


def known(library: Library) -> tuple[Questions, ...]:
    """Those over the shipped notes, if these are they, and those that the user's thumbs made."""
    from evals.cases import load
    from evals.suite import SHIPPED_CASES, chosen

    found = []
    if library.folder == shipped_notes():
        cases = chosen(load(SHIPPED_CASES), "report", 0)
        found.append(Questions(SHIPPED, tuple(cases), "report"))
    if library.cases.exists() and library.cases.stat().st_size:
        found.append(Questions(OWN, tuple(load(library.cases))))
    return tuple(found)


def evaluated(
    library: Library, questions: Questions, most: int, choice: Choice, running: Running
) -> "Generator[Step, None, Run | None]":
    """Ask so many of the questions (0 is all) and keep the run; None where it was stopped."""
    from evals.suite import Setting, Step, asked, chosen, run_of

    began = time.perf_counter()
    setting = Setting(
        notes=library.folder.name,
        cases=SHIPPED if questions.name == SHIPPED else library.cases.name,
        split=questions.split,
        limit=most,
        llm=choice.llm,
        wanted=choice.wanted(()),
    )
    cases = chosen(questions.cases, "", most)
    records = []
    try:
        yield from _synced(library, choice.encoder, running)
        subject = _subject(library, choice, running)
        yield Step(0, len(cases), "asking")
        for record in asked(subject, cases, setting.wanted):
            records.append(record)
            yield Step(len(records), len(cases), "asking")
    except _Stopped:
        return None
    run = run_of(subject, setting, cases, records, (), began)
    library.runs.save(questions.name, run)
    return run


class _Stopped(Exception):
    """The user wants no more of it."""


def _synced(library: Library, encoder: str, running: Running) -> "Iterator[Step]":
    """Look at the folder once, not before each question: a run is over one state of the notes."""
    from evals.suite import Step

    with closing(library.prepare(encoder)) as work:
        for step in work:
            if running.stopped:
                raise _Stopped
            yield Step(step.done, step.total, step.stage)


def _subject(library: Library, choice: Choice, running: Running) -> "Subject":
    subject = library.subject(choice.chat or library.chat, choice.encoder)
    if subject is None:
        raise NotesError(f"{library.folder} is not indexed; read the folder again under Notes.")
    return replace(subject, chat=_Stoppable(subject.chat, running))


@dataclass(frozen=True, slots=True)
class _Stoppable:
    """A chat whose answers end between two events: a model may write for minutes."""

    chat: Chat
    running: Running

    def ask(
        self, question: str, history: Sequence[Turn] = (), wanted: Wanted = PLAIN
    ) -> Iterator[Event]:
        """The events of an answer, until none is wanted."""
        stream = self.chat.ask(question, history, wanted)
        with ExitStack() as ending:
            if isinstance(stream, Generator):
                ending.enter_context(closing(stream))
            for event in stream:
                if self.running.stopped:
                    raise _Stopped
                yield event

    def search(self, question: str, limit: int, history: Sequence[Turn] = ()) -> Found:
        """The passages that bear on a question."""
        return self.chat.search(question, limit, history)
