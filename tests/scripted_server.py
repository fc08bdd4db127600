"""A model server that says what it is told to, over real sockets on this machine.

    with ScriptedServer() as server:
        server.say("Recall is ", "a share [1].")     # the next reply, in these parts
        server.refuse(429, "slow down", retry_after="2")   # the one after: a status with an error
        server.say("Half ", BREAK)                   # an error in the middle, after HTTP 200
        gate = threading.Event()
        server.say("First ", gate, "second")         # the rest comes when the test sets the gate
        server.say("First ", HANG)                   # nothing more until the client closes
        server.say("First ", DROP)                   # the connection is cut
        open_model(f"openai-like:m@{server.v1}", ...)

It speaks OpenAI's chat form at `server.v1`, Anthropic's and Ollama's at `server.url`. Replies are
given in the order in which they were told, whoever asks. With none left, `server.answer` is called
with the messages and gives a whole reply; by default that is an error. `server.asked` lists what
was asked: path, headers, body, and an event `closed` that is set when the client hung up before
the end. `server.models` is what its list of models says, `server.shown` what Ollama shows of one.
"""

import json
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Mark:
    """What happens between the parts of a reply."""

    name: str


BREAK = Mark("an error in the middle of the reply")
HANG = Mark("silence until the client closes")
DROP = Mark("the connection is cut")
Step = str | Mark | threading.Event

# How often a waiting reply looks whether its client is still there.
_LOOK_SECONDS = 0.01


@dataclass
class Asked:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    closed: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self) -> list[str]:
        """What the messages say, in order."""
        return [_text(one["content"]) for one in self.body.get("messages", [])]


@dataclass
class Reply:
    """What to send: a status with an error, or parts. `ended` is how it says that it ended."""

    steps: tuple[Step, ...] = ()
    status: int = 200
    error: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    ended: str = "stop"
    counts: tuple[int, int] | None = (11, 7)


class ScriptedServer:
    """See the module's own words."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: deque[Reply] = deque()
        self.models: list[dict[str, Any]] = [{"id": "m", "object": "model"}]
        self.shown: dict[str, Any] = {"model_info": {"llama.context_length": 32_768}}
        self.props: dict[str, Any] = {}
        self.answer: Callable[[list[dict[str, Any]]], str] | None = None
        self.stopping = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.script = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Its address, for Ollama's and Anthropic's forms."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def v1(self) -> str:
        """Its address for OpenAI's form."""
        return f"{self.url}/v1"

    @property
    def chats(self) -> list[Asked]:
        """The requests for a reply, without those for lists of models."""
        return [one for one in self.asked if one.path in _FORMS]

    def say(
        self, *steps: Step, ended: str = "stop", counts: tuple[int, int] | None = (11, 7)
    ) -> None:
        """A further reply, in parts."""
        self.replies.append(Reply(steps, ended=ended, counts=counts))

    def refuse(
        self, status: int, error: Any, retry_after: str | None = None, **headers: str
    ) -> None:
        """A further reply that is an error: a text, or the whole of its JSON."""
        also = {"retry-after": retry_after} if retry_after is not None else {}
        self.replies.append(Reply(status=status, error=error, headers={**headers, **also}))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def next(self, messages: list[dict[str, Any]]) -> Reply:
        """The reply that is due."""
        if self.replies:
            return self.replies.popleft()
        if self.answer is not None:
            return Reply((self.answer(messages),))
        return Reply(status=500, error="nothing was scripted for this request")


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    script: ScriptedServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Lists of models, and what llama.cpp tells of itself."""
        self._note({})
        script = self.server.script
        known = {
            "/v1/models": {"object": "list", "data": script.models},
            "/api/tags": {"models": [{"name": str(one["id"]), **one} for one in script.models]},
            "/api/version": {"version": "0.12.0"},
            "/props": script.props,
        }
        self._json(200 if self.path in known else 404, known.get(self.path, {"error": "not found"}))

    def do_POST(self) -> None:
        """A reply, or what Ollama shows of a model."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = self._note(body)
        if self.path == "/api/show":
            self._json(200, self.server.script.shown)
        elif self.path not in _FORMS:
            self._json(404, {"error": "not found"})
        else:
            self._reply(asked, self.server.script.next(body["messages"]))
        asked.done.set()

    def _note(self, body: dict[str, Any]) -> Asked:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, headers, body)
        self.server.script.asked.append(asked)
        return asked

    def _json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _reply(self, asked: Asked, reply: Reply) -> None:
        form = _FORMS[self.path]
        if reply.status != 200:
            error = reply.error if isinstance(reply.error, dict) else form.refusal(reply.error)
            self._json(reply.status, error, reply.headers)
            return
        self.close_connection = True
        self.send_response(200)
        self.send_header("content-type", form.kind)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            if self._steps(asked, reply, form):
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            asked.closed.set()

    def _steps(self, asked: Asked, reply: Reply, form: "_Form") -> bool:
        """Send the parts; whether the reply came to its end."""
        self._send(form.begin(reply))
        for step in reply.steps:
            if isinstance(step, str):
                self._send(form.part(step))
            elif step is BREAK:
                self._send(form.broken())
                return True
            elif step is DROP:
                self.connection.shutdown(socket.SHUT_RDWR)
                return False
            elif not self._waited(asked, step):
                return False
        self._send(form.end(reply))
        return True

    def _waited(self, asked: Asked, step: Step) -> bool:
        """Wait for a gate; whether the client is still there."""
        gate = step if isinstance(step, threading.Event) else threading.Event()
        while not gate.wait(_LOOK_SECONDS):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                asked.closed.set()
                return False
            if self.server.script.stopping.is_set():
                return False
        return True

    def _send(self, events: Iterator[bytes]) -> None:
        for event in events:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
        self.wfile.flush()


class _Form:
    """How a kind of server writes a reply."""

    kind = "text/event-stream"

    def refusal(self, message: str) -> dict[str, Any]:
        """The body of an error."""
        return {"error": {"message": message, "type": "error"}}

    def begin(self, reply: Reply) -> Iterator[bytes]:
        """What comes before the first part."""
        return iter(())

    def part(self, text: str) -> Iterator[bytes]:
        """A part of the text."""
        raise NotImplementedError

    def broken(self) -> Iterator[bytes]:
        """An error after all had begun well."""
        raise NotImplementedError

    def end(self, reply: Reply) -> Iterator[bytes]:
        """What comes after the last part."""
        raise NotImplementedError


class _OpenAI(_Form):
    def begin(self, reply: Reply) -> Iterator[bytes]:
        yield self._chunk({"role": "assistant", "content": ""}, None)

    def part(self, text: str) -> Iterator[bytes]:
        yield self._chunk({"content": text}, None)

    def broken(self) -> Iterator[bytes]:
        yield _event({"error": "the engine stumbled"})

    def end(self, reply: Reply) -> Iterator[bytes]:
        yield self._chunk({}, reply.ended)
        if reply.counts:
            read, wrote = reply.counts
            usage = {
                "prompt_tokens": read,
                "completion_tokens": wrote,
                "total_tokens": read + wrote,
            }
            yield _event({**self._frame(), "choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], ended: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": ended}
        return _event({**self._frame(), "choices": [choice]})

    def _frame(self) -> dict[str, Any]:
        return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}


class _Anthropic(_Form):
    def refusal(self, message: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": "error", "message": message}}

    def begin(self, reply: Reply) -> Iterator[bytes]:
        message = {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": reply.counts[0] if reply.counts else 0, "output_tokens": 1},
        }
        yield _named({"type": "message_start", "message": message})
        block = {"type": "text", "text": ""}
        yield _named({"type": "content_block_start", "index": 0, "content_block": block})

    def part(self, text: str) -> Iterator[bytes]:
        delta = {"type": "text_delta", "text": text}
        yield _named({"type": "content_block_delta", "index": 0, "delta": delta})

    def broken(self) -> Iterator[bytes]:
        error = {"type": "overloaded_error", "message": "the engine stumbled"}
        yield _named({"type": "error", "error": error})

    def end(self, reply: Reply) -> Iterator[bytes]:
        yield _named({"type": "content_block_stop", "index": 0})
        ended = {"stop": "end_turn", "length": "max_tokens"}.get(reply.ended, reply.ended)
        delta = {"stop_reason": ended, "stop_sequence": None}
        usage = {"output_tokens": reply.counts[1] if reply.counts else 0}
        yield _named({"type": "message_delta", "delta": delta, "usage": usage})
        yield _named({"type": "message_stop"})


class _Ollama(_Form):
    kind = "application/x-ndjson"

    def refusal(self, message: str) -> dict[str, Any]:
        return {"error": message}

    def part(self, text: str) -> Iterator[bytes]:
        yield self._line({"message": {"role": "assistant", "content": text}, "done": False})

    def broken(self) -> Iterator[bytes]:
        yield json.dumps({"error": "the engine stumbled"}).encode() + b"\n"

    def end(self, reply: Reply) -> Iterator[bytes]:
        last: dict[str, Any] = {"message": {"role": "assistant", "content": ""}, "done": True}
        if reply.counts:
            last |= {"prompt_eval_count": reply.counts[0], "eval_count": reply.counts[1]}
        yield self._line({**last, "done_reason": reply.ended})

    def _line(self, body: dict[str, Any]) -> bytes:
        frame = {"model": "m", "created_at": "2026-01-01T00:00:00Z"}
        return json.dumps({**frame, **body}).encode() + b"\n"


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def _named(body: dict[str, Any]) -> bytes:
    return b"event: " + str(body["type"]).encode() + b"\n" + _event(body)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content)


_FORMS: dict[str, _Form] = {
    "/v1/chat/completions": _OpenAI(),
    "/v1/messages": _Anthropic(),
    "/api/chat": _Ollama(),
}
