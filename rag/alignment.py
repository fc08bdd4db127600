"""A statement laid along the lines of a passage, and the places where the two part.

What changes nothing (a joined or parted sentence, a pronoun for its noun, a typing error, a
clause left out at a comma) is no parting. What the partings mean is for `verify` to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from rag.evidence import Evidence, Line
from rag.lexicon import CONDITIONS, JOINERS, NEGATORS, OPPOSITES, PRONOUNS
from rag.wording import Word, other_form

# Lines that share most words with the statement are tried, each also with its neighbours.
_TRIED_LINES: Final = 2
# A noun that stands for a pronoun, or a word that the heading supplies, is at most this long.
_LONGEST_NOUN: Final = 4
# Shorter words lie too close to each other to tell a typing error from another word.
_TYPO_LENGTH: Final = 6
# Set on the tune half of `evals.pairs`, so that free rewordings are seldom taken for changes.
_TIGHT: Final = 3
_SAME_AROUND: Final = 4
# A longer part between two others is no aside: without it they were never one claim.
_LONGEST_ASIDE: Final = 8
# Of fewer words, a statement must be a whole line to be a quote.
_SHORTEST_PART: Final = 3
_LINKS: Final = frozenset("of for in".split())

_Code = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Parting:
    """Where a statement says something else: the passage's words, and its own.

    `tight`: a few words that stand between others which are the same on both sides.
    """

    passage: tuple[Word, ...]
    said: tuple[Word, ...]
    tight: bool


@dataclass(frozen=True, slots=True)
class Alignment:
    """A statement laid along `passage.text[start:end]`; `share` of its words are the same."""

    start: int
    end: int
    share: float
    partings: tuple[Parting, ...]


def align(said: Sequence[Word], evidence: Evidence) -> Alignment | None:
    """The best way to lay a statement along neighbouring lines of a passage."""
    found: Alignment | None = None
    for window in _windows(said, evidence.lines):
        one = _laid(said, window, evidence)
        if found is None or _better(one, found):
            found = one
        if not found.partings:
            break
    return found


def _better(one: Alignment, other: Alignment) -> bool:
    return (not one.partings, one.share, -len(one.partings)) > (
        not other.partings,
        other.share,
        -len(other.partings),
    )


def _windows(said: Sequence[Word], lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """Runs of lines worth trying, the most promising first."""
    keys = {word.key for word in said}
    shared = [len(keys & {word.key for word in line.words}) for line in lines]
    best = sorted(range(len(lines)), key=lambda at: (-shared[at], at))[:_TRIED_LINES]
    for at in best:
        if shared[at]:
            yield lines[at : at + 1]
    if best and shared[best[0]] and not lines[best[0]].block:
        # A formula between two sentences belongs to neither.
        running = [line for line in lines if not line.block]
        at = running.index(lines[best[0]])
        for first, last in ((at, at + 2), (at - 1, at + 1), (at - 1, at + 2), (at, at + 3)):
            if first >= 0 and last <= len(running):
                yield running[first:last]


def _laid(said: Sequence[Word], lines: Sequence[Line], evidence: Evidence) -> Alignment:
    text = [word for line in lines for word in line.words]
    matcher = SequenceMatcher(
        None, [word.key for word in text], [word.key for word in said], autojunk=False
    )
    codes = matcher.get_opcodes()
    same = sum(j2 - j1 for tag, _, _, j1, j2 in codes if tag == "equal")
    used = [(i1, i2) for tag, i1, i2, _, _ in codes if tag == "equal"]
    judge = _Judge(text, said, evidence, _starts(lines), used[0][0] if used else 0)
    partings = tuple(
        Parting(tuple(text[i1:i2]), tuple(said[j1:j2]), _tight(codes, at, said))
        for at, (tag, i1, i2, j1, j2) in enumerate(codes)
        if tag != "equal" and not judge.harmless(i1, i2, j1, j2)
    )
    if len(said) < _SHORTEST_PART and len(text) != len(said):
        partings = (Parting(tuple(text), tuple(said), tight=False),)
    start, end = _place(lines, used)
    return Alignment(start, end, same / len(said) if said else 0.0, partings)


def _tight(codes: Sequence[_Code], at: int, said: Sequence[Word]) -> bool:
    """Whether a parting is short, and what stands around it is the same for long enough."""
    _, i1, i2, j1, j2 = codes[at]
    if j1 == 0 < j2 < len(said) and said[j2].breaks:
        # 'No: …' and 'Hardly, …' answer the question; they deny nothing of what follows.
        return False
    around = codes[max(0, at - 1) : at] + codes[at + 1 : at + 2]
    same = sum(code[2] - code[1] for code in around)
    return max(i2 - i1, j2 - j1) <= _TIGHT and same >= _SAME_AROUND


def _starts(lines: Sequence[Line]) -> frozenset[int]:
    """Where in the words of all lines each line begins, and where the last one ends."""
    found = [0]
    for line in lines:
        found.append(found[-1] + len(line.words))
    return frozenset(found)


def _place(lines: Sequence[Line], used: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From the start of the first line that has a part in it to the end of the last one."""
    touched = []
    at = 0
    for line in lines:
        if any(i1 < at + len(line.words) and i2 > at for i1, i2 in used):
            touched.append(line)
        at += len(line.words)
    touched = touched or list(lines)
    return touched[0].start, touched[-1].end


@dataclass(frozen=True, slots=True)
class _Judge:
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
            return (j < len(self.said) and self.said[j].breaks) or i2 in self.starts
        return self._is_clause(i1, i2)

    def _is_clause(self, i1: int, i2: int) -> bool:
        """Whether the words are whole lines or clauses that did not limit what is kept."""
        opens = i1 in self.starts or self._joint(i1)
        closes = i2 in self.starts or self._joint(i2)
        if not (opens and closes):
            return False
        if i1 in self.starts and i2 in self.starts:
            return True
        if i1 < self.first_used:
            return not any(word.text.lower() in CONDITIONS for word in self.text[i1:i2])
        return not any(part in CONDITIONS for part in self._parts(i1, i2))

    def _parts(self, i1: int, i2: int) -> Iterator[str]:
        """The word that opens a part left out, and the one after a joiner."""
        first = self.text[i1].text.lower()
        yield first
        if first in JOINERS and i1 + 1 < i2:
            yield self.text[i1 + 1].text.lower()

    def _joint(self, at: int) -> bool:
        return (
            self.text[at].breaks
            or self.text[at].key in JOINERS
            or (self.text[at - 1].key in JOINERS)
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
            known = self.evidence.context | {word.key for word in self.text[:i1]}
            return all(word.key in known for word in after)
        opens = i1 in self.starts or self.text[i1].breaks > 0
        return len(after) == 1 and after[0].key in PRONOUNS and opens and i2 - i1 <= _LONGEST_NOUN

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
