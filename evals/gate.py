"""Requirements on figures, as 'recall@5>=0.95' or 'wrong-caught[new number]>=0.9'.

Knows neither files nor commands.
"""

import operator
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.figures import MEASURES, REFUSED, figure_of
from evals.records import Run
from ingest.errors import FootnoteError

_FORM: Final = re.compile(r"\s*([\w@-]+)\s*(?:\[([^\]]+)\])?\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*")
_COMPARED: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_KNOWN: Final = {**MEASURES, REFUSED.name: REFUSED}


class GateError(FootnoteError):
    """A requirement cannot be understood, or nothing in the run can be held against it."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A measure, over all or over one kind, and what it must be."""

    measure: str
    kind: str
    compared: str
    value: float

    def __str__(self) -> str:
        return f"{self.name} {self.compared} {self.value:g}"

    @property
    def name(self) -> str:
        """The measure with its kind."""
        return f"{self.measure}[{self.kind}]" if self.kind else self.measure


@dataclass(frozen=True, slots=True)
class Held:
    """A gate with the figure that it was held against, and whether it holds."""

    gate: Gate
    value: float
    n: int
    holds: bool

    def __str__(self) -> str:
        said = "holds" if self.holds else "FAILS"
        return f"{said}: {self.gate} (it is {self.value:.4g}, n = {self.n})"


@dataclass(frozen=True, slots=True)
class Requirements:
    """The gates of a project, and what they are for: a half of the cases, a folder of notes."""

    gates: tuple[Gate, ...]
    split: str = ""
    notes: Path | None = None

    def aside(self, split: str, notes: Path, limit: int) -> str:
        """Why they are no requirements on such a run; '' where they are."""
        if self.split and self.split != split:
            return f"they are for --split {self.split}"
        if self.notes and self.notes != notes.resolve():
            return f"they are for --notes {self.notes.name}"
        return "they are for all questions, not for some (--limit)" if limit else ""


def gate(text: str) -> Gate:
    """A requirement as it is typed.

    >>> gate("recall@5[typo] >= 0.95")
    Gate(measure='recall@5', kind='typo', compared='>=', value=0.95)
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise GateError(
            f"{text!r} is no requirement: write a measure, a comparison and a number, as in"
            " 'recall@5>=0.95' or 'refused-of-kind[near]>=0.4'."
        )
    measure, kind, compared, value = match.groups()
    if measure not in _KNOWN:
        raise GateError(f"{measure!r} is no measure; there are {', '.join(sorted(_KNOWN))}.")
    return Gate(measure, kind or "", compared, float(value))


def held(gates: Sequence[Gate], run: Run) -> list[Held]:
    """Each gate held against a run; one that concerns no question of it is an error."""
    return [_held(one, run) for one in gates]


def in_project(folder: Path) -> Requirements:
    """What `[tool.footnote]` in a folder's pyproject.toml requires; nothing without one."""
    file = folder / "pyproject.toml"
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("footnote", {})
    except FileNotFoundError:
        return Requirements(())
    except (OSError, ValueError) as error:
        raise GateError(f"{file} cannot be read: {error}") from error
    wanted = table.get("require", [])
    if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        raise GateError(f"{file}: 'require' in [tool.footnote] must be a list of texts.")
    split, notes = table.get("split", ""), table.get("notes", "")
    if not isinstance(split, str) or not isinstance(notes, str):
        raise GateError(f"{file}: 'split' and 'notes' in [tool.footnote] must be texts.")
    over = (folder / notes).resolve() if notes else None
    return Requirements(tuple(gate(one) for one in wanted), split, over)


def _held(one: Gate, run: Run) -> Held:
    found = figure_of(_KNOWN[one.measure], run, one.kind)
    if found.n == 0:
        raise GateError(
            f"{one} cannot be held against this run: no question in it concerns {one.name}."
            " Leave the requirement out, or run over other cases."
        )
    return Held(one, found.value, found.n, _COMPARED[one.compared](found.value, one.value))
