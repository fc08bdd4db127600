"""Known questions and their gold quotes, read from JSON Lines. A quote names a note and exact words,
never a passage, so that it survives another way of splitting."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.errors import FootnoteError

_SPACE: Final = re.compile(r"\s+")


class CaseError(FootnoteError):
    """A file of cases, or a line in it, is not what it should be."""


@dataclass(frozen=True, slots=True)
class Gold:
    """Words that answer, as they stand in a note."""

    note: str
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question, what kind it is, and where its answer stands; no gold means no answer."""

    id: str
    question: str
    kind: str
    gold: tuple[Gold, ...]


def load(path: Path) -> list[Case]:
    """The cases of a file; an error names the file and the line."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise CaseError(f"{path} cannot be read: {error.strerror}. Name a .jsonl file.") from error
    cases = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cases.append(_case(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise CaseError(
                f"{path}:{number}: not a case ({error}). See evals/README.md."
            ) from error
    return cases


def normalised(text: str) -> str:
    """Text with its white space evened out: quotes are compared so."""
    return _SPACE.sub(" ", text).strip()


def _case(row: Mapping[str, Any]) -> Case:
    gold = [Gold(one["note"], one["quote"]) for one in row.get("gold", ())]
    if row.get("gold_quote"):
        gold.append(Gold(row["gold_file"], row["gold_quote"]))
        gold.extend(Gold(note, quote) for note, quote in row.get("alt", ()))
    return Case(str(row["id"]), row["question"], row["kind"], tuple(gold))
