"""What a tab says of its work: how far it is, and what went wrong. It knows no work."""

import time
from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Final, TypeVar

from app.web.markup import escaped
from ingest.errors import FootnoteError

if TYPE_CHECKING:
    from ingest.sync import SyncProgress

Result = TypeVar("Result")

# What is drawn more often than this only flickers.
PROGRESS_SECONDS: Final = 0.1


def drawn(work: "Generator[SyncProgress, None, Result]") -> Generator[str, None, Result]:
    """How far the reading of notes is, as often as a reader can follow; then what it found."""
    last = 0.0
    with closing(work):
        while True:
            try:
                step = next(work)
            except StopIteration as finished:
                found: Result = finished.value
                return found
            if time.monotonic() - last > PROGRESS_SECONDS:
                last = time.monotonic()
                yield progress_html(step.stage, step.done, step.total)


def progress_html(what: str, done: int, total: int) -> str:
    """How much of something is done."""
    return (
        f'<div class="report" role="status"><p>{escaped(what)} {done} of {total}</p>'
        f'<progress aria-label="{escaped(what)}" value="{done}" max="{max(total, 1)}"></progress>'
        "</div>"
    )


def problem_html(problem: FootnoteError) -> str:
    """What a person can do about a failure."""
    return f'<p class="said fault" role="alert">{escaped(str(problem))}</p>'


def done_html(text: str) -> str:
    """That something was done."""
    return f'<p class="said good" role="status">{escaped(text)}</p>'
