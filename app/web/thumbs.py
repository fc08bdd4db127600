"""What the user thinks of an answer, and how a bad one becomes a known question.

Cases are lines of a file of the user's, in the form that `evals/cases.py` reads.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import gradio as gr

from app.web.conversation import QUIETLY, Conversation, messages
from app.web.footer import REASONS
from app.web.library import Library
from app.web.session import Session
from app.web.signals import numbers_of, signal
from app.web.talk import Exchange, Rating, Talk
from evals.cases import Case, Gold, normalised
from ingest.sentences import sentences
from ingest.types import Passage

_ID_LETTERS: Final = 40


def wire(library: Library, parts: Conversation, own: Session) -> None:
    """Connect the thumbs, the reasons and the choice of the right passage."""

    def changed(event: gr.EventData, talk: Talk | None, owner: str | None, step: Any) -> Any:
        at, what = [*numbers_of(event), ""][:2]
        if talk is None or not at.isdecimal() or int(at) >= len(talk.exchanges):
            return gr.skip(), gr.skip()
        exchange = talk.exchanges[int(at)]
        if not exchange.draft.answer:
            return gr.skip(), gr.skip()
        talk = talk.rated(int(at), step(exchange, what))
        library.conversations.save(owner or "", talk)
        return messages(talk), talk

    def rate(event: gr.EventData, talk: Talk | None, owner: str | None) -> Any:
        return changed(event, talk, owner, rated)

    def reason(event: gr.EventData, talk: Talk | None, owner: str | None) -> Any:
        return changed(event, talk, owner, reasoned)

    def keep(event: gr.EventData, talk: Talk | None, owner: str | None) -> Any:
        return changed(event, talk, owner, lambda one, what: kept(one, what, library.cases))

    outputs = [parts.shown, own.talk]
    for name, step in (("rate", rate), ("reason", reason), ("case", keep)):
        signal(name).select(step, [own.talk, own.owner], outputs, **QUIETLY)


def rated(exchange: Exchange, thumb: str) -> Rating | None:
    """A thumb up or down; pressing it again takes it back."""
    good = thumb == "up"
    before = exchange.rating
    return None if before is not None and before.good is good else Rating(good)


def reasoned(exchange: Exchange, reason: str) -> Rating | None:
    """The thumb with its reason."""
    return Rating(False, reason) if reason in REASONS else exchange.rating


def kept(exchange: Exchange, what: str, cases: Path) -> Rating | None:
    """The thumb with a case made of the answer."""
    passage_quote = _gold(exchange, what)
    if exchange.rating is None or (passage_quote is None and what != "none"):
        return exchange.rating
    case = case_of(exchange, passage_quote)
    append(case, cases)
    said = f"Kept as a test question in {cases}. Run it with: footnote eval --cases {cases}"
    return replace(exchange.rating, case=said)


def case_of(exchange: Exchange, gold: Gold | None) -> Case:
    """A known question: a follow-up is kept as it was made whole."""
    answer = exchange.draft.answer
    question = answer.rewritten if answer else exchange.question
    words = re.sub(r"[^\w]+", "-", question.casefold()).strip("-")[:_ID_LETTERS].strip("-")
    return Case(
        id=f"own-{words}",
        question=question,
        kind="direct" if gold else "near",
        gold=(gold,) if gold else (),
    )


def append(case: Case, file: Path) -> None:
    """One more line; an id that is taken gets a number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    taken = _ids(file)
    id, number = case.id, 2
    while id in taken:
        id, number = f"{case.id}-{number}", number + 1
    row: dict[str, Any] = {"id": id, "question": case.question, "kind": case.kind}
    row["gold"] = [
        {"note": gold.note, "quote": gold.quote}
        | ({"occurrence": gold.occurrence} if gold.occurrence > 1 else {})
        for gold in case.gold
    ]
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def _ids(file: Path) -> set[str]:
    if not file.exists():
        return set()
    rows = (json.loads(line) for line in file.read_text("utf-8").split("\n") if line.strip())
    return {str(row.get("id")) for row in rows if isinstance(row, dict)}


def _gold(exchange: Exchange, what: str) -> Gold | None:
    """The words of a cited or found passage that count as the answer."""
    kind, number = what[:1], what[1:]
    if not number.isdecimal():
        return None
    draft = exchange.draft
    if kind == "c":
        cited = [one for one in draft.citations if one.number == int(number)]
        return Gold(cited[0].passage.note, normalised(cited[0].quote)) if cited else None
    if kind == "h" and int(number) < len(draft.also_found):
        passage = draft.also_found[int(number)].passage
        return Gold(passage.note, normalised(_opening(passage)))
    return None


def _opening(passage: Passage) -> str:
    """A passage's first sentence: enough to know it by, short enough to survive re-splitting."""
    body = passage.body.strip() or passage.text.strip()
    spans = sentences(body)
    return body[slice(*spans[0])] if spans else body
