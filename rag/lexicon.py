"""The English that checking knows: what changes nothing, what denies, limits or turns about.

Lists only; what is done with them stands in `wording`, `edits` and `claims`. Words that say how
often or how surely ('usually', 'only', 'nearly') are in no list of harmless words on purpose.
"""

import re
from types import MappingProxyType
from typing import Final

# Said or left out, these change nothing about what a sentence claims.
EMPTY: Final = frozenset(
    "a an the that which who very really quite simply just actually basically clearly obviously"
    " indeed also too therefore thus hence moreover furthermore however besides accordingly"
    " consequently additionally naturally evidently then thereby itself themselves own"
    " respectively even still again here already".split()
)

# Openings that only lead up to a statement.
OPENING: Final = re.compile(
    r"(?:^|(?<=[.!?;:] ))(?:(?:please )?(?:note|notice|remember|recall|observe|keep in mind) that"
    r"|it (?:is|should be|must be) (?:also )?(?:worth|important to|useful to|noted|remembered)"
    r"(?: (?:noting|note|remember|mentioning|mention|knowing|know))? ?that"
    r"|(?:as|according to) (?:the|your|these) (?:notes?|passages?|text|sources?)"
    r"(?: (?:says?|states?|puts? it|explains?|describes?))?"
    r"|(?:the|your) (?:notes?|passages?|text) (?:says?|states?|explains?|points? out) that"
    r"|in other words|in short|in brief|in essence|in summary|in simple terms|put simply"
    r"|simply put|to put it (?:simply|briefly)|to be precise|in particular|in fact|as such"
    r"|of course|that is(?=,)|as (?:we|you) can see|(?:we|you) can see that|this means that"
    r"|it turns out that|it follows that|the point is that|as a result),? ",
    re.IGNORECASE,
)

_PHRASES: Final = """
in order to=to|so as to=to|due to=because of|owing to=because of|such as=like|for example=eg
for instance=eg|e.g.=eg|that is to say=ie|i.e.=ie|as well as=and|a lot of=many|lots of=many
a number of=several|per cent=percent|even though=although|is able to=can|are able to=can
in contrast to=unlike|can not=cannot|not any=no|at the same time=while|is equal to=equals
has to=must|have to=must|greater than=more than|known as=called|referred to as=called
made up of=consists of|composed of=consists of|leads to=causes|lead to=cause|results in=causes
result in=cause|depends upon=depends on|as long as=if|in case=if|because of the fact that=because
"""
SAME_PHRASES: Final = MappingProxyType(
    dict(pair.split("=") for pair in _PHRASES.strip().replace("\n", "|").split("|"))
)
PHRASE: Final = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(phrase) for phrase in SAME_PHRASES) + r")(?!\w)",
    re.IGNORECASE,
)

_GROUPS: Final = """
be is are was were been being am
have has had having
do does did doing done
they it
their its
this these
those such
and &
can could
may might
must should
while whereas
although though
because since
big large huge
small little tiny
use utilise utilize employ apply
show demonstrate illustrate reveal
help aid assist
begin start commence
finish end stop
choose select pick
get obtain receive gain
give provide yield supply
make create produce build construct
keep retain preserve maintain
need require
let allow permit enable
find discover locate
call name term
whole entire
whole complete full
many numerous
several various
often frequently
usually commonly normally typically generally
rarely seldom
nearly almost
about roughly approximately around
quick fast rapid
quickly rapidly swiftly
important crucial essential key vital
hard difficult
easy straightforward
wrong incorrect
right correct
happen occur
try attempt
aim goal objective purpose
part portion piece
usual common typical
mistake error
way manner
method technique approach
problem issue
choice option
kind type sort
share fraction proportion
each every
enough sufficient
equal same identical
example instance
compute calculate
measure quantify
answer reply response
reach attain achieve
change alter modify
grow increase rise
shrink decrease reduce lower diminish fall drop
improve enhance
remove delete eliminate
add append
join combine merge
split divide
compare contrast
explain describe
avoid prevent
cause produce
contain include hold comprise
consider regard
buy purchase
fix repair correct
replace substitute
depend rely
lack miss
matter count
mainly mostly primarily chiefly largely
exactly precisely
separately individually
together jointly
only solely
different distinct
similar alike
but yet
instead rather
merely only
above over
under below
within inside
next following
earlier previous
costly expensive
cheap inexpensive
new novel
simple plain
extra additional
task job
choose chose chosen
make made
keep kept
give gave given
find found
show shown showed
get got gotten
grow grew grown
fall fell fallen
rise rose risen
begin began begun
build built
buy bought
hold held
take took taken
see saw seen
know knew known
write wrote written
come came
become became
lose lost
learn learnt learned
mean meant
lead led
say said
tell told
think thought
run ran
let lets
real actual
usefulness utility
useful helpful
useless worthless
strange odd
remain stay
""".strip().split("\n")


def _canonical() -> dict[str, str]:
    """Each word with the first word of the first group that it stands in."""
    found: dict[str, str] = {}
    for group in _GROUPS:
        words = group.split()
        head = found.get(words[0], words[0])
        for word in words:
            for form in _inflected(word):
                found.setdefault(form, head)
    return found


def _inflected(word: str) -> tuple[str, ...]:
    """A word with the regular endings of nouns and verbs; forms that do not exist do no harm."""
    bare = word.removesuffix("e")
    y = word.removesuffix("y")
    consonant = word.endswith("y") and word[-2:-1] not in "aeiou"
    forms = (word, word + "s", bare + "ed", bare + "ing", bare + "es")
    return (*forms, y + "ies", y + "ied") if consonant else forms


# A word of a group may stand for any other of it.
SYNONYMS: Final = MappingProxyType(_canonical())

NEGATORS: Final = frozenset(
    "not no never none neither nor without cannot nothing nobody hardly barely scarcely unlike"
    " non lack fail".split()
)
PRONOUNS: Final = frozenset("it they this its their those he she his".split())

# A part that is left out and opens with one of these had limited what is kept.
CONDITIONS: Final = frozenset(
    "if unless when whenever where wherever only except provided until till although though while"
    " without under assuming given not never no nor suppose before after because since than as"
    " so usually often sometimes mostly rarely mainly partly most some average theory principle"
    " least approximately nearly almost".split()
)
# What these open may stand before or after the rest of a sentence and say the same.
MOVABLE: Final = frozenset(
    "if unless when whenever where until while although though because since before after given"
    " for in with without under during at on among within by".split()
)
# Left out at the front of a sentence, a phrase with one of these had said where the rest holds.
SCOPES: Final = frozenset("for in with on at among within by to during from as unlike of".split())
# Two sentences may be joined, or one parted, at these.
JOINERS: Final = frozenset("and but while whereas yet &".split())

NUMBER_WORDS: Final = MappingProxyType(
    {
        word: str(value)
        for value, word in enumerate(
            "zero one two three four five six seven eight nine ten eleven twelve".split()
        )
    }
    | {"twenty": "20", "thirty": "30", "fifty": "50", "hundred": "100", "thousand": "1000"}
    | {"ones": "1", "million": "1000000", "twice": "2"}
)
