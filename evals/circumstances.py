"""What a run happened with: versions, commit, and hashes of the notes and cases."""

import hashlib
import platform
import subprocess
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from evals.cases import Case
from ingest.index import NoteIndex

# What decides about figures besides our own code.
_PACKAGES: Final = (
    "faiss-cpu", "markdown-it-py", "numpy", "onnxruntime", "tantivy", "tokenizers",
)  # fmt: skip
_LETTERS: Final = 12


def commit(folder: Path) -> str:
    """The commit of the code, '+' behind it where files were changed; '' where git knows none."""
    # A package installed inside somebody's repository is not of that repository.
    if _git(folder, "ls-files", "--error-unmatch", Path(__file__).name) is None:
        return ""
    head = _git(folder, "rev-parse", "--short=10", "HEAD")
    changed = _git(folder, "diff", "--quiet", "HEAD") is None
    return "" if head is None else f"{head}{'+' if changed else ''}"


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        found = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def packages() -> dict[str, str]:
    """The versions of the packages that decide about figures."""
    installed = {}
    for name in _PACKAGES:
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed[name] = "not installed"
    return installed


def python() -> str:
    """The version of Python."""
    return platform.python_version()


def notes_hash(index: NoteIndex) -> tuple[str, int, int]:
    """A hash of all notes as they were read, how many notes there are, and how many passages."""
    with index.snapshot() as snapshot:
        notes = snapshot.notes()
        texts = (f"{one.path}\n{snapshot.note(one.path).digest}" for one in notes)
        return _hash(texts), len(notes), snapshot.count()


def cases_hash(cases: Sequence[Case]) -> str:
    """A hash of everything that the cases say."""
    return _hash(repr(case) for case in cases)


def _hash(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:_LETTERS]
