"""How follow-ups are made whole, held against what people made of them. It searches nothing.

`python -m evals.rewriting --canard FOLDER` reads dialogues in CANARD's form: for each question its
history (a title, a section, then questions and answers in turn) and a person's rewrite.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from evals.cases import CaseError
from ingest.words import terms
from rag.followup import make_whole
from rag.types import Turn

Rewrite = Callable[[str, Sequence[Turn]], str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question within a dialogue, and the same question as a person made it whole."""

    question: str
    history: tuple[Turn, ...]
    whole: str

    @property
    def added(self) -> frozenset[str]:
        """The stems that the person put in."""
        return frozenset(terms(self.whole)) - frozenset(terms(self.question))


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the questions, as shares of 1.

    `left_alone` is of the questions that need nothing; the others are of those that need words:
    `completed` were changed at all, `recalled` of the words that people put in are there, and
    `at_hand` stand in the questions before, where the rule looks.
    """

    whole: int
    leaning: int
    left_alone: float
    completed: float
    recalled: float
    at_hand: float


def figures(exchanges: Iterable[Exchange], rewrite: Rewrite) -> Figures:
    """How a way of making questions whole does."""
    alone: list[float] = []
    completed: list[float] = []
    recalled: list[float] = []
    at_hand: list[float] = []
    for one in exchanges:
        made = rewrite(one.question, one.history)
        if not one.added:
            alone.append(float(made == one.question))
            continue
        completed.append(float(made != one.question))
        recalled.append(_share(one.added, made))
        at_hand.append(_share(one.added, " ".join(turn.question for turn in one.history)))
    shares = [mean(values) if values else 0.0 for values in (alone, completed, recalled, at_hand)]
    return Figures(len(alone), len(completed), *shares)


def read(folder: Path) -> list[Exchange]:
    """All questions of the dialogues in a folder that have a question before them."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise CaseError(f"{folder} holds no .json file. Name a folder of dialogues.")
    return [one for file in files for row in _rows(file) for one in _exchange(row)]


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CaseError(f"{file} cannot be read: {error}. Name a folder of dialogues.") from error
    return rows


def _exchange(row: dict[str, Any]) -> Iterable[Exchange]:
    said = row["History"][2:]
    history = tuple(Turn(*pair) for pair in zip(said[::2], said[1::2], strict=False))
    if history:
        yield Exchange(row["Question"], history, row["Rewrite"])


def _share(wanted: frozenset[str], text: str) -> float:
    return len(wanted & set(terms(text))) / len(wanted)


def main() -> None:
    """Print a row for the rule, and for always and never taking the question before along."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--canard", type=Path, required=True)
    exchanges = read(parser.parse_args().canard)
    ways: dict[str, Rewrite] = {
        "by rule": make_whole,
        "always": lambda question, history: f"{history[-1].question} {question}",
        "never": lambda question, _: question,
    }
    print(f"{'':<8} left alone  completed  recalled  at hand")
    for name, way in ways.items():
        row = figures(exchanges, way)
        print(
            f"{name:<8} {row.left_alone:10.3f} {row.completed:10.3f} {row.recalled:9.3f}"
            f" {row.at_hand:8.3f}"
        )
    print(f"{row.whole} questions need nothing, {row.leaning} need words")


if __name__ == "__main__":
    main()
