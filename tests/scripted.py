"""A notebook and a chat that answer from a script: for the command line and the window."""

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from app.settings import Settings
from app.web.models import Trial
from app.wiring import Contents, Notebook, NoteRead, Notify, Opened
from ingest.errors import FootnoteError, NotesError, QuestionError
from ingest.sync import SyncProgress, SyncReport
from ingest.types import Kind, Note, Passage, PassageId
from ingest.walk import Skipped
from rag.model import ModelError
from rag.types import (
    PLAIN,
    Answer,
    Checking,
    Citation,
    Decided,
    Disagreement,
    Event,
    Failed,
    Finished,
    Form,
    Found,
    Hit,
    Message,
    Outcome,
    Parts,
    Rewritten,
    Searched,
    Statement,
    Tokens,
    Turn,
    Verdict,
    Wanted,
    Writing,
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


def read_note(path: str) -> NoteRead:
    """The note on picking, its passages one after the other; there is no other note."""
    if path != "orchard/picking.md":
        raise NotesError(f"{path} is not among the indexed notes")
    texts = [
        "# Picking apples\n\nPicking is work." + 7 * "\n",
        RECALL,
        "## Ripening\n\nIt takes weeks.\n",
    ]
    passages: list[Passage] = []
    for text in texts:
        start = sum(len(before) for before in texts[: len(passages)])
        first = 1 + sum(before.count("\n") for before in texts[: len(passages)])
        made = passage(text, first_line=first)
        passages.append(replace(made, start=start, end=start + len(text)))
    whole = "".join(texts)
    lines = tuple(range(1, whole.count("\n") + 2))
    note = Note(path, "Picking apples", whole, lines, "markdown", "d1")
    return NoteRead(note, tuple(passages))


def recall_passage() -> Passage:
    """The section on recall, where it stands in its note."""
    return read_note("orchard/picking.md").passages[1]


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
        recall_passage(),
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


MODEL = "scripted:storyteller"


def written() -> list[Event]:
    """What a model wrote: one statement borne out, one not confirmed, one against the notes."""
    of = recall_passage()
    first = citation(1, of, "Recall is the share of the ripe apples that the picker found.")
    second = citation(2, of, "It ignores how many unripe ones\ncame along.")
    statements = [
        Statement(
            "Recall is the share of ripe apples found.", (1,), Verdict.SUPPORTED, repointed=True
        ),
        Statement("It is loved by pickers.", (2,), Verdict.UNCONFIRMED, checked_by="a judge"),
        Statement(
            "It counts $7$ unripe ones.",
            (2,),
            Verdict.CONTRADICTED,
            reasons=("The passage has no 7.",),
        ),
    ]
    begun: list[Event] = [
        Rewritten("What is recall in picking?"),
        Searched(Found("What is recall?", (hit(1, of),), (), {"search": 1.25})),
        Decided(Outcome.ANSWERED),
        Writing("Recall is the **share** of"),
        Wrote(statements[0], (first,)),
        Wrote(statements[1], (second,)),
        Wrote(statements[2]),
        Checking("a judge"),
    ]
    text = "Recall is the share of ripe apples found. [1] It is loved by pickers. [2]"
    answer = _finished("Write it", Outcome.ANSWERED, text, statements, [first, second]).answer
    full = replace(
        answer,
        rewritten="What is recall in picking?",
        model=MODEL,
        timings_ms={"search": 1.25, "total": 2.5},
        checked_by=("rules", "a judge"),
        tokens=Tokens(1200, 34),
        dropped=1,
        notices=("The reply was cut at its longest.",),
        sent=(Message("system", "Answer from <the> passages."), Message("user", "What is it?")),
        disagreements=(Disagreement("One says found, the other picked.", (1, 2)),),
    )
    return [*begun, Finished(full)]


def failed() -> list[Event]:
    """What follows when a model gives no answer: quotes, and why."""
    problem = "scripted:storyteller did not reply within 60 seconds; is it running?"
    *events, last = recall_answer()
    assert isinstance(last, Finished)
    answer = replace(last.answer, model=MODEL, problem=problem)
    return [*events[:2], Writing("Half a"), Failed(problem), *events[2:], Finished(answer)]


@dataclass
class Gate:
    """A place in a script where the chat waits until the test goes on."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def passed(self) -> None:
        """Say that it is reached, and wait."""
        self.reached.set()
        self.opened.wait(30)


@dataclass
class ScriptedChat:
    """Plays the events written down for a question; keeps what it was asked."""

    script: "dict[str, Sequence[Event | Gate] | FootnoteError]" = field(default_factory=dict)
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
        for event in events:
            if isinstance(event, Gate):
                event.passed()
            else:
                yield event

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

    def prepare(self, _encoder: str) -> Generator[SyncProgress, None, None]:
        """One step of progress."""
        yield from self.sync()

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """The scripted chat."""
        headings = (("Picking apples", "Ripening"), ("How do bees find flowers?",))
        yield Opened(self.answers, lambda: Contents(2, 7, headings), self.chat_with, read_note)

    def chat_with(self, llm: str, checker: str | None, key: str = "") -> ScriptedChat:
        """The same chat; keeps what was chosen."""
        self.chosen.append((llm, checker))
        return self.answers


@dataclass
class ScriptedModels:
    """One model on this machine; trying says what was tried."""

    tried: list[tuple[str, str]] = field(default_factory=list)

    def local(self) -> tuple[str, ...]:
        """The one that is here."""
        return ("ollama:small",)

    def remote(self, spec: str) -> bool:
        """Everything but the one that is here."""
        return spec not in ("none", "ollama:small")

    def try_out(self, spec: str, key: str) -> Trial:
        """A word, or a message for a wrong key."""
        self.tried.append((spec, key))
        if key == "wrong":
            raise ModelError(f"{spec} refused the key; check it and type it again.")
        return Trial("Hello.", 0.25)
