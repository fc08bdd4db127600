"""The chat window in a real browser: light, dark, and what the user chose."""

from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from window import WINDOW, box, opened, visit

pytestmark = WINDOW


def ground(page: Page) -> int:
    """How bright the page is, from 0 to 255."""
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return int(color.split("(")[1].split(",")[0])


def test_light_and_dark_follow_the_system(browser: Browser, address: str) -> None:
    """The page's ground is bright in one and dark in the other."""
    grounds = []
    for scheme in ("light", "dark"):
        how: Any = {"color_scheme": scheme}
        with visit(browser, address, **how) as page:
            expect(box(page)).to_be_visible()
            grounds.append(ground(page))
    assert grounds[0] > 200 > 60 > grounds[1]


@pytest.mark.parametrize(("system", "chosen"), [("light", "Dark"), ("dark", "Light")])
def test_what_the_user_chose_outlives_a_reload(
    browser: Browser, address: str, system: Any, chosen: str
) -> None:
    """Against the system, at once and next time."""
    with visit(browser, address, color_scheme=system) as page:
        page.get_by_role("tab", name="Settings").click()
        page.get_by_role("radio", name=chosen, exact=True).check()
        page.wait_for_function(
            "(dark) => document.body.classList.contains('dark') === dark", arg=chosen == "Dark"
        )
        opened(page, address)
        assert (ground(page) < 60) is (chosen == "Dark")


@pytest.mark.parametrize(("scheme", "bright"), [("light", True), ("dark", False)])
def test_the_ground_is_right_before_the_page_is_built(
    browser: Browser, address: str, scheme: Any, bright: bool
) -> None:
    """No flash of white in the dark: the first paint has its colour from the page's own head."""
    with closing(browser.new_context(color_scheme=scheme)) as context:
        page = context.new_page()
        page.route("**/*.js", lambda route: route.abort())
        page.goto(address)
        color = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (int(color.split("(")[1].split(",")[0]) > 200) is bright
