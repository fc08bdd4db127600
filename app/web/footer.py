"""What stands under an answer: who wrote it, how long it took, and what can be done with it."""

from collections.abc import Sequence
from typing import Final

from app.render import heading_path
from app.web.markup import escaped
from app.web.signals import button, unseen
from app.web.talk import Draft, Exchange, Rating, passage_place
from rag.types import NO_MODEL, RULES, Answer, Message, Outcome, Tokens, Verdict

REASONS: Final = ("Wrong", "Not complete", "Beside the point", "It is not in my notes")


def footer(exchange: Exchange, at: int, last: bool) -> str:
    """Facts and buttons; asking again is for the last answer alone."""
    draft = exchange.draft
    facts = _facts(draft)
    return f'<div class="foot"><p class="facts">{facts}</p>{_actions(exchange, at, last)}</div>' + (
        _sent(draft.answer) if draft.answer else ""
    )


def _facts(draft: Draft) -> str:
    answer = draft.answer
    if answer is None:
        return ""
    parts = [_written_by(answer), *_times(answer, draft)]
    if answer.tokens:
        parts.append(_tokens(answer.tokens))
    parts += _verdicts(answer)
    if moved := sum(statement.repointed for statement in answer.statements):
        parts.append(f"{_count(moved, 'footnote')} moved to where the notes say it")
    if answer.dropped:
        parts.append(f"{_count(answer.dropped, 'number')} that named no source left out")
    return " · ".join(escaped(part) for part in parts)


def _written_by(answer: Answer) -> str:
    if answer.outcome is not Outcome.ANSWERED:
        return "Searched"
    if answer.model == NO_MODEL or answer.problem:
        return "Quoted, no model"
    return f"Written by {answer.model}"


def _times(answer: Answer, draft: Draft) -> list[str]:
    """Search as the chat measured it; the rest as the reader felt it."""
    took = answer.timings_ms
    parts = []
    if "search" in took:
        parts.append(f"search {_time(took['search'])}")
    if draft.first_word_ms is not None:
        parts.append(f"first word {_time(draft.first_word_ms)}")
    if draft.all_ms is not None:
        parts.append(f"{_time(draft.all_ms)} in all")
    return parts


def _time(milliseconds: float) -> str:
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"


def _tokens(tokens: Tokens) -> str:
    return f"{tokens.read:,} tokens read, {tokens.wrote:,} written"


def _verdicts(answer: Answer) -> list[str]:
    if answer.model == NO_MODEL or answer.problem or not answer.statements:
        return []
    found = [statement.verdict for statement in answer.statements]
    by = ", ".join("rules" if name == RULES else name for name in answer.checked_by)
    doubts = [
        f"{found.count(verdict)} {verdict}"
        for verdict in (Verdict.UNCONFIRMED, Verdict.CONTRADICTED)
        if verdict in found
    ]
    return [f"checked by {by}: {', '.join(doubts) or 'every statement confirmed'}"]


def _count(number: int, of: str) -> str:
    return f"{number} {of}{'' if number == 1 else 's'}"


def _actions(exchange: Exchange, at: int, last: bool) -> str:
    draft, rating = exchange.draft, exchange.rating
    copied = f'<input type="hidden" class="copied" value="{escaped(draft.text)}">'
    buttons = [
        button("copy", str(at), "Copy", "quiet", "Copy the answer with its footnotes") + copied
    ]
    if last:
        buttons.append(button("again", str(at), "Ask again", "quiet", "Answer this question anew"))
    if draft.answer:
        buttons += _thumbs(rating, at)
    return f'<div class="actions">{"".join(buttons)}</div>'


def _thumbs(rating: Rating | None, at: int) -> list[str]:
    up, down = (rating is not None and rating.good is good for good in (True, False))
    return [
        button("rate", f"{at}:up", _thumb("Good", up), f"quiet thumb up{_on(up)}"),
        button("rate", f"{at}:down", _thumb("Bad", down), f"quiet thumb down{_on(down)}"),
    ]


def _on(chosen: bool) -> str:
    return " chosen" if chosen else ""


def _thumb(name: str, chosen: bool) -> str:
    return f"{name}{unseen(' answer, chosen' if chosen else ' answer')}"


def _sent(answer: Answer) -> str:
    if not answer.sent:
        return ""
    parts = "".join(_message(message) for message in answer.sent)
    return f'<details class="sent"><summary>Show what was sent</summary>{parts}</details>'


def _message(message: Message) -> str:
    return f'<p class="label">{escaped(message.role)}</p><pre>{escaped(message.text)}</pre>'


def rating_row(exchange: Exchange, at: int) -> str:
    """After a thumb down: why, and then the passage that would have answered."""
    rating = exchange.rating
    if rating is None or rating.good:
        return ""
    if rating.case:
        return f'<p class="rating done" role="status">{escaped(rating.case)}</p>'
    chosen = rating.reason
    why = "".join(
        button("reason", f"{at}:{reason}", escaped(reason), f"chip{_on(reason == chosen)}")
        for reason in REASONS
    )
    asked = f'<p class="label">What is wrong with it?</p><div class="chips">{why}</div>'
    right = _right_passage(exchange, at) if chosen else ""
    return f'<div class="rating">{asked}{right}</div>'


def _right_passage(exchange: Exchange, at: int) -> str:
    """Every passage at hand as a button; one more press makes a known question of this one."""
    draft = exchange.draft
    cited = {citation.passage: citation.number for citation in reversed(draft.citations)}
    lines = [
        (f"c{number}", passage)
        for passage, number in sorted(cited.items(), key=lambda found: found[1])
    ]
    lines += [(f"h{number}", hit.passage) for number, hit in enumerate(draft.also_found)]
    choices = [
        (what, f"{heading_path(passage)} · {passage_place(passage)}") for what, passage in lines
    ]
    return (
        '<p class="label">Keep it as a test question: where does the answer stand?</p>'
        f'<div class="chips gold">{_choices([*choices, ("none", "Not in my notes")], at)}</div>'
    )


def _choices(choices: Sequence[tuple[str, str]], at: int) -> str:
    return "".join(button("case", f"{at}:{what}", escaped(said), "chip") for what, said in choices)
