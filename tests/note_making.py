"""Notes and token counts for tests, without any reader or encoder."""

from collections.abc import Sequence

from ingest.split import split
from ingest.types import Note, Passage


def note_of(text: str, path: str = "note.md", title: str = "A note") -> Note:
    """A Markdown note as the reader would give it, each line its own."""
    lines = tuple(range(1, text.count("\n") + 2))
    return Note(path, title, text, lines, "markdown", digest="0" * 64)


def word_counts(texts: Sequence[str]) -> list[int]:
    """One token for each word: enough to see what fits."""
    return [len(text.split()) for text in texts]


def passages_of(text: str, limit: int = 120) -> list[Passage]:
    """The passages of a Markdown text."""
    return split(note_of(text), word_counts, limit)
