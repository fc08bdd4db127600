"""A statement held against passages, by rules alone: what is quoted, and what it gets wrong.

Rules tell a near-quote from anything else; they cannot tell a true rewording from a false one,
and so they never say `supported`. Knows nothing of how the statement was written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ingest.types import Passage
from rag.alignment import Alignment, Parting, align
from rag.claims import (
    Rarity,
    Weighted,
    coverage,
    denial,
    least_covered,
    missing_names,
    missing_numbers,
    opposite,
    weighted,
)
from rag.evidence import Evidence, evidence
from rag.lexicon import JOINERS, MOVABLE
from rag.types import Verdict
from rag.wording import Word, words

# Set on the tune half of `evals.pairs`; see docs/checking.md.
# With less of its words in a passage, a statement is about something else.
BEARING: Final = 0.4
# From this share of words on, in order, a statement is a line of the passage, changed.
_FOLLOWS: Final = 0.6
# A passage with less of its words cannot hold a statement as a quote, and is not searched for it.
_WORTH_LAYING: Final = 0.3
_BESIDE_BEST: Final = 0.7
# With this much of its words there, a statement may be a line whose clauses changed places.
_WORTH_TURNING: Final = 0.9
_MOST_TURNS: Final = 3
# A clause with less of its words in the passages, in a statement that has more, is not from them.
_FOREIGN_CLAUSE: Final = 0.25
_OWN_REST: Final = 0.6
# Longer text is no statement; laying it along a passage would take too long.
_LONGEST: Final = 20_000
_MOST_WORDS: Final = 600
# A piece of a statement must say this many words to be held against a passage by itself.
_PIECE_WORDS: Final = 3


class Ground(StrEnum):
    """What speaks against a statement that is no quote."""

    ABSENT = "a number or a name stands in none of the passages"
    CHANGED = "a line of the passage has another number there, or the opposite"
    DENIED = "the statement or a line of the passage denies something, and the other does not"
    FOREIGN = "a clause has hardly a word in common with the passages"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: `passage` bears the statement out best, in `passage.text[quote]`.

    `bearing` is the share of the statement's words, by rarity, that this passage holds;
    `repointed` says that it is none of those that the statement cites; `grounds` are what its
    being contradicted rests on.
    """

    verdict: Verdict
    passage: int | None
    quote: tuple[int, int] | None
    reasons: tuple[str, ...]
    bearing: float = 0.0
    repointed: bool = False
    grounds: frozenset[Ground] = frozenset()


def verify(text: str, passages: Sequence[Passage], rarity: Rarity, asked: str = "") -> Finding:
    """Hold a statement against the passages that it cites."""
    said = words(text) if len(text) <= _LONGEST else ()
    reason = _not_checkable(text, said, passages)
    if reason:
        return Finding(Verdict.UNCONFIRMED, None, None, (reason,))
    held = [evidence(passage) for passage in passages]
    known = frozenset(word.key for word in words(asked))
    counted = weighted(said, rarity, known)
    shares = [coverage(counted, one.keys) for one in held]
    worth = max(_WORTH_LAYING, _BESIDE_BEST * max(shares))
    alignments = [
        _aligned(said, one, share) if share >= worth else None
        for share, one in zip(shares, held, strict=True)
    ]
    for at, one in enumerate(alignments):
        if one is not None and not one.partings:
            return Finding(Verdict.QUOTED, at, (one.start, one.end), (), shares[at])
    return _in_pieces(said, held, shares) or _doubted(
        said, held, counted, shares, alignments, known
    )


def _aligned(said: Sequence[Word], held: Evidence, share: float) -> Alignment | None:
    """A statement laid along a passage, as it stands or with its condition at the other end."""
    found = align(said, held)
    if found and found.partings and share >= _WORTH_TURNING:
        for turned in _turned(said):
            other = align(turned, held)
            if other and not other.partings:
                return other
    return found


def _turned(said: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """'B if A' of 'If A, B', and the other way round."""
    if said[0].text.lower() in MOVABLE:
        cuts = [at for at in range(2, len(said) - 1) if said[at].breaks == 1]
    else:
        cuts = [at for at in range(2, len(said) - 1) if said[at].text.lower() in MOVABLE]
    for at in cuts[-_MOST_TURNS:]:
        yield (*said[at:], *said[:at])


def check(
    text: str,
    cited: Sequence[Passage],
    others: Sequence[Passage],
    rarity: Rarity,
    asked: str = "",
) -> Finding:
    """Hold a statement against what it cites, and where that fails, against the other passages.

    `passage` of the Finding counts through `cited` and then `others`.
    """
    found = verify(text, cited, rarity, asked) if cited else None
    if (found and found.verdict is Verdict.QUOTED) or not others:
        return found or verify(text, (), rarity, asked)
    elsewhere = verify(text, others, rarity, asked)
    moved = None if elsewhere.passage is None else elsewhere.passage + len(cited)
    if found is None:
        return replace(elsewhere, passage=moved)
    if elsewhere.verdict is Verdict.QUOTED:
        reasons = ("what it cites does not say so; another passage does", *found.reasons)
        return replace(elsewhere, passage=moved, reasons=reasons, repointed=True)
    return found


def bearings(
    text: str, passages: Sequence[Passage], rarity: Rarity, asked: str = ""
) -> list[float]:
    """The share of a statement's words, by rarity, that each passage holds."""
    if len(text) > _LONGEST:
        return [0.0] * len(passages)
    known = frozenset(word.key for word in words(asked))
    counted = weighted(words(text), rarity, known)
    return [coverage(counted, evidence(passage).keys) for passage in passages]


def _not_checkable(text: str, said: Sequence[Word], passages: Sequence[Passage]) -> str:
    if len(text) > _LONGEST or len(said) > _MOST_WORDS:
        return "too long to be checked"
    if not said:
        return "nothing is said"
    return "" if passages else "no passage is cited"


def _in_pieces(
    said: Sequence[Word], held: Sequence[Evidence], shares: Sequence[float]
) -> Finding | None:
    """A statement of several sentences or clauses, each quoted from some place."""
    pieces = list(_pieces(said))
    if len(pieces) < 2:
        return None
    found: list[tuple[int, Alignment]] = []
    for piece in pieces:
        laid = (
            (at, align(piece, one))
            for at, one in enumerate(held)
            if len({word.key for word in piece} & one.keys) * 2 > len(piece)
        )
        quoted = next(((at, one) for at, one in laid if one and not one.partings), None)
        if quoted is None:
            return None
        found.append(quoted)
    at, one = found[0]
    return Finding(Verdict.QUOTED, at, (one.start, one.end), (), shares[at])


def _pieces(said: Sequence[Word]) -> Iterator[Sequence[Word]]:
    begin = 0
    for at, word in enumerate(said):
        parts = word.breaks > 1 or (word.breaks and word.key in JOINERS)
        joint = parts and at - begin >= _PIECE_WORDS and len(said) - at >= _PIECE_WORDS
        if joint:
            yield said[begin:at]
            begin = at + (word.key in JOINERS)
    yield said[begin:]


def _doubted(
    said: Sequence[Word],
    held: Sequence[Evidence],
    counted: Sequence[Weighted],
    shares: Sequence[float],
    alignments: Sequence[Alignment | None],
    asked: frozenset[str],
) -> Finding:
    """What is wrong with a statement that is no quote, as far as rules can tell."""
    ranked = [(one.share if one else 0.0, shares[at], -at) for at, one in enumerate(alignments)]
    best = -max(ranked)[2]
    laid = alignments[best]
    follows = laid is not None and laid.share >= _FOLLOWS
    keys = frozenset().union(*(one.keys for one in held))
    wrong = list(_wrong(said, keys, asked))
    if laid is not None and follows:
        wrong.extend(_changed(laid.partings))
    if least_covered(counted, keys) < _FOREIGN_CLAUSE and shares[best] >= _OWN_REST:
        reason = "a part of it has hardly a word in common with the passage"
        wrong.append((reason, Ground.FOREIGN))
    place = (laid.start, laid.end) if laid is not None and follows else None
    bears = follows or shares[best] >= BEARING
    verdict = Verdict.CONTRADICTED if wrong and bears else Verdict.UNCONFIRMED
    reasons = tuple(dict.fromkeys(reason for reason, _ in wrong)) or (_unconfirmed(laid, bears),)
    grounds = frozenset(ground for _, ground in wrong if bears)
    where = best if bears else None
    return Finding(verdict, where, place, reasons, shares[best], grounds=grounds)


def _wrong(
    said: Sequence[Word], keys: frozenset[str], asked: frozenset[str]
) -> Iterator[tuple[str, Ground]]:
    for number in missing_numbers(said, keys):
        yield f"the number {number} is not in the passage", Ground.ABSENT
    # A name that the user brought in is no claim of the writer's.
    for name in missing_names(said, keys | asked):
        yield f"{name} is not in the passage", Ground.ABSENT


def _changed(partings: Sequence[Parting]) -> Iterator[tuple[str, Ground]]:
    """Where a changed line of the passage says something that goes against it."""
    tight = [parting for parting in partings if parting.tight]
    swapped = [pair for pair in map(opposite, tight) if pair]
    denied = any(map(denial, tight))
    # 'Not high' is 'low': rules see both changes, and cannot tell what they come to.
    ground = Ground.DENIED if denied else Ground.CHANGED
    for theirs, said in swapped:
        yield f"the passage says {theirs!r} where this says {said!r}", ground
    if denied:
        yield "one of the two denies what the other says", ground
    for parting in tight:
        keys = {word.key for word in parting.passage}
        for word in parting.said:
            if word.number and word.key not in keys:
                reason = f"the number {word.text} is not what the passage gives there"
                yield reason, Ground.CHANGED


def _unconfirmed(laid: Alignment | None, bears: bool) -> str:
    if not bears:
        return "the passage is about something else"
    if laid is None or not laid.partings or laid.share < _FOLLOWS:
        return "reworded too freely for rules to judge"
    parting = laid.partings[0]
    theirs, said = (" ".join(w.text for w in side) for side in (parting.passage, parting.said))
    if not theirs:
        return f"{said!r} is added"
    return f"{theirs!r} is left out" if not said else f"{said!r} stands for {theirs!r}"
