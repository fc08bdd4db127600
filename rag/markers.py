"""Citation markers in the forms that models emit: read, and taken out of the text.

Code, formulas, indexes (`x[1]`), intervals and lists of values are no markers. Knows nothing of
passages but their numbers.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

_CODE: Final = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`|\$\$.+?\$\$|(?<!\\)\$(?=\S)[^$\n]+?(?<=\S)\$(?!\d)"
    r"|\\\((?:.+?)\\\)|\\\[(?!\s*\^?\d[\d,\s-]*\\\]).+?\\\]",
    re.DOTALL,
)
_NUMBERS: Final = r"\^?\d{1,4}\^?(?:\s*(?:[,;&]|and|-|–|—|to)\s*\^?\d{1,4}\^?)*"
_SOURCE: Final = r"(?:(?:sources?|passages?|notes?|refs?|references?|citations?|docs?)[ :.#]*)?"
_MARKER: Final = re.compile(
    rf"(?P<sup><sup>)?(?:\\?\[{{1,2}}{_SOURCE}(?P<square>{_NUMBERS})\\?\]{{1,2}}"
    rf"|[【［]{_SOURCE}(?P<wide>{_NUMBERS})(?:†[^】］\n]{{0,40}})?[】］]"
    rf"|\((?P<named>(?:sources?|passages?)[ :.#]*)(?P<source>{_NUMBERS})\)"
    rf"|\((?P<round>{_NUMBERS})\))(?(sup)</sup>)(?P<definition>:(?=\s))?(?P<link>\(#[^()\s]*\))?",
    re.IGNORECASE,
)
# What may be a marker once more has arrived.
_HALF: Final = re.compile(
    rf"(?:<sup>)?(?:\\?\[{{1,2}}|[【［])(?:{_SOURCE}\^?[\d,;&\s^–-]*(?:†[^】］\n]{{0,40}})?)?\Z",
    re.IGNORECASE,
)
# What joins two markers, and is left without meaning between none.
_BETWEEN: Final = frozenset({",", ";", "and", "&"})
_SPAN: Final = re.compile(r"(\d+)(?:[\s^]*(?:-|–|—|to)[\s^]*(\d+))?", re.IGNORECASE)
# Before a bracket these make it an interval, a list of values, or the number of something.
_NOT_BEFORE: Final = re.compile(
    r"(?:\b(?:in|range|interval|between|list|array|vector|tuple|returns?|shape|indices|index"
    r"|equations?|eqs?\.?|formulas?|steps?|figures?|figs?\.?|tables?|chapters?|sections?|lines?"
    r"|items?|levels?|versions?|type|class)|[=<>≤≥∈+*/(\[{-])\s*$",
    re.IGNORECASE,
)
# The last word before an attached bracket: an identifier is indexed, a word is given a source.
_ATTACHED: Final = re.compile(r"([\w.]+|[\])])$")
_WORD: Final = re.compile(r"[A-Za-zÀ-ÿ'’-]{3,}\.?|\w*[a-z]{2,}\.|\.|\d+\.|[^\x00-\x7f]+")
_INDEXED: Final = frozenset(
    "arr nums array list data values items row rows col cols dp seq".split()
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its markers, the numbers they named, and how many named no passage."""

    text: str
    numbers: tuple[int, ...]
    unknown: int = 0


def markers(text: str, known: Collection[int]) -> Marked:
    """Take the markers out of a whole statement; half a marker at its end goes too."""
    numbers: dict[int, None] = {}
    unknown = 0
    kept: list[str] = []
    at = 0
    for match in _found(text, known):
        named, strange = _numbers(_content(match), known)
        numbers.update(dict.fromkeys(named))
        unknown += strange
        between = text[at : match.start()].rstrip(" \t")
        kept.append("" if at and between.strip() in _BETWEEN else between)
        at = match.end()
        if not any(kept) or (kept[-1] or "x").endswith("\n"):
            at += len(text[at:]) - len(text[at:].lstrip(" \t"))
    kept.append(text[at:])
    clean = "".join(kept)
    half = half_marker(clean)
    if half < len(clean):
        clean, unknown = clean[:half].rstrip(), unknown + 1
    return Marked(clean, tuple(numbers), unknown)


def half_marker(text: str) -> int:
    """Where a marker begins that the end of the text may have cut off; the length if none."""
    match = _HALF.search(text, max(0, text.rfind("\n") + 1, len(text) - 80))
    if match is None or any(a <= match.start() < b for a, b in _protected(text)):
        return len(text)
    attached = _ATTACHED.search(text[: match.start()])
    return len(text) if attached and not _may_be_cited(attached[1]) else match.start()


def leading_markers(text: str) -> int:
    """How long the run of markers is that a text opens with, white space before each included."""
    at = 0
    while True:
        space = len(text[at:]) - len(text[at:].lstrip())
        match = _MARKER.match(text, at + space)
        if match is None or match["round"] or match["definition"]:
            return at
        at = match.end()


def _found(text: str, known: Collection[int]) -> Iterator[re.Match[str]]:
    protected = _protected(text)
    for match in _MARKER.finditer(text):
        inside = any(a < match.end() and match.start() < b for a, b in protected)
        if not inside and _cites(match, text, known):
            yield match


def _protected(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _CODE.finditer(text)]


def _cites(match: re.Match[str], text: str, known: Collection[int]) -> bool:
    """Whether a bracket with numbers can be nothing but a citation."""
    before = text[: match.start()]
    following = text[match.end() : match.end() + 1]
    linked = following == "(" or (following == "[" and not _MARKER.match(text, match.end()))
    if match["square"] and not match["link"] and linked:
        return False
    if match["round"]:
        return _round_cites(match, text, known)
    if match["square"] is None or re.search(r"\^|[a-z]{4}", match.group(), re.IGNORECASE):
        return True
    several = len(_SPAN.findall(match["square"])) > 1 or "-" in match["square"]
    if several and re.search(r"(?<!\d)0", match["square"]):
        return False
    attached = _ATTACHED.search(before[-40:])
    if attached:
        return _may_be_cited(attached[1])
    return not (_NOT_BEFORE.search(before[-20:]) and not before[-20:].endswith(("] ", "]")))


def _round_cites(match: re.Match[str], text: str, known: Collection[int]) -> bool:
    """`(1)` counts only at the end of a sentence, after a word, if all its numbers are known."""
    before = text[max(0, match.start() - 40) : match.start()]
    if not re.search(r"[^\W\d_]{2,}[\"'”’)*]*\s+$", before) or _NOT_BEFORE.search(before):
        return False
    if not re.match(r"[.!?]?\s*$|[.!?]\s", text[match.end() :]):
        return False
    named, strange = _numbers(match["round"], known)
    return bool(named) and not strange


def _may_be_cited(attached: str) -> bool:
    """Whether a bracket right after this may be a marker, and not an index."""
    if attached in {"]", ")"}:
        return True
    return bool(_WORD.fullmatch(attached)) and attached.lower() not in _INDEXED


def _content(match: re.Match[str]) -> str:
    return match["square"] or match["wide"] or match["source"] or match["round"]


def _numbers(content: str, known: Collection[int]) -> tuple[list[int], int]:
    """The known numbers that a marker names, in order, and how many it names besides."""
    named: list[int] = []
    strange = 0
    for first, last in _SPAN.findall(content):
        low, high = sorted((int(first), int(last or first)))
        inside = [number for number in sorted(known) if low <= number <= high]
        named.extend(inside)
        strange += high - low + 1 - len(inside)
    return named, strange
