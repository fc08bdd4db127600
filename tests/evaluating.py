"""Records and runs written by hand, and a small orchard of notes with its known questions."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indexing import Desk

from app.settings import Settings
from app.wiring import Notebook, Notify, _Folder
from evals.records import (
    SCHEMA,
    Circumstances,
    CitationRecord,
    FactRecord,
    GoldRecord,
    HitRecord,
    PairsRecord,
    Place,
    Record,
    Run,
    StatementRecord,
)
from rag.types import Outcome, Verdict

PLACE = Place("a.md", 3, 4)
ELSEWHERE = Place("b.md", 7, 7)

PICKING = """# Picking

Ripe apples come off the branch with a gentle twist of the wrist.

## Ladders

A ladder stands on level ground and leans at seventy five degrees.

## Baskets

Baskets of woven willow hold about nine kilograms of fruit.
"""
STORING = """# Storing

Apples keep until March in a cellar at four degrees.

## Pears

Pears are stored green and ripen within a week on the kitchen table.

## How do wasps find the cellar?
"""


def hit(*holds: int, place: Place = PLACE, score: float = 0.5) -> HitRecord:
    """A hit that holds these golds."""
    return HitRecord(place, score, holds, f"text of {place}")


def record(id: str = "1", **changed: Any) -> Record:
    """A direct question, found first, answered by one quote of the gold, all facts held."""
    usual = Record(
        id=id,
        kind="direct",
        note="a.md",
        split="report",
        question=f"What is {id}?",
        searched=f"What is {id}?",
        gold=(GoldRecord("the gold", "a.md", PLACE, True),),
        outcome=Outcome.ANSWERED,
        chance=0.8,
        hits=(hit(0), hit(place=ELSEWHERE)),
        statements=(StatementRecord("the gold", Verdict.QUOTED, Verdict.QUOTED, (1,)),),
        citations=(CitationRecord(1, PLACE, (0,)),),
        facts=(FactRecord("golden", True),),
        reference="It is gold.",
        similarity=0.75,
        words=2,
        timings_ms={"encode": 1.0, "search": 2.0, "total": 4.0},
    )
    return replace(usual, **changed)


def refused(id: str = "2", **changed: Any) -> Record:
    """The same question, found and refused."""
    nothing: dict[str, Any] = {
        "outcome": Outcome.NOT_IN_NOTES,
        "chance": 0.3,
        "statements": (),
        "citations": (),
        "facts": (FactRecord("golden", False),),
        "similarity": 0.0,
        "words": 0,
    }
    return record(id, **(nothing | changed))


def unanswerable(id: str = "3", **changed: Any) -> Record:
    """A question near the field, rightly refused."""
    nothing: dict[str, Any] = {
        "kind": "near",
        "note": "",
        "gold": (),
        "facts": (),
        "hits": (hit(place=ELSEWHERE),),
        "similarity": None,
    }
    return refused(id, **(nothing | changed))


CIRCUMSTANCES = Circumstances(
    made="2030-01-02T03:04:05Z",
    commit="0123456789",
    footnote="0.1.0",
    python="3.11.0",
    packages={"numpy": "2.0"},
    notes="orchard",
    notes_hash="abc",
    notes_count=2,
    passages=5,
    cases="own",
    cases_hash="def",
    split="report",
    limit=0,
    encoder="tiny",
    llm="none",
    strictness=0.5,
    seconds=1.5,
)


def run_with(*records: Record, pairs: tuple[PairsRecord, ...] = (), **changed: Any) -> Run:
    """A run of these records."""
    return Run(SCHEMA, "toy", replace(CIRCUMSTANCES, **changed), records, pairs)


def case_row(id: str, question: str, note: str, quote: str, **more: Any) -> dict[str, Any]:
    """A line of a file of cases."""
    gold = [{"note": note, "quote": quote}] if quote else []
    return {"id": id, "question": question, "kind": "direct", "gold": gold} | more


ROWS = (
    case_row(
        "twist",
        "ripe apples branch gentle twist",
        "picking.md",
        "Ripe apples come off the branch with a gentle twist of the wrist.",
        reference="With a gentle twist.",
        facts=["gentle twist of the wrist", "thirty kilograms of fruit"],
    ),
    case_row(
        "ladder",
        "ladder level ground leans degrees",
        "picking.md",
        "A ladder stands on level ground",
        split="tune",
    ),
    case_row(
        "pears",
        "pears stored green ripen",
        "storing.md",
        "Pears are stored green and ripen within a week",
    ),
    case_row(
        "table",
        "And where do they ripen?",
        "storing.md",
        "on the kitchen table",
        kind="follow-up",
        history=[{"question": "pears stored green", "answer": "They ripen."}],
        whole="where do pears ripen within a week, on the kitchen table",
    ),
    case_row("moon", "lunar orbit eccentricity", "", "", kind="outside"),
)


def orchard(root: Path) -> Desk:
    """Two notes, indexed with the tiny encoder."""
    desk = Desk(root)
    desk.write("picking.md", PICKING)
    desk.write("storing.md", STORING)
    desk.sync()
    return desk


def cases_file(root: Path, rows: tuple[dict[str, Any], ...] = ROWS) -> Path:
    """The known questions of the orchard."""
    path = root / "cases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@dataclass
class DeskNotebook:
    """Opens notebooks as `wiring.open_notebook` does, with a desk's encoder, and its index."""

    desk: Desk

    def __call__(self, settings: Settings, notify: Notify) -> Notebook:
        if settings.notes == self.desk.notes:
            settings = replace(settings, index=self.desk.index)
        return _Folder(settings, self.desk.encoder, notify)
