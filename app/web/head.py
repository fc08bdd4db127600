"""What is always on screen: whose notes, and who answers from them."""

from app.web.library import Library
from app.web.markup import escaped
from app.web.session import Choice
from app.wiring import Contents
from rag.types import NO_MODEL


def head_html(library: Library, contents: Contents, choice: Choice | None) -> str:
    """Name, folder, how much it holds, and the model."""
    held = f"{contents.notes:,} notes · {contents.passages:,} passages"
    return (
        f'<div class="head"><strong>Footnote</strong>'
        f'<span class="folder">{escaped(library.title)}</span>'
        f'<span class="held">{held}</span>{model_html(library, choice)}</div>'
    )


def model_html(library: Library, choice: Choice | None) -> str:
    """Who answers, and whether questions and passages leave the machine for it."""
    llm = choice.llm if choice else library.llm
    if llm == NO_MODEL:
        return '<span class="model">No model: exact quotes · nothing leaves this machine</span>'
    if library.models.remote(llm):
        return (
            f'<span class="model away">{escaped(llm)} · questions and quoted passages leave this'
            " machine</span>"
        )
    return f'<span class="model">{escaped(llm)} · on this machine</span>'
