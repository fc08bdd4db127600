"""Do the footnotes hold? Whether citations bear their statements out, and what gold they miss."""

from typing import Final

from evals.measures.measure import Measure, Row, mean, ratio
from evals.records import Record


def borne_out(record: Record) -> Row | None:
    """How many statements of an answer its citations bear out, and how many it has."""
    if not record.statements:
        return None
    return (float(sum(one.borne_out for one in record.statements)), float(len(record.statements)))


def gold_cited(record: Record) -> Row | None:
    """The share of the required places that the answer cites; 0 for a refusal."""
    if not record.answerable:
        return None
    required = sum(gold.required for gold in record.gold)
    cited = {number for citation in record.citations for number in citation.holds}
    return (min(len(cited), required) / required,)


MEASURES: Final = (
    Measure(
        "citation-precision",
        "Citations that hold",
        "The share of all statements that the passages they cite bear out, by the rules or by a"
        " checker that judged a rewording.",
        borne_out,
        ratio,
    ),
    Measure(
        "citation-recall",
        "Gold that is cited",
        "The share of a question's gold places that the answer cites, on average; 0 for a refusal.",
        gold_cited,
        mean,
    ),
)
