"""`footnote models`: what could be used here, and a try at one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from scripted_server import ScriptedServer

from app.cli import run
from app.models import tried_out
from rag.models import Keys

Output = pytest.CaptureFixture[str]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """An Ollama of this machine, and no keys."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "FOOTNOTE_API_KEY", "OLLAMA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with ScriptedServer() as started:
        monkeypatch.setenv("OLLAMA_HOST", started.url)
        yield started


def listed(capsys: Output) -> dict[str, dict[str, Any]]:
    """What the command says, by specification."""
    assert run(["models", "--json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    return {one["spec"].split(":")[0]: one for one in models}


def test_what_could_be_used_is_listed(server: ScriptedServer, capsys: Output) -> None:
    """Every kind, with what an Ollama of this machine serves."""
    server.models = [{"id": "qwen3:4b"}, {"id": "gemma3:1b"}]
    assert run(["models"]) == 0
    out = capsys.readouterr().out
    assert [line.split(":")[0] for line in out.splitlines()] == [
        "none                    ready",
        "openai",
        "openai-like",
        "anthropic",
        "ollama",
        "hf",
    ]
    assert f"at {server.url}: gemma3:1b, qwen3:4b" in out


def test_only_this_machine_is_asked(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """One question to the Ollama here; one elsewhere is left alone."""
    assert listed(capsys)["ollama"]["served"] == ["m"]
    assert [asked.path for asked in server.asked] == ["/api/tags"]
    monkeypatch.setenv("OLLAMA_HOST", "http://192.0.2.1")
    elsewhere = listed(capsys)["ollama"]
    assert (elsewhere["served"], elsewhere["leaves_machine"]) == (None, True)


def test_an_ollama_that_does_not_run_is_told_how_to_start(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """And is not ready."""
    with ScriptedServer() as gone:
        monkeypatch.setenv("OLLAMA_HOST", gone.url)
    assert not listed(capsys)["ollama"]["ready"]
    run(["models"])
    assert "start it with `ollama serve`" in capsys.readouterr().out


def test_keys_are_yes_or_no(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """Never themselves."""
    before = listed(capsys)
    assert [before[name]["ready"] for name in ("openai", "anthropic")] == [False, False]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-do-not-show")
    run(["models"])
    out = capsys.readouterr().out
    assert "OPENAI_API_KEY set: yes" in out
    assert "ANTHROPIC_API_KEY set: no" in out
    assert "sk-do-not-show" not in out
    after = listed(capsys)["openai"]
    assert (after["ready"], after["key"], after["leaves_machine"]) == (True, True, True)


def test_what_leaves_the_machine_is_said(server: ScriptedServer, capsys: Output) -> None:
    """By kind; for OpenAI-like servers it depends on their address."""
    found = {name: one["leaves_machine"] for name, one in listed(capsys).items()}
    assert found == {
        "none": False,
        "openai": True,
        "openai-like": None,
        "anthropic": True,
        "ollama": False,
        "hf": False,
    }


def test_a_model_can_be_tried(server: ScriptedServer, capsys: Output) -> None:
    """Its reply, and how long it took; what is about the work goes to standard error."""
    server.say("A note ", "at the foot.")
    assert run(["models", "--try", f"openai-like:m@{server.v1}"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("A note at the foot.\n\nfirst words after ")
    assert "7 tokens written; reads 4,096 tokens at once" in out
    assert "stays on this machine" in err
    assert server.chats[0].texts == ["Say in one sentence what a footnote is."]


def test_a_try_can_be_read_by_a_program(server: ScriptedServer, capsys: Output) -> None:
    """One line of JSON."""
    server.say("A note.")
    assert run(["models", "--json", "--try", "ollama:m"]) == 0
    tried = json.loads(capsys.readouterr().out)
    assert (tried["spec"], tried["reply"], tried["leaves_machine"]) == (
        "ollama:m",
        "A note.",
        False,
    )
    assert tried["tokens"] == {"read": 11, "wrote": 7}
    assert 0 < tried["first_seconds"] <= tried["seconds"]


def test_times_are_those_of_the_clock(server: ScriptedServer) -> None:
    """The first words, and the whole."""
    server.say("A ", "note.")
    ticks = iter([10.0, 10.5, 12.0])
    tried = tried_out(f"openai-like:m@{server.v1}", Keys(), lambda: next(ticks))
    assert (tried.first_seconds, tried.seconds) == (0.5, 2.0)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("none", "none asks no model"),
        ("gpt-4o", "gpt-4o names no model"),
        ("openai:gpt-4o", "set OPENAI_API_KEY"),
        ("hf:/no/where", "there is no folder"),
    ],
)
def test_what_cannot_be_tried_is_a_message(
    server: ScriptedServer, capsys: Output, spec: str, says: str
) -> None:
    """Exit code 1, and nothing on standard output."""
    assert run(["models", "--try", spec]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err


def test_a_reply_does_not_steer_the_terminal(server: ScriptedServer, capsys: Output) -> None:
    """Control characters are shown as such."""
    server.say("A\x1b[2Jnote")
    run(["models", "--try", "ollama:m"])
    assert "\x1b" not in capsys.readouterr().out
