"""A model made ready for ONNX Runtime: once, in a cache, by a program of its own.

It knows what files a prepared model has and when they are whole, not what the model is for.
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import EncoderError
from ingest.runtimes import FP32, ORIGINAL, Manifest, read_manifest
from ingest.weights import Digests, ModelFolder, Role, digest_of

# The line of a traceback that says what was raised.
RAISED = re.compile(r"^(?:\w+\.)*(\w*(?:Error|Exception|Failed)(?:: .+)?)$", re.MULTILINE)
LONGEST_REASON = 200
# Signals that say nothing of the model: killed (for want of memory, mostly), ended, interrupted.
STOPPED = (9, 15, 2)

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model as found, the digest of its files, and the folder that it was prepared in."""

    model: ModelFolder
    digest: str
    folder: Path
    manifest: Manifest


def unsaid(message: str) -> None:
    """What is to be said of preparing goes nowhere."""


def prepare(model: ModelFolder, role: Role, cache: Path, notify: Notify) -> Prepared:
    """The model prepared in `cache`, where it has not been yet; says what does not run by ONNX."""
    # The exporter is a process of its own, with a working folder of its own.
    model = replace(model, path=model.path.resolve())
    cache = cache.resolve()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        digests = Digests(cache / "digests.json")
        digest = digest_of(model, digests)
        digests.save()
        folder = cache / (
            f"{re.sub(r'[^A-Za-z0-9._-]+', '-', model.label)}-{_key(digest, role.recipe)}"
        )
        manifest = intact(folder, digests) or _locked(model, role, folder, digests, notify)
    except OSError as error:
        raise EncoderError(
            f"The {role.noun} {model.label} cannot be prepared in {cache} ({error}); make room or"
            " leave to write there"
        ) from error
    if manifest.runtime == ORIGINAL:
        notify(
            f"{model.label} runs by sentence-transformers, which is slower, since it cannot be run"
            f" by ONNX Runtime: {manifest.reason}"
        )
    return Prepared(model, digest, folder, manifest)


def _locked(
    model: ModelFolder, role: Role, folder: Path, digests: Digests, notify: Notify
) -> Manifest:
    """The manifest of a model that this process prepares, or another that was quicker."""
    from filelock import FileLock, Timeout

    lock = FileLock(f"{folder}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        notify(f"Waiting for another process that prepares the {role.noun} {model.label}")
        lock.acquire()
    try:
        return intact(folder, digests) or _prepare(model, role, folder, notify)
    finally:
        lock.release()


def _key(digest: str, recipe: str) -> str:
    """What a prepared model depends on.

    The libraries that export it are not in it: what they made was compared with the original.
    Those that run it are, and so is the kind of processor, whose int8 arithmetic differs.
    """
    import onnxruntime
    import tokenizers

    runs = (onnxruntime.__version__, tokenizers.__version__, platform.machine())
    return hashlib.sha256(" ".join((digest, recipe, *runs)).encode()).hexdigest()[:16]


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


def _prepare(model: ModelFolder, role: Role, folder: Path, notify: Notify) -> Manifest:
    """Prepare the model beside its folder, and move it there when it is whole."""
    notify(f"Preparing the {role.noun} {model.label} for this machine, once; it may take a minute")
    for left in folder.parent.glob(f"{folder.name}.*.partial"):
        shutil.rmtree(left, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(".partial", f"{folder.name}.", folder.parent))
    try:
        manifest = _exported(model, role, partial)
        if manifest.runtime == FP32:
            notify(f"{model.label} runs in fp32: {manifest.reason}")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _exported(model: ModelFolder, role: Role, folder: Path) -> Manifest:
    """The manifest that the exporter left in `folder`.

    It runs as a process of its own: torch's noise, memory and crashes stay there.
    """
    done = subprocess.run(
        [sys.executable, "-m", role.exporter, str(model.path), str(folder)],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    reason = _reason(done.stderr, done.returncode)
    if -done.returncode in STOPPED:
        raise EncoderError(
            f"Preparing the {role.noun} {model.label} was {reason}; if memory ran out, close other"
            " programs, then try again"
        )
    manifest = read_manifest(folder)
    if manifest is None:
        raise EncoderError(unloadable(model, role, reason))
    if done.returncode:
        manifest = replace(manifest, reason=reason)
        manifest.write(folder)
    return manifest


def unloadable(model: ModelFolder, role: Role, reason: object) -> str:
    """The message for a folder that sentence-transformers does not load."""
    return f"{model.path} cannot be loaded as a {role.made} ({reason}); {role.instead}"


def _reason(errors: str, status: int) -> str:
    """Why a process failed, in one line of what it wrote."""
    if status < 0:
        return f"stopped by signal {-status}"
    raised = RAISED.findall(errors) or errors.strip().splitlines() or [f"status {status}"]
    return str(raised[-1]).removeprefix("ExportFailed: ")[:LONGEST_REASON]
