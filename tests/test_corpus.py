"""The shipped notes keep their form: what a newcomer asks first must be fit to be quoted."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from ingest.outline import Block, Role, Section, outline
from ingest.plain import plain
from ingest.split import split
from ingest.types import Kind, Note

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
NOTES = sorted(path for path in CORPUS.glob("*.md") if path.name != "README.md")
HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
TOPICS = 358


def body(path: Path) -> str:
    """A note without its front matter."""
    return path.read_text("utf-8").split("\n---\n", 1)[1].lstrip("\n")


def prose(path: Path) -> str:
    """A note without front matter and code."""
    return FENCE.sub("", body(path))


def headings(path: Path) -> list[tuple[int, str]]:
    return [(len(marks), title.strip()) for marks, title in HEADING.findall(prose(path))]


def anchor(heading: str) -> str:
    """The anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def sections(node: Section) -> list[Section]:
    """All sections below a node."""
    found = [child for child in node.nodes if isinstance(child, Section)]
    return found + [inner for child in found for inner in sections(child)]


@pytest.fixture(params=NOTES, ids=lambda path: path.name)
def note(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_there_are_as_many_notes_as_a_person_can_oversee() -> None:
    """Between 25 and 40 files, numbered in the order of study."""
    assert 25 <= len(NOTES) <= 40
    assert all(re.fullmatch(r"\d\d-[a-z0-9-]+\.md", path.name) for path in NOTES)


def test_front_matter_holds_title_and_tags(note: Path) -> None:
    """Exactly these two; the title is the one H1."""
    front = yaml.safe_load(note.read_text("utf-8").split("---\n")[1])
    assert set(front) == {"title", "tags"}
    assert front["tags"]
    assert all(isinstance(tag, str) for tag in front["tags"])
    assert [title for level, title in headings(note) if level == 1] == [front["title"]]


def test_every_section_opens_with_an_answer(note: Path) -> None:
    """The first thing under a heading is a paragraph of whole sentences that names its subject."""
    text = body(note)
    lines = text.split("\n")
    (whole,) = (node for node in outline(text).nodes if isinstance(node, Section))
    for section in sections(whole):
        first = section.nodes[0]
        assert isinstance(first, Block), section.title
        assert first.role is Role.LEAF, section.title
        assert first.kind is Kind.PROSE, section.title
        opening = plain("\n".join(lines[first.first : first.last]))
        assert re.match(r".+?[.:?](?:\s|$)", opening), section.title
        assert not re.match(r"(?:It|This|They|These|That|Here)\b", opening), section.title


def test_no_question_is_left_without_an_answer(note: Path) -> None:
    """What the splitter takes for a question that is only listed has no place in these notes."""
    text = body(note)
    read = Note(note.name, "", text, tuple(range(text.count("\n") + 1)), "markdown", "")
    passages = split(read, lambda texts: [len(each.split()) for each in texts], 200)
    assert [passage.text for passage in passages if passage.kind is Kind.LISTED] == []


def test_no_section_is_thin(note: Path) -> None:
    """A section of the second level says something worth asking for."""
    parts = re.split(r"^## .+$", prose(note), flags=re.MULTILINE)[1:]
    assert all(len(plain(part).split()) >= 40 for part in parts)


def test_headings_are_plain_and_unique_within_the_note(note: Path) -> None:
    """A heading is what a person looks up: no links, no maths, no two alike."""
    titles = [title for level, title in headings(note) if level > 1]
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if re.search(r"[$`\[\]]", title)]


def test_headings_of_different_notes_differ() -> None:
    """A heading leads to one place in the whole corpus."""
    counted = Counter(
        title.lower() for path in NOTES for level, title in headings(path) if level == 2
    )
    assert [title for title, times in counted.items() if times > 1] == []


def test_links_lead_somewhere(note: Path) -> None:
    """A link between notes names a file and a heading that exist."""
    for target in LINK.findall(prose(note)):
        if target.startswith(("https://", "http://")):
            continue
        name, _, fragment = target.partition("#")
        path = CORPUS / name if name else note
        assert path.exists(), target
        assert not fragment or fragment in {anchor(title) for _, title in headings(path)}, target


def test_no_picture_comes_from_elsewhere(note: Path) -> None:
    """Reading the notes asks no other host for anything."""
    assert "![" not in prose(note)
    assert not re.search(r"<(?:img|script|iframe|video|link)\b", prose(note), re.IGNORECASE)


def test_python_blocks_run_from_top_to_bottom(note: Path) -> None:
    """The blocks of a note are one program, and their asserts hold."""
    names: dict[str, object] = {"__name__": note.stem}
    for number, block in enumerate(CODE.findall(body(note)), start=1):
        exec(compile(block, f"{note.name} block {number}", "exec"), names)


def coverage() -> list[tuple[str, str, str]]:
    with (ROOT / "evals" / "coverage.csv").open(newline="", encoding="utf-8") as file:
        return [(row["topic"], row["note"], row["heading"]) for row in csv.DictReader(file)]


def test_every_topic_is_mapped_to_a_heading_that_exists() -> None:
    """All topics are covered, and none by a heading that was renamed since."""
    titles = {path.name: {title for _, title in headings(path)} for path in NOTES}
    missing = [row for row in coverage() if row[2] not in titles.get(row[1], set())]
    assert missing == []
    topics = {topic for topic, _, _ in coverage() if topic.startswith("T")}
    assert topics == {f"T{number:03}" for number in range(1, TOPICS + 1)}
