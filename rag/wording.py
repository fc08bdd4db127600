"""A text as the words that it is compared by, with markup, spelling and inflection evened out.

Knows nothing of statements and passages: both are read alike, so that whatever is evened out in
one is evened out in the other.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ingest.plain import plain
from ingest.words import terms
from rag.lexicon import EMPTY, NUMBER_WORDS, OPENING, PHRASE, SAME_PHRASES, SYNONYMS

_MATHS: Final = re.compile(
    r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)"
    r"|(?<!\\)\$(?=\S)([^$\n]+?)(?<=\S)\$(?!\d)|`([^`\n]+)`",
    re.DOTALL,
)
# A plane that no note uses, and that `plain` leaves alone.
_PLACE: Final = 0xF0000
_MARKER: Final = re.compile(r"[\[【［]\^?\d{1,3}(?:[ ,;–-]+\d{1,3})*[\]】］](?!\()")
_LAYOUT: Final = re.compile(
    r"\\(?:left|right|[bB]igg?|displaystyle|limits|q?quad)(?![a-zA-Z])|\\[,;:! ]|[{}&\\]"
)
_TEXT: Final = re.compile(
    r"\\(?:text|mathrm|mathbf|mathit|mathsf|mathcal|operatorname)\*?\s*\{([^{}]*)\}"
)
_NUMBER: Final = (
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*|(?<![\w.])\.\d+)(?![^\W_]))"
)
_TOKEN: Final = re.compile(
    rf"{_NUMBER}|(?P<word>[^\W_]+)|(?P<maths>[\U000f0000-\U000fffff])"
    r"|(?P<sign>[%=<>≤≥≠≈±×÷+^→∝∈]|(?<=\s)[−/*-](?=\s)|(?<![\w)])[−-](?=\d))"
    r"|(?P<stop>[,;:—–()]|[.!?…](?!\w))"
)
_MATHS_TOKEN: Final = re.compile(rf"{_NUMBER}|(?P<word>[^\W_]+)|(?P<sign>[^\s\w])")
# Unlike those of running text, the brackets of a formula mean something.
_FORMULA_BRACKETS: Final = re.compile(r"\(([^()]*\s[+*/=−-]\s[^()]*)\)")
_OPEN, _CLOSE = "\U000ffff0", "\U000ffff1"
_POWERS: Final = str.maketrans({"²": "^2", "³": "^3"})
_ZEROS: Final = re.compile(r"(\.\d*?)0+$")
_DENIED: Final = re.compile(r"\b(ca|wo|sha|[a-z]+)n't\b", re.IGNORECASE)
_DENIED_STEMS: Final = {"ca": "can", "wo": "will", "sha": "shall"}
_OWNED: Final = re.compile(r"'s\b|(?<=s)'")
_SPELLING: Final = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"is(e[ds]?|ers?|ing|ations?|able)$", r"iz\1"),
        (r"ys(e[ds]?|ers?|ing)$", r"yz\1"),
        (r"our(?=$|s$|ed$|ing$|able$|ful$|ite)", "or"),
        (r"ll(ed|ing|ers?|ation)$", r"l\1"),
        (r"tre(s?)$", r"ter\1"),
        (r"ogue(s?)$", r"og\1"),
        (r"amme(s?)$", r"am\1"),
        (r"ence(s?)$", r"ense\1"),
        (r"^grey", "gray"),
        (r"^artefact", "artifact"),
        (r"^judgem", "judgm"),
        (r"ae", "e"),
    )
)
_ENDS: Final = frozenset(".!?…;")
_SHORTEST_RESPELLED: Final = 5
# Sentences that one answer reads several times.
_TEXTS_KEPT: Final = 4_096
_WORDS_KEPT: Final = 50_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, and the key that it is compared by.

    `breaks`: what stands before it, 1 for a comma, bracket or the like, 2 for the end of a
    sentence or a semicolon or nothing at all; `opens`: it is the first word after one, so that a
    capital says nothing.
    """

    text: str
    key: str
    number: bool = False
    breaks: int = 0
    opens: bool = False
    maths: bool = False


@lru_cache(maxsize=_TEXTS_KEPT)
def words(markdown: str) -> tuple[Word, ...]:
    """All words that mean something, in order; articles, fillers and markers are left out."""
    return tuple(_without_empty(markdown))


def numeral(text: str) -> str:
    """A number in one form: no thousands separators, no trailing zeros."""
    text = text.replace(",", "")
    text = "0" + text if text.startswith(".") else text
    return _ZEROS.sub(r"\1", text).rstrip(".") if text.count(".") == 1 else text


def other_form(number: str, percent: bool) -> str:
    """A number in percent as the share that it is, and the other way round."""
    try:
        value = float(number)
    except ValueError:
        return number
    return numeral(f"{value / 100 if percent else value * 100:.6f}")


@lru_cache(maxsize=_WORDS_KEPT)
def key_of(word: str) -> str:
    """What a word is compared by: its stem, in one spelling, as the first of its synonyms."""
    word = word.casefold()
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    return stem(SYNONYMS.get(word, word))


@lru_cache(maxsize=_WORDS_KEPT)
def stem(word: str) -> str:
    """A lower-case word's stem in one spelling; a stop word stays as it is."""
    spelled = american(word)
    return next(iter(terms(spelled)), spelled)


def american(word: str) -> str:
    """A lower-case word in the spelling that both sides of a comparison are brought to."""
    if len(word) >= _SHORTEST_RESPELLED:
        for pattern, to in _SPELLING:
            word = pattern.sub(to, word)
    return word


def _without_empty(markdown: str) -> Iterator[Word]:
    """The words that say something; what stood before an empty word stands before the next."""
    broken, opens = 2, True
    for word in _tokens(markdown):
        if not word.key:
            broken, opens = max(broken, 1 + (word.text[0] in _ENDS)), True
        elif not word.maths and not word.number and word.text.lower() in EMPTY:
            opens = False
        else:
            yield Word(word.text, word.key, word.number, broken, opens, word.maths)
            broken, opens = 0, False


def _tokens(markdown: str) -> Iterator[Word]:
    formulas: list[str] = []

    def placed(match: re.Match[str]) -> str:
        formulas.append(next(group for group in match.groups() if group is not None))
        return f" {chr(_PLACE + len(formulas) - 1)} "

    text = _MARKER.sub("", _MATHS.sub(placed, markdown))
    for match in _TOKEN.finditer(_folded(plain(text))):
        text = match.group()
        if match.lastgroup == "maths":
            yield from _formula_tokens(text, formulas)
        elif match.lastgroup == "stop":
            yield Word(text, "")
        elif match.lastgroup == "number":
            yield Word(text, numeral(text), number=True)
        elif match.lastgroup == "word":
            yield Word(text, key_of(text))
        else:
            yield Word(text, "percent" if text == "%" else text.replace("−", "-"))


def _formula_tokens(place: str, formulas: list[str]) -> Iterator[Word]:
    """The signs and names of a formula, or the brackets of one that is set as running text."""
    if place in (_OPEN, _CLOSE):
        yield Word(place, "(" if place == _OPEN else ")", maths=True)
        return
    at = ord(place) - _PLACE
    if at >= len(formulas):
        return
    text = _TEXT.sub(r"\1", formulas[at].replace("{,}", ",")).replace("\\%", "%")
    for match in _MATHS_TOKEN.finditer(_LAYOUT.sub(" ", _unaccented(text))):
        found = match.group()
        number = match.lastgroup == "number"
        word = key_of(found) if match.lastgroup == "word" and len(found) > 1 else found
        yield Word(found, numeral(found) if number else word, number, maths=True)


def _folded(text: str) -> str:
    """Plain text without accents, short forms, openings and phrases that have a shorter twin."""
    text = _unaccented(text).replace("’", "'").replace("‘", "'")
    text = _DENIED.sub(lambda m: _DENIED_STEMS.get(m[1].lower(), m[1]) + " not", text)
    # Twice, as one opening may follow another ('In short, note that …').
    text = OPENING.sub("", OPENING.sub("", _OWNED.sub("", text)))
    text = PHRASE.sub(lambda m: SAME_PHRASES[m.group().lower()], text)
    return _FORMULA_BRACKETS.sub(rf"{_OPEN}\1{_CLOSE}", text)


def _unaccented(text: str) -> str:
    if text.isascii():
        return text
    # Else '8d²' would become '8d2', which is a name.
    text = text.translate(_POWERS)
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
