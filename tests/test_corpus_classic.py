"""The worked numbers of the notes on classic learning, planning, coding and signals, computed."""

import re
from itertools import pairwise, product
from math import comb, erfc, exp, log, log2, log10, sqrt

import numpy as np
import pytest
from corpus_text import CORPUS, says, section
from numpy.typing import NDArray

PCA = "50-pca-and-svd.md"
CLUSTERING = "51-clustering-and-em.md"
REGRESSION = "52-linear-and-logistic-regression.md"
TREES = "53-trees-and-ensembles.md"
SVM = "54-svm-and-multilabel.md"
PLANNING = "55-planning-filtering-and-reinforcement-learning.md"
CODING = "56-coding-questions.md"
MOVEMENT = "57-movement-and-sound.md"
NOTES = [PCA, CLUSTERING, REGRESSION, TREES, SVM, PLANNING, CODING, MOVEMENT]

Array = NDArray[np.float64]


def sigmoid(z: float) -> float:
    """The logistic function."""
    return 1 / (1 + exp(-z))


def softmax(scores: Array) -> Array:
    """Probabilities from scores."""
    exponentials = np.exp(scores - scores.max())
    return np.asarray(exponentials / exponentials.sum())


def fit(matrix: Array, targets: Array) -> Array:
    """The least-squares solution."""
    return np.asarray(np.linalg.lstsq(matrix, targets, rcond=None)[0])


@pytest.mark.parametrize("note", NOTES)
def test_python_of_the_note_runs(note: str) -> None:
    """The Python blocks of a note run from top to bottom in one namespace."""
    text = (CORPUS / note).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, flags=re.S | re.M)
    assert blocks
    names: dict[str, object] = {"__name__": "note"}
    for block in blocks:
        exec(compile(block, note, "exec"), names)


# PCA and SVD


def test_first_direction_has_the_greatest_variance() -> None:
    """No unit vector has a larger projected variance than the leading eigenvector."""
    covariance = np.array([[2.0, 1], [1, 2]])
    angles = np.linspace(0, np.pi, 10_001)
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    variances = np.einsum("ij,jk,ik->i", directions, covariance, directions)
    assert np.isclose(variances.max(), np.linalg.eigvalsh(covariance)[-1])
    assert abs(angles[variances.argmax()] - np.pi / 4) < 1e-3


def test_variance_kept_and_error_made() -> None:
    """Squared lengths split into the part kept and the part lost."""
    generator = np.random.default_rng(0)
    data = generator.normal(size=(50, 4)) @ generator.normal(size=(4, 4))
    data -= data.mean(axis=0)
    directions = np.linalg.svd(data, full_matrices=False)[2][:2].T
    kept = ((data @ directions) ** 2).sum()
    lost = ((data - data @ directions @ directions.T) ** 2).sum()
    assert np.isclose((data**2).sum(), kept + lost)
    dropped = np.linalg.eigvalsh(np.cov(data, rowvar=False))[:2].sum()
    assert np.isclose(lost / 49, dropped)
    assert 3 / (3 + 1) == 0.75
    says(PCA, "PCA as least reconstruction error", "0.75")


def test_pca_by_hand() -> None:
    """Eigenvalues 3 and 1; the point (2, 1) scores 2.121 and 0.707 with a squared error of 0.5."""
    values, vectors = np.linalg.eigh(np.array([[2.0, 1], [1, 2]]))
    assert np.allclose(values, [1, 3])
    first = np.abs(vectors[:, 1])
    score, second = np.array([2, 1]) @ first, (2 - 1) / sqrt(2)
    assert (f"{first[0]:.3f}", f"{score:.3f}", f"{second:.3f}") == ("0.707", "2.121", "0.707")
    rebuilt = score * first
    assert np.allclose(rebuilt, 1.5)
    assert round(((np.array([2, 1]) - rebuilt) ** 2).sum(), 9) == 0.5
    says(PCA, "PCA worked by hand", "0.707", "2.121", "1.5", "0.5", "75")


def test_singular_values() -> None:
    """The matrix with rows (3, 0) and (4, 5) has singular values 6.708 and 2.236."""
    matrix = np.array([[3.0, 0], [4, 5]])
    singular = np.linalg.svd(matrix)[1]
    assert np.allclose(np.sort(np.linalg.eigvalsh(matrix.T @ matrix)), [5, 45])
    assert [f"{value:.3f}" for value in singular] == ["6.708", "2.236"]
    assert np.isclose(singular.prod(), 15)
    heading = "Singular value decomposition (SVD)"
    says(PCA, heading, "6.708", "2.236", "45", "15")


def test_pca_by_the_svd() -> None:
    """Eigenvalues of the covariance are squared singular values over n minus 1."""
    data = np.random.default_rng(1).normal(size=(30, 3))
    data -= data.mean(axis=0)
    left, singular, right = np.linalg.svd(data, full_matrices=False)
    values = np.linalg.eigvalsh(np.cov(data, rowvar=False))[::-1]
    assert np.allclose(values, singular**2 / 29)
    assert np.allclose(data @ right.T, left * singular)


def test_low_rank_error() -> None:
    """Dropping the singular value 2.236 costs 5 of 50."""
    matrix = np.array([[3.0, 0], [4, 5]])
    left, singular, right = np.linalg.svd(matrix)
    best = singular[0] * np.outer(left[:, 0], right[0])
    assert np.isclose(((matrix - best) ** 2).sum(), 5)
    assert np.isclose((matrix**2).sum(), 50)
    assert np.isclose(np.linalg.norm(matrix - best, 2), singular[1])
    assert 1 - 5 / 50 == 0.9
    says(PCA, "Low-rank approximation", "5", "50", "90")


def test_explained_shares() -> None:
    """Of the eigenvalues 5, 3, 1, 0.6, 0.4 two explain 80 and three 90 per cent."""
    shares = np.cumsum([5, 3, 1, 0.6, 0.4]) / 10
    assert shares[1:3].tolist() == [0.8, 0.9]
    says(PCA, "How many principal components to keep", "80", "90")


def test_scaling_before_pca() -> None:
    """Unscaled, the income takes all the variance; scaled, each feature takes half."""
    assert 1e6 / (1e6 + 0.01) > 0.99999
    scaled = np.linalg.eigvalsh(np.eye(2))
    assert scaled[0] / scaled.sum() == 0.5
    says(PCA, "Scaling before PCA", "0.01", "50")


def test_noise_in_x_flattens_the_line() -> None:
    """Noise of the variance of x itself halves the least-squares slope."""
    generator = np.random.default_rng(0)
    true = generator.normal(size=100_000)
    seen = true + generator.normal(size=100_000)
    assert abs(np.polyfit(seen, 2 * true, 1)[0] - 1) < 0.02
    assert "flatter" in section(PCA, "PCA against least squares")


def test_three_lines_through_four_points() -> None:
    """Slopes 0.8, 1 and 1.25, all through (1.5, 1.5)."""
    x, y = np.array([0.0, 1, 2, 3]), np.array([0.0, 2, 1, 3])
    covariance = np.cov(x, y)
    assert np.allclose(covariance, [[5 / 3, 4 / 3], [4 / 3, 5 / 3]])
    slope = np.polyfit(x, y, 1)[0]
    direction = np.linalg.eigh(covariance)[1][:, 1]
    inverse = 1 / np.polyfit(y, x, 1)[0]
    assert (round(slope, 9), round(direction[1] / direction[0], 9)) == (0.8, 1)
    assert round(inverse, 9) == 1.25
    assert (x.mean(), y.mean()) == (1.5, 1.5)
    says(PCA, "PCA against least squares", "0.8", "1.25", "(1.5, 1.5)")


# Clustering and EM


def test_k_means_local_minimum() -> None:
    """The rectangle has inertia 16 along its long sides and 1 along the short ones."""
    corners = np.array([[0.0, 0], [0, 1], [4, 0], [4, 1]])

    def inertia(groups: list[list[int]]) -> float:
        return float(
            sum(((corners[group] - corners[group].mean(axis=0)) ** 2).sum() for group in groups)
        )

    assert inertia([[0, 2], [1, 3]]) == 16
    assert inertia([[0, 1], [2, 3]]) == 1
    says(CLUSTERING, "Why k-means converges", "16", "1")


def test_k_means_by_hand() -> None:
    """Three rounds with the inertias 150, 27.28 and 4."""
    numbers, centroids, seen = np.array([1.0, 2, 3, 8, 9, 10]), np.array([1.0, 2]), []
    for _ in range(3):
        squared = (numbers[:, None] - centroids) ** 2
        seen.append(round(squared.min(axis=1).sum(), 2))
        labels = squared.argmin(axis=1)
        centroids = np.array([numbers[labels == cluster].mean() for cluster in (0, 1)])
    assert seen == [150, 27.28, 4]
    assert centroids.tolist() == [2, 9]
    says(CLUSTERING, "K-means worked by hand", "150", "27.28", "6.4")


def test_k_means_plus_plus() -> None:
    """From a first centroid at 1 the far group is drawn with probability 194/199."""
    squared = (np.array([1, 2, 3, 8, 9, 10]) - 1) ** 2
    assert squared.tolist() == [0, 1, 4, 49, 64, 81]
    assert f"{squared[3:].sum() / squared.sum():.3f}" == "0.975"
    says(CLUSTERING, "Initialisation and k-means++", "199", "194", "0.975")


def test_silhouette() -> None:
    """The point 1 has a = 1.5, b = 8 and silhouette 0.81."""
    own, other = np.mean([1, 2]), np.mean([7, 8, 9])
    assert float(own) == 1.5
    assert float(other) == 8
    assert f"{(other - own) / max(own, other):.2f}" == "0.81"
    says(CLUSTERING, "Choosing the number of clusters", "1.5", "0.81")


def test_parameters_of_a_mixture() -> None:
    """Three full components in ten dimensions have 197 parameters."""
    assert 3 - 1 + 3 * 10 + 3 * 10 * 11 // 2 == 197
    says(CLUSTERING, "Gaussian mixture model", "197")


def responsibility(point: float, variance: float) -> float:
    """The share of a component at 0 against one at 4, both of this variance."""
    near, far = exp(-(point**2) / (2 * variance)), exp(-((point - 4) ** 2) / (2 * variance))
    return near / (near + far)


def test_responsibilities() -> None:
    """The point 1 belongs to the mean 0 by 0.982, the point 2 to both alike."""
    assert f"{responsibility(1, 1):.3f}" == "0.982"
    assert f"{1 - responsibility(1, 1):.3f}" == "0.018"
    assert responsibility(2, 1) == 0.5
    says(CLUSTERING, "EM for a Gaussian mixture, step by step", "0.982", "0.018")


def test_responsibilities_harden() -> None:
    """Half the variance raises 0.982 to 0.9997."""
    assert f"{responsibility(1, 0.5):.4f}" == "0.9997"
    says(CLUSTERING, "K-means as a limit of EM", "0.982", "0.9997")


def test_m_step_maximises_the_bound() -> None:
    """Weighted mean and variance beat nearby values of the expected log-likelihood."""
    points, shares = np.array([0.0, 1, 3, 7]), np.array([0.9, 0.8, 0.4, 0.1])

    def bound(mean: float, variance: float) -> float:
        terms = -0.5 * np.log(variance) - (points - mean) ** 2 / (2 * variance)
        return float(shares @ terms)

    mean = shares @ points / shares.sum()
    variance = shares @ (points - mean) ** 2 / shares.sum()
    best = bound(mean, variance)
    moves = product((-0.01, 0, 0.01), repeat=2)
    assert all(bound(mean + a, variance + b) <= best for a, b in moves)


def test_likelihood_is_bound_plus_divergence() -> None:
    """The decomposition behind EM holds for any distribution over the hidden value."""
    joint, guess = np.array([0.12, 0.3]), np.array([0.7, 0.3])
    posterior = joint / joint.sum()
    bound = guess @ np.log(joint / guess)
    assert np.isclose(log(joint.sum()), bound + guess @ np.log(guess / posterior))


def test_nearest_neighbour_imputation() -> None:
    """The two nearest heights give 76, the column mean 69."""
    heights, weights = np.array([180, 175, 160]), np.array([80, 72, 55])
    nearest = np.abs(heights - 178).argsort()[:2]
    assert (weights[nearest].mean(), weights.mean()) == (76, 69)
    says(CLUSTERING, "k-NN imputation", "76", "69")


# Linear and logistic regression


def line() -> tuple[Array, Array]:
    """The points (0, 1), (1, 3), (2, 4) with a column of ones."""
    return np.array([[1.0, 0], [1, 1], [1, 2]]), np.array([1.0, 3, 4])


def test_least_squares_line() -> None:
    """Slope 1.5, intercept 1.167, squared error 0.167."""
    matrix, targets = line()
    intercept, slope = fit(matrix, targets)
    predicted = matrix @ np.array([intercept, slope])
    residual = targets - predicted
    assert (f"{intercept:.3f}", f"{slope:.1f}") == ("1.167", "1.5")
    assert [f"{value:.3f}" for value in predicted] == ["1.167", "2.667", "4.167"]
    assert [f"{value:.3f}" for value in residual] == ["-0.167", "0.333", "-0.167"]
    assert f"{(residual**2).sum():.3f}" == "0.167"
    assert np.allclose(matrix.T @ residual, 0)
    says(REGRESSION, "Least squares", "1.5", "1.167", "2.667", "4.167", "-0.167", "0.333", "0.167")
    says(REGRESSION, "Geometric reading of least squares", "-0.167", "0.333")


def test_normal_equations() -> None:
    """The matrix (3, 3; 3, 5) and the vector (8, 11), and a gradient of zero."""
    matrix, targets = line()
    assert (matrix.T @ matrix).tolist() == [[3, 3], [3, 5]]
    assert (matrix.T @ targets).tolist() == [8, 11]
    assert np.allclose(np.linalg.solve(matrix.T @ matrix, matrix.T @ targets), [7 / 6, 1.5])
    assert r"3 & 3 \\ 3 & 5" in section(REGRESSION, "Normal equations")
    assert r"8 \\ 11" in section(REGRESSION, "Normal equations")
    guess, step = np.array([0.4, -0.2]), 1e-6
    stated = 2 * matrix.T @ (matrix @ guess - targets)
    for place in range(2):
        moved = guess.copy()
        moved[place] += step
        change = ((matrix @ moved - targets) ** 2).sum() - ((matrix @ guess - targets) ** 2).sum()
        assert abs(change / step - stated[place]) < 1e-4


def test_projection_matrix() -> None:
    """The projection is symmetric and equal to its square."""
    matrix, _ = line()
    projection = matrix @ np.linalg.pinv(matrix)
    assert np.allclose(projection, projection.T)
    assert np.allclose(projection, projection @ projection)


def test_determinants() -> None:
    """A determinant of -1 is invertible, and a tiny one may be perfectly conditioned."""
    swap = np.array([[0.0, 1], [1, 0]])
    assert np.isclose(np.linalg.det(swap), -1)
    assert np.allclose(np.linalg.inv(swap), swap)
    small = 0.1 * np.eye(10)
    assert np.isclose(np.linalg.det(small), 1e-10, rtol=1e-6)
    assert np.isclose(np.linalg.cond(small), 1)
    says(REGRESSION, "Solving Ax = b", "-1")
    assert "10^{-10}" in section(REGRESSION, "Solving Ax = b")


def test_pseudo_inverse_in_three_ways() -> None:
    """SVD, normal equations and QR agree, and (1, 2) has the pseudo-inverse (0.2, 0.4)."""
    matrix, _ = line()
    left, singular, right = np.linalg.svd(matrix, full_matrices=False)
    by_svd = right.T @ np.diag(1 / singular) @ left.T
    by_equations = np.linalg.inv(matrix.T @ matrix) @ matrix.T
    orthonormal, triangular = np.linalg.qr(matrix)
    by_qr = np.linalg.inv(triangular) @ orthonormal.T
    assert np.allclose(by_svd, by_equations)
    assert np.allclose(by_svd, by_qr)
    assert np.allclose(np.linalg.pinv(np.array([[1.0], [2]])), [[0.2, 0.4]])
    wide = matrix.T
    assert np.allclose(np.linalg.pinv(wide), wide.T @ np.linalg.inv(wide @ wide.T))
    says(REGRESSION, "Computing the Moore-Penrose pseudo-inverse", "(0.2, 0.4)")


def test_pseudo_inverse_gives_the_shortest_solution() -> None:
    """Of all solutions of an underdetermined system the pseudo-inverse gives the shortest."""
    matrix, target = np.array([[1.0, 2, 2]]), np.array([9.0])
    shortest = np.linalg.pinv(matrix) @ target
    other = shortest + np.array([2.0, -1, 0])
    assert np.allclose(matrix @ other, target)
    assert np.linalg.norm(shortest) < np.linalg.norm(other)


def test_normal_equations_square_the_condition() -> None:
    """The condition number of A^T A is the square of that of A."""
    matrix, _ = line()
    assert np.isclose(np.linalg.cond(matrix.T @ matrix), np.linalg.cond(matrix) ** 2)


def test_least_squares_is_gaussian_likelihood() -> None:
    """The negative log-likelihood is the squared error over 2 sigma^2 plus a constant."""
    matrix, targets = line()
    residual, deviation = targets - matrix @ np.array([1.0, 1.2]), 0.8
    densities = np.exp(-(residual**2) / (2 * deviation**2)) / sqrt(2 * np.pi * deviation**2)
    stated = (residual**2).sum() / (2 * deviation**2) + 1.5 * log(2 * np.pi * deviation**2)
    assert np.isclose(-np.log(densities).sum(), stated)


def test_gauss_newton() -> None:
    """The steps towards ln 2 are 1, 0.736 and 0.694."""
    parameter, seen = 0.0, []
    for _ in range(3):
        parameter += (2 - exp(parameter)) / exp(parameter)
        seen.append(f"{parameter:.3f}")
    assert seen == ["1.000", "0.736", "0.694"]
    assert f"{log(2):.3f}" == "0.693"
    says(REGRESSION, "Non-linear least squares", "0.736", "0.694", "0.693")


def test_least_squares_on_labels() -> None:
    """Three clear points at 20 move the boundary from 0 to 1.36, past the point 1."""

    def boundary(points: list[float]) -> float:
        inputs = np.array(points)
        intercept, slope = fit(np.column_stack([np.ones_like(inputs), inputs]), np.sign(inputs))
        return float(-intercept / slope)

    near = [-3.0, -2, -1, 1, 2, 3]
    assert abs(boundary(near)) < 1e-12
    assert f"{boundary([*near, 20, 20, 20]):.2f}" == "1.36"
    assert f"{20 * np.polyfit(near, np.sign(near), 1)[0]:.1f}" == "8.6"
    says(REGRESSION, "Is least squares suited to classification?", "20", "1.36", "8.6")


def test_logistic_regression_numbers() -> None:
    """Log-odds of 0.8 are a probability of 0.690, and a weight of 0.7 an odds ratio of 2.014."""
    chance = sigmoid(0.7 * 4 - 2)
    assert (f"{chance:.3f}", f"{exp(0.7):.3f}") == ("0.690", "2.014")
    raised = sigmoid(0.7 * 5 - 2)
    assert np.isclose(raised / (1 - raised), exp(0.7) * chance / (1 - chance))
    says(REGRESSION, "Logistic regression", "0.8", "0.690", "2.014")


def test_gradient_of_logistic_regression() -> None:
    """The gradient is X^T (p - y) / n, by finite differences."""
    generator = np.random.default_rng(0)
    features, labels = generator.normal(size=(20, 3)), generator.integers(0, 2, 20)
    weights, step = generator.normal(size=3), 1e-6

    def loss(at: Array) -> float:
        chances = 1 / (1 + np.exp(-features @ at))
        return float(-np.mean(labels * np.log(chances) + (1 - labels) * np.log(1 - chances)))

    stated = features.T @ (1 / (1 + np.exp(-features @ weights)) - labels) / 20
    for place in range(3):
        move = step * np.eye(3)[place]
        difference = (loss(weights + move) - loss(weights - move)) / (2 * step)
        assert abs(difference - stated[place]) < 1e-8


def test_logistic_loss() -> None:
    """At the score 0.8 the loss is 0.371 for label 1 and 1.171 for label 0."""
    assert f"{-log(sigmoid(0.8)):.3f}" == f"{log(1 + exp(-0.8)):.3f}" == "0.371"
    assert f"{-log(1 - sigmoid(0.8)):.3f}" == f"{log(1 + exp(0.8)):.3f}" == "1.171"
    assert np.logaddexp(0, 800) == 800
    says(REGRESSION, "Logistic function and logistic loss", "0.690", "0.371", "1.171")


def test_intercept_after_undersampling() -> None:
    """Keeping a share s of the negatives is undone by adding ln s to the log-odds."""
    positives, negatives, share = 30.0, 970.0, 0.1
    sampled = log(positives / (share * negatives))
    assert np.isclose(sampled + log(share), log(positives / negatives))


def test_softmax_regression() -> None:
    """Scores 2, 1, 0.1 give 0.659, 0.242, 0.099; two classes reduce to the sigmoid."""
    chances = [f"{value:.3f}" for value in softmax(np.array([2.0, 1, 0.1]))]
    assert chances == ["0.659", "0.242", "0.099"]
    assert np.isclose(softmax(np.array([1.3, 0.4]))[0], sigmoid(1.3 - 0.4))
    says(REGRESSION, "Softmax regression", *chances)


# Trees and ensembles


def gini(counts: list[int]) -> float:
    """Gini impurity of class counts."""
    shares = np.array(counts) / sum(counts)
    return float(1 - (shares**2).sum())


def entropy(counts: list[int]) -> float:
    """Entropy of class counts in bits."""
    shares = [count / sum(counts) for count in counts if count]
    return -sum(share * log2(share) for share in shares)


def test_gini_and_entropy() -> None:
    """Equal classes have 0.5 and 1 bit; shares of 0.8 and 0.2 have 0.32 and 0.722."""
    assert (gini([5, 5]), entropy([5, 5])) == (0.5, 1)
    assert (f"{gini([8, 2]):.2f}", f"{entropy([8, 2]):.3f}") == ("0.32", "0.722")
    says(TREES, "Gini impurity and entropy", "0.5", "0.32", "0.722")


def test_gini_is_the_error_of_random_labelling() -> None:
    """Labelling at random by the shares is wrong with the probability of the Gini impurity."""
    shares = [0.5, 0.3, 0.2]
    wrong = sum(a * b for (i, a), (j, b) in product(enumerate(shares), repeat=2) if i != j)
    assert np.isclose(wrong, gini([5, 3, 2]))


def test_error_rate_as_a_criterion() -> None:
    """Two splits with the same error of 0.25 have Gini impurities 0.375 and 0.333."""
    first = 0.5 * gini([300, 100]) + 0.5 * gini([100, 300])
    second = 0.75 * gini([200, 400]) + 0.25 * gini([200, 0])
    assert (100 + 100) / 800 == 200 / 800 == 0.25
    assert (f"{first:.3f}", f"{second:.3f}") == ("0.375", "0.333")
    says(TREES, "Gini impurity and entropy", "0.25", "0.375", "0.333")


def test_gain_of_a_split() -> None:
    """Gini falls by 0.18 and entropy by 0.278 bits."""
    assert f"{gini([5, 5]) - gini([4, 1]):.2f}" == "0.18"
    assert f"{entropy([5, 5]) - entropy([4, 1]):.3f}" == "0.278"
    says(TREES, "How to split a node", "0.18", "0.722", "0.278")


def test_price_of_a_leaf() -> None:
    """Three leaves that save 0.04 of error are cut once a leaf costs more than 0.02."""
    assert round((0.14 - 0.10) / (3 - 1), 9) == 0.02
    says(TREES, "Overfitting and pruning of decision trees", "0.10", "0.14", "0.02")


def majority(voters: int, chance: float) -> float:
    """The probability that most of the independent voters are right."""
    return sum(
        comb(voters, right) * chance**right * (1 - chance) ** (voters - right)
        for right in range(voters // 2 + 1, voters + 1)
    )


def test_majority_votes() -> None:
    """Voters right with 0.7 reach 0.784 and 0.922, voters right with 0.4 only 0.352."""
    votes = [f"{majority(*case):.3f}" for case in ((3, 0.7), (11, 0.7), (3, 0.4))]
    assert votes == ["0.784", "0.922", "0.352"]
    says(TREES, "Why ensembles work", *votes)


def test_error_of_an_average() -> None:
    """The error of the average is the mean error minus the spread of the members."""
    members, truth = np.array([1.0, 2.5, 4.0]), 3.0
    average = members.mean()
    spread = ((members - average) ** 2).mean()
    assert np.isclose((average - truth) ** 2, ((members - truth) ** 2).mean() - spread)


def test_variance_of_bagging() -> None:
    """Correlation 0.3 and 100 models leave 0.307 of the variance."""
    covariance = 0.3 * np.ones((100, 100)) + 0.7 * np.eye(100)
    weights = np.full(100, 0.01)
    assert f"{weights @ covariance @ weights:.3f}" == f"{0.3 + 0.7 / 100:.3f}" == "0.307"
    says(TREES, "Bagging", "0.3", "100")
    assert r"0.307\,\sigma^2" in section(TREES, "Bagging")


def test_share_of_a_bootstrap_sample() -> None:
    """A bootstrap sample holds about 63.2 per cent of the examples."""
    assert f"{100 * (1 - (1 - 1 / 100_000) ** 100_000):.1f}" == "63.2"
    assert f"{100 * exp(-1):.1f}" == "36.8"
    says(TREES, "Bagging", "63.2", "36.8")


def test_adaboost_weights() -> None:
    """An error of 0.3 gives the vote 0.424, and afterwards the wrong examples weigh one half."""
    vote = 0.5 * log(0.7 / 0.3)
    up, down = exp(vote), exp(-vote)
    assert (f"{vote:.3f}", f"{up:.3f}", f"{down:.3f}") == ("0.424", "1.528", "0.655")
    assert np.isclose(0.3 * up / (0.3 * up + 0.7 * down), 0.5)
    says(TREES, "AdaBoost", "0.424", "1.528", "0.655")


def test_adaboost_minimises_exponential_loss() -> None:
    """The vote is the minimum of the weighted exponential loss."""
    votes = np.linspace(0, 2, 20_001)
    losses = 0.3 * np.exp(votes) + 0.7 * np.exp(-votes)
    assert abs(votes[losses.argmin()] - 0.5 * log(0.7 / 0.3)) < 1e-4


def test_one_round_of_gradient_boosting() -> None:
    """The squared error of 1, 3, 8 falls from 26 to 8."""
    targets = np.array([1.0, 3, 8])
    start = np.full(3, targets.mean())
    residual = targets - start
    assert residual.tolist() == [-3, -1, 4]
    stump = np.array([residual[:2].mean(), residual[:2].mean(), residual[2]])
    after = start + 0.5 * stump
    assert after.tolist() == [3, 3, 6]
    assert ((targets - start) ** 2).sum() == 26
    assert ((targets - after) ** 2).sum() == 8
    says(TREES, "Gradient boosting", "26", "8", "-3", "-1")


# Support vector machines and multi-label problems


def test_margin_of_two_points() -> None:
    """w = (0.5, 0.5) has length 0.707 and margin 2.828, the distance of the points."""
    weights = np.array([0.5, 0.5])
    assert [float(weights @ np.array(point)) for point in ((1, 1), (-1, -1))] == [1, -1]
    length = np.linalg.norm(weights)
    assert (f"{length:.3f}", f"{2 / length:.3f}") == ("0.707", "2.828")
    assert np.isclose(2 / length, np.linalg.norm([2, 2]))
    says(SVM, "Maximum margin", "0.707", "2.828")


def test_hinge_loss() -> None:
    """Margins of 2, 0.5 and -1 cost 0, 0.5 and 2."""
    assert [max(0.0, 1 - margin) for margin in (2, 0.5, -1)] == [0, 0.5, 2]
    says(SVM, "Soft margin and hinge loss", "0", "0.5", "2", "-1")


def test_dual_of_two_points() -> None:
    """Both coefficients are 0.25 at the maximum of the dual."""
    inner = np.array([[2.0, -2], [-2, 2]])
    labels = np.array([1.0, -1])
    grid = np.linspace(0, 1, 10_001)
    values = [2 * a - 0.5 * (a * labels) @ inner @ (a * labels) for a in grid]
    assert grid[int(np.argmax(values))] == 0.25
    says(SVM, "Dual problem and support vectors", "0.25", "(0.5, 0.5)")


def test_kernels() -> None:
    """The squared inner product is 121 either way, and the RBF value 0.135."""
    assert (1 * 3 + 2 * 4) ** 2 == 121
    first, second = np.array([1, 2 * sqrt(2), 4]), np.array([9, 12 * sqrt(2), 16])
    assert np.allclose(first * second, [9, 48, 64])
    assert f"{exp(-0.5 * 2**2):.3f}" == "0.135"
    says(SVM, "Kernel trick", "121", "48", "64", "0.135")


def test_hinge_and_logistic_loss() -> None:
    """At the margins 2 and -3 they are 0 and 0.127, 4 and 3.049."""
    assert [max(0, 1 - margin) for margin in (2, -3)] == [0, 4]
    assert [f"{log(1 + exp(-margin)):.3f}" for margin in (2, -3)] == ["0.127", "3.049"]
    says(SVM, "SVM compared with logistic regression", "0.127", "3.049", "4")


def test_number_of_pairwise_machines() -> None:
    """Ten classes make 45 pairs."""
    assert comb(10, 2) == 45
    says(SVM, "SVM with more than two classes", "45")


def test_epsilon_insensitive_loss() -> None:
    """A target of 5 predicted as 4.2 costs 0.3 beyond a tube of 0.5."""
    assert round(max(0.0, abs(5 - 4.2) - 0.5), 9) == 0.3
    says(SVM, "Support vector regression and one-class SVM", "4.2", "0.5", "0.3")


def test_label_combinations() -> None:
    """Ten labels have 1,024 combinations."""
    assert 2**10 == 1024
    says(SVM, "One-vs-all, label powerset and classifier chains", "1,024")


def test_sigmoids_against_softmax() -> None:
    """Scores 4, 4, -3 give two clear labels by sigmoids and none by softmax."""
    scores = np.array([4.0, 4, -3])
    single = [f"{sigmoid(z):.3f}" for z in scores]
    shared = [f"{p:.4f}" for p in softmax(scores)]
    assert single == ["0.982", "0.982", "0.047"]
    assert shared == ["0.4998", "0.4998", "0.0005"]
    says(SVM, "Sigmoid outputs for multi-label networks", *single, *shared)


def test_multi_label_loss() -> None:
    """Target (1, 0, 1) and predictions 0.9, 0.2, 0.6 cost 0.280."""
    terms = [-log(0.9), -log(1 - 0.2), -log(0.6)]
    assert [f"{term:.3f}" for term in terms] == ["0.105", "0.223", "0.511"]
    assert f"{sum(terms) / 3:.3f}" == "0.280"
    heading = "Which loss to use for multi-label problems"
    says(SVM, heading, "0.105", "0.223", "0.511", "0.280")


def test_cheapest_threshold() -> None:
    """If a miss costs four times a false alarm, assigning pays above 0.2."""
    chances = np.linspace(0, 1, 1001)
    pays = (1 - chances) * 1 < chances * 4
    assert round(chances[pays].min(), 3) == 0.201
    assert 1 / (1 + 4) == 0.2
    says(SVM, "Thresholds for multi-label predictions", "0.2")


def test_multi_label_scores() -> None:
    """Exact match 0, Hamming loss 0.333, Jaccard one half."""
    truth = np.array([[1, 0, 1], [0, 1, 0]])
    found = np.array([[1, 0, 0], [0, 1, 1]])
    assert (truth == found).all(axis=1).mean() == 0
    assert f"{(truth ^ found).mean():.3f}" == "0.333"
    overlap, union = (truth & found).sum(axis=1), (truth | found).sum(axis=1)
    assert (overlap / union).tolist() == [0.5, 0.5]
    says(SVM, "Scoring multi-label predictions", "101", "010", "100", "011", "0.333", "0")


# Planning, filtering and reinforcement learning


def test_grid_heuristics() -> None:
    """From (0, 0) to (3, 4) the Manhattan distance is 7 and the straight line 5."""
    assert (abs(3) + abs(4), sqrt(3**2 + 4**2)) == (7, 5)
    says(PLANNING, "Admissible and consistent heuristics", "7", "5")


def test_closed_nodes_must_be_opened_again() -> None:
    """Admissible but inconsistent: keeping nodes closed costs 6, opening them again 5."""
    edges = {"s": {"a": 1, "c": 3}, "a": {"c": 1}, "c": {"g": 3}, "g": {}}
    estimate = {"s": 0, "a": 4, "c": 0, "g": 0}

    def cost(reopen: bool) -> int:
        best, closed, waiting = {"s": 0}, set[str](), [(0, "s")]
        while True:
            waiting.sort()
            _, node = waiting.pop(0)
            if node == "g":
                return best["g"]
            if node in closed and not reopen:
                continue
            closed.add(node)
            for step, length in edges[node].items():
                reached = best[node] + length
                if reached < best.get(step, 99) and (reopen or step not in closed):
                    best[step] = reached
                    waiting.append((reached + estimate[step], step))

    assert all(estimate[node] <= left for node, left in {"s": 5, "a": 4, "c": 3, "g": 0}.items())
    assert (cost(reopen=False), cost(reopen=True)) == (6, 5)
    heading = "Admissible and consistent heuristics"
    assert "must be opened again" in section(PLANNING, heading)


def test_path_round_the_wall() -> None:
    """Nine steps down, nine right and nine up make 28 nodes."""
    assert 9 + 9 + 9 + 1 == 28
    says(PLANNING, "A* in Python", "28")


def test_kalman_by_hand() -> None:
    """Gain 0.8, estimate 11.6, variance 0.8; then gain 0.5, estimate 12.3, variance 0.5."""
    gain = 4 / (4 + 1)
    mean, variance = 10 + gain * (12 - 10), (1 - gain) * 4
    assert (gain, round(mean, 9), round(variance, 9)) == (0.8, 11.6, 0.8)
    mean, variance = mean + 1, variance + 0.2
    assert (round(mean, 9), round(variance, 9)) == (12.6, 1.0)
    gain = variance / (variance + 1)
    mean, variance = mean + gain * (12 - mean), (1 - gain) * variance
    assert (round(gain, 9), round(mean, 9), round(variance, 9)) == (0.5, 12.3, 0.5)
    says(PLANNING, "Kalman filter worked by hand", "0.8", "11.6", "12.6", "12.3", "0.5")


def test_kalman_is_bayes() -> None:
    """The correction is the product of two normal densities."""
    grid = np.linspace(-10, 30, 400_001)
    density = np.exp(-((grid - 10) ** 2) / 8 - (grid - 12) ** 2 / 2)
    density /= density.sum()
    mean = grid @ density
    assert np.isclose(mean, 11.6, atol=1e-6)
    assert np.isclose((grid - mean) ** 2 @ density, 0.8, atol=1e-6)


def test_returns() -> None:
    """Three rewards are worth 2.71 and endless ones 10."""
    assert round(1 + 0.9 + 0.9**2, 9) == 2.71
    assert round(1 / (1 - 0.9), 9) == 10
    says(PLANNING, "Markov decision process and Bellman equation", "2.71", "10")


def test_value_iteration_shrinks_by_the_discount() -> None:
    """One Bellman update brings two value functions closer by the factor 0.9."""
    generator = np.random.default_rng(0)
    rewards = generator.normal(size=(4, 2))
    chances = generator.random(size=(4, 2, 4))
    chances /= chances.sum(axis=2, keepdims=True)

    def update(values: Array) -> Array:
        return np.asarray((rewards + 0.9 * chances @ values).max(axis=1))

    first, second = generator.normal(size=4), generator.normal(size=4)
    before = np.abs(first - second).max()
    assert np.abs(update(first) - update(second)).max() <= 0.9 * before + 1e-12


def test_q_learning_step() -> None:
    """The value 2 moves to 3.3."""
    assert round(2 + 0.5 * (1 + 0.9 * 4 - 2), 9) == 3.3
    says(PLANNING, "Q-learning", "3.3", "3.6")


def test_epsilon_greedy() -> None:
    """With four actions and a tenth at random the best is taken in 92.5 per cent."""
    assert round(100 * (0.9 + 0.1 / 4), 9) == 92.5
    says(PLANNING, "Exploration and exploitation", "92.5")


def test_policy_gradient_with_advantages() -> None:
    """The expected score times the advantage is the gradient of the expected return."""
    logits, worth, step = np.array([0.2, -0.5, 0.9]), np.array([1.0, 4.0, -2.0]), 1e-6
    chances = softmax(logits)
    advantage = worth - chances @ worth
    stated = sum(chances[a] * (np.eye(3)[a] - chances) * advantage[a] for a in range(3))
    for place in range(3):
        move = step * np.eye(3)[place]
        change = softmax(logits + move) @ worth - softmax(logits - move) @ worth
        assert abs(change / (2 * step) - stated[place]) < 1e-8


def test_decisions_with_skills() -> None:
    """A task of 1,000 steps is 20 decisions of 50 steps."""
    assert 1000 // 50 == 20
    says(PLANNING, "Hierarchical reinforcement learning", "1,000", "20", "50")


# Coding questions


def test_parts_of_a_large_file() -> None:
    """500 GB over 8 GB needs 63 parts, and 128 parts have 3.9 GB."""
    assert -(-500 // 8) == 63
    assert f"{500 / 128:.1f}" == "3.9"
    assert 1e9 * 16 / 1e9 == 16
    heading = "Removing duplicates from a data set larger than memory"
    says(CODING, heading, "63", "128", "3.9 GB", "16 GB")


def test_bloom_filter() -> None:
    """Ten bits an item and seven hashes give false alarms of 0.0082."""
    rate = (1 - exp(-7 / 10)) ** 7
    assert f"{rate:.4f}" == "0.0082"
    assert round(10 * log(2)) == 7
    assert 1e9 * 10 / 8 / 1e9 == 1.25
    says(CODING, "Bloom filter", "0.0082", "1.25 GB")


def test_banding() -> None:
    """Twenty bands of five rows find similar pairs with 0.9996, dissimilar ones with 0.047."""
    found = [1 - (1 - similarity**5) ** 20 for similarity in (0.8, 0.3)]
    assert (f"{found[0]:.4f}", f"{found[1]:.3f}") == ("0.9996", "0.047")
    says(CODING, "Near-duplicates and MinHash", "0.9996", "0.047")


def test_minhash_agreement_is_the_jaccard_similarity() -> None:
    """Over random orders the smallest elements agree as often as the sets overlap."""
    generator = np.random.default_rng(0)
    first, second = {0, 1, 2, 3, 4}, {3, 4, 5, 6}
    agreed = 0
    for _ in range(5000):
        ranks = generator.permutation(7)
        agreed += min(first, key=ranks.__getitem__) == min(second, key=ranks.__getitem__)
    assert abs(agreed / 5000 - 2 / 7) < 0.03


def test_longest_common_subsequence_by_enumeration() -> None:
    """Trying all subsequences confirms the lengths 4 and, contiguous, 1."""

    def subsequences(word: str) -> set[str]:
        chosen = product((0, 1), repeat=len(word))
        return {"".join(c for c, keep in zip(word, kept, strict=True) if keep) for kept in chosen}

    common = subsequences("AGGTAB") & subsequences("GXTXAYB")
    assert max(common, key=len) == "GTAB"
    assert not any(pair in "GXTXAYB" for pair in map("".join, pairwise("AGGTAB")))
    says(CODING, "Subsequence and substring", "4", "1")


def test_strassen_exponent() -> None:
    """Seven half-size products give the exponent 2.81."""
    assert f"{log2(7):.2f}" == "2.81"
    assert "n^{2.81}" in section(CODING, "Divide and conquer")


def test_memory_of_searches() -> None:
    """Level 6 of a tenfold tree has a million nodes, and deepening repeats 11 per cent."""
    levels = [10**level for level in range(7)]
    repeated = sum(sum(levels[: depth + 1]) for depth in range(7)) / sum(levels)
    assert (levels[6], 10 * 6, round(100 * (repeated - 1))) == (1_000_000, 60, 11)
    heading = "Breadth-first against depth-first search"
    says(CODING, heading, "1,000,000", "60", "11")


def test_binary_search_comparisons() -> None:
    """A million elements take 20 halvings."""
    assert 2**19 < 1_000_000 <= 2**20
    says(CODING, "Binary search", "20")


def test_runtimes_of_finding_duplicates() -> None:
    """All pairs of a million take 5,000 seconds, sorting 0.2."""
    pairs, sorting = comb(10**6, 2), 10**6 * log2(10**6)
    assert round(pairs / 1e8, -1) == 5000
    assert (round(5000 / 60), round(sorting / 1e8, 1)) == (83, 0.2)
    heading = "Why runtimes matter more than details"
    says(CODING, heading, "5,000", "83", "0.2")


# Movement and sound


def test_rows_of_the_area_of_interest() -> None:
    """Rows 216 to 264 of 480, 30,720 pixels, every third of them 10,240; the top has 12 rows."""
    top, bottom = round(0.45 * 480), round(0.55 * 480)
    pixels = (bottom - top) * 640
    assert (top, bottom, bottom - top) == (216, 264, 48)
    assert (pixels, pixels // 3, round(0.025 * 480)) == (30720, 10240, 12)
    says(MOVEMENT, "Area of interest in the image", "216", "264", "48", "30,720", "10,240", "12")


def test_fractions_are_not_per_cent() -> None:
    """A strip of 0.1 per cent of 480 rows would be less than one row."""
    assert 480 * 0.1 / 100 < 1
    heading = "Up-and-down movement detection with zero crossings"
    says(MOVEMENT, heading, "45 to 55 per cent", "2.5 per cent", "0.1")


def test_signed_bytes_and_mean_noise() -> None:
    """The byte -56 is the brightness 200, and the mean of 10,240 pixels is a hundred times calmer."""
    assert -56 & 0xFF == 200
    assert f"{10 / sqrt(10240):.1f}" == "0.1"
    says(MOVEMENT, "Averaging grey values", "-56", "200", "10,240", "0.1")


def test_zero_crossings_of_five_repetitions() -> None:
    """Five periods of a sine, begun off zero, cross zero ten times."""
    signal = np.sin(2 * np.pi * 5 * np.arange(1000) / 1000 + 0.3)
    assert int((np.sign(signal[1:]) != np.sign(signal[:-1])).sum()) == 10
    says(MOVEMENT, "Inner minus outer crossings", "10", "2", "8")


def test_a_value_of_zero_counts_once() -> None:
    """With sign(0) = 0 one crossing counts twice; zero taking the sign before counts it once."""
    signs = np.sign(np.array([2.0, 0, -2]))
    assert (signs[1:] != signs[:-1]).sum() == 2
    carried = np.array([signs[0], signs[0], signs[2]])
    assert (carried[1:] != carried[:-1]).sum() == 1
    assert "exactly zero" in section(MOVEMENT, "Zero crossings")


def test_decibels() -> None:
    """Doubling adds 6.02 dB, 1 Pa is 94.0 dB, and 60 and 70 dB average to 67.4."""
    assert f"{20 * log10(2):.2f}" == "6.02"
    assert f"{20 * log10(1 / 20e-6):.1f}" == "94.0"
    assert f"{10 * log10((10**6 + 10**7) / 2):.1f}" == "67.4"
    assert round(10 * log10(2)) == 3
    says(MOVEMENT, "Sound pressure level and decibels", "6.02", "94.0", "67.4", "65", "3")


def test_robust_threshold() -> None:
    """Median 51, MAD 1, threshold 58.4; a level of 63 scores 8.1."""
    baseline = np.array([50, 52, 51, 49, 53, 50, 52])
    centre = np.median(baseline)
    deviation = np.median(np.abs(baseline - centre))
    assert (centre, deviation) == (51, 1)
    assert f"{centre + 5 * 1.4826 * deviation:.1f}" == "58.4"
    assert f"{(63 - centre) / (1.4826 * deviation):.1f}" == "8.1"
    says(MOVEMENT, "Threshold for unusual sounds", "51", "58.4", "63", "8.1", "1.4826")


def test_false_alarms_of_three_deviations() -> None:
    """0.135 per cent of ten measurements a second are about 49 an hour."""
    share = erfc(3 / sqrt(2)) / 2
    assert (f"{100 * share:.3f}", round(share * 36_000)) == ("0.135", 49)
    says(MOVEMENT, "Threshold for unusual sounds", "0.135", "49")


def test_mad_factor() -> None:
    """The factor 1.4826 turns the MAD of a normal distribution into its deviation."""
    assert abs(erfc(1 / 1.4826 / sqrt(2)) - 0.5) < 1e-4


def test_mel_scale_and_frames() -> None:
    """1,000 Hz is 1,000 mel, 8,000 Hz is 2,840, and one second makes 98 frames."""
    pitches = [round(2595 * log10(1 + frequency / 700)) for frequency in (1000, 8000)]
    assert pitches == [1000, 2840]
    assert (0.025 * 16_000, 0.010 * 16_000) == (400, 160)
    assert 1 + (16_000 - 400) // 160 == 98
    says(MOVEMENT, "Mel spectrograms and MFCCs", "1,000", "2,840", "400", "160", "98")


def test_aliasing() -> None:
    """9,000 Hz sampled at 16,000 looks like 7,000 Hz."""
    times = np.arange(64) / 16_000
    assert np.allclose(np.cos(2 * np.pi * 9000 * times), np.cos(2 * np.pi * 7000 * times))
    says(MOVEMENT, "Sampling rate and aliasing", "9,000", "16,000", "7,000", "8,000")
