"""Reading one section of a shipped note, for the tests of what the notes say."""

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
