"""Opens the language model that a specification names, over LlamaIndex's classes.

A model is opened by name alone: no vendor is imported, and no key looked at, but the one that was
chosen. Says when what is sent leaves the machine. Knows nothing of notes and prompts.
"""

import math
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from rag import troubles, vendors, windows
from rag.model import Model, ModelError, Trouble
from rag.reply import Reply, chat
from rag.specs import OLLAMA_HOST, Spec, Vendor, host_url, is_loopback, parse
from rag.thoughts import spoken
from rag.troubles import Asked
from rag.types import Message, Tokens
from rag.vendors import Open, Served

Notify = Callable[[str], None]

# A token has 3.6 bytes or more in every note that ships, and 2.9 in 95 % of their paragraphs
# (cl100k); the newest vocabularies of other vendors are a little finer.
_BYTES_PER_TOKEN: Final = 3
# Seconds before each further attempt: short, for somebody is waiting.
_BACK_OFF: Final = (1.0, 3.0)
# A server that wants to be left alone for longer is told to the user instead.
_LONGEST_PAUSE: Final = 10.0
_AGAIN: Final = {Trouble.RATE, Trouble.SERVER, Trouble.BROKEN_OFF}


@dataclass(frozen=True, slots=True)
class Keys:
    """What the user has set for language models. Keys are never shown."""

    openai: str | None = field(default=None, repr=False)
    anthropic: str | None = field(default=None, repr=False)
    openai_like: str | None = field(default=None, repr=False)
    ollama: str | None = field(default=None, repr=False)
    ollama_host: str = OLLAMA_HOST


@dataclass(frozen=True, slots=True)
class Line:
    """Where the vendors are, and how long they are waited for.

    Connecting is quick or hopeless. Reading is not: a model on the processor may need minutes for
    a long prompt before its first word.
    """

    openai: str = "https://api.openai.com/v1"
    anthropic: str = "https://api.anthropic.com"
    connect_seconds: float = 5.0
    read_seconds: float = 300.0
    pause: Callable[[float], None] = time.sleep


NO_KEYS: Final = Keys()
DEFAULT_LINE: Final = Line()


def open_model(spec: str, keys: Keys, notify: Notify, line: Line = DEFAULT_LINE) -> Model | None:
    """The model that a specification names, ready to be asked; None for `none`."""
    wanted = parse(spec)
    if wanted is None:
        return None
    if not vendors.installed(wanted.vendor):
        raise ModelError(
            f"{wanted} needs a package that is not installed: {install_command(wanted.vendor)}",
            Trouble.PACKAGE,
        )
    if wanted.vendor is Vendor.HF:
        from rag.in_process import open_in_process

        return open_in_process(wanted, notify)
    return _served_model(wanted, keys, notify, line)


def install_command(vendor: Vendor) -> str:
    """What to type for a vendor's package, for the Python that runs."""
    return f'{sys.executable} -m pip install "footnote[{vendor}]"'


def where(spec: Spec, keys: Keys, line: Line = DEFAULT_LINE) -> str:
    """The address at which a model is asked; empty for one that runs in this process."""
    match spec.vendor:
        case Vendor.OPENAI:
            return line.openai
        case Vendor.ANTHROPIC:
            return line.anthropic
        case Vendor.OLLAMA:
            return host_url(keys.ollama_host)
        case Vendor.OPENAI_LIKE:
            return spec.url
        case Vendor.HF:
            return ""


def _served_model(spec: Spec, keys: Keys, notify: Notify, line: Line) -> Model:
    opens: dict[Vendor, Open] = {
        Vendor.OPENAI: vendors.openai,
        Vendor.OPENAI_LIKE: vendors.openai_like,
        Vendor.ANTHROPIC: vendors.anthropic,
        Vendor.OLLAMA: vendors.ollama,
    }
    key = {
        Vendor.OPENAI: keys.openai,
        Vendor.OPENAI_LIKE: keys.openai_like,
        Vendor.ANTHROPIC: keys.anthropic,
        Vendor.OLLAMA: keys.ollama,
    }[spec.vendor]
    url = where(spec, keys, line)
    asked = Asked(spec, url, key, line.read_seconds)
    if not key and spec.vendor in {Vendor.OPENAI, Vendor.ANTHROPIC}:
        raise troubles.no_key(asked)
    served = Served(spec.model, url, key, line.connect_seconds, line.read_seconds)
    return ServedModel(asked, served, opens[spec.vendor], notify, line.pause)


@dataclass(slots=True)
class ServedModel:
    """A model behind a server. Each reply has a connection of its own, closed with it."""

    asked: Asked
    served: Served
    open: Open
    notify: Notify
    pause: Callable[[float], None]
    _window: int = 0

    @property
    def name(self) -> str:
        """Its specification."""
        return str(self.asked.spec)

    @property
    def remote(self) -> bool:
        """Whether what is sent leaves this machine."""
        return not is_loopback(self.served.url)

    @property
    def window(self) -> int:
        """How many tokens it reads and writes together, found out when first wanted."""
        if not self._window:
            found = windows.find(self.asked.spec.vendor, self.served)
            if found is None:
                return windows.UNKNOWN
            if not found.known:
                self.notify(
                    f"How much {self.name} can read at once is not known;"
                    f" {found.tokens:,} tokens are assumed."
                )
            self._window = found.tokens
        return self._window

    def count(self, text: str) -> int:
        """How many tokens a text takes: counted for OpenAI's models, else estimated."""
        if self.asked.spec.vendor is Vendor.OPENAI:
            return counted(text)
        return estimated(text)

    def stream(self, messages: Sequence[Message], most: int) -> Generator[str, None, Tokens | None]:
        """A reply in parts. What failed before its first word is tried again where that helps."""
        for back_off in (*_BACK_OFF, None):
            reply = Reply()
            try:
                yield from self._reply(messages, most, reply)
                return reply.tokens
            except ModelError as trouble:
                pause = None if reply.begun else _pause(trouble, back_off)
                if pause is None:
                    raise
                self.pause(pause)
        raise AssertionError("the last attempt returns or raises")

    def _reply(
        self, messages: Sequence[Message], most: int, reply: Reply
    ) -> Generator[str, None, None]:
        try:
            with (
                self.open(self.served, most, self.window) as opened,
                closing(opened.llm.stream_chat(chat(messages), **opened.options)) as responses,
            ):
                for part in spoken(map(reply.take, responses)):
                    reply.begun = True
                    yield part
        except Exception as error:
            raise troubles.model_error(error, self.asked, reply.begun) from error
        if not reply.begun or troubles.refused(reply.ended):
            raise troubles.empty(self.asked, reply.ended)


def estimated(text: str) -> int:
    """About how many tokens a text takes, rather too many than too few."""
    return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)


def counted(text: str) -> int:
    """Tokens by OpenAI's vocabulary, which comes with LlamaIndex; newer ones are coarser."""
    from llama_index.core.utils import get_tokenizer

    try:
        return len(get_tokenizer()(text))
    except (OSError, ValueError):
        # With TIKTOKEN_CACHE_DIR set, the vocabulary is looked for there, then on the internet.
        return estimated(text)


def _pause(trouble: ModelError, back_off: float | None) -> float | None:
    """How long to wait before trying again; None where that makes no sense."""
    if back_off is None or trouble.kind not in _AGAIN:
        return None
    if trouble.retry_after is None:
        return back_off
    return trouble.retry_after if trouble.retry_after <= _LONGEST_PAUSE else None
