"""Writing to a terminal or a pipe: results to one stream, words about the work to the other.

Rich is imported where it is used: a command whose output goes to a program never needs it.
"""

import os
import re
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO, TypeVar

import typer

from app.render import Piece, Role, indented, plain_text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress

    from ingest.sync import SyncProgress, SyncReport

T = TypeVar("T")

# The shell's number for a program ended by the user; nobody reads on, so nothing is said.
INTERRUPTED: Final = 130
# Work that is over before the eye has found a progress bar needs none.
_MOMENT_SECONDS: Final = 0.4
_TEXT_WIDTH: Final = 100
# As much of what is being written as fits on one line of any terminal.
_STATUS_LETTERS: Final = 70
_VERBATIM: Final = re.compile(
    r"^[ \t]*\$\$.*?\$\$[^\n]*$|^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?^(?P=fence)[^\n]*$",
    re.MULTILINE | re.DOTALL,
)
_CODE_OR_MATHS: Final = re.compile(r"(`+)[^`].*?\1|\$(?=\S)[^$\n]+(?<=\S)\$", re.DOTALL)
_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")


def write(text: str, stream: TextIO | None = None) -> None:
    """Write out at once; where nobody listens any more, end without a word."""
    out = sys.stdout if stream is None else stream
    try:
        print(text, end="", file=out, flush=True)
    except BrokenPipeError as error:
        # Python flushes once more on its way out; that must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        raise typer.Exit(INTERRUPTED) from error


def say(text: str) -> None:
    """A line about the work, apart from its results."""
    print(text, file=sys.stderr, flush=True)


def show(pieces: Sequence[Piece]) -> None:
    """Pieces in type on a terminal, as plain text anywhere else."""
    if not sys.stdout.isatty():
        write(plain_text(pieces))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.width = min(console.width, _TEXT_WIDTH)
    with console.capture() as set_in_type:
        for piece in pieces:
            for part in _typeset(piece):
                # Lines that stand for themselves are left to the terminal to wrap: a formula
                # copied from it is then still whole.
                console.print(part, soft_wrap=isinstance(part, Text))
    write(set_in_type.get())


@contextmanager
def status(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Says what is under way on one line that is gone in the end; nothing where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    with console.status("") as line:

        def say_now(text: str) -> None:
            if text:
                line.update(Text(text[-_STATUS_LETTERS:]))

        from rich.text import Text

        yield say_now


def watched(
    work: "Generator[SyncProgress, None, SyncReport]",
    quiet: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> "SyncReport":
    """Run a sync to its report; a bar shows how far it is once it takes longer than a moment."""
    begun, bar = clock(), None
    try:
        while True:
            progress = next(work)
            if bar is None and not quiet and clock() - begun > _MOMENT_SECONDS:
                bar = _bar()
            if bar is not None:
                _advance(bar, progress)
    except StopIteration as finished:
        report: SyncReport = finished.value
        return report
    finally:
        work.close()
        if bar is not None:
            bar.stop()


def counted(
    work: Iterable[T], total: int, what: str, clock: Callable[[], float] = time.monotonic
) -> Iterator[T]:
    """The same things as they come; a bar counts them once they take longer than a moment."""
    begun, bar = clock(), None
    try:
        for done, one in enumerate(work, 1):
            if bar is None and clock() - begun > _MOMENT_SECONDS:
                bar = _bar()
                task = bar.add_task(what, total=total)
            if bar is not None:
                bar.update(task, completed=done)
            yield one
    finally:
        if bar is not None:
            bar.stop()


def escape_maths(markdown: str) -> str:
    """Markdown in which inline formulas come out as they were written, code left alone."""

    def escaped(match: re.Match[str]) -> str:
        found = match.group()
        return found if match.group(1) else _PUNCTUATION.sub(r"\\\g<0>", found)

    return _CODE_OR_MATHS.sub(escaped, markdown)


def verbatim_parts(markdown: str) -> list[tuple[bool, str]]:
    """The text in order, cut at formulas and code blocks; True where a part is one of these."""
    parts, at = [], 0
    for match in _VERBATIM.finditer(markdown):
        parts += [(False, markdown[at : match.start()]), (True, match.group())]
        at = match.end()
    parts.append((False, markdown[at:]))
    return [(verbatim, part.strip("\n")) for verbatim, part in parts if part.strip()]


def _typeset(piece: Piece) -> "list[RenderableType]":
    from rich.padding import Padding
    from rich.text import Text

    match piece.role:
        case Role.MARKDOWN:
            return [_set_part(*part) for part in verbatim_parts(piece.text)]
        case Role.LABEL:
            return [Text(piece.text, style="bold")]
        case Role.SOURCE:
            number = f"[{piece.number}] " if piece.number else "    "
            return [Text.assemble((number, "bold cyan"), piece.text, "   ", (piece.place, "dim"))]
        case Role.QUOTE if "\n" in piece.text:
            return [Text(f"{indented(piece.text)}\n", style="italic")]
        case Role.QUOTE:
            return [Padding(Text(piece.text, style="italic"), (0, 0, 1, 4))]
        case Role.TABLE:
            return [Text(piece.text)]


def _set_part(verbatim: bool, part: str) -> "RenderableType":
    from rich.markdown import Markdown
    from rich.padding import Padding
    from rich.text import Text

    if verbatim:
        return Text(f"{indented(part)}\n")
    return Padding(Markdown(escape_maths(part), hyperlinks=False), (0, 0, 1, 0))


def _bar() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    # Into a file the finished bar is written once; on a terminal it makes room for the answer.
    bar = Progress(*columns, console=console, transient=console.is_terminal)
    bar.start()
    return bar


def _advance(bar: "Progress", progress: "SyncProgress") -> None:
    for task in bar.tasks:
        if task.description == progress.stage:
            bar.update(task.id, completed=progress.done, total=progress.total)
            return
    for task in bar.tasks:
        # Stages follow each other; what the last one did not report any more is done.
        bar.update(task.id, completed=task.total)
    bar.add_task(progress.stage, total=progress.total, completed=progress.done)
