"""A statement laid along the lines of a passage, and the places where the two part.

What changes nothing (a joined or parted sentence, a pronoun for its noun, a typing error, a
clause left out at a comma) is no parting. What the partings mean is for `verify` to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from rag.evidence import Evidence, Line
from rag.harmless import Judge
from rag.wording import Word

# Lines that share most words with the statement are tried, each also with its neighbours.
_TRIED_LINES: Final = 2
# Set on the tune half of `evals.pairs`, so that free rewordings are seldom taken for changes.
_TIGHT: Final = 3
_SAME_AROUND: Final = 4
# Of fewer words, a statement must be a whole line to be a quote.
_SHORTEST_PART: Final = 3

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
            yield from ([part] for part in _parts(lines[at]))
    if best and shared[best[0]] and not lines[best[0]].block:
        # A formula between two sentences belongs to neither.
        running = [line for line in lines if not line.block]
        at = running.index(lines[best[0]])
        for first, last in ((at, at + 2), (at - 1, at + 1), (at - 1, at + 2), (at, at + 3)):
            if first >= 0 and last <= len(running):
                yield running[first:last]


def _parts(line: Line) -> Iterator[Line]:
    """What stands between the semicolons and full stops of a line, if it has any within."""
    cuts = [at for at, word in enumerate(line.words) if word.breaks > 1 and at > 0]
    if cuts:
        for begin, end in pairwise([0, *cuts, len(line.words)]):
            yield Line(line.start, line.end, line.words[begin:end], line.block)


def _laid(said: Sequence[Word], lines: Sequence[Line], evidence: Evidence) -> Alignment:
    text = [word for line in lines for word in line.words]
    matcher = SequenceMatcher(
        None, [word.key for word in text], [word.key for word in said], autojunk=False
    )
    codes = matcher.get_opcodes()
    same = sum(j2 - j1 for tag, _, _, j1, j2 in codes if tag == "equal")
    used = [(i1, i2) for tag, i1, i2, _, _ in codes if tag == "equal"]
    judge = Judge(text, said, evidence, _starts(lines), used[0][0] if used else 0)
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
    around = (*codes[max(0, at - 1) : at], *codes[at + 1 : at + 2])
    same = sum(code[2] - code[1] for code in around)
    enough = max(2, min(_SAME_AROUND, len(said) - (j2 - j1)))
    return max(i2 - i1, j2 - j1) <= _TIGHT and same >= enough


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
