"""Markdown's marks within a line, as strings. Knows neither HTML nor notes."""

import re

# Links that lead out of the note; others (`#top`, `javascript:`, `data:`) leave their text.
_NO_ADDRESS = re.compile(r"\s*(?:#|javascript:|data:|vbscript:|$)", re.IGNORECASE)
_TICKS = re.compile(r"`+")
_ORDINALS = frozenset({"st", "nd", "rd", "th"})


def code_span(code: str) -> str:
    """Code within a line, fenced by more backticks than it holds."""
    code = re.sub(r"[\r\n]+", " ", code).strip()
    if not code:
        return ""
    fence = "`" * (max((len(run) for run in _TICKS.findall(code)), default=0) + 1)
    space = " " if code[0] == "`" or code[-1] == "`" else ""
    return f"{fence}{space}{code}{space}{fence}"


def link_end(address: str) -> str:
    """What follows a link's text; empty where the address leads nowhere."""
    if _NO_ADDRESS.match(address):
        return ""
    address = " ".join(address.split())
    if re.search(r"\s", address) or not _balanced(address):
        address = "<" + re.sub(r"[<>]", "", address) + ">"
    return f"]({address})"


def raised(sign: str, text: str) -> str:
    """`x^2` and `x_i`; ordinals and footnote marks stay as they are."""
    text = " ".join(text.split())
    if not text or text in _ORDINALS or text[0] in "[(*†‡":
        return text
    return f"{sign}{text}" if re.fullmatch(r"[-+−]?\w+", text) else f"{sign}({text})"


def fenced(code: str, language: str) -> list[str]:
    """Lines of code between fences longer than any in it."""
    runs = [len(run) for run in _TICKS.findall(code)]
    fence = "`" * max([3, *(run + 1 for run in runs if run >= 3)])
    return [fence + language, *code.split("\n"), fence]


def _balanced(address: str) -> bool:
    depth = 0
    for sign in re.findall(r"[()]", address):
        depth += 1 if sign == "(" else -1
        if depth < 0:
            return False
    return depth == 0
