"""Plain text → Note: the paragraphs as they are."""

from ingest.readers.source import Source, lines_of
from ingest.readers.titles import title_of_name
from ingest.types import Note


def read_text(source: Source) -> Note:
    """Read plain text; its title is the file's name."""
    numbers = tuple(lines_of(source.text).numbers)
    title = title_of_name(source.path)
    return Note(source.path, title, source.text, numbers, "text", source.digest)
