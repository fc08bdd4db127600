"""What the window asks about language models: which are at hand, and whether one answers.

Vendors live elsewhere; where none is put in, the window quotes and says so.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from rag.model import ModelError
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


class NoModels:
    """None at all."""

    def local(self) -> tuple[str, ...]:
        """Nothing is at hand."""
        return ()

    def remote(self, spec: str) -> bool:
        """Whatever it names is not here."""
        return spec != NO_MODEL

    def try_out(self, spec: str, key: str) -> Trial:  # noqa: ARG002 - the protocol's shape
        """There is nothing to try."""
        raise ModelError(f"{spec}: this version has no language models; it quotes your notes.")
