"""A parsed HTML page: what of it is content, what is maths, and in which line it stands.

It knows the page's elements, not what they become in Markdown.
"""

import re

from lxml import etree
from lxml.etree import _Element

from ingest.readers.tags import BLOCKS, DROPPED, HEADINGS

# Deeper than any page people write; what lies deeper is read as plain text.
MAX_DEPTH = 100
# libxml2 keeps no line number above this; from there on, the line ends in the text are counted.
LAST_KNOWN_LINE = 65_534

_CHROME = frozenset({"aside", "footer", "nav"})
_CONTROLS = frozenset({"button", "datalist", "input"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)
# What generators call things that are not the page's own words: line numbers beside code, and
# everything that is drawn from a formula whose source stands beside it.
_GUTTERS = frozenset(
    "gutter lineno linenos linenodiv line-numbers-rows ln lnt rouge-gutter".split()
)
_DRAWN = frozenset("MathJax MathJax_Display MathJax_Preview katex-html mw-editsection".split())
_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[^\W\d_]")
# Control characters, and line ends written as references: those are no lines of the file.
_CONTROL = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f]|&#(?:0*(?:10|13)(?!\d)|x0*[ad](?![0-9a-f]));?|&NewLine;",
    re.IGNORECASE,
)
_WHOLE_PAGE = re.compile(r"<(?:!doctype|html|head|body|frameset)\b", re.IGNORECASE)


class NestedTooDeeplyError(ValueError):
    """HTML whose elements lie deeper in each other than the parser goes."""


class Tree:
    """One page, with the line in which each element's text and each element's tail begin."""

    def __init__(self, html: str, first_line: int) -> None:
        self.text_line: dict[_Element, int] = {}
        self.tail_line: dict[_Element, int] = {}
        self.holds_blocks: set[_Element] = set()
        root = _parsed(html)
        self._walk(root, first_line)
        self.title = " ".join((root.findtext(".//title") or "").split())
        self.content = _content(root)

    def _walk(self, root: _Element, first_line: int) -> None:
        line = first_line
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                known = element.sourceline or 0
                line = max(line, known + first_line - 1 if known <= LAST_KNOWN_LINE else 0)
                self.text_line[element] = line
                line += (element.text or "").count("\n")
            else:
                self.tail_line[element] = line
                line += (element.tail or "").count("\n")
                parent = element.getparent()
                if parent is not None and (element.tag in BLOCKS or element in self.holds_blocks):
                    self.holds_blocks.add(parent)

    def is_block(self, element: _Element) -> bool:
        """Whether it stands apart from the text before and after it."""
        return element.tag in BLOCKS or element in self.holds_blocks

    def is_dropped(self, element: _Element) -> bool:
        """Whether it and everything in it is left out."""
        tag = element.tag
        if tag in DROPPED or tag in _CHROME or tag in _CONTROLS:
            return True
        if tag == "header":
            # An article's header holds its title; a site's, the site's name and menu.
            return next(element.iterancestors("article", "main", "section"), None) is None
        if tag == "form":
            return next(element.iter("main", "article", "h1", "h2"), None) is None
        classes = (element.get("class") or "").split()
        if not _DRAWN.isdisjoint(classes):
            return True
        if not _GUTTERS.isdisjoint(classes) and not _LETTER.search(text_of(element)):
            return True
        if tag == "a" and (element.get("href") or "").startswith("#"):
            # A heading's link to itself or a footnote's way back: a sign, no word.
            return not _WORD.search(text_of(element)) and element.find(".//img") is None
        return _is_hidden(element) and element.find(".//math") is None


def text_of(element: _Element) -> str:
    """All text in an element, as it stands."""
    return "".join(str(text) for text in element.itertext())


def tex_of(element: _Element) -> str | None:
    """The formula in `$` signs, if the element is one; empty if it has no text."""
    if element.tag == "script":
        kind = element.get("type") or ""
        if not kind.startswith("math/tex"):
            return None
        return _dollars(element.text or "", "display" in kind)
    if element.tag != "math":
        return None
    source = element.find(".//annotation[@encoding='application/x-tex']")
    written = source.text if source is not None else element.get("alttext")
    return _dollars(written or text_of(element), _is_display(element))


def _dollars(tex: str, display: bool) -> str:
    tex = " ".join(tex.split())
    if tex.startswith(r"{\displaystyle") and tex.endswith("}"):
        tex = tex[len(r"{\displaystyle") : -1].strip()
    sign = "$$" if display else "$"
    return f"{sign}{tex}{sign}" if tex else ""


def _is_display(math: _Element) -> bool:
    if math.get("display") == "block":
        return True
    return any("katex-display" in (up.get("class") or "") for up in math.iterancestors("span"))


def _is_hidden(element: _Element) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search(element.get("style") or ""))
    )


def _parsed(html: str) -> _Element:
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    page = html if _WHOLE_PAGE.search(html) else f"<body>{html}"
    root = etree.fromstring(_CONTROL.sub(" ", page).encode("utf-8", "replace"), parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise NestedTooDeeplyError
    return etree.Element("html") if root is None else root


def _content(root: _Element) -> _Element:
    """The element that holds the page's own text: its one main part or article, else its body."""
    body = root.find("body")
    everything = root if body is None else body
    for tag in ("main", "article"):
        found = list(everything.iter(tag))
        if len(found) == 1 and text_of(found[0]).strip():
            return found[0]
    return everything


def heads_of(header: _Element) -> list[_Element]:
    """The headings in a page's or an article's header; the rest of it is no text."""
    return list(header.iter(*HEADINGS))
