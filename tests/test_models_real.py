"""A model server that nobody here wrote: `transformers serve` over a tiny Llama."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from tiny_llama import tiny_llama

from rag.model import Model, ModelError, Trouble
from rag.models import Keys, Line, open_model
from rag.types import Message, Tokens

pytestmark = pytest.mark.server

# Loading Transformers on a busy machine.
STARTING_SECONDS = 120.0
ASKED = [Message("system", "Quote the notes."), Message("user", "What is recall?")]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The name of a served model, and the address that serves it."""
    name = str(tiny_llama(tmp_path_factory.mktemp("llama")))
    home = tmp_path_factory.mktemp("served")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "from transformers.cli.transformers import main; main()"
    command = [sys.executable, "-c", code, "serve", name, "--device", "cpu"]
    where = ["--host", "127.0.0.1", "--port", str(port)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "HOME": str(home)}
    log = home / "log"
    with log.open("wb") as out:
        server = subprocess.Popen([*command, *where], env=environment, stdout=out, stderr=out)
    try:
        _wait(server, f"http://127.0.0.1:{port}", log)
        yield name, f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until the server answers; its log where it does not."""
    begun = time.monotonic()
    while time.monotonic() - begun < STARTING_SECONDS:
        assert server.poll() is None, log.read_text("utf-8", "replace")
        try:
            if httpx.get(f"{url}/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(
        f"no server within {STARTING_SECONDS} s: {log.read_text('utf-8', 'replace')}"
    )


def opened(served: tuple[str, str], name: str | None = None) -> Model:
    """The served model, or one of another name at the same address."""
    spec = f"openai-like:{name or served[0]}@{served[1]}"
    model = open_model(spec, Keys(), lambda _: None, Line(pause=lambda _: None))
    assert model is not None
    return model


def test_a_reply_streams_with_its_length_and_tokens(served: tuple[str, str]) -> None:
    """As many tokens as were asked for, each by itself, and the server's own count."""
    reply = opened(served).stream(ASKED, 12)
    parts: list[str] = []
    while True:
        try:
            parts.append(next(reply))
        except StopIteration as ended:
            tokens = ended.value
            break
    assert len(parts) > 1
    assert "".join(parts).replace(" ", "").isalpha()
    assert isinstance(tokens, Tokens)
    assert tokens.wrote == 12


def test_the_same_question_has_the_same_reply(served: tuple[str, str]) -> None:
    """The likeliest word each time."""
    model = opened(served)
    assert "".join(model.stream(ASKED, 12)) == "".join(model.stream(ASKED, 12))


def test_a_closed_reply_makes_room_for_the_next(served: tuple[str, str]) -> None:
    """The server works on one reply at a time: it would be busy for many minutes with the first."""
    model = opened(served)
    long = model.stream(ASKED, 100_000)
    assert next(long)
    long.close()
    assert list(model.stream(ASKED, 3))


def test_a_model_that_is_not_served_is_an_error(served: tuple[str, str]) -> None:
    """With the server's words."""
    with pytest.raises(ModelError, match="There is no model nobody/nothing") as caught:
        list(opened(served, "nobody/nothing").stream(ASKED, 3))
    assert caught.value.kind is Trouble.NO_SUCH_MODEL


def test_what_the_server_cannot_set_in_its_template_is_an_error(served: tuple[str, str]) -> None:
    """A server that fails within a request is told from one that is not there."""
    with pytest.raises(ModelError) as caught:
        list(opened(served).stream([], 3))
    assert caught.value.kind is Trouble.SERVER
