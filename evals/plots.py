"""Plots as inline SVG: intervals, a curve, a histogram and a calibration. Colours are the page's.

Knows no measure and no record: numbers and names in, a picture out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from evals.intervals import Interval

WIDTH: Final = 480
_ROW: Final = 24
_LEFT: Final = 96
_RIGHT: Final = 46
_HEIGHT: Final = 260
_BOTTOM: Final = 36
_TOP: Final = 12
_SQUARE_LEFT: Final = 44
_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
# Letters that fit left of the rows.
_NAME: Final = 14


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like chance: their mean chance, the share that came true, and how many."""

    chance: float
    share: float
    n: int


def intervals(rows: Sequence[tuple[str, Interval]], says: str) -> str:
    """A dot with its interval for each named row, between 0 and 1."""
    height = _TOP + _ROW * len(rows) + 22
    parts = [_tick(value, height) for value in _TICKS]
    for at, (name, found) in enumerate(rows):
        y = _TOP + _ROW * at + _ROW / 2
        shown = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
        parts += [
            f'<text class="label" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">'
            f"{escape(shown)}</text>",
            _line("whisker", _x(found.low), y, _x(found.high), y),
            f'<circle class="mark" cx="{_x(found.value):.1f}" cy="{y:.1f}" r="4.5"/>',
            f'<text x="{WIDTH - _RIGHT + 12}" y="{y + 4:.1f}">{found.value:.2f}</text>',
        ]
    return _svg(height, says, parts)


def curve(points: Sequence[tuple[float, float]], at: float | None, says: str) -> str:
    """A line through points between 0 and 1, with a mark at one x."""
    parts = _square("coverage: share of questions answered", "errors among them")
    path = " ".join(f"{_sx(x):.1f},{_sy(y):.1f}" for x, y in points)
    parts.append(f'<polyline class="curve" points="{path}"/>')
    if at is not None:
        nearest = min(points, key=lambda point: abs(point[0] - at))
        parts.append(_line("guide", _sx(at), _sy(0), _sx(at), _sy(1)))
        parts.append(
            f'<circle class="mark" cx="{_sx(nearest[0]):.1f}" cy="{_sy(nearest[1]):.1f}" r="5"/>'
        )
    return _svg(_HEIGHT, says, parts)


def histogram(counts: Sequence[tuple[str, int]], says: str) -> str:
    """A bar for each named count; the last is what was lost."""
    most = max((count for _, count in counts), default=0) or 1
    wide = (WIDTH - _SQUARE_LEFT) / max(1, len(counts))
    parts = [_line("axis", _SQUARE_LEFT, _sy(0), WIDTH, _sy(0))]
    for at, (name, count) in enumerate(counts):
        x, tall = _SQUARE_LEFT + wide * at, count / most * (_sy(0) - _TOP - 14)
        kind = "lost" if at == len(counts) - 1 else "bar"
        middle = x + wide / 2
        parts += [
            f'<rect class="{kind}" x="{x + 3:.1f}" y="{_sy(0) - tall:.1f}" width="{wide - 6:.1f}"'
            f' height="{tall:.1f}"/>',
            _text(middle, _sy(0) - tall - 4, str(count)),
            _text(middle, _sy(0) + 16, name),
        ]
    return _svg(_HEIGHT, says, parts)


def calibration(bins: Sequence[Bin], says: str) -> str:
    """Chance against what came true; a dot is as large as its questions are many."""
    parts = _square("chance that the notes answer, as decided", "share answerable")
    parts.append(_line("guide", _sx(0), _sy(0), _sx(1), _sy(1)))
    most = max((one.n for one in bins), default=1)
    path = " ".join(f"{_sx(one.chance):.1f},{_sy(one.share):.1f}" for one in bins)
    parts.append(f'<polyline class="curve" points="{path}"/>')
    for one in bins:
        radius = 3 + 7 * (one.n / most) ** 0.5
        place = f'cx="{_sx(one.chance):.1f}" cy="{_sy(one.share):.1f}"'
        parts.append(f'<circle class="mark" {place} r="{radius:.1f}"/>')
    return _svg(_HEIGHT, says, parts)


def _svg(height: float, says: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(says)}">'
        + "".join(parts)
        + "</svg>"
    )


def _square(across: str, up: str) -> list[str]:
    """Axes from 0 to 1 both ways."""
    parts = [
        _line("axis", _sx(0), _sy(0), _sx(1), _sy(0)),
        _line("axis", _sx(0), _sy(0), _sx(0), _sy(1)),
        _text(_sx(0.5), _HEIGHT - 3, across),
        f'<text transform="translate(11 {_sy(0.5):.1f}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text>",
    ]
    for value in (0.0, 0.5, 1.0):
        parts.append(_text(_sx(value), _sy(0) + 15, f"{value:g}"))
        y = _sy(value) + 4
        parts.append(f'<text x="{_sx(0) - 6}" y="{y:.1f}" text-anchor="end">{value:g}</text>')
    return parts


def _tick(value: float, height: float) -> str:
    x = _x(value)
    return _line("axis", x, _TOP, x, height - 20) + _text(x, height - 6, f"{value:g}")


def _x(value: float) -> float:
    return _LEFT + value * (WIDTH - _LEFT - _RIGHT)


def _sx(value: float) -> float:
    return _SQUARE_LEFT + value * (WIDTH - _SQUARE_LEFT - 16)


def _sy(value: float) -> float:
    return _HEIGHT - _BOTTOM - value * (_HEIGHT - _BOTTOM - _TOP)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
