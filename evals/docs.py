"""The figures in the documents, written from a kept run and never by hand.

`python -m evals.docs evals/results/NAME.json` puts the figures of that run between the markers
`<!-- figures: … -->` and `<!-- /figures -->` of README.md and docs/evaluation.md. A test holds
that they are those of the run that the marker names.
"""

import re
import sys
from pathlib import Path
from typing import Final

from evals.figures import MEASURES, REFUSED, figures, headline
from evals.gate import in_project
from evals.markdown import circumstances, escaped, subject, table_text
from evals.measures.measure import Unit
from evals.measures.times import STAGES
from evals.records import Run
from evals.runfile import RunError, read_run, write_whole
from evals.tables import Table, by_group, number, range_of, sections, title, unit_of

ROOT: Final = Path(__file__).parent.parent
_MARKED: Final = re.compile(
    r"<!-- (?P<what>figures|headline): (?P<run>\S+) -->\n.*?<!-- /(?P=what) -->", re.DOTALL
)
_MEASURES: Final = re.compile(r"<!-- measures -->\n.*?<!-- /measures -->", re.DOTALL)
DOCUMENTS: Final = (ROOT / "README.md", ROOT / "docs" / "evaluation.md")


def brought_up_to_date(text: str, run: Run | None = None, name: str = "") -> str:
    """A document with the figures of a run, or of the runs that its markers name."""

    def written(match: re.Match[str]) -> str:
        what, named = match["what"], name or match["run"]
        of = run or read_run(ROOT / named)
        body = headline_text(of) if what == "headline" else figures_text(of)
        return f"<!-- {what}: {named} -->\n{body}\n<!-- /{what} -->"

    with_measures = _MEASURES.sub(
        lambda _: f"<!-- measures -->\n{measures_text()}\n<!-- /measures -->", text
    )
    return _MARKED.sub(written, with_measures)


def measures_text() -> str:
    """The table of definitions."""
    known = [one for one in (*MEASURES.values(), REFUSED) if one.unit is not Unit.MILLISECONDS]
    rows = [f"| `{one.name}` | {one.title}. {escaped(one.says)} |" for one in known]
    rows.append(
        "| `STAGE-median`, `STAGE-p95` | Median and 95th percentile over questions of the time that"
        f" a stage took, in milliseconds: {', '.join(f'`{stage}`' for stage in STAGES)}. |"
    )
    return "\n".join(("| Name | Definition |", "|---|---|", *rows))


def headline_text(run: Run) -> str:
    """The few figures that matter as a small table."""
    found = figures(run)
    rows = []
    for name in headline(found):
        one = found.get(name)
        if one is not None:
            unit = unit_of(name)
            rows.append((title(name), number(one.value, unit), range_of(one, unit), str(one.n)))
    return table_text(Table("", ("", "value", "95 % interval", "n"), tuple(rows)))


def figures_text(run: Run) -> str:
    """All tables but those by note, and the gates."""
    found = figures(run)
    tables = [*sections(found), by_group(found.by_kind, "By kind of question", "kind")]
    parts = [f"{subject(run)}. {escaped(circumstances(run))}."]
    parts += [f"**{table.title}**\n\n{table_text(table)}" for table in tables]
    gates = "\n".join(f"- `{gate}`" for gate in in_project(ROOT).gates)
    return "\n\n".join(
        (*parts, f"What must hold (`[tool.footnote]` in pyproject.toml):\n\n{gates}")
    )


def main() -> None:
    """Write the figures of a run into the documents."""
    if len(sys.argv) != 2:
        raise SystemExit("python -m evals.docs evals/results/NAME.json")
    write_docs(Path(sys.argv[1]))


def write_docs(path: Path) -> None:
    """Put the figures of a kept run into all documents."""
    try:
        name = path.resolve().relative_to(ROOT).as_posix()
    except ValueError as error:
        raise RunError(f"{path} is not kept beside the code; use --keep first.") from error
    run = read_run(path)
    for document in DOCUMENTS:
        if not document.exists():
            raise RunError(f"{document} is not there: only a checkout of the code has documents.")
        write_whole(document, brought_up_to_date(document.read_text("utf-8"), run, name))


if __name__ == "__main__":
    main()
