"""How quick the window is: `python tests/measure_window.py [--notes FOLDER] [--questions N]`.

Three figures over a prepared index and without a model: from `footnote chat` to a page that can be
used, from Enter to the first quoted word on the page, and how long 50 users wait who ask at once.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from window import FLAGS, answers, box, found_browser, opened

from evals.cases import load

ROOT = Path(__file__).parent.parent
USERS = 50


def main(arguments: Sequence[str]) -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", default=str(ROOT / "corpus"))
    parser.add_argument("--questions", type=int, default=50)
    chosen = parser.parse_args(arguments)
    cases = [case for case in load(ROOT / "evals" / "cases") if case.kind == "direct"]
    questions = [case.question for case in cases[:: len(cases) // chosen.questions]]
    questions = questions[: chosen.questions]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found_browser(), args=FLAGS)
        # Once before, so that everything is prepared.
        with served(chosen.notes):
            pass
        page = browser.new_page()
        began = time.perf_counter()
        with served(chosen.notes) as address:
            opened(page, address)
            box(page).fill("ready")
            print(f"from the command to a usable page: {time.perf_counter() - began:.2f} s")
            waits = [first_word(page, question) for question in questions]
            print(f"Enter to the first quoted word, {len(waits)} questions: {spread(waits)}")
            print(f"{USERS} users at once: {spread(at_once(address, questions))}")
        browser.close()


def spread(waits: Sequence[float]) -> str:
    """Median and slowest, in milliseconds."""
    slow = sorted(waits)[int(len(waits) * 0.95)]
    return f"median {1000 * statistics.median(waits):.0f} ms, 95 % within {1000 * slow:.0f} ms"


@contextmanager
def served(notes: str) -> Iterator[str]:
    """`footnote chat` over a folder, as a process of its own."""
    code = "from app.cli import main; main()"
    options = ["chat", "--port", "0", "--no-browser", "--notes", notes]
    command = [sys.executable, "-c", code, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        assert running.stderr is not None
        line = running.stderr.readline()
        while "Footnote is at" not in line:
            assert running.poll() is None, line
            line = running.stderr.readline()
        try:
            yield next(word for word in line.split() if word.startswith("http"))
        finally:
            running.terminate()


def first_word(page: Page, question: str) -> float:
    """Seconds from Enter until the first statement, or that there is none, is on the page."""
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".answer", state="detached")
    page.wait_for_function("!document.getElementById('ask').inert")
    box(page).fill(question)
    began = time.perf_counter()
    box(page).press("Enter")
    page.wait_for_selector(".answer .statement, .answer .remark")
    waited = time.perf_counter() - began
    answers(page).first.wait_for()
    page.wait_for_selector("#question .submit-button")
    return waited


def at_once(address: str, questions: Sequence[str]) -> list[float]:
    """How long each of many users waits for a whole answer, all asking through the window's queue."""
    asked = [questions[user % len(questions)] for user in range(USERS)]
    with ThreadPoolExecutor(USERS) as users:
        return list(users.map(lambda question: whole_answer(address, question), asked))


def whole_answer(address: str, question: str) -> float:
    """Seconds until the last event of an answer; anything but an answer is an error."""
    began = time.perf_counter()
    host = address.removeprefix("http://")
    event = json.loads(called(host, "POST", "/gradio_api/call/ask", [question, False, 0.5, []]))[
        "event_id"
    ]
    stream = called(host, "GET", f"/gradio_api/call/ask/{event}")
    assert "event: complete" in stream, stream[-300:]
    return time.perf_counter() - began


def called(host: str, method: str, path: str, data: Sequence[object] | None = None) -> str:
    """The body of a reply."""
    connection = HTTPConnection(host, timeout=120)
    try:
        body = None if data is None else json.dumps({"data": data})
        connection.request(method, path, body, {"Content-Type": "application/json"})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
