"""A run as Markdown, short enough for a pull request."""

import re
from collections.abc import Sequence
from typing import Final

from evals.failures import MEANING, failures, worth_reading
from evals.figures import Figures, figures
from evals.figures import headline as headlines
from evals.gate import Held
from evals.records import Run
from evals.tables import Table, by_group, number, range_of, sections, title

_OF_EACH: Final = 3
_MARKS: Final = re.compile(r"[\\`*_{}\[\]>|#~]")
# 'recall@5' mentions nobody.
_MENTION: Final = re.compile(r"(?<!\w)@(?=\w)")


def markdown(run: Run, held: Sequence[Held] = ()) -> str:
    """The headline, the gates, the tables, and a few failures."""
    found = figures(run)
    parts = [f"## {subject(run)}", headline(found)]
    if held:
        parts.append(
            "\n".join(f"- {'✓' if one.holds else '✗'} {escaped(str(one))}" for one in held)
        )
    kinds = by_group(found.by_kind, "By kind of question", "kind")
    parts += [f"### {table.title}\n\n{table_text(table)}" for table in (*sections(found), kinds)]
    parts.append(_failures(run))
    parts.append(f"<sub>{escaped(circumstances(run))}</sub>")
    return "\n\n".join(parts) + "\n"


def subject(run: Run) -> str:
    """What the run is of, in a line."""
    given = run.circumstances
    half = f", {given.split} half" if given.split else ""
    return escaped(f"{len(run.records)} questions over {given.notes}{half}")


def headline(found: Figures) -> str:
    """The few figures that matter, in one line."""
    known = [(name, found.get(name)) for name in headlines(found)]
    return " · ".join(
        f"**{title(name)}** {number(one.value)} ({range_of(one)})" for name, one in known if one
    )


def table_text(table: Table) -> str:
    """A table in Markdown; numbers stand to the right."""
    heads = "| " + " | ".join(escaped(head) for head in table.heads) + " |"
    rule = "|---" + "|---:" * (len(table.heads) - 1) + "|"
    rows = ("| " + " | ".join(escaped(cell) for cell in row) + " |" for row in table.rows)
    return "\n".join((heads, rule, *rows))


def escaped(text: str) -> str:
    """Text that is shown as it stands: no markup, no mention of anyone, no break of a table."""
    marked = _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
    return _MENTION.sub("@\u200b", marked.replace("<", "&lt;"))


def circumstances(run: Run) -> str:
    """What the run happened with, in a line."""
    given = run.circumstances
    return (
        f"Footnote {given.footnote} {given.commit}, {given.made}, encoder {given.encoder}, model"
        f" {given.llm}, notes {given.notes_hash}, cases {given.cases_hash}, {given.seconds:.0f} s"
    )


def _failures(run: Run) -> str:
    found = failures(run)
    lines = [f"### {len(found)} of {len(run.records)} questions went wrong"]
    reason = None
    for one in worth_reading(found, _OF_EACH):
        if one.why is not reason:
            reason = one.why
            count = sum(other.why is reason for other in found)
            lines.append(f"\n**{reason}** ({count}): {MEANING[reason]}\n")
        lines.append(f"- {escaped(one.record.id)}: {escaped(one.record.question)}")
    return "\n".join(lines)
