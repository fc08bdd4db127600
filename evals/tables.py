"""Figures as rows of text, for the terminal, Markdown and the page alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from evals.figures import BY_KIND, MEASURES, REFUSED, SECTIONS, Figure, Figures
from evals.intervals import Interval
from evals.judge import agreements
from evals.measures.measure import Unit
from evals.records import Run

_TITLES: Final = {REFUSED.name: REFUSED.title}


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the heads of columns, and rows of cells; the first cell names its row."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def title(measure: str) -> str:
    """What a measure is called for people."""
    return _TITLES.get(measure) or MEASURES[measure].title


def number(value: float, unit: Unit = Unit.SHARE) -> str:
    """A figure in as many digits as its unit deserves."""
    return f"{value:.3f}" if unit is Unit.SHARE else f"{value:.1f}"


def unit_of(measure: str) -> Unit:
    """The unit of a measure by its name."""
    return MEASURES[measure].unit if measure in MEASURES else Unit.SHARE


def range_of(found: Interval, unit: Unit = Unit.SHARE) -> str:
    """An interval's ends."""
    return f"{number(found.low, unit)} – {number(found.high, unit)}"


def sections(figures: Figures) -> Iterator[Table]:
    """A table for each group of measures that anything is known of."""
    for heading, measures in SECTIONS.items():
        rows = [
            (
                one.title,
                one.name,
                number(found.value, one.unit),
                range_of(found, one.unit),
                str(found.n),
            )
            for one in measures
            if (found := figures.get(one.name)) is not None
        ]
        if rows:
            heads = ("", "name", "value", "95 % interval", "n")
            yield Table(heading, heads, tuple(rows))


def by_group(found: tuple[Figure, ...], heading: str, first: str) -> Table:
    """The broken-down measures, a row for each group."""
    groups: dict[str, dict[str, Interval]] = {}
    for figure in found:
        groups.setdefault(figure.group, {})[figure.measure] = figure.interval
    measures = [name for name in BY_KIND if any(name in of for of in groups.values())]
    rows = tuple((group, *_cells(of, measures)) for group, of in groups.items())
    return Table(heading, (first, *(title(name) for name in measures), "n"), rows)


def of_pairs(found: tuple[Figure, ...]) -> Table:
    """How often verdicts are right, kind by kind of pair."""
    rows = tuple(
        (
            one.group,
            "right" if one.measure == "right-passed" else "wrong",
            number(one.interval.value),
            range_of(one.interval),
            str(one.interval.n),
        )
        for one in found
    )
    heads = ("kind", "statements are", "judged rightly", "95 % interval", "n")
    return Table("Verdicts by kind of pair", heads, rows)


def of_judge(run: Run) -> Table | None:
    """How far a judging model agrees with our measures; None where none judged."""
    found = [one for one in agreements(run.records) if one.n]
    if not found:
        return None
    rows = tuple((one.what, number(one.share), number(one.kappa), str(one.n)) for one in found)
    name = next(record.judged.judge for record in run.records if record.judged)
    heads = ("ours / the judge's", "say the same", "Cohen's kappa", "n")
    return Table(f"Judged by {name}", heads, rows)


def all_tables(run: Run, figures: Figures) -> list[Table]:
    """Every table of a run."""
    tables = list(sections(figures))
    tables.append(by_group(figures.by_kind, "By kind of question", "kind"))
    if figures.by_note:
        tables.append(by_group(figures.by_note, "By note", "note"))
    if figures.by_pairs:
        tables.append(of_pairs(figures.by_pairs))
    judge = of_judge(run)
    return [*tables, judge] if judge else tables


def plain_table(table: Table) -> str:
    """A table in columns, for a terminal or a pipe."""
    rows = [table.heads, *table.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.heads))]
    lines = (
        "  ".join((row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:]))).rstrip()
        for row in rows
    )
    return "\n".join((table.title, *(f"  {line}" for line in lines), ""))


def _cells(of: Mapping[str, Interval], measures: list[str]) -> Iterator[str]:
    for name in measures:
        found = of.get(name)
        yield "–" if found is None else f"{number(found.value)} ({range_of(found)})"
    yield str(max(found.n for found in of.values()))
