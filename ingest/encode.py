"""Text to unit vectors: the encoder by name, prepared once and then loaded without torch.

It knows nothing of notes or passages; how a model is prepared is `ingest.prepare`'s and
`ingest.export`'s, how one is run `ingest.runtimes`'.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ingest.errors import EncoderError
from ingest.prepare import Notify, Prepared, prepare, unloadable, unsaid
from ingest.runtimes import ORIGINAL, FloatArray, OnnxEncoder, OriginalEncoder, Reading
from ingest.weights import ENCODER, PACKAGED, find_model

__all__ = ["PACKAGED", "Encoder", "FloatArray", "Reading", "load_encoder"]


class Encoder(Protocol):
    """Turns texts into vectors of length one, whose product is their likeness."""

    name: str
    dimension: int
    max_tokens: int
    runtime: str

    def count(self, text: str) -> int:
        """Word pieces of the text, special ones included, never cut."""
        ...

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text."""
        ...

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """A row for each text."""
        ...

    def question(self, text: str) -> FloatArray:
        """The vector of a question."""
        ...

    def read(self, texts: Sequence[str]) -> Reading:
        """Each text as a passage, with the vectors of its word pieces."""
        ...

    def read_question(self, text: str) -> Reading:
        """A question, with the vectors of its word pieces."""
        ...


def load_encoder(name: str, cache: Path, notify: Notify = unsaid) -> Encoder:
    """The encoder called `name`: the packaged one, a folder, or a model of huggingface.co.

    It is prepared in `cache` where it has not been yet; `notify` says what takes long, what is
    fetched, and what does not go as it should.
    """
    found = prepare(find_model(name, notify), ENCODER, cache, notify)
    called = _name(found)
    if found.manifest.runtime == ORIGINAL:
        return _original(found, called)
    return OnnxEncoder(found.folder, found.manifest, called)


def _name(found: Prepared) -> str:
    """What goes into an index: other weights, recipe or runtime give another name."""
    made = f"{found.digest} {ENCODER.recipe} {found.manifest.runtime}"
    return f"{found.model.label}@{hashlib.sha256(made.encode()).hexdigest()[:8]}"


def _original(found: Prepared, name: str) -> Encoder:
    """The model as sentence-transformers runs it."""
    from ingest.export import load_original

    try:
        original = load_original(found.model.path)
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise EncoderError(unloadable(found.model, ENCODER, error)) from error
    return OriginalEncoder(original, found.folder, found.manifest, name)
