"""The small marks inside an answer: its footnotes, and what was not confirmed, each with a tip."""

from collections.abc import Sequence
from typing import Final

from app.render import heading_path
from app.web.markup import block, escaped
from app.web.signals import button, unseen
from app.web.talk import Draft, passage_place
from rag.types import RULES, Citation, Statement, Verdict

_FOUND: Final = {
    Verdict.UNCONFIRMED: "Unconfirmed: the passage neither says this nor goes against it.",
    Verdict.CONTRADICTED: "Contradicted: the passage says otherwise.",
}


def markers(numbers: Sequence[int], at: int) -> str:
    """The footnotes of a statement: small buttons that lead to its sources."""
    return "".join(_marker(number, at) for number in numbers)


def _marker(number: int, at: int) -> str:
    inner = f"{unseen('Source ')}{number}"
    return button("source", f"{at}:c{number}", inner, f"cite tipped of-{tip_id(at, f'c{number}')}")


def reason_mark(statement: Statement, number: int, at: int) -> str:
    """A mark that says why a statement is not borne out; nothing where it is."""
    if statement.verdict not in _FOUND:
        return ""
    look = f"why {statement.verdict} tipped of-{tip_id(at, f's{number}')}"
    return button("why", f"{at}:s{number}", unseen(reasons(statement)), look)


def reasons(statement: Statement) -> str:
    """Why a statement is not borne out, in words, and who says so."""
    return " ".join((_FOUND[statement.verdict], *statement.reasons, _judged_by(statement)))


def _judged_by(statement: Statement) -> str:
    by = statement.checked_by
    return "Checked by rules." if by == RULES else f"Checked by {by}."


def tip_id(at: int, what: str) -> str:
    """The name of a tip: which answer, and which of its citations or statements."""
    return f"tip-{at}-{what}"


def tips(draft: Draft, at: int) -> str:
    """What the marks of an answer show when they are pointed at or reached by keyboard."""
    cited = (_citation_tip(citation, at) for citation in draft.citations)
    why = (
        _tip(tip_id(at, f"s{number}"), f"<p>{escaped(reasons(statement))}</p>")
        for number, statement in enumerate(draft.statements)
        if statement.verdict in _FOUND
    )
    return f'<div class="tips">{"".join((*cited, *why))}</div>'


def _citation_tip(citation: Citation, at: int) -> str:
    passage = citation.passage
    return _tip(
        tip_id(at, f"c{citation.number}"),
        f'<div class="quote">{block(citation.quote)}</div>'
        f'<p class="from">{escaped(heading_path(passage))} · {escaped(passage_place(passage))}</p>',
    )


def _tip(name: str, inner: str) -> str:
    return f'<div class="tip" id="{name}" role="tooltip">{inner}</div>'
