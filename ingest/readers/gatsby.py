"""Gatsby's page data (JSON) → Note: the page's title, tags and HTML, and nothing around them."""

import json
import re
from collections.abc import Mapping

from ingest.errors import UnreadableNote
from ingest.readers.front_matter import tags_of
from ingest.readers.html import markdown_of
from ingest.readers.source import Source, extension_of
from ingest.readers.titles import title_of
from ingest.types import Note

_HTML_KEY = re.compile(r'"html"\s*:\s*(?=")')


def read_gatsby(source: Source) -> Note:
    """Read a page-data file; every line of the text maps to the line that holds the HTML."""
    page = _inside(_json(source), "result", "data", "markdownRemark")
    html = page.get("html")
    if not isinstance(html, str):
        raise UnreadableNote(
            f"{source.path}: is JSON, but not a note: only Gatsby's page data "
            "(result.data.markdownRemark.html) is read. Leave it out with a line in "
            ".footnoteignore."
        )
    front = _inside(page, "frontmatter")
    converted = markdown_of(html, 1)
    text = "\n".join(converted.lines)
    given = front.get("title")
    title = title_of(source.path, given if isinstance(given, str) else None, text, converted.title)
    numbers = (_line_of(source.text, html),) * max(1, len(converted.lines))
    tags = tags_of(front.get("tags"))
    return Note(source.path, title, text, numbers, "gatsby", source.digest, tags)


def is_json(source: Source) -> bool:
    """Whether the file is one JSON object or list, or is named as JSON."""
    if extension_of(source.path) == ".json":
        return True
    if not source.text.lstrip().startswith(("{", "[")):
        return False
    try:
        return isinstance(json.loads(source.text), dict | list)
    except (ValueError, RecursionError):
        return False


def _json(source: Source) -> Mapping[str, object]:
    try:
        value = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        raise UnreadableNote(
            f"{source.path}: is broken JSON ({error}). Export it again, or leave it out with a "
            "line in .footnoteignore."
        ) from error
    return value if isinstance(value, dict) else {}


def _inside(value: Mapping[str, object], *keys: str) -> Mapping[str, object]:
    for key in keys:
        inner = value.get(key)
        value = inner if isinstance(inner, dict) else {}
    return value


def _line_of(text: str, html: str) -> int:
    """The line of the file in which the HTML begins."""
    decoder = json.JSONDecoder()
    for key in _HTML_KEY.finditer(text):
        if decoder.raw_decode(text, key.end())[0] == html:
            return text.count("\n", 0, key.end()) + 1
    return 1
