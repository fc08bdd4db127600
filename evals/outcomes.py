"""What becomes of known questions, by kind: answered, listed, or not in the notes.

`python -m evals.outcomes --notes FOLDER --cases FILE_OR_FOLDER [--split report] [--strictness S]
[--curve]`
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from evals.measures.graded import auroc
from evals.observed import Observed, Seen, observe
from evals.opening import arguments, chat_over, chosen
from rag.decide import decide, shipped
from rag.types import PLAIN, Outcome

# The points of the curve: how strict, from answering everything to what is nearly sure.
STRICTNESSES: Final = tuple(step / 10 for step in range(11))


def outcomes(seen: Observed, strictness: float = PLAIN.strictness) -> dict[str, Counter[Outcome]]:
    """How often each outcome is decided, by kind of question."""
    counted: dict[str, Counter[Outcome]] = {}
    for one in seen.seen:
        outcome = decide(one.signs, strictness=strictness)
        counted.setdefault(one.kind, Counter())[outcome] += 1
    return counted


def answered(seen: Sequence[Seen], strictness: float) -> float:
    """The share of these questions that is answered."""
    outcomes = [decide(one.signs, strictness=strictness) for one in seen]
    return outcomes.count(Outcome.ANSWERED) / max(len(outcomes), 1)


def curve(seen: Observed) -> Iterator[tuple[float, float, float, float]]:
    """For each strictness, the shares answered: of those with an answer, without one, and near."""
    groups = (seen.answerable, seen.unanswerable, seen.of("near"))
    for strictness in STRICTNESSES:
        with_answer, without, near = (answered(group, strictness) for group in groups)
        yield strictness, with_answer, without, near


def main() -> None:
    """Print a row for each kind, and the curve where asked to."""
    parser = arguments(__doc__)
    parser.add_argument("--strictness", type=float, default=PLAIN.strictness)
    parser.add_argument("--curve", action="store_true", help="coverage against errors")
    given = parser.parse_args()
    if not 0 <= given.strictness <= 1:
        parser.error(f"--strictness {given.strictness}: give a number from 0 to 1")
    with chat_over(given.notes, given.cache) as chat:
        seen = observe(given.notes.name, chat, chosen(given))
    print(f"{'kind':<12}" + "".join(f"{each.value:>14}" for each in Outcome) + f"{'n':>6}")
    for kind, found in outcomes(seen, given.strictness).items():
        n = sum(found.values())
        print(f"{kind:<12}" + "".join(f"{found[each] / n:>14.3f}" for each in Outcome) + f"{n:>6}")
    total = shipped().total
    for name in ("near", "outside", "listed"):
        if others := seen.of(name):
            higher = [total(one.signs) for one in seen.answerable]
            area = auroc(higher, [total(one.signs) for one in others])
            print(f"AUROC of answerable over {name:<8}{area:6.3f}")
    right, wrong = (
        answered(some, given.strictness) for some in (seen.answerable, seen.unanswerable)
    )
    print(f"answerable refused {1 - right:.3f}, unanswerable not answered {1 - wrong:.3f}")
    if given.curve:
        print(f"\n{'strictness':<12}{'coverage':>10}{'answered wrongly':>18}{'of the near':>13}")
        for strictness, coverage, errors, near in curve(seen):
            print(f"{strictness:<12.1f}{coverage:>10.3f}{errors:>18.3f}{near:>13.3f}")


if __name__ == "__main__":
    main()
