"""Is the answer found? Retrieval of the gold quotes' places, before anything is written."""

from collections.abc import Callable, Sequence
from typing import Final

from evals.measures import ranking
from evals.measures.measure import Measure, Row, mean
from evals.records import Record


def _over_hits(
    function: Callable[[Sequence[Sequence[int]], int], float],
) -> Callable[[Record], Row | None]:
    def row(record: Record) -> Row | None:
        if not record.answerable:
            return None
        required = sum(gold.required for gold in record.gold)
        return (function([hit.holds for hit in record.hits], required),)

    return row


MEASURES: Final = (
    Measure(
        "hit@1",
        "Answer first",
        "The share of answerable questions whose first hit holds an accepted place.",
        _over_hits(lambda hits, _: ranking.hit(hits, 1)),
        mean,
    ),
    Measure(
        "hit@5",
        "Answer among five",
        "The share of answerable questions with an accepted place in one of the first five hits.",
        _over_hits(lambda hits, _: ranking.hit(hits, 5)),
        mean,
    ),
    Measure(
        "recall@5",
        "Recall at 5",
        "The share of a question's gold places that the first five hits hold, on average.",
        _over_hits(lambda hits, gold: ranking.recall(hits, gold, 5)),
        mean,
    ),
    Measure(
        "mrr@10",
        "Reciprocal rank",
        "1 over the rank of the first hit with an accepted place, 0 beyond ten, on average.",
        _over_hits(lambda hits, _: ranking.reciprocal_rank(hits, 10)),
        mean,
    ),
    Measure(
        "ndcg@10",
        "nDCG at 10",
        "Gain discounted by rank over the first ten hits, as a share of the best possible.",
        _over_hits(lambda hits, gold: ranking.ndcg(hits, gold, 10)),
        mean,
    ),
    Measure(
        "precision@5",
        "Precision at 5",
        "The share of the first five hits with an accepted place; one or two places are gold, so"
        " it stays far below 1.",
        _over_hits(lambda hits, _: ranking.precision(hits, 5)),
        mean,
    ),
)
