"""Markdown notes: what is cut, what is rewritten, and that nothing else changes."""

import pytest
from fixtures_readers import (
    BLOG_OF_QUESTIONS,
    JEKYLL_POST,
    NOTION_EXPORT,
    README_OF_QUESTIONS,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers import read
from ingest.types import Note


def note(text: str) -> Note:
    """A note read from Markdown."""
    return read("note.md", text.encode())


def text_of(markdown: str) -> str:
    """The text that Markdown is read as."""
    return note(markdown).text


def rows(markdown: str) -> list[tuple[int, str]]:
    """The lines that hold anything, each with its line of the file."""
    read_note = note(markdown)
    lines = zip(read_note.lines, read_note.text.split("\n"), strict=True)
    return [(number, line) for number, line in lines if line.strip()]


# Front matter


@pytest.mark.parametrize(
    ("markdown", "text", "title", "tags"),
    [
        ("---\ntitle: T\ntags: [a, b]\n---\n\nx\n", "x\n", "T", ("a", "b")),
        ("--- \ntitle: T\ntags: 'a, #b, a'\n...\nx", "x", "T", ("a", "b")),
        ("---\ntitle: T\ntags:\n- a\n- [b]\n- c d\n---\nx", "x", "T", ("a", "c d")),
        ("---\ntitle: No\ndate: 2023-02-31\n---\nx", "x", "No", ()),
        ("---\n---\nx", "x", "Note", ()),
        ("---\n# only: a comment\n---\nx", "x", "Note", ()),
        ("---\ntitle: [a, b]\ntags: 7\n---\nx", "x", "Note", ("7",)),
        ("---\ntitle: T\n---", "", "T", ()),
        ("---\ntitle: T\n---\n\n\n", "", "T", ()),
    ],
)
def test_front_matter_is_cut(markdown: str, text: str, title: str, tags: tuple[str, ...]) -> None:
    """Front matter gives the title and the tags and is no part of the text."""
    read_note = note(markdown)
    assert (read_note.text, read_note.title, read_note.tags) == (text, title, tags)


@pytest.mark.parametrize(
    "block",
    [
        "title: A: B\nother: 'open",
        "\tx: y\ntitle: A: B",
        "title: A: B\nitems: [a,\n]",
        "a: " + "[" * 10_000 + "\ntitle: A: B",
        'a: "\\U00110000"\ntitle: A: B',
        "title: A: B\n" + "k: v\n" * 20_000,
    ],
)
def test_broken_front_matter_is_still_cut(block: str) -> None:
    """YAML that does not parse, or is too long to, still gives its title line and goes."""
    read_note = note(f"---\n{block}\n---\nx")
    assert (read_note.text, read_note.title) == ("x", "A: B")


@pytest.mark.parametrize(
    "markdown",
    [
        "---\n\nA paragraph between two rules.\n\n---\n\nx",
        "---\nNote: one\nand more of it.\n---\nx",
        "---\ntitle: never closed\n",
        "---\n",
        "---",
        "----\ntitle: T\n----\nx",
        "\n---\ntitle: T\n---\nx",
        " ---\ntitle: T\n---\nx",
        "x\n\n---\n\ntitle: T\n\n---\n",
        "---\n- a\n- b\n---\n",
    ],
)
def test_a_rule_is_no_front_matter(markdown: str) -> None:
    """Rules stay, at the top and below, whatever stands between them."""
    assert text_of(markdown) == markdown


# Comments


def test_comments_of_a_post_are_dropped() -> None:
    """Comments go with headings, formulas and rules in them; the lines around keep their numbers."""
    assert rows(JEKYLL_POST) == [
        (9, "### Beginnings"),
        (10, "A tree splits the data by one feature at a time."),
        (12, "### Endings"),
        (13, "- **Leaf**: holds a value."),
        (14, "- **Stump**: a tree with one split."),
        (25, "Last words."),
    ]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("a <!-- x --> b", [(1, "a b")]),
        ("a<!-- x -->b", [(1, "ab")]),
        ("a <!-- x\ny --> b\nc", [(1, "a"), (2, "b"), (3, "c")]),
        ("<!-- x --> # H\n", [(1, "# H")]),
        ("<!-- x --> <!-- y\n\nz --> b", [(3, "b")]),
        ("<!-- a -->", []),
        ("a\n<!--\n\nx\n\n-->\nb", [(1, "a"), (7, "b")]),
        ("- a\n  <!-- x\ny\n  -->\n  b\n- c", [(1, "- a"), (5, "  b"), (6, "- c")]),
        ("- <!-- x -->\n  b", [(1, "-"), (2, "  b")]),
        ("> a <!-- x -->\n> b", [(1, "> a"), (2, "> b")]),
        ("| a <!-- x --> | b |\n|---|---|\n", [(1, "| a | b |"), (2, "|---|---|")]),
        ("## H <!-- x -->\nb", [(1, "## H"), (2, "b")]),
        ("a <!--> b --> c", [(1, "a b --> c")]),
        ("<div>\n<!-- x -->\n<p>a</p></div>", [(3, "a")]),
    ],
)
def test_comments_are_dropped(markdown: str, expected: list[tuple[int, str]]) -> None:
    """A comment leaves nothing behind, and what follows it keeps its line."""
    assert rows(markdown) == expected


def test_a_block_comment_keeps_paragraphs_apart() -> None:
    """Paragraphs with a comment between them stay two."""
    assert text_of("a\n<!-- x -->\nb") == "a\n\nb"


@pytest.mark.parametrize(
    "markdown",
    [
        "```html\n<!-- x -->\n```\n",
        "~~~\n<!--\n~~~\n-->\n",
        "text\n\n    <!-- x -->\n",
        "- a\n\n      <!-- x -->\n",
        "`<!-- x -->` and ``<!--` -->``\n",
        "$<!-- x -->$\n",
        "$$\n<!-- x -->\n$$\n",
        "\\begin{align}\n<!-- x -->\n\\end{align}\n",
        "<!-- never closed\n\n# H\n",
        "a <!-- never closed\n\nb -->\n",
        "a --> b\n",
        "\\<!-- x\n",
    ],
)
def test_what_only_looks_like_a_comment_stays(markdown: str) -> None:
    """Code and maths keep their comments, and a comment without an end swallows nothing."""
    assert text_of(markdown) == markdown


# HTML


def test_a_raw_heading_directly_above_text() -> None:
    """A heading in HTML is a heading, and the text in the next line a paragraph."""
    read_note = note("<h3> Start </h3>\nText here.\n")
    assert read_note.text == "### Start\n\nText here.\n"
    assert read_note.lines == (1, 1, 2, 3)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("a <b>b </b>c <i> d</i> e", "a **b** c *d* e"),
        ("<strong>a</strong><em>b</em>", "**a***b*"),
        ("<b></b>a<i> </i>b", "a b"),
        ("a <del>b</del>", "a ~~b~~"),
        ('<a href="https://e.org">b</a>', "[b](https://e.org)"),
        ('<a href="https://e.org/a(b">c</a>', "[c](<https://e.org/a(b>)"),
        ('<a href="#top">b</a> <a name="x"></a>c', "b c"),
        ('<a href="javascript:x()">b</a>', "b"),
        ('<a href="https://e.org"><img src="x"></a>b', "b"),
        ('<img src="a.png" alt="An &amp; oak"> b', "An & oak b"),
        ("<code>a &lt; b</code> <kbd>x`y</kbd>", "`a < b` ``x`y``"),
        ("<code>List<int> <i>x</i></code>", "`List<int> x`"),
        ("<div>\n    ```\n    a\n      b\n    ```\n</div>", "```\na\n  b\n```"),
        ("<div>\n    > a\n</div>", "> a"),
        ("x<sup>2</sup> H<sub>2</sub>O 4<sup>th</sup> e<sup>a b</sup>", "x^2 H_2O 4th e^(a b)"),
        ('<span style="color: red">a</span> <font color=red>b</font> <u>c</u>', "a b c"),
        ("a<br>b<br/>\nc", "a\nb\nc"),
        ("- a<br>b", "- a\n  b"),
        ("# a<br>b", "# a b"),
        ('# <a id="x"></a>Head', "# Head"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>\n    <p>a</p>\n    b\n</div>\nc", "a\n\nb\n\nc"),
        ('<center>\n<h1>Two\nlines</h1>\n</center>', "# Two lines"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("<h2></h2>a", "a"),
        ("<custom-box kind='x'>a</custom-box>", "a"),
        ("<script>\nx <b>\n\ny\n</script>\na", "a"),
        ("a<svg><path d='x'/></svg>b<style>p {}</style>", "ab"),
        ("<details>\n<summary>Why <i>so</i>?</summary>\n\nBecause.\n\n</details>",
         "**Why *so*?**\n\nBecause.\n"),
        ("<details><summary><b>Why</b></summary>Because</details>", "**Why**\n\nBecause"),
        ("<blockquote>\n\n- **a**\n\n</blockquote>", "\n- **a**\n"),
        ("> <h2>a</h2>\n> b", "> ## a\n>\n> b"),
        ("1. <p>a</p>\n2. b", "1. a\n\n2. b"),
        ("a **b** _c_ <u>d</u>  \n[e](f)", "a **b** _c_ d  \n[e](f)"),
    ],
)  # fmt: skip
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    """HTML in a note is written as the Markdown that it stands for."""
    assert text_of(html) == markdown


def test_a_table_in_html() -> None:
    """A table is written as one, blank lines in it or not, with its cells' Markdown intact."""
    html = (
        "<table>\n  <tr><th>A</th><th>B</th></tr>\n\n"
        "  <tr><td>1 | 2</td>\n  <td>`x<y`, $a<b$, List<int>, **c**</td></tr>\n</table>\nafter\n"
    )
    assert rows(html) == [
        (2, "| A | B |"),
        (2, "| --- | --- |"),
        (4, "| 1 \\| 2 | `x<y`, $a<b$, List<int>, **c** |"),
        (7, "after"),
    ]


def test_a_list_in_html() -> None:
    """A list is written as one, with its levels."""
    html = "<ul>\n<li>one</li>\n\n<li>two <b>x</b>\n  <ol><li>n</li></ol></li>\n</ul>\ntext"
    assert rows(html) == [(2, "- one"), (4, "- two **x**"), (5, "  1. n"), (7, "text")]


def test_code_in_html() -> None:
    """A code block keeps its white space and its lines, also within a list item."""
    html = "1. a\n   <pre>\n   one\n     two &lt; 3\n   </pre>\n2. b"
    assert rows(html) == [
        (1, "1. a"),
        (3, "   ```"),
        (3, "   one"),
        (4, "     two < 3"),
        (4, "   ```"),
        (6, "2. b"),
    ]


def test_a_table_row_stays_one_line() -> None:
    """In a cell, paragraphs and line breaks become spaces."""
    markdown = "| a<br>b | <ul><li>c</li><li>d</li></ul> |\n|---|---|\n| <p>e</p> | f |"
    assert text_of(markdown) == "| a b | - c - d |\n|---|---|\n| e | f |"


def test_a_layout_table_keeps_its_code() -> None:
    """A table that holds fenced code is taken for layout: its tags go, the code stays."""
    markdown = "<table><tr><td>\n\n```py\nx<b>1\n```\n\n</td></tr></table>\n"
    assert [line for _, line in rows(markdown)] == ["```py", "x<b>1", "```"]


def test_markdown_directly_below_block_html() -> None:
    """Lists and fences right under a tag are Markdown."""
    markdown = "<h3>T</h3>\n- one\n- two\n```\n<b>x</b>\n```\n"
    assert text_of(markdown) == "### T\n\n- one\n- two\n```\n<b>x</b>\n```\n"


@pytest.mark.parametrize(
    "markdown",
    [
        "a < b and c > d, x<y and y>z, a <b and c> d",
        "List<int>, Map<str, List<T>>, vector<i>",
        "<bos> one <eos>, <s> two </s>, <pad>, <|end|>",
        "see <https://example.org> and <me@example.org>",
        "use <b> and <i> for marks",
        "`<b>x</b>` and ``<p>`</p>``",
        "$a<b$ and $$x <p> y$$ and \\(<i>x</i>\\)",
        "costs $5 <b or $6>",
        "```html\n<b>x</b>\n```",
        "~~~\n<h1>x</h1>",
        "    <b>x</b>\n",
        "- a\n\n      <div>\n",
        "\\<b>x\\</b>",
        "[a](<b c>)",
        "AT&amp;T &lt;b&gt;",
        "## ####### seven\n\n####### seven\n\n######################## line",
        "![a](b.png) [![c](d.svg)](https://e.org)",
    ],
)
def test_what_only_looks_like_html_stays(markdown: str) -> None:
    """Comparisons, types, tokens, addresses, code and maths are no tags."""
    assert text_of(markdown) == markdown


# Fences and maths


def test_tildes_within_maths_open_no_fence() -> None:
    """Maths is found before fences; all of an export but its bold tag comes through as it is."""
    assert text_of(NOTION_EXPORT) == NOTION_EXPORT.replace("<b>counts</b>", "**counts**")


@pytest.mark.parametrize(
    "maths",
    [
        "$$\na\n~~~~\n<b>x</b>\n$$",
        "$$a\n\n```\n<b>x</b>$$",
        "so $$a\n~~~~\n<b>x</b>$$ end",
        "text\nso that $$\n~~~~\n<b>x</b>\n$$",
        "text\n$$\n~~~\n<b>x</b>\n$$",
        "\\[\n~~~~\n<b>x</b>\n\\]",
        "\\begin{align*}\n~~~~\n<b>x</b>\n\\end{align*}",
        "- item\n\n    $$a \\\\\n    ~~~~ <b>x</b>$$",
        "> $$\n> ~~~~\n> <b>x</b>\n> $$",
        "$a\n<b>x</b>$",
    ],
)
def test_maths_over_several_lines_stays(maths: str) -> None:
    """Nothing in a formula is read as a fence or a tag, and reading goes on behind it."""
    assert text_of(f"{maths}\n\n<b>y</b>\n") == f"{maths}\n\n**y**\n"


@pytest.mark.parametrize("markdown", ["a $$ b\n\n~~~\n<b>x</b>\n$$\n", "`$$`\n~~~\n<b>x</b>\n$$\n"])
def test_a_stray_sign_opens_no_formula(markdown: str) -> None:
    """Two dollars in a sentence or in code do not reach over a fence below."""
    assert text_of(markdown) == markdown


# Pictures


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("a ![An oak](data:image/png;base64,AAA+/=) b", "a An oak b"),
        ('![An\noak](<data:image/png;base64,AAA> "T")', "An oak"),
        ("![](data:image/png;base64,AAA)\n\nb", "\nb"),
        ("![][i]\n\n[i]: <data:image/png;base64,AAA>\n", "![][i]\n\n"),
        ("[i]: data:image/png;base64,AAA\n[j]: https://e.org\n", "[j]: https://e.org\n"),
        ("`![a](data:x)`", "`![a](data:x)`"),
    ],
)
def test_pictures_within_the_note_leave_their_text(markdown: str, text: str) -> None:
    """The data of a picture goes, its description stays."""
    assert text_of(markdown) == text


# Everything else


def test_a_readme_comes_through_unchanged() -> None:
    """Odd numbers, doubled addresses and terms without a text are the author's."""
    assert text_of(README_OF_QUESTIONS) == README_OF_QUESTIONS


def test_a_blog_post_comes_through_below_its_front_matter() -> None:
    """Dividers, tabs, hollow bullets, rare letters and unbalanced links stay, line by line."""
    read_note = note(BLOG_OF_QUESTIONS)
    lines = BLOG_OF_QUESTIONS.split("\n")
    assert read_note.text == "\n".join(lines[6:])
    assert read_note.lines == tuple(range(7, len(lines) + 1))
    assert read_note.tags == ("woods", "notes")


MARKDOWN = st.lists(
    st.sampled_from(
        "word| |  |\n|\n\n|\t|    |- |* |> |# |## |1. |2) |---\n|===\n|```\n|~~~\n|`|$|$$\n|$$|\\|"
        "| |\n|-|-|\n|**|_|[|](u)|![a](b.png)|[x]: y\n|a < b|x<y|<eos>|&lt;|\x0b|\u2028|𝐀|◦ ".split("|")
    ),
    max_size=60,
).map("".join)  # fmt: skip


@given(markdown=MARKDOWN)
@settings(max_examples=500, deadline=None)
def test_markdown_without_html_is_never_changed(markdown: str) -> None:
    """Without front matter, comments and HTML the text is the file's, byte for byte."""
    read_note = note("x" + markdown)
    assert read_note.text == "x" + markdown
    assert read_note.lines == tuple(range(1, markdown.count("\n") + 2))


WORDS = [f"word{number}" for number in range(60)]
AROUND = st.sampled_from(
    " |\n|\n\n|\n- |\n  |\n    |\n> |\n## |\n1. |\n---\n|\n```\n|\n~~~\n|`|$|\n$$\n|<b>|</b>|<div>|</div>|"
    "\n<div>\n|<h3>|</h3>|<p>|</p>|<br>|<hr>|<table>|<tr>|<td>|</td>|</table>|<ul>|<li>|</ul>|<dl>|<dt>|<dd>|</dl>|"
    "<pre>|</pre>|<code>|</code>|<sup>|</sup>|<a href='u'>|</a>|<details>|<summary>|</summary>|<blockquote>|"
    "<span>|</span>|<s>|</s>|<x>|</x>|<math>|</math>".split("|")
)  # fmt: skip


@given(around=st.lists(AROUND, min_size=1, max_size=len(WORDS)))
@settings(max_examples=500, deadline=None)
def test_no_word_is_lost(around: list[str]) -> None:
    """Whatever the tags around it, balanced or not, a word of the note is in the text."""
    markdown = "".join(mark + word for mark, word in zip(around, WORDS, strict=False))
    text = text_of(markdown)
    assert [word for word in WORDS[: len(around)] if word not in text] == []


HOSTILE = {
    "a long line": "x" * 1_000_000,
    "spaces": " " * 500_000 + "x",
    "opening comments": "<!--\n" * 20_000,
    "opening comments in a line": "<!-- " * 50_000,
    "backticks": "`a``b" * 20_000,
    "dollars": "$a $$b " * 20_000,
    "opening formulas": "text $$\n\n" * 10_000,
    "opening environments": "\\begin{align}\n" * 10_000,
    "unclosed tables": "<table>\n" * 5_000,
    "unclosed bold": "<b>" * 20_000,
    "unclosed attribute": '<a b="' * 20_000,
    "many attributes": "<a " + "b " * 50_000,
    "nested bold": "<b>" * 10_000 + "x" + "</b>" * 10_000,
    "nested summaries": "<summary>" * 5_000 + "x" + "</summary>" * 5_000,
    "list marks": "- " * 50_000,
    "deep list": "\n".join("  " * depth + "- <b>a</b>" for depth in range(400)),
    "quotation marks": "> " * 50_000,
    "pictures": "![](data:" * 20_000,
    "brackets": "[" * 100_000,
    "front matter": "---\n" + "a: b\n" * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_markdown_is_read(name: str) -> None:
    """What would bring a careless parser down is read, and its words are there."""
    text = text_of(HOSTILE[name] + "\n\nlast words\n")
    assert text.endswith("last words\n")
