"""Saved pages and fragments of HTML: what stays, as which Markdown, and in which line."""

import pytest
from fixtures_readers import SAVED_PAGE
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers import read
from ingest.readers.html import markdown_of


def text_of(html: str) -> str:
    """The text that a fragment of HTML is read as."""
    return read("page.html", html.encode()).text


def test_a_saved_page_is_its_main_part() -> None:
    """Menus, headers, footers, asides, scripts and styles go; the main part stays."""
    read_note = read("page.html", SAVED_PAGE.encode())
    assert read_note.text == "# Trees\n\nTall & wide, old too."
    assert read_note.lines == (7, 7, 8)


@pytest.mark.parametrize(
    "html",
    [
        "<body><p>no</p><main><p>yes</p></main></body>",
        "<body><p>no</p><article><p>yes</p></article></body>",
        "<body><main></main><article>yes</article><p>no</p></body>",
        "<body><nav>no</nav><header><h1>no</h1></header><p>yes</p><footer>no</footer></body>",
        "<head><title>no</title></head>yes<script>no</script><template>no</template>",
        "yes<noscript>no</noscript><svg><text>no</text></svg><button>no</button>",
        "yes<form><p>no</p><select><option>no</option></select></form><iframe>no</iframe>",
        "yes<p hidden>no</p><p style='display: none'>no</p><i aria-hidden='true'>no</i>",
        "<p>yes<span class='mw-editsection'>no</span></p><!-- no --><?php no ?>",
    ],
)
def test_what_is_no_content_goes(html: str) -> None:
    """Only the page's own text is read."""
    assert text_of(html) == "yes"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<article>a</article><article>b</article>", "a\n\nb"),
        ("<article><header>by me<h1>A</h1></header><p>b</p></article>", "# A\n\nb"),
        ("<form><h1>A</h1><p>b</p><input></form>", "# A\n\nb"),
        ("plain &amp; simple", "plain & simple"),
        ("<h1>A</h1><h6>B <a href='#b'>¶</a></h6>", "# A\n\n###### B"),
        ("<h2><a class='anchor' href='#a'><svg></svg></a>A</h2>", "## A"),
        ("<h2><a href='#a'><span>A</span></a></h2>", "## A"),
        ("<h2>A<br>b</h2><h3> </h3>", "## A b"),
        ("<h2>C #</h2>", "## C \\#"),
        ("<a href='https://e.org'><h2>A</h2></a>", "## A"),
        ("<p>a\n   b</p>\n\n<p>c</p>d", "a b\n\nc\n\nd"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("a<br>b<br/>\n c", "a\nb\nc"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("<b> a </b>b<i></i> <em>c</em>", "**a** b *c*"),
        ("<p><strong>L</strong>east</p>", "**L**east"),
        ("x<sup>2</sup> H<sub>2</sub>O 1<sup>st</sup> a<sup>[1]</sup> e<sup>-x/2</sup>",
         "x^2 H_2O 1st a[1] e^(-x/2)"),
        ("<a href='https://e.org/a b'>c</a>", "[c](<https://e.org/a b>)"),
        ("<a href='/a_(b)'>c</a> <a href='#x'>d</a> <a>e</a>", "[c](/a_(b)) d e"),
        ("<a href='/big.jpg'><img alt='An oak' src='s.jpg'></a>", "An oak"),
        ("<img src='x.png'>a<img alt=''>", "a"),
        ("<code>a<b>b</b>  c</code> <code>`</code> <code></code>", "`ab  c` `` ` ``"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol start='9'><li>a</li><li>b<p>c</p></li></ol>", "9. a\n10. b\n\n    c"),
        ("<ul><li>a</li><ul><li>b</li></ul>stray</ul>", "- a\n  - b\n  stray"),
        ("<ul><li><input type='checkbox' checked>a</li><li><input type='checkbox'>b</li></ul>",
         "- [x] a\n- [ ] b"),
        ("<ol><li>a<blockquote>b</blockquote></li><li>c</li></ol>", "1. a\n\n   > b\n\n2. c"),
        ("<ul><li></li><li>a</li></ul>", "- a"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<dl><dt>A</dt><dd>b</dd><dt>C</dt><dd><p>d</p><p>e</p></dd></dl>",
         "- **A**: b\n- **C**: d\n\n  e"),
        ("<dl><div><dt>A</dt><dd><ul><li>b</li></ul></dd></div></dl>", "- **A**\n  - b"),
        ("<details><summary>A</summary>b</details>", "**A**\n\nb"),
        ("<figure><img alt='a'><figcaption>b</figcaption></figure>", "a\n\nb"),
    ],
)  # fmt: skip
def test_elements(html: str, markdown: str) -> None:
    """Each element is written as the Markdown that it stands for."""
    assert text_of(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<pre>\na\n  b &lt; c\n\n</pre>", "```\na\n  b < c\n```"),
        ("<pre><code class='hljs language-c++'>a</code></pre>", "```c++\na\n```"),
        ("<pre class='lang-py'>a</pre>", "```py\na\n```"),
        ("<div data-language=' '><pre>a</pre></div>", "```\na\n```"),
        ("<pre><code><span>f</span><span>(</span><span>x</span>)\n<span>y</span></code></pre>",
         "```\nf(x)\ny\n```"),
        ("<pre>a<br>b</pre>", "```\na\nb\n```"),
        ("<pre><div>a</div><div>b</div></pre>", "```\na\nb\n```"),
        ("<pre>```\na\n```</pre>", "````\n```\na\n```\n````"),
        ("<table><tr><td class='gutter'><pre class='lineno'>1\n2</pre></td><td><pre>a\nb</pre></td>"
         "</tr></table>", "```\na\nb\n```"),
        ("<pre><span class='ln'>1</span>a</pre>", "```\na\n```"),
        ("<pre> \n </pre>", ""),
    ],
)  # fmt: skip
def test_code_blocks(html: str, markdown: str) -> None:
    """Code keeps its white space and its language; its tokens are joined, line numbers go."""
    assert text_of(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<table><caption>C</caption><tr><th>A<th>B</tr><tr><td>a|b<td><p>c</p><p>d</p></tr></table>",
         "C\n\n| A | B |\n| --- | --- |\n| a\\|b | c d |"),
        ("<table><tr><td>a<td>b</table>", "|  |  |\n| --- | --- |\n| a | b |"),
        ("<table><tr><th>A<th>B<tr><td rowspan=2>a<td>b<tr><td>c</table>",
         "| A | B |\n| --- | --- |\n| a | b |\n| a | c |"),
        ("<table><tr><th colspan=2>A<th>B<tr><td>a<td>b<td>c</table>",
         "| A |  | B |\n| --- | --- | --- |\n| a | b | c |"),
        ("<table><tr><td colspan=x rowspan=-1>a<td>b</table>",
         "|  |  |\n| --- | --- |\n| a | b |"),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\n\nb"),
        ("<table><tr><td>a<td><ul><li>b</ul></table>", "a\n\n- b"),
        ("<table>stray<tr><td>a<td>b</table>", "stray\n\na\n\nb"),
        ("<table></table>", ""),
    ],
)  # fmt: skip
def test_tables(html: str, markdown: str) -> None:
    """A table is a table, and one that only lays out the page is its cells."""
    assert text_of(html) == markdown


KATEX = (
    '<span class="katex"><span class="katex-mathml"><math><semantics><mi>x</mi>'
    '<annotation encoding="application/x-tex">x^2 &lt; 1</annotation></semantics></math></span>'
    '<span class="katex-html" aria-hidden="true"><span>x</span>2</span></span>'
)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (f"<p>a {KATEX} b</p>", "a $x^2 < 1$ b"),
        (f"<p>a</p><span class='katex-display'>{KATEX}</span>", "a\n\n$$x^2 < 1$$"),
        ("<p>a <span class='MathJax_Preview'>x</span><span class='MathJax'>x2</span>"
         "<script type='math/tex'>x<y</script> b</p>", "a $x<y$ b"),
        ("<p>a<script type='math/tex; mode=display'>x\n+ y</script>b</p>", "a\n$$x + y$$\nb"),
        ("<span style='display: none'><math alttext='{\\displaystyle z}'><mi>z</mi></math></span>"
         "<img aria-hidden='true' alt='z'>", "$z$"),
        ("<math><mi>x</mi><mo>=</mo><mn>1</mn></math>", "$x=1$"),
        ("<p>\\( a \\) and $b &lt; c$</p><p>\\[ d \\]</p>", "\\( a \\) and $b < c$\n\n\\[ d \\]"),
        ("<h2>On <script type='math/tex'>x</script></h2>", "## On $x$"),
        ("<math></math>a", "a"),
    ],
)  # fmt: skip
def test_formulas_are_written_once_as_latex(html: str, markdown: str) -> None:
    """A drawn formula is its source, and what it was drawn as goes."""
    assert text_of(html) == markdown


@pytest.mark.parametrize(
    "line",
    ["# a", "- a", "+ a", "* a", "1. a", "12) a", "> a", "```", "~~~", "===", "---", "* * *",
     "<div>", "<!-- a", "[a]: b", "#", "-"],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "x<br>"])
def test_text_is_no_block_by_accident(line: str, before: str) -> None:
    """A line of text that Markdown would take for a block is escaped, once."""
    escaped = text_of(f"<p>{before}{line.replace('<', '&lt;')}</p>").split("\n")[-1]
    assert escaped.replace("\\", "", 1) == line
    assert escaped != line


@pytest.mark.parametrize(
    "line",
    ["#tag", "-1", "1.5", "a * b * c", "snake_case", "[a] b", "a # b", "2 > 1", "~5", "_a_", "$5",
     "C:\\x", "a < b", "—"],
)  # fmt: skip
def test_other_text_is_not_escaped(line: str) -> None:
    """No backslash is put where none is needed."""
    assert text_of(f"<p>{line.replace('<', '&lt;')}</p>") == line


def test_lines_are_those_of_the_elements() -> None:
    """Each block has the line that its text begins in, code each line its own."""
    html = "<h1>\n a</h1>\n<p>b\n c</p>\n\n<ul>\n<li>d</li>\n<li\n>e</li></ul>\n<pre>f\ng</pre>"
    page = markdown_of(html, 11)
    assert [(number, line) for number, line in zip(page.numbers, page.lines, strict=True) if line] == [
        (12, "# a"),
        (13, "b c"),
        (17, "- d"),
        (19, "- e"),
        (20, "```"),
        (20, "f"),
        (21, "g"),
        (21, "```"),
    ]  # fmt: skip


def test_lines_beyond_what_the_parser_counts() -> None:
    """Line numbers stay exact past the parser's last one."""
    html = "\n" * 70_000 + "<p>a</p>\n\n<p>b</p>"
    assert markdown_of(html, 1).numbers == (70_001, 70_001, 70_003)


@pytest.mark.parametrize(
    ("start", "end"),
    [("<div>", "</div>"), ("<b>", "</b>"), ("<ul><li>", "</li></ul>"), ("<pre><i>", "</i></pre>"),
     ("<blockquote>", "</blockquote>"), ("<dl><div>", "</div></dl>"),
     ("<table><tr><td>", "</td></tr></table>"), ("<h1><div>", "</div></h1>")],
)  # fmt: skip
def test_deep_pages_are_read(start: str, end: str) -> None:
    """Elements nested hundreds deep lose their shape and no words."""
    assert "deep words" in text_of(f"{start * 500}deep words{end * 500}")


HOSTILE = {
    "paragraphs": "<p>x" * 20_000,
    "cells that span": "<table><tr>" + "<td rowspan=99999 colspan=99999>a" * 5_000,
    "rows": "<table>" + "<tr><td>a<td>b" * 10_000,
    "line breaks": "a<br>" * 30_000,
    "links": "<a href='x'>y" * 10_000,
    "entities": "&lt;" * 50_000,
    "open brackets": "<" * 200_000,
    "code": "<pre>" + "<span>x</span>" * 20_000,
    "articles": "<article>x</article>" * 10_000,
    "layout": "<table><tr><td><pre>a</pre></td></tr></table>" * 3_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_html_is_read(name: str) -> None:
    """Masses of tags, closed or not, are read to the end."""
    assert "last words" in text_of(HOSTILE[name] + " last words")


TAGS = "p div b i a ul ol li table tr td th pre code h1 blockquote dl dt dd sup span details summary math br hr"
MARKS = st.sampled_from(
    [f"<{tag}>" for tag in TAGS.split()] + [f"</{tag}>" for tag in TAGS.split()] + [" ", "\n"]
)


@given(marks=st.lists(MARKS, min_size=1, max_size=40))
@settings(max_examples=400, deadline=None)
def test_no_word_is_lost(marks: list[str]) -> None:
    """However the tags are nested, every word between them is in the text, in its place's order."""
    html = "".join(f"{mark}word{number}." for number, mark in enumerate(marks))
    text = text_of(html)
    assert [number for number in range(len(marks)) if f"word{number}." not in text] == []
