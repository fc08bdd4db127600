"""A language model that answers from a script: for the writer, the checker, and whoever wires them.

It counts words as tokens. A reply is streamed word by word, or in the parts that the script gives.
"""

import re
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field

from rag.model import ModelError
from rag.types import Message, Tokens

Reply = str | ModelError | Sequence[str | ModelError]


@dataclass
class ScriptedModel:
    """Gives its `replies` in turn; `history` keeps what it was sent, `most` how much it might say.

    A reply is a text, an error, or parts of which an error breaks off the reply. `closed` counts
    the streams that were closed before their end.
    """

    replies: list[Reply] = field(default_factory=list)
    name: str = "scripted:model"
    window: int = 4096
    remote: bool = False
    history: list[tuple[Message, ...]] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    closed: int = 0

    @property
    def sent(self) -> str:
        """All that the last request was sent."""
        return "\n".join(message.text for message in self.history[-1])

    def count(self, text: str) -> int:
        """One token for each word."""
        return len(text.split())

    def stream(self, messages: Sequence[Message], most: int) -> Generator[str, None, Tokens | None]:
        """The next reply of the script; one too many is an error of the test's."""
        self.history.append(tuple(messages))
        self.most.append(most)
        if not self.replies:
            raise AssertionError("the script has no reply left")
        wrote = 0
        try:
            for part in _parts(self.replies.pop(0)):
                if isinstance(part, ModelError):
                    raise part
                wrote += self.count(part)
                yield part
        except GeneratorExit:
            self.closed += 1
            raise
        return Tokens(sum(self.count(message.text) for message in messages), wrote)


def _parts(reply: Reply) -> Iterable[str | ModelError]:
    if isinstance(reply, ModelError):
        return [reply]
    return re.findall(r"\s*\S+\s*?", reply) if isinstance(reply, str) else reply
