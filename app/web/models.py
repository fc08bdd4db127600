"""What the window asks about language models: which are at hand, and whether one answers.

Vendors live elsewhere. Nobody is asked for a list of models but an Ollama on this machine.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from app.settings import with_key
from rag.model import ModelError
from rag.models import Keys, where
from rag.specs import Vendor, is_loopback, parse
from rag.types import NO_MODEL

# The beginnings of specifications, as a person picks them; the rest is the model's name.
PRESETS: Final = (
    ("No model: exact quotes", NO_MODEL),
    ("Ollama on this machine", "ollama:"),
    ("Anthropic", "anthropic:"),
    ("OpenAI", "openai:"),
    ("OpenAI-compatible server", "openai-like:"),
    ("Hugging Face model, run here", "hf:"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a model said when it was tried, and how long it took."""

    reply: str
    seconds: float


class Models(Protocol):
    """Language models from the window's side."""

    def local(self) -> tuple[str, ...]:
        """Specifications of the models that a server on this machine offers; asks nobody else."""
        ...

    def remote(self, spec: str) -> bool:
        """Whether what is sent to this model leaves the machine; in doubt, yes."""
        ...

    def try_out(self, spec: str, key: str) -> Trial:
        """Ask it for a word; a `ModelError` says what is wrong."""
        ...


@dataclass(frozen=True, slots=True)
class NamedModels:
    """The models that can be named, with the keys that are set."""

    keys: Keys

    def local(self) -> tuple[str, ...]:
        """What an Ollama on this machine serves, if the package to ask it is here."""
        from app.models import usable

        vendor = Vendor.OLLAMA
        found = next(one for one in usable(self.keys) if one.spec == vendor.form)
        return tuple(f"{vendor}:{name}" for name in found.served or ()) if found.ready else ()

    def remote(self, spec: str) -> bool:
        """By the address at which it is asked; what is run in this process has none."""
        try:
            parsed = parse(spec)
        except ModelError:
            return True
        address = where(parsed, self.keys) if parsed else ""
        return bool(address) and not is_loopback(address)

    def try_out(self, spec: str, key: str) -> Trial:
        """One sentence from it."""
        from app.models import tried_out

        tried = tried_out(spec, with_key(self.keys, spec, key))
        return Trial(tried.reply, tried.seconds)
