"""Reading one section of a shipped note, for the tests of what the notes say."""

import re
from pathlib import Path

CORPUS = Path(__file__).parent.parent / "corpus"


def section(note: str, heading: str) -> str:
    """The text under a heading of a note, up to the next heading of its level or above."""
    level = 0
    fenced = False
    found: list[str] = []
    for line in (CORPUS / note).read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        marks = len(line) - len(line.lstrip("#"))
        if not fenced and 1 <= marks <= 6 and line[marks : marks + 1] == " ":
            if level and marks <= level:
                break
            if not level and line[marks:].strip() == heading:
                level = marks
                continue
        if level:
            found.append(line)
    if not level:
        raise KeyError(f"{note} has no heading {heading!r}")
    return "\n".join(found)


def says(note: str, heading: str, *printed: str) -> None:
    """Hold that each value stands in the section, and a number not as a part of a longer one."""
    text = section(note, heading).replace("{,}", ",")
    for value in printed:
        before = r"(?<![\d.,])" if value[0].isdigit() else ""
        after = r"(?!\d|[.,]\d)" if value[-1].isdigit() else ""
        found = re.search(before + re.escape(value) + after, text)
        assert found, f"{value!r} is not in {heading!r} of {note}"
