"""A run in the forms that other tools read: RAGAS rows, a BEIR folder, TREC files.

What a form needs and a run does not have is told, never made up.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from evals.records import Record, Run
from evals.runfile import write_whole
from ingest.errors import FootnoteError


class ExportError(FootnoteError):
    """A run cannot be put into a form."""


def export(run: Run, form: str, out: Path) -> list[Path]:
    """Write a run in a form; the files that were written."""
    if form not in FORMS:
        raise ExportError(f"{form!r} is no form; there are {', '.join(FORMS)}.")
    return FORMS[form](run, out)


def _ragas(run: Run, out: Path) -> list[Path]:
    """One JSON object a line, with the keys of a single-turn sample."""
    _with_texts(run)
    rows = (
        {
            "user_input": record.question,
            "response": record.answer,
            "retrieved_contexts": [hit.text for hit in record.hits],
            "reference": record.reference,
            "reference_contexts": [gold.quote for gold in record.gold if gold.required],
        }
        for record in run.records
    )
    return [_lines(out, rows)]


def _beir(run: Run, out: Path) -> list[Path]:
    """Corpus, queries and judgements; the corpus holds the passages that were found, no others."""
    _with_texts(run)
    texts = {str(hit.place): hit.text for record in run.records for hit in record.hits}
    corpus = ({"_id": id, "title": "", "text": text} for id, text in texts.items())
    queries = ({"_id": record.id, "text": record.question} for record in run.records)
    judged = "".join(f"{record.id}\t{place}\t1\n" for record, place in _relevant(run))
    files = [_lines(out / "corpus.jsonl", corpus), _lines(out / "queries.jsonl", queries)]
    split = run.circumstances.split or "test"
    files.append(_text(out / "qrels" / f"{split}.tsv", f"query-id\tcorpus-id\tscore\n{judged}"))
    return files


def _trec(run: Run, out: Path) -> list[Path]:
    """A run file and its judgements: OUT and OUT.qrels."""
    name = _word(run.name or "footnote")
    ranked = "".join(
        f"{record.id} Q0 {_word(str(hit.place))} {rank} {hit.score:.6f} {name}\n"
        for record in run.records
        for rank, hit in enumerate(record.hits, 1)
    )
    judged = "".join(f"{record.id} 0 {_word(str(place))} 1\n" for record, place in _relevant(run))
    return [_text(out, ranked), _text(out.with_name(f"{out.name}.qrels"), judged)]


FORMS: Final[Mapping[str, Callable[[Run, Path], list[Path]]]] = {
    "ragas": _ragas,
    "beir": _beir,
    "trec": _trec,
}


def _relevant(run: Run) -> Iterable[tuple[Record, str]]:
    for record in run.records:
        for place in dict.fromkeys(str(hit.place) for hit in record.hits if hit.holds):
            yield record, place


def _with_texts(run: Run) -> None:
    if any(record.hits and not record.hits[0].text for record in run.records):
        raise ExportError(
            "This run was kept without texts. Write one with `footnote eval --json FILE`."
        )


def _word(text: str) -> str:
    """Text without spaces: they part the columns."""
    return "_".join(text.split())


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    return _text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def _text(path: Path, text: str) -> Path:
    write_whole(path, text)
    return path
