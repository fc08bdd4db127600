"""What is measured, one concept a file. Every measure is computed from the records of a run alone.

A measure makes a row of numbers of each record that concerns it, and a figure of all rows; so the
same few lines give intervals, groups and paired differences for every one of them.
"""

from evals.measures.ranking import Ranking

__all__ = ["Ranking"]
