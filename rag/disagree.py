"""Two places in the notes that say different things of the same, found by rule.

Precision comes first: a pair must say nearly the same in nearly the same words, and part in one
thing alone: a number, a denial, an opposite, or a part of a formula. Worked examples with values of
their own part in more, or under another heading. It knows nothing of which place is right.
"""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from typing import Final

from ingest.types import Passage
from rag.alignment import Parting
from rag.claims import denial, missing_names, opposite
from rag.evidence import evidence
from rag.lexicon import JOINERS, NEGATORS, PRONOUNS
from rag.types import Form, Hit
from rag.units import Unit, units
from rag.wording import Word, other_form, words

# Set so that next to nothing fires over the notes that ship, where nothing is known to disagree.
# This share of the words of either sentence must be the same, and in the same order.
_SAME_WORDS: Final = 0.7
# Of fewer words in common, two sentences share a phrase and perhaps no subject.
_FEWEST_SHARED: Final = 3
# Where they part, each side says no more words than this.
_PARTED: Final = 2
# What a formula is about, by words, not by a letter that may stand for anything.
_NAME: Final = 3
# Longer sentences are seldom the same but for one thing.
_LONGEST: Final = 60
# Enough for the passages of a long conversation.
_KEPT: Final = 512
# More pairs than these are the mark of a pattern that the rules take wrongly.
MOST: Final = 3
_EXAMPLE: Final = re.compile(
    r"\b(?:for (?:example|instance)|e\.g\.|suppose|say,|imagine|take|given|here|in the example"
    r"|let|assume|consider)\b",
    re.IGNORECASE,
)
_DISPLAY: Final = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]", re.DOTALL)
_EQUALS: Final = "="
_PERCENT: Final = "percent"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of a passage that was found."""

    hit: Hit
    unit: Unit


@dataclass(frozen=True, slots=True)
class Disagreeing:
    """Two places that say different things of the same: `why` in words."""

    one: Place
    other: Place
    why: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A unit as words, with what it stands under."""

    place: Place
    words: tuple[Word, ...]
    keys: frozenset[str]
    example: bool


def disagreements(hits: Sequence[Hit], question: str = "") -> list[Disagreeing]:
    """The pairs of places among the hits that disagree; with a question, on what it asks about."""
    asked = frozenset(word.key for word in words(question) if _says_something(word))
    read = [[line for line in _lines(hit) if _bears(line, asked)] for hit in hits]
    found: list[Disagreeing] = []
    for here, there in combinations(read, 2):
        for one in here:
            for other in there:
                why = _why(one, other)
                if why:
                    found.append(Disagreeing(one.place, other.place, why))
    return found[:MOST]


def _lines(hit: Hit) -> Iterator[_Line]:
    for unit, said, keys in _read(hit.passage):
        yield _Line(Place(hit, unit), said, keys, bool(_EXAMPLE.search(unit.text)))


@lru_cache(maxsize=_KEPT)
def _read(passage: Passage) -> tuple[tuple[Unit, tuple[Word, ...], frozenset[str]], ...]:
    """The units of a passage that are short enough, with their words and what these say."""
    found = ((unit, words(unit.text)) for unit in units(passage))
    return tuple(
        (unit, said, frozenset(word.key for word in said if _says_something(word)))
        for unit, said in found
        if said and len(said) <= _LONGEST
    )


def _bears(line: _Line, asked: Set[str]) -> bool:
    subject = evidence(line.place.hit.passage).subject
    return not asked or not asked.isdisjoint(line.keys | subject)


def _why(one: _Line, other: _Line) -> str:
    """In what two lines disagree; nothing where they do not."""
    if one.place.unit.form is Form.BLOCK or other.place.unit.form is Form.BLOCK:
        return _formulas_part(one.place, other.place)
    if len(one.keys & other.keys) < _FEWEST_SHARED or one.example or other.example:
        return ""
    if not _same_subject(one, other):
        return ""
    reordered = _reordered(one, other)
    if reordered:
        return _numbers_part(reordered)
    parting = _parting(one.words, other.words)
    return next(filter(None, (rule(parting) for rule in _RULES)), "") if parting else ""


def _reordered(one: _Line, other: _Line) -> Parting | None:
    """The numbers of two lines with one each and nearly the same words, in whatever order.

    A denial or an opposite would mean something else in another order; a number hardly does.
    """
    if len(one.keys & other.keys) < _SAME_WORDS * len(one.keys | other.keys):
        return None
    a, b = _numbers(one.words), _numbers(other.words)
    if len(a) != 1 or len(b) != 1 or _after(a[0], one.words) != _after(b[0], other.words):
        return None
    whole = Parting(one.words, other.words, tight=True)
    return None if denial(whole) else Parting((a[0],), (b[0],), tight=True)


def _after(number: Word, line: Sequence[Word]) -> str:
    """What is counted: the word after a number; 3 layers and 5 heads are no disagreement."""
    at = next(at for at, word in enumerate(line) if word is number)
    return line[at + 1].key if at + 1 < len(line) and not line[at + 1].breaks else ""


def _parting(one: Sequence[Word], other: Sequence[Word]) -> Parting | None:
    """The one thing in which two lines part, if all the rest is the same."""
    matcher = SequenceMatcher(None, [w.key for w in one], [w.key for w in other], autojunk=False)
    codes = matcher.get_opcodes()
    same = [w for tag, i1, i2, _, _ in codes if tag == "equal" for w in one[i1:i2]]
    if len(same) < _SAME_WORDS * max(len(one), len(other)):
        return None
    if len({word.key for word in same if _says_something(word)}) < _FEWEST_SHARED:
        return None
    parts = [code for code in codes if code[0] != "equal"]
    if len(parts) != 1:
        return None
    _, i1, i2, j1, j2 = parts[0]
    if max(i2 - i1, j2 - j1) > _PARTED:
        return None
    return Parting(tuple(one[i1:i2]), tuple(other[j1:j2]), tight=True)


def _numbers_part(parting: Parting) -> str:
    one, other = _numbers(parting.passage), _numbers(parting.said)
    rest = [w.key for w in parting.passage if not w.number]
    if len(one) != 1 or len(other) != 1 or rest != [w.key for w in parting.said if not w.number]:
        return ""
    a, b = one[0], other[0]
    percent = _PERCENT in rest
    if a.key == b.key or b.key in (other_form(a.key, percent), other_form(a.key, not percent)):
        return ""
    return f"one says {a.text}, the other {b.text}"


def _denial_parts(parting: Parting) -> str:
    said = (word.text.lower() for word in (*parting.passage, *parting.said))
    rest = [word for word in said if word not in NEGATORS and word not in _AUXILIARIES]
    if rest or not denial(parting):
        return ""
    return "one denies what the other says"


def _opposites_part(parting: Parting) -> str:
    found = opposite(parting)
    if not found or len(parting.passage) != 1 or len(parting.said) != 1:
        return ""
    return f"one says “{found[0]}”, the other “{found[1]}”"


_RULES: Final[tuple[Callable[[Parting], str], ...]] = (
    _numbers_part,
    _denial_parts,
    _opposites_part,
)


def _same_subject(one: _Line, other: _Line) -> bool:
    """Whether two lines may speak of the same thing: no name of one is foreign to the other."""
    if any(line.words[0].text.lower() in PRONOUNS for line in (one, other)):
        return _under(one) == _under(other)
    here, there = (evidence(line.place.hit.passage).keys for line in (one, other))
    names = (*missing_names(one.words, there), *missing_names(other.words, here))
    return not names and _headings_meet(one, other)


def _headings_meet(one: _Line, other: _Line) -> bool:
    """Whether what they stand under has a word in common, or is named by both lines themselves."""
    here, there = _under(one), _under(other)
    said = {w.key for w in one.words} & {w.key for w in other.words}
    return here == there or bool(here & there) or bool((here | there) & said)


def _under(line: _Line) -> frozenset[str]:
    subject = evidence(line.place.hit.passage).subject
    return frozenset(key for key in subject if key not in JOINERS)


def _formulas_part(one: Place, other: Place) -> str:
    here, there = _formula(one.unit.text), _formula(other.unit.text)
    if not here or not there or _keys(here[0]) != _keys(there[0]):
        return ""
    named = any(len(sign.key) >= _NAME and sign.key.isalpha() for sign in here[0])
    same = evidence(one.hit.passage).subject == evidence(other.hit.passage).subject
    if not (named or same):
        return ""
    matcher = SequenceMatcher(None, _keys(here[1]), _keys(there[1]), autojunk=False)
    parts = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if len(parts) != 1:
        return ""
    _, i1, i2, j1, j2 = parts[0]
    a, b = here[1][i1:i2], there[1][j1:j2]
    if len(a) > 1 or len(b) > 1 or not _known_to_both(a, b, one.hit.passage, other.hit.passage):
        return ""
    first, second = ("".join(sign.text for sign in part) or "nothing" for part in (a, b))
    return f"one formula has {first} where the other has {second}"


def _known_to_both(
    one: Sequence[Word], other: Sequence[Word], here: Passage, there: Passage
) -> bool:
    """Whether neither sign is just another letter for the same: each passage knows both."""
    if any(sign.number or sign.key in "+-" for sign in (*one, *other)):
        return True
    known = [{word.key for word in words(passage.text)} for passage in (here, there)]
    return all(sign.key in signs for sign in (*one, *other) for signs in known)


def _formula(text: str) -> tuple[Sequence[Word], Sequence[Word]] | None:
    """The two sides of a block that is one equation."""
    display = _DISPLAY.search(text)
    if display is None:
        return None
    signs = words(display.group())
    keys = _keys(signs)
    if keys.count(_EQUALS) != 1:
        return None
    at = keys.index(_EQUALS)
    return signs[:at], signs[at + 1 :]


def _keys(said: Sequence[Word]) -> list[str]:
    return [word.key for word in said]


def _numbers(said: Sequence[Word]) -> list[Word]:
    return [word for word in said if word.number]


def _says_something(word: Word) -> bool:
    return word.key.isalpha() and len(word.key) > 1 and word.text.lower() not in _FUNCTION_WORDS


_AUXILIARIES: Final = frozenset("do does did".split())
_FUNCTION_WORDS: Final = (
    JOINERS
    | NEGATORS
    | PRONOUNS
    | frozenset(
        "of in to by for with on at from as or be is are it that than if when where what how why do"
        " does did can may this these more less".split()
    )
)
