"""A notebook and a chat that answer from a script: for the command line and the window."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.settings import Settings
from app.wiring import Contents, Notebook, Notify, Opened
from ingest.errors import FootnoteError, QuestionError
from ingest.sync import SyncProgress, SyncReport
from ingest.types import Kind, Passage, PassageId
from ingest.walk import Skipped
from rag.types import (
    PLAIN,
    Answer,
    Citation,
    Decided,
    Event,
    Finished,
    Form,
    Found,
    Hit,
    Outcome,
    Parts,
    Searched,
    Statement,
    Turn,
    Verdict,
    Wanted,
    Wrote,
)

RECALL = """## Recall

Recall is the share of the ripe apples that the picker found. It ignores how many unripe ones
came along.

$$
\\text{recall} = \\frac{\\text{found}}{\\text{found} + \\text{missed}}
$$

- It rises when the picker takes more apples.
- It says nothing about $\\text{precision} < 1$.
"""


def passage(text: str, note: str = "orchard/picking.md", first_line: int = 10) -> Passage:
    """A passage that is a whole section of a note."""
    heading = ("Picking apples", text.split("\n")[0].lstrip("# "))
    lead = text.index("\n") + 1
    last_line = first_line + text.rstrip("\n").count("\n")
    return Passage(
        note=note,
        title="Picking apples",
        heading=heading,
        kind=Kind.PROSE,
        start=0,
        end=len(text),
        start_line=first_line,
        end_line=last_line,
        text=text,
        lead=lead,
    )


def citation(number: int, of: Passage, quote: str) -> Citation:
    """A footnote to a sentence of a passage."""
    start = of.text.index(quote)
    first = of.start_line + of.text[:start].count("\n")
    return Citation(number, of, quote, start, start + len(quote), first, first + quote.count("\n"))


def hit(rank: int, of: Passage, final: float = 0.75) -> Hit:
    """A hit with simple parts."""
    return Hit(rank, PassageId(rank), of, Parts(0.7, 0.9, 0.25, final))


def answered(question: str, of: Passage, *quotes: tuple[str, Form]) -> list[Event]:
    """The events of an answer that quotes a passage."""
    events: list[Event] = [Searched(Found(question, (hit(1, of),), (), {"search": 1.25}))]
    events.append(Decided(Outcome.ANSWERED))
    citations = [citation(number, of, quote) for number, (quote, _) in enumerate(quotes, 1)]
    statements = [
        Statement(quote, (number,), Verdict.QUOTED, form)
        for number, (quote, form) in enumerate(quotes, 1)
    ]
    events += [Wrote(s, (c,)) for s, c in zip(statements, citations, strict=True)]
    text = "\n\n".join(f"{s.text} [{c.number}]" for s, c in zip(statements, citations, strict=True))
    events.append(_finished(question, Outcome.ANSWERED, text, statements, citations))
    return events


def listed(question: str, of: Passage) -> list[Event]:
    """The events for a question that the notes ask and do not answer."""
    found = hit(1, of)
    cited = citation(1, of, of.body.strip() or of.text.strip())
    text = "Your notes list this question but don't answer it. [1]"
    return [
        Searched(Found(question, (), (found,), {})),
        Decided(Outcome.LISTED, (found,)),
        _finished(question, Outcome.LISTED, text, [], [cited]),
    ]


def not_in_notes(question: str, closest: Sequence[Hit] = ()) -> list[Event]:
    """The events for a question that the notes do not bear on."""
    return [
        Searched(Found(question, tuple(closest), (), {})),
        Decided(Outcome.NOT_IN_NOTES),
        _finished(question, Outcome.NOT_IN_NOTES, "Your notes don't say.", [], [], closest),
    ]


def recall_answer() -> list[Event]:
    """An answer with a sentence, a formula and a list item."""
    formula = RECALL[RECALL.index("$$") : RECALL.rindex("$$") + 2]
    return answered(
        "What is recall?",
        passage(RECALL),
        ("Recall is the share of the ripe apples that the picker found.", Form.SENTENCE),
        (formula, Form.BLOCK),
        ("It says nothing about $\\text{precision} < 1$.", Form.ITEM),
    )


def _finished(
    question: str,
    outcome: Outcome,
    text: str,
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    also_found: Sequence[Hit] = (),
) -> Finished:
    return Finished(
        Answer(
            id="a1b2c3",
            question=question,
            rewritten=question,
            outcome=outcome,
            text=text,
            statements=tuple(statements),
            citations=tuple(citations),
            also_found=tuple(also_found),
            model="none",
            timings_ms={"total": 2.5},
        )
    )


@dataclass
class ScriptedChat:
    """Plays the events written down for a question; keeps what it was asked."""

    script: dict[str, list[Event] | FootnoteError] = field(default_factory=dict)
    asked: list[tuple[str, tuple[Turn, ...], Wanted]] = field(default_factory=list)

    def ask(
        self, question: str, history: Sequence[Turn] = (), wanted: Wanted = PLAIN
    ) -> Iterator[Event]:
        """The scripted events; a question without a script is not in the notes."""
        self.asked.append((question, tuple(history), wanted))
        if not question.strip():
            raise QuestionError("The question is empty.")
        events = self.script.get(question, not_in_notes(question))
        if isinstance(events, FootnoteError):
            raise events
        yield from events

    def search(self, question: str, limit: int, history: Sequence[Turn] = ()) -> Found:
        """As many hits on the same passage as are wanted."""
        hits = tuple(hit(rank, passage(RECALL), 1 / rank) for rank in range(1, limit + 1))
        return Found(question, hits, (hit(1, passage("## What is yield?\n")),), {"search": 1.25})


def report(*, added: int = 2, unchanged: int = 0, skipped: tuple[Skipped, ...] = ()) -> SyncReport:
    """What a sync of two notes says."""
    return SyncReport(
        added=added,
        changed=0,
        moved=0,
        removed=0,
        unchanged=unchanged,
        passages=7,
        encoded=7,
        skipped=skipped,
        rebuilt=None,
        generation="g1",
        seconds=0.25,
    )


@dataclass
class ScriptedNotebook:
    """A notebook over a scripted chat; keeps the settings it was opened with."""

    answers: ScriptedChat = field(default_factory=ScriptedChat)
    result: SyncReport = field(default_factory=report)
    problem: BaseException | None = None
    settings: list[Settings] = field(default_factory=list)
    synced: int = 0
    chosen: list[tuple[str, str | None]] = field(default_factory=list)

    def __call__(self, settings: Settings, notify: Notify) -> Notebook:
        """Be opened: stands where `wiring.open_notebook` does."""
        self.settings.append(settings)
        return self

    def sync(self) -> Generator[SyncProgress, None, SyncReport]:
        """One step of progress, then the report."""
        self.synced += 1
        if self.problem is not None:
            raise self.problem
        yield SyncProgress("reading", 1, 2, "orchard/picking.md")
        return self.result

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """The scripted chat."""
        headings = (("Picking apples", "Ripening"), ("How do bees find flowers?",))
        yield Opened(self.answers, lambda: Contents(2, 7, headings), self._chat_with)

    def _chat_with(self, llm: str, checker: str | None) -> ScriptedChat:
        """The same chat; keeps what was chosen."""
        self.chosen.append((llm, checker))
        return self.answers
