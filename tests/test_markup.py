"""Notes as safe HTML, with the quoted sentences marked."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.examples import as_question, example_questions
from app.web.markup import Quote, block, inline
from app.web.policy import is_local_host

SAFE = {
    *"a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr li mark ol p pre s span strong".split(),
    *"table tbody td th thead tr ul".split(),
}


class Elements(HTMLParser):
    """Collects the elements and attributes of a page, and whether they are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.open: list[str] = []
        self.text: list[str] = []
        self.marked: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.names.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
        self.open.append(tag if tag != "mark" else f"mark {dict(attrs)['class']}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""
        self.names.add(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the one that began last."""
        assert self.open.pop().split()[0] == tag

    def handle_data(self, data: str) -> None:
        """Text, kept under the mark that it stands in."""
        self.text.append(data)
        for name in self.open:
            if name.startswith("mark"):
                self.marked[name[5:]] = self.marked.get(name[5:], "") + data


def marked(text: str, *quotes: str) -> dict[str, str]:
    """What stands in the marks of each quote."""
    spans = [
        Quote(number, text.index(quote), text.index(quote) + len(quote))
        for number, quote in enumerate(quotes, 1)
    ]
    return Elements(block(text, spans)).marked


@pytest.mark.parametrize(
    "hostile",
    [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "</div></details><iframe src=//example.org>",
        "![x](https://example.org/pixel.png)",
        "![x]: https://example.org/pixel.png\n\n![x]",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//example.org)",
        '[x](https://example.org/"onmouseover="alert(1))',
        "<style>*{background:url(https://example.org)}</style>",
        "`<img src=x onerror=alert(1)>`",
        '```"><script>alert(1)</script>\n<img src=x onerror=alert(1)>\n```',
        "$<img src=x onerror=alert(1)>$",
        "$$\n</div><script>alert(1)</script>\n$$",
        "| <script> |\n|---|\n| <img src=x> |",
    ],
)
def test_a_note_cannot_bring_elements_of_its_own(hostile: str) -> None:
    """Whatever a note holds, the page has only harmless elements and links to the web."""
    for page in (block(hostile), inline(hostile)):
        found = Elements(page)
        assert found.names <= SAFE
        assert {name for name, _ in found.attributes} <= {"class", "href", "target", "rel", "style"}
        links = {value for name, value in found.attributes if name == "href"}
        assert all(link.startswith(("https://", "http://")) for link in links)


@given(
    st.text(st.characters(codec="utf-8") | st.sampled_from("<>`$*_[]()!|#-~\\\n &'\""), max_size=80)
)
def test_any_text_becomes_one_safe_block(text: str) -> None:
    """Elements are harmless and properly nested, and no empty line ends the block early."""
    page = block(text)
    found = Elements(page)
    assert found.names <= SAFE
    assert found.open == []
    assert "\n" not in page


@given(st.text(st.sampled_from("ab1 .*_`$<>[]()|#-\n"), min_size=1, max_size=60), st.data())
def test_any_quote_is_marked_or_left(text: str, data: st.DataObject) -> None:
    """Marking never breaks the nesting nor changes what is said."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    with_marks = Elements(block(text, [Quote(1, start, end)]))
    assert with_marks.open == []
    assert "".join(with_marks.text) == "".join(Elements(block(text)).text)


def test_a_quote_is_marked_through_its_markup() -> None:
    """Emphasis, links, code and formulas inside a quote are part of it."""
    text = "Before. **Bold** and [a link](https://example.org/x) with `code` and $x_1$ end. After."
    quote = "**Bold** and [a link](https://example.org/x) with `code` and $x_1$ end."
    assert marked(text, quote) == {"q1": "Bold and a link with code and \\(x_1\\) end."}


def test_each_quote_has_its_number() -> None:
    """Two sentences of one paragraph are marked apart."""
    found = marked("One is here. Two is there.", "One is here.", "Two is there.")
    assert found == {"q1": "One is here.", "q2": "Two is there."}


@pytest.mark.parametrize(
    ("text", "quote", "shown"),
    [
        ("- first item\n- second item\n", "second item", "second item"),
        ("- first\n\n    more of it\n", "    more of it", "more of it"),
        ("# Title\n\nText follows.", "Text follows.", "Text follows."),
        ("> quoted words here", "quoted words here", "quoted words here"),
        ("A line\nthat wraps on.", "A line\nthat wraps on.", "A linethat wraps on."),
        ("$$\nx^2\n$$", "$$\nx^2\n$$", "\\[x^2\\]"),
        ("~~~\na = 1\nb = 2\n~~~", "b = 2", "b = 2"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| 1 | 2 |", "12"),
        ("It is so (really).", "It is so (really).", "It is so (really)."),
    ],
)
def test_a_quote_is_marked_in_every_kind_of_block(text: str, quote: str, shown: str) -> None:
    """Lists, headings, formulas, code and tables hold quotes too."""
    assert marked(text, quote) == {"q1": shown}


def test_of_equal_sentences_the_quoted_one_is_marked() -> None:
    """The place decides where words repeat."""
    text = "It rains.\n\nIt snows.\n\nIt rains."
    start = text.rindex("It rains.")
    page = block(text, [Quote(1, start, len(text))])
    assert page.index("<mark") > page.index("snows")


def test_formulas_are_delimited_for_the_page() -> None:
    """Dollar signs become delimiters that no sum of money can be taken for."""
    assert inline("Let $x$ be.") == "Let \\(x\\) be."
    assert inline("It costs $5 and $6.") == "It costs $5 and $6."
    assert "\\[x &lt; y\\]" in block("$$\nx < y\n$$")


@pytest.mark.parametrize(
    ("formula", "environment"),
    [(r"a = b \\ c = d", "gathered"), (r"a &= b \\ c &= d", "aligned"), ("a = b", "")],
)
def test_a_formula_keeps_its_lines(formula: str, environment: str) -> None:
    """Line breaks in a formula work without an environment of the writer's."""
    page = block(f"$$\n{formula}\n$$")
    assert (f"\\[\\begin{{{environment}}}" in page) is bool(environment)


def test_pictures_become_their_descriptions() -> None:
    """No picture is loaded; what it shows is said."""
    assert "[picture: a curve]" in block("![a curve](https://example.org/x.png)")
    assert "[picture]" in block("![https://example.org/x.png](https://example.org/x.png)")


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Validation", "What is validation?"),
        ("ROC integration", "What is ROC integration?"),
        ("Gradient descending", "What is gradient descending?"),
        ("Transformer block", ""),
        ("Quadratic equation", ""),
        ("How do bees find flowers?", "How do bees find flowers?"),
        ("Early stopping", "What is early stopping?"),
        ("Gradients", ""),
        ("Why recall matters", ""),
        ("Choosing a metric", ""),
        ("Summary", ""),
        ("2019 notes", ""),
        ("What?", ""),
        ("a/b tests: an overview", ""),
        ("", ""),
    ],
)
def test_a_heading_becomes_a_question_where_that_reads_well(heading: str, question: str) -> None:
    """Names of one thing are asked for, questions stay, the rest is left out."""
    assert as_question(heading) == question


def test_examples_come_from_different_notes() -> None:
    """One question a note, spread over the folder, none twice."""
    topics = [f"{letter}ing" for letter in "bcdfghkl"]
    headings = [(topic, "Dancing") for topic in topics]
    assert example_questions(headings) == tuple(f"What is {topic}?" for topic in topics[::2])
    assert example_questions([("Tuning",), ("Tuning",)]) == ("What is tuning?",)
    assert example_questions([]) == ()


@pytest.mark.parametrize(
    ("header", "local"),
    [
        ("127.0.0.1:7860", True),
        ("127.0.0.1", True),
        ("localhost:7860", True),
        ("[::1]:7860", True),
        ("[::1]", True),
        ("example.org", False),
        ("127.0.0.1.example.org:7860", False),
        ("10.0.0.1:7860", False),
        ("", False),
    ],
)
def test_only_loopback_names_are_answered(header: str, local: bool) -> None:
    """A name from elsewhere that was pointed at this machine is refused."""
    assert is_local_host(header) is local


def test_a_message_is_a_block_that_markdown_leaves_alone() -> None:
    """Every rendered passage can stand inside an element on one line."""
    assert re.fullmatch(r"[^\n]+", block("# A\n\n```\nx\n\n\ny\n```\n\n- a\n\n  b\n"))
