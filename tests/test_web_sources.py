"""The chat window in a real browser: footnotes, doubts and the sources that they lead to."""

from playwright.sync_api import Browser, Page, expect
from scripted import ScriptedChat
from window import NARROW, WINDOW, ask, opened, visit

pytestmark = WINDOW


def test_a_footnote_shows_its_quote_when_pointed_at(page: Page) -> None:
    """The tip holds the exact sentence and where it stands; leaving hides it."""
    ask(page, "What is recall?")
    page.locator("button.cite").first.hover()
    tip = page.locator(".tip.shown")
    expect(tip).to_contain_text("Recall is the share of the ripe apples that the picker found.")
    expect(tip).to_contain_text("orchard/picking.md")
    page.locator("#head strong").hover()
    expect(tip).to_have_count(0)


def test_a_footnote_shows_its_quote_when_reached_by_keyboard(page: Page) -> None:
    """Focus shows the tip and names it to screen readers; Escape hides it."""
    ask(page, "What is recall?")
    page.locator("button.cite").first.focus()
    tip = page.locator(".tip.shown")
    expect(tip).to_be_visible()
    named = page.locator("button.cite").first.get_attribute("aria-describedby")
    assert named == tip.get_attribute("id")
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)


def test_a_footnote_opens_its_source_beside_the_chat(page: Page) -> None:
    """Heading path, place and the note around the passage; the cited sentence is marked and seen."""
    ask(page, "What is recall?")
    page.locator("button.cite").nth(2).click()
    source = page.locator("#source")
    expect(source.locator(".top h2")).to_have_text("Picking apples › Recall")
    expect(source.locator(".place")).to_have_text("orchard/picking.md:20")
    expect(source.locator("mark").first).to_contain_text("It says nothing about")
    expect(source.locator("mark").first).to_be_in_viewport()
    expect(source).to_contain_text("It rises when the picker takes more apples.")
    expect(source.locator(".before")).to_contain_text("Picking is work.")
    expect(source.locator(".after")).to_contain_text("It takes weeks.")
    expect(source.locator(".top h2")).to_be_focused()


def test_only_the_cited_sentence_is_marked(page: Page) -> None:
    """The sentence after it is not."""
    ask(page, "What is recall?")
    page.locator("button.cite").first.click()
    expect(page.locator("#source mark")).to_have_text(
        "Recall is the share of the ripe apples that the picker found."
    )
    expect(page.locator("#source .here .katex").first).to_be_visible()


def test_escape_closes_the_source_and_gives_the_focus_back(page: Page) -> None:
    """Whoever came by keyboard goes on where they were."""
    ask(page, "What is recall?")
    page.locator("button.cite").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source mark").first).to_be_visible()
    expect(page.locator("#source .top h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(page.locator("button.cite").nth(1)).to_be_focused()


def test_the_whole_note_can_be_opened(page: Page) -> None:
    """The same sentence stays marked in it; the way back is there."""
    ask(page, "What is recall?")
    page.locator("button.cite").first.click()
    page.get_by_role("button", name="Open whole note").click()
    expect(page.get_by_role("button", name="Passage only")).to_be_visible()
    expect(page.locator("#source .note")).to_contain_text("Picking is work.")
    expect(page.locator("#source mark")).to_be_in_viewport()


def test_a_copied_link_leads_to_the_lines(browser: Browser, address: str) -> None:
    """The address that is copied opens the note, with those lines marked."""
    with visit(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask(page, "What is recall?")
        page.locator("button.cite").first.click()
        page.locator("#source").get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        link = page.evaluate("navigator.clipboard.readText()")
        assert link == f"{address}/?note=orchard/picking.md&lines=12-12"
        opened(page, link)
        expect(page.locator("#reading mark").first).to_contain_text("Recall is the share")
        expect(page.locator("#reading mark").first).to_be_in_viewport()


def test_a_link_to_a_note_that_is_gone_says_so(browser: Browser, address: str) -> None:
    """There is nothing to show, and no error."""
    with visit(browser, address) as page:
        opened(page, f"{address}/?note=gone.md&lines=1-2")
        expect(page.locator("#reading")).to_contain_text("gone.md is not among the notes any more")


def test_a_note_that_changed_since_is_shown_as_it_was(page: Page) -> None:
    """The passage is no longer in the note; the panel says so and shows what was cited."""
    ask(page, "What is yield?")
    page.locator(".sources button.source").click()
    expect(page.locator("#source .notice")).to_contain_text("has changed since")
    expect(page.locator("#source .note")).to_contain_text("What is yield?")


def test_markers_of_an_earlier_answer_keep_leading_to_its_own_sources(page: Page) -> None:
    """Every answer has its own sources, also after the next question."""
    ask(page, "What is recall?")
    ask(page, "What is yield?")
    page.locator("button.cite").first.click()
    expect(page.locator("#source .top h2")).to_have_text("Picking apples › Recall")


def test_what_is_not_confirmed_is_marked_and_says_why(page: Page) -> None:
    """A quiet dotted line, and in words who judged it."""
    ask(page, "Write it")
    doubt = page.locator(".statement.unconfirmed .words")
    style = doubt.evaluate("(node) => getComputedStyle(node).textDecorationStyle")
    assert style == "dotted"
    why = page.get_by_role("button", name="Unconfirmed:")
    expect(why).to_have_accessible_name(
        "Unconfirmed: the passage neither says this nor goes against it. Checked by a judge."
    )
    why.hover()
    expect(page.locator(".tip.shown")).to_contain_text("Checked by a judge.")


def test_what_is_contradicted_is_red_and_says_why(page: Page) -> None:
    """The reason stands in the tip and in the button's name."""
    ask(page, "Write it")
    wrong = page.locator(".statement.contradicted .words")
    color = wrong.evaluate("(node) => getComputedStyle(node).textDecorationColor")
    red, green, blue = (int(part) for part in color[4:-1].split(","))
    assert red > 2 * max(green, blue)
    page.get_by_role("button", name="Contradicted:").focus()
    expect(page.locator(".tip.shown")).to_have_text(
        "Contradicted: the passage says otherwise. The passage has no 7. Checked by rules."
    )


def test_notes_that_disagree_are_said_to(page: Page) -> None:
    """Both places are one press away."""
    ask(page, "Write it")
    block = page.locator(".disagree")
    expect(block).to_contain_text("Your notes disagree")
    expect(block).to_contain_text("One says found, the other picked.")
    expect(block.locator("button.cite")).to_have_text(["Source 1", "Source 2"])


def test_on_a_telephone_the_source_comes_up_over_the_chat(browser: Browser, address: str) -> None:
    """It fits the width, can be scrolled, and its cross closes it."""
    with visit(browser, address, viewport=NARROW) as page:
        ask(page, "What is recall?")
        page.locator("button.cite").first.click()
        expect(page.locator("#source mark")).to_be_in_viewport()
        frame = page.locator("#beside").bounding_box()
        assert frame is not None
        assert frame["width"] == NARROW["width"]
        assert frame["y"] + frame["height"] == NARROW["height"]
        page.get_by_role("button", name="Close the source").click()
        expect(page.locator("#beside")).to_be_hidden()


def test_everything_can_be_done_by_keyboard(page: Page, chat: ScriptedChat) -> None:
    """From the box to a footnote, into its source, back, and on to the next question."""
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    page.keyboard.type("What is recall?")
    page.keyboard.press("Enter")
    expect(page.locator(".answer.answered:not(.writing)")).to_be_visible()
    page.get_by_role("button", name="Edit").focus()
    page.keyboard.press("Tab")
    expect(page.locator("button.cite").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#source .top h2")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close the source")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("button.cite").first).to_be_focused()


def test_a_slash_leads_to_the_box(page: Page) -> None:
    """From anywhere but a field one types into."""
    ask(page, "What is recall?")
    page.locator("button.cite").first.focus()
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Your question")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.get_by_role("textbox", name="Your question")).to_have_value("a/b")
