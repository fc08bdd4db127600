"""The writer that needs no model: exact sentences, items and blocks, in a natural order.

It quotes the units that answer best, from few passages, the best passage first and whole where
that is short. What cannot stand alone ('where $x$ is …', a formula after a colon, a nested item)
is quoted with what it hangs on. Of what is quoted the best few are marked as key.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.types import Form
from rag.units import Unit
from rag.weigh import Weighed, alike


@dataclass(frozen=True, slots=True)
class Length:
    """How much to quote: words in all, of a leading passage that is quoted whole; and passages.

    `section` asks for the rest of the leading passage's section before anything from others.
    """

    words: int
    whole: int
    passages: int
    section: bool = False


# About what a reader takes in at a glance. What is quoted whole reads better and leaves less room:
# up to 80 words it cost no answer a fact, up to 120 words 1 in 100 (`evals.quoted`, tune half).
SHORT: Final = Length(words=120, whole=80, passages=3)
LONG: Final = Length(words=400, whole=300, passages=6, section=True)

# What speaks for a unit is its passage more than itself. Flat between 1 and 3.
_PASSAGE_WEIGHT: Final = 2.0
# A unit worth less than this share of the best one only fills up. From .85 on facts were lost.
_WORTH_ADDING: Final = 0.75
# An item with others under it, of which the best is worth less than this share of the best of all,
# opens another matter.
_ON_THE_MATTER: Final = 0.65
# Two units this alike say the same.
_SAME: Final = 0.85
# Annotators of other people's passages mark 2.8 sentences of one as its answer.
_KEY_UNITS: Final = 3
# How a sentence begins that leans on the one before it.
_LEANING: Final = re.compile(
    r"[a-zà-ÿ]|(?:Its?|This|These|Those|They|That|Such|Both|Each|Here|There|Then|Thus|Hence|Also"
    r"|However|Therefore|Otherwise|Instead|Conversely|In contrast"
    r"|For example|For instance|In the example"
    r"|The (?:first|second|third|last|former|latter|two|three|other|same|result|rest))\b"
    r"|For \$"
    r"|(?:[\w$\\{}^-]+,? ){1,5}(?:therefore|thus|hence|however|likewise)\b"
)
# How a line begins that says what the letters of a formula mean.
# 'See [the other note](that.md).' and the like.
_POINTER: Final = re.compile(r"(?:See|Compare|Cf\.|Read)\b[^.]{0,80}(?:\.md\)[^.]{0,40})?\.?$")
_EXPLAINING: Final = re.compile(r"(?:where|with|here)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A unit, what it is worth, and the units that must come with it, itself among them."""

    unit: Weighed
    worth: float
    group: tuple[Weighed, ...]


def choose(weighed: Sequence[Weighed], length: Length = SHORT) -> list[Weighed]:
    """The units to quote, best passage first, in reading order within each section."""
    passages = _by_hit(weighed)
    ranked = _ranked(passages)
    if not ranked:
        return []
    lead = next(passage for passage in passages if _among(ranked[0].unit, passage))
    chosen = list(lead) if _cost(lead) <= length.whole else []
    if chosen and length.section:
        chosen = _with_section(lead, passages, length.words)
        ranked = [one for one in ranked if _section(one.unit) != _section(lead[0])]
    chosen = _filled(chosen, ranked, max(_worth(one) for one in lead), length)
    return _marked(_in_order(chosen, weighed))


def _ranked(passages: Iterable[Sequence[Weighed]]) -> list[_Candidate]:
    """Every unit that may be quoted, best first."""
    passages = list(passages)
    best = max((one.alone for passage in passages for one in passage), default=0.0)
    found = [
        _Candidate(one, _worth(one), tuple(_group(at, passage)))
        for passage in passages
        for at, one in enumerate(passage)
        if _on_the_matter(at, passage, best)
    ]
    return sorted(found, key=lambda one: -one.worth)


def _on_the_matter(at: int, passage: Sequence[Weighed], best: float) -> bool:
    """Whether an item that opens a matter of its own, with items under it, was asked for."""
    nested = _nested(at, passage) if passage[at].unit.form is Form.ITEM else []
    return not nested or max(one.alone for one in (passage[at], *nested)) >= _ON_THE_MATTER * best


def _filled(
    given: Sequence[Weighed], ranked: Iterable[_Candidate], best: float, length: Length
) -> list[Weighed]:
    """What is given with the best candidates that fit, say something new and are worth it."""
    chosen = list(given)
    leading = {one.hit.rank for one in given}
    for one in ranked:
        if chosen and one.worth < _WORTH_ADDING * best:
            break
        read = {each.hit.rank for each in chosen} - leading
        new = [each for each in one.group if not _among(each, chosen)]
        if not chosen:
            # A single unit may be longer than all that an answer should be.
            chosen = new if _cost(new) <= length.words else [one.unit]
        elif one.unit.hit.rank not in read | leading and len(read) >= length.passages - bool(given):
            continue
        elif _cost(chosen) + _cost(new) <= length.words and not _said(one.unit, chosen):
            chosen.extend(new)
    return chosen


def _with_section(
    lead: Sequence[Weighed], passages: Iterable[Sequence[Weighed]], words: int
) -> list[Weighed]:
    """A passage with the rest of its section as far as that fits."""
    found = list(lead)
    for passage in passages:
        if passage is not lead and _section(passage[0]) == _section(lead[0]):
            left = words - _cost(found)
            found.extend(passage if _cost(passage) <= left else _that_fit(passage, left))
    return found


def _that_fit(passage: Sequence[Weighed], words: int) -> list[Weighed]:
    """The best units of a passage that is too long as a whole, each with what it needs."""
    kept: list[Weighed] = []
    for one in _ranked([passage]):
        new = [each for each in one.group if not _among(each, kept)]
        if _cost(kept) + _cost(new) <= words:
            kept.extend(new)
    return kept


def _marked(chosen: Sequence[Weighed]) -> list[Weighed]:
    """What is chosen, the few best of it marked as key: those that say most by themselves."""
    best = sorted(chosen, key=lambda one: -one.alone - one.hit.score)[:_KEY_UNITS]
    return [replace(one, key=_among(one, best)) for one in chosen]


def _group(at: int, passage: Sequence[Weighed]) -> list[Weighed]:
    """A unit with those before it that it leans on, and those after it that it leads to."""
    first, last = at, at
    while first > 0 and _leans(passage[first].unit, passage[first - 1].unit):
        first -= 1
    while last + 1 < len(passage) and _leads(passage[last].unit, passage[last + 1].unit):
        last += 1
    nested = _nested(last, passage) if passage[at].unit.form is Form.ITEM else []
    return [*_above(first, passage), *passage[first : last + 1], *nested]


def _leans(unit: Unit, before: Unit) -> bool:
    """Whether a unit needs the one before it to be understood."""
    if unit.form is Form.SENTENCE:
        return bool(_LEANING.match(unit.text))
    return before.text.endswith(":")


def _leads(unit: Unit, after: Unit) -> bool:
    """Whether a unit needs the one after it: what it announces, or the meaning of its letters."""
    if unit.text.endswith(":"):
        return True
    return unit.form is Form.BLOCK and bool(_EXPLAINING.match(after.text))


def _above(at: int, passage: Sequence[Weighed]) -> list[Weighed]:
    """What an item stands under: the items that it is nested in, and the line that opens a list."""
    found: list[Weighed] = []
    depth = passage[at].unit.depth
    for one in reversed(passage[:at]):
        if one.unit.depth < depth:
            if one.unit.form is not Form.ITEM and not one.unit.text.endswith(":"):
                break
            found.insert(0, one)
            depth = one.unit.depth
    return found


def _nested(at: int, passage: Sequence[Weighed]) -> list[Weighed]:
    """The items nested in one."""
    found: list[Weighed] = []
    for one in passage[at + 1 :]:
        if one.unit.depth <= passage[at].unit.depth:
            break
        found.append(one)
    return found


def _by_hit(weighed: Iterable[Weighed]) -> list[list[Weighed]]:
    passages: dict[int, list[Weighed]] = {}
    for one in weighed:
        passages.setdefault(one.hit.rank, []).append(one)
    return list(passages.values())


def _said(one: Weighed, chosen: Iterable[Weighed]) -> bool:
    return any(alike(one, other) > _SAME for other in chosen)


def _in_order(chosen: Sequence[Weighed], weighed: Sequence[Weighed]) -> list[Weighed]:
    """Section by section as they were chosen, each in the order of its note."""
    sections = dict.fromkeys(_section(one) for one in chosen)
    kept = [one for one in weighed if _among(one, chosen)]
    found: list[Weighed] = []
    for section in sections:
        units = [one for one in kept if _section(one) == section]
        found.extend(sorted(units, key=lambda one: one.hit.passage.start + one.unit.start))
    return found


def _section(one: Weighed) -> tuple[str, tuple[str, ...]]:
    return one.hit.passage.note, one.hit.passage.heading


def _among(one: Weighed, others: Iterable[Weighed]) -> bool:
    return any(one is other for other in others)


def _worth(one: Weighed) -> float:
    """What speaks for quoting a unit; one that asks, or only says where to read, is no answer."""
    idle = one.unit.text.endswith("?") or _POINTER.match(one.unit.text)
    return 0.0 if idle else one.score + _PASSAGE_WEIGHT * one.hit.score


def _cost(units: Iterable[Weighed]) -> int:
    return sum(one.unit.words for one in units)
