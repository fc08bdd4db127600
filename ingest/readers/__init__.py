"""Files of notes → Note, one reader for each format.

A format is recognised by its content first and by the file's extension second: a blog post saved
as `.txt` is Markdown. To add a format, write a module with its reader and enter it here.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ingest.errors import UnreadableNote
from ingest.readers.gatsby import is_json, read_gatsby
from ingest.readers.html import read_html
from ingest.readers.html_tree import NestedTooDeeplyError
from ingest.readers.markdown import read_markdown
from ingest.readers.source import Source, extension_of, source_of
from ingest.readers.text import read_text
from ingest.types import Note

__all__ = ["EXTENSIONS", "FORMATS", "Reader", "format_of", "read"]

Reader = Callable[[Source], Note]

FORMATS: Mapping[str, Reader] = MappingProxyType(
    {"markdown": read_markdown, "html": read_html, "gatsby": read_gatsby, "text": read_text}
)

# What a file is taken for where its content does not say otherwise. Files with other extensions
# are not looked at.
EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {
        ".md": "markdown",
        ".markdown": "markdown",
        ".mdown": "markdown",
        ".mkd": "markdown",
        ".mdx": "markdown",
        ".html": "html",
        ".htm": "html",
        ".xhtml": "html",
        ".json": "gatsby",
        ".txt": "text",
        ".text": "text",
    }
)

# How far a page's first tag, and a fragment's last one, are looked for.
_REACH = 4_000
_PAGE = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_FRAGMENT = re.compile(
    r"\s*+<(?:article|body|div|h[1-6]|head|main|ol|p|section|table|ul)\b", re.IGNORECASE
)
_END_TAG = re.compile(r"</\w+>\s*\Z")
# Signs that a text is Markdown: front matter, headings, fences, lists, quotations, tables, rules,
# links, emphasis, code, maths, comments and tags.
_MARKDOWN = re.compile(
    r"\A---[ \t]*$|^ {0,3}#{1,6}[ \t]+\S|^ {0,3}(?:`{3}|~{3}|>|(?:-{3,}|={3,})[ \t]*$)|"
    r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\S|^[ \t]*+\|?+(?:[ \t]*+:?-++:?[ \t]*+\|)++|"
    r"\]\([^)\s]|\*\*\S|`[^`\n]+`|\$\$|\$(?=\S)[^$\n]*\\|<!--|</[a-z]",
    re.M | re.I,
)


def read(path: str, data: bytes) -> Note:
    """Read one file; `path` is its place in the notes folder, with forward slashes."""
    source = source_of(path, data)
    try:
        return FORMATS[format_of(source)](source)
    except NestedTooDeeplyError as error:
        raise UnreadableNote(
            f"{path}: its HTML is nested too deeply to be a page. Save its text as Markdown, or "
            "leave it out with a line in .footnoteignore."
        ) from error


def format_of(source: Source) -> str:
    """Which of the formats a file is in."""
    named = EXTENSIONS.get(extension_of(source.path), "text")
    if is_json(source):
        return "gatsby"
    if named == "html" or _PAGE.match(source.text, 0, _REACH):
        return "html"
    if named == "text":
        if _FRAGMENT.match(source.text) and _END_TAG.search(source.text[-_REACH:]):
            return "html"
        return "markdown" if _MARKDOWN.search(source.text) else "text"
    return named
