"""The report: what it opens with, what it escapes, and that it asks nobody for anything."""

import re
from html.parser import HTMLParser

import pytest
from evaluating import hit, record, refused, run_with, unanswerable

from evals.compare import compare
from evals.failures import Why, failures, why
from evals.figures import figures
from evals.gate import gate, held
from evals.markdown import escaped, markdown
from evals.pictures import pictures
from evals.plots import Bin, calibration, curve, histogram, intervals
from evals.records import GoldRecord, PairsRecord, Place, Run, StatementRecord
from evals.report import comparison_page, page
from rag.types import Outcome, Verdict

EVIL = '<script>alert(1)</script> & "quotes" $body ${title} | `code` @everyone'
VOID = frozenset({"meta", "br"})


@pytest.fixture
def run() -> Run:
    """One of each: right, not found, not chosen, refused wrongly, answered wrongly, refused."""
    return run_with(
        record("right"),
        record("lost", hits=(hit(), hit()), citations=()),
        record("unchosen", citations=()),
        refused("refused"),
        unanswerable("answered", outcome=Outcome.ANSWERED, statements=record().statements),
        unanswerable("fine"),
        unanswerable("unlisted", kind="listed"),
        pairs=(PairsRecord("quote", True, "qq"), PairsRecord("new number", False, "cq")),
    )


def test_each_failure_is_told_by_the_step_that_failed(run: Run) -> None:
    """What went right has no reason."""
    found = {one.id: why(one) for one in run.records}
    assert found == {
        "right": None,
        "lost": Why.NOT_FOUND,
        "unchosen": Why.NOT_CHOSEN,
        "refused": Why.REFUSED,
        "answered": Why.ANSWERED,
        "fine": None,
        "unlisted": Why.NOT_LISTED,
    }
    assert failures(run)[0].record.id == "lost"


class Balanced(HTMLParser):
    """Reads a page and keeps what it loads; an element that is closed by another is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [v or "" for name, v in attributes if name in ("src", "href", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(html: str) -> Balanced:
    parser = Balanced()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


def test_the_page_is_whole_and_loads_nothing(run: Run) -> None:
    """No script, no picture, no font, no address: nothing is fetched."""
    html = page(run, held([gate("recall@5>=0.5"), gate("facts>=1")], run), run)
    found = parsed(html)
    assert found.loads == []
    assert not found.tags & {"script", "img", "link", "iframe", "object"}
    assert "url(" not in html
    assert "http" not in html.replace("http-equiv", "")
    assert "default-src 'none'" in html


def test_text_of_notes_is_escaped_everywhere() -> None:
    """Questions, quotes, names, statements and ids may hold anything."""
    place = Place(EVIL, 1, 2)
    evil = record(
        EVIL,
        kind=EVIL,
        note=EVIL,
        question=EVIL,
        searched=EVIL + "!",
        gold=(GoldRecord(EVIL, EVIL, place, True),),
        hits=(hit(place=place),),
        statements=(StatementRecord(EVIL, Verdict.QUOTED, Verdict.QUOTED, (1,)),),
        citations=(),
    )
    run = run_with(evil, refused("2", question=EVIL), notes=EVIL, encoder=EVIL)
    pages = (
        page(run, (), run_with(record(EVIL, question=EVIL, kind=EVIL), encoder="x")),
        comparison_page(run, run, compare(run, run_with(record(EVIL, question=EVIL)))),
    )
    for html in pages:
        parsed(html)
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert "$body" in html


def test_the_page_opens_with_the_few_figures_that_matter(run: Run) -> None:
    """Four figures, each with its interval and n, before anything else."""
    html = page(run)
    opening = html.split("Failures worth reading")[0]
    assert opening.count("class='card'") == 4
    assert opening.count("n = ") == 4
    assert "5 of 7 questions went wrong" in html


def test_the_page_tells_what_changed_since_an_earlier_run(run: Run) -> None:
    """The change of each figure, and the questions that turned wrong."""
    earlier = run_with(*(record(one.id) for one in run.records[:3]), *run.records[3:])
    html = page(run, (), earlier)
    assert "0 questions turned right, 2 wrong" in html
    assert "Turned wrong (2)" in html
    assert "unchanged" in html


def test_failures_of_a_kept_run_are_told_by_their_places(run: Run) -> None:
    """The texts are gone, the places are not."""
    html = page(run.slim())
    parsed(html)
    assert "a.md:3-4" in html


@pytest.mark.parametrize(
    "records",
    [(), (record(),), (refused(),), (unanswerable(chance=None),)],
    ids=["none", "answered", "refused", "no chance"],
)
def test_a_page_can_be_made_of_any_run(records: tuple[object, ...]) -> None:
    """However little is known."""
    parsed(page(run_with(*records)))  # type: ignore[arg-type]
    markdown(run_with(*records))  # type: ignore[arg-type]


def test_pictures_show_what_is_known(run: Run) -> None:
    """By kind, the curve, the ranks; a calibration asks for more questions."""
    headings = [one.heading for one in pictures(run, figures(run))]
    assert "Coverage against errors" in headings
    assert "Rank of the first hit that answers" in headings
    assert "Is the decision's chance to be believed?" not in headings
    more = run_with(*(record(str(n), chance=n / 10) for n in range(10)))
    assert "Is the decision's chance to be believed?" in [
        one.heading for one in pictures(more, figures(more))
    ]


def test_a_histogram_is_as_tall_as_its_counts() -> None:
    """The largest count fills the height, a half of it half; the last bar is what was lost."""
    svg = histogram([("1", 10), ("2", 5), ("none", 0)], "ranks")
    tall = [float(height) for height in re.findall(r'<rect [^>]*height="([\d.]+)"', svg)]
    assert tall[1] == pytest.approx(tall[0] / 2, abs=0.1)
    assert tall[2] == 0
    assert svg.count('class="lost"') == 1


def test_plots_say_in_words_what_they_are() -> None:
    """For readers who do not see them."""
    drawn = (
        histogram([("1", 1)], "a <b>"),
        intervals(
            [("a <b> name that is far too long", figures(run_with(record())).whole[0].interval)],
            "a <b>",
        ),
        curve([(0.5, 0.1), (1.0, 0.2)], 0.5, "a <b>"),
        calibration([Bin(0.5, 0.4, 3)], "a <b>"),
    )
    for svg in drawn:
        parsed(svg)
        assert 'role="img" aria-label="a &lt;b&gt;"' in svg
        assert "<b>" not in svg


def test_markdown_is_for_a_pull_request(run: Run) -> None:
    """The headline, the gates with their marks, tables, and a few failures by question."""
    text = markdown(run, held([gate("recall@5>=0.5"), gate("facts>=1")], run))
    assert text.startswith("## 7 questions over orchard, report half")
    assert "- ✓ holds: recall@5" in text
    assert "- ✗ FAILS: facts" in text
    assert "**not found** (1)" in text
    assert "- lost: What is lost?" in text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a | b", "a \\| b"),
        ("<img>", "&lt;img\\>"),
        ("@everyone", "@\u200beveryone"),
        ("recall@5", "recall@5"),
        ("two\nlines", "two lines"),
        ("[a](b) *c*", "\\[a\\](b) \\*c\\*"),
    ],
)
def test_markdown_shows_text_as_it_stands(text: str, wanted: str) -> None:
    """No table is broken and nobody mentioned by a question."""
    assert escaped(text) == wanted
