"""Whether an answer holds a fact: by words and meaning, numbers and formulas exactly.

`python -m evals.facts --agreement` holds the rule against labels given by hand.

A fact is held if one unit of the answer, or two that follow each other, hold all its numbers and
formulas exactly, and if the share of its other words that they hold (inflection, spelling and
everyday synonyms evened out) and their cosine with the fact together reach `HELD`. It knows
nothing of how an answer was written, and it cannot tell who does what to whom.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evals.cases import load
from ingest.encode import PACKAGED, Encoder, load_encoder
from ingest.errors import FootnoteError
from ingest.plain import plain
from rag.wording import words

# Words and meaning together; set on the even half of the labels, see `--agreement`.
HELD: Final = 1.2
# A unit, or two that follow each other: a pronoun's noun is seldom further away.
WINDOWS: Final = (1, 2)
LABELS: Final = Path(__file__).parent / "labels" / "facts.jsonl"
CASES: Final = Path(__file__).parent / "cases"
# The encoder reads no further.
_READ: Final = 1000
_FUNCTION_WORDS: Final = frozenset(
    "of in to by for with on at from as and or be it that than if when where all both".split()
)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said: does this answer hold this fact of this case?"""

    case: str
    fact: int
    answer: tuple[str, ...]
    held: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A unit of an answer, or two that follow each other, as facts are held against them."""

    keys: frozenset[str]
    vector: Floats


def holds_facts(encoder: Encoder, facts: Sequence[str], answer: Sequence[str]) -> tuple[bool, ...]:
    """Whether an answer, given as its units, holds each of these facts."""
    read = windows(encoder, answer) if facts else []
    return tuple(support(encoder, fact, read) >= HELD for fact in facts)


def support(encoder: Encoder, fact: str, answer: Sequence[Window]) -> float:
    """How well the best window of an answer bears out a fact, from 0 to 2."""
    parts = words(fact)
    exact = {word.key for word in parts if word.number or word.maths}
    soft = [word.key for word in parts if word.key not in exact and word.key not in _FUNCTION_WORDS]
    found = 0.0
    vector = encoder.passages([plain(fact)])[0]
    for window in answer:
        if exact <= window.keys:
            share = sum(key in window.keys for key in soft) / len(soft) if soft else 1.0
            found = max(found, share + max(0.0, float(np.dot(vector, window.vector))))
    return found


def windows(encoder: Encoder, answer: Sequence[str]) -> list[Window]:
    """Every unit, and every two that follow each other."""
    keys = [{word.key for word in words(unit)} for unit in answer]
    ends = [(at, at + n) for n in WINDOWS for at in range(len(answer) - n + 1)]
    vectors = encoder.passages([plain(" ".join(answer[a:b]))[:_READ] for a, b in ends])
    return [
        Window(frozenset().union(*keys[a:b]), vector)
        for (a, b), vector in zip(ends, vectors, strict=True)
    ]


def labels(path: Path = LABELS) -> list[Label]:
    """The labels of a file; an error names the file and the line."""
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            found.append(Label(row["case"], row["fact"], tuple(row["answer"]), row["held"]))
        except (ValueError, KeyError, TypeError) as error:
            raise FootnoteError(
                f"{path}:{number}: not a label: {error!r}. See evals/README.md for the form."
            ) from error
    return found


def main() -> None:
    """Print the rule's agreement with the labels: on the half it was set on, and on the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agreement", action="store_true", required=True)
    parser.parse_args()
    cache = Path(tempfile.gettempdir()) / "footnote-models"
    encoder = load_encoder(PACKAGED, cache, print)
    facts = {case.id: case.facts for case in load(CASES)}
    given = labels()
    judged = [
        (label.held, *holds_facts(encoder, [facts[label.case][label.fact]], label.answer))
        for label in given
    ]
    for name, half in (("set on", judged[::2]), ("held out", judged[1::2])):
        same = sum(person == rule for person, rule in half)
        wrongly = sum(rule and not person for person, rule in half)
        missed = sum(person and not rule for person, rule in half)
        print(
            f"{name:<9} {same / len(half):.3f} agree of {len(half)}"
            f" ({sum(person for person, _ in half)} held);"
            f" {wrongly} held only by the rule, {missed} only by the person"
        )


if __name__ == "__main__":
    main()
