"""Text to unit vectors: the encoder by name, prepared once and then loaded without torch.

It knows nothing of notes or passages; how a model is prepared is `ingest.export`'s, how one is
run `ingest.runtimes`'.
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ingest.errors import EncoderError
from ingest.runtimes import (
    FP32,
    ORIGINAL,
    FloatArray,
    Manifest,
    OnnxEncoder,
    OriginalEncoder,
    Reading,
    read_manifest,
)
from ingest.weights import INSTEAD, PACKAGED, Digests, ModelFolder, digest_of, find_model

__all__ = ["PACKAGED", "Encoder", "FloatArray", "Reading", "load_encoder"]

# Raised with every change to how models are prepared or run that changes vectors: it is part of
# an encoder's name, so that an index made with the old ones is made anew.
RECIPE = 2
# The line of a traceback that says what was raised.
RAISED = re.compile(r"^(?:\w+\.)*(\w*(?:Error|Exception|Failed)(?:: .+)?)$", re.MULTILINE)
LONGEST_REASON = 200
# Signals that say nothing of the model: killed (for want of memory, mostly), ended, interrupted.
STOPPED = (9, 15, 2)

Notify = Callable[[str], None]


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


def unsaid(message: str) -> None:
    """What is to be said of preparing goes nowhere."""


def load_encoder(name: str, cache: Path, notify: Notify = unsaid) -> Encoder:
    """The encoder called `name`: the packaged one, a folder, or a model of huggingface.co.

    It is prepared in `cache` where it has not been yet; `notify` says what takes long, what is
    fetched, and what does not go as it should.
    """
    model = find_model(name, notify)
    # The exporter is a process of its own, with a working folder of its own.
    model = replace(model, path=model.path.resolve())
    cache = cache.resolve()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        digests = Digests(cache / "digests.json")
        digest = digest_of(model, digests)
        digests.save()
        folder, manifest = _prepared(model, digest, cache, digests, notify)
    except OSError as error:
        raise EncoderError(
            f"The encoder {model.label} cannot be prepared in {cache} ({error}); make room or"
            " leave to write there"
        ) from error
    called = _name(model, digest, manifest.runtime)
    if manifest.runtime != ORIGINAL:
        return OnnxEncoder(folder, manifest, called)
    notify(
        f"{model.label} runs by sentence-transformers, which is slower and tells no word pieces"
        f" apart to search by, since it cannot be run by ONNX Runtime: {manifest.reason}"
    )
    return _original(model, folder, manifest, called)


def _name(model: ModelFolder, digest: str, runtime: str) -> str:
    """What goes into an index: other weights, recipe or runtime give another name."""
    identity = hashlib.sha256(f"{digest} {RECIPE} {runtime}".encode()).hexdigest()
    return f"{model.label}@{identity[:8]}"


def _prepared(
    model: ModelFolder, digest: str, cache: Path, digests: Digests, notify: Notify
) -> tuple[Path, Manifest]:
    """The folder of the prepared model, made where there is none that is whole."""
    folder = cache / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', model.label)}-{_key(digest)}"
    if manifest := intact(folder, digests):
        return folder, manifest
    from filelock import FileLock, Timeout

    lock = FileLock(f"{folder}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        notify(f"Waiting for another process that prepares the encoder {model.label}")
        lock.acquire()
    try:
        manifest = intact(folder, digests) or _prepare(model, folder, notify)
    finally:
        lock.release()
    return folder, manifest


def _key(digest: str) -> str:
    """What a prepared model depends on.

    The libraries that export it are not in it: what they made was compared with the original.
    Those that run it are, and so is the kind of processor, whose int8 arithmetic differs.
    """
    import onnxruntime
    import tokenizers

    runs = (onnxruntime.__version__, tokenizers.__version__, platform.machine())
    return hashlib.sha256(" ".join((digest, str(RECIPE), *runs)).encode()).hexdigest()[:16]


def intact(folder: Path, digests: Digests) -> Manifest | None:
    """The manifest of a prepared model whose files are all there as they were written."""
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    try:
        same = all(digests.of(folder / file) == was for file, was in manifest.digests.items())
    except OSError:
        return None
    digests.save()
    return manifest if same else None


def _prepare(model: ModelFolder, folder: Path, notify: Notify) -> Manifest:
    """Prepare the model beside its folder, and move it there when it is whole."""
    notify(f"Preparing the encoder {model.label} for this machine, once; it may take a minute")
    for left in folder.parent.glob(f"{folder.name}.*.partial"):
        shutil.rmtree(left, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(".partial", f"{folder.name}.", folder.parent))
    try:
        manifest = _exported(model, partial)
        if manifest.runtime == FP32:
            notify(f"{model.label} runs in fp32: {manifest.reason}")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _exported(model: ModelFolder, folder: Path) -> Manifest:
    """The manifest that the exporter left in `folder`.

    It runs as a process of its own: torch's noise, memory and crashes stay there.
    """
    done = subprocess.run(
        [sys.executable, "-m", "ingest.export", str(model.path), str(folder)],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    reason = _reason(done.stderr, done.returncode)
    if -done.returncode in STOPPED:
        raise EncoderError(
            f"Preparing the encoder {model.label} was {reason}; if memory ran out, close other"
            " programs, then try again"
        )
    manifest = read_manifest(folder)
    if manifest is None:
        raise EncoderError(
            f"{model.path} cannot be loaded as a SentenceTransformer ({reason}); {INSTEAD}"
        )
    if done.returncode:
        manifest = replace(manifest, reason=reason)
        manifest.write(folder)
    return manifest


def _reason(errors: str, status: int) -> str:
    """Why a process failed, in one line of what it wrote."""
    if status < 0:
        return f"stopped by signal {-status}"
    raised = RAISED.findall(errors) or errors.strip().splitlines() or [f"status {status}"]
    return str(raised[-1]).removeprefix("ExportFailed: ")[:LONGEST_REASON]


def _original(model: ModelFolder, folder: Path, manifest: Manifest, name: str) -> Encoder:
    """The model as sentence-transformers runs it."""
    from ingest.export import load_original

    try:
        original = load_original(model.path)
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise EncoderError(
            f"{model.path} cannot be loaded as a SentenceTransformer ({error}); {INSTEAD}"
        ) from error
    return OriginalEncoder(original, folder, manifest, name)
