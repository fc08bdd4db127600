"""`footnote eval new`: drafts shown one by one, a letter typed for each. It only translates."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from app.render import visible
from app.terminal import write

if TYPE_CHECKING:
    from evals.proposing import Draft, Making

_KEYS: Final = (
    "k keep · e edit the question · s another sentence · d drop · q stop (what is kept is saved)"
)


def make(making: "Making", read: Callable[[], str]) -> int:
    """Go through the drafts until none is left or the user stops; how many were kept."""
    kept = 0
    write(f"{len(making.left)} passages to look at, {len(making.cases)} cases so far.\n")
    for draft in making.drafts():
        decided = _decided(draft, read)
        if decided is None:
            break
        wanted, question = decided
        if question:
            case = making.keep(wanted, question)
            kept += 1
            write(f"Kept as {case.id}.\n")
        else:
            making.drop(wanted)
    write(f"{kept} kept, {len(making.cases)} cases in all.\n")
    return kept


def _decided(draft: "Draft", read: Callable[[], str]) -> "tuple[Draft, str] | None":
    """The draft as it was left with its question, '' where dropped; None where the user stops."""
    question = draft.question
    _show(draft, question)
    while True:
        write("k/e/s/d/q> ")
        typed = read()
        match typed.strip().lower():
            case "k":
                return draft, question
            case "d":
                return draft, ""
            case "s":
                draft = draft.next_quote()
                _show(draft, question)
            case "e":
                write("Question: ")
                edited = read()
                question = edited.strip() or question
                _show(draft, question)
            case "q":
                return None
            case "" if not typed:
                return None
            case _:
                write(f"{_KEYS}\n")


def _show(draft: "Draft", question: str) -> None:
    passage = draft.passage
    where = f"{passage.note}:{passage.start_line}-{passage.end_line}"
    write(f"\n{where}  {' › '.join(map(visible, passage.heading))}\n\n")
    write(f"  {visible(' '.join(passage.body.split()))}\n\n")
    write(f"  Sentence: {visible(draft.quote)}\n  Question: {visible(question)}\n")
