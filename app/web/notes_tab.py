"""The notes: what there is, one of them to read, more to add, and the index brought up to date."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import gradio as gr

from app.render import report_text
from app.web.adding import Dropped, dropped, put, taken
from app.web.conversation import FORMULAS, QUIETLY, STREAMED, Conversation, scopes
from app.web.head import head_html
from app.web.library import Library
from app.web.markup import escaped
from app.web.said import drawn, problem_html
from app.web.session import Choice, Session
from app.web.signals import button, signal, value_of
from app.web.source import link, note_html
from app.web.source_panel import read_note
from app.web.tree import tree_html
from app.wiring import Contents
from ingest.errors import FootnoteError

if TYPE_CHECKING:
    from ingest.sync import SyncReport

_CHOOSE: Final = '<p class="none">Choose a note to read it.</p>'


@dataclass(frozen=True, slots=True)
class Notes:
    """The components of the tab."""

    tree: gr.HTML
    search: gr.Textbox
    reading: gr.Markdown
    files: gr.File
    again: gr.Button
    said: gr.HTML
    waiting: gr.State


def notes_tab(contents: Contents) -> Notes:
    """The components, not yet wired."""
    with gr.Row(elem_id="shelf", equal_height=False):
        with gr.Column(elem_id="shelf-list", min_width=0):
            search = gr.Textbox(
                label="Find a note",
                show_label=False,
                placeholder="Find a note",
                container=False,
                max_lines=1,
                elem_id="find",
            )
            tree = gr.HTML(
                tree_html(contents), elem_id="tree", js_on_load=None, apply_default_css=False
            )
            files = gr.File(
                label="Add notes: drop files here",
                file_count="multiple",
                elem_id="drop",
                height=120,
            )
            again = gr.Button("Read the folder again", size="sm", elem_id="reindex")
            said = gr.HTML("", elem_id="synced", js_on_load=None, apply_default_css=False)
        with gr.Column(elem_id="shelf-note", min_width=0):
            reading = gr.Markdown(
                _CHOOSE, elem_id="reading", latex_delimiters=FORMULAS, container=False
            )
    return Notes(tree, search, reading, files, again, said, gr.State(()))


def wire(
    library: Library, made: Notes, parts: Conversation, head: gr.HTML, own: Session, tabs: gr.Tabs
) -> None:
    """Connect the tab with the folder and with the conversation."""
    fresh = [made.said, made.tree, head, parts.scope]
    changed = [*fresh, made.waiting, made.files]

    def sync(choice: Choice | None) -> Iterator[Any]:
        yield from _synced(library, choice)

    def add(paths: list[str] | None, choice: Choice | None) -> Iterator[Any]:
        yield from _added(library, paths or [], choice)

    def settle(event: gr.EventData, waiting: Sequence[Dropped], choice: Choice | None) -> Any:
        yield from _put(library, waiting, value_of(event) == "replace", choice)

    made.search.change(
        lambda words: tree_html(library.contents(), words), [made.search], [made.tree], **QUIETLY
    )
    made.again.click(sync, [own.choice], fresh, **STREAMED)
    made.files.upload(add, [made.files, own.choice], changed, **STREAMED)
    signal("settle").select(settle, [made.waiting, own.choice], changed, **STREAMED)
    reader = _Reader(library)
    signal("note").select(reader.show, None, [made.reading], **QUIETLY).then(
        None, js="() => footnote.read()"
    )
    signal("within").select(reader.within, None, [parts.scope, tabs], **QUIETLY).then(
        None, js="() => footnote.ask()"
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    library: Library

    def show(self, event: gr.EventData) -> str:
        """The note that was chosen."""
        return reading_html(self.library, value_of(event))

    def within(self, event: gr.EventData) -> tuple[Any, Any]:
        """The conversation, limited to the note that is read."""
        path = value_of(event)
        offered = dict.fromkeys((*scopes(self.library.contents()), path))
        return gr.update(value=[path], choices=list(offered)), gr.Tabs(selected="chat")


def reading_html(library: Library, path: str, first_line: int = 0, last_line: int = 0) -> str:
    """A note to read, with what can be done with it."""
    read = read_note(library, path)
    if read is None:
        return f'<p class="none">{escaped(path)} is not among the notes any more.</p>'
    note = read.note
    buttons = button("within", path, "Ask about this note", "quiet") + button(
        "copylink", link(path, 1, max(note.lines)), "Copy link", "quiet"
    )
    return (
        f'<div class="panel"><div class="top"><h2 tabindex="-1">{escaped(note.title)}</h2></div>'
        f'<code class="place">{escaped(path)}</code><div class="actions">{buttons}</div>'
        f"{note_html(note, first_line, last_line)}</div>"
    )


def _added(library: Library, paths: Sequence[str], choice: Choice | None) -> Iterator[Any]:
    """Put dropped files among the notes; where a name is taken, ask first."""
    try:
        files = dropped(paths)
    except FootnoteError as problem:
        yield problem_html(problem), *_SAME, (), None
        return
    names = taken(files, library.folder)
    if names:
        yield _asked(names), *_SAME, files, gr.skip()
        return
    yield from _put(library, files, False, choice)


def _put(
    library: Library, files: Sequence[Dropped], replace: bool, choice: Choice | None
) -> Iterator[Any]:
    try:
        put(files or (), library.folder, replace)
    except FootnoteError as problem:
        yield problem_html(problem), *_SAME, (), None
        return
    for step in _synced(library, choice):
        yield *step, (), None


# Tree, head and scope as they are.
_SAME: Final = (gr.skip(),) * 3


def _synced(library: Library, choice: Choice | None) -> Iterator[tuple[Any, ...]]:
    """How far the sync is, then what it found, with everything that shows the notes drawn anew."""
    work = drawn(library.sync())
    try:
        while True:
            yield next(work), *_SAME
    except StopIteration as finished:
        report: SyncReport = finished.value
    except FootnoteError as problem:
        yield problem_html(problem), *_SAME
        return
    finally:
        work.close()
    contents = library.contents()
    lines = report_text(report, library.folder).split("\n")[:2]
    said = "".join(f"<p>{escaped(line)}</p>" for line in lines)
    yield (
        f'<div class="report" role="status">{said}</div>',
        tree_html(contents),
        head_html(library, contents, choice),
        gr.update(choices=scopes(contents)),
    )


def _asked(names: Sequence[str]) -> str:
    listed = ", ".join(escaped(name) for name in names)
    are = "is already there" if len(names) == 1 else "are already there"
    buttons = button("settle", "replace", "Replace", "chip") + button(
        "settle", "both", "Keep both", "chip"
    )
    return f'<div class="report" role="alert"><p>{listed} {are}.</p>{buttons}</div>'
