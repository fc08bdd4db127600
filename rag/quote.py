"""The writer that needs no model: exact sentences, items and blocks of the notes, in a natural order.

It leads with the best passage, whole where that is short, and adds from others only what adds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rag.types import Form, Hit
from rag.weigh import Weighed, alike


@dataclass(frozen=True, slots=True)
class Length:
    """How much to quote: words in all, words of a passage that is quoted whole, and passages."""

    words: int
    whole: int
    passages: int


# About what a reader takes in at a glance; the whole best passage holds the answer most often.
SHORT: Final = Length(words=120, whole=100, passages=3)
LONG: Final = Length(words=400, whole=300, passages=6)

# Another passage's unit must come this close to the best unit of all to be worth adding.
_CLOSE_TO_BEST: Final = 0.85
# Two units this alike say the same.
_SAME: Final = 0.86
# A formula or code block belongs to the text before it; it is kept where that is kept.
_BLOCK_WORDS: Final = 12


def choose(weighed: Sequence[Weighed], length: Length = SHORT) -> list[Weighed]:
    """The units to quote, best passage first, in reading order within each passage."""
    if not weighed:
        return []
    groups = _by_hit(weighed)
    leading = _leading(groups)
    chosen = _from_leading(groups[leading], length)
    used = sum(_cost(one) for one in chosen)
    best = max(one.score for one in weighed)
    taken = 1
    for position, group in enumerate(groups):
        if position == leading or taken >= length.passages:
            continue
        added = _additions(group, chosen, best, length.words - used)
        if added:
            chosen.extend(added)
            used += sum(_cost(one) for one in added)
            taken += 1
    return chosen


def _by_hit(weighed: Sequence[Weighed]) -> list[list[Weighed]]:
    groups: list[list[Weighed]] = []
    for one in weighed:
        if not groups or groups[-1][0].hit.rank != one.hit.rank:
            groups.append([])
        groups[-1].append(one)
    return groups


def _leading(groups: Sequence[Sequence[Weighed]]) -> int:
    """The passage to lead with: the first hit, unless another's best unit is clearly better."""
    scores = [max(one.score for one in group) + 0.5 * group[0].hit.score for group in groups]
    return max(range(len(groups)), key=lambda at: (scores[at], -at))


def _from_leading(group: Sequence[Weighed], length: Length) -> list[Weighed]:
    if sum(_cost(one) for one in group) <= length.whole:
        return list(group)
    return _in_order(_best_within(group, length.whole, group[0]), group)


def _best_within(group: Sequence[Weighed], words: int, opening: Weighed) -> list[Weighed]:
    """The best units that fit; the best one always does, and a block follows what it belongs to."""
    ranked = sorted(group, key=lambda one: -one.score)
    kept = [ranked[0]]
    used = _cost(ranked[0])
    for one in ranked[1:]:
        if used + _cost(one) <= words and one.score >= 0.5 * ranked[0].score:
            kept.append(one)
            used += _cost(one)
    return kept


def _additions(
    group: Sequence[Weighed], chosen: Sequence[Weighed], best: float, words: int
) -> list[Weighed]:
    added: list[Weighed] = []
    for one in sorted(group, key=lambda one: -one.score)[:2]:
        if one.score < _CLOSE_TO_BEST * best or _cost(one) > words:
            continue
        if any(alike(one, other) > _SAME for other in (*chosen, *added)):
            continue
        added.append(one)
        words -= _cost(one)
    return _in_order(added, group)


def _in_order(kept: Iterable[Weighed], group: Sequence[Weighed]) -> list[Weighed]:
    wanted = {id(one) for one in kept}
    return [one for one in group if id(one) in wanted]


def _cost(one: Weighed) -> int:
    return min(one.unit.words, _BLOCK_WORDS) if one.unit.form is Form.BLOCK else one.unit.words


def hits_of(weighed: Iterable[Weighed]) -> list[Hit]:
    """The hits that units come from, each once."""
    return list({one.hit.rank: one.hit for one in weighed}.values())
