"""How good the answers are: the last report over known questions, a new run, two runs compared."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr

from app.web.answering import Running
from app.web.conversation import QUIETLY, STREAMED
from app.web.evaluations import OWN, SHIPPED, Questions, evaluated, known
from app.web.head import model_html
from app.web.library import Library
from app.web.said import PROGRESS_SECONDS, done_html, problem_html, progress_html
from app.web.session import Choice, Session, first_choice
from ingest.errors import FootnoteError

_ORIGIN: Final = {SHIPPED: "Over the shipped notes", OWN: "Your own"}
# All, or so many spread evenly over them: a model may take a minute for each.
_MOST: Final = (("All", 0), ("100", 100), ("25", 25))
_NO_QUESTIONS: Final = (
    "No question about these notes is known yet. A thumb down under an answer keeps its question"
    " as one; <code>footnote eval new</code> helps to make more."
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components of the tab, in the order in which they are drawn."""

    which: gr.Radio
    most: gr.Radio
    who: gr.HTML
    run: gr.Button
    stop: gr.Button
    report: gr.Button
    compare: gr.Button
    said: gr.HTML
    sheet: gr.HTML

    @property
    def all(self) -> list[Any]:
        """Every one of them."""
        return [getattr(self, name) for name in self.__slots__]


def evals_tab(library: Library, tab: gr.Tab, own: Session) -> None:
    """What stands on the tab, and what it does."""
    with gr.Column(elem_id="evals"):
        with gr.Row(elem_id="evals-which"):
            which = gr.Radio([], label="Known questions", visible=False, elem_id="which")
            most = gr.Radio(
                list(_MOST), value=0, label="How many", visible=False, elem_id="how-many"
            )
        who = _html("asked")
        with gr.Row(elem_id="evals-actions"):
            run = gr.Button("Run now", variant="primary", interactive=False)
            stop = gr.Button("Stop", visible=False)
            report = gr.Button("Report", visible=False)
            compare = gr.Button("Compare", visible=False)
        said = _html("measured")
        sheet = _html("sheet")
    _wire(library, _Parts(which, most, who, run, stop, report, compare, said, sheet), tab, own)


def _html(id: str) -> gr.HTML:
    return gr.HTML("", elem_id=id, js_on_load=None, apply_default_css=False)


def _wire(library: Library, parts: _Parts, tab: gr.Tab, own: Session) -> None:
    def look(which: str | None, choice: Choice | None, measuring: Running | None) -> Any:
        # What is under way goes on drawing while the user looks elsewhere.
        busy = measuring is not None and not measuring.stopped
        return [gr.skip()] * len(parts.all) if busy else _looked(library, which, choice)

    def run(which: str | None, most: int, choice: Choice | None) -> Iterator[Any]:
        running = Running()
        try:
            for drawn in _run(library, which, most, choice or first_choice(library), running):
                yield *drawn, running
        finally:
            running.end()

    def stop(measuring: Running | None) -> str:
        if measuring is not None:
            measuring.stop()
        return done_html("Stopping …")

    def report(which: str | None, choice: Choice | None) -> Any:
        return _looked(library, which, choice)

    def compare(which: str | None) -> Any:
        return gr.update(visible=True), gr.update(visible=False), _compared(library, which)

    tab.select(look, [parts.which, own.choice, own.measuring], parts.all, **QUIETLY)
    # Only a person's choice: what is drawn here changes the list of choices too.
    parts.which.input(report, [parts.which, own.choice], parts.all, **QUIETLY)
    given = [parts.which, parts.most, own.choice]
    parts.run.click(run, given, [*parts.all, own.measuring], **STREAMED)
    parts.stop.click(stop, [own.measuring], [parts.said], **QUIETLY)
    parts.report.click(report, [parts.which, own.choice], parts.all, **QUIETLY)
    parts.compare.click(
        compare, [parts.which], [parts.report, parts.compare, parts.sheet], **QUIETLY
    )


def _looked(
    library: Library, which: str | None, choice: Choice | None, said: str = ""
) -> tuple[Any, ...]:
    """Everything as it is now: which questions there are, and their last report."""
    try:
        offered = known(library)
    except FootnoteError as problem:
        # A file of one's own that cannot be read hides no other questions for good.
        return _drawn((), None, "", problem_html(problem), "", False)
    chosen = _chosen(offered, which)
    who = f"<p>Who answers: {model_html(library, choice)}</p>"
    if chosen is None:
        return _drawn((), None, who, said, f'<p class="none">{_NO_QUESTIONS}</p>', False)
    try:
        sheet, two = _reported(library, chosen)
    except FootnoteError as problem:
        sheet, two = problem_html(problem), False
    return _drawn(offered, chosen, who, said, sheet, two)


def _drawn(
    offered: Sequence[Questions],
    chosen: Questions | None,
    who: str,
    said: str,
    sheet: str,
    two: bool,
) -> tuple[Any, ...]:
    choices = [(f"{_ORIGIN[one.name]} ({len(one.cases)})", one.name) for one in offered]
    fewer = chosen is not None and len(chosen.cases) > _MOST[-1][1]
    return (
        gr.update(choices=choices, value=chosen.name if chosen else None, visible=len(offered) > 1),
        gr.update(visible=fewer),
        who,
        gr.update(interactive=chosen is not None, visible=True),
        gr.update(visible=False),
        gr.update(visible=False),
        gr.update(visible=two),
        said,
        sheet,
    )


def _chosen(offered: Sequence[Questions], which: str | None) -> Questions | None:
    """The questions of that name, or the user's own, or what there is."""
    named = [one for one in offered if one.name == which]
    return next(iter((*named, *offered[-1:])), None)


def _reported(library: Library, questions: Questions) -> tuple[str, bool]:
    """The last report, and whether there is one to compare it with."""
    from evals.report import body

    runs = library.runs.last(questions.name, 1)
    if not runs:
        return f'<p class="none">{_unasked(questions)}</p>', False
    return f'<div class="sheet">{body(runs[0])}</div>', library.runs.count(questions.name) > 1


def _unasked(questions: Questions) -> str:
    count = len(questions.cases)
    one = count == 1
    known = f"{count} question{'' if one else 's'} {'is' if one else 'are'} known"
    if questions.name == SHIPPED:
        return f"No report yet. {known} over the notes that ship (their report half)."
    return f"No report yet. {known}, kept from answers with a thumb down."


def _compared(library: Library, which: str | None) -> str:
    """The last run held against the one before, in words and a table."""
    from evals.compare import compare
    from evals.report import comparison_body

    try:
        chosen = _chosen(known(library), which)
        runs = library.runs.last(chosen.name) if chosen else ()
        if len(runs) < 2:
            return '<p class="none">There are no two runs to compare.</p>'
        later, earlier = runs[:2]
        found = compare(earlier, later)
    except FootnoteError as problem:
        return problem_html(problem)
    return f'<div class="sheet">{comparison_body(earlier, later, found)}</div>'


def _run(
    library: Library, which: str | None, most: int, choice: Choice, running: Running
) -> Iterator[tuple[Any, ...]]:
    """How far the run is, then its report; or what there was, where it was stopped or failed."""
    drawn, doing = 0.0, ""
    try:
        chosen = _chosen(known(library), which)
        if chosen is None:
            yield _looked(library, which, choice)
            return
        yield _under_way(progress_html("starting", 0, 1))
        work = evaluated(library, chosen, most, choice, running)
        try:
            while True:
                step = next(work)
                # What lasts may begin with a step that is long in coming back.
                due = step.what != doing or time.monotonic() - drawn > PROGRESS_SECONDS
                if due and not running.stopped:
                    drawn, doing = time.monotonic(), step.what
                    yield _under_way(progress_html(step.what, step.done, step.total))
        except StopIteration as finished:
            run = finished.value
        finally:
            work.close()
    except FootnoteError as problem:
        yield _looked(library, which, choice, problem_html(problem))
        return
    said = "Stopped; nothing of it is kept." if run is None else ""
    if run is not None:
        said = f"{len(run.records)} questions asked in {run.circumstances.seconds:.0f} s."
    yield _looked(library, which, choice, done_html(said))


def _under_way(said: str) -> tuple[Any, ...]:
    """Progress instead of buttons; the report stays readable."""
    same, hidden = gr.skip(), gr.update(visible=False)
    shown = gr.update(visible=True)
    return same, same, same, hidden, shown, hidden, hidden, said, same
