"""A run, or two beside each other, as one page: what matters, what failed, plots, tables.

The page asks nobody for anything and runs nothing; all text that is not ours is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from evals.compare import Change, Comparison, compare
from evals.compare import table as comparison_table
from evals.failures import MEANING, Failure, Why, failures, worth_reading
from evals.figures import Figures, figures, headline
from evals.gate import Held
from evals.pictures import pictures
from evals.records import Record, Run
from evals.tables import Table, all_tables, number, range_of, title, unit_of

# Questions shown at once of each list; the rest are folded away.
_SHOWN: Final = 4
# Of a text that was found, enough to see what it is about.
_EXCERPT: Final = 280
_WAY: Final = {"better": "good", "worse": "bad"}


def page(run: Run, held: Sequence[Held] = (), earlier: Run | None = None) -> str:
    """The report of a run, its headline held against an earlier one."""
    return _page("How good are the answers?", [body(run, held, earlier)])


def body(run: Run, held: Sequence[Held] = (), earlier: Run | None = None) -> str:
    """The same report, to stand inside a page that dresses it."""
    found = figures(run)
    comparison = compare(earlier, run) if earlier else None
    parts = [
        f"<h1>How good are the answers?</h1><p class='soft'>{escape(subject(run))}</p>",
        _cards(found, comparison),
        _against(earlier, comparison),
        _gates(held),
        _failures(failures(run), run),
        "<h2>In pictures</h2><div class='plots'>",
        *(picture.html for picture in pictures(run, found)),
        "</div><h2>In figures</h2>",
        *map(_table, all_tables(run, found)),
        _footer(run),
    ]
    return "\n".join(parts)


def comparison_page(first: Run, second: Run, found: Comparison) -> str:
    """The report of two runs."""
    return _page("Two runs compared", [comparison_body(first, second, found)])


def comparison_body(first: Run, second: Run, found: Comparison) -> str:
    """The same report, to stand inside a page that dresses it."""
    parts = [
        f"<h1>{escape(found.judgement[0].upper() + found.judgement[1:])}</h1>",
        f"<p class='soft'>{found.shared} questions that both runs asked</p>",
        f"<p>First: {escape(_named(first))}<br>Second: {escape(_named(second))}</p>",
        _items(found.notices),
        _turned("Turned wrong", found.turned_wrong),
        _turned("Turned right", found.turned_right),
        "<h2>In figures</h2>",
        _table(comparison_table(found)),
        "<p class='soft small'>p is of swapping the two runs question by question; 'better' and"
        " 'worse' stand where it stays under .05 when corrected for all measures at once (Holm)."
        " Times are not judged.</p>",
    ]
    return "\n".join(parts)


def subject(run: Run) -> str:
    """What a run is of, in a line."""
    given = run.circumstances
    half = f" ({given.split} half)" if given.split else ""
    return (
        f"{len(run.records)} questions{half} over {given.notes}: {given.notes_count} notes,"
        f" {given.passages} passages"
    )


def _cards(found: Figures, comparison: Comparison | None) -> str:
    changes = {one.measure.name: one for one in comparison.changes} if comparison else {}
    cards = []
    for name in headline(found):
        one = found.get(name)
        if one is not None:
            unit = unit_of(name)
            cards.append(
                f"<div class='card'><div class='name'>{escape(title(name))}</div>"
                f"<div class='value'>{number(one.value, unit)}</div>"
                f"<div class='soft small'>{range_of(one, unit)}, n = {one.n}</div>"
                f"{_change(changes.get(name))}</div>"
            )
    return f"<div class='cards'>{''.join(cards)}</div>"


def _change(change: Change | None) -> str:
    if change is None:
        return ""
    value = change.difference.value
    said = "unchanged"
    if change.says != "same":
        said = f"{value:+.3f} · {change.says}".replace("-", "−")
    return f"<div class='small {_WAY.get(change.says, 'soft')}'>{escape(said)}</div>"


def _against(earlier: Run | None, comparison: Comparison | None) -> str:
    if earlier is None or comparison is None:
        return ""
    right, wrong = len(comparison.turned_right), len(comparison.turned_wrong)
    turned = f"{right} questions turned right, {wrong} wrong"
    said = f"Against {_named(earlier)}: {comparison.judgement}; {turned}."
    return (
        f"<p>{escape(said)}</p>{_items(comparison.notices)}"
        f"{_turned('Turned wrong', comparison.turned_wrong)}"
    )


def _gates(held: Sequence[Held]) -> str:
    rows = (
        f"<li class='{'good' if one.holds else 'bad'}'>{'✓' if one.holds else '✗'}"
        f" {escape(str(one))}</li>"
        for one in held
    )
    return f"<ul class='plain small'>{''.join(rows)}</ul>" if held else ""


def _failures(found: Sequence[Failure], run: Run) -> str:
    share = f"{len(found)} of {len(run.records)} questions went wrong"
    parts = [f"<h2>Failures worth reading</h2><p>{share}.</p>"]
    shown = worth_reading(found, _SHOWN)
    for reason in Why:
        of_it = [one for one in found if one.why is reason]
        if of_it:
            heading = f"{reason.value[0].upper()}{reason.value[1:]}"
            parts.append(
                f"<h3>{escape(heading)} <span class='soft'>({len(of_it)}: {MEANING[reason]})"
                "</span></h3>"
            )
            parts += [_failure(one) for one in shown if one.why is reason]
            rest = "".join(_failure(one) for one in of_it[_SHOWN:])
            if rest:
                more = f"<summary>{len(of_it) - _SHOWN} more</summary>"
                parts.append(f"<details>{more}{rest}</details>")
    return "".join(parts)


def _failure(one: Failure) -> str:
    record = one.record
    searched = ""
    if record.searched.casefold() != record.question.casefold():
        searched = _pair("searched", escape(record.searched))
    return (
        f"<div class='failure'><div class='question'>{escape(record.question)}</div>"
        f"<div class='soft small'>{escape(record.id)} · {escape(record.kind)}</div>"
        f"<dl>{searched}{_pair('wanted', _wanted(record))}{_pair('found', _found(record))}</dl>"
        "</div>"
    )


def _pair(name: str, html: str) -> str:
    return f"<dt>{name}</dt><dd>{html}</dd>"


def _wanted(record: Record) -> str:
    if not record.gold:
        return escape(record.reference or "no answer: the notes do not hold one")
    places = (
        f"{escape(one.quote)}{_at(one.place.shown if one.place else one.note)}"
        for one in record.gold
        if one.required
    )
    return "".join(places)


def _found(record: Record) -> str:
    if record.answered and record.statements:
        text = _excerpt(" ".join(one.text for one in record.statements))
        place = record.citations[0].place.shown if record.citations else ""
        rank = "" if not record.rank else f" · gold at rank {record.rank}"
        return f"{escape(text)}{_at(place + rank)}"
    said = f"refused ({record.outcome.value.replace('_', ' ')})"
    if record.hits:
        first = record.hits[0]
        rank = f"gold at rank {record.rank}" if record.rank else "no gold in ten hits"
        said += f"; first hit: {_excerpt(first.text)}"
        return f"{escape(said)}{_at(f'{first.place.shown} · {rank}')}"
    return escape(said)


def _at(place: str) -> str:
    return f"<span class='place'>{escape(place)}</span>"


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[:_EXCERPT]}…"


def _turned(heading: str, records: Sequence[Record]) -> str:
    if not records:
        return ""
    rows = [
        f"<li>{escape(one.question)} <span class='soft small'>{escape(one.id)}</span></li>"
        for one in records
    ]
    first, rest = "".join(rows[:_SHOWN]), "".join(rows[_SHOWN:])
    more = f"<details><summary>{len(rows) - _SHOWN} more</summary><ul>{rest}</ul></details>"
    return f"<h3>{heading} ({len(rows)})</h3><ul>{first}</ul>{more if rest else ''}"


def _items(texts: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul class='small soft'>{rows}</ul>" if rows else ""


def _table(table: Table) -> str:
    heads = "".join(f"<th scope='col'>{escape(head)}</th>" for head in table.heads)
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in table.rows)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f"<h3>{escape(table.title)}</h3><div class='scroll' tabindex='0'><table>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _footer(run: Run) -> str:
    given = run.circumstances
    versions = ", ".join(f"{name} {version}" for name, version in given.packages.items())
    lines = (
        f"Footnote {given.footnote}, commit {given.commit or 'unknown'}, {given.made}, Python"
        f" {given.python}, {versions}",
        f"Encoder {given.encoder}, model {given.llm}, strictness {given.strictness:g}; notes"
        f" {given.notes_hash}, cases {given.cases_hash}; {given.seconds:.0f} s",
        "Intervals are 95 %, by bootstrap over questions; where all agree, the exact bound.",
    )
    return f"<footer class='soft small'>{'<br>'.join(map(escape, lines))}</footer>"


def _named(run: Run) -> str:
    given = run.circumstances
    return f"{run.name or 'a run'} of {given.made}, commit {given.commit or 'unknown'}"


def _page(heading: str, parts: Iterable[str]) -> str:
    template = Template((Path(__file__).parent / "page.html").read_text("utf-8"))
    return template.substitute(title=escape(heading), body="\n".join(parts))
