"""The YAML at the top of a Markdown note: its title, its tags, and how many lines to cut."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from ingest.readers.titles import one_line

# PyYAML takes about a second for 100 kB; a longer block is read for its title line only.
MAX_YAML = 50_000

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_YAML_LINE = re.compile(r"\s|#|$|-(?:\s|$)|[\]}]|[^\s:#\-][^:]*:(?:\s|$)")
_TITLE_LINE = re.compile(r"^title[ \t]*:[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a note says of itself; `lines` is how many lines at the top say it."""

    lines: int = 0
    title: str | None = None
    tags: tuple[str, ...] = ()


def front_matter(text: str) -> FrontMatter:
    """Read the front matter, if there is any; a rule at the top is none."""
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return FrontMatter()
    block = text[opening.end() : closing.start()]
    lines = text.count("\n", 0, closing.end()) + 1
    try:
        fields = _fields(block)
    except _BrokenError:
        return _leniently(block, lines)
    if fields is None:
        return FrontMatter()
    return FrontMatter(lines, _text(fields.get("title")), tags_of(fields.get("tags")))


def tags_of(value: object) -> tuple[str, ...]:
    """Tags as a list or as a string with commas, without `#` and without repetition."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return ()
    tags = (one_line(tag).lstrip("#").strip() for tag in value if isinstance(tag, str))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


class _BrokenError(ValueError):
    """A block that does not parse."""


def _fields(block: str) -> Mapping[object, object] | None:
    """The block as a mapping, or None where it is something else."""
    if len(block) > MAX_YAML:
        raise _BrokenError
    try:
        # The base loader leaves every value a string: a title `No` stays `No`, and a date
        # that is none raises nothing.
        fields = yaml.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _BrokenError from error
    if fields is None:
        return {}
    return fields if isinstance(fields, dict) else None


def _leniently(block: str, lines: int) -> FrontMatter:
    """A block that looks like YAML and is none: it goes, its title line counts."""
    if not all(_YAML_LINE.match(line) for line in block.split("\n")):
        return FrontMatter()
    title = _TITLE_LINE.search(block)
    return FrontMatter(lines, title.group(1).strip().strip("\"'") if title else None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
