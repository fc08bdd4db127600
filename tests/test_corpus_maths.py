"""Every formula of the shipped notes can be set by the KaTeX that the chat window shows it by."""

import importlib.util
import json
import re
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
NOTES = sorted(path for path in (TESTS.parent / "corpus").glob("*.md") if path.name != "README.md")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
INLINE = re.compile(r"(?<!\\)\$([^$\n]+)\$")


def formulas(text: str) -> list[dict[str, object]]:
    """The formulas of a note, those on lines of their own apart."""
    text = CODE.sub(" ", FENCE.sub("", text))
    shown = [{"tex": tex, "display": True} for tex in DISPLAY.findall(text)]
    return shown + [
        {"tex": tex, "display": False} for tex in INLINE.findall(DISPLAY.sub(" ", text))
    ]


def inside(package: str, pattern: str) -> Path:
    """The file of an installed package that a pattern names."""
    spec = importlib.util.find_spec(package)
    assert spec
    assert spec.origin
    return next(Path(spec.origin).parent.glob(pattern))


def problems(found: list[dict[str, object]]) -> list[dict[str, str]]:
    """What KaTeX does not take, in its own words."""
    node = inside("playwright", "driver/node*")
    katex = inside("gradio", "templates/frontend/assets/katex-*.js")
    done = subprocess.run(
        [str(node), str(TESTS / "parse_maths.mjs"), str(katex)],
        input=json.dumps(found),
        capture_output=True,
        text=True,
        check=True,
    )
    result: list[dict[str, str]] = json.loads(done.stdout)
    return result


def test_a_formula_that_cannot_be_set_is_found() -> None:
    """The parser is strict: an unknown command, an open brace and a bare sign are problems."""
    wrong = [r"\unknown{x}", r"\frac{a}{b", "é"]
    assert len(problems([{"tex": tex, "display": False} for tex in wrong])) == len(wrong)


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_every_formula_can_be_set(path: Path) -> None:
    """No formula is shown as an error, and no dollar is left over."""
    text = path.read_text("utf-8")
    assert problems(formulas(text)) == []
    left = INLINE.sub("", DISPLAY.sub("", CODE.sub("", FENCE.sub("", text))))
    assert "$" not in left
