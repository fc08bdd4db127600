"""An answer under way, without a window."""

import threading
from collections.abc import Generator, Iterator

import pytest
from scripted import recall_answer, written

from app.web.answering import Running, drafts
from app.web.talk import Draft
from ingest.errors import QuestionError
from rag.types import Decided, Event, Outcome, Wrote


def last(events: Iterator[Event], running: Running | None = None) -> Draft:
    """The last draft of a stream."""
    return list(drafts(lambda: events, running or Running()))[-1]


def test_the_last_draft_holds_the_answer() -> None:
    """With the time to the first word, and in all."""
    draft = last(iter(recall_answer()))
    assert draft.answer is not None
    assert draft.over
    assert draft.first_word_ms is not None
    assert draft.all_ms is not None
    assert draft.all_ms >= draft.first_word_ms


def test_a_problem_for_people_ends_the_answer() -> None:
    """Its message is kept; nothing is raised."""

    def refused() -> Iterator[Event]:
        yield Decided(Outcome.ANSWERED)
        raise QuestionError("Too long.")

    assert last(refused()).problem == "Too long."


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    """Whoever reads the drafts gets the exception."""

    def broken() -> Iterator[Event]:
        yield Decided(Outcome.ANSWERED)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        last(broken())


def test_a_stream_without_an_end_counts_as_stopped() -> None:
    """There is no answer, and the reader is told."""
    assert last(iter(written()[:5])).stopped


def test_stopping_closes_the_stream_in_the_thread_that_reads_it() -> None:
    """What the chat holds open is given back where it was taken."""
    threads: list[threading.Thread] = []
    closed = threading.Event()
    go_on = threading.Event()

    def slow() -> Generator[Event, None, None]:
        threads.append(threading.current_thread())
        try:
            for event in written():
                yield event
                if isinstance(event, Wrote):
                    go_on.wait(10)
        finally:
            threads.append(threading.current_thread())
            closed.set()

    running = Running()
    read: list[Draft] = []
    for draft in drafts(slow, running):
        read.append(draft)
        if draft.statements and not running.stopped:
            running.stop()
            go_on.set()
    assert closed.wait(10)
    assert threads[0] is threads[1]
    assert read[-1].stopped
    assert read[-1].statements
