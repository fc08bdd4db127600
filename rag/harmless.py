"""Whether a difference between a passage's words and a statement's changes what is claimed.

A joined or parted sentence, a pronoun for its noun, a typing error, a word that the heading
supplies, a clause left out that limited nothing: these change nothing. All else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.evidence import Evidence
from rag.lexicon import CONDITIONS, JOINERS, NEGATORS, PRONOUNS, SCOPES
from rag.opposites import OPPOSITES
from rag.wording import Word, other_form

# A noun that stands for a pronoun, or a word that the heading supplies, is at most this long.
_LONGEST_NOUN: Final = 4
# Shorter words lie too close to each other to tell a typing error from another word.
_TYPO_LENGTH: Final = 6
# A longer part between two others is no aside: without it they were never one claim.
_LONGEST_ASIDE: Final = 8
# Where the words of a part that is left out say whether it limits the rest.
_OPENING_WORDS: Final = 3
_LINKS: Final = frozenset("of for in".split())


@dataclass(frozen=True, slots=True)
class Judge:
    """Whether a difference between a passage's words and a statement's changes anything."""

    text: Sequence[Word]
    said: Sequence[Word]
    evidence: Evidence
    starts: frozenset[int]
    first_used: int

    def harmless(self, i1: int, i2: int, j1: int, j2: int) -> bool:
        """Whether `text[i1:i2]` may have become `said[j1:j2]`."""
        if j1 == j2:
            return self._may_be_left_out(i1, i2, j1)
        if i1 == i2:
            return self._may_be_put_in(i1, j1, j2)
        return self._same(self.text[i1:i2], self.said[j1:j2]) or self._stands_for(i1, i2, j1, j2)

    def _may_be_left_out(self, i1: int, i2: int, j: int) -> bool:
        dropped = self.text[i1:i2]
        if all(word.key in PRONOUNS for word in dropped) and i2 - i1 == 1:
            return dropped[0].key == "this" or i1 in self.starts
        if all(word.key in JOINERS for word in dropped):
            return (j < len(self.said) and self.said[j].breaks > 0) or i2 in self.starts
        at_the_edge = j in (0, len(self.said))
        return self._is_clause(i1, i2) and (at_the_edge or self._is_aside(i1, i2, j))

    def _is_aside(self, i1: int, i2: int, j: int) -> bool:
        """Whether leaving the words out joins nothing that they had kept apart."""
        if any(i1 <= start <= i2 for start in self.starts):
            return self.said[j].breaks > 0
        return i2 - i1 <= _LONGEST_ASIDE and not any(w.number for w in self.text[i1:i2])

    def _is_clause(self, i1: int, i2: int) -> bool:
        """Whether the words are whole lines or clauses that did not limit what is kept."""
        opens = i1 in self.starts or self._joint(i1)
        closes = i2 in self.starts or self._joint(i2)
        if not (opens and closes):
            return False
        if i1 in self.starts and i2 in self.starts:
            return True
        dropped = [word.text.lower() for word in self.text[i1:i2]]
        if i1 < self.first_used:
            return CONDITIONS.isdisjoint(dropped) and dropped[0] not in SCOPES
        return CONDITIONS.isdisjoint(dropped[:_OPENING_WORDS])

    def _joint(self, at: int) -> bool:
        return (
            self.text[at].breaks > 0
            or self.text[at].key in JOINERS
            or self.text[at - 1].key in JOINERS
        )

    def _may_be_put_in(self, i: int, j1: int, j2: int) -> bool:
        added = self.said[j1:j2]
        keys = [word.key for word in added]
        if len(keys) == 1 and keys[0] in PRONOUNS:
            return keys[0] == "this" or added[0].breaks > 0
        if all(key in JOINERS for key in keys):
            return i in self.starts or (i < len(self.text) and self.text[i].breaks > 0)
        named = [key for key in keys if key not in _LINKS]
        plain = not any(word.number or _turns(word) for word in added)
        supplied = self.evidence.context.issuperset(named)
        return plain and supplied and 0 < len(named) <= _LONGEST_NOUN

    def _stands_for(self, i1: int, i2: int, j1: int, j2: int) -> bool:
        """Whether a pronoun stands for a noun of the lines before or of the heading."""
        before, after = self.text[i1:i2], self.said[j1:j2]
        if len(before) == 1 and before[0].key in PRONOUNS and len(after) <= _LONGEST_NOUN:
            known = self.evidence.subject | self._subject_before(i1)
            return all(word.key in known or word.key in PRONOUNS for word in after)
        opens = i1 in self.starts or self.text[i1].breaks > 0
        return len(after) == 1 and after[0].key in PRONOUNS and opens and i2 - i1 <= _LONGEST_NOUN

    def _subject_before(self, at: int) -> frozenset[str]:
        """The opening words of the line before the one that holds `at`: what 'it' may mean."""
        starts = sorted(start for start in self.starts if start <= at)
        if len(starts) < 2:
            return frozenset()
        opening = self.text[starts[-2] : starts[-1]][: _LONGEST_NOUN + 1]
        return frozenset(word.key for word in opening)

    def _same(self, before: Sequence[Word], after: Sequence[Word]) -> bool:
        if "".join(w.text for w in before).lower() == "".join(w.text for w in after).lower():
            return True
        if _as_share(before) == _as_share(after) is not None:
            return True
        return len(before) == len(after) and all(map(_typed_wrongly, before, after))


def _turns(word: Word) -> bool:
    """Whether a word, put in, turns a claim about or limits it."""
    text = word.text.lower()
    return text in NEGATORS or text in CONDITIONS or text in OPPOSITES


def _as_share(words: Sequence[Word]) -> str | None:
    """A number alone, or one in percent as a share."""
    if len(words) == 1 and words[0].number:
        return words[0].key
    if len(words) == 2 and words[0].number and words[1].key == "percent":
        return other_form(words[0].key, percent=True)
    return None


def _typed_wrongly(one: Word, other: Word) -> bool:
    """Whether two words differ by one letter, as a typing error makes them."""
    a, b = one.text.lower(), other.text.lower()
    if one.key == other.key:
        return True
    if min(len(a), len(b)) < _TYPO_LENGTH or a[0] != b[0] or b in OPPOSITES.get(a, ()):
        return False
    if not (a.isalpha() and b.isalpha()):
        return False
    return _one_edit(a, b)


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter was changed, lost, added, or swapped with the next."""
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, c in enumerate(a) if c != b[i]), len(a))
    if len(a) < len(b):
        return len(b) - len(a) == 1 and a[at:] == b[at + 1 :]
    swapped = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    return swapped or a[at + 1 :] == b[at + 1 :]
