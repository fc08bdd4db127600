"""`footnote eval`: known questions asked, figures shown, gates held. It only translates.

What is measured and how is the matter of `evals`, which is imported once a command runs.
"""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app import wiring
from app.options import Encoder, Index, Llm, Notes
from app.settings import Settings, settings, shipped_notes
from app.terminal import counted, say, watched, write
from ingest.errors import NotesError
from rag.types import NO_MODEL, Wanted

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.compare import Comparison
    from evals.gate import Gate, Held
    from evals.records import Record, Run
    from evals.run import Subject
    from evals.tables import Table

# What a gate says to a script: the same as any other message.
FAILED: Final = 1

evaluation = typer.Typer(
    name="eval",
    help="Measure how good the answers are, over known questions.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)

Cases = Annotated[
    Path | None,
    typer.Option(
        "--cases",
        metavar="FILE_OR_FOLDER",
        help="Known questions, JSON Lines. Default: those over the shipped notes.",
        show_default=False,
    ),
]
Split = Annotated[
    str | None,
    typer.Option("--split", metavar="tune|report", help="Only this half.", show_default=False),
]
Limit = Annotated[
    int, typer.Option("--limit", min=0, help="Only so many, spread over all; 0 is all.")
]
Strictness = Annotated[
    float,
    typer.Option(
        "--strictness", min=0.0, max=1.0, help="From 0, answer always, to 1, only if nearly sure."
    ),
]


def _examples(*commands: str) -> str:
    return "\n\n".join(("Examples:", *(f"  {command}" for command in commands)))


def _file(option: str, help: str) -> typer.models.OptionInfo:
    info: typer.models.OptionInfo = typer.Option(
        option, metavar="FILE", help=help, show_default=False
    )
    return info


@evaluation.callback(
    epilog=_examples(
        "footnote eval --split report --html report.html",
        'footnote eval --notes ~/notes --cases mine.jsonl --require "recall@5>=0.9"',
    )
)
def suite(
    context: typer.Context,
    cases: Cases = None,
    notes: Notes = None,
    split: Split = None,
    limit: Limit = 0,
    llm: Llm = NO_MODEL,
    encoder: Encoder = None,
    index: Index = None,
    strictness: Strictness = 0.5,
    as_json: Annotated[Path | None, _file("--json", "Write the whole run there.")] = None,
    html: Annotated[Path | None, _file("--html", "Write a report as one page there.")] = None,
    markdown: Annotated[
        Path | None, _file("--markdown", "Write a report for a pull request there.")
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(
            "--require",
            metavar="'MEASURE>=VALUE'",
            help="Fail unless it holds; may be given again. Adds to pyproject.toml's.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option("--keep", metavar="NAME", help="Keep the run as evals/results/NAME-COMMIT."),
    ] = None,
    against: Annotated[
        Path | None, _file("--against", "An earlier run that the reports compare with.")
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(
            "--judge",
            metavar="SPEC",
            help="A model that judges the answers beside the measures; in no gate.",
            show_default=False,
        ),
    ] = None,
    write_docs: Annotated[
        bool, typer.Option("--write-docs", help="Put the kept run's figures into the documents.")
    ] = False,
) -> None:
    """Ask known questions, show the figures, and hold them against requirements."""
    if context.invoked_subcommand is not None:
        return
    from evals.gate import gate

    # What is wrong with an option or an earlier run is said before minutes are spent.
    if write_docs and not keep:
        raise typer.BadParameter("only a kept run may stand in the documents: add --keep NAME")
    if keep is not None and not keep.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter(f"{keep!r}: letters, digits and dashes only", param_hint="--keep")
    if judge is not None:
        _model(judge, "--judge")
    chosen = settings(notes, index, encoder, _model(llm))
    wanted = [*map(gate, require or ()), *_of_project(chosen.notes, split, limit)]
    earlier = _read(against) if against else None
    run = _run(
        context.obj, chosen, _cases(cases, notes, split, limit), split, strictness, limit, keep
    )
    from evals.figures import figures
    from evals.gate import held
    from evals.tables import by_group, of_judge, sections

    found = figures(run)
    tables = [*sections(found), by_group(found.by_kind, "By kind of question", "kind")]
    _show([*tables, *filter(None, [of_judge(run)])])
    results = held(wanted, run)
    _write(run, results, earlier, as_json, html, markdown)
    if keep:
        path = _kept(run)
        say(f"Kept as {path}")
        if write_docs:
            from evals.docs import write_docs as put_into_documents

            put_into_documents(path)
    for one in results:
        say(str(one))
    if not all(one.holds for one in results):
        raise typer.Exit(FAILED)


@evaluation.command(
    epilog=_examples("footnote eval compare before.json after.json --html changes.html")
)
def compare(
    first: Annotated[Path, typer.Argument(help="The earlier run.", show_default=False)],
    second: Annotated[Path, typer.Argument(help="The later run.", show_default=False)],
    html: Annotated[Path | None, _file("--html", "Write a report as one page there.")] = None,
) -> None:
    """Hold one run against another: what changed, and how surely."""
    from evals.compare import compare as compared
    from evals.compare import table

    one, other = _read(first), _read(second)
    found = compared(one, other)
    _show([table(found)])
    write(_turned(found))
    for notice in found.notices:
        say(f"Note: {notice}")
    write(f"{found.judgement[0].upper()}{found.judgement[1:]}.\n")
    if html:
        from evals.report import comparison_page
        from evals.runfile import write_whole

        write_whole(html, comparison_page(one, other, found))


@evaluation.command(epilog=_examples("footnote eval speed --limit 50"))
def speed(
    context: typer.Context,
    cases: Cases = None,
    notes: Notes = None,
    split: Split = None,
    limit: Limit = 100,
    llm: Llm = NO_MODEL,
    encoder: Encoder = None,
    index: Index = None,
) -> None:
    """How long each stage of an answer takes: median and 95th percentile over questions."""
    from evals.figures import figures
    from evals.tables import sections

    chosen = settings(notes, index, encoder, _model(llm))
    run = _run(context.obj, chosen, _cases(cases, notes, split, limit), split, 0.5, limit, None)
    _show([table for table in sections(figures(run)) if table.title.startswith("Time")])


@evaluation.command(epilog=_examples("footnote eval new mine.jsonl --notes ~/notes"))
def new(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", help="Your cases.", show_default=False)
    ],
    notes: Notes = None,
    llm: Llm = NO_MODEL,
    encoder: Encoder = None,
    index: Index = None,
) -> None:
    """Make known questions from your own notes: keep, edit or drop what is proposed."""
    from app.case_making import make
    from evals.proposing import Making

    chosen = settings(notes, index, encoder, _model(llm))
    with _subject(context.obj, chosen) as subject, subject.index.snapshot() as snapshot:
        make(Making(file, snapshot), sys.stdin.readline)
    say(f"Measure with: footnote eval --notes {chosen.notes} --cases {file}")


@evaluation.command(epilog=_examples("footnote eval export run.json run.txt --to trec"))
def export(
    run: Annotated[Path, typer.Argument(metavar="RUN.json", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="OUT", show_default=False)],
    to: Annotated[
        str, typer.Option("--to", metavar="ragas|beir|trec", help="Which form.", show_default=False)
    ],
) -> None:
    """Write a run in the form of another tool: RAGAS rows, a BEIR folder, TREC files."""
    from evals.export import export as exported

    for written in exported(_read(run), to, out):
        write(f"{written}\n")


def _of_project(notes: Path, split: str | None, limit: int) -> "Sequence[Gate]":
    from evals.gate import in_project

    required = in_project(Path.cwd())
    aside = required.aside(split or "", notes, limit)
    if required.gates and aside:
        say(f"The requirements of pyproject.toml are left aside: {aside}.")
        return ()
    return required.gates


def _cases(cases: Path | None, notes: Path | None, split: str | None, limit: int) -> "list[Case]":
    from evals.cases import SPLITS, load
    from evals.suite import SHIPPED_CASES, chosen

    if split not in (None, *SPLITS):
        raise typer.BadParameter(f"{split}: it is {' or '.join(SPLITS)}", param_hint="--split")
    if cases is None and notes is not None and notes.resolve() != shipped_notes():
        raise typer.BadParameter(
            "say which questions are known over these notes with --cases FILE; `footnote eval new`"
            " helps to make some",
            param_hint="--notes",
        )
    found = chosen(load(cases or SHIPPED_CASES), split or "", limit)
    if not found:
        raise typer.BadParameter(f"no question belongs to the {split} half", param_hint="--split")
    return found


def _run(
    open_notebook: wiring.OpenNotebook,
    chosen: Settings,
    cases: "Sequence[Case]",
    split: str | None,
    strictness: float,
    limit: int,
    name: str | None,
) -> "Run":
    from evals.suite import Setting, asked, judged_pairs, run_of

    began = time.perf_counter()
    wanted = Wanted(strictness=strictness)
    own = chosen.notes == shipped_notes()
    setting = Setting(
        notes=chosen.notes.name,
        cases="shipped" if own else "own",
        name=name or "",
        split=split or "",
        limit=limit,
        llm=chosen.llm,
        wanted=wanted,
    )
    with _subject(open_notebook, chosen) as subject:
        records = _gathered(asked(subject, cases, wanted), len(cases))
        pairs = judged_pairs(chosen.notes, setting.split) if own else ()
        return run_of(subject, setting, cases, records, pairs, began)


@contextmanager
def _subject(open_notebook: wiring.OpenNotebook, chosen: Settings) -> "Iterator[Subject]":
    from evals.run import Subject

    notebook = open_notebook(chosen, say)
    if watched(notebook.sync()).passages == 0:
        raise NotesError(f"{chosen.notes} holds no notes that can be read; see `footnote index`.")
    with notebook.open() as opened:
        if opened.index is None or opened.encoder is None:
            raise NotesError(f"{chosen.notes} is not indexed; run `footnote index` first.")
        chat = opened.chat if chosen.llm == NO_MODEL else opened.chat_with(chosen.llm, None)
        yield Subject(chat, opened.index, opened.encoder)


def _gathered(records: "Iterable[Record]", total: int) -> "list[Record]":
    return list(counted(records, total, "asking"))


def _model(llm: str, option: str = "--llm") -> str:
    # The judge is then `evals.judge.judged(records, llm, spec)` before the run is put together.
    if llm != NO_MODEL:
        raise typer.BadParameter(
            f"{llm}: language models come with a later release; this one quotes your notes"
            " (--llm none)",
            param_hint=option,
        )
    return llm


def _read(path: Path) -> "Run":
    from evals.runfile import read_run

    return read_run(path)


def _kept(run: "Run") -> Path:
    from evals.runfile import write_run
    from evals.suite import kept_path

    path = kept_path(run)
    write_run(path, run.slim())
    return path


def _write(
    run: "Run",
    held: "Sequence[Held]",
    earlier: "Run | None",
    as_json: Path | None,
    html: Path | None,
    markdown: Path | None,
) -> None:
    from evals.runfile import write_run, write_whole

    if as_json:
        write_run(as_json, run)
    if html:
        from evals.report import page

        write_whole(html, page(run, held, earlier))
    if markdown:
        from evals.markdown import markdown as text

        write_whole(markdown, text(run, held))


def _show(tables: "Sequence[Table]") -> None:
    from evals.tables import plain_table

    write("\n".join(plain_table(table) for table in tables) + "\n")


def _turned(found: "Comparison") -> str:
    lines = []
    for heading, records in (
        ("Turned right", found.turned_right),
        ("Turned wrong", found.turned_wrong),
    ):
        lines.append(f"{heading}: {len(records)}")
        lines += [f"  {record.id}  {record.question}" for record in records]
    return "\n".join((*lines, "", ""))
