"""The whole path with the packaged model and the shipped notes, as a newcomer meets it."""

import contextlib
import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.settings import shipped_notes

ROOT = Path(__file__).parent.parent

Ask = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the encoder is prepared and the shipped notes are indexed, once."""
    return tmp_path_factory.mktemp("prepared")


@pytest.fixture
def ask(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs a command in the prepared home: exit code and standard output."""
    monkeypatch.setenv("FOOTNOTE_HOME", str(prepared))

    def command(*arguments: str) -> tuple[int, str]:
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            code = run(arguments)
        return code, shown.getvalue()

    return command


def answered(ask: Ask, *arguments: str) -> dict[str, Any]:
    code, shown = ask("ask", *arguments, "--json")
    assert code == 0
    result: dict[str, Any] = json.loads(shown)
    return result


@pytest.mark.parametrize(
    ("question", "note", "words"),
    [
        ("What is the F1 score?", "10-classification-metrics.md", "harmonic mean"),
        ("why do we scale dot products in attention", "41-attention.md", "softmax"),
        ("What is the Moore-Penrose inverse?", "02-linear-algebra.md", "pseudo-inverse"),
        ("how does non-max suppression work", "33-object-detection.md", "boxes"),
    ],
)
def test_a_newcomers_question_is_answered_from_the_right_note(
    ask: Ask, question: str, note: str, words: str
) -> None:
    """The first quote comes from the note on the matter, and its lines hold it."""
    given = answered(ask, question)
    assert given["outcome"] == "answered"
    first = given["citations"][0]
    assert first["note"] == note
    assert words in given["text"]
    lines = (shipped_notes() / note).read_text("utf-8").split("\n")
    assert first["quote"] in "\n".join(lines[first["start_line"] - 1 : first["end_line"]])


@pytest.mark.parametrize("question", ["Who won the world cup in 2018?", "How do I bake bread?"])
def test_what_the_notes_do_not_hold_is_not_answered(ask: Ask, question: str) -> None:
    """Refusing is plain, and still ends well."""
    given = answered(ask, question)
    assert (given["outcome"], given["statements"]) == ("not_in_notes", [])


def test_a_follow_up_is_searched_with_the_question_before(ask: Ask, tmp_path: Path) -> None:
    """`--from` with a history finds what the whole question finds, and returns what was asked."""
    before = {"question": "What is batch normalisation?", "answer": "It rescales."}
    row = {"id": "f", "question": "And when does it fail?", "history": [before]}
    file = tmp_path / "asked.jsonl"
    file.write_text(json.dumps(row), "utf-8")
    code, shown = ask("search", "--from", str(file), "--json")
    found = json.loads(shown)
    assert (code, found["id"], found["question"]) == (0, "f", "And when does it fail?")
    assert found["hits"][0]["passage"]["note"] == "26-normalisation-layers.md"


def test_a_folder_without_notes_is_a_message(
    ask: Ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing to answer from is not 'not in your notes'."""
    code, shown = ask("ask", "What is it?", "--notes", str(tmp_path))
    assert (code, shown) == (1, "")
    assert "holds no notes that can be read" in capsys.readouterr().err


def test_answers_stay_within_a_glance(ask: Ask) -> None:
    """About 120 words unless more is asked for, and then more."""
    question = "How does gradient descent work?"
    short, long = answered(ask, question), answered(ask, question, "--long")
    words = [sum(len(s["text"].split()) for s in given["statements"]) for given in (short, long)]
    assert words[0] <= 150 < words[1]


def test_the_readme_shows_a_real_answer(ask: Ask) -> None:
    """What the README shows is what the command prints.

    Rounding differs between processors, so a statement may come or go at the end of an answer:
    the beginning is held to the letter, and of the rest that each line is printed somewhere.
    """
    readme = (ROOT / "README.md").read_text("utf-8")
    command = re.search(r"^\$ \.venv/bin/footnote (ask .+)$", readme, re.MULTILINE)
    shown = re.search(r"<!-- answer -->\n```text\n(.*?)```\n<!-- /answer -->", readme, re.DOTALL)
    assert command
    assert shown
    _, printed = ask(*shlex.split(command.group(1)))
    opening, _, _ = shown.group(1).partition("where ")
    assert printed.startswith(opening)
    sources = shown.group(1).partition("Sources\n")[2].split("\n")
    printed_lines = set(printed.split("\n"))
    assert sum(line in printed_lines for line in sources) > 0.8 * len(sources)


def test_json_has_the_documented_keys(ask: Ask) -> None:
    """The forms in docs/formats.md are the forms that are written."""
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    examples = [
        json.loads(block) for block in re.findall(r"```json\n(\{\n.*?\n\})\n```", text, re.DOTALL)
    ]
    by_keys = {frozenset(example): example for example in examples}
    for command in ("search", "ask"):
        _, shown = ask(command, "What is recall?", "--json")
        result = json.loads(shown)
        assert frozenset(result) in by_keys, command
        assert same_keys(result, by_keys[frozenset(result)])


def same_keys(result: Any, example: Any) -> bool:
    """Whether every object in a result has the keys of its example."""
    if isinstance(example, dict):
        return set(result) == set(example) and all(
            same_keys(result[k], example[k]) for k in example
        )
    if isinstance(example, list) and example:
        return all(same_keys(one, example[0]) for one in result)
    return True
