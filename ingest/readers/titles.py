"""What a note is called: by its own word, its first heading, or its file name."""

import re
from functools import lru_cache
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from ingest.readers.blocks import headings

# Long enough for a question asked as a heading; a title is shown on one line.
MAX_TITLE = 200
# A heading with an address in it may be longer than its words; parsing one is not linear.
MAX_HEADING = 1_000

_NOTION_ID = re.compile(r"[ _-]*\b[0-9a-f]{32}$", re.IGNORECASE)
_JEKYLL_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}-(?=.)")
_PADDED_NUMBER = re.compile(r"^0\d*[-_](?=\D)")
_FOLDER_PAGES = frozenset({"readme", "index"})
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def title_of(path: str, given: str | None, text: str, page: str | None = None) -> str:
    """The title that is given, else the first heading, the page's title, the file's name."""
    return (
        one_line(given or "") or first_heading(text) or one_line(page or "") or title_of_name(path)
    )


def first_heading(text: str) -> str:
    """The plain text of the first heading that can be a title; empty where there is none.

    A paragraph that a line of `=` below it made a heading, by accident as a rule, is none.
    """
    fitting = (raw for raw in headings(text) if "\n" not in raw and len(raw) <= MAX_HEADING)
    return next((title for raw in fitting if (title := plain(raw))), "")


def plain(inline: str) -> str:
    """One line of Markdown without links, emphasis, images and tags."""
    tokens = _inline_parser().parseInline(inline)
    return one_line(
        "".join(_plain_text(child) for token in tokens for child in token.children or ())
    )


def title_of_name(path: str) -> str:
    """A file name made readable: no extension, no export id, words instead of a slug."""
    file = PurePosixPath(path)
    if file.stem.lower() in _FOLDER_PAGES and file.parent.name:
        return _unslugged(file.parent.name)
    return _unslugged(file.stem)


def one_line(title: str) -> str:
    """A title without line breaks and unprintable characters, cut to a length for one line."""
    line = " ".join(_UNPRINTABLE.sub(" ", title).split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"


def _unslugged(name: str) -> str:
    words = _NOTION_ID.sub("", name) or name
    words = _PADDED_NUMBER.sub("", _JEKYLL_DATE.sub("", words))
    if " " not in words.strip():
        words = re.sub(r"[-_]+", " ", words).strip() or words
        words = words[:1].upper() + words[1:]
    return one_line(words) or one_line(name) or "Untitled"


def _plain_text(token: Token) -> str:
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    if token.type == "math_inline":
        return f"${token.content}$"
    if token.type == "image":
        return "".join(_plain_text(child) for child in token.children or ())
    return " " if token.type in ("softbreak", "hardbreak") else ""


@lru_cache(maxsize=1)
def _inline_parser() -> MarkdownIt:
    return MarkdownIt("commonmark").use(dollarmath_plugin, allow_space=False, allow_digits=False)
