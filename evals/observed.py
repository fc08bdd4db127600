"""What is seen of known questions before it is decided whether to answer them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from evals.cases import ANSWERABLE, Case
from rag.signs import Signs
from rag.types import Turn

# Kinds of questions that the notes do not answer, by the name that figures go under.
GROUPS: Final[Mapping[str, str]] = {
    **dict.fromkeys(ANSWERABLE, "answerable"),
    "out": "outside",
    "leave": "outside",
}


class Seeing(Protocol):
    """What gives the signs of a question."""

    def signs(self, question: str, history: Sequence[Turn] = ()) -> Signs:
        """What the decision on a question rests on."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A known question with its signs; `group` is answerable, near, outside or listed."""

    id: str
    kind: str
    group: str
    signs: Signs


@dataclass(frozen=True, slots=True)
class Observed:
    """A folder's known questions with their signs."""

    name: str
    seen: tuple[Seen, ...]

    @property
    def answerable(self) -> list[Seen]:
        """Those that the notes answer."""
        return [one for one in self.seen if one.group == "answerable"]

    @property
    def unanswerable(self) -> list[Seen]:
        """Those that they do not."""
        return [one for one in self.seen if one.group != "answerable"]

    def of(self, group: str) -> list[Seen]:
        """Those of one group."""
        return [one for one in self.seen if one.group == group]


def observe(name: str, chat: Seeing, cases: Iterable[Case]) -> Observed:
    """The signs of each case's question."""
    seen = (
        Seen(c.id, c.kind, GROUPS.get(c.kind, c.kind), chat.signs(c.question, c.history))
        for c in cases
    )
    return Observed(name, tuple(seen))
