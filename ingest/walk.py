"""Which files of a folder are notes, and why the others are not.

It knows names, sizes and first bytes; what a note says is the readers' affair. What is
left out is said: one entry for a file, one for a whole folder.
"""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from ingest.errors import NotesError
from ingest.readers import EXTENSIONS
from ingest.readers.source import UTF16_MARKS, extension_of

# A larger text is a log or a database dump; it would take minutes to read and drown the notes.
MAX_BYTES = 20_000_000
# As much as git looks at to tell binary files.
SNIFFED_BYTES = 8_000

# The later of two in one folder has the last word.
IGNORE_FILES = (".gitignore", ".footnoteignore")


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file to read; `path` is its place in the folder, with forward slashes."""

    path: str
    location: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or a folder that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Walk:
    """What a folder holds, each part sorted by path."""

    files: tuple[NoteFile, ...]
    skipped: tuple[Skipped, ...]


def walk(folder: Path) -> Walk:
    """Find the notes in a folder and in the folders within it."""
    entries = _listed(folder)
    walker = _Walker(folder)
    walker.visit("", entries, ())
    return Walk(
        tuple(sorted(walker.files, key=lambda file: file.path)),
        tuple(sorted(walker.skipped, key=lambda skipped: skipped.path)),
    )


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one ignore file, which hold in the folder that it lies in."""

    file: str
    folder: str
    patterns: tuple[str, ...]
    spec: GitIgnoreSpec

    def decide(self, path: str) -> str | None:
        """Why the path is left out; empty if it is let in expressly, None if nothing is said."""
        found = self.spec.check_file(path.removeprefix(self.folder))
        if found.include is None or found.index is None:
            return None
        return f"left out by '{self.patterns[found.index]}' in {self.file}" if found.include else ""


class _Walker:
    def __init__(self, folder: Path) -> None:
        self._real_folder = os.path.realpath(folder)
        self.files: list[NoteFile] = []
        self.skipped: list[Skipped] = []

    def visit(
        self, folder: str, entries: Sequence[os.DirEntry[str]], outer: tuple[_Rules, ...]
    ) -> None:
        """Sort the entries of a folder and of all folders within it."""
        waiting = [(folder, entries, outer)]
        while waiting:
            folder, entries, outer = waiting.pop()
            rules = (*outer, *self._rules(folder, entries))
            for entry in entries:
                path = folder + entry.name
                try:
                    inner = self._take(path, entry, rules)
                except OSError as error:
                    self._skip(path, f"cannot be read: {error.strerror}")
                    continue
                if inner is not None:
                    waiting.append((f"{path}/", inner, rules))

    def _take(
        self, path: str, entry: os.DirEntry[str], rules: Sequence[_Rules]
    ) -> list[os.DirEntry[str]] | None:
        """Note a file down or say why not; the entries of a folder that is to be visited."""
        if _is_ignore_file(entry):
            return None
        reason = self._general_reason(path, entry, rules)
        if reason is None and entry.is_dir(follow_symlinks=False):
            with os.scandir(entry.path) as scan:
                inner = list(scan)
            reason = _reason_against_folder(entry, inner)
            if reason is None:
                return inner
        if reason is None:
            status = entry.stat(follow_symlinks=False)
            reason = _reason_against_file(path, entry.path, status)
            if reason is None:
                location = Path(entry.path)
                self.files.append(NoteFile(path, location, status.st_size, status.st_mtime_ns))
        if reason is not None:
            self._skip(path, reason)
        return None

    def _general_reason(
        self, path: str, entry: os.DirEntry[str], rules: Sequence[_Rules]
    ) -> str | None:
        if entry.name.startswith("."):
            return "hidden"
        if not _is_unicode(entry.name):
            return "its name is not valid Unicode; rename it to have it read"
        if entry.is_symlink():
            return self._reason_against_link(entry)
        asked = f"{path}/" if entry.is_dir(follow_symlinks=False) else path
        decisions = (one.decide(asked) for one in reversed(rules))
        return next((decision for decision in decisions if decision is not None), None) or None

    def _reason_against_link(self, entry: os.DirEntry[str]) -> str:
        target = os.path.realpath(entry.path)
        if not os.path.exists(target):
            return "a link that leads nowhere"
        if os.path.commonpath([self._real_folder, target]) != self._real_folder:
            return "a link to a place outside the folder"
        return "a link within the folder; what it leads to is read in its own place"

    def _rules(self, folder: str, entries: Sequence[os.DirEntry[str]]) -> Iterator[_Rules]:
        """The ignore files among the entries, in order of rising precedence."""
        for name in IGNORE_FILES:
            for entry in entries:
                if entry.name != name or not _is_ignore_file(entry):
                    continue
                try:
                    text = Path(entry.path).read_text(encoding="utf-8-sig", errors="replace")
                except OSError as error:
                    self._skip(folder + name, f"cannot be read: {error.strerror}")
                    continue
                yield self._compiled(folder, name, text)

    def _compiled(self, folder: str, name: str, text: str) -> _Rules:
        patterns = []
        for number, line in enumerate(re.split(r"\r?\n", text), start=1):
            try:
                GitIgnoreSpec.from_lines([line])
            except (ValueError, re.error):
                self._skip(folder + name, f"line {number} is no pattern: '{line}'")
                continue
            if line:
                patterns.append(line)
        spec = GitIgnoreSpec.from_lines(patterns)
        return _Rules(folder + name, folder, tuple(patterns), spec)

    def _skip(self, path: str, reason: str) -> None:
        printable = path.encode("utf-8", "backslashreplace").decode("utf-8")
        self.skipped.append(Skipped(printable, reason))


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    """The entries of the notes folder itself, or why there are none to see."""
    try:
        with os.scandir(folder) as scan:
            return list(scan)
    except FileNotFoundError as error:
        raise NotesError(f"{folder}: no such folder. Create it, or name another one.") from error
    except NotADirectoryError as error:
        raise NotesError(f"{folder}: is a file. Name the folder that it lies in.") from error
    except OSError as error:
        raise NotesError(
            f"{folder}: cannot be read ({error.strerror}). Allow it to be read, or name another "
            "folder."
        ) from error


def _reason_against_folder(
    entry: os.DirEntry[str], inner: Sequence[os.DirEntry[str]]
) -> str | None:
    if entry.name == "node_modules":
        return "packages, not notes"
    if any(inside.name == "pyvenv.cfg" for inside in inner):
        return "a virtual environment, not notes"
    return None


def _reason_against_file(path: str, location: str, status: os.stat_result) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return "neither a file nor a folder"
    extension = extension_of(path)
    if extension not in EXTENSIONS:
        what = f"'{extension}' files are" if extension else "a file without an extension is"
        return f"{what} not read; these are: {', '.join(EXTENSIONS)}"
    if status.st_size == 0:
        return "empty"
    if status.st_size > MAX_BYTES:
        return f"larger than {MAX_BYTES:,} bytes"
    with open(location, "rb") as file:
        head = file.read(SNIFFED_BYTES)
    if b"\0" in head and not head.startswith(UTF16_MARKS):
        return "not text: it holds NUL bytes"
    return None


def _is_ignore_file(entry: os.DirEntry[str]) -> bool:
    return entry.name in IGNORE_FILES and entry.is_file(follow_symlinks=False)


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
