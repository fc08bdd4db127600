"""The README's pictures, taken from the window over the notes that ship: `make screenshots`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from measure_window import ROOT, served
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from window import FLAGS, NARROW, ask, found_browser, visit

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 160
SIZE = {"width": 1200, "height": 760}


def main(arguments: Sequence[str]) -> None:
    """Take all pictures, into the folder named or where the README looks for them."""
    folder = Path(arguments[0]) if arguments else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, served(str(ROOT / "corpus")) as address:
        browser = playwright.chromium.launch(executable_path=found_browser(), args=FLAGS)
        wide(browser, address, folder)
        narrow(browser, address, folder)
        browser.close()
    for picture in folder.glob("*.png"):
        smaller(picture)


def wide(browser: Browser, address: str, folder: Path) -> None:
    """An answer with a source beside it; the notes."""
    with visit(browser, address, viewport=SIZE, color_scheme="light") as page:
        ask(page, "What is the F1 score?")
        page.locator("button.cite").nth(4).click()
        page.wait_for_selector("#source mark")
        still(page)
        page.screenshot(path=folder / "answer.png")
        page.get_by_role("tab", name="Notes").click()
        page.locator("#tree .open").nth(3).click()
        page.wait_for_selector("#reading .note")
        still(page)
        page.screenshot(path=folder / "notes.png")


def narrow(browser: Browser, address: str, folder: Path) -> None:
    """A telephone in the dark."""
    with visit(browser, address, viewport=NARROW, color_scheme="dark") as page:
        ask(page, "Why do we shuffle the training data?")
        still(page)
        page.screenshot(path=folder / "narrow.png")


def still(page: Page) -> None:
    """Wait until fonts are there and nothing is pointed at."""
    page.mouse.move(2, 2)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def smaller(picture: Path) -> None:
    """The same picture with fewer colours: a README loads on slow lines too."""
    with Image.open(picture) as image:
        image.convert("P", palette=Image.Palette.ADAPTIVE, colors=COLOURS).save(
            picture, optimize=True
        )


if __name__ == "__main__":
    main(sys.argv[1:])
