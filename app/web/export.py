"""A conversation as a file: Markdown with footnotes for people, JSON for programs."""

import json
import re
from dataclasses import replace
from typing import Final

from app.render import answer_json, heading_path, place
from app.web.talk import Exchange, Talk
from rag.types import Citation

_NAME_LETTERS: Final = 60
_MARKER: Final = re.compile(r"\[(\d+)\](?!\()")


def as_markdown(talk: Talk) -> str:
    """Questions as headings, answers below them, their sources as footnotes at the end."""
    parts, notes, before = [f"# {talk.name}"], [], 0
    for exchange in talk.exchanges:
        cited = {citation.number for citation in exchange.draft.citations}
        parts += [f"## {exchange.question}", _renumbered(_text(exchange), cited, before)]
        for citation in exchange.draft.citations:
            notes.append(_footnote(replace(citation, number=citation.number + before)))
        before += max(cited, default=0)
    return "\n\n".join((*parts, *notes)) + "\n"


def as_json(talk: Talk) -> str:
    """Every question with the answer that a program would get."""
    turns = [
        {"question": one.question, "answer": answer_json(one.draft.answer)}
        if one.draft.answer
        else {"question": one.question, "answer": None, "text": one.draft.text}
        for one in talk.exchanges
    ]
    return json.dumps({"title": talk.name, "turns": turns}, ensure_ascii=False, indent=2) + "\n"


def file_name(talk: Talk, ending: str) -> str:
    """A name that every file system takes."""
    words = re.sub(r"[^\w-]+", "-", talk.name.casefold()).strip("-")
    return f"{words[:_NAME_LETTERS].rstrip('-') or 'conversation'}.{ending}"


def _text(exchange: Exchange) -> str:
    return exchange.draft.text or exchange.draft.problem or "(stopped)"


def _renumbered(text: str, cited: set[int], before: int) -> str:
    """Markers as Markdown's footnotes, counted on over the whole conversation."""

    def footnote(match: re.Match[str]) -> str:
        number = int(match.group(1))
        return f"[^{number + before}]" if number in cited else match.group()

    return _MARKER.sub(footnote, text)


def _footnote(citation: Citation) -> str:
    where = place(citation.passage.note, citation.start_line, citation.end_line)
    quote = " ".join(citation.quote.split())
    return f"[^{citation.number}]: {heading_path(citation.passage)}, `{where}`: “{quote}”"
