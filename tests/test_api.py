"""The window's functions for programs, over a scripted chat; docs/api.md is run as it stands."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from scripted import Gate, ScriptedChat, recall_answer
from window import SERVED, unavailable

pytestmark = [
    *SERVED,
    # Gradio's client leaves its connections to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
DOCUMENT = (Path(__file__).parent.parent / "docs" / "api.md").read_text("utf-8")


def called(address: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Status and reply."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=20)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json"} | headers)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


def test_a_question_is_answered(address: str) -> None:
    """With the form of `footnote ask --json`."""
    status, text = called(address, "POST", "/api/ask", {"question": "What is recall?"})
    answer = json.loads(text)
    assert status == 200
    assert answer["outcome"] == "answered"
    assert answer["citations"][0]["note"] == "orchard/picking.md"


def test_what_is_wanted_reaches_the_chat(address: str, chat: ScriptedChat) -> None:
    """History, length, strictness and scope."""
    body = {
        "question": "And why?",
        "history": [{"question": "What is rain?", "answer": "Water."}],
        "long": True,
        "strictness": 0.9,
        "within": ["orchard/"],
    }
    called(address, "POST", "/api/ask", body)
    question, history, wanted = chat.asked[-1]
    assert question == "And why?"
    assert history[0].answer == "Water."
    assert (wanted.long, wanted.strictness, wanted.within) == (True, 0.9, ("orchard/",))


def streamed(text: str) -> Iterator[tuple[str, Any]]:
    """The events of a stream."""
    for part in text.split("\n\n"):
        if part:
            name, data = part.split("\n")
            yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_an_answer_streams(address: str) -> None:
    """Every event has its name, and the last is the whole answer."""
    accept = {"Accept": "text/event-stream"}
    _, text = called(address, "POST", "/api/ask", {"question": "Write it"}, **accept)
    events = list(streamed(text))
    assert [name for name, _ in events] == [
        "rewritten",
        "searched",
        "decided",
        "writing",
        "wrote",
        "wrote",
        "wrote",
        "checking",
        "finished",
    ]
    assert events[-1][1]["answer"]["model"] == "scripted:storyteller"


def test_a_stream_says_what_went_wrong(address: str) -> None:
    """The status is sent before it is known; the event is not."""
    accept = {"Accept": "text/event-stream"}
    _, text = called(address, "POST", "/api/ask", {"question": "Too long?"}, **accept)
    assert list(streamed(text)) == [("error", {"detail": "That question is <b>too long</b>."})]


def test_hanging_up_ends_the_work(address: str, chat: ScriptedChat) -> None:
    """The chat is not asked for what nobody reads."""
    gate, after = Gate(), Gate()
    events = recall_answer()
    chat.script["Hang up"] = [events[0], gate, events[1], after, *events[2:]]
    connection = HTTPConnection(address.removeprefix("http://"), timeout=20)
    body = json.dumps({"question": "Hang up"})
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    connection.request("POST", "/api/ask", body, headers)
    reply = connection.getresponse()
    assert reply.readline() == b"event: searched\n"
    assert gate.reached.wait(10)
    reply.close()
    connection.close()
    gate.opened.set()
    after.opened.set()
    status, _ = called(address, "GET", "/api/notes")
    assert status == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/ask", {"question": "Too long?"}, 400),
        ("/api/ask", {"question": ""}, 400),
        ("/api/ask", {}, 422),
        ("/api/ask", {"question": "What?", "strictness": 2}, 422),
        ("/api/search", {"question": "What?", "limit": 0}, 422),
    ],
)
def test_what_is_wrong_with_a_call_is_said(address: str, path: str, body: Any, status: int) -> None:
    """A status and a message."""
    code, text = called(address, "POST", path, body)
    assert code == status
    assert json.loads(text)["detail"]


def test_a_search_finds_as_many_as_are_wanted(address: str) -> None:
    """Best first."""
    _, text = called(address, "POST", "/api/search", {"question": "ripe apples", "limit": 3})
    assert [hit["rank"] for hit in json.loads(text)["hits"]] == [1, 2, 3]


def test_the_notes_are_listed_and_read(address: str) -> None:
    """With what was left out; one that is not there is not found."""
    listed = json.loads(called(address, "GET", "/api/notes")[1])
    assert {note["note"] for note in listed["notes"]} == {"orchard/picking.md", "bees.md"}
    assert listed["skipped"] == [{"file": "big.md", "reason": "larger than 10 MB"}]
    note = json.loads(called(address, "GET", "/api/notes/orchard/picking.md")[1])
    assert [passage["start_line"] for passage in note["passages"]] == [1, 10, 21]
    assert called(address, "GET", "/api/notes/none.md")[0] == 404


def test_the_endpoints_are_described(address: str) -> None:
    """For tools that read OpenAPI."""
    described = json.loads(called(address, "GET", "/api/openapi.json")[1])
    assert set(described["paths"]) >= {"/api/ask", "/api/search", "/api/notes"}


def test_fifty_users_who_ask_at_once_are_all_answered(address: str) -> None:
    """Through the window's own queue; nobody gets an error."""

    def whole(number: int) -> str:
        data = {"data": ["What is recall?", False, 0.5, []]}
        _, begun = called(address, "POST", "/gradio_api/call/ask", data)
        event = json.loads(begun)["event_id"]
        return str(called(address, "GET", f"/gradio_api/call/ask/{event}")[1])

    with ThreadPoolExecutor(50) as users:
        streams = list(users.map(whole, range(50)))
    assert [stream for stream in streams if "event: complete" not in stream] == []


@pytest.mark.parametrize("snippet", re.findall(r"```bash\n(.*?)```", DOCUMENT, re.DOTALL))
def test_the_documented_calls_work(address: str, snippet: str) -> None:
    """Each as it stands, with the window's own address."""
    if shutil.which("curl") is None:
        unavailable("DOCUMENTED CALLS ARE NOT TESTED: there is no curl")
    command = shlex.split(snippet.replace("\\\n", " ").replace("$FOOTNOTE", address))
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert "orchard/picking.md" in done.stdout


def test_the_documented_python_works(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As it stands, through gradio_client."""
    code = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[0]
    names: dict[str, Any] = {"FOOTNOTE": address}
    exec(code, names)
    assert len(names["found"]["hits"]) == 3
    assert names["answer"]["outcome"] == "answered"
    assert len(names["notes"]["notes"]) == 2
    assert "wrote" in capsys.readouterr().out.split()
