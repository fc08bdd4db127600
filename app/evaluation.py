"""`footnote eval`: known questions asked, figures shown, gates held. It only translates.

What is measured and how is the matter of `evals`, which is imported once a command runs.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from app import evaluating, options
from app.beir import beir
from app.calibrating import calibrate
from app.evaluating import Outputs, Wish
from app.options import Cases, Checker, Encoder, Index, Llm, Notes
from app.settings import Settings, settings
from app.terminal import say, write
from app.wiring import OpenNotebook
from rag.types import NO_MODEL

# What a gate says to a script: the same as any other message.
FAILED: Final = 1

evaluation = typer.Typer(
    name="eval",
    help="Measure how good the answers are, over known questions.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)

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
    checker: Checker = None,
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
        str,
        typer.Option(
            "--judge",
            metavar="SPEC",
            help="A model that judges the answers beside the measures; in no gate.",
        ),
    ] = NO_MODEL,
    write_docs: Annotated[
        bool, typer.Option("--write-docs", help="Put the kept run's figures into the documents.")
    ] = False,
) -> None:
    """Ask known questions, show the figures, and hold them against requirements."""
    if context.invoked_subcommand is not None:
        return
    # What is wrong with an option or an earlier run is said before minutes are spent.
    if write_docs and not keep:
        raise typer.BadParameter("only a kept run may stand in the documents: add --keep NAME")
    if keep is not None and not keep.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter(f"{keep!r}: letters, digits and dashes only", param_hint="--keep")
    chosen = _settings(notes, index, encoder, llm, checker)
    opinion = options.model(judge, "--judge")
    wish = Wish(chosen, cases, split or "", limit, strictness, keep or "", opinion)
    earlier = evaluating.read(against) if against else None
    _suite(context.obj, wish, require or (), Outputs(as_json, html, markdown, earlier), write_docs)


def _suite(
    open_notebook: OpenNotebook,
    wish: Wish,
    require: Sequence[str],
    outputs: Outputs,
    write_docs: bool,
) -> None:
    from evals.figures import figures
    from evals.gate import gate, held
    from evals.tables import by_group, of_judge, sections

    wanted = [*map(gate, require), *evaluating.gates_of_project(wish)]
    run = evaluating.run(open_notebook, wish, evaluating.cases_of(wish))
    found = figures(run)
    tables = [*sections(found), by_group(found.by_kind, "By kind of question", "kind")]
    evaluating.show([*tables, *filter(None, [of_judge(run)])])
    results = held(wanted, run)
    evaluating.write_outputs(run, results, outputs)
    if wish.name:
        path = evaluating.keep(run)
        say(f"Kept as {path}")
        if write_docs:
            from evals.docs import write_docs as put_into_documents

            put_into_documents(path)
    for one in results:
        say(str(one))
    if not all(one.holds for one in results):
        raise typer.Exit(FAILED)


@evaluation.command(epilog=_examples("footnote eval compare before.json after.json"))
def compare(
    first: Annotated[Path, typer.Argument(help="The earlier run.", show_default=False)],
    second: Annotated[Path, typer.Argument(help="The later run.", show_default=False)],
    html: Annotated[Path | None, _file("--html", "Write a report as one page there.")] = None,
) -> None:
    """Hold one run against another: what changed, and how surely."""
    from evals.compare import compare as compared
    from evals.compare import table

    one, other = evaluating.read(first), evaluating.read(second)
    found = compared(one, other)
    evaluating.show([table(found)])
    write(evaluating.turned(found))
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
    checker: Checker = None,
    encoder: Encoder = None,
    index: Index = None,
) -> None:
    """How long each stage of an answer takes: median and 95th percentile over questions."""
    from evals.figures import figures
    from evals.tables import sections

    chosen = _settings(notes, index, encoder, llm, checker)
    wish = Wish(chosen, cases, split or "", limit)
    run = evaluating.run(context.obj, wish, evaluating.cases_of(wish))
    evaluating.show([table for table in sections(figures(run)) if table.title.startswith("Time")])


@evaluation.command(
    epilog=_examples(
        "footnote eval new mine.jsonl --notes ~/notes",
        "footnote eval new mine.jsonl --notes ~/notes --llm ollama:qwen3:4b",
    )
)
def new(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", help="Your cases.", show_default=False)
    ],
    notes: Notes = None,
    llm: Annotated[
        str,
        typer.Option(
            "--llm", metavar="SPEC", help="Who proposes questions: 'none' goes by the headings."
        ),
    ] = NO_MODEL,
    encoder: Encoder = None,
    index: Index = None,
) -> None:
    """Make known questions from your own notes: keep, edit or drop what is proposed."""
    from app.case_making import make
    from evals.proposing import Making, by_model, from_heading
    from rag.models import open_model

    # The model writes questions here; the notebook answers none.
    chosen = settings(notes, index, encoder)
    model = open_model(options.model(llm), chosen.keys, say)
    propose = by_model(model) if model else from_heading
    with evaluating.subject(context.obj, chosen) as subject, subject.index.snapshot() as snapshot:
        make(Making(file, snapshot, propose), sys.stdin.readline)
    say(f"Measure with: footnote eval --notes {chosen.notes} --cases {file}")


evaluation.command(epilog=_examples("footnote eval calibrate --notes ~/notes --cases mine.jsonl"))(
    calibrate
)
evaluation.command(epilog=_examples("footnote eval beir scifact --split test --limit 100"))(beir)


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

    for written in exported(evaluating.read(run), to, out):
        write(f"{written}\n")


def _settings(
    notes: Path | None,
    index: Path | None,
    encoder: str | None,
    llm: str,
    checker: str | None = None,
) -> Settings:
    return settings(notes, index, encoder, options.model(llm), options.checker(checker, llm))
