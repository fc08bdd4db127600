"""Serving the window: addresses, ports, sign-in, the command."""

import base64
import re
import signal
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from test_web_safety import reply
from window import HOST, SERVED, library, script, served

from app.web.access import AccessError, Account, account
from app.web.address import NoFreePort, bound, is_loopback
from app.web.page import build
from app.web.server import Doors

pytestmark = SERVED


def test_the_next_free_port_is_used_when_one_is_taken() -> None:
    """A second window does not fail; it takes another port."""
    with closing(bound(HOST, 0)) as first:
        taken = first.getsockname()[1]
        with closing(bound(HOST, taken)) as second:
            assert second.getsockname()[1] > taken


def test_no_free_port_is_a_message() -> None:
    """At the end of the ports there is none to try next."""
    with closing(bound(HOST, 65535)), pytest.raises(NoFreePort, match="--port"):
        bound(HOST, 65535)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_this_machine_counts_as_loopback(host: str, loopback: bool) -> None:
    """An address that others can reach is not this machine alone."""
    assert is_loopback(host) is loopback


def test_only_what_comes_bit_by_bit_waits_in_the_queue(tmp_path: Path) -> None:
    """The queue's stream is shut when nothing is under way, and what is pressed then is lost."""
    page = build(library(script(), tmp_path)).page
    own = [one for one in page.fns.values() if one.api_visibility == "private"]
    assert {one.name for one in own if one.queue} == {
        one.name for one in own if one.types_generator
    }
    assert any(one.queue for one in own)


def test_a_window_with_a_sign_in_asks_everyone(tmp_path: Path) -> None:
    """Without the name and the password nothing is served, under any host's name; with them all."""
    known = Account("ada", "a:b")
    right = "Basic " + base64.b64encode(b"ada:a:b").decode()
    wrong = "Basic " + base64.b64encode(b"ada:b").decode()
    with served(library(script(), tmp_path), Doors(known)) as address:
        for path in ("/", "/config", "/api/notes", "/gradio_api/info"):
            assert reply(address, path, "localhost")[0] == 401
            assert reply(address, path, "localhost", Authorization=wrong)[0] == 401
        assert reply(address, "/", "notes.example", Authorization=right)[0] == 200


def test_below_a_proxys_path_the_page_asks_for_its_parts_there(tmp_path: Path) -> None:
    """What the proxy serves under /notes is asked for under /notes."""
    with served(library(script(), tmp_path), Doors(root_path="/notes")) as address:
        with closing(HTTPConnection(address.removeprefix("http://"), timeout=10)) as connection:
            connection.request("GET", "/", headers={"Host": "localhost"})
            text = connection.getresponse().read().decode()
        assert re.search(r'"root":"[^"]*/notes"', text)


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!", "Bearer YWRhOmE=", "Basic YWRhOg=="])
def test_a_header_that_is_none_admits_nobody(header: str) -> None:
    """Whatever it holds instead."""
    assert not Account("ada", "a").admits(header)


def test_the_account_may_stand_in_a_file(tmp_path: Path) -> None:
    """Its first line, so that no password is in the list of running programs."""
    file = tmp_path / "account"
    file.write_text("ada:secret\nmore\n")
    assert account(str(file)) == Account("ada", "secret")


@pytest.mark.parametrize("text", ["ada", "ada:", ":secret", "/no/such/file"])
def test_what_is_no_account_is_a_message(text: str) -> None:
    """It says how to write one."""
    with pytest.raises(AccessError, match="user:password"):
        account(text)


def test_the_command_serves_until_it_is_interrupted() -> None:
    """It says where the window is, answers there, and ends quietly with Ctrl-C."""
    code = (
        "import signal, sys; sys.path.insert(0, sys.argv[1]);"
        # What is started in the background of a shell ignores Ctrl-C.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from scripted import ScriptedNotebook; from app.cli import run;"
        "sys.exit(run(['chat', '--port', '0', '--no-browser'], ScriptedNotebook()))"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        said = running.stderr.readline()
        address = next(word for word in said.split() if word.startswith("http://127.0.0.1:"))
        assert reply(address, "/", "localhost")[0] == 200
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 130
        assert running.stderr.read() == ""
