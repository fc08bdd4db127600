"""What every measurement begins with: arguments, cases, and a chat over an index of its own."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evals.cases import SPLITS, Case, load
from ingest.encode import PACKAGED, Encoder, load_encoder
from ingest.index import NoteIndex
from ingest.sync import sync
from rag.chat import NoteChat


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The arguments that all measurements take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--notes", type=Path, required=True)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--split", choices=SPLITS, help="only this half of the cases")
    return with_cache(parser)


def with_cache(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The parser with the place of prepared models among its arguments."""
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "footnote-models"
    )
    return parser


def chosen(given: argparse.Namespace) -> list[Case]:
    """The cases that were asked for."""
    return [case for case in load(given.cases) if given.split in (None, case.split)]


@contextmanager
def index_over(notes: Path, cache: Path) -> Iterator[tuple[NoteIndex, Encoder]]:
    """Notes indexed for this alone, and the packaged encoder that they are indexed with."""
    with tempfile.TemporaryDirectory() as folder:
        encoder = load_encoder(PACKAGED, cache, print)
        for _ in sync(notes, Path(folder), encoder):
            pass
        with NoteIndex.open(Path(folder), encoder.name) as index:
            yield index, encoder


@contextmanager
def chat_over(notes: Path, cache: Path) -> Iterator[NoteChat]:
    """A chat over such an index."""
    with index_over(notes, cache) as (index, encoder):
        yield NoteChat(index, encoder)
