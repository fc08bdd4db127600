"""Pairs of words of which one turns the other about. A list, and no more than that."""

from types import MappingProxyType
from typing import Final

_OPPOSITES: Final = """
more less|more fewer|most least|most fewest|many few|much little|higher lower|high low
highest lowest|larger smaller|large small|largest smallest|big small|bigger smaller
greater smaller|greater less|greater lower|faster slower|fast slow|longer shorter|long short
better worse|best worst|good bad|stronger weaker|strong weak|deeper shallower|deep shallow
wider narrower|wide narrow|earlier later|early late|older newer|easier harder|easy hard
cheaper costlier|cheap expensive|cheap costly|above below|over under|before after
increase decrease|increases decreases|raise lower|rise fall|grow shrink|gain lose
maximum minimum|maximise minimise|maximal minimal|max min|upper lower|first last|always never
all none|all no|every no|both neither|positive negative|true false|same different
similar different|with without|inside outside|internal external|left right|up down
forward backward|overfit underfit|overestimate underestimate|overfitting underfitting
linear nonlinear|supervised unsupervised|convex concave|sparse dense|hard soft|simple complex
stable unstable|biased unbiased|balanced imbalanced|balanced unbalanced|independent dependent
equal unequal|possible impossible|known unknown|likely unlikely|needed unneeded|useful useless
safe unsafe|correct incorrect|right wrong|accept reject|include exclude|add remove|add subtract
multiply divide|encode decode|encoder decoder|input output|source target|numerator denominator
row column|help harm|improve worsen|succeed fail|allow prevent|enable prevent
symmetric asymmetric|finite infinite|constant variable|fixed varying|static dynamic|smooth rough
sharp flat|steep flat|near far|open closed|full empty|enough insufficient|rare common
rarely often|seldom often|rarely usually|always sometimes|major minor|majority minority
can cannot|must may|all some|every some|usually always|often always|most all|only also
discrete continuous|global local|explicit implicit|direct indirect|bounded unbounded|at beyond
least most|exceed undercut|outperform underperform|cold hot|light heavy|thin thick
inflate deflate|expand contract|narrower broader|broad narrow|closer further|nearer farther
""".replace("\n", "|").strip("|")


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES.split("|"):
        one, other = pair.split()
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES: Final = MappingProxyType(_opposites())
