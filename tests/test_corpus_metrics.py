"""The worked numbers of the notes on metrics, validation, imbalance and data, computed."""

from collections import Counter
from collections.abc import Sequence
from math import comb, exp, log, log10, sqrt
from typing import Any

import numpy as np
from corpus_text import says, section
from numpy.typing import NDArray

CLASSIFICATION = "10-classification-metrics.md"
THRESHOLDS = "11-thresholds-and-roc.md"
GENERATION = "12-regression-and-generation-metrics.md"
VALIDATION = "13-validation.md"
IMBALANCE = "14-imbalance.md"
DATA = "15-data-preparation.md"

TP, FN, FP, TN = 80, 20, 30, 870
SCORES = np.array([0.95, 0.90, 0.85, 0.80, 0.70, 0.60, 0.50, 0.40, 0.30, 0.20])
POSITIVE = np.isin(SCORES, [0.95, 0.90, 0.80, 0.70, 0.50])
CLASSES = np.array([[45, 4, 1], [8, 30, 2], [3, 2, 5]])
TRUE_LABELS = np.array([[1, 0, 1, 0], [0, 1, 0, 0], [1, 1, 0, 1]])
PREDICTED_LABELS = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 0]])
TARGETS = np.array([3.0, 5.0, 2.0, 7.0])
PREDICTIONS = np.array([2.5, 5.0, 4.0, 8.0])

Array = NDArray[np.floating[Any]]


def harmonic(first: float, second: float) -> float:
    """The harmonic mean of two numbers."""
    return 2 * first * second / (first + second)


def at_threshold(threshold: float) -> tuple[int, int]:
    """How many of the ten cases are flagged, and how many of those are positive."""
    flagged = threshold < SCORES
    return int(flagged.sum()), int((flagged & POSITIVE).sum())


def test_confusion_matrix_totals() -> None:
    """The four counts add up to the printed margins."""
    assert (TP + FN, FP + TN, TP + FP, FN + TN) == (100, 900, 110, 890)
    says(CLASSIFICATION, "Confusion matrix", "100", "900", "110", "890", "1,000", "80", "870")


def test_error_counts() -> None:
    """30 false positives and 20 false negatives are the off-diagonal counts."""
    assert (FP, FN) == (30, 20)
    says(CLASSIFICATION, "False positives and false negatives", "30", "20")


def test_accuracy() -> None:
    """Accuracy divides the whole sum of right answers by the whole number of cases."""
    assert (TP + TN) / (TP + TN + FP + FN) == 0.95
    unbracketed = TP + TN / TP + TN + FP + FN
    assert unbracketed > 1
    assert f"{TP / (TP + FP):.3f}" == "0.727"
    says(CLASSIFICATION, "Accuracy", "0.95", "0.727", "(TP + TN) / (TP + TN + FP + FN)")


def test_constant_answer() -> None:
    """Always answering with the majority class has the majority's share as accuracy."""
    assert 900 / 1000 == 0.90
    assert 999 / 1000 == 0.999
    says(CLASSIFICATION, "When accuracy misleads", "0.90", "0.999")


def test_precision_and_recall() -> None:
    """Precision is 80 of 110 flagged, recall 80 of 100 positives, all-positive has 0.1."""
    assert f"{TP / (TP + FP):.3f}" == "0.727"
    assert TP / (TP + FN) == 0.8
    assert 100 / 1000 == 0.1
    says(CLASSIFICATION, "Precision", "0.727", "110")
    says(CLASSIFICATION, "Recall", "0.8", "0.1")


def test_recall_ignores_added_negatives_and_precision_does_not() -> None:
    """Ten times the negatives leave recall alone and lower precision."""
    assert TP / (TP + FN) == 0.8
    assert TP / (TP + 10 * FP) < TP / (TP + FP)
    says(CLASSIFICATION, "Recall", "does not change when more negatives")


def test_trade_off_table() -> None:
    """The table of thresholds holds the counted precisions and recalls."""
    rows = [(0.88, "1.00", "0.40"), (0.75, "0.75", "0.60"), (0.65, "0.80", "0.80")]
    rows.append((0.45, "0.714", "1.00"))
    for threshold, precision, recall in rows:
        flagged, hits = at_threshold(threshold)
        digits = len(precision) - 2
        assert f"{hits / flagged:.{digits}f}" == precision
        assert f"{hits / 5:.2f}" == recall
        line = f"| {threshold} | {flagged} | {hits} | {precision} | {recall} |"
        assert line in section(CLASSIFICATION, "Trade-off between precision and recall")


def test_f1() -> None:
    """F1 from means and from counts agree; the unbracketed formula gives 1.2."""
    precision, recall = TP / (TP + FP), TP / (TP + FN)
    assert np.isclose(harmonic(precision, recall), 2 * TP / (2 * TP + FP + FN))
    assert f"{160 / 210:.3f}" == "0.762"
    assert f"{harmonic(0.8, 0.3):.3f}" == "0.436"
    assert np.isclose(2 * (0.8 * 0.3 / 0.8 + 0.3), 1.2)
    f2 = 5 * precision * recall / (4 * precision + recall)
    says(CLASSIFICATION, "F1 score", "0.762", "0.436", "1.2", f"{f2:.3f}")


def test_harmonic_mean_stays_near_the_smaller() -> None:
    """The harmonic mean of 1 and 0.01 is 0.02, and never more than twice the smaller."""
    assert f"{harmonic(1, 0.01):.2f}" == "0.02"
    assert np.isclose((1 + 0.01) / 2, 0.505)
    grid = np.linspace(0.01, 1, 50)
    assert all(harmonic(a, b) <= 2 * min(a, b) for a in grid for b in grid)
    says(CLASSIFICATION, "Why F1 uses a harmonic mean", "0.505", "0.02")


def test_high_precision_with_low_recall() -> None:
    """Perfect precision with a tenth of the positives found can mean little accuracy."""
    assert f"{(10 + 10) / 110:.3f}" == "0.182"
    assert f"{(10 + 10_000) / 10_100:.3f}" == "0.991"
    says(CLASSIFICATION, "High precision with low recall", "0.182", "0.991")


def test_more_than_two_classes() -> None:
    """Per-class, macro and micro values of the three-class matrix."""
    right = np.diag(CLASSES)
    precision, recall = right / CLASSES.sum(axis=0), right / CLASSES.sum(axis=1)
    f1 = 2 * precision * recall / (precision + recall)
    assert right.sum() / CLASSES.sum() == 0.8
    printed = [f"{value:.3f}" for value in (precision[0], precision[1], precision[2])]
    printed += [f"{precision.mean():.3f}", f"{recall.mean():.3f}", f"{f1.mean():.3f}"]
    printed.append(f"{harmonic(float(precision.mean()), float(recall.mean())):.3f}")
    assert printed == ["0.804", "0.833", "0.625", "0.754", "0.717", "0.731", "0.735"]
    assert [float(value) for value in recall] == [0.9, 0.75, 0.5]
    says(CLASSIFICATION, "Precision and recall for more than two classes", *printed)


def test_balanced_accuracy() -> None:
    """Balanced accuracy is the mean of 0.8 and 0.967."""
    specificity = TN / (TN + FP)
    balanced = (TP / (TP + FN) + specificity) / 2
    says(CLASSIFICATION, "Balanced accuracy", f"{specificity:.3f}", f"{balanced:.3f}")
    assert (f"{specificity:.3f}", f"{balanced:.3f}") == ("0.967", "0.883")


def test_log_loss() -> None:
    """Log loss of single probabilities, of the two comparisons and of the base rate."""
    assert [f"{-log(p):.3f}" for p in (0.9, 0.5, 0.01)] == ["0.105", "0.693", "4.605"]
    timid = -log(0.51)
    bold = (9 * -log(0.99) - log(0.4)) / 10
    base = -(0.1 * log(0.1) + 0.9 * log(0.9))
    printed = [f"{value:.3f}" for value in (timid, bold, base)]
    assert printed == ["0.673", "0.101", "0.325"]
    says(CLASSIFICATION, "Log loss", "0.105", "0.693", "4.605", *printed)


def test_expected_cost() -> None:
    """The setting with the lower accuracy has the lower cost."""
    assert 30 * 1 + 20 * 20 == 430
    assert 120 * 1 + 5 * 20 == 220
    assert 1 - (120 + 5) / 1000 == 0.875
    says(CLASSIFICATION, "Choosing a metric by the cost of errors", "430", "220", "0.875")


def test_exact_match_and_hamming_loss() -> None:
    """One of three samples matches; 3 of 12 label decisions are wrong."""
    wrong = TRUE_LABELS ^ PREDICTED_LABELS
    assert wrong.sum(axis=1).tolist() == [0, 1, 2]
    assert f"{(wrong.sum(axis=1) == 0).mean():.3f}" == "0.333"
    assert wrong.mean() == 0.25
    says(CLASSIFICATION, "Exact match for label sets", "0.333")
    says(CLASSIFICATION, "Hamming loss", "3 / 12 = 0.25")


def test_label_sets() -> None:
    """Sample-averaged and micro-averaged scores of the three label sets."""
    both = (TRUE_LABELS & PREDICTED_LABELS).sum(axis=1)
    precision, recall = both / PREDICTED_LABELS.sum(axis=1), both / TRUE_LABELS.sum(axis=1)
    f1 = 2 * precision * recall / (precision + recall)
    assert precision.tolist() == [1, 0.5, 1]
    means = [f"{value.mean():.3f}" for value in (precision, recall, f1)]
    assert means == ["0.833", "0.778", "0.722"]
    hits = int(both.sum())
    extra, missed = int(PREDICTED_LABELS.sum()) - hits, int(TRUE_LABELS.sum()) - hits
    assert (hits, extra, missed) == (4, 1, 2)
    micro = [f"{hits / (hits + missed):.3f}", f"{2 * hits / (2 * hits + extra + missed):.3f}"]
    assert (hits / (hits + extra), micro) == (0.8, ["0.667", "0.727"])
    assert PREDICTED_LABELS[:, 3].sum() == 0
    says(CLASSIFICATION, "Precision, recall and F1 for label sets", *means, *micro, "0.8")


def test_jaccard_index() -> None:
    """Union and sum differ; the three samples average 0.611; F1 follows from J."""
    assert f"{50 / (100 + 100 - 50):.3f}" == "0.333"
    assert 50 / (100 + 100) == 0.25
    union = (TRUE_LABELS | PREDICTED_LABELS).sum(axis=1)
    mean = ((TRUE_LABELS & PREDICTED_LABELS).sum(axis=1) / union).mean()
    third = 1 / 3
    assert np.isclose(2 * third / (1 + third), 2 * 50 / 200)
    says(CLASSIFICATION, "Jaccard index", "0.333", "0.25", f"{mean:.3f}", "0.5")
    assert f"{mean:.3f}" == "0.611"


def test_sensitivity_and_specificity() -> None:
    """180 of 200 ill and 1,710 of 1,800 healthy people are told right."""
    assert (180 / 200, 1710 / 1800) == (0.9, 0.95)
    assert f"{180 / (180 + 90):.3f}" == "0.667"
    says(THRESHOLDS, "Sensitivity", "0.9", "0.1")
    says(THRESHOLDS, "Specificity", "0.95", "0.667")


def test_false_positive_and_false_discovery_rate() -> None:
    """The same 90 false alarms are 0.05 of the healthy and 0.333 of the alarms."""
    assert 90 / 1800 == 0.05
    assert f"{90 / 270:.3f}" == "0.333"
    assert round((90 / 270) / 0.05, 1) == 6.7
    assert 0.05 * 1_000_000 == 50_000
    says(THRESHOLDS, "False positive rate", "0.05", "0.333", "50,000")


def test_combined_tests() -> None:
    """Either-positive and both-positive rules for two tests with independent errors."""
    s, c = 0.9, 0.95
    assert np.allclose(
        [1 - (1 - s) ** 2, c**2, s**2, 1 - (1 - c) ** 2], [0.99, 0.9025, 0.81, 0.9975]
    )
    says(THRESHOLDS, "Raising sensitivity or specificity", "0.99", "0.9025", "0.81", "0.9975")


def test_rule_in_and_rule_out() -> None:
    """A specific test's positive and a sensitive test's negative can be believed."""
    true_positive, false_positive = 100 * 0.3, 900 * 0.01
    assert np.allclose([true_positive, false_positive], [30, 9])
    assert f"{30 / 39:.3f}" == "0.769"
    true_negative, false_negative = 900 * 0.5, 100 * 0.01
    assert np.allclose([true_negative, false_negative], [450, 1])
    assert f"{450 / 451:.3f}" == "0.998"
    says(THRESHOLDS, "SpPIn and SnNout", "0.769", "0.998", "450", "39")


def test_false_alarms_in_screening() -> None:
    """With 1 percent ill there are five and a half false alarms for each true one."""
    assert round(0.05 * 0.99 / (0.9 * 0.01), 2) == 5.5
    says(THRESHOLDS, "Cancer screening and sensitivity", "five and a half")


def test_roc_points() -> None:
    """Three thresholds give the printed points of the ROC curve."""
    points = []
    for threshold in (0.88, 0.65, 0.45):
        flagged, hits = at_threshold(threshold)
        points.append(((flagged - hits) / 5, hits / 5))
    assert points == [(0, 0.4), (0.2, 0.8), (0.4, 1.0)]
    says(THRESHOLDS, "ROC curve", "(0, 0.4)", "(0.2, 0.8)", "(0.4, 1.0)")


def auc(scores: Array, positive: NDArray[np.bool_]) -> float:
    """The share of positive-negative pairs in the right order, ties counting half."""
    difference = scores[positive][:, None] - scores[~positive][None, :]
    return float(((difference > 0) + 0.5 * (difference == 0)).mean())


def test_auc_is_a_ranking_probability() -> None:
    """21 of 25 pairs are in order, which equals the area under the steps."""
    wins = [int((SCORES[~POSITIVE] < score).sum()) for score in SCORES[POSITIVE]]
    assert wins == [5, 5, 4, 4, 3]
    tpr = np.concatenate([[0], np.cumsum(POSITIVE) / 5])
    fpr = np.concatenate([[0], np.cumsum(~POSITIVE) / 5])
    area = float(((fpr[1:] - fpr[:-1]) * (tpr[1:] + tpr[:-1]) / 2).sum())
    assert np.isclose(auc(SCORES, POSITIVE), 21 / 25)
    assert np.isclose(area, 0.84)
    says(THRESHOLDS, "AUC as a ranking probability", "0.84", "5, 5, 4, 4 and 3", "21 of 25")


def test_auc_extremes() -> None:
    """Perfect is 1, constant 0.5, reversed 1 - AUC, one decision the mean of both rates."""
    assert auc(POSITIVE.astype(float), POSITIVE) == 1
    assert auc(np.zeros(10), POSITIVE) == 0.5
    assert np.isclose(auc(-SCORES, POSITIVE), 1 - auc(SCORES, POSITIVE))
    truth = np.repeat([True, False], [200, 1800])
    decision = np.repeat([1.0, 0.0, 1.0, 0.0], [180, 20, 90, 1710])
    assert np.isclose(auc(decision, truth), 0.925)
    says(THRESHOLDS, "AUC of a perfect and of a random classifier", "0.5", "0.925", "0.7")


def test_precision_under_two_prevalences() -> None:
    """The same rates give a precision of 0.947 at one half and 0.154 at 1 percent."""
    printed = [f"{0.9 * p / (0.9 * p + 0.05 * (1 - p)):.3f}" for p in (0.5, 0.01)]
    assert printed == ["0.947", "0.154"]
    says(THRESHOLDS, "Precision-recall curve", *printed)
    says(IMBALANCE, "Resampling and the order of splitting", *printed)


def test_average_precision() -> None:
    """The precisions at the five positives average 0.853."""
    at_hits = [(np.cumsum(POSITIVE) / np.arange(1, 11))[i] for i in np.flatnonzero(POSITIVE)]
    assert np.allclose(at_hits, [1, 1, 0.75, 0.8, 5 / 7])
    assert f"{5 / 7:.3f}" == "0.714"
    says(THRESHOLDS, "Precision-recall curve", f"{np.mean(at_hits):.3f}", "0.714")


def test_cost_threshold() -> None:
    """At the threshold both actions cost the same, for three ratios of cost."""
    for ratio, printed in ((1, "0.5"), (9, "0.1"), (20, "0.048")):
        t = 1 / (1 + ratio)
        assert np.isclose((1 - t) * 1, t * ratio)
        assert f"{t:.{len(printed) - 2}f}" == printed
        says(THRESHOLDS, "Threshold from costs", printed)


def test_offer_pays_above() -> None:
    """An offer of 2 for a gain of 40 pays from a probability of 0.05."""
    assert 2 / 40 == 2 / (2 + (40 - 2)) == 0.05
    says(THRESHOLDS, "Threshold of a Prime sign-up classifier", "2 / 40 = 0.05")


def test_predictive_value() -> None:
    """The positive predictive value falls from 0.667 to 0.154 with the prevalence."""
    assert f"{0.9 * 0.1 / (0.9 * 0.1 + 0.05 * 0.9):.3f}" == "0.667"
    assert np.isclose(0.05 * 1980, 99)
    assert f"{18 / (18 + 99):.3f}" == "0.154"
    says(THRESHOLDS, "Predictive values and prevalence", "0.667", "0.154", "99", "1,980", "18")


def test_calibration_gap() -> None:
    """130 of 200 at a stated 0.8 leave a gap of 0.15."""
    assert 130 / 200 == 0.65
    assert np.isclose(0.8 - 0.65, 0.15)
    says(THRESHOLDS, "Calibration", "0.65", "0.15")


def test_regression_errors() -> None:
    """MAE, bias, MSE, RMSE and R squared of the four examples."""
    error = PREDICTIONS - TARGETS
    mse = float((error**2).mean())
    assert np.abs(error).mean() == 0.875
    assert error.mean() == 0.625
    assert mse == 1.3125
    assert f"{sqrt(mse):.3f}" == "1.146"
    spread = float(((TARGETS - TARGETS.mean()) ** 2).sum())
    assert (TARGETS.mean(), spread) == (4.25, 14.75)
    assert f"{1 - 5.25 / spread:.3f}" == "0.644"
    assert np.isclose(4 / (error**2).sum(), 0.75, atol=0.02)
    says(GENERATION, "Mean absolute error", "0.875", "0.625")
    says(GENERATION, "Mean squared error", "1.3125", "5.25", "about three quarters")
    says(GENERATION, "Root mean squared error", "1.146", "1.3125", "0.875")
    says(GENERATION, "Coefficient of determination", "0.644", "14.75", "4.25", "5.25")


def test_mean_and_median_minimise() -> None:
    """The best constant is 22 for squared error and 3 for absolute error."""
    values = np.array([1.0, 2.0, 3.0, 4.0, 100.0])
    grid = np.arange(0, 101, 0.5)
    squared = [float(((values - c) ** 2).sum()) for c in grid]
    absolute = [float(np.abs(values - c).sum()) for c in grid]
    assert grid[int(np.argmin(squared))] == 22
    assert grid[int(np.argmin(absolute))] == 3
    says(GENERATION, "MSE against MAE", "22", "3")


def test_gradients_of_the_two_errors() -> None:
    """The squared error has slope 2(prediction - truth), the absolute error slope 1 or -1."""
    step = 1e-6
    for prediction in (-3.0, 0.5, 4.0):
        squared = ((prediction + step) ** 2 - (prediction - step) ** 2) / (2 * step)
        absolute = (abs(prediction + step) - abs(prediction - step)) / (2 * step)
        assert np.isclose(squared, 2 * prediction)
        assert np.isclose(absolute, np.sign(prediction))
    says(GENERATION, "MSE against MAE", r"2(\hat{y} - y)")


def ngrams(text: str, n: int) -> Counter[tuple[str, ...]]:
    """How often each run of n words occurs."""
    words = text.split()
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def clipped(candidate: str, references: Sequence[str], n: int) -> tuple[int, int]:
    """The clipped count and the count of the candidate's n-grams."""
    found = ngrams(candidate, n)
    kept = sum(min(c, max(ngrams(r, n)[g] for r in references)) for g, c in found.items())
    return kept, sum(found.values())


def bleu(candidate: str, reference: str, longest: int = 4) -> float:
    """BLEU of one sentence against one reference, without smoothing."""
    parts = [clipped(candidate, [reference], n) for n in range(1, longest + 1)]
    if not all(kept for kept, _ in parts):
        return 0.0
    c, r = len(candidate.split()), len(reference.split())
    penalty = 1.0 if c > r else exp(1 - r / c)
    return penalty * exp(sum(log(kept / total) / longest for kept, total in parts))


def test_bleu_of_the_cat() -> None:
    """The n-gram counts and the score of the example; sum and product form agree."""
    candidate, reference = "the cat sat on the mat today", "the cat sat on a mat"
    parts = [clipped(candidate, [reference], n) for n in (1, 2, 3, 4)]
    assert parts == [(5, 7), (3, 6), (2, 5), (1, 4)]
    score = bleu(candidate, reference)
    assert np.isclose(score, float(np.prod([(k / t) ** 0.25 for k, t in parts])))
    says(GENERATION, "BLEU formula", f"{score:.3f}", "5/7, 3/6, 2/5 and 1/4")
    assert f"{score:.3f}" == "0.435"


def test_clipping() -> None:
    """Six times rain is 1 of 6 after clipping, 2 of 6 with the second reference."""
    candidate = "rain rain rain rain rain rain"
    first, second = "the rain fell all day", "rain after rain"
    assert clipped(candidate, [first], 1) == (1, 6)
    assert clipped(candidate, [first, second], 1) == (2, 6)
    assert f"{1 / 6:.3f}" == "0.167"
    assert f"{2 / 6:.3f}" == "0.333"
    says(GENERATION, "Clipped n-gram precision", "0.167", "0.333", candidate, first, second)


def test_jumbled_words_lose_their_pairs() -> None:
    """A jumbled sentence keeps its words, loses its pairs and scores 0."""
    assert clipped("on sat cat the", ["the cat sat on"], 1) == (4, 4)
    assert clipped("on sat cat the", ["the cat sat on"], 2) == (0, 3)
    assert bleu("on sat cat the", "the cat sat on", 2) == 0
    says(GENERATION, "BLEU and n-grams", "on sat cat the", "precision is 0")


def test_brevity_penalty() -> None:
    """A short perfect candidate scores exactly the penalty, and there is no jump at c = r."""
    score = bleu("the cat sat on", "the cat sat on a mat")
    assert np.isclose(score, exp(1 - 6 / 4))
    assert f"{score:.3f}" == "0.607"
    assert exp(1 - 1) == 1
    assert clipped("the cat", ["the cat sat on the mat"], 1) == (2, 2)
    says(GENERATION, "Brevity penalty", "0.607")


def test_psnr() -> None:
    """An MSE of 100 is 28.13 dB; half of it is 3.01 dB more."""
    assert f"{10 * log10(255**2 / 100):.2f}" == "28.13"
    assert f"{10 * log10(2):.2f}" == "3.01"
    says(GENERATION, "Peak signal-to-noise ratio", "28.13", "3.01")


def ssim(x: Array, y: Array, pixel_range: float = 255) -> float:
    """SSIM with the whole patch as one window."""
    c1, c2 = (0.01 * pixel_range) ** 2, (0.03 * pixel_range) ** 2
    mx, my = float(x.mean()), float(y.mean())
    together = float(((x - mx) * (y - my)).mean())
    top = (2 * mx * my + c1) * (2 * together + c2)
    return top / ((mx**2 + my**2 + c1) * (float(x.var() + y.var()) + c2))


def test_ssim_tells_brightness_from_structure() -> None:
    """Two changes with the same MSE have an SSIM of 0.997 and 0.762."""
    row, column = np.indices((8, 8))
    patch = 100 + 5.0 * column
    brighter, chequered = patch + 10, patch + 10 * (-1.0) ** (row + column)
    assert ((brighter - patch) ** 2).mean() == ((chequered - patch) ** 2).mean() == 100
    printed = [f"{ssim(patch, brighter):.3f}", f"{ssim(patch, chequered):.3f}"]
    assert printed == ["0.997", "0.762"]
    assert (1 - ssim(patch, patch)) / 2 == 0
    says(GENERATION, "SSIM and DSSIM", "255", *printed)


def square_root(matrix: Array) -> Array:
    """The square root of a diagonalisable matrix with non-negative eigenvalues."""
    values, vectors = np.linalg.eig(matrix)
    root: Array = (vectors * np.sqrt(values)) @ np.linalg.inv(vectors)
    return root


def test_frechet_distance() -> None:
    """The general formula gives 2 in the example and 0 for equal statistics."""
    means, deviations = (0.0, 1.0), (1.0, 2.0)
    a, b = np.array([[deviations[0] ** 2]]), np.array([[deviations[1] ** 2]])
    distance = (means[0] - means[1]) ** 2 + np.trace(a + b - 2 * square_root(a @ b))
    assert np.isclose(distance, 2)
    assert np.isclose(distance, (0 - 1) ** 2 + (1 - 2) ** 2)
    same = np.array([[2.0, 0.5], [0.5, 1.0]])
    assert np.isclose(np.trace(same + same - 2 * square_root(same @ same)), 0)
    says(GENERATION, "Fréchet inception distance", "1 + 1 = 2")


def test_best_of_twenty_guesses() -> None:
    """The best of 20 coin-tossing models on 100 cases scores 0.593 on average."""
    chance = np.cumsum([comb(100, k) / 2**100 for k in range(101)])
    best = np.diff(chance**20, prepend=0)
    expected = float((np.arange(101) * best).sum() / 100)
    assert f"{expected:.3f}" == "0.593"
    says(VALIDATION, "Test set against validation set", "0.593")


def test_fold_scores() -> None:
    """Five scores have the printed mean and standard deviation."""
    scores = [0.82, 0.85, 0.80, 0.88, 0.85]
    assert f"{np.mean(scores):.2f}" == "0.84"
    assert f"{np.std(scores, ddof=1):.3f}" == "0.031"
    says(VALIDATION, "k-fold cross-validation", "0.84", "0.031", *map(str, scores[1::2]))


def test_fold_without_positives() -> None:
    """A random fold of 20 out of 100 misses all 10 positives with probability 0.095."""
    assert f"{comb(90, 20) / comb(100, 20):.3f}" == "0.095"
    says(VALIDATION, "Stratified cross-validation", "0.095")


def test_leave_one_out_shortcut() -> None:
    """The residual without a sample is the residual divided by one minus its leverage."""
    x = np.column_stack([np.ones(6), [0.0, 1.0, 2.0, 3.0, 4.0, 7.0]])
    y = np.array([1.0, 0.0, 2.5, 2.0, 5.0, 6.0])
    hat = x @ np.linalg.inv(x.T @ x) @ x.T
    shortcut = (y - hat @ y) / (1 - np.diag(hat))
    for i in range(6):
        kept = np.arange(6) != i
        weights = np.linalg.lstsq(x[kept], y[kept], rcond=None)[0]
        assert np.isclose(y[i] - x[i] @ weights, shortcut[i])
    says(VALIDATION, "Leave-one-out cross-validation", "1 - h_{ii}")


def test_nested_trainings() -> None:
    """5 outer folds, 4 inner folds and 10 configurations need 205 trainings."""
    assert 5 * (4 * 10 + 1) == 205
    says(VALIDATION, "Nested cross-validation", "205")


def test_standard_error_of_accuracy() -> None:
    """The interval on 200 cases and the standard error on 1,000."""
    small, large = sqrt(0.9 * 0.1 / 200), sqrt(0.9 * 0.1 / 1000)
    assert (f"{small:.3f}", f"{large:.3f}") == ("0.021", "0.009")
    interval = (f"{0.9 - 1.96 * small:.3f}", f"{0.9 + 1.96 * small:.3f}")
    assert interval == ("0.858", "0.942")
    says(VALIDATION, "Uncertainty of a measured score", "0.021", "0.009", *interval)


def test_imbalanced_example() -> None:
    """60 found with 40 false alarms: accuracy, precision, recall and correlation."""
    tp, fp, fn, tn = 60, 40, 40, 9860
    assert (tp + tn) / 10_000 == 0.992
    assert tp / (tp + fp) == tp / (tp + fn) == 0.6
    truth = np.repeat([1, 1, 0, 0], [tp, fn, fp, tn])
    guess = np.repeat([1, 0, 1, 0], [tp, fn, fp, tn])
    bottom = sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    mcc = (tp * tn - fp * fn) / bottom
    assert np.isclose(mcc, np.corrcoef(truth, guess)[0, 1])
    assert f"{mcc:.3f}" == "0.596"
    says(IMBALANCE, "Metrics for imbalanced data", "0.992", "0.99", "0.6", "0.596")


def test_balanced_weights() -> None:
    """The weights are 0.505 and 50, and both classes then weigh the same."""
    common, rare = 10_000 / (2 * 9_900), 10_000 / (2 * 100)
    assert (f"{common:.3f}", rare) == ("0.505", 50)
    assert np.isclose(rare / common, 99)
    assert np.isclose(common * 9_900, rare * 100)
    says(IMBALANCE, "Class weights and weighted loss", "0.505", "50", "99")
    says(IMBALANCE, "Oversampling", "99")


def test_undersampling_counts() -> None:
    """Full balance discards 9,800 of 9,900 negatives."""
    assert 9_900 - 100 == 9_800
    says(IMBALANCE, "Undersampling", "9,800")


def test_smote_sample() -> None:
    """A quarter of the way from (1, 2) to (3, 6) lies (1.5, 3)."""
    start, neighbour = np.array([1.0, 2.0]), np.array([3.0, 6.0])
    assert (start + 0.25 * (neighbour - start)).tolist() == [1.5, 3.0]
    says(IMBALANCE, "SMOTE", "(1.5, 3)", "(3, 6)", "0.25")


def test_rich_leaf_is_still_negative() -> None:
    """A leaf of 40 percent is 40 times richer than 1 percent and below one half."""
    assert round(0.40 / 0.01) == 40
    assert 0.40 < 0.5
    says(IMBALANCE, "Decision trees on imbalanced data", "40 percent", "40 times")


def test_alarms_per_day() -> None:
    """1 percent of 100,000 is 1,000 alarms; 50 alarms need the quantile 0.9995."""
    assert 0.01 * 100_000 == 1_000
    assert 1 - 50 / 100_000 == 0.9995
    says(IMBALANCE, "Anomaly detection pipeline", "1,000", "0.9995")


def test_empty_label_sets() -> None:
    """With 3 of 100 labels, predicting none is right in 97 percent of decisions."""
    assert (100 - 3) / 100 == 0.97
    says(IMBALANCE, "Imbalance in multi-label problems", "97 percent")


def test_billion_against_200_000() -> None:
    """The ratio, the constant answer's accuracy and the hidden negatives."""
    heading = "Model review with one billion positives and 200,000 negatives"
    positives, negatives = 10**9, 200_000
    assert positives / negatives == 5_000
    assert f"{100 * positives / (positives + negatives):.2f}" == "99.98"
    assert positives // 1000 == 1_000_000 == 5 * negatives
    says(IMBALANCE, heading, "5,000 to 1", "99.98", "1,000,000", "five times")


def test_probability_correction() -> None:
    """Keeping a tenth of the negatives multiplies the odds by ten; the formula undoes it."""
    kept = 0.1
    corrected = [kept * p / (kept * p + 1 - p) for p in (0.5, 0.9)]
    assert [f"{p:.3f}" for p in corrected] == ["0.091", "0.474"]
    for before, after in zip((0.5, 0.9), corrected, strict=True):
        assert np.isclose(after / (1 - after), kept * before / (1 - before))
    says(IMBALANCE, "Correcting probabilities after resampling", "0.091", "0.474")


def test_complete_rows() -> None:
    """20 columns that each lack 5 percent leave 36 percent of the rows complete."""
    assert round(100 * 0.95**20) == 36
    says(DATA, "Missing values", "36 percent")


def test_constant_imputation() -> None:
    """Mean 10 against median 3.5, and a variance that falls from 5 to 3.33."""
    assert np.mean([2, 3, 4, 31]) == 10
    assert np.median([2, 3, 4, 31]) == 3.5
    assert np.var([2, 4, 6, 8]) == 5
    assert f"{np.var([2, 4, 6, 8, 5, 5]):.2f}" == "3.33"
    says(DATA, "Mean, median and mode imputation", "10", "3.5", "3.33")


def test_neighbour_imputation() -> None:
    """The two nearest heights give 77, all three 69.7."""
    heights, weights = np.array([178, 183, 160]), np.array([74, 80, 55])
    nearest = np.argsort(np.abs(heights - 180))[:2]
    assert weights[nearest].mean() == 77
    assert f"{weights.mean():.1f}" == "69.7"
    says(DATA, "k-nearest-neighbour imputation", "77", "69.7")


def test_outlier_rules_disagree() -> None:
    """The interquartile rule marks 30, the z-score of 2.24 does not."""
    values = np.array([4, 5, 5, 6, 7, 8, 30.0])
    low, high = np.percentile(values, [25, 75])
    assert (low, high, high + 1.5 * (high - low)) == (5, 7.5, 11.25)
    score = (30 - values.mean()) / values.std(ddof=1)
    assert f"{score:.2f}" == "2.24"
    says(DATA, "Outliers", "7.5", "11.25", "2.24")


def test_scaling() -> None:
    """65 with mean 50 and deviation 10 is 1.5; logarithms turn factors into steps."""
    assert (65 - 50) / 10 == 1.5
    assert [log10(v) for v in (1, 10, 100, 1000)] == [0, 1, 2, 3]
    says(DATA, "Scaling features", "1.5")
    says(DATA, "Transforming and binning values", "0, 1, 2 and 3")


def test_chance_correlation() -> None:
    """The best of 1,000 random features on 100 samples correlates at about 0.34."""
    random = np.random.default_rng(0)
    best = []
    for _ in range(40):
        features = random.normal(size=(100, 1000))
        features = (features - features.mean(axis=0)) / features.std(axis=0)
        target = random.normal(size=100)
        target = (target - target.mean()) / target.std()
        best.append(float(np.abs(features.T @ target / 100).max()))
    assert f"{np.mean(best):.2f}" == "0.34"
    says(DATA, "Noisy and irrelevant data", "0.34")


def test_exclusive_or_hides_from_filters() -> None:
    """Each bit alone is uncorrelated with the exclusive or of both."""
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    target = bits[:, 0] ^ bits[:, 1]
    assert np.allclose([np.corrcoef(bits[:, i], target)[0, 1] for i in (0, 1)], 0)
    says(DATA, "Feature selection", "correlation of 0")


def test_batches() -> None:
    """1,000 samples in batches of 64 are 16 batches, the last of 40, or 15 full ones."""
    assert (-(-1000 // 64), 1000 % 64, 1000 // 64) == (16, 40, 15)
    says(DATA, "Data loader", "16", "40", "15")


def test_importance_weights() -> None:
    """Weighting by the ratio of densities turns a source average into the target average."""
    values, source, target = np.array([1.0, 2.0, 5.0]), np.array([0.5, 0.3, 0.2]), np.ones(3) / 3
    assert np.isclose((source * (target / source) * values).sum(), (target * values).sum())
    says(DATA, "Meeting domain shift", "p_T(x) / p_S(x)")
