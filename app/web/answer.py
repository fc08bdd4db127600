"""An answer, finished or under way, as the HTML of one message. It knows no window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from app.render import (
    ALSO,
    CLOSEST,
    SEARCHED_FOR,
    heading_path,
    place,
)
from app.web.markup import Quote, block, escaped, inline
from ingest.types import Passage
from rag.text import LISTED, NOT_IN_NOTES, label_of
from rag.types import Citation, Decided, Event, Finished, Form, Hit, Outcome, Statement, Wrote


@dataclass(frozen=True, slots=True)
class Draft:
    """What of an answer is known so far; `turn` keeps the anchors of a conversation apart."""

    turn: int
    outcome: Outcome | None = None
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    also_found: tuple[Hit, ...] = ()
    finished: bool = False
    taken_for: str = ""

    def after(self, event: Event) -> "Draft":
        """The draft with one more event."""
        match event:
            case Decided():
                return replace(self, outcome=event.outcome)
            case Wrote():
                return replace(
                    self,
                    statements=(*self.statements, event.statement),
                    citations=(*self.citations, *event.new_citations),
                )
            case Finished():
                answer = event.answer
                return Draft(
                    self.turn,
                    answer.outcome,
                    answer.statements,
                    answer.citations,
                    answer.also_found,
                    finished=True,
                    taken_for=answer.rewritten if answer.rewritten != answer.question else "",
                )
            case _:
                return self


def question_html(question: str) -> str:
    """A question as the user typed it."""
    return f'<div class="asked">{escaped(question).replace("&#10;", "<br>")}</div>'


def problem_html(message: str) -> str:
    """A message for the user in place of an answer."""
    return f'<div class="answer problem" role="alert"><p>{escaped(message)}</p></div>'


def answer_html(draft: Draft) -> str:
    """The answer so far: what the notes say, then where they say it."""
    match draft.outcome:
        case None:
            return '<div class="answer waiting"><p>Looking through your notes …</p></div>'
        case Outcome.ANSWERED:
            body = _statements(draft)
        case Outcome.LISTED:
            body = _remark(LISTED)
        case Outcome.NOT_IN_NOTES:
            body = _remark(NOT_IN_NOTES)
    sources = _sources(draft.turn, draft.citations) or _closest(draft)
    further = _also(draft) if draft.citations else ""
    taken = _taken_for(draft.taken_for) if draft.taken_for else ""
    said = f'<div class="said">{taken}{body}</div>'
    state = "" if draft.finished else " writing"
    return f'<div class="answer {draft.outcome}{state}">{said}{sources}{further}</div>'


def _taken_for(question: str) -> str:
    return f'<p class="taken">{SEARCHED_FOR} {escaped(question)}</p>'


def _remark(text: str) -> str:
    return f'<p class="remark">{text}</p>'


def _statements(draft: Draft) -> str:
    """Running sentences of one passage as a paragraph, items as a list, blocks by themselves."""
    passages = {citation.number: citation.passage for citation in draft.citations}

    def together(statement: Statement) -> tuple[Form, Passage | None]:
        first = statement.citations[0] if statement.citations else 0
        return statement.form, passages.get(first)

    several = len({passage.heading for passage in passages.values()}) > 1
    heading: tuple[str, ...] = ()
    parts: list[str] = []
    for (form, passage), run in groupby(draft.statements, together):
        group = list(run)
        if several and (label := label_of(group[0], passage, heading)):
            parts.append(f'<p class="under">{escaped(label)}</p>')
        heading = passage.heading if passage else ()
        match form:
            case Form.SENTENCE:
                said = " ".join(_sentence(statement, draft.turn) for statement in group)
                parts.append(f"<p>{said}</p>")
            case Form.ITEM:
                parts.append(_items(group, draft.turn))
            case Form.BLOCK:
                parts += (_block(statement, draft.turn) for statement in group)
    return "".join(parts)


def _items(group: Sequence[Statement], turn: int) -> str:
    """A list with the numbers or boxes that its items have in the note."""
    numbers = [statement.marker.rstrip(".)") for statement in group]
    if all(number.isdecimal() for number in numbers):
        pairs = zip(numbers, group, strict=True)
        items = (f'<li value="{n}">{_sentence(statement, turn)}</li>' for n, statement in pairs)
        return f"<ol>{''.join(items)}</ol>"
    boxes = ("☐ " if "[ ]" in each.marker else "☑ " if "[" in each.marker else "" for each in group)
    items = (
        f"<li>{box}{_sentence(statement, turn)}</li>"
        for box, statement in zip(boxes, group, strict=True)
    )
    return f"<ul>{''.join(items)}</ul>"


def _sentence(statement: Statement, turn: int) -> str:
    said, markers = inline(statement.text), _markers(statement, turn)
    return f'<span class="statement {statement.verdict}">{said}{markers}</span>'


def _block(statement: Statement, turn: int) -> str:
    said, markers = block(statement.text), _markers(statement, turn)
    return f'<div class="statement block {statement.verdict}"><div>{said}</div>{markers}</div>'


def _markers(statement: Statement, turn: int) -> str:
    return "".join(
        f'<a class="cite" href="#{_anchor(turn, number)}" title="Show source {number}">{number}</a>'
        for number in statement.citations
    )


def _sources(turn: int, citations: Sequence[Citation]) -> str:
    """One card for each passage, the first open, with every quote of it marked."""
    of_passage: dict[Passage, list[Citation]] = {}
    for citation in citations:
        of_passage.setdefault(citation.passage, []).append(citation)
    if not of_passage:
        return ""
    cards = (
        _card(passage, cited, turn, opened=at == 0)
        for at, (passage, cited) in enumerate(of_passage.items())
    )
    return f'<div class="sources"><p class="label">Sources</p>{"".join(cards)}</div>'


def _closest(draft: Draft) -> str:
    cards = _uncited(draft)
    return f'<div class="sources"><p class="label">{CLOSEST}</p>{cards}</div>' if cards else ""


def _also(draft: Draft) -> str:
    cards = _uncited(draft)
    return f'<details class="also"><summary>{ALSO}</summary>{cards}</details>' if cards else ""


def _uncited(draft: Draft) -> str:
    return "".join(_card(hit.passage, (), draft.turn) for hit in draft.also_found)


def _card(passage: Passage, cited: Iterable[Citation], turn: int, *, opened: bool = False) -> str:
    cited = tuple(cited)
    numbers = "".join(
        f'<span class="number" id="{_anchor(turn, citation.number)}">{citation.number}</span>'
        for citation in cited
    )
    first = min((citation.start_line for citation in cited), default=passage.start_line)
    last = max((citation.end_line for citation in cited), default=passage.end_line)
    where = escaped(place(passage.note, first, last))
    quotes = [Quote(citation.number, citation.start, citation.end) for citation in cited]
    return (
        f'<details class="source"{" open" if opened else ""}><summary>{numbers}'
        f'<span class="path">{escaped(heading_path(passage))}</span>'
        f'<code class="place">{where}</code></summary>'
        f'<div class="passage">{block(passage.text, quotes)}</div></details>'
    )


def _anchor(turn: int, number: int) -> str:
    return f"source-{turn}-{number}"
