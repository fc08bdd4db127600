"""Known questions and their gold quotes, read from JSON Lines and checked line by line.

A quote names a note and exact words, never a passage, so that it survives re-splitting.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.errors import FootnoteError
from rag.types import Turn

ANSWERABLE: Final = (
    "direct",
    "paraphrase",
    "keyword",
    "typo",
    "comparison",
    "numeric",
    "follow-up",
)
UNANSWERABLE: Final = ("near", "outside", "leave")
SPLITS: Final = ("tune", "report")
_KEYS: Final = frozenset("id question kind history whole gold also reference facts split".split())
_SPACE: Final = re.compile(r"\s+")


class CaseError(FootnoteError):
    """A file of cases, or a line in it, is not what it should be."""


@dataclass(frozen=True, slots=True)
class Gold:
    """Words that answer, as they stand in a note; `occurrence` counts from 1."""

    note: str
    quote: str
    occurrence: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A question whose answer is known, or known not to be in the notes."""

    id: str
    question: str
    kind: str
    gold: tuple[Gold, ...]
    also: tuple[Gold, ...] = ()
    history: tuple[Turn, ...] = ()
    whole: str = ""
    reference: str = ""
    facts: tuple[str, ...] = ()
    split: str = "report"

    @property
    def answerable(self) -> bool:
        """Whether the notes hold the answer."""
        return bool(self.gold)

    @property
    def accepted(self) -> tuple[Gold, ...]:
        """Every place that counts as found."""
        return (*self.gold, *self.also)


def load(path: Path) -> list[Case]:
    """The cases of a file, or of all files of a folder; an error names the file and the line."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    cases = [case for file in files for case in _of_file(file)]
    if not cases:
        raise CaseError(f"{path} holds no cases. See evals/README.md for their form.")
    seen: dict[str, str] = {}
    for case in cases:
        if case.id in seen:
            raise CaseError(f"{path}: the id {case.id!r} occurs twice; each case needs its own.")
        seen[case.id] = case.question
    return cases


def normalised(text: str) -> str:
    """Text with its white space evened out: quotes are compared so."""
    return _SPACE.sub(" ", text).strip()


def _of_file(file: Path) -> Iterable[Case]:
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{file} cannot be read: {error}. Name a .jsonl file of cases.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _case(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                problem = f"no {error}" if isinstance(error, KeyError) else str(error)
                raise CaseError(
                    f"{file}:{number}: not a case: {problem}. See evals/README.md for the form."
                ) from error


def _case(row: Mapping[str, Any]) -> Case:
    if "gold_quote" in row:
        return _short_form(row)
    unknown = set(row) - _KEYS
    if unknown:
        raise ValueError(f"unknown keys {', '.join(sorted(unknown))}")
    case = Case(
        id=_text(row, "id"),
        question=_text(row, "question"),
        kind=_text(row, "kind"),
        gold=_golds(row, "gold"),
        also=_golds(row, "also"),
        history=tuple(
            Turn(_text(t, "question"), _text(t, "answer")) for t in row.get("history", ())
        ),
        whole=row.get("whole", ""),
        reference=row.get("reference", ""),
        facts=tuple(row.get("facts", ())),
        split=row.get("split", "report"),
    )
    _check(case)
    return case


def _check(case: Case) -> None:
    if case.kind not in (*ANSWERABLE, *UNANSWERABLE):
        raise ValueError(f"unknown kind {case.kind!r}")
    if case.split not in SPLITS:
        raise ValueError(f"unknown split {case.split!r}")
    if case.answerable != (case.kind in ANSWERABLE):
        raise ValueError(f"a case of kind {case.kind!r} has {'' if case.gold else 'no '}gold")
    if (case.kind == "follow-up") != bool(case.history):
        raise ValueError("follow-ups, and they alone, have a history")


def _golds(row: Mapping[str, Any], key: str) -> tuple[Gold, ...]:
    return tuple(
        Gold(_text(one, "note"), _text(one, "quote"), one.get("occurrence", 1))
        for one in row.get(key, ())
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key!r} is {value!r}, not a text")
    return value


def _short_form(row: Mapping[str, Any]) -> Case:
    """Cases with one quote and its alternatives, of any kinds: enough to measure retrieval."""
    gold = (Gold(row["gold_file"], row["gold_quote"]),) if row["gold_quote"] else ()
    also = tuple(Gold(note, quote) for note, quote in row.get("alt", ()))
    return Case(_text(row, "id"), _text(row, "question"), _text(row, "kind"), gold, also)
