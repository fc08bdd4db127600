"""The commands. They translate: arguments in, a notebook's answers out, errors into exit codes.

0 done; 1 a message for people on standard error; 2 wrong use; 130 interrupted.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from app import questions, render, wiring
from app.evaluation import evaluation
from app.models import models
from app.options import Checker, Encoder, From, Index, Json, Llm, Notes, Question, Strictness
from app.options import checker as _checker
from app.options import model as _model
from app.questions import Asked
from app.settings import Settings, one_thread_a_product, settings
from app.terminal import INTERRUPTED, say, show, status, watched, write
from app.wiring import Chat, Notebook, OpenNotebook
from ingest.errors import FootnoteError, NotesError, QuestionError
from rag.types import NO_MODEL, PLAIN, Answer, Finished, Wanted

HITS: Final = 10
FURTHER_PLACES: Final = 5

app = typer.Typer(
    name="footnote",
    help="Ask your notes, get answers with footnotes: exact quotes, each with its lines.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(evaluation)


def _examples(*commands: str) -> str:
    return "\n\n".join(("Examples:", *(f"  {command}" for command in commands)))


def main() -> None:
    """The entry point of the `footnote` command."""
    for stream in (sys.stdout, sys.stderr):
        # Notes hold letters that the terminal's own encoding may lack.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    one_thread_a_product()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str], open_notebook: OpenNotebook = wiring.open_notebook) -> int:
    """Run one command and give its exit code."""
    try:
        app(list(arguments), prog_name="footnote", obj=open_notebook)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except FootnoteError as problem:
        say(f"footnote: {problem}")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        write(f"footnote {metadata.version('footnote')}\n")
        raise typer.Exit


@app.callback(
    epilog=_examples(
        'footnote ask "What is precision?"',
        'footnote search "gradient clipping" --notes ~/notes',
        "footnote chat",
    )
)
def footnote(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Ask your notes, get answers with footnotes: exact quotes, each with its lines."""


@app.command(
    epilog=_examples(
        'footnote ask "What is the F1 score?"',
        'footnote ask "How does attention work?" --long --notes ~/notes',
        "footnote ask --from questions.jsonl --json",
    )
)
def ask(
    context: typer.Context,
    question: Question = None,
    from_file: From = None,
    long: Annotated[bool, typer.Option("--long", help="More than about 120 words.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="How many further places to list at most.")
    ] = FURTHER_PLACES,
    strictness: Strictness = PLAIN.strictness,
    llm: Llm = NO_MODEL,
    checker: Checker = None,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Show exactly what is sent to the model.")
    ] = False,
    notes: Notes = None,
    index: Index = None,
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Answer a question from your notes, every statement checked against its passage."""
    asked = _asked(question, from_file)
    chosen = settings(notes, index, encoder, _model(llm), _checker(checker, llm))
    with _opened(context.obj, chosen, as_json) as chat:
        for one in asked:
            with _placed(one):
                answer = _answer(chat, one, Wanted(long, strictness), quiet=as_json)
            answer = replace(answer, also_found=answer.also_found[:limit])
            if as_json:
                value = render.answer_json(answer)
                _write_json(value | _sent(answer) if show_prompt else value, one)
            else:
                _head(one, len(asked))
                show(
                    (*render.sent_pieces(answer), *render.answer_pieces(answer))
                    if show_prompt
                    else render.answer_pieces(answer)
                )


@app.command(
    epilog=_examples(
        'footnote search "vanishing gradients"',
        'footnote search "vanishing gradients" --explain --limit 5',
        "footnote search --from questions.jsonl --json",
    )
)
def search(
    context: typer.Context,
    question: Question = None,
    from_file: From = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many passages at most.")] = HITS,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each score is made of.")
    ] = False,
    notes: Notes = None,
    index: Index = None,
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Find the passages that bear on a question."""
    asked = _asked(question, from_file)
    with _opened(context.obj, settings(notes, index, encoder), as_json) as chat:
        for one in asked:
            with _placed(one):
                found = chat.search(one.question, limit, one.history)
            if as_json:
                _write_json(render.found_json(found), one)
            else:
                _head(one, len(asked))
                show(render.found_pieces(found, explain))


@app.command(
    epilog=_examples("footnote index", "footnote index ~/notes", "footnote index ~/notes --json")
)
def index(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="The same as --notes.", show_default=False),
    ] = None,
    notes: Notes = None,
    index_folder: Index = None,
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Bring the index up to date with a folder of notes."""
    if folder is not None and notes is not None:
        raise typer.BadParameter("give the folder once: as FOLDER or with --notes")
    chosen = settings(folder or notes, index_folder, encoder)
    notebook: Notebook = context.obj(chosen, say)
    report = watched(notebook.sync(), quiet=as_json)
    if as_json:
        _write_json(render.report_json(report, chosen.notes, chosen.index))
    else:
        write(render.report_text(report, chosen.notes))


@app.command(
    epilog=_examples(
        "footnote chat", "footnote chat --notes ~/notes --no-browser", "footnote chat --port 8000"
    )
)
def chat(
    context: typer.Context,
    host: Annotated[
        str,
        typer.Option(
            "--host", help="The address to serve on; others than this machine's want --auth."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port; the next free one if taken.")
    ] = 7860,
    auth: Annotated[
        str | None,
        typer.Option(
            "--auth",
            metavar="USER:PASSWORD",
            help="Ask for a name and a password; or a file whose first line holds them.",
            show_default=False,
        ),
    ] = None,
    root_path: Annotated[
        str, typer.Option("--root-path", help="The path that a proxy serves the window under.")
    ] = "",
    browser: Annotated[bool, typer.Option(" /--no-browser", help="Do not open a browser.")] = True,
    strictness: Strictness = PLAIN.strictness,
    llm: Llm = NO_MODEL,
    checker: Checker = None,
    notes: Notes = None,
    index: Index = None,
    encoder: Encoder = None,
) -> None:
    """Open a chat window on your notes."""
    from app.web.access import account
    from app.web.address import bound, is_loopback

    known = account(auth) if auth else None
    if known is None and not is_loopback(host):
        raise typer.BadParameter(
            f"others can reach {host}: say who may read your notes with --auth USER:PASSWORD",
            param_hint="--host",
        )
    chosen = settings(notes, index, encoder, _model(llm), _checker(checker, llm))
    notebook: Notebook = context.obj(chosen, say)
    _brought_up_to_date(notebook, quiet=False)
    from app.web.library import opened_library
    from app.web.page import build
    from app.web.server import Doors, serve

    with opened_library(notebook, chosen, say, context.obj, strictness) as library:
        window = build(library)
        doors = Doors(known, "/" + root_path.strip("/") if root_path.strip("/") else "")
        serve(window, bound(host, port), host, port, browser, say, doors)


app.command(
    epilog=_examples(
        "footnote models", "footnote models --try ollama:qwen3:4b", "footnote models --json"
    )
)(models)


def _sent(answer: Answer) -> dict[str, Any]:
    return {"sent": render.sent_json(answer.sent)}


def _asked(question: str | None, from_file: str | None) -> tuple[Asked, ...]:
    if (question is None) == (from_file is None):
        raise typer.BadParameter("give one question, or a file of questions with --from")
    if question is not None:
        return (Asked(questions.well_formed(question)),)
    return questions.read(str(from_file))


@contextmanager
def _opened(open_notebook: OpenNotebook, chosen: Settings, quiet: bool) -> Iterator[Chat]:
    notebook = open_notebook(chosen, say)
    if not _brought_up_to_date(notebook, quiet):
        raise NotesError(
            f"{chosen.notes} holds no notes that can be read. Put Markdown, HTML or text files"
            " there, or name another folder with --notes; `footnote index` lists what was skipped."
        )
    with notebook.open() as opened:
        yield opened.chat


def _brought_up_to_date(notebook: Notebook, quiet: bool) -> bool:
    """Bring the index up to date; whether there is anything to answer from."""
    report = watched(notebook.sync(), quiet)
    if line := render.skipped_line(report):
        say(line)
    return report.passages > 0


@contextmanager
def _placed(one: Asked) -> Iterator[None]:
    try:
        yield
    except QuestionError as problem:
        raise QuestionError(f"{one.place}: {problem}" if one.place else str(problem)) from problem


def _answer(chat: Chat, one: Asked, wanted: Wanted, quiet: bool) -> Answer:
    with status(quiet) as say_now:
        for event in chat.ask(one.question, one.history, wanted):
            if isinstance(event, Finished):
                return event.answer
            say_now(render.under_way(event))
    raise AssertionError("an answer under way always ends with Finished")


def _head(one: Asked, count: int) -> None:
    if count > 1:
        write(f"── {render.visible(one.question)}\n\n")


def _write_json(value: dict[str, Any], one: Asked | None = None) -> None:
    if one is not None and one.id is not None:
        value = {"id": one.id} | {key: value[key] for key in value if key != "id"}
    write(json.dumps(value, ensure_ascii=False) + "\n")
