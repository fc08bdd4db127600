"""From what was asked of `footnote eval` to a run, and from a run to its files. Knows no options.

`evals` is imported where it is used: no other command needs it.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.render import visible
from app.settings import Settings, shipped_notes
from app.terminal import counted, say, watched, write
from app.wiring import OpenNotebook
from ingest.errors import NotesError
from rag.model import ModelError
from rag.types import NO_MODEL, Wanted

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.compare import Comparison
    from evals.gate import Gate, Held
    from evals.records import Record, Run
    from evals.run import Subject
    from evals.tables import Table
    from rag.model import Model


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be run: over which notes, which questions, how, and under which name."""

    settings: Settings
    cases: Path | None
    split: str = ""
    limit: int = 0
    strictness: float = 0.5
    name: str = ""
    judge: str = NO_MODEL


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files to be written of a run, and the earlier run that reports compare with."""

    json: Path | None
    html: Path | None
    markdown: Path | None
    earlier: "Run | None"


def gates_of_project(wish: Wish) -> "Sequence[Gate]":
    """The requirements of the current folder's pyproject.toml, if they are for such a run."""
    from evals.gate import in_project

    required = in_project(Path.cwd())
    aside = required.aside(wish.split, wish.settings.notes, wish.limit)
    if required.gates and aside:
        say(f"The requirements of pyproject.toml are left aside: {aside}.")
        return ()
    return required.gates


def cases_of(wish: Wish) -> "list[Case]":
    """The known questions to ask."""
    from evals.cases import SPLITS, load
    from evals.suite import SHIPPED_CASES, chosen

    if wish.split not in ("", *SPLITS):
        raise typer.BadParameter(f"{wish.split}: it is {' or '.join(SPLITS)}", param_hint="--split")
    if wish.cases is None and wish.settings.notes != shipped_notes():
        raise typer.BadParameter(
            "say which questions are known over these notes with --cases FILE; `footnote eval new`"
            " helps to make some",
            param_hint="--notes",
        )
    found = chosen(load(wish.cases or SHIPPED_CASES), wish.split, wish.limit)
    if not found:
        raise typer.BadParameter(f"no question is of the {wish.split} half", param_hint="--split")
    return found


def run(open_notebook: OpenNotebook, wish: Wish, cases: "Sequence[Case]") -> "Run":
    """Ask the questions, and judge the labelled pairs where the notes are those that ship."""
    from evals.suite import SHIPPED_CASES, Setting, asked, judged_pairs, run_of
    from rag.models import open_model

    began = time.perf_counter()
    notes = wish.settings.notes
    shipped = wish.cases is None or wish.cases.resolve() == SHIPPED_CASES
    setting = Setting(
        notes=notes.name,
        cases="shipped" if shipped else wish.cases.name if wish.cases else "",
        name=wish.name,
        split=wish.split,
        limit=wish.limit,
        llm=_who_writes(wish.settings),
        wanted=Wanted(strictness=wish.strictness),
    )
    # One that cannot be had is told before minutes are spent.
    judge = open_model(wish.judge, wish.settings.keys, say)
    with subject(open_notebook, wish.settings) as opened:
        records = list(counted(asked(opened, cases, setting.wanted), len(cases), "asking"))
        if judge is not None:
            records = _judged(records, judge)
        pairs = judged_pairs(notes, wish.split) if notes == shipped_notes() else ()
        return run_of(opened, setting, cases, records, pairs, began)


def _judged(records: "Sequence[Record]", judge: "Model") -> "list[Record]":
    """The records with the judge's opinions; one that fails ends its judging, and not the run."""
    from evals.judge import judged
    from rag.llama_llm import LlamaLLM

    found: list[Record] = []
    opinions = judged(records, LlamaLLM(judge), judge.name)
    try:
        for record in counted(opinions, len(records), "judging"):
            found.append(record)
    except ModelError as trouble:
        say(f"Judged only {len(found)} of {len(records)} questions: {trouble}")
    return [*found, *records[len(found) :]]


def _who_writes(chosen: Settings) -> str:
    return f"{chosen.llm}, checked by {chosen.checker}" if chosen.checker else chosen.llm


@contextmanager
def subject(open_notebook: OpenNotebook, chosen: Settings) -> "Iterator[Subject]":
    """The notes brought up to date and opened, with what their answers are held against."""
    from evals.run import Subject

    notebook = open_notebook(chosen, say)
    if watched(notebook.sync()).passages == 0:
        raise NotesError(f"{chosen.notes} holds no notes that can be read; see `footnote index`.")
    with notebook.open() as opened:
        if opened.index is None or opened.encoder is None:
            raise NotesError(f"{chosen.notes} is not indexed; run `footnote index` first.")
        yield Subject(opened.chat, opened.index, opened.encoder)


def read(path: Path) -> "Run":
    """A run from its file."""
    from evals.runfile import read_run

    return read_run(path)


def keep(run: "Run") -> Path:
    """Write a run without its texts beside the code."""
    from evals.runfile import write_run
    from evals.suite import kept_path

    path = kept_path(run)
    write_run(path, run.slim())
    return path


def write_outputs(run: "Run", held: "Sequence[Held]", outputs: Outputs) -> None:
    """Write the files that were asked for."""
    from evals.runfile import write_run, write_whole

    if outputs.json:
        write_run(outputs.json, run)
    if outputs.html:
        from evals.report import page

        write_whole(outputs.html, page(run, held, outputs.earlier))
    if outputs.markdown:
        from evals.markdown import markdown

        write_whole(outputs.markdown, markdown(run, held))


def show(tables: "Sequence[Table]") -> None:
    """Tables in columns; what stands in notes and cases must not steer the terminal."""
    from evals.tables import plain_table

    text = "\n".join(plain_table(table) for table in tables)
    write("\n".join(map(visible, text.split("\n"))) + "\n")


def turned(found: "Comparison") -> str:
    """The questions that turned right and wrong, by id."""
    lines = []
    for heading, records in (
        ("Turned right", found.turned_right),
        ("Turned wrong", found.turned_wrong),
    ):
        lines.append(f"{heading}: {len(records)}")
        lines += [f"  {visible(record.id)}  {visible(record.question)}" for record in records]
    return "\n".join((*lines, "", ""))
