"""The writer with a model: its reply, cut into statements as it arrives, each one checked.

Nothing of what the model wrote is left out without a word: what no passage bears out is marked,
numbers that name no passage are dropped and counted, and a reply that does not end is cut and said
to be. Knows no window and no vendor.
"""

import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.types import Passage
from rag.claims import Rarity
from rag.cut import Piece, cut
from rag.footnotes import Footnotes, nearest_line
from rag.markers import markers
from rag.model import Model, ModelError
from rag.planted import REASON, planted_from
from rag.prompt import REFUSAL, Prompt
from rag.types import Citation, Form, Statement, Tokens, Verdict, Writing, Wrote
from rag.verify import BEARING, Finding, check, verify

# A reply this many times longer than what was asked for, in letters, will not end by itself.
_LETTERS_PER_TOKEN: Final = 8
# The same statement this often is a loop.
_REPEATED: Final = 3
_NUMBERED: Final = re.compile(r"\s*(\d{1,3}[.)])[ \t]")
_BORNE_OUT: Final = frozenset({Verdict.QUOTED, Verdict.SUPPORTED})


@dataclass(frozen=True, slots=True)
class Written:
    """A statement as the model wrote it, without its markers, and the passages that it cites."""

    text: str
    numbers: tuple[int, ...]
    form: Form
    marker: str = "-"


@dataclass(frozen=True, slots=True)
class Held:
    """A statement held against the passages, and how much of it the best of them bears."""

    statement: Statement
    bearing: float


@dataclass
class Draft:
    """What a model wrote and what came of checking it, statement by statement."""

    written: list[Written] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    dropped: int = 0
    refused: bool = False
    notices: list[str] = field(default_factory=list)
    tokens: Tokens | None = None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements with their verdicts."""
        return tuple(one.statement for one in self.held)

    @property
    def bears(self) -> bool:
        """Whether anything is borne out, or bears on the notes and does not go against them."""
        verdicts = {statement.verdict for statement in self.statements}
        if verdicts & _BORNE_OUT:
            return True
        on_topic = any(one.bearing >= BEARING for one in self.held)
        return on_topic and Verdict.CONTRADICTED not in verdicts


class Writer:
    """Turns one reply of a model into statements."""

    def __init__(self, prompt: Prompt, question: str, footnotes: Footnotes, rarity: Rarity) -> None:
        self._prompt = prompt
        self._question = question
        self._footnotes = footnotes
        self._rarity = rarity
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
            raise ModelError(f"{model.name} sent an empty reply: ask again, or try another model")

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
                marker = numbered[1] if numbered else "-"
                yield self._statement(Written(text, marked.numbers, piece.form, marker))
            elif marked.numbers and self.draft.written and not self.draft.written[-1].numbers:
                # Markers on a line of their own belong to what stands above them.
                last = self.draft.written.pop()
                self.draft.held.pop()
                self._statement(Written(last.text, marked.numbers, last.form, last.marker))

    def _statement(self, written: Written) -> Wrote:
        before = len(self._footnotes.citations)
        held = self._held(written)
        self.draft.written.append(written)
        self.draft.held.append(held)
        return Wrote(held.statement, self._footnotes.citations[before:])

    def _held(self, written: Written) -> Held:
        numbers, hits = written.numbers, self._prompt.hits
        cited = [hits[number - 1].passage for number in numbers]
        others = [hit.passage for at, hit in enumerate(hits, 1) if at not in numbers]
        finding = check(written.text, cited, others, self._rarity, self._question)
        citations = list(self._citations(written.text, finding, cited, others))
        verdict, reasons = finding.verdict, finding.reasons
        if verdict in _BORNE_OUT and any(_planted(one) for one in citations):
            verdict, reasons = Verdict.UNCONFIRMED, (REASON,)
        if not cited and verdict not in _BORNE_OUT:
            reasons = (*reasons, "it names no passage")
        statement = Statement(
            text=written.text,
            citations=tuple(dict.fromkeys(one.number for one in citations)),
            verdict=verdict,
            form=written.form,
            marker=written.marker,
            reasons=reasons,
            repointed=finding.repointed,
        )
        return Held(statement, finding.bearing)

    def _citations(
        self, text: str, finding: Finding, cited: Sequence[Passage], others: Sequence[Passage]
    ) -> Iterator[Citation]:
        """The passage that bears the statement out best, then what else it cites that bears."""
        best = None if finding.passage is None else (*cited, *others)[finding.passage]
        if best is not None:
            yield self._cite(text, best, finding.quote)
        if finding.repointed:
            return
        for passage in cited:
            if passage is best:
                continue
            alone = verify(text, [passage], self._rarity, self._question)
            # A statement that nothing bears on keeps the citations that its writer gave it.
            if best is None or alone.bearing >= BEARING:
                yield self._cite(text, passage, alone.quote)

    def _cite(self, text: str, passage: Passage, quote: tuple[int, int] | None) -> Citation:
        return self._footnotes.cite(passage, *(quote or nearest_line(text, passage, self._rarity)))


def _planted(citation: Citation) -> bool:
    start = planted_from(citation.passage)
    return start is not None and citation.end > start


def _refuses(text: str) -> bool:
    return re.sub(r"\W+", " ", text).strip().casefold() == REFUSAL.casefold()
