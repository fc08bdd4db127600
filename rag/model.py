"""What Footnote asks of a language model: to stream a reply, and to count its own tokens.

Knows no vendor: `models` opens one from a specification, tests script one.
"""

from collections.abc import Generator, Sequence
from enum import StrEnum
from typing import Protocol

from ingest.errors import FootnoteError
from rag.types import Message, Tokens


class Trouble(StrEnum):
    """What went wrong with a model, told apart where something else is to be done about it."""

    SPEC = "spec"
    PACKAGE = "package"
    KEY = "key"
    NO_SUCH_MODEL = "no_such_model"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    RATE = "rate"
    TOO_LONG = "too_long"
    REFUSED = "refused"
    EMPTY = "empty"
    BROKEN_OFF = "broken_off"
    SERVER = "server"
    OTHER = "other"


class ModelError(FootnoteError):
    """The model gave no reply, or broke off; the message says what happened and what to do.

    `retry_after` is how many seconds the model's server wants to be left alone, if it said so.
    """

    def __init__(
        self, message: str, kind: Trouble = Trouble.OTHER, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after


class Model(Protocol):
    """A language model that can be asked. Safe to share between questions."""

    @property
    def name(self) -> str:
        """Its specification, as the user wrote it."""
        ...

    @property
    def window(self) -> int:
        """How many tokens what is sent and the reply may take together."""
        ...

    @property
    def remote(self) -> bool:
        """Whether what is sent leaves this machine."""
        ...

    def count(self, text: str) -> int:
        """How many of its tokens a text takes; estimated on the high side where unknown."""
        ...

    def stream(self, messages: Sequence[Message], most: int) -> Generator[str, None, Tokens | None]:
        """A reply of at most `most` tokens, in parts as it arrives, then what it took if known.

        Closing the generator ends the request. Every failure is a `ModelError`.
        """
        ...
