"""How well the writer without a model chooses among a passage's sentences.

`python -m evals.sentence_choice FOLDER`, a folder with ClapNQ's answerable questions (JSON Lines of
`input`, `passages` and `output`): each has one passage, and the sentences of it that one or two
people marked as its answer. F1 of our key sentences against the marks, the mean over people, beside
the first three sentences and the three nearest in meaning. Needs no cases of ours.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any, Final

import numpy as np

from ingest.encode import PACKAGED, Encoder, load_encoder
from ingest.errors import FootnoteError
from ingest.index import NoteIndex, Snapshot
from ingest.plain import path_text
from ingest.sync import sync
from ingest.types import Kind, Passage, PassageId
from rag.quote import Length, choose
from rag.types import Hit, Parts
from rag.weigh import weigh

# All of the passage is quoted: only the choice of what is key is measured.
_WHOLE: Final = Length(words=100_000, whole=100_000, passages=1)
_CHOSEN: Final = 3
_APART: Final = "\n\n"
_RESAMPLED: Final = 2000
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Marked:
    """A question, its passage's sentences, and the numbers of those that each person marked."""

    question: str
    title: str
    sentences: tuple[str, ...]
    marked: tuple[frozenset[int], ...]

    def passage(self) -> Passage:
        """The sentences as one passage of a note, each a line of its own.

        Where sentences end is given: only the choice among them is measured.
        """
        text = _APART.join(self.sentences)
        return Passage("passage.md", self.title, (), Kind.PROSE, 0, len(text), 1, 1, text)

    def holding(self, place: int) -> int:
        """The number of the sentence that stands at a place of the passage."""
        end = 0
        for number, sentence in enumerate(self.sentences):
            end += len(sentence) + len(_APART)
            if place < end:
                return number
        return len(self.sentences) - 1


Chooser = Callable[[Marked], Set[int]]


def f1(chosen: Set[int], marked: Set[int]) -> float:
    """The harmonic mean of precision and recall: of {1, 2, 3} against {2, 3} it is 4/5."""
    return 2 * len(chosen & marked) / (len(chosen) + len(marked)) if chosen or marked else 1.0


def ours(snapshot: Snapshot, encoder: Encoder) -> Chooser:
    """The sentences that our quoter marks as key, the whole passage quoted."""

    def chosen(one: Marked) -> Set[int]:
        parts = Parts(0.0, 0.0, 0.0, 0.0)
        hit = Hit(1, PassageId(1), one.passage(), parts)
        quoted = choose(weigh(snapshot, encoder, one.question, [hit]), _WHOLE)
        return {one.holding(unit.unit.start) for unit in quoted if unit.key}

    return chosen


def nearest(encoder: Encoder) -> Chooser:
    """The three sentences nearest to the question in meaning, under the title."""

    def chosen(one: Marked) -> Set[int]:
        texts = [f"{path_text((one.title,))}: {sentence}" for sentence in one.sentences]
        cosines = encoder.passages(texts) @ encoder.question(one.question)
        return {int(at) for at in np.argsort(-cosines, kind="stable")[:_CHOSEN]}

    return chosen


def first(one: Marked) -> Set[int]:
    """The first three sentences."""
    return set(range(min(_CHOSEN, len(one.sentences))))


def load(folder: Path) -> list[Marked]:
    """The questions of all `*answerable.jsonl` that have marked sentences."""
    files = [file for file in sorted(folder.glob("*.jsonl")) if "unanswerable" not in file.name]
    found = [one for file in files for one in _of_file(file)]
    if not found:
        raise FootnoteError(f"{folder} holds no questions with marked sentences in *.jsonl.")
    return found


def interval(scores: Sequence[float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean."""
    values = np.asarray(scores)
    picks = np.random.default_rng(_SEED).integers(0, len(values), (_RESAMPLED, len(values)))
    low, high = np.quantile(values[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def main() -> None:
    """Print the mean F1 of each way of choosing, with its interval."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    questions = load(Path(sys.argv[1]))
    encoder = load_encoder(PACKAGED, Path(tempfile.gettempdir()) / "footnote-models", print)
    with tempfile.TemporaryDirectory() as place:
        notes, home = Path(place) / "notes", Path(place) / "index"
        notes.mkdir()
        # Rarity is that of a folder with all the passages.
        for number, one in enumerate(questions):
            (notes / f"{number}.md").write_text(f"# {one.title}\n\n{one.passage().text}\n")
        for _ in sync(notes, home, encoder):
            pass
        with NoteIndex.open(home, encoder.name) as index, index.snapshot() as snapshot:
            _print("our key sentences", ours(snapshot, encoder), questions)
    _print("three nearest", nearest(encoder), questions)
    _print("first three", first, questions)


def _print(name: str, chooser: Chooser, questions: Sequence[Marked]) -> None:
    scores = []
    for one in questions:
        chosen = chooser(one)
        scores.append(mean(f1(chosen, marked) for marked in one.marked))
    low, high = interval(scores)
    print(f"{name:<18} F1 {mean(scores):.3f} [{low:.3f}, {high:.3f}] of {len(scores)}")


def _of_file(file: Path) -> Iterator[Marked]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            yield from _marked(json.loads(line))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise FootnoteError(f"{file}:{number}: not a marked question: {error!r}.") from error


def _marked(row: dict[str, Any]) -> Iterator[Marked]:
    passage = row["passages"][0]
    sentences = tuple(passage["sentences"])
    marked = tuple(
        frozenset(sentences.index(one) for one in given["selected_sentences"])
        for given in row["output"]
        if given["selected_sentences"]
    )
    if marked:
        yield Marked(row["input"], passage["title"], sentences, marked)


if __name__ == "__main__":
    main()
