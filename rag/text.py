"""What is quoted, as a reader sees it: statements as Markdown, units out of their place."""

import re
from collections.abc import Sequence
from typing import Final

from ingest.types import Kind, Passage
from rag.types import Citation, Disagreement, Form, Statement, Verdict
from rag.units import Unit

DISAGREE: Final = "Your notes disagree"
LISTED: Final = "Your notes list this question but don't answer it."
NOT_IN_NOTES: Final = "Your notes don't say."
UNSUPPORTED: Final = "What the model wrote is not borne out by your notes:"
# What stands behind a statement that its passages do not bear out: marked, never hidden.
_MARKS: Final = {
    Verdict.UNCONFIRMED: " *(unconfirmed)*",
    Verdict.CONTRADICTED: " *(contradicted)*",
}
_FENCE: Final = re.compile(r"\s*(`{3,}|~{3,})")
_QUOTE_MARK: Final = re.compile(r"[ \t]*(?:>[ \t]?)+")


def markdown(statements: Sequence[Statement], citations: Sequence[Citation]) -> str:
    """Running sentences in one paragraph, items in lists, blocks apart, each with its numbers.

    Where an answer draws on several sections, items and blocks stand under their heading: 'lies
    between 0 and 1' alone does not say what does.
    """
    passages = {citation.number: citation.passage for citation in citations}
    several = len({passage.heading for passage in passages.values()}) > 1
    parts: list[str] = []
    before: Statement | None = None
    heading: tuple[str, ...] = ()
    above: list[tuple[int, int]] = []
    for statement in statements:
        passage = passages.get(statement.citations[0]) if statement.citations else None
        label = label_of(statement, passage, heading) if several else ""
        if label:
            parts.append(f"\n\n**{label}**")
            before = None
        heading = passage.heading if passage else ()
        if before is None or before.form is not Form.ITEM:
            above = []
        parts.append(_gap(statement, before, _indent(statement, above)) + _marked(statement))
        before = statement
    return "".join(parts).strip()


def disagreement_text(one: Disagreement) -> str:
    """A disagreement as a line of an answer."""
    first, second = one.citations
    return f"**{DISAGREE}:** {one.why} [{first}][{second}]"


def label_of(statement: Statement, passage: Passage | None, before: tuple[str, ...]) -> str:
    """The heading to show above a statement: none above running text, nor twice in a row."""
    if passage is None or statement.form is Form.SENTENCE or passage.heading in ((), before):
        return ""
    return passage.heading[-1]


def shown(unit: Unit, kind: Kind) -> str:
    """A unit's text without indentation and quote marks, code with the fences that it lost."""
    text = _outdented(unit.text)
    return _fenced(text) if unit.form is Form.BLOCK and kind is Kind.CODE else text


def _indent(statement: Statement, above: list[tuple[int, int]]) -> str:
    """How far an item is set in; `above` are the depths and widths of what it may stand under."""
    while above and above[-1][0] >= statement.depth:
        above.pop()
    indent = " " * sum(width for _, width in above)
    # Of '- [ ]' only the dash is the list's.
    above.append((statement.depth, len(statement.marker.split()[0]) + 1))
    return indent


def _gap(statement: Statement, before: Statement | None, indent: str) -> str:
    after = before.form if before else None
    if statement.form is Form.ITEM:
        return ("\n" if after is Form.ITEM else "\n\n") + f"{indent}{statement.marker} "
    return " " if statement.form is after is Form.SENTENCE else "\n\n"


def _marked(statement: Statement) -> str:
    numbers = "".join(f"[{number}]" for number in statement.citations)
    separator = "\n\n" if statement.form is Form.BLOCK else " "
    mark = _MARKS.get(statement.verdict, "")
    return f"{statement.text}{separator}{numbers}{mark}".rstrip()


def _fenced(text: str) -> str:
    first, *rest = text.split("\n")
    fence = _FENCE.match(first)
    if fence is None:
        return "```\n" + text.rstrip("`~ \n") + "\n```"
    closed = rest and rest[-1].strip() == fence.group(1)
    return text if closed else f"{text}\n{fence.group(1)}"


def _outdented(text: str) -> str:
    first, *rest = text.split("\n")
    rest = [line[mark.end() :] if (mark := _QUOTE_MARK.match(line)) else line for line in rest]
    # A unit begins at its first letter, but for the rest of a cut block, which keeps its margin.
    measured = [first, *rest] if first[:1].isspace() else rest
    margin = min((len(line) - len(line.lstrip()) for line in measured if line.strip()), default=0)
    if first[:1].isspace():
        first = first[margin:]
    return "\n".join([first, *(line[margin:] for line in rest)])
