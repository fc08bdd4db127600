r"""Markdown of a note to HTML that is safe to show, with quoted sentences marked.

Everything a note says comes out as text: its HTML is escaped, its pictures become their
descriptions, its links lead to the web or nowhere. Formulas stand between `\(` and `\)` or `\[`
and `\]` for the page to set. It knows no answers and no window.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import dedent
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

_INLINE_MATHS: Final = frozenset({"math_inline", "math_inline_double"})
_BLOCK_MATHS: Final = frozenset({"math_block", "amsmath"})
_CODE: Final = frozenset({"fence", "code_block", "code_inline"})
_LEAVES: Final = frozenset({"text"}) | _INLINE_MATHS | _BLOCK_MATHS | _CODE


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage, `text[start:end]`, marked with a number."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Mark:
    number: int
    start: int
    end: int


def inline(markdown: str) -> str:
    """One sentence or list item, without a paragraph of its own."""
    parser = _parser()
    tokens = parser.parseInline(markdown)
    return _one_block(parser.renderer.render(tokens, parser.options, {}))


def block(markdown: str, quotes: Sequence[Quote] = ()) -> str:
    """A passage, each quote in a `mark` of class `q` and its number wherever it can be found."""
    parser = _parser()
    tokens = parser.parse(markdown)
    marks = _marks(markdown, tokens, quotes)
    return _one_block(parser.renderer.render(tokens, parser.options, {"marks": marks}))


def escaped(text: str) -> str:
    """Plain text for HTML, on one line."""
    return html.escape(text).replace("\n", "&#10;")


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # Without allow_digits, '$5 and $6' is money.
    parser.use(dollarmath_plugin, allow_labels=False, allow_digits=False, double_inline=True)
    parser.use(amsmath_plugin)
    for rule in _LEAVES:
        parser.add_render_rule(rule, _leaf)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link)
    return parser


def _one_block(rendered: str) -> str:
    # An empty line would end the HTML block that the page's own Markdown reader sees.
    return rendered.replace("\n", " ").strip()


def _leaf(
    _renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, env: Any
) -> str:
    token = tokens[at]
    marks = env.get("marks", {}).get(id(token), ())
    if token.type == "text":
        return _marked(token.content, marks)
    whole = (_Mark(marks[0].number, 0, len(token.content)),) if marks else ()
    if token.type in _INLINE_MATHS:
        opening, closing = ("\\[", "\\]") if token.type == "math_inline_double" else ("\\(", "\\)")
        return _wrapped(f"{opening}{escaped(token.content)}{closing}", whole)
    if token.type in _BLOCK_MATHS:
        formula = _wrapped(f"\\[{escaped(_lined_up(token.content.strip()))}\\]", whole)
        return f'<div class="formula">{formula}</div>'
    if token.type == "code_inline":
        return _wrapped(f"<code>{escaped(token.content)}</code>", whole)
    return f"<pre><code>{_marked(token.content, marks)}</code></pre>"


def _lined_up(formula: str) -> str:
    """A formula of several lines in the environment that the page needs to break them."""
    if "\\\\" not in formula or "\\begin" in formula:
        return formula
    environment = "aligned" if "&" in formula else "gathered"
    return f"\\begin{{{environment}}} {formula} \\end{{{environment}}}"


def _image(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    described = renderer.renderInlineAsText(token.children or [], options, env)
    # Exports put the picture's address where its description belongs.
    said = f": {described}" if described and "://" not in described else ""
    return f'<span class="picture">[picture{escaped(said)}]</span>'


def _link(
    _renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, _env: Any
) -> str:
    address = str(tokens[at].attrGet("href") or "")
    if not address.startswith(("https://", "http://")):
        return "<a>"
    return f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer">'


def _marked(text: str, marks: Iterable[_Mark]) -> str:
    """Text with its marked stretches; a stretch that begins inside the one before is cut short."""
    parts, at = [], 0
    for mark in sorted(marks, key=lambda mark: mark.start):
        start = max(mark.start, at)
        if start >= mark.end:
            continue
        parts.append(escaped(text[at:start]))
        parts.append(_wrapped(escaped(text[start : mark.end]), (mark,)))
        at = mark.end
    return "".join((*parts, escaped(text[at:])))


def _wrapped(rendered: str, marks: Sequence[_Mark]) -> str:
    return f'<mark class="q{marks[0].number}">{rendered}</mark>' if marks else rendered


def _marks(
    markdown: str, tokens: Sequence[Token], quotes: Sequence[Quote]
) -> Mapping[int, list[_Mark]]:
    """Where the quotes lie in the leaves of a parsed text.

    Markup shifts every offset, so quotes are found by their letters and digits: these come through
    parsing unchanged. Of equal stretches the one nearest to the quote's own place is meant.
    """
    leaves = list(_leaves(tokens))
    places = [
        (leaf, at)
        for leaf, token in enumerate(leaves)
        for at, letter in enumerate(token.content)
        if letter.isalnum()
    ]
    letters = "".join(leaves[leaf].content[at] for leaf, at in places)
    found: dict[int, list[_Mark]] = {}
    for quote in quotes:
        # Taken out of its list, an indented paragraph would be code.
        wanted = _letters(dedent(markdown[quote.start : quote.end]))
        start = _nearest(letters, wanted, len(_letters(markdown[: quote.start])))
        if start is None:
            continue
        for leaf, first, last in _stretches(places[start : start + len(wanted)], leaves):
            found.setdefault(id(leaves[leaf]), []).append(_Mark(quote.number, first, last))
    return found


def _leaves(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        if token.type in _LEAVES:
            yield token
        elif token.children and token.type != "image":
            yield from _leaves(token.children)


def _letters(markdown: str) -> str:
    leaves = _leaves(_parser().parse(markdown))
    return "".join(letter for leaf in leaves for letter in leaf.content if letter.isalnum())


def _nearest(letters: str, wanted: str, expected: int) -> int | None:
    best: int | None = None
    start = letters.find(wanted) if wanted else -1
    while start != -1:
        if best is None or abs(start - expected) < abs(best - expected):
            best = start
        start = letters.find(wanted, start + 1)
    return best


def _stretches(
    places: Sequence[tuple[int, int]], leaves: Sequence[Token]
) -> Iterable[tuple[int, int, int]]:
    """The stretch of each leaf that a quote covers, with the spaces inside the quote."""
    ends: dict[int, tuple[int, int]] = {}
    for leaf, at in places:
        ends[leaf] = (ends.get(leaf, (at, at))[0], at)
    opening, closing = places[0][0], places[-1][0]
    for leaf, (first, last) in ends.items():
        content = leaves[leaf].content
        start = first if leaf == opening else 0
        end = _through_punctuation(content, last + 1) if leaf == closing else len(content)
        yield leaf, start, end


def _through_punctuation(text: str, end: int) -> int:
    """The end of a stretch with the full stop, bracket or quotation mark that closes it."""
    while end < len(text) and not text[end].isalnum() and not text[end].isspace():
        end += 1
    return end
