"""Splitting: exact places, nothing lost, nothing whole cut, and what is only asked set apart."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from note_making import note_of, passages_of, word_counts

from ingest.plain import encoded_text, question_of
from ingest.split import split
from ingest.types import Kind, Passage

RULE = re.compile(r"[ \t>]*(?:[-*_][ \t]*){3,}")

inline = st.text(st.sampled_from("ab Z9.?!$`*_[]()#>|~\\-:é𝐀🙂\t"), min_size=0, max_size=40)
line = st.one_of(
    inline,
    st.builds(lambda n, t: "#" * n + " " + t, st.integers(1, 30), inline),
    st.builds(
        lambda n, m, t: " " * n + m + " " + t, st.integers(0, 12), st.sampled_from("-*+◦1>"), inline
    ),
    st.sampled_from(
        ["```", "~~~~", "```python", "$$", "$$x^2$$", "---", "| a | b |", "|---|---|", ""]
    ),
    st.builds(lambda t: f"- **{t}**", inline),
    st.builds(lambda t: f"{t}?", inline),
)
markdown = st.lists(line, max_size=30).map("\n".join)


def uncovered(text: str, passages: list[Passage]) -> str:
    """What is visible in a text and in none of its passages; a rule between parts is not text."""
    at, left = 0, []
    for passage in passages:
        left.append(text[at : passage.start])
        at = max(at, passage.end)
    left.append(text[at:])
    lines = "".join(left).split("\n")
    return "".join(line for line in lines if not RULE.fullmatch(line)).strip()


@given(markdown)
@example("$$\n~~~~ a\n$$\n\ntext after")
@example("```\n# not a heading")
@example("- - - - - a")
@example("> > 1. a\n>\n> b")
@example("# A\n## B\n### C?")
@example("a\n\n    - b\n    - c\n\nd")
@settings(max_examples=300, deadline=None)
def test_passages_are_exact_and_lose_nothing(text: str) -> None:
    """Every passage is the text at its place, in order, and all that is visible is in one."""
    note = note_of(text)
    passages = split(note, word_counts, 20)
    for passage in passages:
        assert note.text[passage.start : passage.end] == passage.text
        assert passage.text.strip()
        assert 0 <= passage.lead <= len(passage.text)
        assert passage.start_line == text.count("\n", 0, passage.start) + 1
        assert passage.end_line == text.count("\n", 0, passage.end - 1) + 1
    starts = [passage.start for passage in passages]
    assert starts == sorted(starts)
    assert uncovered(text, passages) == ""


@given(markdown, st.integers(min_value=60, max_value=300))
@settings(max_examples=150, deadline=None)
def test_a_passage_fits_the_encoder(text: str, limit: int) -> None:
    """What is encoded of a content passage is within the limit, heading path included."""
    for passage in passages_of(text, limit):
        if passage.kind is not Kind.LISTED:
            assert word_counts([encoded_text(passage)])[0] <= limit


@pytest.mark.parametrize(
    "text",
    [
        "word " * 1_000_000,
        "x" * 5_000_000,
        "- " * 10_000 + "deep",
        "\n".join("  " * n + "- item" for n in range(2_000)),
        "> " * 10_000 + "deep",
        "$$\n" * 2_001,
        "```\n" * 2_001,
        "[" * 100_000,
        "*" * 100_000,
        "a|b\n-|-\n" + "c|d\n" * 5_000,
        "\\(" * 50_000,
        "# " + "long heading " * 20_000,
    ],
    ids=lambda text: text[:12].strip() or "lines",
)
def test_hostile_notes_are_split_and_nothing_is_lost(text: str) -> None:
    """Huge, deep or unclosed input gives passages of bounded size that cover it."""
    passages = passages_of(text, 200)
    assert uncovered(text, passages) == ""
    assert all(len(passage.text) < 20_000 for passage in passages)


def test_headings_open_sections_and_their_path_goes_along() -> None:
    """A passage knows the headings above it, and opens with its own."""
    first, second = passages_of("# Metrics\n\nOn measuring.\n\n## Recall\n\nThe share found.\n")
    assert first.heading == ("Metrics",)
    assert second.heading == ("Metrics", "Recall")
    assert second.body == "The share found."
    assert (second.start_line, second.end_line) == (5, 7)


def test_a_comment_in_code_is_no_heading() -> None:
    """`#` inside a fence of either kind opens nothing."""
    for fence in ("```", "~~~"):
        (only,) = passages_of(f"Some text.\n\n{fence}python\n# load it\nx = 1\n{fence}\n")
        assert only.heading == ()


def test_tildes_inside_maths_open_no_fence() -> None:
    """A line of tildes in a formula swallows nothing that follows."""
    text = "## Score\n\n$$\na = b \\\\\n~~~~~~ = c\n$$\n\n- It lies between 0 and 1\n\n## Next\n\nMore text.\n"
    assert [passage.heading[-1] for passage in passages_of(text)] == ["Score", "Next"]


def test_bold_leads_in_bullets_open_sections() -> None:
    """In notes written as nested bullets, a bold item with something under it is a heading."""
    text = (
        "## Scores\n\n- **Gain**\n\n    $$g = a/b$$\n\n    - The share that is right\n"
        "- **Loss**\n    - The share that is wrong\n        - Lower is better\n"
    )
    gain, loss = passages_of(text)
    assert gain.heading == ("Scores", "Gain")
    assert "g = a/b" in gain.text
    assert loss.heading == ("Scores", "Loss")
    assert loss.text == "- **Loss**\n    - The share that is wrong\n        - Lower is better"


@pytest.mark.parametrize("word", ["Note", "Formula:", "Example", "Answer"])
def test_a_bold_label_is_no_title(word: str) -> None:
    """Bold words that only name a part of an answer open nothing."""
    (only,) = passages_of(f"## Gain\n\n- **{word}**\n    - It is the share that is right\n")
    assert only.heading == ("Gain",)


def test_empty_bold_topics_among_items_are_listed() -> None:
    """A bold item with nothing under it, among items that say something, is named and not answered."""
    text = "- **Skips**\n    - They carry the signal past a layer\n    - **Long skips**\n    - **Short skips**\n"
    listed = [question_of(p) for p in passages_of(text) if p.kind is Kind.LISTED]
    assert listed == ["Long skips", "Short skips"]


@pytest.mark.parametrize(
    "under",
    [
        "",
        "https://example.org/a-page",
        "Ans: [here](https://example.org/x#:~:text=a%20(b))",
        "programar esto",
        "TODO: write this down",
        "PART TWO",
        "######################## end of part one",
        "[A post](https://example.org) on this",
    ],
)
def test_a_question_with_nothing_under_it_is_listed(under: str) -> None:
    """Links, plans and dividers under a question are no answer."""
    passages = passages_of(
        f"# What is a gate?\n{under}\n\n# What is a cell?\n\nIt keeps what the gate lets in.\n"
    )
    assert [passage.kind for passage in passages] == [Kind.LISTED, Kind.PROSE]
    assert question_of(passages[0]) == "What is a gate?"


@pytest.mark.parametrize(
    "text",
    [
        "## What is the capital of France?\n\nParis.\n",
        "## Is the gate open at night?\n\nNo.\n",
        "## Which port does it use?\n\n8080\n",
        "- Who keeps the keys? Mr. Brown\n- Who pays the rent? Ann\n",
        "- How to open the gate: press the green button\n- What is it? A gate\n",
        "1. Compare the hashes of both files\n2. Implement the way back\n3. Describe the change\n",
        "## What to pack?\n\n- [ ] Tent and stove\n- [x] Rope\n",
        "- When an object is covered by another\n- It matters for training\n",
    ],
)
def test_a_short_answer_is_an_answer(text: str) -> None:
    """One word under a question answers it, and a step to take is no question."""
    assert all(passage.kind is not Kind.LISTED for passage in passages_of(text))


def test_numbered_questions_are_listed_one_by_one() -> None:
    """Each unanswered item is a listed question; one that is answered stays content."""
    text = (
        "### Maths\n\n1. What is a norm?\n\n2. What is [rank](https://example.org/r)?\n\n"
        "2. What is a trace? Remember: the sum of the diagonal entries\n\n"
        "3. [Kernels](https://example.org/k)\n\n4. Sum or mean?\n\nTLDR; take the mean when sizes differ between batches.\n"
    )
    passages = passages_of(text)
    assert [question_of(p) for p in passages if p.kind is Kind.LISTED] == [
        "What is a norm?",
        "What is rank?",
        "Kernels",
    ]
    content = [p.text for p in passages if p.kind is not Kind.LISTED]
    assert content[0].startswith("2. What is a trace?")
    assert content[1].endswith("sizes differ between batches.")


def test_an_items_list_that_follows_is_its_answer() -> None:
    """A question that ends a list is answered by the list of another kind after it."""
    text = "1. List down all the gates.\n\n* Input\n* Output\n* Forget\n"
    assert [p.kind for p in passages_of(text)] == [Kind.LIST]


def test_a_term_with_a_colon_and_nothing_after_it_is_listed() -> None:
    """A name, a colon and an end say nothing about the name."""
    text = "2. Residual networks have many layers\n\n* Skip connection:\n* Identity shortcut:\n"
    assert [p.kind for p in passages_of(text)] == [Kind.LIST, Kind.LISTED, Kind.LISTED]


def test_indented_bullets_are_a_list_and_indented_code_is_code() -> None:
    """Four spaces make code only of what looks like code."""
    (bullets,) = passages_of(
        "Two errors:\n\n    - The first is from assumptions.\n    - The second is noise.\n"
    )
    assert bullets.kind is Kind.LIST
    (code,) = passages_of("    x = np.zeros(3)\n    for i in range(3):\n        x[i] = i\n")
    assert code.kind is Kind.CODE


def test_contents_and_references_are_marked() -> None:
    """A table of contents and a list of links are kept apart from content."""
    text = (
        "### Contents\n\n1. Gates\n2. Cells\n\n## Gates\n\nA gate lets through.\n\n## References\n\n"
        "1. [https://example.org/a](https://example.org/a)\n2. [B](https://example.org/b)\n"
    )
    assert [p.kind for p in passages_of(text)] == [Kind.CONTENTS, Kind.PROSE, Kind.REFERENCES]


def test_anchor_links_are_contents_under_any_heading() -> None:
    """A list of links within the note is a table of contents."""
    (only,) = passages_of("# Start\n\n- [Gates](#gates)\n- [Cells](#cells)\n- [More](#more)\n")
    assert only.kind is Kind.CONTENTS


def test_whole_things_are_not_cut() -> None:
    """Formulas, code blocks, table rows and list items stay whole when passages fill up."""
    formula = "$$\n" + " + ".join(f"x_{n}" for n in range(12)) + "\n$$"
    code = "```python\n" + "\n".join(f"a{n} = {n}" for n in range(6)) + "\n```"
    item = "- " + "word " * 20
    text = "\n\n".join(["Some text here.", formula, code, item.strip(), "The end of it all."])
    texts = [p.text for p in passages_of(text, 60)]
    assert len(texts) > 1
    for whole in (formula, code, item.strip()):
        assert sum(whole in passage for passage in texts) == 1


def test_a_formula_stays_with_what_leads_to_it_and_what_explains_it() -> None:
    """'The loss is:' does not end one passage while its formula begins the next."""
    filler = "Some words before it all. " * 9
    tied = (
        "The loss weighs both:\n\n$$\nL = a + b\n$$\n\nwhere $a$ is the first and $b$ the second."
    )
    texts = [p.text for p in passages_of(f"{filler}\n\n{tied}\n\n{filler}", 60)]
    assert tied in texts


def test_a_cut_block_shares_no_passage_with_its_neighbours() -> None:
    """Its parts are code alone, indentation and all."""
    code = (
        "```python\ndef f():\n"
        + "\n".join(f"    value_{n} = step({n}, value)" for n in range(60))
        + "\n```"
    )
    passages = passages_of(f"Before the code.\n\n{code}\n\nAfter the code.", 60)
    parts = [passage for passage in passages if passage.kind is Kind.CODE]
    assert "\n".join(passage.text for passage in parts) == code
    assert [p.text for p in passages if p.kind is Kind.PROSE] == [
        "Before the code.",
        "After the code.",
    ]


def test_a_table_too_large_is_cut_between_rows() -> None:
    """Rows stay whole."""
    rows = [f"| row {n} | some words about it |" for n in range(40)]
    passages = passages_of("| a | b |\n|---|---|\n" + "\n".join(rows), 60)
    assert len(passages) > 1
    assert all(
        line.startswith("|") and line.endswith("|") for p in passages for line in p.text.split("\n")
    )


def test_a_paragraph_too_large_is_cut_between_sentences_and_not_in_maths() -> None:
    """A sentence, and a formula with dots in it, stay whole."""
    sentence = "The sum is $a. B. C$ and it holds e.g. for all of these cases."
    passages = passages_of(" ".join([sentence] * 20), 60)
    assert len(passages) > 1
    assert all(p.text.endswith("cases.") and p.text.startswith("The sum") for p in passages)


def test_letters_outside_the_basic_plane_keep_places_exact() -> None:
    """Offsets count characters, whatever their plane."""
    text = "# 𝐀 and 🙂\n\nThe matrix 𝐀𝐱 − 𝐛 is small.\n"
    (only,) = passages_of(text)
    assert text[only.start : only.end] == only.text
    assert only.heading == ("𝐀 and 🙂",)


def test_an_escaped_star_stays_in_the_heading() -> None:
    """`A\\*` is the name of an algorithm."""
    assert question_of(passages_of("# Explain A\\*. What else is there?\n")[0]).startswith(
        "Explain A*."
    )
