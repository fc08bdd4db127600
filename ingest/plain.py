"""Markdown to the words it says: what is encoded, counted and searched. It never changes a note."""

import re
from typing import Final

from ingest.types import Kind, Passage

IMAGE: Final = re.compile(r"!\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
LINK: Final = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
ADDRESS: Final = re.compile(r"<?\b(?:https?://|www\.)[^\s<>\"]+>?")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_FENCE: Final = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[^\n`]*$", re.MULTILINE)
_LINE_START: Final = re.compile(
    r"^[ \t]*(?:#{1,6}(?=\s)|[-*+◦•‣▪](?=\s)|\d{1,9}[.)](?=\s))[ \t]*(?:\[[ xX]\](?=\s))?",
    re.MULTILINE,
)
_QUOTE: Final = re.compile(r"^[ \t]*>[ \t>]*", re.MULTILINE)
_RULE: Final = re.compile(r"^[ \t]*(?:[-*_=#|:][ \t]*){3,}$", re.MULTILINE)
_TEXT_COMMAND: Final = re.compile(
    r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|mathsf|mathcal|mathbb|operatorname)\*?"
    r"\s*\{([^{}]*)\}"
)
_LAYOUT_COMMAND: Final = re.compile(
    r"\\(?:begin|end)\{[a-z*]+\}|\\[\\,;:! ]"
    r"|\\(?:big|Big|bigg|Bigg|left|right|quad|qquad|displaystyle|limits)\b"
)
_COMMAND: Final = re.compile(r"\\([a-zA-Z]+)")
# Stars go in pairs: the one of 'A* search' stays. The bound keeps hostile text linear.
_STARS: Final = re.compile(r"(\*{1,3})(?=[^\s*])((?:(?!\1).){1,400}?)(?<=[^\s*])\1")
_EMPHASIS: Final = re.compile(r"\*{2,}|(?<!\w)_{1,3}|_{1,3}(?!\w)|~~|`+")
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE: Final = 0xE000
_SHOWN: Final = {_PRIVATE + code: chr(code) for code in range(33, 127)}
_SPACE: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"\w+")
# The nearest heading tells most; the levels above it blur the vector (docs/architecture.md).
_MAX_TITLE: Final = 120
# A heading of such words alone says nothing without the one above it.
_GENERIC: Final = frozenset(
    "a an the my your our its this that of in on for to and or in more about initial final first"
    " second last short long answer answers definition definitions example examples worked formula"
    " formulas note notes summary overview introduction intro background details remarks pros cons"
    " advantages disadvantages drawbacks benefits limitations types kinds variants uses why how"
    " when metrics results discussion conclusion steps algorithm code implementation".split()
)


def plain(markdown: str) -> str:
    """The words of a piece of Markdown on one line, without markup and addresses."""
    text = _FENCE.sub(" ", markdown)
    text = _RULE.sub(" ", text)
    text = _LINE_START.sub(" ", _QUOTE.sub("", text))
    if "](" in text:
        text = IMAGE.sub(_image_words, text)
        text = LINK.sub(r"\1", text)
    text = ADDRESS.sub(" ", text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "\\" in text:
        text = _plain_maths(text)
    text = _ESCAPE.sub(_hidden, text)
    if "*" in text:
        text = _STARS.sub(r"\2", _STARS.sub(r"\2", text))
    text = _EMPHASIS.sub("", text)
    text = text.replace("$", " ").replace("|", " ").translate(_SHOWN)
    return _SPACE.sub(" ", text).strip()


def words_outside_links(markdown: str) -> int:
    """How many words are said by the text itself and not by links, images or addresses."""
    text = IMAGE.sub(" ", markdown)
    text = LINK.sub(" ", text)
    return sum(1 for word in plain(text).split() if any(c.isalnum() for c in word))


def encoded_text(passage: Passage) -> str:
    """What is encoded for a passage: the heading path, then the body in plain words."""
    if passage.kind is Kind.LISTED:
        return question_of(passage) or path_text(passage.heading)
    body = plain(passage.body)
    path = path_text(passage.heading)
    return f"{path}: {body}" if path and body else path or body


def question_of(passage: Passage) -> str:
    """What a listed passage asks, without the links and plans that may stand under it."""
    asked = ""
    for line in passage.body.split("\n"):
        if not line.strip() and asked:
            break
        asked = f"{asked} {plain(line)}".strip()
        if asked.endswith("?") or line.lstrip().startswith("#"):
            break
    return asked


def path_text(heading: tuple[str, ...]) -> str:
    """The heading as it is encoded: the nearest, with as many above it as it takes to say what."""
    for at in range(len(heading) - 1, -1, -1):
        if not _GENERIC.issuperset(_WORD.findall(heading[at].lower())):
            return " > ".join(title[:_MAX_TITLE] for title in heading[at:])
    return " > ".join(title[:_MAX_TITLE] for title in heading)


def _image_words(match: re.Match[str]) -> str:
    alt = match.group(1)
    return " " if ADDRESS.match(alt) or alt.lower() in {"image", "img", "untitled"} else f" {alt} "


def _plain_maths(text: str) -> str:
    text = _TEXT_COMMAND.sub(r" \1 ", text)
    text = _LAYOUT_COMMAND.sub(" ", text)
    text = _COMMAND.sub(r" \1 ", text)
    return text.replace("\\{", " ").replace("\\}", " ").replace("{", " ").replace("}", " ")


def _hidden(match: re.Match[str]) -> str:
    """An escaped character, moved where no later rule takes it for markup."""
    return chr(_PRIVATE + ord(match.group(1)))
