"""Which files of a folder are notes, and what is said of the others."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.errors import NotesError
from ingest.walk import MAX_BYTES, Walk, walk


def folder_of(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder with these files in it."""
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def paths(found: Walk) -> list[str]:
    """The notes that were found."""
    return [file.path for file in found.files]


def reasons(found: Walk) -> dict[str, str]:
    """What was left out, and why."""
    return {skipped.path: skipped.reason for skipped in found.skipped}


def test_notes_are_sorted_by_path(tmp_path: Path) -> None:
    """Files of all folders come in one order, with forward slashes."""
    names = ["b.md", "a/z.txt", "a.md", "a/b/c.html", "B.MD", "d.json"]
    found = walk(folder_of(tmp_path, dict.fromkeys(names, "x")))
    assert paths(found) == sorted(names)
    assert found.skipped == ()


def test_a_note_file_says_where_it_is_and_how_large(tmp_path: Path) -> None:
    """Size and time are those of the file, so that a change can be seen without reading it."""
    folder_of(tmp_path, {"a/b.md": "twelve bytes"})
    os.utime(tmp_path / "a/b.md", ns=(0, 1_700_000_000_123_456_789))
    (file,) = walk(tmp_path).files
    assert (file.location, file.size) == (tmp_path / "a/b.md", 12)
    assert file.mtime_ns == (tmp_path / "a/b.md").stat().st_mtime_ns


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        (".hidden.md", "x", "hidden"),
        ("a.docx", "x", "'.docx' files are not read; these are: .md, .markdown,"),
        ("LICENSE", "x", "a file without an extension is not read"),
        ("archive.tar.gz", "x", "'.gz' files are not read"),
        ("empty.md", "", "empty"),
        ("binary.md", b"a\x00b", "not text: it holds NUL bytes"),
    ],
)
def test_files_that_are_no_notes(
    tmp_path: Path, path: str, content: str | bytes, reason: str
) -> None:
    """Each file that is left out is named with its reason."""
    found = walk(folder_of(tmp_path, {path: content, "a.md": "x"}))
    assert paths(found) == ["a.md"]
    assert list(reasons(found)) == [path]
    assert reasons(found)[path].startswith(reason)


def test_utf16_is_text(tmp_path: Path) -> None:
    """A byte-order mark says that the NUL bytes behind it are halves of letters."""
    folder_of(tmp_path, {"a.md": "x".encode("utf-16"), "b.md": b"\xfe\xff\x00x"})
    assert paths(walk(tmp_path)) == ["a.md", "b.md"]


def test_late_nul_bytes_are_the_readers_affair(tmp_path: Path) -> None:
    """Only the beginning of a file is looked at."""
    assert paths(walk(folder_of(tmp_path, {"a.md": b"x" * 9_000 + b"\x00"}))) == ["a.md"]


@pytest.mark.parametrize(("size", "is_note"), [(MAX_BYTES, True), (MAX_BYTES + 1, False)])
def test_oversized_files(tmp_path: Path, size: int, is_note: bool) -> None:
    """A file above the limit is left out, and the limit named."""
    folder_of(tmp_path, {"a.md": "x" * 9_000})
    os.truncate(tmp_path / "a.md", size)
    found = walk(tmp_path)
    assert bool(found.files) is is_note
    assert is_note or reasons(found) == {"a.md": "larger than 20,000,000 bytes"}


@pytest.mark.parametrize(
    ("inside", "folder", "reason"),
    [
        (".obsidian/a/b.md", ".obsidian", "hidden"),
        (".git/a.md", ".git", "hidden"),
        ("web/node_modules/a/README.md", "web/node_modules", "packages, not notes"),
        ("env/pyvenv.cfg", "env", "a virtual environment, not notes"),
    ],
)
def test_a_skipped_folder_is_one_entry(
    tmp_path: Path, inside: str, folder: str, reason: str
) -> None:
    """Nothing in a folder that is left out is looked at or listed."""
    files = {inside: "x", f"{folder}/other.md": "x", "kept.md": "x"}
    found = walk(folder_of(tmp_path, files))
    assert (paths(found), reasons(found)) == (["kept.md"], {folder: reason})


# Ignore files


@pytest.mark.parametrize(
    ("patterns", "kept"),
    [
        ("b.md", ["a.md", "x/a.md", "x/y/a.md"]),
        ("/b.md", ["a.md", "x/a.md", "x/b.md", "x/y/a.md", "x/y/b.md"]),
        ("x/", ["a.md", "b.md"]),
        ("x/*\n!x/a.md", ["a.md", "b.md", "x/a.md"]),
        ("*.md\n!a.md", ["a.md", "x/a.md", "x/y/a.md"]),
        ("x/**/b.md", ["a.md", "b.md", "x/a.md", "x/y/a.md"]),
        ("# a.md\n\n", ["a.md", "b.md", "x/a.md", "x/b.md", "x/y/a.md", "x/y/b.md"]),
        ("\ufeffb.md\r\ny/\r\n", ["a.md", "x/a.md"]),
        ("x\n!x/a.md", ["a.md", "b.md"]),
    ],
)
@pytest.mark.parametrize("name", [".gitignore", ".footnoteignore"])
def test_ignore_files(tmp_path: Path, name: str, patterns: str, kept: list[str]) -> None:
    """Both ignore files have git's meaning."""
    names = ["a.md", "b.md", "x/a.md", "x/b.md", "x/y/a.md", "x/y/b.md"]
    folder_of(tmp_path, {name: patterns, **dict.fromkeys(names, "x")})
    assert paths(walk(tmp_path)) == kept


def test_the_reason_names_the_pattern_and_its_file(tmp_path: Path) -> None:
    """Who wonders where a note is learns which line left it out."""
    folder_of(tmp_path, {"x/.gitignore": "# none\n\nsecret*\n", "x/secrets/a.md": "x"})
    assert reasons(walk(tmp_path))["x/secrets"] == "left out by 'secret*' in x/.gitignore"


@pytest.mark.parametrize(
    ("outer", "inner", "kept"),
    [
        ("*.md", "!a.md", ["x/a.md"]),
        ("!b.md", "b.md", ["a.md", "b.md", "x/a.md"]),
        ("", "/a.md", ["a.md", "b.md", "x/b.md"]),
        ("x/", "!a.md", ["a.md", "b.md"]),
    ],
)
def test_the_nearer_ignore_file_decides(
    tmp_path: Path, outer: str, inner: str, kept: list[str]
) -> None:
    """A folder's own ignore file overrules those above, but cannot bring the folder back."""
    names = ["a.md", "b.md", "x/a.md", "x/b.md"]
    folder_of(tmp_path, {".gitignore": outer, "x/.gitignore": inner, **dict.fromkeys(names, "x")})
    assert paths(walk(tmp_path)) == kept


def test_footnoteignore_overrules_gitignore(tmp_path: Path) -> None:
    """What git leaves out may be a note all the same."""
    folder_of(tmp_path, {".gitignore": "*.md", ".footnoteignore": "!a.md", "a.md": "x"})
    assert paths(walk(tmp_path)) == ["a.md"]


def test_a_bad_pattern_is_said_and_the_rest_holds(tmp_path: Path) -> None:
    """A line that is no pattern is named by its number."""
    folder_of(tmp_path, {".gitignore": "!\n[z-a]\nb.md\n", "a.md": "x", "b.md": "x"})
    found = walk(tmp_path)
    assert paths(found) == ["a.md"]
    assert [s.reason for s in found.skipped if s.path == ".gitignore"] == [
        "line 1 is no pattern: '!'",
        "line 2 is no pattern: '[z-a]'",
    ]


def test_ignore_files_are_not_listed(tmp_path: Path) -> None:
    """What is read for its patterns is not reported as left out."""
    folder_of(tmp_path, {".gitignore": "b.md", "x/.footnoteignore": "", "x/a.md": "x"})
    assert walk(tmp_path).skipped == ()


def test_a_folder_named_like_an_ignore_file_is_none(tmp_path: Path) -> None:
    """Only files are read for patterns."""
    assert paths(walk(folder_of(tmp_path, {".gitignore/a": "x", "a.md": "x"}))) == ["a.md"]


# Links and other oddities


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("../outside", "a link to a place outside the folder"),
        ("../outside/a.md", "a link to a place outside the folder"),
        ("../notes-too", "a link to a place outside the folder"),
        (".", "a link within the folder; what it leads to is read in its own place"),
        ("x", "a link within the folder; what it leads to is read in its own place"),
        ("x/a.md", "a link within the folder; what it leads to is read in its own place"),
        ("link", "a link that leads nowhere"),
        ("gone", "a link that leads nowhere"),
    ],
)
def test_links_are_not_followed(tmp_path: Path, target: str, reason: str) -> None:
    """A link leads out of the folder, in a circle, nowhere, or to what is read anyway."""
    folder_of(tmp_path, {"outside/a.md": "x", "notes-too/a.md": "x", "notes/x/a.md": "x"})
    (tmp_path / "notes/link").symlink_to(target)
    found = walk(tmp_path / "notes")
    assert (paths(found), reasons(found)) == (["x/a.md"], {"link": reason})


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    """A linked notes folder is read like the folder it leads to."""
    folder_of(tmp_path, {"real/a.md": "x"})
    (tmp_path / "real/link.md").symlink_to("a.md")
    (tmp_path / "notes").symlink_to("real")
    found = walk(tmp_path / "notes")
    assert found.files[0].location == tmp_path / "notes/a.md"
    assert reasons(found)["link.md"].startswith("a link within")


def test_a_socket_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is neither a file nor a folder is left alone."""
    monkeypatch.chdir(tmp_path)  # a socket's address may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.md")
        assert reasons(walk(tmp_path)) == {"a.md": "neither a file nor a folder"}


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    """Opening a pipe would wait for ever."""
    os.mkfifo(tmp_path / "a.md")
    assert reasons(walk(tmp_path)) == {"a.md": "neither a file nor a folder"}


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    """A name that cannot be stored or shown is skipped under one that can."""
    with open(os.fsencode(tmp_path) + b"/a\xff.md", "wb") as file:
        file.write(b"x")
    assert reasons(walk(tmp_path)) == {
        "a\\udcff.md": "its name is not valid Unicode; rename it to have it read"
    }


def test_an_empty_folder_has_no_notes(tmp_path: Path) -> None:
    """Nothing found is no error here."""
    assert walk(tmp_path) == Walk((), ())


@pytest.mark.parametrize(("name", "reason"), [("gone", "no such folder"), ("a.md", "is a file")])
def test_no_folder_to_walk(tmp_path: Path, name: str, reason: str) -> None:
    """A folder that is none is named, with what to do."""
    folder_of(tmp_path, {"a.md": "x"})
    with pytest.raises(NotesError, match=f"{name}: {reason}.*[Nn]ame "):
        walk(tmp_path / name)


needs_permissions = pytest.mark.skipif(
    os.geteuid() == 0, reason="the superuser may read everything"
)


@needs_permissions
@pytest.mark.parametrize("path", ["closed.md", "closed"])
def test_what_may_not_be_read_is_skipped(tmp_path: Path, path: str) -> None:
    """One closed file or folder does not keep the others from being found."""
    folder_of(tmp_path, {"a.md": "x", "closed.md" if path == "closed.md" else "closed/b.md": "x"})
    (tmp_path / path).chmod(0)
    found = walk(tmp_path)
    (tmp_path / path).chmod(0o700)
    assert paths(found) == ["a.md"]
    assert reasons(found) == {path: "cannot be read: Permission denied"}


@needs_permissions
def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    """A closed notes folder is named, with what to do."""
    notes = tmp_path / "notes"
    notes.mkdir(mode=0)
    with pytest.raises(NotesError, match=r"cannot be read \(Permission denied\).*another folder"):
        walk(notes)
