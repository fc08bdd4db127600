"""The running text of HTML elements, as Markdown."""

import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element

from ingest.readers.html_tree import MAX_DEPTH, Tree, tex_of, text_of
from ingest.readers.spans import code_span, link_end, raised
from ingest.readers.tags import BLOCKS, CODE, MARKS, RAISED

_WHITE = re.compile(r"[ \t\r\n\f\xa0]+")
_AROUND_LINE_END = re.compile(r" *\n[ \n]*")
# `Language-` and `lang-` are the HTML standard's and the highlighters' ways to name it.
_LANGUAGE = re.compile(r"(?:^|\s)(?:language-|lang-|highlight-source-|brush:\s*)([\w+#.-]+)")


class InlineText:
    """Writes the text of elements that are no blocks."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def of(self, element: _Element, depth: int) -> str:
        """An element's content in one or, with `<br>`, several lines."""
        return joined(self._parts(element, depth))

    def child(self, element: _Element, depth: int) -> str:
        """What an element within running text stands for, its own marks included."""
        tag = str(element.tag)
        tex = tex_of(element)
        if tex is not None:
            return f"\n{tex}\n" if tex.startswith("$$") else tex
        if self._tree.is_dropped(element):
            return ""
        if depth > MAX_DEPTH:
            return _WHITE.sub(" ", text_of(element))
        if tag == "br":
            return "\n"
        if tag == "img":
            return _WHITE.sub(" ", element.get("alt") or "")
        if tag in CODE:
            return code_span(text_of(element).replace("\xa0", " "))
        text = joined(self._parts(element, depth))
        if tag in BLOCKS:
            return f"\n{text}\n"
        if tag in MARKS:
            return _marked(text, MARKS[tag], MARKS[tag])
        if tag in RAISED:
            return raised(RAISED[tag], text)
        end = link_end(element.get("href") or "") if tag == "a" else ""
        # A link around a picture leads to the picture in large; its words are the picture's.
        has_words = bool(text_of(element).strip())
        return _marked(text, "[", end) if end and has_words else text

    def _parts(self, element: _Element, depth: int) -> Iterator[str]:
        yield _WHITE.sub(" ", element.text or "")
        for child in element:
            yield self.child(child, depth + 1)
            yield _WHITE.sub(" ", child.tail or "")


def joined(parts: Iterable[str]) -> str:
    """Parts of a text as one, with no white space doubled where they meet."""
    written: list[str] = []
    for part in parts:
        if part and written and written[-1][-1].isspace():
            part = part.lstrip(" ")
        if part:
            written.append(part)
    return _AROUND_LINE_END.sub("\n", "".join(written))


def language_of(pre: _Element) -> str:
    """The programming language that a code block, its code or its frame is marked with."""
    for element in (pre.find(".//code"), pre, pre.getparent()):
        if element is None:
            continue
        found = _LANGUAGE.search(element.get("class") or "")
        named = (
            found.group(1) if found else element.get("data-language") or element.get("data-lang")
        )
        if named and named.strip():
            return named.split()[0]
    return ""


def code_text(tree: Tree, element: _Element) -> str:
    """The text of a code block, as it stands: its tokens joined, its line ends kept."""
    return "".join(_code_parts(tree, element, 0)).replace("\r", "")


def _code_parts(tree: Tree, element: _Element, depth: int) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == "br":
            yield "\n"
        elif depth > MAX_DEPTH:
            yield text_of(child)
        elif not tree.is_dropped(child):
            yield from _code_parts(tree, child, depth + 1)
            if child.tag in ("div", "p", "tr", "li") and not (child.tail or "").startswith("\n"):
                yield "\n"
        yield child.tail or ""


def _marked(text: str, start: str, end: str) -> str:
    """Marks around a text, inside the white space that it begins and ends with."""
    body = text.strip()
    if not body:
        return text
    first = text.index(body)
    return f"{text[:first]}{start}{body}{end}{text[first + len(body) :]}"
