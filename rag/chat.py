"""Questions answered from one index: the door through which windows and commands come in."""

from collections.abc import Generator, Sequence
from dataclasses import replace

from ingest.encode import Encoder
from ingest.index import NoteIndex
from rag.answering import Answering, Means
from rag.checker import Checker
from rag.decide import Rule, shipped
from rag.followup import make_whole
from rag.model import Model
from rag.retrieve import clean_question, search
from rag.signs import Signs, signs
from rag.spelling import put_right
from rag.types import PLAIN, Event, Found, Turn, Wanted
from rag.weigh import weigh


class NoteChat:
    """Answers questions from one index; safe to share: each question takes its own snapshot.

    With a model it writes, without one it quotes. Checkers judge what a model reworded, cheapest
    first.
    """

    def __init__(
        self,
        index: NoteIndex,
        encoder: Encoder,
        model: Model | None = None,
        checkers: Sequence[Checker] = (),
        rule: Rule | None = None,
    ) -> None:
        """`rule` decides whether to answer; without one, the rule that ships."""
        self._index = index
        self._encoder = encoder
        self._model = model
        self._checkers = checkers
        self._rule = rule or shipped()

    def search(self, question: str, limit: int = 10, history: Sequence[Turn] = ()) -> Found:
        """What search finds for a question, made whole with the turns before it."""
        asked = clean_question(question)
        with self._index.snapshot() as snapshot:
            whole = put_right(snapshot, make_whole(asked, history))
            found = search(snapshot, self._encoder, whole, limit)
        return replace(found, question=asked)

    def signs(self, question: str, history: Sequence[Turn] = ()) -> Signs:
        """What the decision on a question rests on."""
        with self._index.snapshot() as snapshot:
            whole = put_right(snapshot, make_whole(clean_question(question), history))
            found = search(snapshot, self._encoder, whole)
            weighed = weigh(snapshot, self._encoder, whole, found.hits)
            return signs(snapshot, self._encoder, whole, found, weighed)

    def ask(
        self, question: str, history: Sequence[Turn] = (), wanted: Wanted = PLAIN
    ) -> Generator[Event, None, None]:
        """The events of an answer, `Finished` last; closing the iterator stops the work."""
        asked = clean_question(question)
        with self._index.snapshot() as snapshot:
            means = Means(snapshot, self._encoder, self._model, self._checkers, self._rule)
            answering = Answering(means, asked, history, wanted)
            yield from answering.events()
