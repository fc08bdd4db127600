"""Questions from the command line or a JSON Lines file, checked before anything is done."""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.errors import QuestionError
from rag.types import Turn

STANDARD_INPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the conversation before it; `place` says where it was read, if in a file."""

    question: str
    history: tuple[Turn, ...] = ()
    id: str | int | None = None
    place: str = ""


def read(name: str) -> tuple[Asked, ...]:
    """Every question of a JSON Lines file, or of standard input where `name` is '-'."""
    try:
        raw = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise QuestionError(f"cannot read the questions in {name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise QuestionError(f"{_place(name, line)}: not UTF-8; save the file as UTF-8") from error
    return parse(text.split("\n"), name)


def parse(lines: Iterable[str], name: str) -> tuple[Asked, ...]:
    """The questions of JSON lines; the first line that is wrong raises, with its place."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    asked = tuple(_line(line, number, _place(name, number)) for number, line in numbered)
    if not asked:
        raise QuestionError(f"{_shown(name)} holds no question; write one JSON object a line")
    return asked


def well_formed(text: str) -> str:
    """The text without halves of letters, which no output can carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _line(line: str, number: int, place: str) -> Asked:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{place}: not JSON ({error})") from error
    if not isinstance(value, dict):
        raise QuestionError(f'{place}: expected an object such as {{"question": "…"}}')
    question = _words(value, "question", place)
    if not question.strip():
        raise QuestionError(f"{place}: the question is empty")
    identity = value.get("id", str(number))
    if isinstance(identity, bool) or not isinstance(identity, (str, int)):
        raise QuestionError(f"{place}: 'id' must be a text or a whole number")
    return Asked(question, _history(value.get("history", []), place), identity, place)


def _history(value: Any, place: str) -> tuple[Turn, ...]:
    if not isinstance(value, list) or not all(isinstance(turn, dict) for turn in value):
        raise QuestionError(f"{place}: 'history' must be a list of questions with their answers")
    return tuple(
        Turn(_words(turn, "question", place), _words(turn, "answer", place)) for turn in value
    )


def _words(value: dict[str, Any], key: str, place: str) -> str:
    text = value.get(key)
    if not isinstance(text, str):
        raise QuestionError(f"{place}: '{key}' must be there and be a text")
    return well_formed(text)


def _place(name: str, line: int) -> str:
    return f"{_shown(name)}, line {line}"


def _shown(name: str) -> str:
    return "standard input" if name == STANDARD_INPUT else name
