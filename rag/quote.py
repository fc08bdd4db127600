"""The writer that needs no model: exact sentences, items and blocks, in a natural order.

It leads with the best passage, whole where that is short, and adds from others only what adds.
What cannot stand alone ('where $x$ is …', a formula after a colon, the items of a list that is
only opened) is quoted with what it hangs on.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.types import Form
from rag.weigh import Weighed, alike

# Hits differ less in score since they are matched piece by piece; their order still tells most.
HIT_WEIGHT: Final = 2.0


@dataclass(frozen=True, slots=True)
class Length:
    """How much to quote: words in all, of the leading passage, of one quoted whole; and passages.

    `section` asks for the rest of the leading passage's section before anything from others.
    """

    words: int
    leading: int
    whole: int
    passages: int
    section: bool = False


# About what a reader takes in at a glance. Of passages up to 60 words nothing is left out; quoting
# up to 100 whole held no more answers, and 4 words more of what was not asked.
SHORT: Final = Length(words=120, leading=100, whole=60, passages=3)
LONG: Final = Length(words=400, leading=300, whole=300, passages=6, section=True)

# Another passage's unit must come this close to the best unit of all to be worth adding.
_CLOSE_TO_BEST: Final = 0.85
# Two units this alike say the same.
_SAME: Final = 0.86
# A part of the leading passage must be worth this much of the best one to be kept beside it,
# but less while the answer is no more than a line or two.
_WORTH_KEEPING: Final = 0.65
_WORTH_FILLING: Final = 0.4
_A_LINE_OR_TWO: Final = 35
# The opening of a section defines its subject: it is kept from this share of the best on.
_OPENING_WORTH: Final = 0.7
# However many signs a formula has, it is taken in at a glance; code and tables take longer.
_FORMULA_WORDS: Final = 12
_BLOCK_WORDS: Final = 40
_FORMULA: Final = re.compile(r"\s*(?:\$\$|\\begin|\\\[)")
# How a sentence begins that leans on the one before it.
_LEANING: Final = re.compile(
    r"[a-zà-ÿ]|(?:Its?|This|These|Those|They|That|Such|Both|Each|Here|There|Then|Thus|Hence|Also"
    r"|However|Therefore|Otherwise|Instead|Conversely|In contrast"
    r"|For example|For instance|In the example"
    r"|The (?:first|second|third|last|former|latter|two|three|other|same|result|rest))\b"
    r"|For \$"
    r"|(?:[\w$\\{}^-]+,? ){1,5}(?:therefore|thus|hence|however|likewise)\b"
)

Part = tuple[Weighed, ...]


def choose(weighed: Sequence[Weighed], length: Length = SHORT) -> list[Weighed]:
    """The units to quote, best passage first, in reading order within each passage."""
    if not weighed:
        return []
    passages = _by_hit(weighed)
    lead = passages[_leading(passages)]
    others = [passage for passage in passages if passage is not lead]
    chosen = _from_leading(lead, length)
    if length.section:
        chosen = _with_section(chosen, lead, others, length.words)
        others = [passage for passage in others if not _same_section(passage, lead)]
    best = max(one.score for one in weighed)
    taken = 1
    for passage in others:
        if taken < length.passages:
            added = _additions(passage, chosen, best, length.words - _cost(chosen))
            chosen.extend(added)
            taken += bool(added)
    return chosen


def _with_section(
    chosen: Sequence[Weighed],
    lead: Sequence[Weighed],
    others: Iterable[Sequence[Weighed]],
    words: int,
) -> list[Weighed]:
    """What is chosen with the rest of its section as far as that fits, in reading order."""
    found = list(chosen)
    for passage in others:
        if _same_section(passage, lead):
            left = words - _cost(found)
            found.extend(passage if _cost(passage) <= left else _that_fit(passage, left))
    return sorted(found, key=lambda one: one.hit.passage.start + one.unit.start)


def _same_section(one: Sequence[Weighed], other: Sequence[Weighed]) -> bool:
    here, there = one[0].hit.passage, other[0].hit.passage
    return (here.note, here.heading) == (there.note, there.heading)


def _by_hit(weighed: Sequence[Weighed]) -> list[list[Weighed]]:
    passages: list[list[Weighed]] = []
    for one in weighed:
        if not passages or passages[-1][0].hit.rank != one.hit.rank:
            passages.append([])
        passages[-1].append(one)
    return passages


def _leading(passages: Sequence[Sequence[Weighed]]) -> int:
    """The passage to lead with: good as a whole, and good in its best unit."""
    scores = [_score(passage) + HIT_WEIGHT * passage[0].hit.score for passage in passages]
    return max(range(len(passages)), key=lambda at: (scores[at], -at))


def _from_leading(passage: Sequence[Weighed], length: Length) -> list[Weighed]:
    if _cost(passage) <= length.whole:
        return list(passage)
    opening, *rest = _parts(passage)
    best, *others = sorted((opening, *rest), key=lambda part: -_score(part))
    kept = list(best) if _cost(best) <= length.leading else _that_fit(best, length.leading)
    # A single sentence may be longer than all that an answer should be.
    kept = kept or [max(best, key=lambda one: one.score)]
    if opening is not best and _score(opening) >= _OPENING_WORTH * _score(best):
        kept.extend(opening if _cost(kept) + _cost(opening) <= length.words else ())
    for part in others:
        worth = _WORTH_KEEPING if _cost(kept) > _A_LINE_OR_TWO else _WORTH_FILLING
        if _score(part) < worth * _score(best):
            break
        if part is not opening and _cost(kept) + _cost(part) <= length.leading:
            kept.extend(part)
    return _in_order(kept, passage)


def _additions(
    passage: Sequence[Weighed], chosen: Sequence[Weighed], best: float, words: int
) -> list[Weighed]:
    """The one part of another passage that adds most, if it is good and says something new."""
    for part in sorted(_parts(passage), key=lambda part: -_score(part))[:2]:
        if _score(part) < _CLOSE_TO_BEST * best or _cost(part) > words:
            continue
        top = max(part, key=lambda one: one.score)
        if not any(alike(top, other) > _SAME for other in chosen):
            return list(part)
    return []


def _parts(passage: Sequence[Weighed]) -> Iterator[Part]:
    """A passage's units in runs that stand by themselves."""
    run: list[Weighed] = []
    for one in passage:
        if run and not _hangs_on(one, run):
            yield tuple(run)
            run = []
        run.append(one)
    if run:
        yield tuple(run)


def _hangs_on(one: Weighed, run: Sequence[Weighed]) -> bool:
    """Whether a unit needs the units before it to be understood."""
    before, unit = run[-1].unit, one.unit
    if unit.form is Form.BLOCK or before.text.endswith(":"):
        return True
    if unit.depth > run[0].unit.depth:
        return True
    return unit.form is Form.SENTENCE and bool(_LEANING.match(unit.text))


def _that_fit(part: Sequence[Weighed], words: int) -> list[Weighed]:
    """The best units of what is too long as a whole, each with the item it stands under."""
    kept: list[Weighed] = []
    for one in sorted(part, key=lambda one: -one.score):
        new = [each for each in (*_above(one, part), one) if not _among(each, kept)]
        if _cost(kept) + _cost(new) <= words:
            kept.extend(new)
    return kept


def _above(one: Weighed, part: Sequence[Weighed]) -> list[Weighed]:
    """The nearest unit before a nested one that it is nested under."""
    before: list[Weighed] = []
    for other in part:
        if other is one:
            break
        if other.unit.depth < one.unit.depth:
            before = [other]
    return before


def _among(one: Weighed, others: Iterable[Weighed]) -> bool:
    return any(one is other for other in others)


def _in_order(kept: Sequence[Weighed], passage: Sequence[Weighed]) -> list[Weighed]:
    return [one for one in passage if _among(one, kept)]


def _score(units: Iterable[Weighed]) -> float:
    """The best unit's score; a question in the notes is no answer to the user's."""
    return max((one.score for one in units if not one.unit.text.endswith("?")), default=0.0)


def _cost(units: Iterable[Weighed]) -> int:
    return sum(_words(one) for one in units)


def _words(one: Weighed) -> int:
    if one.unit.form is not Form.BLOCK:
        return one.unit.words
    most = _FORMULA_WORDS if _FORMULA.match(one.unit.text) else _BLOCK_WORDS
    return min(one.unit.words, most)
