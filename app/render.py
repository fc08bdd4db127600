"""Answers and search results as values for programs, as text for terminals, and as Markdown.

Pure functions over the values of `rag.types`. They know no index, no window and no terminal.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.plain import LINK
from ingest.types import Passage
from rag.prompt import sent_text
from rag.text import LISTED, NOT_IN_NOTES
from rag.types import (
    RULES,
    Answer,
    Checking,
    Citation,
    Decided,
    Event,
    Failed,
    Found,
    Hit,
    Message,
    Outcome,
    Statement,
    Verdict,
    Writing,
)

if TYPE_CHECKING:
    from ingest.sync import SyncReport

SEARCHED_FOR: Final = "Searched for:"
CLOSEST: Final = "Closest in your notes"
ALSO: Final = "See also"
NOTHING_SENT: Final = "Nothing was sent to a model."
INSTEAD: Final = "Quotes from your notes instead:"
NOT_BORNE_OUT: Final = "Not borne out"
_DOUBTED: Final = frozenset({Verdict.UNCONFIRMED, Verdict.CONTRADICTED})
# Enough of a statement to find it again in the answer above.
_STATEMENT_LETTERS: Final = 90
# How many listed questions a search shows where they are nearer than any passage.
_LISTED_SHOWN: Final = 3
_WANTED: Final = ("hidden", "left out by")
# How many skipped files a person wants named; the rest is a number.
_SKIPPED_NAMED: Final = 3
# Two or three lines of a terminal: enough to recognise a passage, not enough to read it.
_SNIPPET_LETTERS: Final = 220
# Everything a terminal could take for a command; new line and tab stay.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SCORE_DIGITS: Final = 6


class Role(StrEnum):
    """What a piece of terminal output is, for whoever sets it in type."""

    MARKDOWN = "markdown"
    LABEL = "label"
    SOURCE = "source"
    QUOTE = "quote"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of terminal output; `number` and `place` belong to sources."""

    role: Role
    text: str
    number: str = ""
    place: str = ""


def place(note: str, start_line: int, end_line: int) -> str:
    """A place as people write it: `file:12–18`."""
    return f"{note}:{start_line}" + (f"–{end_line}" if end_line != start_line else "")


def heading_path(passage: Passage) -> str:
    """Title and headings as one path; a heading that repeats the title is said once."""
    heading = passage.heading
    if heading and heading[0].casefold() == passage.title.casefold():
        heading = heading[1:]
    return " › ".join((passage.title, *heading))


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit for programs."""
    parts = hit.parts
    return {
        "rank": hit.rank,
        "score": _rounded(hit.score),
        "parts": {
            "cosine": _rounded(parts.cosine),
            "words": _rounded(parts.words),
            "heading": _rounded(parts.heading),
            "pieces": _rounded(parts.pieces),
            "final": _rounded(parts.final),
        },
        "passage": {
            "note": hit.passage.note,
            "title": hit.passage.title,
            "heading": list(hit.passage.heading),
            "kind": hit.passage.kind.value,
            "start_line": hit.passage.start_line,
            "end_line": hit.passage.end_line,
            "text": hit.passage.text,
        },
    }


def found_json(found: Found) -> dict[str, Any]:
    """A search for programs."""
    return {
        "question": found.question,
        "hits": [hit_json(hit) for hit in found.hits],
        "timings_ms": _timings(found.timings_ms),
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer for programs."""
    return {
        "id": answer.id,
        "question": answer.question,
        "rewritten": answer.rewritten,
        "outcome": answer.outcome.value,
        "text": answer.text,
        "statements": [statement_json(statement) for statement in answer.statements],
        "citations": [citation_json(citation) for citation in answer.citations],
        "also_found": [hit_json(hit) for hit in answer.also_found],
        "disagreements": [
            {"why": one.why, "citations": list(one.citations)} for one in answer.disagreements
        ],
        "model": answer.model,
        "problem": answer.problem,
        "checked_by": list(answer.checked_by),
        "dropped": answer.dropped,
        "notices": list(answer.notices),
        "tokens": _tokens(answer),
        "timings_ms": _timings(answer.timings_ms),
    }


def sent_json(messages: Sequence[Message]) -> list[dict[str, str]]:
    """What was sent to a model, for programs."""
    return [{"role": message.role, "text": message.text} for message in messages]


def report_json(report: "SyncReport", notes: Path, index: Path) -> dict[str, Any]:
    """What a sync did, for programs."""
    counts = ("added", "changed", "moved", "removed", "unchanged", "passages", "encoded")
    return {
        "notes": str(notes),
        "index": str(index),
        **{name: getattr(report, name) for name in counts},
        "skipped": [{"path": str(one.path), "reason": one.reason} for one in report.skipped],
        "rebuilt": report.rebuilt,
        "generation": report.generation,
        "seconds": round(report.seconds, 3),
    }


def report_text(report: "SyncReport", notes: Path) -> str:
    """What a sync did, for people."""
    held = report.added + report.changed + report.moved + report.unchanged
    lines = [
        f"{notes}: {held} notes, {report.passages} passages ({report.seconds:.1f} s)",
        f"{report.added} added, {report.changed} changed, {report.moved} moved,"
        f" {report.removed} removed, {report.unchanged} unchanged; {report.encoded} encoded",
    ]
    if report.rebuilt:
        lines.append(f"Rebuilt: {report.rebuilt}")
    lines += [f"Skipped {one.path}: {one.reason}" for one in report.skipped]
    return visible("\n".join(lines)) + "\n"


def skipped_line(report: "SyncReport") -> str:
    """One line on what a sync left out; empty where nothing was, or nothing is new."""
    # What its owner hid or left out is no news to them.
    news = [one for one in report.skipped if not str(one.reason).startswith(_WANTED)]
    if not news or not (report.added or report.changed or report.removed or report.rebuilt):
        return ""
    reasons = Counter(str(one.reason) for one in news).most_common(_SKIPPED_NAMED)
    named = "; ".join(f"{count} × {reason}" for reason, count in reasons)
    files = "1 file" if len(news) == 1 else f"{len(news)} files or folders"
    return visible(f"Skipped {files} ({named}); 'footnote index' lists them.")


def sent_pieces(answer: Answer) -> tuple[Piece, ...]:
    """What was sent to a model, word for word."""
    if not answer.sent:
        return (Piece(Role.LABEL, NOTHING_SENT),)
    return (Piece(Role.TABLE, visible(sent_text(answer.sent))),)


def under_way(event: Event) -> str:
    """What an answer is at, in a few words; empty where that is not worth saying."""
    match event:
        case Writing(text):
            return f"Writing: {visible(' '.join(text.split()))}" if text.strip() else ""
        case Decided(Outcome.ANSWERED):
            return "Reading what was found"
        case Checking(checker):
            return f"Checking, by {checker}"
        case Failed(problem):
            return visible(problem)
    return ""


def answer_pieces(answer: Answer) -> tuple[Piece, ...]:
    """An answer for a terminal: what the notes say, then where they say it."""
    opening: tuple[Piece, ...]
    match answer.outcome:
        case Outcome.ANSWERED:
            said = visible(_without_links_within(answer.text))
            opening = (Piece(Role.MARKDOWN, said), Piece(Role.LABEL, "Sources"))
        case Outcome.LISTED:
            opening = (Piece(Role.LABEL, LISTED),)
        case Outcome.NOT_IN_NOTES:
            opening = (Piece(Role.LABEL, NOT_IN_NOTES), *_unsupported(answer))
    if answer.problem:
        told = [Piece(Role.LABEL, visible(answer.problem))]
        instead = [Piece(Role.LABEL, INSTEAD)] if answer.statements else []
        opening = (*told, *instead, *opening)
    if answer.rewritten != answer.question:
        taken = Piece(Role.LABEL, f"{SEARCHED_FOR} {visible(answer.rewritten)}")
        opening = (taken, *opening)
    label = CLOSEST if answer.outcome is Outcome.NOT_IN_NOTES else ALSO
    further = (Piece(Role.LABEL, label), *map(_place_piece, answer.also_found))
    sources = _citation_pieces(answer.citations)
    return (*opening, *sources, *_doubt_pieces(answer), *(further if answer.also_found else ()))


def _unsupported(answer: Answer) -> tuple[Piece, ...]:
    """What a model wrote that the notes do not bear out: marked, never hidden."""
    if not answer.statements:
        return ()
    written = answer.text.removeprefix(NOT_IN_NOTES).strip()
    return (Piece(Role.MARKDOWN, visible(written)),)


def _doubt_pieces(answer: Answer) -> list[Piece]:
    """Why statements are not borne out, what was dropped, and whatever else is to be known."""
    doubted = [one for one in answer.statements if one.verdict in _DOUBTED]
    lines = [
        f"{one.verdict.value} ({one.checked_by}): “{_shortened(one.text)}”: "
        + "; ".join(one.reasons)
        for one in doubted
    ]
    pieces = [Piece(Role.LABEL, NOT_BORNE_OUT)] if lines else []
    pieces += [Piece(Role.QUOTE, visible(line)) for line in lines]
    notices = list(answer.notices)
    if answer.dropped:
        numbers = "number" if answer.dropped == 1 else "numbers"
        notices.append(f"Dropped {answer.dropped} cited {numbers} that name no passage.")
    if tuple(answer.checked_by) != (RULES,):
        notices.append(f"Checked by {', then '.join(answer.checked_by)}.")
    return pieces + [Piece(Role.LABEL, visible(notice)) for notice in notices]


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= _STATEMENT_LETTERS:
        return words
    return words[:_STATEMENT_LETTERS].rsplit(" ", 1)[0] + " …"


def _without_links_within(text: str) -> str:
    """Links between notes lead nowhere from a terminal; their words stay."""
    return LINK.sub(lambda match: match.group() if "://" in match.group() else match.group(1), text)


def found_pieces(found: Found, explain: bool = False) -> tuple[Piece, ...]:
    """A search for a terminal: passages with places, or a table of what scores are made of."""
    pieces: list[Piece] = []
    if not found.hits:
        pieces.append(Piece(Role.LABEL, "Nothing in your notes comes near."))
    elif explain:
        pieces.append(Piece(Role.TABLE, explain_table(found.hits)))
    else:
        for hit in found.hits:
            pieces += [_place_piece(hit, str(hit.rank)), Piece(Role.QUOTE, snippet(hit.passage))]
    best = found.hits[0].score if found.hits else 0.0
    nearer = [hit for hit in found.listed if hit.score >= best][:_LISTED_SHOWN]
    if nearer:
        pieces.append(Piece(Role.LABEL, "Asked in your notes"))
    for hit in nearer:
        pieces += [_place_piece(hit), Piece(Role.QUOTE, snippet(hit.passage))]
    return tuple(pieces)


def explain_table(hits: Sequence[Hit]) -> str:
    """Each hit's parts in columns, best first."""
    rows = ["  #  final  cosine  words  heading  pieces  passage"]
    for hit in hits:
        parts = hit.parts
        where = visible(f"{heading_path(hit.passage)}  {_passage_place(hit.passage)}")
        rows.append(
            f"{hit.rank:>3}  {parts.final:5.3f}  {parts.cosine:6.3f}  {parts.words:5.3f}"
            f"  {parts.heading:7.3f}  {parts.pieces:6.3f}  {where}"
        )
    return "\n".join(rows)


def plain_text(pieces: Sequence[Piece]) -> str:
    """Pieces as text that reads well without colour, in a file or a pipe."""
    blocks: list[str] = []
    for piece in pieces:
        match piece.role:
            case Role.SOURCE:
                number = f"[{piece.number}] " if piece.number else "    "
                blocks.append(f"{number}{piece.text}   {piece.place}\n")
            case Role.QUOTE:
                blocks.append(indented(piece.text) + "\n")
            case Role.LABEL:
                gap = "\n" if blocks else ""
                blocks.append(f"{gap}{piece.text}\n")
            case Role.MARKDOWN | Role.TABLE:
                blocks.append(piece.text.rstrip("\n") + "\n")
    return "".join(blocks)


def indented(text: str) -> str:
    """The text four columns in, empty lines left empty."""
    return "\n".join(f"    {line}" if line.strip() else "" for line in text.split("\n"))


def snippet(passage: Passage) -> str:
    """The beginning of a passage's body on one line, cut between words."""
    words = visible(" ".join((passage.body.strip() or passage.text).split()))
    if len(words) <= _SNIPPET_LETTERS:
        return words
    return words[:_SNIPPET_LETTERS].rsplit(" ", 1)[0] + " …"


def visible(text: str) -> str:
    """The text without control characters: notes must not steer a terminal."""
    return _CONTROL.sub("\ufffd", text)


def statement_json(statement: Statement) -> dict[str, Any]:
    """A statement for programs."""
    return {
        "text": statement.text,
        "citations": list(statement.citations),
        "verdict": statement.verdict.value,
        "reasons": list(statement.reasons),
        "checked_by": statement.checked_by,
        "repointed": statement.repointed,
        "key": statement.key,
    }


def _tokens(answer: Answer) -> dict[str, int] | None:
    tokens = answer.tokens
    return None if tokens is None else {"read": tokens.read, "wrote": tokens.wrote}


def citation_json(citation: Citation) -> dict[str, Any]:
    """A footnote for programs."""
    passage = citation.passage
    return {
        "number": citation.number,
        "note": passage.note,
        "title": passage.title,
        "heading": list(passage.heading),
        "start_line": citation.start_line,
        "end_line": citation.end_line,
        "quote": citation.quote,
        "passage": passage.text,
    }


def _citation_pieces(citations: Sequence[Citation]) -> list[Piece]:
    pieces: list[Piece] = []
    before: Passage | None = None
    for citation in citations:
        passage = citation.passage
        path = "same passage" if passage == before else visible(heading_path(passage))
        where = visible(place(passage.note, citation.start_line, citation.end_line))
        pieces.append(Piece(Role.SOURCE, path, str(citation.number), where))
        pieces.append(Piece(Role.QUOTE, visible(citation.quote)))
        before = passage
    return pieces


def _place_piece(hit: Hit, number: str = "") -> Piece:
    path = visible(heading_path(hit.passage))
    # The same words elsewhere are no second hit, but a place to know of.
    places = ", also ".join((_passage_place(hit.passage), *hit.also))
    return Piece(Role.SOURCE, path, number, visible(places))


def _passage_place(passage: Passage) -> str:
    return place(passage.note, passage.start_line, passage.end_line)


def _timings(timings: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in timings.items()}


def _rounded(score: float) -> float:
    return round(float(score), _SCORE_DIGITS)
