"""The window's functions for programs: `/api/ask`, `/api/search`, `/api/notes`.

The same three are named endpoints of Gradio's client. Forms are those of the command line's JSON;
docs/api.md shows each with an example.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any, Final

import gradio as gr
from anyio import to_thread
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from app.render import answer_json, citation_json, found_json, hit_json, statement_json
from app.web.answering import Running, events
from app.web.library import Library
from app.wiring import Contents
from ingest.errors import FootnoteError, NotesError, QuestionError
from rag.types import (
    PLAIN,
    Checking,
    Decided,
    Event,
    Failed,
    Finished,
    Rewritten,
    Searched,
    Turn,
    Wanted,
    Writing,
    Wrote,
)

_HITS: Final = 10
_MOST_HITS: Final = 100
_STREAM: Final = "text/event-stream"


class TurnBody(BaseModel):
    """A question with its answer, earlier in a conversation."""

    question: str
    answer: str


class QuestionBody(BaseModel):
    """A question, and how it is to be answered."""

    question: str
    history: list[TurnBody] = []
    long: bool = False
    strictness: float = Field(PLAIN.strictness, ge=0, le=1)
    within: list[str] = []

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation before it."""
        return tuple(Turn(turn.question, turn.answer) for turn in self.history)

    @property
    def wanted(self) -> Wanted:
        """How it is to be answered."""
        return Wanted(self.long, self.strictness, tuple(self.within))


class SearchBody(BaseModel):
    """What to look for, and how many passages at most."""

    question: str
    limit: int = Field(_HITS, ge=1, le=_MOST_HITS)
    history: list[TurnBody] = []


def routes(library: Library) -> APIRouter:
    """The endpoints for any program that speaks HTTP."""
    router = APIRouter(prefix="/api")

    @router.post("/ask")
    async def ask(body: QuestionBody, request: Request) -> Any:
        """An answer; as server-sent events while it grows where the caller accepts those."""
        work = partial(library.chat.ask, body.question, body.turns, body.wanted)
        if _STREAM in request.headers.get("accept", ""):
            return StreamingResponse(_stream(work), media_type=_STREAM)
        return await _answered(partial(_last, work))

    @router.post("/search")
    async def search(body: SearchBody) -> Any:
        """The passages that bear on a question."""
        turns = tuple(Turn(turn.question, turn.answer) for turn in body.history)
        work = partial(library.chat.search, body.question, body.limit, turns)
        return await _answered(lambda: found_json(work()))

    @router.get("/notes")
    async def notes() -> Any:
        """Every note, and what was left out."""
        return await _answered(lambda: contents_json(library.contents()))

    @router.get("/notes/{path:path}")
    async def note(path: str) -> Any:
        """One note as it was read, with its passages."""
        return await _answered(partial(note_json, library, path))

    return router


def functions(library: Library) -> None:
    """The same for Gradio's client, inside the page that is being built."""

    def ask(
        question: str, long: bool = False, strictness: float = 0.5, within: list[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Answer a question: each event of the answer under way, and at last the whole answer."""
        wanted = Wanted(long, strictness, tuple(within or ()))
        try:
            for event in events(lambda: library.chat.ask(question, (), wanted), Running()):
                name, data = event_json(event)
                yield {"event": name, **data}
        except FootnoteError as problem:
            raise gr.Error(str(problem), print_exception=False) from problem

    def search(question: str, limit: int = _HITS) -> dict[str, Any]:
        """Find the passages that bear on a question."""
        try:
            return found_json(library.chat.search(question, max(1, min(limit, _MOST_HITS))))
        except FootnoteError as problem:
            raise gr.Error(str(problem), print_exception=False) from problem

    def notes() -> dict[str, Any]:
        """List every note, and what was left out."""
        return contents_json(library.contents())

    gr.api(ask, api_name="ask")
    gr.api(search, api_name="search")
    gr.api(notes, api_name="notes")


def event_json(event: Event) -> tuple[str, dict[str, Any]]:
    """An event's name and its data."""
    match event:
        case Rewritten():
            return "rewritten", {"question": event.question}
        case Searched():
            return "searched", {"hits": [hit_json(hit) for hit in event.found.hits]}
        case Decided():
            return "decided", {"outcome": event.outcome.value}
        case Writing():
            return "writing", {"text": event.text}
        case Wrote():
            return "wrote", {
                "statement": statement_json(event.statement),
                "new_citations": [citation_json(one) for one in event.new_citations],
            }
        case Failed():
            return "failed", {"problem": event.problem}
        case Checking():
            return "checking", {"checker": event.checker}
        case Finished():
            return "finished", {"answer": answer_json(event.answer)}


def contents_json(contents: Contents) -> dict[str, Any]:
    """What a folder holds; no key is `path`, which Gradio's client takes for a file to fetch."""
    return {
        "notes": [
            {"note": note.path, "title": note.title, "passages": note.passages}
            for note in contents.listing
        ],
        "passages": contents.passages,
        "skipped": [{"file": path, "reason": reason} for path, reason in contents.skipped],
    }


def note_json(library: Library, path: str) -> dict[str, Any]:
    """One note with its passages."""
    read = library.read(path)
    return {
        "note": read.note.path,
        "title": read.note.title,
        "text": read.note.text,
        "passages": [
            {
                "heading": list(passage.heading),
                "kind": passage.kind.value,
                "start_line": passage.start_line,
                "end_line": passage.end_line,
                "text": passage.text,
            }
            for passage in read.passages
        ],
    }


def _last(ask: Callable[[], Iterator[Event]]) -> dict[str, Any]:
    for event in ask():
        if isinstance(event, Finished):
            return answer_json(event.answer)
    raise AssertionError("an answer under way always ends with Finished")


async def _answered(work: Callable[[], dict[str, Any]]) -> Any:
    """The work's result, or its problem with a status that says whose it is."""
    try:
        return JSONResponse(await to_thread.run_sync(work))
    except QuestionError as problem:
        raise HTTPException(400, str(problem)) from problem
    except NotesError as problem:
        raise HTTPException(404, str(problem)) from problem
    except FootnoteError as problem:
        raise HTTPException(503, str(problem)) from problem


async def _stream(ask: Callable[[], Iterator[Event]]) -> AsyncIterator[str]:
    """Server-sent events; whoever hangs up ends the work."""
    running = Running()
    stream = events(ask, running)
    try:
        while (event := await to_thread.run_sync(_next, stream)) is not None:
            name, data = event_json(event)
            yield _sent(name, data)
    except FootnoteError as problem:
        yield _sent("error", {"detail": str(problem)})
    finally:
        running.stop()


def _next(stream: Iterator[Event]) -> Event | None:
    return next(stream, None)


def _sent(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
