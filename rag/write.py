"""The writer with a model: its reply, cut into statements as it arrives, each one checked.

Nothing of what the model wrote is left out without a word: what no passage bears out is marked,
numbers that name no passage are dropped and counted, and a reply that does not end is cut and said
to be. Knows no window and no vendor.
"""

import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rag.checker import Checker
from rag.claims import Rarity
from rag.cut import Piece, cut
from rag.evidence import nearest_line
from rag.footnotes import Footnotes
from rag.markers import markers
from rag.model import Model, ModelError, Trouble
from rag.planted import REASON, planted_from
from rag.prompt import REFUSAL, Prompt
from rag.stack import Given, Settled, Written, bears, by_rules, reconsider
from rag.types import (
    RULES,
    Checking,
    Citation,
    Form,
    Statement,
    Tokens,
    Verdict,
    Writing,
    Wrote,
)
from rag.verify import BEARING

# A reply this many times longer than what was asked for, in letters, will not end by itself.
_LETTERS_PER_TOKEN: Final = 8
# The same statement this often is a loop.
_REPEATED: Final = 3
_NUMBERED: Final = re.compile(r"\s*(\d{1,3}[.)])[ \t]")
_BORNE_OUT: Final = frozenset({Verdict.QUOTED, Verdict.SUPPORTED})


@dataclass(frozen=True, slots=True)
class Shape:
    """How a statement is set, beside what it says."""

    form: Form
    marker: str = "-"


@dataclass
class Draft:
    """What a model wrote and what came of checking it, statement by statement."""

    written: list[Written] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    checked_by: list[str] = field(default_factory=lambda: [RULES])
    dropped: int = 0
    refused: bool = False
    notices: list[str] = field(default_factory=list)
    tokens: Tokens | None = None


class Writer:
    """Turns one reply of a model into statements."""

    def __init__(self, prompt: Prompt, question: str, footnotes: Footnotes, rarity: Rarity) -> None:
        self._prompt = prompt
        self._footnotes = footnotes
        self._given = Given([hit.passage for hit in prompt.hits], rarity, question)
        self._known = range(1, len(prompt.hits) + 1)
        self.draft = Draft()

    def write(self, model: Model) -> Generator[Writing | Wrote, None, None]:
        """The events of a reply; closing the generator ends the request."""
        rest = ""
        stream = model.stream(self._prompt.messages, self._prompt.most)
        try:
            for part in self._parts(stream):
                pieces, rest = cut(rest + part, final=False)
                yield from self._pieces(pieces)
                if self._loops():
                    self.draft.notices.append("The model repeated itself; its reply was cut there.")
                    rest = ""
                    break
                yield Writing(markers(rest, self._known).text)
        finally:
            stream.close()
        yield from self._pieces(cut(rest, final=True)[0])
        if not self.draft.written and not self.draft.refused:
            raise ModelError(
                f"{model.name} sent an empty reply: ask again, or try another model", Trouble.EMPTY
            )

    def check(self, checkers: Sequence[Checker]) -> Generator[Checking, None, None]:
        """Ask those who can judge rewording about what rules leave open, one after the other."""
        draft = self.draft
        for checker in checkers:
            if any(one.open for one in draft.settled):
                yield Checking(checker.name)
                draft.settled = reconsider(draft.written, draft.settled, self._given, [checker])
                draft.checked_by.append(checker.name)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What was written, each statement with its verdict as it is now."""
        return tuple(self._statement(at) for at in range(len(self.draft.written)))

    @property
    def bears(self) -> bool:
        """Whether what was written can stand as an answer from the notes."""
        verdicts = zip(self.statements, self.draft.settled, strict=True)
        return bears([replace(one, verdict=said.verdict) for said, one in verdicts])

    def _parts(self, stream: Generator[str, None, Tokens | None]) -> Iterator[str]:
        left = _LETTERS_PER_TOKEN * self._prompt.most
        while left > 0:
            try:
                part = next(stream)
            except StopIteration as ended:
                self.draft.tokens = ended.value
                return
            yield part[:left]
            left -= len(part)
        self.draft.notices.append("The model did not come to an end; its reply was cut.")

    def _loops(self) -> bool:
        if not self.draft.written:
            return False
        said = Counter(one.text.casefold() for one in self.draft.written)
        return said[self.draft.written[-1].text.casefold()] >= _REPEATED

    def _pieces(self, pieces: Sequence[Piece]) -> Iterator[Wrote]:
        for piece in pieces:
            marked = markers(piece.text, self._known)
            self.draft.dropped += marked.unknown
            text = marked.text.strip()
            if _refuses(text):
                self.draft.refused = True
            elif text:
                numbered = _NUMBERED.match(piece.raw) if piece.form is Form.ITEM else None
                shape = Shape(piece.form, numbered[1] if numbered else "-")
                yield self._wrote(Written(text, _places(marked.numbers)), shape)
            elif marked.numbers and self.draft.written and not self.draft.written[-1].cited:
                # Markers on a line of their own belong to what stands above them.
                last = Written(self.draft.written[-1].text, _places(marked.numbers))
                self.draft.written[-1] = last
                self.draft.settled[-1] = by_rules(last, self._given)

    def _wrote(self, written: Written, shape: Shape) -> Wrote:
        before = len(self._footnotes.citations)
        self.draft.written.append(written)
        self.draft.shapes.append(shape)
        self.draft.settled.append(by_rules(written, self._given))
        statement = self._statement(len(self.draft.written) - 1)
        return Wrote(statement, self._footnotes.citations[before:])

    def _statement(self, at: int) -> Statement:
        written, shape = self.draft.written[at], self.draft.shapes[at]
        settled = self.draft.settled[at]
        citations = list(self._citations(written.text, settled))
        verdict, reasons = settled.verdict, settled.reasons
        if verdict in _BORNE_OUT and any(_planted(one) for one in citations):
            verdict, reasons = Verdict.UNCONFIRMED, (REASON,)
        if not written.cited and verdict not in _BORNE_OUT:
            reasons = (*reasons, "it names no passage")
        return Statement(
            text=written.text,
            citations=tuple(dict.fromkeys(one.number for one in citations)),
            verdict=verdict,
            form=shape.form,
            marker=shape.marker,
            reasons=reasons,
            checked_by=settled.checked_by,
            repointed=settled.repointed,
        )

    def _citations(self, text: str, settled: Settled) -> Iterator[Citation]:
        """The passage that bears a statement out best, then what else it cites that bears."""
        if settled.passage is not None:
            yield self._cite(text, settled.passage, settled.quote)
        shares = self._given.bearings(text)
        for at in settled.cited:
            # A statement that nothing bears on keeps the citations that its writer gave it.
            if at != settled.passage and (settled.passage is None or shares[at] >= BEARING):
                yield self._cite(text, at, None)

    def _cite(self, text: str, at: int, quote: tuple[int, int] | None) -> Citation:
        passage = self._given.passages[at]
        place = quote or nearest_line(passage, text) or (passage.lead, len(passage.text))
        return self._footnotes.cite(passage, *place)


def _places(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(number - 1 for number in numbers)


def _planted(citation: Citation) -> bool:
    start = planted_from(citation.passage)
    return start is not None and citation.end > start


def _refuses(text: str) -> bool:
    return re.sub(r"\W+", " ", text).strip().casefold() == REFUSAL.casefold()
