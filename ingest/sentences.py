"""Where sentences begin and end in a piece of Markdown; never inside maths, code or an address."""

import re
from bisect import bisect_right
from typing import Final

Span = tuple[int, int]

_PROTECTED: Final = re.compile(
    r"\$\$.+?\$\$|(?<!\\)\$(?=\S)[^$\n]+?(?<=\S)\$(?!\d)|``[^`]+``|`[^`\n]+`"
    r"|\]\((?:[^()\s]|\([^()\s]*\))*\)|https?://[^\s<>]+[^\s<>.,;:!?)]",
    re.DOTALL,
)
_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]*_]*(?=\s|$)|[。！？]")
_BREAK: Final = re.compile(r"\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*+◦•‣▪]|\d{1,3}[.)])\s)")
_LINE_END: Final = re.compile(r"\n")
_ABBREVIATIONS: Final = frozenset(
    "e.g i.e etc et.al al cf vs fig figs eq eqs sec ch no nos vol pp p ed eds dr mr mrs ms prof"
    " st jr sr inc ltd co approx resp ca c gen w.r.t a.k.a viz def thm".split()
)
# Initials and dotted letters: 'J.', 'z. B.', 'U.S.'
_LETTERS: Final = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
_QUOTED: Final = re.compile(r"[ \t]*(?:>[ \t]?)+")
# A line under this width that the next line does not continue was ended by its writer, not by
# wrapping at a margin.
_WRAPPED_WIDTH: Final = 60


def sentences(text: str) -> list[Span]:
    """The sentences of `text` in order, as trimmed [start, end) spans; nothing visible is lost."""
    protected = [match.span() for match in _PROTECTED.finditer(text)]
    cuts = {match.end() for match in _END.finditer(text) if _ends_sentence(text, match)}
    cuts |= {match.end() for match in _BREAK.finditer(text)}
    cuts |= {match.end() for match in _LINE_END.finditer(text) if _ends_line(text, match.start())}
    starts = [start for start, _ in protected]
    spans: list[Span] = []
    begin = 0
    for cut in sorted(cuts | {len(text)}):
        at = bisect_right(starts, cut) - 1
        if at >= 0 and protected[at][0] < cut < protected[at][1]:
            continue
        span = trimmed(text, begin, cut)
        begin = cut
        if span is not None:
            spans.append(span)
    return spans


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without white space at its ends; None where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    end = match.end()
    following = text[end : end + 40].lstrip()
    if not following:
        return True
    mark = match.group()
    if mark[0] != ".":
        return not following[0].islower()
    if following[0].islower():
        return False
    word = _word_before(text, match.start())
    if mark.startswith("...") or not word:
        return True
    return not (
        word.lower() in _ABBREVIATIONS
        or _LETTERS.fullmatch(word)
        or (word.isdigit() and _opens_line(text, match.start() - len(word)))
    )


def _word_before(text: str, end: int) -> str:
    start = end
    while start > 0 and end - start < 12 and (text[start - 1].isalnum() or text[start - 1] == "."):
        start -= 1
    return text[start:end]


def _opens_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", max(0, at - 40), at) + 1 : at].strip()


def _ends_line(text: str, newline: int) -> bool:
    before = text[max(0, newline - _WRAPPED_WIDTH) : newline]
    following = _QUOTED.sub("", text[newline + 1 : newline + 41], count=1).lstrip()
    if not following or not following[0].isupper():
        return False
    if before.rstrip()[-1:] in {":", ";"}:
        return True
    return "\n" in before or newline < _WRAPPED_WIDTH
