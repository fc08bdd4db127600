"""`footnote eval beir`: how search does on a public collection. It only translates."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from app import evaluating
from app.options import Encoder
from app.settings import settings
from app.terminal import counted, write


def beir(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Holds corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv.",
            show_default=False,
        ),
    ],
    split: Annotated[
        str, typer.Option("--split", metavar="dev|test", help="Which judgements.")
    ] = "test",
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Only the first so many questions; 0 is all.")
    ] = 0,
    encoder: Encoder = None,
) -> None:
    """Measure search on a collection in BEIR's form: nDCG, recall and reciprocal rank."""
    from evals.beir import as_notes, asked, ranked, read, table

    collection = read(folder, split)
    ids = asked(collection, limit)
    with tempfile.TemporaryDirectory() as place:
        notes, index = Path(place) / "notes", Path(place) / "index"
        files = as_notes(collection, notes)
        chosen = settings(notes, index, encoder)
        with evaluating.subject(context.obj, chosen) as subject:
            work = ranked(subject.chat, collection, files, ids)
            found = dict(counted(work, len(ids), "searching"))
    write(table(collection, found))
