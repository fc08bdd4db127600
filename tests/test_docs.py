"""The documents say what is there."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import app

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")]
COMMANDS: dict[str, list[str]] = {
    name: [option for each in command.params for option in each.opts if option.startswith("--")]
    for name, command in get_command(app).commands.items()  # type: ignore[attr-defined]
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_in_the_readme(command: str) -> None:
    """Nothing that a user may type is left for the code to tell."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"`footnote {command}" in readme
    assert [option for option in COMMANDS[command] if option not in readme] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    """A relative link names a file that exists."""
    text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text("utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    missing = [t for t in targets if "://" not in t and not (path.parent / t).exists()]
    assert missing == []


def test_every_module_of_the_architecture_exists() -> None:
    """The table of rooms names files that are there."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    for row in named:
        folder = ""
        for name in re.findall(r"`([\w/.]+)`", row):
            folder = name.rpartition("/")[0] or folder
            path = ROOT / (name if "/" in name else f"{folder}/{name}")
            assert path.exists(), name


def test_make_targets_are_those_that_the_readme_and_contributors_are_told() -> None:
    """`make chat` and `make test` are what a fresh clone needs."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    for target in ("chat", "test"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
        assert f"make {target}" in readme
