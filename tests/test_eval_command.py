"""`footnote eval` over a small orchard: what it prints, writes, and how it ends."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from evaluating import ROWS, DeskNotebook, case_row, cases_file, orchard, record, refused, run_with
from scripted_server import ScriptedServer
from typer.main import get_command

from app.cli import app, run
from app.terminal import counted
from evals.cases import load
from evals.records import Judged, TokenRecord
from evals.runfile import read_run, write_run
from rag.decide import DECISION, beside, shipped

ROOT = Path(__file__).parent.parent
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> DeskNotebook:
    return DeskNotebook(orchard(tmp_path_factory.mktemp("orchard")))


@pytest.fixture
def given(notebook: DeskNotebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options that every run needs; the command runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return ["eval", "--notes", str(notebook.desk.notes), "--cases", str(cases_file(tmp_path))]


def test_the_suite_shows_its_figures(
    notebook: DeskNotebook, given: list[str], capsys: Output
) -> None:
    """By measure with interval and n, and by kind."""
    assert run(given, notebook) == 0
    out = capsys.readouterr().out
    for shown in ("Retrieval", "hit@1", "95 % interval", "By kind of question", "outside"):
        assert shown in out


def test_the_suite_writes_its_run_and_its_reports(
    notebook: DeskNotebook, given: list[str], tmp_path: Path
) -> None:
    """Three files, each whole."""
    files = [tmp_path / name for name in ("run.json", "page.html", "text.md")]
    options = zip(("--json", "--html", "--markdown"), map(str, files), strict=True)
    assert run([*given, *(part for pair in options for part in pair)], notebook) == 0
    kept = read_run(files[0])
    assert [one.id for one in kept.records] == ["twist", "ladder", "pears", "table", "moon"]
    assert kept.circumstances.notes == "notes"
    assert files[1].read_text("utf-8").endswith("</html>\n")
    assert files[2].read_text("utf-8").startswith("## 5 questions over notes")


@pytest.mark.parametrize(
    ("requirement", "code"), [("hit@5>=0.5", 0), ("hit@5>1", 1), ("hit@5>=0.5 ", 0)]
)
def test_a_gate_decides_about_the_exit_code(
    notebook: DeskNotebook, given: list[str], capsys: Output, requirement: str, code: int
) -> None:
    """And is told with the figure."""
    assert run([*given, "--require", requirement], notebook) == code
    assert ("FAILS: hit@5 > 1" in capsys.readouterr().err) is bool(code)


def test_every_gate_must_hold(notebook: DeskNotebook, given: list[str]) -> None:
    """One that fails is enough."""
    both = ["--require", "hit@5>=0.5", "--require", "hit@5>1"]
    assert run([*given, *both], notebook) == 1


def test_a_project_gates_too(
    notebook: DeskNotebook, given: list[str], tmp_path: Path, capsys: Output
) -> None:
    """Unless it is for other questions than those asked."""
    text = '[tool.footnote]\nsplit = "report"\nrequire = ["hit@5>1"]\n'
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    assert run([*given, "--split", "report"], notebook) == 1
    assert run(given, notebook) == 0
    assert "left aside: they are for --split report" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--require", "nonsense"], 1, "is no requirement"),
        (["--split", "half"], 2, "tune or report"),
        (["--llm", "nonsense"], 2, "names no model"),
        (["--checker", "llm"], 2, "without a model"),
        (["--judge", "nonsense"], 2, "names no model"),
        (["--against", "gone.json"], 1, "cannot be read"),
        (["--write-docs"], 2, "--keep"),
        (["--keep", "../x"], 2, "letters, digits"),
    ],
)
def test_wrong_use_is_told_before_anything_is_asked(
    notebook: DeskNotebook,
    given: list[str],
    capsys: Output,
    options: list[str],
    code: int,
    said: str,
) -> None:
    """Minutes are not spent for a message at the end."""
    assert run([*given, *options], notebook) == code
    out, err = capsys.readouterr()
    assert said in " ".join(err.replace("│", " ").split())
    assert "Retrieval" not in out


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A model's server on this machine that says the same to whoever asks."""
    with ScriptedServer() as started:
        started.answer = lambda _: "Apples come off with a gentle twist of the wrist [1]."
        yield started


def spec(server: ScriptedServer) -> str:
    """The specification of the server's model."""
    return f"openai-like:m@{server.v1}"


def test_a_model_writes_the_answers_that_are_measured(
    notebook: DeskNotebook, given: list[str], tmp_path: Path, server: ScriptedServer
) -> None:
    """What it wrote and the tokens it took are in the records, its name in the run."""
    wanted = ["--llm", spec(server), "--json", str(tmp_path / "run.json")]
    assert run([*given, *wanted], notebook) == 0
    kept = read_run(tmp_path / "run.json")
    first, *_, moon = kept.records
    assert first.answer == "Apples come off with a gentle twist of the wrist."
    assert first.tokens == TokenRecord(11, 7)
    assert moon.tokens is None
    assert kept.circumstances.llm == spec(server)


def test_a_checker_judges_what_the_model_wrote(
    notebook: DeskNotebook, given: list[str], tmp_path: Path, server: ScriptedServer
) -> None:
    """The answering model is asked once more, and the run names who checked."""
    wanted = ["--limit", "1", "--json", str(tmp_path / "run.json")]
    assert run([*given, *wanted, "--llm", spec(server)], notebook) == 0
    alone = len(server.chats)
    checked = ["--llm", spec(server), "--checker", "llm"]
    assert run([*given, *wanted, *checked], notebook) == 0
    assert len(server.chats) > 2 * alone
    made = read_run(tmp_path / "run.json").circumstances
    assert made.llm == f"{spec(server)}, checked by llm"


def test_a_judge_is_heard_beside_the_measures(
    notebook: DeskNotebook,
    given: list[str],
    tmp_path: Path,
    server: ScriptedServer,
    capsys: Output,
) -> None:
    """Its opinions are in the records of what was answered, and in a table of their own."""
    server.answer = lambda sent: "4.5\nyes" if "Reference Answer" in str(sent) else "YES"
    wanted = ["--judge", spec(server), "--json", str(tmp_path / "run.json")]
    assert run([*given, *wanted], notebook) == 0
    twist, *_, moon = read_run(tmp_path / "run.json").records
    assert twist.judged == Judged(spec(server), True, 4.5)
    assert moon.judged is None
    assert f"Judged by {spec(server)}" in capsys.readouterr().out
    sent = "\n".join(text for asked in server.chats for text in asked.texts)
    assert "Ripe apples come off the branch" in sent
    assert "With a gentle twist." in sent


def test_a_judge_that_fails_ends_no_run(
    notebook: DeskNotebook,
    given: list[str],
    tmp_path: Path,
    server: ScriptedServer,
    capsys: Output,
) -> None:
    """What it said before is kept, and that it gave up is told."""
    for reply in ("NO", "2.0\nno"):
        server.say(reply)
    server.refuse(401, "no such key")
    wanted = ["--judge", spec(server), "--json", str(tmp_path / "run.json")]
    assert run([*given, *wanted], notebook) == 0
    first, *others = read_run(tmp_path / "run.json").records
    assert first.judged == Judged(spec(server), False, 2.0)
    assert [one.judged for one in others] == [None] * 4
    assert "Judged only 1 of 5 questions" in capsys.readouterr().err


def test_a_judge_that_cannot_be_had_is_told_first(
    notebook: DeskNotebook, given: list[str], capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any question is asked."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert run([*given, "--judge", "openai:gpt-5"], notebook) == 1
    out, err = capsys.readouterr()
    assert "OPENAI_API_KEY" in err
    assert "Retrieval" not in out


def test_own_notes_need_own_questions(
    notebook: DeskNotebook, tmp_path: Path, capsys: Output
) -> None:
    """The shipped questions are not asked of other notes."""
    assert run(["eval", "--notes", str(tmp_path)], notebook) == 2
    assert "--cases FILE" in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_a_run_is_kept_without_texts(
    notebook: DeskNotebook, given: list[str], tmp_path: Path
) -> None:
    """Under its name and commit."""
    assert run([*given, "--keep", "toy"], notebook) == 0
    (file,) = (tmp_path / "evals" / "results").iterdir()
    kept = read_run(file)
    assert file.name.startswith("toy-")
    assert kept.name == "toy"
    assert kept == kept.slim()


def test_a_half_and_a_number_of_questions(
    notebook: DeskNotebook, given: list[str], tmp_path: Path
) -> None:
    """Both are written into the run."""
    options = ["--split", "report", "--limit", "2", "--json", str(tmp_path / "run.json")]
    assert run([*given, *options], notebook) == 0
    kept = read_run(tmp_path / "run.json")
    assert len(kept.records) == 2
    assert (kept.circumstances.split, kept.circumstances.limit) == ("report", 2)


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    """Two runs, the second of which refused what the first answered."""
    files = (tmp_path / "first.json", tmp_path / "second.json")
    write_run(files[0], run_with(record("a"), record("b")))
    write_run(files[1], run_with(record("a"), refused("b")))
    return str(files[0]), str(files[1])


def test_two_runs_are_compared(two: tuple[str, str], tmp_path: Path, capsys: Output) -> None:
    """Each measure, the questions that turned, and a line of judgement; a page on request."""
    assert run(["eval", "compare", *two, "--html", str(tmp_path / "c.html")]) == 0
    out = capsys.readouterr().out
    assert "Turned wrong: 1\n  b  What is b?" in out
    assert out.splitlines()[-1].startswith("Better on none, worse on none, undecided on")
    assert "Turned wrong (1)" in (tmp_path / "c.html").read_text("utf-8")


def test_a_file_that_is_no_run_is_a_message(tmp_path: Path, capsys: Output) -> None:
    """And exit code 1."""
    (tmp_path / "x.json").write_text("{}", "utf-8")
    assert run(["eval", "compare", str(tmp_path / "x.json"), str(tmp_path / "x.json")]) == 1
    assert "is no run of `footnote eval --json`" in capsys.readouterr().err


def test_a_run_is_exported(two: tuple[str, str], tmp_path: Path, capsys: Output) -> None:
    """The files that were written are named."""
    assert run(["eval", "export", two[0], str(tmp_path / "out.txt"), "--to", "trec"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("out.txt")


def test_speed_is_told_by_stage(notebook: DeskNotebook, given: list[str], capsys: Output) -> None:
    """Median and 95th percentile."""
    assert run([given[0], "speed", *given[1:]], notebook) == 0
    out = capsys.readouterr().out
    assert "Search, median" in out
    assert "Total, 95th percentile" in out
    assert "Retrieval" not in out


def test_cases_are_made_in_the_terminal(
    notebook: DeskNotebook,
    given: list[str],
    tmp_path: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With no input at all it says how much there is to do, and how to measure."""
    file = tmp_path / "mine.jsonl"
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run(["eval", "new", str(file), *given[1:3]], notebook) == 0
    out, err = capsys.readouterr()
    assert "passages to look at, 0 cases so far." in out
    assert f"--cases {file}" in err


def test_a_model_proposes_questions(
    notebook: DeskNotebook,
    given: list[str],
    tmp_path: Path,
    server: ScriptedServer,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One request for each draft; what is kept is what it asked."""
    server.answer = lambda _: "Which way do apples come off?"
    monkeypatch.setattr("sys.stdin", io.StringIO("k\nq\n"))
    file = tmp_path / "mine.jsonl"
    assert run(["eval", "new", str(file), *given[1:3], "--llm", spec(server)], notebook) == 0
    (kept,) = load(file)
    assert kept.question == "Which way do apples come off?"
    assert len(server.chats) == 2
    assert "Question: Which way do apples come off?" in capsys.readouterr().out


@pytest.fixture
def own(tmp_path: Path) -> tuple[DeskNotebook, list[str]]:
    """An orchard of its own, with five questions that it answers and five that it does not."""
    desk = orchard(tmp_path / "own")
    answered = [
        case_row(f"a{n}", f"{ROWS[0]['question']} {n}", "picking.md", "Ripe apples")
        for n in range(5)
    ]
    moons = [case_row(f"m{n}", f"lunar orbit {n}", "", "", kind="outside") for n in range(5)]
    cases = cases_file(tmp_path, (*answered, *moons))
    folders = ["--notes", str(desk.notes), "--index", str(desk.index)]
    return DeskNotebook(desk), ["eval", "calibrate", *folders, "--cases", str(cases)]


def test_own_notes_are_calibrated_by_one_command(
    own: tuple[DeskNotebook, list[str]], capsys: Output
) -> None:
    """The figures are shown, and the rule lies beside the index, where it decides."""
    notebook, command = own
    assert beside(notebook.desk.index) is None
    assert run(command, notebook) == 0
    out, err = capsys.readouterr()
    assert "notes        rule " in out
    assert "one cosine" in out
    assert f"Stored as {notebook.desk.index / DECISION}" in err
    assert "the threshold of the rule that ships" in err
    assert beside(notebook.desk.index) not in (None, shipped())


def test_a_rule_can_be_written_elsewhere(
    own: tuple[DeskNotebook, list[str]], tmp_path: Path
) -> None:
    """Then nothing decides by it."""
    notebook, command = own
    assert run([*command, "--write", str(tmp_path / "rule.json")], notebook) == 0
    assert json.loads((tmp_path / "rule.json").read_text("utf-8"))["fitted"] == "the bias alone"
    assert beside(notebook.desk.index) is None


def test_too_few_questions_are_no_calibration(
    notebook: DeskNotebook, given: list[str], capsys: Output
) -> None:
    """The message says how many of which are needed."""
    assert run(["eval", "calibrate", *given[1:]], notebook) == 1
    assert "calibrating needs 5" in capsys.readouterr().err


def test_a_public_collection_is_measured(
    notebook: DeskNotebook, tmp_path: Path, capsys: Output
) -> None:
    """Each document is a note; the first question finds its own first, the second nothing judged."""
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    documents = [{"_id": "d/1", "title": "Pears", "text": "Pears ripen on the kitchen table."}]
    documents += [{"_id": f"d{n}", "text": f"Ladder {n} leans."} for n in range(2, 5)]
    asked = {"q1": "kitchen table pears ripen", "q2": "lunar orbit"}
    questions = [{"_id": id, "text": text} for id, text in asked.items()]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)), "utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, questions)), "utf-8")
    judged = "query-id\tcorpus-id\tscore\nq1\td/1\t1\nq2\tgone\t1\n"
    (folder / "qrels" / "dev.tsv").write_text(judged, "utf-8")
    command = ["eval", "beir", str(folder), "--split", "dev"]
    assert run(command, notebook) == 0
    head, row, _ = capsys.readouterr().out.splitlines()
    assert head.split() == ["nDCG@10", "recall@10", "recall@100", "MRR@10"]
    assert row.split() == ["as", "judged", "0.500", "0.500", "0.500", "0.500"]
    assert run([*command, "--limit", "1"], notebook) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[2:] == ["1.000"] * 4


def test_every_subcommand_and_option_is_in_the_readme() -> None:
    """Nothing that a user may type is left for the code to tell."""
    readme = (ROOT / "README.md").read_text("utf-8")
    group = get_command(app).commands["eval"]  # type: ignore[attr-defined]
    for name, command in group.commands.items():
        assert f"`footnote eval {name}" in readme
        options = [opt for each in command.params for opt in each.opts if opt.startswith("--")]
        assert [option for option in options if option not in readme] == []


def test_the_help_names_what_a_gate_looks_like(capsys: Output) -> None:
    """An example of a requirement."""
    assert run(["eval", "--help"]) == 0
    assert "MEASURE>=VALUE" in capsys.readouterr().out


def test_cases_are_checked_by_line(
    notebook: DeskNotebook, given: list[str], tmp_path: Path, capsys: Output
) -> None:
    """A line that is no case is named."""
    (tmp_path / "cases.jsonl").write_text(json.dumps({"id": "x"}) + "\n", "utf-8")
    assert run(given, notebook) == 1
    assert "cases.jsonl:1: not a case" in capsys.readouterr().err


def test_what_is_counted_comes_as_it_was(capsys: Output) -> None:
    """A bar appears once it takes longer than a moment, on standard error."""
    times = iter(range(100))
    assert list(counted(iter("abc"), 3, "asking", lambda: float(next(times)))) == ["a", "b", "c"]
    out, err = capsys.readouterr()
    assert out == ""
    assert "asking" in err
    assert list(counted(iter("ab"), 2, "asking", lambda: 0.0)) == ["a", "b"]
    assert capsys.readouterr().err == ""


def test_how_it_ran_is_in_the_run(notebook: DeskNotebook, given: list[str], tmp_path: Path) -> None:
    """Strictness, and the name of the file of cases."""
    assert run([*given, "--strictness", "0.2", "--json", str(tmp_path / "r.json")], notebook) == 0
    made = read_run(tmp_path / "r.json").circumstances
    assert (made.strictness, made.cases) == (0.2, "cases.jsonl")


def test_nothing_in_a_case_steers_the_terminal(
    notebook: DeskNotebook, tmp_path: Path, capsys: Output
) -> None:
    """Control characters of a question are shown as such."""
    files = (tmp_path / "first.json", tmp_path / "second.json")
    odd = "What\u001b[2J is it?"
    write_run(files[0], run_with(record("a", question=odd, kind="odd\u001b[0m")))
    write_run(files[1], run_with(refused("a", question=odd, kind="odd\u001b[0m")))
    assert run(["eval", "compare", *map(str, files)]) == 0
    out = capsys.readouterr().out
    assert "What\ufffd[2J is it?" in out
    assert "\u001b" not in out
