"""Passages by their words: BM25 by Tantivy. Derived from the database.

Questions are analysed into terms and never parsed, so that no character in them means anything.
Knows nothing of vectors, or of why a question is asked.
"""

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import tantivy

from ingest.errors import BrokenIndex
from ingest.types import PassageId

# Longer tokens are data (hashes, base64), not words.
_LONGEST_TOKEN: Final = 40
# A question has a dozen terms; a pasted page is told apart by its rarest, and stays fast.
MOST_TERMS: Final = 64
# Tantivy asks for 15 MB a thread at least; this holds some 100,000 passages in one segment.
_WRITER_BYTES: Final = 128_000_000
_ANALYSER: Final = "notes"
_FIELDS: Final = ("body", "heading")
# Whole words as they are written, to tell a word misspelt from one that the notes use.
_SPELT: Final = "spelt"
# What is left of 'classifier's' and 'they've', and the words that say how a thing is asked
# rather than what about. Tantivy's own English list has none of the question words. Words that
# make a term ('one-hot', 'few-shot', 'out-of-bag', 'trade-off') are not among them.
_STOP_WORDS: Final = tuple(
    """
    a about again all also am an and any are as at be because been being both but by can could did
    do does doing done either else ever for from had has have having he her here hers herself him
    himself his how however i if in into is it its itself just ll may me might more most much must
    my myself neither no nor not now of on only onto or other our ours ourselves please re s shall
    she should so some such than that the their theirs them themselves then there these they this
    those though through to too until upon us ve very was we were what when where whether which
    while who whom whose why will with within without would yet you your yours yourself yourselves
    """.split()
)


@dataclass(frozen=True, slots=True)
class WordHit:
    """A passage's BM25 over body and heading, and how much of it is the heading's."""

    id: PassageId
    score: float
    heading: float


@dataclass(frozen=True, slots=True)
class Worded:
    """A passage as the word index takes it in: plain words, without markup."""

    id: PassageId
    body: str
    heading: str


def terms(text: str) -> list[str]:
    """The stems that a text is searched by, in order, without stop words."""
    return _analysed(text, _asking())


def build(folder: Path, passages: Iterable[Worded]) -> None:
    """Write an index of passages into an empty folder."""
    try:
        index = tantivy.Index(_schema(), str(folder), reuse=False)
        # Stop words stay in the index, so that a question of nothing else still finds something.
        index.register_tokenizer(_ANALYSER, _reading())
        index.register_tokenizer(_SPELT, _lowered().build())
        # One thread keeps the passages in order, and with it the order of equal scores.
        writer = index.writer(_WRITER_BYTES, num_threads=1)
        for passage in passages:
            document = tantivy.Document()
            document.add_unsigned("id", passage.id)
            document.add_text("body", passage.body)
            document.add_text("heading", passage.heading)
            document.add_text(_SPELT, f"{passage.heading} {passage.body}")
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
    except (ValueError, OSError) as error:
        raise BrokenIndex(f"{folder} cannot be written: {error}") from error


class Words:
    """The words of one side of one generation."""

    def __init__(self, index: Any) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `build` wrote; the caller has compared its checksums."""
        try:
            return cls(tantivy.Index.open(str(folder)))
        except (ValueError, OSError) as error:
            raise BrokenIndex(f"{folder} cannot be read: {error}") from error

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, question: str, limit: int) -> list[WordHit]:
        """The passages that share words with the question, best first."""
        asked = self._asked(question)
        found = self._found(self._any_of(asked, _FIELDS), limit)
        headings = dict(self._found(self._within(found, asked, ("heading",)), len(found)))
        return [WordHit(id, score, headings.get(id, 0.0)) for id, score in found.items()]

    def scores(self, question: str, ids: Iterable[PassageId]) -> dict[PassageId, WordHit]:
        """How these passages score for the question; 0 for those that share no word with it."""
        wanted = list(dict.fromkeys(ids))
        asked = self._asked(question)
        totals = self._found(self._within(wanted, asked, _FIELDS), len(wanted))
        headings = self._found(self._within(wanted, asked, ("heading",)), len(wanted))
        return {id: WordHit(id, totals.get(id, 0.0), headings.get(id, 0.0)) for id in wanted}

    def uses(self, word: str) -> bool:
        """Whether any passage has this very word, in any case."""
        return bool(self._searcher.doc_freq(_SPELT, word.lower()))

    def spelt_like(self, word: str, distance: int, limit: int) -> list[PassageId]:
        """Some passages with a word that so many slips would turn into this one."""
        query = tantivy.Query.fuzzy_term_query(self._schema, _SPELT, word.lower(), distance)
        return list(self._found(query, limit))

    def idf(self, stems: Iterable[str]) -> dict[str, float]:
        """How rare each stem is here, as BM25 counts it; an unknown one is the rarest."""
        return {stem: _idf(self._holding(stem), len(self)) for stem in stems}

    def _asked(self, question: str) -> list[str]:
        """The rarest distinct terms of a question; stop words only if there is nothing else."""
        distinct = dict.fromkeys(terms(question)) or dict.fromkeys(_analysed(question, _reading()))
        counted = [(self._frequency(term), term) for term in distinct]
        return [term for _, term in sorted(pair for pair in counted if pair[0])[:MOST_TERMS]]

    def _frequency(self, term: str) -> int:
        return sum(self._searcher.doc_freq(field, term) for field in _FIELDS)

    def _holding(self, stem: str) -> int:
        """How many passages have a stem in body or heading."""
        body, heading = (int(self._searcher.doc_freq(field, stem)) for field in _FIELDS)
        if not body or not heading:
            return body or heading
        return int(self._searcher.search(self._any_of([stem], _FIELDS), 1).count)

    def _any_of(self, stems: Sequence[str], fields: Sequence[str]) -> Any:
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, field, stem, "freq"))
                for stem in stems
                for field in fields
            ]
        )

    def _within(self, ids: Iterable[PassageId], stems: Sequence[str], fields: Sequence[str]) -> Any:
        """Passages among `ids`, scored by the stems alone."""
        among = tantivy.Query.term_set_query(self._schema, "id", list(ids))
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, tantivy.Query.const_score_query(among, 0.0)),
                (tantivy.Occur.Must, self._any_of(stems, fields)),
            ]
        )

    def _found(self, query: Any, limit: int) -> dict[PassageId, float]:
        limit = min(limit, len(self))
        if limit < 1:
            return {}
        hits = self._searcher.search(query, limit, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        return {PassageId(id): score for id, (score, _) in zip(ids, hits, strict=True)}


def _idf(holding: int, passages: int) -> float:
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def _schema() -> Any:
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("id", indexed=True, fast=True)
    for field in _FIELDS:
        schema.add_text_field(field, tokenizer_name=_ANALYSER, index_option="freq")
    schema.add_text_field(_SPELT, tokenizer_name=_SPELT, index_option="basic")
    return schema.build()


def _analysed(text: str, analyser: Any) -> list[str]:
    # Half of a surrogate pair is no text to Tantivy, and ends no word to a reader.
    stems: list[str] = analyser.analyze(text.encode("utf-8", "replace").decode("utf-8"))
    return stems


@functools.cache
def _reading() -> Any:
    """What passages are analysed by."""
    return _lowered().filter(tantivy.Filter.stemmer("english")).build()


@functools.cache
def _asking() -> Any:
    """What questions are analysed by."""
    stop = tantivy.Filter.custom_stopword(list(_STOP_WORDS))
    return _lowered().filter(stop).filter(tantivy.Filter.stemmer("english")).build()


def _lowered() -> Any:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    lowercase = tantivy.Filter.lowercase()
    return builder.filter(tantivy.Filter.remove_long(_LONGEST_TOKEN)).filter(lowercase)
