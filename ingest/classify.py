"""Pairs of texts to chances for labels: a CrossEncoder by name, prepared once, run without torch.

It knows nothing of what the labels mean; how one is exported is `ingest.export_classifier`'s.
"""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from ingest.errors import EncoderError
from ingest.prepare import Notify, Prepared, prepare, unloadable, unsaid
from ingest.runtimes import (
    ORIGINAL,
    TOKENIZER,
    FloatArray,
    Manifest,
    WordPieces,
    fed,
    open_session,
    side_by_side,
    well_formed,
)
from ingest.weights import ModelFolder, Role

Pair = tuple[str, str]

# What transformers calls a model with a head for labels, and one trained further from it.
_CLASSIFIES: Final = "ForSequenceClassification"


class Classifier(Protocol):
    """Gives each of its labels a chance, for a pair of texts. Safe for use by several threads."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels as the model names them, in the order of the chances."""
        ...

    @property
    def runtime(self) -> str:
        """What runs it."""
        ...

    def count(self, text: str) -> int:
        """Word pieces of the text, special ones left out, never cut."""
        ...

    def room_beside(self, second: str) -> int:
        """How many word pieces the first text of a pair may have beside this second one."""
        ...

    def chances(self, pairs: Sequence[Pair]) -> FloatArray:
        """A row for each pair, with a chance for each label; they add up to 1."""
        ...


def stated_labels(model: ModelFolder, role: Role) -> tuple[str, ...]:
    """The labels that a model's configuration states; refused where it classifies nothing."""
    path = model.path / "config.json"
    try:
        config = json.loads(path.read_text("utf-8"))
        kinds = [str(kind) for kind in config.get("architectures") or ()]
        named = config.get("id2label") or {}
        labels = tuple(str(named[at]) for at in sorted(named, key=int))
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise EncoderError(f"{path} cannot be read ({error}); {role.instead}") from error
    if not any(kind.endswith(_CLASSIFIES) for kind in kinds):
        raise EncoderError(
            f"{model.path} holds no {role.made} but {', '.join(kinds) or 'something else'};"
            f" {role.instead}"
        )
    return labels


def load_classifier(
    model: ModelFolder, role: Role, cache: Path, notify: Notify = unsaid
) -> Classifier:
    """The classifier of a folder, prepared in `cache` where it has not been yet."""
    found = prepare(model, role, cache, notify)
    if found.manifest.runtime == ORIGINAL:
        return _original(found, role)
    return OnnxClassifier(found.folder, found.manifest, found.model.label)


def _original(found: Prepared, role: Role) -> Classifier:
    """The model as sentence-transformers runs it."""
    from ingest.export_classifier import load_original

    try:
        original = load_original(found.model.path)
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise EncoderError(unloadable(found.model, role, error)) from error
    return OriginalClassifier(original, found.folder, found.manifest, found.model.label)


class OnnxClassifier:
    """A prepared classifier run by ONNX Runtime, one pair at a time, as `OnnxEncoder` runs texts.

    A pair's chances do not depend on its neighbours.
    """

    def __init__(self, folder: Path, manifest: Manifest, name: str) -> None:
        self.labels = manifest.labels
        self.runtime = manifest.runtime
        self._name = name
        self._pieces = WordPieces.read_from(folder, manifest.limit)
        self._session = open_session(folder / manifest.graph)
        self._inputs = [given.name for given in self._session.get_inputs()]

    def count(self, text: str) -> int:
        """Word pieces of the text, special ones left out, never cut."""
        return self._pieces.count(text) - self._pieces.count("")

    def room_beside(self, second: str) -> int:
        """How many word pieces the first text of a pair may have beside this second one."""
        return self._pieces.room_beside(second)

    def chances(self, pairs: Sequence[Pair]) -> FloatArray:
        """A row for each pair, with a chance for each label; they add up to 1."""
        rows = side_by_side(self._chances, pairs)
        return np.array(rows, np.float32).reshape(len(rows), len(self.labels))

    def _chances(self, pair: Pair) -> FloatArray:
        encoding = self._pieces.read_pair(*pair)
        found = self._session.run(None, fed(encoding, self._inputs))
        row: FloatArray = softmax(found[0], self._name, pair)[0]
        return row


class OriginalClassifier:
    """The classifier run by sentence-transformers itself; slower, and one caller at a time."""

    runtime = ORIGINAL

    def __init__(self, model: Any, folder: Path, manifest: Manifest, name: str) -> None:
        """`model` is the CrossEncoder that was prepared in `folder`."""
        self.labels = manifest.labels
        self._limit = manifest.limit
        self._name = name
        self._model = model
        self._lock = threading.Lock()
        fast = (folder / TOKENIZER).exists()
        self._pieces = WordPieces.read_from(folder, manifest.limit) if fast else None

    def count(self, text: str) -> int:
        """Word pieces of the text, special ones left out, never cut."""
        if self._pieces is not None:
            return self._pieces.count(text) - self._pieces.count("")
        tokenizer = self._model.tokenizer
        with self._lock:
            found = tokenizer.encode(well_formed(text), truncation=False, add_special_tokens=False)
        return len(found)

    def room_beside(self, second: str) -> int:
        """How many word pieces the first text of a pair may have beside this second one."""
        if self._pieces is not None:
            return self._pieces.room_beside(second)
        specials: int = self._model.tokenizer.num_special_tokens_to_add(pair=True)
        return self._limit - specials - self.count(second)

    def chances(self, pairs: Sequence[Pair]) -> FloatArray:
        """A row for each pair, with a chance for each label; they add up to 1."""
        rows = [self._chances(pair) for pair in pairs]
        return np.array(rows, np.float32).reshape(len(rows), len(self.labels))

    def _chances(self, pair: Pair) -> FloatArray:
        clean = [well_formed(text) for text in pair]
        with self._lock:
            values = self._model.predict([clean], activation_fn=_as_it_is, show_progress_bar=False)
        row: FloatArray = softmax(np.reshape(values, (1, -1)), self._name, pair)[0]
        return row


def _as_it_is(values: Any) -> Any:
    """In place of the model's own activation: chances are made of what comes before it."""
    return values


def softmax(rows: Any, name: str, pair: Pair) -> FloatArray:
    """Chances that add up to 1; what is not a number is refused."""
    values = np.asarray(rows, np.float64)
    if not np.isfinite(values).all():
        raise EncoderError(
            f"The model {name} gives values that are no numbers for {pair[1][:60]!r}; its weights"
            " may be damaged: fetch them anew, or choose another"
        )
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
