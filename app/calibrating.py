"""`footnote eval calibrate`: whether to answer, fitted to known questions over one's own notes.

It only translates; how a rule is fitted is the matter of `evals.calibrate`.
"""

from pathlib import Path
from typing import Annotated

import typer

from app import evaluating
from app.options import Cases, Encoder, Index, Notes
from app.render import visible
from app.settings import Settings, settings, shipped_notes
from app.terminal import counted, say, write


def calibrate(
    context: typer.Context,
    cases: Cases = None,
    notes: Notes = None,
    write_to: Annotated[
        Path | None,
        typer.Option(
            "--write",
            metavar="FILE",
            help="Store the rule there. Default: beside the index of your notes, where it decides"
            " from then on; for the notes that ship, nowhere.",
            show_default=False,
        ),
    ] = None,
    encoder: Encoder = None,
    index: Index = None,
) -> None:
    """Fit the rule that decides whether to answer to known questions of your notes."""
    from evals.calibrate import fitted, save, show, to_fit, watched
    from rag.chat import NoteChat

    chosen = settings(notes, index, encoder)
    known = to_fit(evaluating.cases_of(evaluating.Wish(chosen, cases)))
    with evaluating.subject(context.obj, chosen) as subject:
        chat = NoteChat(subject.index, subject.encoder)
        seen = watched(chosen.notes, chat, counted(known, len(known), "asking"))
    calibration = fitted([seen])
    write("\n".join(map(visible, show(calibration).split("\n"))) + "\n")
    if not calibration.whole:
        say("So few questions move the threshold of the rule that ships, and not its weights.")
    file = write_to or _beside(chosen)
    if file is None:
        say("Nothing is stored: the notes that ship have a rule already. --write FILE stores it.")
        return
    save(calibration, file)
    say(f"Stored as {file}")
    if write_to is None:
        say("From now on it decides over these notes; delete it to go back to the rule that ships.")


def _beside(chosen: Settings) -> Path | None:
    from rag.decide import DECISION

    return None if chosen.notes == shipped_notes() else chosen.index / DECISION
