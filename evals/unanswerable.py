"""How well answerable questions are told from others on public data that nothing was fitted to.

`python -m evals.unanswerable FOLDER [--every N]`, where the folder holds ClapNQ's or SQuAD 2's
development set; its passages become notes.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.cases import Case, CaseError, Gold
from evals.measures.graded import auroc
from evals.observed import Observed, observe
from evals.opening import chat_over, with_cache
from rag.decide import shipped
from rag.signs import Signs

# Of SQuAD 2 so many questions go by for one that is asked: the figures settle long before.
SQUAD_EVERY: Final = 8


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A passage of the data set, to be a note of its own."""

    name: str
    title: str
    text: str


def read(folder: Path, every: int | None = None) -> tuple[list[Paragraph], list[Case]]:
    """The paragraphs and questions of a data set; those without an answer are of kind 'near'."""
    clapnq = sorted(folder.glob("clapnq*.jsonl"))
    squad = sorted(folder.glob("squad*.json"))
    if not clapnq and not squad:
        raise CaseError(f"{folder} holds neither clapnq*.jsonl nor squad*.json; name one that does")
    pairs = list(_clapnq(clapnq) if clapnq else _squad(squad))
    paragraphs = {paragraph.name: paragraph for paragraph, _ in pairs}
    cases = [case for _, case in pairs]
    return list(paragraphs.values()), cases[:: every or (1 if clapnq else SQUAD_EVERY)]


def observed(folder: Path, cache: Path, every: int | None = None) -> Observed:
    """The signs of a data set's questions, asked over its paragraphs as notes."""
    paragraphs, cases = read(folder, every)
    with tempfile.TemporaryDirectory() as notes:
        for paragraph in paragraphs:
            text = f"# {paragraph.title}\n\n{paragraph.text}\n"
            (Path(notes) / f"{paragraph.name}.md").write_text(text, "utf-8")
        with chat_over(Path(notes), cache) as chat:
            return observe(folder.name, chat, cases)


def _clapnq(files: Sequence[Path]) -> Iterator[tuple[Paragraph, Case]]:
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            first = row["passages"][0]
            name = str(row["id"])
            answerable = "unanswerable" not in file.name
            paragraph = Paragraph(name, first["title"], first["text"])
            yield paragraph, _case(name, row["input"], paragraph, answerable)


def _squad(files: Sequence[Path]) -> Iterator[tuple[Paragraph, Case]]:
    for file in files:
        for article in json.loads(file.read_text("utf-8"))["data"]:
            for number, one in enumerate(article["paragraphs"]):
                title = article["title"].replace("_", " ")
                name = f"{article['title'].replace('/', '-')}-{number:03}"
                paragraph = Paragraph(name, title, one["context"])
                for asked in one["qas"]:
                    answerable = not asked["is_impossible"]
                    yield paragraph, _case(asked["id"], asked["question"], paragraph, answerable)


def _case(id: str, question: str, paragraph: Paragraph, answerable: bool) -> Case:
    gold = (Gold(f"{paragraph.name}.md", paragraph.text),) if answerable else ()
    return Case(id, question, "direct" if answerable else "near", gold)


def main() -> None:
    """Print the areas under the curves."""
    parser = with_cache(argparse.ArgumentParser(description=__doc__))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, help="ask only every Nth question")
    given = parser.parse_args()
    seen = observed(given.folder, given.cache, given.every)
    rule = shipped()
    scores: dict[str, Callable[[Signs], float]] = {
        "the rule that ships": rule.total,
        "top cosine": lambda signs: signs.passage,
        "best sentence's cosine": lambda signs: signs.sentence,
    }
    answerable, others = seen.answerable, seen.unanswerable
    print(f"{given.folder.name}: {len(answerable)} answerable, {len(others)} not; AUROC of")
    for name, score in scores.items():
        area = auroc([score(one.signs) for one in answerable], [score(one.signs) for one in others])
        print(f"  {name:<24}{area:6.3f}")


if __name__ == "__main__":
    main()
