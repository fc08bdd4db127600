"""Example questions drawn from the headings of the notes. Pure text; it knows no index."""

from collections.abc import Sequence
from typing import Final

SHOWN: Final = 4
# Longer headings are sentences or lists of topics; they make awkward questions.
_MOST_WORDS: Final = 3
_MOST_LETTERS: Final = 70
# Endings of words that need no article: 'What is validation?', but not 'What is block?'.
_WITHOUT_ARTICLE: Final = tuple("tion sion ing ity ance ence ency ness ism opy out".split())
# Words that make a heading more than the name of one thing.
_JOINING: Final = frozenset(
    "a an and are as at by does for from how in is not of on or that the to versus vs what when"
    " where which who why with".split()
)
# Endings of common words, which begin small inside a sentence; names seldom have them.
_NO_NAME: Final = (
    *_WITHOUT_ARTICLE,
    "al",
    "ed",
    "ive",
    "ic",
    "ent",
    "ear",
    "ly",
    "er",
    "wise",
    "able",
)
# Things that there are several of, whatever their ending.
_COUNTED: Final = frozenset("equation function question section".split())
# Headings that organise a note instead of naming something one could ask about.
ORGANISING: Final = frozenset(
    "appendix conclusion contents example examples faq introduction links notes overview"
    " references resources summary worth".split()
)


def example_questions(headings: Sequence[Sequence[str]], count: int = SHOWN) -> tuple[str, ...]:
    """Up to `count` questions, each from another note, spread over all of them."""
    askable = [found for found in map(_first_question, headings) if found]
    step = max(1, len(askable) // count) if count else 1
    return tuple(dict.fromkeys(askable[::step]))[:count]


def _first_question(headings: Sequence[str]) -> str:
    return next((asked for asked in map(as_question, headings) if asked), "")


def as_question(heading: str) -> str:
    """The heading as a question; empty where it does not make a natural one."""
    text = " ".join(heading.split())
    if text.endswith("?"):
        return text if len(text) <= _MOST_LETTERS and len(text.split()) > 1 else ""
    words = text.split()
    plain = all(letter.isalnum() or letter in " -" for letter in text)
    if not plain or not 0 < len(words) <= _MOST_WORDS or text[0].isdigit():
        return ""
    lowered = [word.casefold() for word in words]
    if _JOINING.intersection(lowered) or ORGANISING.intersection(lowered):
        return ""
    if len(words) > 1 and lowered[0].endswith("ing"):
        return ""
    if not lowered[-1].endswith(_WITHOUT_ARTICLE) or lowered[-1] in _COUNTED:
        return ""
    if words[0][1:].islower():
        if lowered[0].endswith(_NO_NAME):
            text = text[0].lower() + text[1:]
        elif len(words) > 1:
            # 'Feature embedding' or 'Markov chain': a name, or the first word of a heading?
            return ""
    return f"What is {text}?"
