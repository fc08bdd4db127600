"""How checkers stack: rules judge every statement, others what rules leave open, cheapest first.

Knows no model and no writer. Only a checker may call a statement supported; rules alone may call
it quoted; and what rules find wrong on hard grounds no checker takes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.errors import EncoderError
from ingest.plain import path_text
from ingest.types import Passage
from rag.checker import Checker, Claim, Judgement
from rag.claims import Rarity
from rag.evidence import nearest_line
from rag.model import ModelError
from rag.types import RULES, Verdict
from rag.verify import BEARING, Finding, Ground, bearings, check, verify

# A statement is held against so many passages that it does not cite: each costs a checker as much
# as the ones that it does cite, and those that share few of its words cannot bear it out.
MOST_OTHERS: Final = 3
# A longer statement is a block of code or a table, which no checker can judge as a sentence.
LONGEST_ASKED: Final = 2_000
# Rules know these by looking them up: the number is not there, the line says 'fewer'. A fluent
# model passes over exactly these. The other grounds are guesses that a true rewording can set off:
# of 603 sentences that people wrote, all right, rules call 18 wrong for a denial on one side alone
# ('No: …', 'moves no data') and 4 for a foreign clause, 13 for all that is hard (`evals.pairs`).
HARD: Final = frozenset({Ground.ABSENT, Ground.CHANGED})


@dataclass(frozen=True, slots=True)
class Written:
    """A statement without its markers, and which of the given passages it cites."""

    text: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a statement: the verdict, who gave it, and why, in words.

    `cited` is what it rests on now, by place among the passages, and `passage.text[quote]` the
    line that bears on it most. A checker may still be asked about one that is `open`; where it is
    `lacking`, what it cites cannot bear it out, and only other passages are asked about.
    """

    verdict: Verdict
    cited: tuple[int, ...]
    passage: int | None
    quote: tuple[int, int] | None
    reasons: tuple[str, ...]
    checked_by: str = RULES
    repointed: bool = False
    bearing: float = 0.0
    open: bool = False
    lacking: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What statements are judged by: all passages that their writer had, and the question."""

    passages: Sequence[Passage]
    rarity: Rarity
    asked: str = ""

    def bearings(self, text: str) -> list[float]:
        """The share of a statement's words, by rarity, that each passage holds."""
        return bearings(text, self.passages, self.rarity, self.asked)

    def verify(self, text: str, places: Sequence[int]) -> Finding:
        """What rules find of a statement beside some of the passages."""
        return verify(text, [self.passages[at] for at in places], self.rarity, self.asked)


def settle(
    statements: Sequence[Written], given: Given, checkers: Sequence[Checker] = ()
) -> list[Settled]:
    """Judge statements by rules, then ask the checkers in turn about what is left open."""
    return reconsider(statements, [by_rules(one, given) for one in statements], given, checkers)


def by_rules(written: Written, given: Given) -> Settled:
    """Judge a statement by rules alone."""
    text, passages = written.text, given.passages
    cited = tuple(dict.fromkeys(at for at in written.cited if 0 <= at < len(passages)))
    rest = tuple(at for at in range(len(passages)) if at not in cited)
    found = check(
        text,
        [passages[at] for at in cited],
        [passages[at] for at in rest],
        given.rarity,
        given.asked,
    )
    where = None if found.passage is None else (*cited, *rest)[found.passage]
    rests_on = (where,) if where is not None and where not in cited else cited
    lacking = bool(cited and rest) and _lacking(found, text, given)
    return Settled(
        found.verdict,
        rests_on,
        where,
        found.quote or _line(text, where, given),
        found.reasons,
        repointed=found.repointed,
        bearing=found.bearing,
        open=0 < len(text.strip()) <= LONGEST_ASKED and (lacking or _open(found)),
        lacking=lacking,
    )


def reconsider(
    statements: Sequence[Written],
    settled: Sequence[Settled],
    given: Given,
    checkers: Sequence[Checker],
) -> list[Settled]:
    """Ask the checkers in turn about the statements that are still open, all of them at once."""
    found = list(settled)
    for checker in checkers:
        try:
            found = _asked(checker, statements, found, given)
        except (ModelError, EncoderError) as error:
            reason = f"{checker.name} could not judge it: {error}"
            found = [
                replace(one, reasons=(*one.reasons, reason)) if one.open else one for one in found
            ]
    return found


def _asked(
    checker: Checker, statements: Sequence[Written], settled: Sequence[Settled], given: Given
) -> list[Settled]:
    """Ask a checker about what is open: by what it cites, then by the passages that it does not."""
    left = [(at, one) for at, one in enumerate(settled) if one.open]
    asks = [(at, one.cited) for at, one in left if one.cited and not one.lacking]
    said = {at: one for (at, _), one in _judgements(checker, statements, given, asks)}
    found = [
        _judged(statements[at], one, said[at], checker.name, given) if at in said else one
        for at, one in enumerate(settled)
    ]
    # Who could not judge by what is cited is not asked again.
    unable = {at for at, one in said.items() if not one.confidence}
    asks = [
        (at, (place,))
        for at, one in left
        if found[at].verdict is not Verdict.SUPPORTED and at not in unable
        for place in _others(statements[at].text, one, given)
    ]
    for (at, places), judgement in _judgements(checker, statements, given, asks):
        if found[at].verdict is Verdict.SUPPORTED:
            continue
        if judgement.verdict is Verdict.SUPPORTED:
            found[at] = _supported(
                statements[at], settled[at], places, judgement, checker.name, given
            )
    return found


def _judgements(
    checker: Checker,
    statements: Sequence[Written],
    given: Given,
    asks: Sequence[tuple[int, tuple[int, ...]]],
) -> list[tuple[tuple[int, tuple[int, ...]], Judgement]]:
    """What a checker says of statements, each beside some of the passages."""
    if not asks:
        return []
    claims = [
        Claim(statements[at].text, tuple(evidence_of(given.passages[place]) for place in places))
        for at, places in asks
    ]
    return list(zip(asks, checker.check(claims), strict=True))


def _judged(
    written: Written, one: Settled, judgement: Judgement, name: str, given: Given
) -> Settled:
    """A statement after a checker read what it cites."""
    if judgement.verdict is Verdict.SUPPORTED:
        return _supported(written, one, one.cited, judgement, name, given)
    wrong = one.verdict is Verdict.CONTRADICTED
    if judgement.verdict is Verdict.CONTRADICTED:
        reasons = (*(one.reasons if wrong else ()), judgement.reason)
        return replace(one, verdict=judgement.verdict, reasons=reasons, checked_by=name, open=False)
    # Who could not judge, or finds nothing of what rules found wrong, gives no verdict.
    judged = judgement.confidence > 0 and not wrong
    return replace(
        one,
        reasons=(*one.reasons, judgement.reason),
        checked_by=name if judged else one.checked_by,
    )


def _supported(
    written: Written,
    one: Settled,
    places: tuple[int, ...],
    judgement: Judgement,
    name: str,
    given: Given,
) -> Settled:
    """A statement that a checker finds in some of the passages, cited or not."""
    repointed = bool(written.cited) and places != one.cited
    moved = "what it cites does not say so; another passage does"
    known = one.passage is not None and one.passage in places
    shares = given.bearings(written.text)
    place = one.passage if known else max(places, key=lambda at: shares[at])
    return replace(
        one,
        verdict=Verdict.SUPPORTED,
        cited=places,
        passage=place,
        quote=one.quote if known else _line(written.text, place, given),
        reasons=(*((moved,) if repointed else ()), judgement.reason),
        checked_by=name,
        repointed=one.repointed or repointed,
        open=False,
        lacking=False,
    )


def _open(found: Finding) -> bool:
    """Whether rules leave a statement to those who can judge rewording."""
    if found.verdict is Verdict.CONTRADICTED:
        return not found.grounds & HARD
    return found.verdict is Verdict.UNCONFIRMED


def _lacking(found: Finding, text: str, given: Given) -> bool:
    """Whether all that is wrong is a number or a name that another of the passages has."""
    if found.verdict is not Verdict.CONTRADICTED or found.grounds & HARD != {Ground.ABSENT}:
        return False
    return Ground.ABSENT not in given.verify(text, range(len(given.passages))).grounds


def _others(text: str, one: Settled, given: Given) -> list[int]:
    """The passages that a statement does not rest on and that may bear it out, the best first."""
    shares = given.bearings(text)
    places = [at for at in range(len(shares)) if at not in one.cited and shares[at] >= BEARING]
    best = sorted(places, key=lambda at: -shares[at])[:MOST_OTHERS]
    return [at for at in best if not given.verify(text, (at,)).grounds & HARD]


def _line(text: str, place: int | None, given: Given) -> tuple[int, int] | None:
    """The line of a passage that bears on a statement most."""
    return None if place is None else nearest_line(given.passages[place], text)


def bears(settled: Sequence[Settled]) -> bool:
    """Whether what was written can stand as an answer from these passages.

    Not where nothing in it is borne out and something goes against the passages, nor where none of
    it has to do with them: then the notes do not say.
    """
    verdicts = {one.verdict for one in settled}
    if verdicts & {Verdict.QUOTED, Verdict.SUPPORTED}:
        return True
    return Verdict.CONTRADICTED not in verdicts and any(one.bearing >= BEARING for one in settled)


def evidence_of(passage: Passage) -> str:
    """A passage as a checker reads it: what it is about, then all that it says."""
    path = path_text(passage.heading) or passage.title
    return f"{path}\n\n{passage.body.strip()}" if path else passage.body.strip()
