"""Every reader: which one is chosen, what it always holds to, and what it refuses."""

from hashlib import sha256

import pytest
from fixtures_readers import (
    BLOG_OF_QUESTIONS,
    GATSBY_HTML,
    JEKYLL_POST,
    NOTION_EXPORT,
    README_OF_QUESTIONS,
    SAVED_PAGE,
    gatsby_page,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import UnreadableNote
from ingest.readers import EXTENSIONS, FORMATS, read
from ingest.types import Note


def note(text: str, path: str = "note.md") -> Note:
    """A note read from text."""
    return read(path, text.encode())


def rows(read_note: Note) -> list[tuple[int, str]]:
    """The lines that hold anything, each with its line of the file."""
    lines = zip(read_note.lines, read_note.text.split("\n"), strict=True)
    return [(number, line) for number, line in lines if line.strip()]


@pytest.mark.parametrize(
    ("path", "text", "format"),
    [
        ("a.txt", JEKYLL_POST, "markdown"),
        ("a.txt", README_OF_QUESTIONS, "markdown"),
        ("a.txt", NOTION_EXPORT, "markdown"),
        ("a.txt", BLOG_OF_QUESTIONS, "markdown"),
        ("a.txt", gatsby_page(), "gatsby"),
        ("a.md", gatsby_page(), "gatsby"),
        ("a.json", gatsby_page(indent=2), "gatsby"),
        ("a.txt", SAVED_PAGE, "html"),
        ("a.md", SAVED_PAGE, "html"),
        ("a.txt", "<!-- saved -->\n<html><p>x</p></html>", "html"),
        ("a.txt", "<p>one</p>\n<p>two</p>\n", "html"),
        ("a.md", "<p>one</p>\n", "markdown"),
        ("a.htm", "plain words", "html"),
        ("a.txt", "Plain words.\n\nAnd more of them.\n", "text"),
        ("a.txt", "a $ sign, 1 < 2, it's #1\n", "text"),
        ("a.md", "Plain words.\n", "markdown"),
        ("a.txt", "[see] what is left\n", "text"),
        ("a.txt", "{% include x %}\n# Heading\n", "markdown"),
        ("a.unknown", "words\n", "text"),
    ],
)
def test_content_decides_before_the_extension(path: str, text: str, format: str) -> None:
    """A file is read as what it holds; its extension decides only where that says nothing."""
    assert note(text, path).format == format


@pytest.mark.parametrize(
    "sign",
    [
        "# Heading",
        "```\ncode\n```",
        "~~~\ncode\n~~~",
        "- item",
        "1. item",
        "> quotation",
        "a [link](https://example.org)",
        "**bold**",
        "`code`",
        "$$x$$",
        r"where $\alpha$ is small",
        "Heading\n=======",
        "a | b\n--|--\n1 | 2",
        "<!-- remark -->",
        "a <b>bold</b> word",
        "---\ntitle: x\n---",
    ],
)
def test_signs_of_markdown(sign: str) -> None:
    """A `.txt` with any sign of Markdown is Markdown."""
    assert note(f"{sign}\n\nwords\n", "a.txt").format == "markdown"


def test_every_extension_names_a_format() -> None:
    """No extension leads to a format that is not there."""
    assert set(EXTENSIONS.values()) == set(FORMATS)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16", b""), ("utf-16-be", b"\xfe\xff")],
)
def test_unicode_encodings(encoding: str, mark: bytes) -> None:
    """UTF-8 with and without a mark and UTF-16 with one give the same text."""
    assert read("a.md", mark + "# Größe – 𝐀\n".encode(encoding)).text == "# Größe – 𝐀\n"


def test_windows_encoding_is_the_last_resort() -> None:
    """What is no UTF-8 is read as Windows-1252."""
    assert read("a.txt", "Maß “so”".encode("cp1252")).text == "Maß “so”"


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("b/a.md", b"\x00\x01", "NUL bytes"),
        ("b/a.md", b"\xff\xfe\x00\x00a\x00", "NUL bytes"),
        ("b/a.md", b"\xff\xfea\x00b", "does not fit"),
        ("b/a.txt", b"abc\x81\x8d", "byte 3 does not fit"),
        ("b/a.txt", b"%PDF-1.7 ...", "is a PDF"),
        ("b/a.json", b'{"a": 1}', "not a note"),
        ("b/a.json", b"[1, 2]", "not a note"),
        ("b/a.txt", b'{"a": 1}', "not a note"),
        ("b/a.txt", b'[{"a": 1}]', "not a note"),
        ("b/a.json", b'{"result": {"data": {"markdownRemark": {"html": 1}}}}', "not a note"),
        ("b/a.json", b'{"result": []}', "not a note"),
        ("b/a.json", b"{", "broken JSON"),
        ("b/a.json", b"[" * 100_000, "broken JSON"),
        ("b/a.html", b"<div>" * 5_000, "nested too deeply"),
    ],
)
def test_unreadable_files_say_why(path: str, data: bytes, reason: str) -> None:
    """What is no note is refused by name, with the reason and what to do."""
    with pytest.raises(UnreadableNote, match=reason) as caught:
        read(path, data)
    assert str(caught.value).startswith("b/a.")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(end: str) -> None:
    """Unix, Windows and old Mac line ends are each one line end."""
    read_note = note(end.join(["# A", "", "b", ""]))
    assert (read_note.text, read_note.lines) == ("# A\n\nb\n", (1, 2, 3, 4))


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("path", ["a.md", "a.txt"])
def test_other_separators_end_no_line(path: str, sign: str) -> None:
    """A separator that an editor shows within a line leaves the line numbers alone."""
    read_note = note(f"a{sign}b\n<b>c</b>\n", path)
    assert rows(read_note) == [(1, f"a{sign}b"), (2, "**c**")]


def test_the_digest_is_of_the_bytes() -> None:
    """Two encodings of one text are two digests."""
    data = "é".encode("utf-16")
    assert read("a.md", data).digest == sha256(data).hexdigest()


@pytest.mark.parametrize("path", ["a.md", "a.txt", "a.html"])
def test_an_empty_file_is_an_empty_note(path: str) -> None:
    """Nothing to read is no error."""
    assert (note("", path).text, note("", path).lines) == ("", (1,))


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        ("a.md", "---\ntitle: Given\n---\n# Heading\n", "Given"),
        (
            "a.md",
            "words\n\n## [The *first*](https://example.org) `one`\n# Second\n",
            "The first one",
        ),
        ("a.md", "#\n\n# ![An image](x.png) $x^2$ A\\*\n", "An image $x^2$ A*"),
        ("a.md", "Underlined\n==========\n", "Underlined"),
        ("a.md", "two lines\nunder one\n=\n\n## Real\n", "Real"),
        ("a.md", "```\n# comment\n```\n# Heading\n", "Heading"),
        ("a.md", "# <b>Bold</b> <a name='x'></a>\n", "Bold"),
        ("a.md", "# snake_case_name\n", "snake_case_name"),
        ("a.html", "<title>Page</title><h2>Head</h2>", "Head"),
        ("a.html", "<title> The\n page </title><p>x</p>", "The page"),
        ("x/gradient-descent.md", "words", "Gradient descent"),
        ("07-k_fold.md", "words", "K fold"),
        ("10-tips.md", "words", "10 tips"),
        ("2024-10-09-my-post.md", "words", "My post"),
        ("My notes.v2.md", "words", "My notes.v2"),
        ("Trees 0123456789abcdef0123456789ABCDEF.md", "words", "Trees"),
        ("Trees-0123456789abcdef0123456789abcdef.html", "<p>x</p>", "Trees"),
        ("0123456789abcdef0123456789abcdef.md", "words", "0123456789abcdef0123456789abcdef"),
        ("big-trees/README.md", "words", "Big trees"),
        ("README.md", "words", "README"),
        ("-.md", "words", "-"),
    ],
)
def test_titles(path: str, text: str, title: str) -> None:
    """A title is given, else the first heading, else the page's own, else the file's name."""
    assert note(text, path).title == title


def test_a_long_title_is_cut() -> None:
    """A title fits on a line."""
    title = note(f"---\ntitle: {'long ' * 100}\n---\n").title
    assert len(title) <= 200
    assert title.endswith("long…")


def test_a_title_holds_no_unprintable_characters() -> None:
    """A title can be shown and stored whatever stands in the front matter."""
    assert note('---\ntitle: "a\\uD800\\tb\\x01"\n---\n').title == "a b"


def test_gatsby_page_is_title_and_html() -> None:
    """Of a page-data file the title, the tags and the HTML are read, and nothing around them."""
    read_note = note(gatsby_page(), "a.txt")
    assert (read_note.title, read_note.tags) == ("Woods", ("trees", "woods"))
    for absent in ("teaser", "A site of trees", "Nobody", "Before", "After", "Not mine"):
        assert absent not in read_note.text


def test_gatsby_html_becomes_markdown() -> None:
    """Anchors, pictures and code tokens of a generated page come out clean."""
    lines = [line for _, line in rows(note(gatsby_page(), "a.txt"))]
    assert lines == [
        "## Oaks",
        "Taller when age < 90 -> still growing 🌳, see [the list](https://example.org/?a=1&b=2)]",
        "### [Elms](https://example.org/elm_(tree))",
        "An elm",
        "- **Bark**: rough",
        "  ```text",
        "  - **Note**: 1 = smooth",
        "  - **Note**: 0 = rough",
        "  ```",
        "```python",
        "grow(tree[2])",
        "x & y",
        "```",
    ]


@pytest.mark.parametrize(("indent", "line"), [(None, 1), (1, 15)])
def test_gatsby_lines_are_the_line_of_the_html(indent: int | None, line: int) -> None:
    """All lines map to the one line of the file that holds the HTML."""
    page = gatsby_page(indent=indent)
    assert set(note(page, "a.json").lines) == {line}
    assert GATSBY_HTML[:9] in page.split("\n")[line - 1].replace('\\"', '"')


def test_gatsby_title_falls_back_to_the_first_heading() -> None:
    """A page without front matter is called by its first heading."""
    page = '{"result": {"data": {"markdownRemark": {"html": "<h2>Oaks \\ud83c</h2>"}}}}'
    assert note(page, "a.json").title == "Oaks ?"


def test_plain_text_is_left_alone() -> None:
    """Plain text keeps its paragraphs and its white space."""
    text = "  First line \n\n\tSecond: 3 < 4\n"
    read_note = note(text, "some-words.txt")
    assert (read_note.text, read_note.title) == (text, "Some words")


PATHS = st.sampled_from(["a.md", "a.txt", "a.html", "a.json", "b/c.markdown", "noextension"])


@given(path=PATHS, data=st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_note_or_unreadable(path: str, data: bytes) -> None:
    """No bytes make a reader fail in any other way."""
    try:
        read_note = read(path, data)
    except UnreadableNote:
        return
    assert len(read_note.lines) == read_note.text.count("\n") + 1


TOKENS = st.sampled_from(
    "a b|\n|\n\n|\r\n|\r|\t|    |- |> |# |1. |---\n|===\n|```\n|~~~\n|`|$|$$\n|\\|\\[\n|\\]|"
    "\\begin{align}|\\end{align}|<|>|&lt;|&#10;|&#13;|<!-- | -->|<b>|</b>|<div>|</div>|<p>|<h3>|"
    "</h3>|<br>|<hr>|<table>|<tr>|<td>|</td>|</table>|<ul>|<li>|</ul>|<dl>|<dt>|<dd>|<pre>|</pre>|"
    "<code>|</code>|<a href='u\nv'>|</a>|<img alt='x\ny'>|![i\nj](data:x)|[i]: data:x\n|<details>|"
    "<summary>|</summary>|<math>|</math>|<svg>|</svg>|<script>|</script>|<sup>|</sup>|<s>|</s>|"
    "<eos>|\x0b|\x85|\u2028|\ufeff|title: x\n|❄|𝐀".split("|")
)
TEXTS = st.lists(TOKENS, max_size=40).map("".join)


@given(path=PATHS, text=TEXTS)
@settings(max_examples=500, deadline=None)
def test_lines_are_lines_of_the_file_in_order(path: str, text: str) -> None:
    """Each line of the text has a line of the file, never before that of the line above."""
    try:
        read_note = read(path, text.encode())
    except UnreadableNote:
        return
    in_file = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert list(read_note.lines) == sorted(read_note.lines)
    assert all(1 <= line <= in_file for line in read_note.lines)
    assert "\r" not in read_note.text
