"""The commands: what they print, where they print it, and how they end."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from scripted import (
    ScriptedChat,
    ScriptedNotebook,
    hit,
    listed,
    not_in_notes,
    passage,
    recall_answer,
    report,
)

from app import questions
from app.cli import run
from app.settings import index_name, one_thread_a_product, settings, shipped_notes
from app.terminal import escape_maths, verbatim_parts, watched
from ingest.errors import NotesError, QuestionError
from ingest.sync import SyncProgress, SyncReport
from ingest.walk import Skipped
from rag.types import Finished, Message, Turn, Wanted

QUESTION = "What is recall?"
Output = pytest.CaptureFixture[str]


@pytest.fixture
def notebook() -> ScriptedNotebook:
    """A notebook that can answer one question."""
    script = {
        QUESTION: recall_answer(),
        "What is yield?": listed("What is yield?", passage("## What is yield?\n")),
        "What is rain?": not_in_notes("What is rain?", [hit(1, passage("## Wind\nIt blows."))]),
    }
    return ScriptedNotebook(ScriptedChat(dict(script)))


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A file of two questions, one a follow-up."""
    path = tmp_path / "questions.jsonl"
    history = [{"question": "What is yield?", "answer": "Nobody knows."}]
    rows = [{"id": "q1", "question": QUESTION}, {"id": 7, "question": "And?", "history": history}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_ask_prints_the_answer_and_its_sources(notebook: ScriptedNotebook, capsys: Output) -> None:
    """The answer goes to standard output, and nothing else does."""
    assert run(["ask", QUESTION], notebook) == 0
    out, err = capsys.readouterr()
    assert "the ripe apples that the picker found. [1]" in out
    assert "[1] Picking apples › Recall   orchard/picking.md:12" in out
    assert err == ""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is yield?", "Your notes list this question but don't answer it."),
        ("What is rain?", "Your notes don't say."),
    ],
)
def test_ask_succeeds_without_an_answer(
    notebook: ScriptedNotebook, capsys: Output, question: str, said: str
) -> None:
    """That the notes do not say is a result, not a failure."""
    assert run(["ask", question], notebook) == 0
    assert capsys.readouterr().out.startswith(said)


def test_ask_writes_json_alone_on_standard_output(
    notebook: ScriptedNotebook, capsys: Output
) -> None:
    """One line of JSON; what was skipped is said beside it, on standard error."""
    notebook.result = report(skipped=(Skipped("a.bin", "binary"),))
    assert run(["ask", QUESTION, "--json"], notebook) == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    assert json.loads(out)["outcome"] == "answered"
    assert err == "Skipped 1 file (1 × binary); 'footnote index' lists them.\n"


def test_ask_passes_on_the_wish_for_more(notebook: ScriptedNotebook) -> None:
    """--long reaches the chat."""
    run(["ask", QUESTION, "--long"], notebook)
    assert notebook.answers.asked == [(QUESTION, (), Wanted(long=True))]


def test_ask_passes_on_how_sure_an_answer_must_be(notebook: ScriptedNotebook) -> None:
    """--strictness reaches the chat."""
    run(["ask", QUESTION, "--strictness", "0.8"], notebook)
    assert notebook.answers.asked == [(QUESTION, (), Wanted(strictness=0.8))]


@pytest.mark.parametrize("command", [["ask", QUESTION], ["chat"]])
@pytest.mark.parametrize("value", ["-0.1", "1.01", "nan", "inf", "very"])
def test_a_strictness_out_of_bounds_is_wrong_use(
    notebook: ScriptedNotebook, capsys: Output, command: list[str], value: str
) -> None:
    """Only numbers from 0 to 1 are taken; nothing is asked or opened."""
    assert run([*command, f"--strictness={value}"], notebook) == 2
    assert "strictness" in capsys.readouterr().err
    assert notebook.answers.asked == []


def test_ask_limits_the_further_places(notebook: ScriptedNotebook, capsys: Output) -> None:
    """--limit 0 leaves them out."""
    run(["ask", "What is rain?", "--json", "--limit", "0"], notebook)
    assert json.loads(capsys.readouterr().out)["also_found"] == []


def test_search_gives_ten_hits_unless_told_otherwise(
    notebook: ScriptedNotebook, capsys: Output
) -> None:
    """--limit decides how many."""
    run(["search", QUESTION, "--json"], notebook)
    run(["search", QUESTION, "--json", "--limit", "3"], notebook)
    all_hits, three = (json.loads(line)["hits"] for line in capsys.readouterr().out.splitlines())
    assert (len(all_hits), len(three)) == (10, 3)


def test_search_explains_its_scores(notebook: ScriptedNotebook, capsys: Output) -> None:
    """--explain shows the parts of each hit."""
    run(["search", QUESTION, "--explain"], notebook)
    out = capsys.readouterr().out
    assert all(part in out for part in ("cosine", "words", "heading", "pieces", "final"))
    assert "0.250" in out


def test_questions_from_a_file_give_one_result_a_line(
    notebook: ScriptedNotebook, lines: Path, capsys: Output
) -> None:
    """Each result carries its line's id, the conversation before it is passed on, and the notebook
    is opened and brought up to date once."""
    assert run(["ask", "--from", str(lines), "--json"], notebook) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["id"], second["id"]) == ("q1", 7)
    assert (first["outcome"], second["outcome"]) == ("answered", "not_in_notes")
    assert notebook.answers.asked[1] == (
        "And?",
        (Turn("What is yield?", "Nobody knows."),),
        Wanted(),
    )
    assert (len(notebook.settings), notebook.synced) == (1, 1)


def test_searches_from_a_file_carry_their_ids(
    notebook: ScriptedNotebook, lines: Path, capsys: Output
) -> None:
    """A program can tell which result belongs to which line."""
    assert run(["search", "--from", str(lines), "--json"], notebook) == 0
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [result["id"] for result in results] == ["q1", 7]


@pytest.mark.parametrize(
    "bad",
    [
        "{not json}",
        "[]",
        '"a question"',
        '{"id": "q2"}',
        '{"question": 3}',
        '{"question": "  "}',
        '{"question": "a", "id": null}',
        '{"question": "a", "id": 1.5}',
        '{"question": "a", "history": "no"}',
        '{"question": "a", "history": [1]}',
        '{"question": "a", "history": [{"question": "b"}]}',
        "[" * 100_000,
    ],
    ids=range(12),
)
def test_a_bad_line_is_named_before_anything_is_done(
    notebook: ScriptedNotebook, tmp_path: Path, capsys: Output, bad: str
) -> None:
    """File and line are named, the exit code is 1, and no result was written before it."""
    path = tmp_path / "questions.jsonl"
    path.write_text(f'{{"question": "{QUESTION}"}}\n\n{bad}\n', encoding="utf-8")
    assert run(["ask", "--from", str(path), "--json"], notebook) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{path}, line 3" in err
    assert notebook.settings == []


def test_a_question_refused_midway_is_named_with_its_line(
    notebook: ScriptedNotebook, lines: Path, capsys: Output
) -> None:
    """What only the chat can judge is reported with the line that it came from."""
    notebook.answers.script["And?"] = QuestionError("That is no question.")
    assert run(["ask", "--from", str(lines), "--json"], notebook) == 1
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    assert f"{lines}, line 2: That is no question." in err


def test_a_file_that_cannot_be_read_is_named(
    notebook: ScriptedNotebook, tmp_path: Path, capsys: Output
) -> None:
    """A missing file is a message, not a traceback."""
    assert run(["ask", "--from", str(tmp_path / "none.jsonl")], notebook) == 1
    assert "none.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raw", "line"), [(b'{"question": "a"}\n\xff\n', "line 2"), (b"\n\n", "no question")]
)
def test_a_file_without_text_or_questions_is_refused(
    notebook: ScriptedNotebook, tmp_path: Path, capsys: Output, raw: bytes, line: str
) -> None:
    """The message says what is wrong with it."""
    path = tmp_path / "questions.jsonl"
    path.write_bytes(raw)
    assert run(["ask", "--from", str(path)], notebook) == 1
    assert line in capsys.readouterr().err


def test_a_line_without_an_id_gets_its_number() -> None:
    """Results can be told apart even where the file names nothing."""
    first, second = questions.parse(['{"question": "a"}', "", '{"question": "b"}'], "f")[:2]
    assert (first.id, second.id) == ("1", "3")


def test_halves_of_letters_are_replaced() -> None:
    """JSON can spell what no output can carry."""
    (asked,) = questions.parse(['{"question": "what is \\ud83d?"}'], "f")
    assert asked.question == "what is \ufffd?"
    assert questions.well_formed("naïve 😀") == "naïve 😀"


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["search"],
        ["ask", "a question", "--from", "file"],
        ["ask", "a", "question"],
        ["ask", QUESTION, "--llm", "nonsense"],
        ["chat", "--llm", "openai:"],
        ["ask", QUESTION, "--checker", "llm"],
        ["chat", "--checker", "a-model"],
        ["ask", QUESTION, "--limit", "-1"],
        ["search", QUESTION, "--limit", "0"],
        ["index", "a", "--notes", "b"],
        ["chat", "--host", "0.0.0.0"],
        ["chat", "--host", "example.org"],
        ["chat", "--port", "70000"],
        ["nonsense"],
        ["ask", QUESTION, "--nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_two(
    notebook: ScriptedNotebook, capsys: Output, arguments: list[str]
) -> None:
    """The message goes to standard error and nothing is opened."""
    assert run(arguments, notebook) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err != ""
    assert notebook.settings == []


def test_a_problem_is_a_message_and_one(notebook: ScriptedNotebook, capsys: Output) -> None:
    """What a person can mend is said without a traceback."""
    notebook.problem = NotesError("/nowhere is not a folder")
    assert run(["ask", QUESTION], notebook) == 1
    assert capsys.readouterr() == ("", "footnote: /nowhere is not a folder\n")


def test_an_empty_question_is_a_message_and_one(notebook: ScriptedNotebook, capsys: Output) -> None:
    """The chat refuses it; the command says so."""
    assert run(["ask", ""], notebook) == 1
    assert "empty" in capsys.readouterr().err


def test_an_interruption_ends_quietly(notebook: ScriptedNotebook, capsys: Output) -> None:
    """Ctrl-C gives 130 and no words."""
    notebook.problem = KeyboardInterrupt()
    assert run(["ask", QUESTION], notebook) == 130
    assert capsys.readouterr() == ("", "")


def test_what_was_skipped_is_said_once(notebook: ScriptedNotebook, capsys: Output) -> None:
    """The sync that met the files says it, the next one does not."""
    skipped = (Skipped("photo.md", "binary"),)
    notebook.result = report(skipped=skipped)
    run(["search", QUESTION], notebook)
    assert "1 × binary" in capsys.readouterr().err
    notebook.result = report(added=0, unchanged=2, skipped=skipped)
    run(["search", QUESTION], notebook)
    assert capsys.readouterr().err == ""


def test_index_says_what_it_did(notebook: ScriptedNotebook, tmp_path: Path, capsys: Output) -> None:
    """Counts for people, the same for programs."""
    notebook.result = report(skipped=(Skipped("photo.md", "binary"),))
    assert run(["index", str(tmp_path)], notebook) == 0
    assert "Skipped photo.md: binary" in capsys.readouterr().out
    assert run(["index", "--notes", str(tmp_path), "--json"], notebook) == 0
    value = json.loads(capsys.readouterr().out)
    assert (value["added"], value["skipped"][0]["path"]) == (2, "photo.md")
    assert [one.notes for one in notebook.settings] == [tmp_path.resolve()] * 2


def test_options_reach_the_notebook(notebook: ScriptedNotebook, tmp_path: Path) -> None:
    """Notes, index and encoder are the user's to choose."""
    chosen = ["--notes", str(tmp_path), "--index", str(tmp_path / "i"), "--encoder", "my/encoder"]
    run(["search", QUESTION, *chosen], notebook)
    (used,) = notebook.settings
    assert (used.notes, used.index) == (tmp_path.resolve(), tmp_path / "i")
    assert used.encoder == "my/encoder"


@pytest.mark.parametrize("command", [[], ["ask"], ["search"], ["index"], ["chat"]], ids=str)
def test_every_command_has_help_with_examples(capsys: Output, command: list[str]) -> None:
    """Help shows how the command is used."""
    assert run([*command, "--help"]) == 0
    out = capsys.readouterr().out
    assert "Examples" in out
    assert " ".join(["footnote", *command]) in out


def test_the_version_is_shown(capsys: Output) -> None:
    """--version names program and version."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("footnote 0.")


def test_the_shipped_notes_are_the_default() -> None:
    """Without --notes the corpus beside the packages is asked."""
    assert settings().notes == shipped_notes()
    assert shipped_notes().name == "corpus"
    assert any(shipped_notes().glob("*.md"))


def test_an_index_belongs_to_one_folder(tmp_path: Path) -> None:
    """Two folders of one name have two indexes; the name can still be read."""
    first, second = tmp_path / "a" / "notes", tmp_path / "b" / "notes"
    assert index_name(first) != index_name(second)
    assert index_name(first).startswith("notes-")


def test_everything_lies_under_the_home_that_the_user_chose(tmp_path: Path) -> None:
    """FOOTNOTE_HOME holds indexes and cache."""
    used = settings(tmp_path, environment={"FOOTNOTE_HOME": str(tmp_path / "home")})
    assert used.index.parent == tmp_path / "home" / "data" / "indexes"
    assert used.cache == tmp_path / "home" / "cache"


def test_a_home_is_found_without_being_chosen(tmp_path: Path, home: Path) -> None:
    """Without FOOTNOTE_HOME the platform's own folders are used."""
    used = settings(tmp_path, environment={})
    assert "footnote" in used.index.parts
    assert used.index.name == index_name(tmp_path.resolve())


def test_a_short_sync_shows_no_bar(notebook: ScriptedNotebook, capsys: Output) -> None:
    """What is over in a moment needs no progress."""
    assert watched(notebook.sync(), clock=lambda: 0.0).added == 2
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("quiet", "shown"), [(False, True), (True, False)])
def test_a_long_sync_shows_how_far_it_is(
    notebook: ScriptedNotebook, capsys: Output, quiet: bool, shown: bool
) -> None:
    """On standard error, and not where a program reads the result."""
    seconds = iter(range(100))
    watched(notebook.sync(), quiet, clock=lambda: float(next(seconds)))
    out, err = capsys.readouterr()
    assert out == ""
    assert ("reading" in err.casefold()) is shown


def test_progress_counts_each_stage_once(capsys: Output) -> None:
    """A stage has one bar, however often it reports."""

    def work() -> Generator[SyncProgress, None, SyncReport]:
        for done in range(3):
            yield SyncProgress("encoding", done, 2)
        return report()

    seconds = iter(range(100))
    watched(work(), clock=lambda: float(next(seconds)))
    err = capsys.readouterr().err
    assert err.casefold().count("encoding") == 1
    assert "2/2" in err


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("where $a_1 * b_1$ is", r"where $a\_1 \* b\_1$ is"),
        ("code `$a_1$` stays", "code `$a_1$` stays"),
        ("costs $5 or *so*", "costs $5 or *so*"),
    ],
)
def test_inline_maths_survives_markdown(text: str, escaped: str) -> None:
    """Underscores and stars in a formula are not emphasis."""
    assert escape_maths(text).replace(r"\$", "$") == escaped


def test_blocks_are_printed_as_they_stand() -> None:
    """Formulas and code keep their lines; a fence inside a formula opens nothing."""
    formula = "$$\na\n~~~\nb\n$$ [1]"
    code = "```python\nx = '$$'\n```"
    text = f"First.\n\n{formula}\n\nThen *this*.\n\n{code}\n\nLast."
    assert verbatim_parts(text) == [
        (False, "First."),
        (True, formula),
        (False, "Then *this*."),
        (True, code),
        (False, "Last."),
    ]


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


RUN = "import sys; from app.cli import run; code = run(sys.argv[1:]);"
HEAVY = {"gradio", "torch", "onnxruntime", "faiss", "llama_index", "transformers"}
LOADED = f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr); sys.exit(code)"


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["--version"]], ids=str)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """A glance at the help must not wait for libraries."""
    done = python(RUN + LOADED, *arguments)
    assert (done.returncode, done.stderr.strip()) == (0, "[]")


def test_asking_loads_no_window_and_no_torch(tmp_path: Path) -> None:
    """With the encoder already exported, a question needs neither torch nor Gradio."""
    (tmp_path / "recall.md").write_text("# Recall\n\nRecall counts what was found.\n", "utf-8")
    arguments = ["ask", "What is recall?", "--notes", str(tmp_path), "--json"]
    assert python(RUN + "sys.exit(code)", *arguments).returncode == 0
    done = python(RUN + LOADED, *arguments)
    assert json.loads(done.stdout)["question"] == "What is recall?"
    unwanted = {"gradio", "torch", "transformers", "llama_index"}
    assert not unwanted & set(json.loads(done.stderr.strip().replace("'", '"')))


def test_a_closed_pipe_ends_quietly() -> None:
    """When nobody reads on, nothing is said: no traceback, not even at the very end."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]);"
        "from scripted import ScriptedNotebook; from app.cli import run;"
        "reading, writing = os.pipe(); os.close(reading); os.dup2(writing, 1);"
        "sys.exit(run(['ask', 'What is rain?'], ScriptedNotebook()))"
    )
    done = python(code, str(Path(__file__).parent))
    assert (done.returncode, done.stderr) == (130, "")


def test_an_answer_is_set_in_type_on_a_terminal() -> None:
    """Colour and Markdown on a terminal, formulas and hostile letters as they are."""
    reading, writing = os.openpty()
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from scripted import ScriptedChat, ScriptedNotebook, recall_answer;"
        "from app.cli import run;"
        "notebook = ScriptedNotebook(ScriptedChat({'What is recall?': recall_answer()}));"
        "sys.exit(run(['ask', 'What is recall?'], notebook))"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    settled = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLUMNS": "80"}
    with subprocess.Popen(command, stdout=writing, env=settled) as running:
        os.close(writing)
        shown = read_terminal(reading)
        assert running.wait(timeout=30) == 0
    assert "\x1b[1mSources" in shown
    assert "    \\text{recall} = \\frac{\\text{found}}{\\text{found} + \\text{missed}}" in shown
    assert "[1]" in shown


def read_terminal(reading: int) -> str:
    """Everything written to a terminal until its last writer is gone."""
    parts: list[bytes] = []
    # The end of a terminal is an error on Linux and an empty read elsewhere.
    with contextlib.suppress(OSError):
        while part := os.read(reading, 65536):
            parts.append(part)
    os.close(reading)
    return b"".join(parts).decode("utf-8")


def test_standard_input_is_named_as_such() -> None:
    """With --from - a bad line is reported without inventing a file name."""
    done = subprocess.run(
        [sys.executable, "-c", RUN + "sys.exit(code)", "ask", "--from", "-"],
        input='{"question": "a"}\n{\n',
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "standard input, line 2" in done.stderr


def test_an_answer_can_be_left_without_its_further_places(
    notebook: ScriptedNotebook, capsys: Output
) -> None:
    """The limit counts from the best."""
    closest = [hit(rank, passage(f"## Wind {rank}\nIt blows.\n")) for rank in (1, 2)]
    notebook.answers.script["Wind?"] = not_in_notes("Wind?", closest)
    run(["ask", "Wind?", "--json", "--limit", "1"], notebook)
    assert [one["rank"] for one in json.loads(capsys.readouterr().out)["also_found"]] == [1]


def test_the_model_and_its_checker_reach_the_notebook(notebook: ScriptedNotebook) -> None:
    """Who writes and who judges are part of the settings."""
    assert run(["ask", QUESTION, "--llm", "ollama:tiny", "--checker", "llm"], notebook) == 0
    assert (notebook.settings[0].llm, notebook.settings[0].checker) == ("ollama:tiny", "llm")


def test_what_is_sent_is_shown_on_demand(notebook: ScriptedNotebook, capsys: Output) -> None:
    """--show-prompt prints every message under its role, before the answer."""
    events = recall_answer()
    last = events[-1]
    assert isinstance(last, Finished)
    sent = (Message("system", "Be brief."), Message("user", "Question: What is recall?"))
    events[-1] = Finished(replace(last.answer, sent=sent))
    notebook.answers.script["What is recall?"] = events
    run(["ask", "What is recall?", "--show-prompt"], notebook)
    out = capsys.readouterr().out
    assert out.startswith("── system\nBe brief.\n\n── user\nQuestion: What is recall?\n")
    run(["ask", "What is recall?", "--show-prompt", "--json"], notebook)
    assert json.loads(capsys.readouterr().out)["sent"][0] == {"role": "system", "text": "Be brief."}


def test_without_a_model_nothing_is_sent(notebook: ScriptedNotebook, capsys: Output) -> None:
    """--show-prompt says so."""
    run(["ask", QUESTION, "--show-prompt"], notebook)
    assert capsys.readouterr().out.startswith("Nothing was sent to a model.\n")


def test_products_stay_on_one_thread_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever has set another number keeps it."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    one_thread_a_product()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "4"
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    one_thread_a_product()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
