"""An answer under way: its events in a thread of their own, so that stopping is always prompt.

The thread that asks is the thread that closes: a stream is never touched by two. It knows no
window; whoever iterates gets the newest draft, at most so often as an eye can follow.
"""

import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Event as Flag
from typing import Final

from app.web.talk import Draft
from ingest.errors import FootnoteError
from rag.types import Event, Finished, Writing, Wrote

# Fast enough to look like typing, slow enough for a page to draw.
PACE_SECONDS: Final = 0.05
# How long a press on 'New' waits for the page's last drawing of the answer that it leaves.
_LEAVE_SECONDS: Final = 5.0


Inbox = SimpleQueue[tuple[Event | None, float]]


class Running:
    """A handle on an answer under way, for events other than its own."""

    def __init__(self) -> None:
        self._stop = Flag()
        self._gone = Flag()
        self._ended = Flag()

    @property
    def stopped(self) -> bool:
        """Whether it is to end."""
        return self._stop.is_set()

    @property
    def left(self) -> bool:
        """Whether its conversation is no longer on the page."""
        return self._gone.is_set()

    def stop(self) -> None:
        """End it; what was written so far stays."""
        self._stop.set()

    def leave(self) -> None:
        """End it and let it draw no more; returns when its last drawing is out."""
        self._gone.set()
        self._stop.set()
        self._ended.wait(_LEAVE_SECONDS)

    def end(self) -> None:
        """Say that nothing more will be drawn."""
        self._stop.set()
        self._ended.set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until it is to end."""
        self._stop.wait(seconds)


def drafts(
    ask: Callable[[], Iterator[Event]],
    running: Running,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Draft]:
    """The answer as it grows; the last draft is `over`."""
    began, draft, inbox = clock(), Draft(), Inbox()
    worker = ThreadPoolExecutor(1, thread_name_prefix="answer")
    work = worker.submit(_pump, ask, inbox, running, clock)
    worker.shutdown(wait=False)
    while not draft.over:
        if running.stopped:
            yield replace(draft, stopped=True, checking="")
            return
        news, ended = _news(inbox)
        if ended:
            yield _last(news, draft, began, work)
            return
        if news:
            draft = _grown(draft, news, began)
        # A drawing without a word would only hold up the first.
        if news and draft.begun:
            yield draft
            if not draft.over:
                running.wait(PACE_SECONDS)


def events(ask: Callable[[], Iterator[Event]], running: Running) -> Iterator[Event]:
    """The events as they come, until there are no more or none is wanted."""
    inbox = Inbox()
    worker = ThreadPoolExecutor(1, thread_name_prefix="answer")
    work = worker.submit(_pump, ask, inbox, running, time.perf_counter)
    worker.shutdown(wait=False)
    try:
        while (event := inbox.get()[0]) is not None:
            yield event
        work.result()
    finally:
        running.end()


def _pump(
    ask: Callable[[], Iterator[Event]],
    inbox: Inbox,
    running: Running,
    clock: Callable[[], float],
) -> None:
    """Put each event where the reader finds it, until there are no more or none is wanted."""
    stream = ask()
    try:
        for event in stream:
            inbox.put((event, clock()))
            if running.stopped:
                break
    finally:
        if isinstance(stream, Generator):
            stream.close()
        inbox.put((None, clock()))


def _news(inbox: Inbox) -> tuple[list[tuple[Event, float]], bool]:
    """All events that have come, waiting a little for the first; True where no more will."""
    news: list[tuple[Event, float]] = []
    try:
        event, at = inbox.get(timeout=PACE_SECONDS)
        while event is not None:
            news.append((event, at))
            event, at = inbox.get_nowait()
    except Empty:
        return news, False
    return news, True


def _grown(draft: Draft, news: list[tuple[Event, float]], began: float) -> Draft:
    for event, at in news:
        draft = draft.after(event)
        if draft.first_word_ms is None and isinstance(event, (Wrote, Writing)):
            draft = replace(draft, first_word_ms=1000 * (at - began))
        if isinstance(event, Finished):
            draft = replace(draft, all_ms=1000 * (at - began))
    return draft


def _last(
    news: list[tuple[Event, float]], draft: Draft, began: float, work: "Future[None]"
) -> Draft:
    """What there is when the stream has ended: an answer, or what a person can do about none."""
    draft = _grown(draft, news, began)
    try:
        work.result()
    except FootnoteError as problem:
        return replace(draft, problem=str(problem), checking="")
    return draft if draft.over else replace(draft, stopped=True, checking="")
