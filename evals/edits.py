"""Edits by rule that make a near-quote or a wrong statement out of a sentence of the notes.

Each returns None where a sentence gives it nothing to work on. Checking does not read the lists
here; since it was mended after reading pairs, its own lists hold what these hold.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Final

from ingest.types import Passage


@dataclass(frozen=True, slots=True)
class Base:
    """A sentence of a passage, and the one that follows it there ('' where none does)."""

    text: str
    passage: Passage
    following: str


Near = Callable[[Base, Random], str | None]
Wrong = Callable[[Base, Sequence[Base], Random], str | None]

_ADVERBS: Final = (
    r"also|very|really|simply|clearly|therefore|thus|hence|however|quite|still|even|just|already"
    r"|indeed|then|too|moreover|furthermore|actually|itself"
)
_SYNONYMS: Final = MappingProxyType(
    dict(
        pair.split(":")
        for pair in (
            "large:big small:little shows:demonstrates uses:employs use:employ used:employed"
            " needs:requires need:require helps:assists gives:provides give:provide"
            " makes:produces called:named often:frequently usually:typically many:numerous"
            " several:various about:roughly whole:entire because:since since:because"
            " each:every every:each wrong:incorrect keeps:retains begins:starts starts:begins"
            " grows:increases falls:drops chosen:selected choose:select find:discover"
            " hard:difficult difficult:hard common:usual mistake:error although:though"
            " while:whereas whereas:while nearly:almost like:such|as allows:permits"
            " removes:eliminates answer:reply task:job problem:issue method:technique"
            " computes:calculates computed:calculated share:fraction enough:sufficient"
        ).split()
    )
)
# Everyday words whose replacement is not to be found on the list that checking uses.
_REWORDINGS: Final = MappingProxyType(
    dict(
        pair.split(":")
        for pair in (
            "gives:outputs makes:renders shows:indicates tells:informs|us|about compares:contrasts"
            " depends:hinges good:decent better:superior many:plenty|of works:functions"
            " takes:consumes counts:tallies means:signifies training:fitting every:any"
            " learns:picks|up small:modest large:sizeable looks:appears values:figures"
        ).split()
    )
)
_FILLERS: Final = (
    "Note that {}", "In other words, {}", "According to the notes, {}", "In short, {}",
    "It is worth noting that {}", "Put simply, {}", "Of course, {}", "In fact, {}",
)  # fmt: skip
_AMERICAN: Final = (
    (r"is(e[ds]?|ing|ations?|ers?)\b", r"iz\1"),
    (r"(?<=[a-z]{2})our(s|ed|able)?\b", r"or\1"),
    (r"(?<=[a-z])elled\b", "eled"),
    (r"(?<=[a-z])elling\b", "eling"),
    (r"\bcentre", "center"),
    (r"\banalys(e|ed|es|ing)\b", r"analyz\1"),
)
_NOT_AMERICAN: Final = re.compile(
    r"\b(?:noise|noised|rise|rises|precise\w*|exercise\w*|otherwise|raise[ds]?|wise|advertis\w*"
    r"|likewise|four|hour\w*|our|your|pour\w*|tour\w*|source\w*|course|raising|rising|promis\w*"
    r"|arise[sn]?|compris\w*|surpris\w*|disguise\w*|pairwise|\w+wise|revis\w*|supervis\w*|denois\w*"
    r"|poison\w*|premise\w*|concise\w*|devis\w*|televis\w*|cruis\w*|improvis\w*|paris\w*)\b",
    re.IGNORECASE,
)
_NAMES: Final = (
    "Kowalczyk", "Zanzibar", "Tokmakov", "ZeRO3", "QuickNet", "Fujimoto", "Bloomfield", "HyperPool",
    "Nakagawa", "VQX", "Okonkwo", "DeltaRank", "Lindqvist", "PolyFit9", "Osaka", "Ravenscroft",
    "KTRM", "Marchetti", "Boosteron", "Eindhoven",
)  # fmt: skip
_FLIPS: Final = MappingProxyType(
    dict(
        pair.split(":")
        for pair in (
            "more:less less:more fewer:more higher:lower lower:higher larger:smaller"
            " smaller:larger greater:smaller faster:slower slower:faster better:worse worse:better"
            " stronger:weaker weaker:stronger longer:shorter shorter:longer deeper:shallower"
            " wider:narrower narrower:wider earlier:later later:earlier easier:harder"
            " harder:easier cheaper:dearer most:least least:most largest:smallest"
            " smallest:largest highest:lowest lowest:highest best:worst worst:best above:below"
            " below:above increases:decreases decreases:increases before:after after:before"
        ).split()
    )
)
_UNLISTED: Final = MappingProxyType(
    dict(
        pair.split(":")
        for pair in (
            "keeps:discards learns:forgets strong:feeble grows:dwindles helps:hinders"
            " rewards:penalises needs:spares large:minute shares:withholds measures:ignores"
            " first:final wide:cramped random:deliberate adds:strips gives:withholds"
            " finds:overlooks makes:destroys small:enormous counts:disregards uses:avoids"
        ).split()
    )
)
_IS: Final = re.compile(r"\b(?:is|are)\b")
_AUXILIARY: Final = re.compile(r"\b(?:is|are|was|were|can|will|must|should|may|has|have)\b(?! not)")
_NEGATION: Final = re.compile(r"\b(?:not|never|no|nothing|without|cannot|neither)\b")
_AFFIRMED: Final = MappingProxyType(
    {"cannot": "can", "without": "with", "no": "a", "nothing": "something", "neither": "either"}
)
_NUMBER: Final = re.compile(r"(?<![\w.,$^_{\\-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w}]|[.,]\d)")
_ROLE_VERBS: Final = re.compile(
    r" (?:is|are|gives|needs|uses|makes|has|beats|means|becomes|predicts|needs|costs|changes"
    r"|measures|takes|keeps|learns|adds) "
)
_CAUSE: Final = re.compile(r"\b(because|since|so that|when|if)\b")
_LIMIT: Final = re.compile(
    r",? (?:when|if|only|unless|except|where|as long as|provided|until|without|usually|often"
    r"|sometimes|nearly|mostly|almost)\b"
)
_CAPITAL: Final = re.compile(r"(?<=[a-z] )[A-Z][A-Za-z0-9-]+")
_TERM: Final = re.compile(r"\b[a-z]{6,}\b")
# What is cut off after these was a clause of its own, and the rest claims no more than before.
_OTHER_CLAUSE: Final = re.compile(r"(?:[;:,]|\b(?:and|but|while|or|so))$")
# Formulas and code are left as they are: an edit there is another one than is named.
_WORD: Final = re.compile(r"(?<![\w-])[a-z]+(?![\w-])")
_PROTECTED: Final = re.compile(r"\$[^$]+\$|`[^`]*`")


def off_topic(base: Base, bases: Sequence[Base], random: Random) -> Base:
    """A sentence from another note."""
    while True:
        other = bases[random.randrange(len(bases))]
        if other.passage.note != base.passage.note:
            return other


def _adverb_dropped(base: Base, _: Random) -> str | None:
    return _changed(base.text, re.sub(rf",? \b(?:{_ADVERBS})\b,?(?= )", "", base.text, count=1))


def _adverb_added(base: Base, random: Random) -> str | None:
    word = random.choice(("also", "really", "therefore", "actually", "simply"))
    found = _outside(_IS, base.text)
    return f"{base.text[: found[0].end()]} {word}{base.text[found[0].end() :]}" if found else None


def _synonym(base: Base, random: Random) -> str | None:
    return _swapped(base.text, _SYNONYMS, random)


def _rewording(base: Base, random: Random) -> str | None:
    return _swapped(base.text, _REWORDINGS, random)


def _filler(base: Base, random: Random) -> str | None:
    return random.choice(_FILLERS).format(_lowered(base.text))


def _punctuation(base: Base, random: Random) -> str | None:
    text = base.text.rstrip(".!")
    if _PROTECTED.search(text):
        return text
    mark, to = random.choice((("; ", ", "), (", ", " "), (": ", " – "), ("**", ""), ('"', "“")))
    return text.replace(mark, to)


def _number_of_nouns(base: Base, random: Random) -> str | None:
    found = [m for m in _TERM.finditer(base.text) if _countable(m.group())]
    if not found or "$" in base.text:
        return None
    match = random.choice(found)
    word = match.group()
    other = word[:-1] if word.endswith("s") else word + "s"
    return base.text[: match.start()] + other + base.text[match.end() :]


def _spelling(base: Base, _: Random) -> str | None:
    def respelled(match: re.Match[str]) -> str:
        word = match.group()
        if not _NOT_AMERICAN.fullmatch(word):
            for pattern, to in _AMERICAN:
                word = re.sub(pattern, to, word)
        return word

    return _changed(base.text, re.sub(r"[A-Za-z]{5,}", respelled, base.text))


def _merged(base: Base, random: Random) -> str | None:
    if not base.following or base.following[-1] != ".":
        return None
    joint = random.choice(("; ", ", and ", ", while "))
    return base.text.rstrip(".!") + joint + _lowered(base.following)


def _parted(base: Base, _: Random) -> str | None:
    parts = re.split(r"; |, (?:and|but) ", base.text, maxsplit=1)
    if len(parts) < 2 or min(len(part.split()) for part in parts) < 4 or "$" in base.text:
        return None
    return f"{parts[0]}. {parts[1][0].upper()}{parts[1][1:]}"


NEAR: Final[Mapping[str, Near]] = MappingProxyType(
    {
        "adverb dropped": _adverb_dropped,
        "adverb added": _adverb_added,
        "synonym": _synonym,
        "filler": _filler,
        "punctuation": _punctuation,
        "plural or singular": _number_of_nouns,
        "spelling": _spelling,
        "sentences merged": _merged,
        "sentence parted": _parted,
    }
)
# True, and out of reach of a list: reported, and part of no other kind.
REWORDED: Final[Mapping[str, Near]] = MappingProxyType({"word replaced, unlisted": _rewording})


def _new_number(base: Base, _: Sequence[Base], random: Random) -> str | None:
    found = _outside(_NUMBER, base.text)
    if not found:
        return None
    match = random.choice(found)
    while True:
        number = random.choice((str(random.randrange(2, 990)), f"{random.random():.2f}"))
        if number not in base.passage.text:
            return base.text[: match.start()] + number + base.text[match.end() :]


def _moved_number(base: Base, _: Sequence[Base], random: Random) -> str | None:
    found = _outside(_NUMBER, base.text)
    others = sorted(set(_NUMBER.findall(base.passage.body)) - {m.group() for m in found})
    if not found or not others:
        return None
    match = random.choice(found)
    other: str = random.choice(others)
    return base.text[: match.start()] + other + base.text[match.end() :]


def _new_name(base: Base, _: Sequence[Base], random: Random) -> str | None:
    name = random.choice(_NAMES)
    found = _outside(_CAPITAL, base.text)
    if found:
        match = random.choice(found)
        return base.text[: match.start()] + name + base.text[match.end() :]
    if base.text[-1] not in ".!":
        return None
    return f"{base.text[:-1]} in {name}."


def _half_supported(base: Base, bases: Sequence[Base], random: Random) -> str | None:
    other = off_topic(base, bases, random).text
    joint = random.choice((", and ", "; ", ", because "))
    clauses = base.text.split(", ")
    own = clauses[0] if random.random() < 0.5 and len(clauses[0].split()) > 5 else base.text
    return own.rstrip(".!") + joint + _lowered(other)


def _negation_added(base: Base, _: Sequence[Base], random: Random) -> str | None:
    found = _outside(_AUXILIARY, base.text)
    if not found:
        return None
    at = random.choice(found).end()
    return f"{base.text[:at]} {random.choice(('not', 'never'))}{base.text[at:]}"


def _negation_removed(base: Base, _: Sequence[Base], random: Random) -> str | None:
    found = _outside(_NEGATION, base.text)
    if not found:
        return None
    match = random.choice(found)
    put = _AFFIRMED.get(match.group(), "")
    return " ".join((base.text[: match.start()] + put + base.text[match.end() :]).split())


def _comparative_flipped(base: Base, _: Sequence[Base], random: Random) -> str | None:
    return _swapped(base.text, _FLIPS, random)


def _opposite(base: Base, _: Sequence[Base], random: Random) -> str | None:
    return _swapped(base.text, _UNLISTED, random)


def _roles_swapped(base: Base, _: Sequence[Base], __: Random) -> str | None:
    parts = _ROLE_VERBS.split(base.text.rstrip(".!"), maxsplit=1)
    verb = _ROLE_VERBS.search(base.text)
    if verb is None or min(len(part.split()) for part in parts) < 2:
        return None
    after = parts[1][0].upper() + parts[1][1:]
    return f"{after}{verb.group()}{_lowered(parts[0])}."


def _terms_swapped(base: Base, _: Sequence[Base], random: Random) -> str | None:
    own = _outside(_TERM, base.text)
    others = sorted({m for m in _TERM.findall(base.passage.body) if m not in base.text})
    if not own or not others:
        return None
    match = random.choice(own)
    other: str = random.choice(others)
    return base.text[: match.start()] + other + base.text[match.end() :]


def _cause_reversed(base: Base, _: Sequence[Base], __: Random) -> str | None:
    match = _CAUSE.search(base.text)
    if match is None:
        return None
    before, after = base.text[: match.start()].strip(" ,"), base.text[match.end() :].strip(" .,!")
    if min(len(before.split()), len(after.split())) < 3:
        return None
    return f"{after[0].upper()}{after[1:]} {match.group()} {_lowered(before)}."


def _generalised(base: Base, _: Sequence[Base], __: Random) -> str | None:
    match = _LIMIT.search(base.text)
    if match is None or len(base.text[: match.start()].split()) < 4:
        return None
    if _OTHER_CLAUSE.search(base.text[: match.start()]):
        return None
    if match.group().split()[-1] in {"only", "usually", "often", "sometimes", "nearly", "mostly"}:
        return base.text[: match.start()] + base.text[match.end() :]
    return base.text[: match.start()].rstrip(",") + "."


WRONG: Final[Mapping[str, Wrong]] = MappingProxyType(
    {
        "new number": _new_number,
        "number moved": _moved_number,
        "new name": _new_name,
        "half supported": _half_supported,
        "negation added": _negation_added,
        "negation removed": _negation_removed,
        "comparative flipped": _comparative_flipped,
        "opposite, unlisted": _opposite,
        "roles swapped": _roles_swapped,
        "terms swapped": _terms_swapped,
        "cause reversed": _cause_reversed,
        "over-generalised": _generalised,
    }
)


def _outside(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """The matches that do not touch a formula or code."""
    kept = [match.span() for match in _PROTECTED.finditer(text)]
    return [
        match
        for match in pattern.finditer(text)
        if not any(match.start() < end and match.end() > start for start, end in kept)
    ]


def _swapped(text: str, by: Mapping[str, str], random: Random) -> str | None:
    """The text with one word replaced as the list says; '|' stands for a space."""
    found = [match for match in _outside(_WORD, text) if match.group() in by]
    if not found:
        return None
    match = random.choice(found)
    return text[: match.start()] + by[match.group()].replace("|", " ") + text[match.end() :]


def _countable(word: str) -> bool:
    """Whether a word is likely a noun whose number may be changed by its last letter."""
    return word.endswith(("tion", "tions", "ing", "ings", "or", "ors", "el", "els", "ent", "ents"))


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def _changed(before: str, after: str) -> str | None:
    return after if after != before else None
