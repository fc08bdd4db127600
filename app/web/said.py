"""What a tab says of its work: how far it is, and what went wrong. It knows no work."""

from app.web.markup import escaped
from ingest.errors import FootnoteError


def progress_html(what: str, done: int, total: int) -> str:
    """How much of something is done."""
    return (
        f'<div class="report" role="status"><p>{escaped(what)} {done} of {total}</p>'
        f'<progress aria-label="{escaped(what)}" value="{done}" max="{max(total, 1)}"></progress>'
        "</div>"
    )


def problem_html(problem: FootnoteError) -> str:
    """What a person can do about a failure."""
    return f'<p class="said fault" role="alert">{escaped(str(problem))}</p>'


def done_html(text: str) -> str:
    """That something was done."""
    return f'<p class="said good" role="status">{escaped(text)}</p>'
