"""What every reader is given: a file's text as an editor shows it. Knows no format."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from ingest.errors import UnreadableNote

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Source:
    """One file, decoded: `\\n` line ends only, no byte-order mark."""

    path: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class MappedLines:
    """Lines of text, each with the line of the file (from 1) that it came from."""

    lines: Sequence[str]
    numbers: Sequence[int]

    @property
    def text(self) -> str:
        """The lines as one string."""
        return "\n".join(self.lines)


def extension_of(path: str) -> str:
    """The part of a file's name after its last dot, in small letters, with the dot."""
    stem, dot, extension = path.rpartition("/")[2].rpartition(".")
    return f".{extension.lower()}" if dot and stem else ""


def source_of(path: str, data: bytes) -> Source:
    """Decode a file, or say why it cannot be read."""
    text = _decoded(path, data)
    if "\0" in text:
        raise UnreadableNote(
            f"{path}: holds NUL bytes, so it is not text. Save it as UTF-8 text, "
            "or leave it out with a line in .footnoteignore."
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Source(path, text, sha256(data).hexdigest())


def lines_of(text: str, first: int = 1) -> MappedLines:
    """Split at `\\n` alone: form feeds and Unicode separators end no line in an editor."""
    lines = text.split("\n")
    return MappedLines(lines, range(first, first + len(lines)))


def _decoded(path: str, data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        raise UnreadableNote(f"{path}: is a PDF. Export its text as Markdown and add that instead.")
    if data.startswith(UTF16_MARKS):
        return _strictly(path, data, "utf-16")
    try:
        return data.removeprefix(UTF8_MARK).decode("utf-8")
    except UnicodeDecodeError:
        # Old Windows editors; it comes last because nearly any bytes pass for it.
        return _strictly(path, data, "cp1252")


def _strictly(path: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableNote(
            f"{path}: is text in no encoding that is read (UTF-8, UTF-16 with a byte-order mark, "
            f"Windows-1252); byte {error.start} does not fit. Save it as UTF-8."
        ) from error
