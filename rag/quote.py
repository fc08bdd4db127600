"""The writer that needs no model: exact sentences, items and blocks, in a natural order.

It leads with the best passage, whole where that is short, and adds from others only what adds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
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
SHORT: Final = Length(words=120, whole=80, passages=3)
LONG: Final = Length(words=400, whole=300, passages=6)

# Another passage's unit must come this close to the best unit of all to be worth adding.
_CLOSE_TO_BEST: Final = 0.85
# Two units this alike say the same.
_SAME: Final = 0.86
# A unit of the leading passage must be worth this much of the best one to be kept beside it.
_WORTH_KEEPING: Final = 0.5
# An item of so few words that has sub-items only opens them.
_OPENING_WORDS: Final = 10
# A formula or code block belongs to the text before it; it is kept where that is kept.
_BLOCK_WORDS: Final = 12


def choose(weighed: Sequence[Weighed], length: Length = SHORT) -> list[Weighed]:
    """The units to quote, best passage first, in reading order within each passage."""
    if not weighed:
        return []
    groups = _by_hit(weighed)
    leading = _leading(groups)
    chosen = _from_leading(groups[leading], length)
    best = max(one.score for one in weighed)
    taken = 1
    for position, group in enumerate(groups):
        if position == leading or taken >= length.passages:
            continue
        added = _additions(group, chosen, best, length.words - _total(chosen))
        if added:
            chosen.extend(added)
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
    scores = [max(one.score for one in group) + group[0].hit.score for group in groups]
    return max(range(len(groups)), key=lambda at: (scores[at], -at))


def _from_leading(group: Sequence[Weighed], length: Length) -> list[Weighed]:
    if _total(group) <= length.whole:
        return list(group)
    return _in_order(_best_within(group, length.whole), group)


def _best_within(group: Sequence[Weighed], words: int) -> list[Weighed]:
    """The best units that fit, the best one in any case, each with what stands under it."""
    ranked = sorted(group, key=lambda one: -one.score)
    kept: list[Weighed] = []
    for one in ranked:
        if kept and one.score < _WORTH_KEEPING * ranked[0].score:
            break
        for part in (one, *_under(one, group)):
            if all(part is not other for other in kept) and (
                not kept or _total(kept) + _cost(part) <= words
            ):
                kept.append(part)
    return kept


def _under(one: Weighed, group: Sequence[Weighed]) -> list[Weighed]:
    """The sub-items of an item that only opens them: by itself it would say little."""
    if one.unit.words > _OPENING_WORDS:
        return []
    at = next(place for place, other in enumerate(group) if other is one)
    return list(takewhile(lambda other: other.unit.depth > one.unit.depth, group[at + 1 :]))


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


def _total(units: Iterable[Weighed]) -> int:
    return sum(_cost(one) for one in units)


def _cost(one: Weighed) -> int:
    return min(one.unit.words, _BLOCK_WORDS) if one.unit.form is Form.BLOCK else one.unit.words


def hits_of(weighed: Iterable[Weighed]) -> list[Hit]:
    """The hits that units come from, each once."""
    return list({one.hit.rank: one.hit for one in weighed}.values())
