"""An answer, finished or under way, as the HTML of one message. It knows no window.

`at` is the place of the exchange in its conversation: buttons carry it, so that every answer keeps
leading to its own sources.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from app.render import ALSO, CLOSEST, SEARCHED_FOR, heading_path
from app.web.footer import footer, rating_row
from app.web.marks import markers, reason_mark, tips
from app.web.markup import block, escaped, inline
from app.web.signals import button, unseen
from app.web.talk import Draft, Exchange, cited_place, passage_place
from ingest.types import Passage
from rag.text import LISTED, NOT_IN_NOTES, label_of
from rag.types import Answer, Citation, Form, Hit, Outcome, Statement

_LOOKING: Final = "Looking through your notes …"
_STOPPED: Final = "Stopped."
_QUOTES_INSTEAD: Final = "What follows is quoted from your notes instead."


def question_html(question: str, editable: bool = False) -> str:
    """A question as the user typed it, with a way to put the last one differently."""
    edit = button("edit", "", "Edit", "quiet", "Change this question") if editable else ""
    said = escaped(question).replace("&#10;", "<br>")
    return f'<div class="asked"><span>{said}</span>{edit}</div>'


def exchange_html(exchange: Exchange, at: int, last: bool) -> str:
    """The answer so far: what the notes say, where they say it, and what can be done with it."""
    draft = exchange.draft
    if draft.problem:
        actions = footer(exchange, at, last)
        return (
            f'<div class="answer problem"><p class="remark" role="alert">{escaped(draft.problem)}'
            f"</p>{actions}</div>"
        )
    if draft.outcome is None and not draft.over:
        return f'<div class="answer waiting"><p role="status">{_LOOKING}</p></div>'
    parts = (
        _taken_for(draft.taken_for),
        _failed(draft.failed),
        f'<div class="said">{_said(draft, at)}</div>',
        _notices(draft.answer),
        _disagreements(draft.answer, at),
        _sources(draft, at) or _closest(draft, at),
        _also(draft, at) if draft.citations else "",
        footer(exchange, at, last) if draft.over else _under_way(draft),
        rating_row(exchange, at) if draft.over else "",
        _next(draft) if last and draft.over else "",
        tips(draft, at),
    )
    return f'<div class="answer {_look(draft)}">{"".join(parts)}</div>'


def _look(draft: Draft) -> str:
    outcome = draft.outcome or Outcome.ANSWERED
    states = {"writing": not draft.over, "stopped": draft.stopped, "failed": bool(draft.failed)}
    return " ".join((outcome, *(state for state, holds in states.items() if holds)))


def _said(draft: Draft, at: int) -> str:
    match draft.outcome:
        case Outcome.LISTED:
            return _remark(LISTED)
        case Outcome.NOT_IN_NOTES:
            return _remark(NOT_IN_NOTES)
        case _:
            writing = f'<div class="partial">{block(draft.writing)}</div>' if draft.writing else ""
            stopped = _remark(_STOPPED) if draft.stopped else ""
            return _statements(draft, at) + writing + stopped


def _taken_for(question: str) -> str:
    return f'<p class="taken">{SEARCHED_FOR} {escaped(question)}</p>' if question else ""


def _failed(problem: str) -> str:
    if not problem:
        return ""
    return f'<p class="remark fault" role="alert">{escaped(problem)} {_QUOTES_INSTEAD}</p>'


def _remark(text: str) -> str:
    return f'<p class="remark">{text}</p>'


def _under_way(draft: Draft) -> str:
    doing = f"Checking with {escaped(draft.checking)} …" if draft.checking else ""
    return f'<p class="doing" role="status">{doing}</p>' if doing else ""


def _notices(answer: Answer | None) -> str:
    notices = answer.notices if answer else ()
    return "".join(f'<p class="notice">{escaped(notice)}</p>' for notice in notices)


def _disagreements(answer: Answer | None, at: int) -> str:
    if answer is None or not answer.disagreements:
        return ""
    items = "".join(
        f"<li>{escaped(one.why)}{markers(one.citations, at)}</li>" for one in answer.disagreements
    )
    return f'<div class="disagree"><p class="label">Your notes disagree</p><ul>{items}</ul></div>'


def _statements(draft: Draft, at: int) -> str:
    """Running sentences of one passage as a paragraph, items as a list, blocks by themselves."""
    passages = {citation.number: citation.passage for citation in draft.citations}

    def together(numbered: tuple[int, Statement]) -> tuple[Form, Passage | None]:
        statement = numbered[1]
        first = statement.citations[0] if statement.citations else 0
        return statement.form, passages.get(first)

    several = len({passage.heading for passage in passages.values()}) > 1
    heading: tuple[str, ...] = ()
    parts: list[str] = []
    for (form, passage), run in groupby(enumerate(draft.statements), together):
        group = list(run)
        if several and (label := label_of(group[0][1], passage, heading)):
            parts.append(f'<p class="under">{escaped(label)}</p>')
        heading = passage.heading if passage else ()
        match form:
            case Form.SENTENCE:
                parts.append(
                    f"<p>{' '.join(_sentence(one, number, at) for number, one in group)}</p>"
                )
            case Form.ITEM:
                parts.append(_items(group, at))
            case Form.BLOCK:
                parts += (_block(statement, number, at) for number, statement in group)
    return "".join(parts)


def _items(group: Sequence[tuple[int, Statement]], at: int) -> str:
    """A list with the numbers or boxes that its items have in the note."""
    said = [_sentence(statement, number, at) for number, statement in group]
    written = [statement.marker for _, statement in group]
    numbers = [marker.rstrip(".)") for marker in written]
    if all(number.isdecimal() for number in numbers):
        pairs = zip(numbers, said, strict=True)
        items = (f'<li value="{number}">{one}</li>' for number, one in pairs)
        return f"<ol>{''.join(items)}</ol>"
    boxes = ("☐ " if "[ ]" in marker else "☑ " if "[" in marker else "" for marker in written)
    pairs = zip(boxes, said, strict=True)
    return f"<ul>{''.join(f'<li>{box}{one}</li>' for box, one in pairs)}</ul>"


def _sentence(statement: Statement, number: int, at: int) -> str:
    marked = reason_mark(statement, number, at) + markers(statement.citations, at)
    words = f'<span class="words">{inline(statement.text)}</span>'
    return f'<span class="statement {statement.verdict}">{words}{marked}</span>'


def _block(statement: Statement, number: int, at: int) -> str:
    marked = reason_mark(statement, number, at) + markers(statement.citations, at)
    return (
        f'<div class="statement block {statement.verdict}"><div>{block(statement.text)}</div>'
        f"{marked}</div>"
    )


def _sources(draft: Draft, at: int) -> str:
    """One line for each cited passage; pressing it shows the passage in its note."""
    of_passage: dict[Passage, list[Citation]] = {}
    for citation in draft.citations:
        of_passage.setdefault(citation.passage, []).append(citation)
    if not of_passage:
        return ""
    lines = "".join(f"<li>{_cited(cited, at)}</li>" for cited in of_passage.values())
    return f'<div class="sources"><p class="label">Sources</p><ul>{lines}</ul></div>'


def _cited(cited: Sequence[Citation], at: int) -> str:
    numbers = "".join(
        f'<span class="number">{run}</span>'
        for run in runs([citation.number for citation in cited])
    )
    shown = _path(cited[0].passage, cited_place(cited))
    inner = f'{unseen("Source ")}<span class="numbers">{numbers}</span>{shown}'
    return button("source", f"{at}:c{cited[0].number}", inner, "source")


def runs(numbers: Sequence[int]) -> list[str]:
    """Ascending numbers with those that follow each other as one: 1–3, 5."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in found]


def _closest(draft: Draft, at: int) -> str:
    lines = _uncited(draft, at)
    if not lines:
        return ""
    return f'<div class="sources closest"><p class="label">{CLOSEST}</p><ul>{lines}</ul></div>'


def _also(draft: Draft, at: int) -> str:
    lines = _uncited(draft, at)
    if not lines:
        return ""
    return f'<details class="also"><summary>{ALSO}</summary><ul>{lines}</ul></details>'


def _uncited(draft: Draft, at: int) -> str:
    return "".join(
        f"<li>{_found(hit, number, at)}</li>" for number, hit in enumerate(draft.also_found)
    )


def _found(hit: Hit, number: int, at: int) -> str:
    return button(
        "source", f"{at}:h{number}", _path(hit.passage, passage_place(hit.passage)), "source"
    )


def _path(passage: Passage, where: str) -> str:
    return (
        f'<span class="path">{escaped(heading_path(passage))}</span>'
        f'<code class="place">{escaped(where)}</code>'
    )


def _next(draft: Draft) -> str:
    if not draft.next:
        return ""
    asked = "".join(button("suggestion", one, escaped(one), "chip") for one in draft.next)
    return f'<div class="next"><p class="label">Nearby in your notes</p>{asked}</div>'
