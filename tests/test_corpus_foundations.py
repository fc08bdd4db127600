"""The worked numbers of the notes on representations, mathematics and Python, computed."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import comb, e, erf, exp, log, log2, pi, sqrt
from typing import Any

import numpy as np
from corpus_text import CORPUS, says
from numpy.typing import NDArray

REPRESENTATIONS = "01-representations.md"
ALGEBRA = "02-linear-algebra.md"
PROBABILITY = "03-probability-and-statistics.md"
INFORMATION = "04-information-theory.md"
PYTHON = "05-python-for-interviews.md"

Array = NDArray[np.floating[Any]]

CURVE_X = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
PAIRS = np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 7.0]])
LINE_X = np.column_stack([np.ones(3), [0.0, 1.0, 2.0]])
LINE_Y = np.array([1.0, 2.0, 2.0])
SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]])
WEATHER = np.array([[0.4, 0.1], [0.1, 0.4]])


def entropy(probabilities: Sequence[float] | Array) -> float:
    """The entropy in bits."""
    return -sum(float(p) * log2(p) for p in np.ravel(probabilities) if p > 0)


def divergence(p: Sequence[float], q: Sequence[float]) -> float:
    """The Kullback-Leibler divergence in nats."""
    return sum(a * log(a / b) for a, b in zip(p, q, strict=True) if a > 0)


def slope(function: Callable[[float], float], at: float, step: float = 1e-6) -> float:
    """The derivative by central differences."""
    return (function(at + step) - function(at - step)) / (2 * step)


def ranks(values: Array) -> Array:
    """Ranks from 1, tied values sharing their mean rank."""
    below = (values[:, None] > values[None, :]).sum(axis=1)
    equal = (values[:, None] == values[None, :]).sum(axis=1)
    rank: Array = below + (equal + 1) / 2
    return rank


def spearman(x: Array, y: Array) -> float:
    """Pearson's correlation of the ranks."""
    return float(np.corrcoef(ranks(x), ranks(y))[0, 1])


def test_image_dimensions() -> None:
    """28 by 28 pixels are 784 dimensions."""
    assert 28 * 28 == 784
    says(REPRESENTATIONS, "Feature space", "784")


def test_cosine_similarity() -> None:
    """The example's cosine is 8/9; for unit vectors cosine and distance order alike."""
    a, b = np.array([1.0, 2.0, 2.0]), np.array([2.0, 1.0, 2.0])
    cosine = float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    assert np.isclose(cosine, 8 / 9)
    says(REPRESENTATIONS, "Embedding space", f"{cosine:.3f}")
    assert f"{cosine:.3f}" == "0.889"
    points = np.random.default_rng(0).normal(size=(30, 4))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    by_cosine = np.argsort(-(points[1:] @ points[0]))
    by_distance = np.argsort(np.linalg.norm(points[1:] - points[0], axis=1))
    assert by_cosine.tolist() == by_distance.tolist()


def test_predicted_rating() -> None:
    """The inner product of the two latent vectors is 4.5."""
    assert np.array([1.0, 0.5]) @ np.array([4.0, 1.0]) == 4.5
    says(REPRESENTATIONS, "Latent features", "4.5")


def test_embedding_table() -> None:
    """10,000 rows of 32 are 320,000 numbers; a lookup equals a product with one-hot."""
    assert 10_000 * 32 == 320_000
    table = np.arange(12.0).reshape(4, 3)
    assert (np.eye(4)[2] @ table).tolist() == table[2].tolist()
    says(REPRESENTATIONS, "Feature embedding", "320,000")


def test_vector_length() -> None:
    """The vector (3, 4) has length 5 and one axis."""
    vector = np.array([3.0, 4.0])
    assert np.linalg.norm(vector) == 5
    assert (vector.ndim, vector.size) == (1, 2)
    says(REPRESENTATIONS, "Vector", "length of 5")


def test_one_hot_vectors() -> None:
    """All one-hot vectors are the same distance apart."""
    codes = np.eye(3)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert np.isclose(np.linalg.norm(codes[i] - codes[j]), sqrt(2))
    says(REPRESENTATIONS, "One-hot encoding", r"\sqrt{2}", "(0, 1, 0)")


def test_softmax_and_sigmoids() -> None:
    """The softmax outputs add up to 1, the sigmoids need not."""
    scores = np.array([2.0, 1.0, 0.0])
    softmax, sigmoid = np.exp(scores) / np.exp(scores).sum(), 1 / (1 + np.exp(-scores))
    printed = [f"{value:.3f}" for value in (*softmax, *sigmoid[:2])]
    assert printed == ["0.665", "0.245", "0.090", "0.881", "0.731"]
    assert np.isclose(softmax.sum(), 1)
    assert sigmoid[2] == 0.5
    assert sigmoid.sum() > 1
    says(REPRESENTATIONS, "Exclusive and non-exclusive classes", *printed)


def test_parameters_of_the_small_network() -> None:
    """5 by 3 and 2 by 5 weights with 7 biases are 32 parameters."""
    assert 5 * 3 + 5 + 2 * 5 + 2 == 32
    says(REPRESENTATIONS, "Layer notation with L", "32")


def test_norms() -> None:
    """The three norms of (3, -4), and the count of non-zeros that does not scale."""
    vector = np.array([3.0, -4.0])
    assert [np.linalg.norm(vector, p) for p in (1, 2, np.inf)] == [7, 5, 4]
    assert np.count_nonzero(2 * vector) != 2 * np.count_nonzero(vector)
    says(ALGEBRA, "Norms", "7", "5", "4")


def test_not_every_distance_is_a_norm() -> None:
    """Squared Euclidean and cosine distance break the triangle inequality."""
    assert (2 - 0) ** 2 > (1 - 0) ** 2 + (2 - 1) ** 2
    x, y, z = np.array([1.0, 0.0]), np.array([1.0, 1.0]) / sqrt(2), np.array([0.0, 1.0])
    assert 1 - x @ z > (1 - x @ y) + (1 - y @ z)
    says(ALGEBRA, "Difference between a distance and a norm", "1 + 1")


def test_outlier_moves_the_mean_only() -> None:
    """One wrong value moves the L2 constant to 202 and leaves the L1 constant at 2."""
    values = np.array([2, 2, 2, 2, 1002])
    grid = np.arange(0, 1003)
    squared = ((values[None, :] - grid[:, None]) ** 2).sum(axis=1)
    absolute = np.abs(values[None, :] - grid[:, None]).sum(axis=1)
    assert (int(grid[squared.argmin()]), int(grid[absolute.argmin()])) == (202, 2)
    says(ALGEBRA, "L1 or L2 when there are outliers", "202", "2", "200", "1,002")


def test_hadamard_and_matrix_product() -> None:
    """The two products of the same matrices differ."""
    a, b = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
    assert (a * b).tolist() == [[5, 12], [21, 32]]
    assert (a @ b).tolist() == [[19, 22], [43, 50]]
    says(ALGEBRA, "Hadamard product", "(5, 12), (21, 32)", "(19, 22), (43, 50)")


def test_frobenius_norm() -> None:
    """Entries, trace and singular values give 5; the spectral norm is not larger."""
    assert np.isclose(np.linalg.norm(SINGULAR), 5)
    assert np.isclose(sqrt(np.trace(SINGULAR.T @ SINGULAR)), 5)
    assert np.isclose(np.linalg.norm(SINGULAR, 2), 5)
    other = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert np.linalg.norm(other, 2) < np.linalg.norm(other)
    says(ALGEBRA, "Frobenius norm", "4 + 16} = 5")


def test_eigenvalues() -> None:
    """The example has eigenvalues 3 and 1 with the printed vectors, trace 4, product 3."""
    matrix = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert (matrix @ [1, 1]).tolist() == [3, 3]
    assert (matrix @ [1, -1]).tolist() == [1, -1]
    assert np.trace(matrix) == 4
    assert np.isclose(np.linalg.det(matrix), 3)
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    assert np.all(np.abs(np.linalg.eigvals(turn).imag) > 0)
    says(ALGEBRA, "Eigenvalues and eigenvectors", "(1, 1)", "(1, -1)", "4", "3")


def test_singular_values() -> None:
    """Singular values, determinant, condition number and the best rank-1 error."""
    matrix = np.array([[3.0, 0.0], [4.0, 5.0]])
    u, s, vt = np.linalg.svd(matrix)
    assert [f"{value:.3f}" for value in s] == ["6.708", "2.236"]
    assert np.isclose(s.prod(), 15)
    assert np.isclose(s[0] / s[1], 3)
    assert np.allclose(np.sort(s**2), np.sort(np.linalg.eigvalsh(matrix.T @ matrix)))
    cut = s[0] * np.outer(u[:, 0], vt[0])
    assert np.isclose(np.linalg.norm(matrix - cut), s[1])
    says(ALGEBRA, "Singular value decomposition", "6.708", "2.236", "15", "here 3")


def test_inverse() -> None:
    """The printed inverse; a determinant of -1 is invertible."""
    matrix = np.array([[2.0, 1.0], [5.0, 3.0]])
    assert np.allclose(np.linalg.inv(matrix), [[3, -1], [-5, 2]])
    assert np.isclose(np.linalg.det(matrix), 1)
    swap = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert np.linalg.det(swap) == -1
    assert np.array_equal(swap @ swap, np.eye(2))
    says(ALGEBRA, "Inverse of a matrix", "(3, -1), (-5, 2)", "determinant -1")


def test_left_and_right_inverses() -> None:
    """The column (1, 2) has the left inverses (0.2, 0.4) and (1, 0) and no right inverse."""
    column = np.array([[1.0], [2.0]])
    left = np.linalg.inv(column.T @ column) @ column.T
    assert np.allclose(left, [[0.2, 0.4]])
    assert (np.array([[1.0, 0.0]]) @ column).item() == 1
    assert np.linalg.matrix_rank(column @ left) == 1
    wide = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
    right = wide.T @ np.linalg.inv(wide @ wide.T)
    assert np.allclose(wide @ right, np.eye(2))
    assert np.allclose(right, np.linalg.pinv(wide))
    says(ALGEBRA, "Left and right inverses", "(0.2, 0.4)", "(1, 0)")


def test_pseudo_inverse() -> None:
    """The printed pseudo-inverse satisfies the four conditions and gives a projection."""
    plus = np.array([[0.04, 0.08], [0.08, 0.16]])
    assert np.allclose(plus, np.linalg.pinv(SINGULAR))
    assert np.allclose(SINGULAR @ plus @ SINGULAR, SINGULAR)
    assert np.allclose(plus @ SINGULAR @ plus, plus)
    assert np.allclose((SINGULAR @ plus).T, SINGULAR @ plus)
    assert np.allclose((plus @ SINGULAR).T, plus @ SINGULAR)
    assert np.allclose(SINGULAR @ plus, [[0.2, 0.4], [0.4, 0.8]])
    says(ALGEBRA, "Moore-Penrose pseudo-inverse", "(0.04, 0.08)", "(0.08, 0.16)")
    says(ALGEBRA, "Difference between inverse and pseudo-inverse", "(0.2, 0.4)", "(0.4, 0.8)")


def test_pseudo_inverse_without_svd() -> None:
    """With full column rank the normal equations and QR give the same matrix."""
    q, r = np.linalg.qr(LINE_X)
    normal = np.linalg.inv(LINE_X.T @ LINE_X) @ LINE_X.T
    assert np.allclose(normal, np.linalg.pinv(LINE_X))
    assert np.allclose(np.linalg.inv(r) @ q.T, np.linalg.pinv(LINE_X))


def test_line_fit_and_projection() -> None:
    """The fitted line, its fitted values and its residuals, orthogonal to the columns."""
    weights = np.linalg.pinv(LINE_X) @ LINE_Y
    fitted = LINE_X @ weights
    residual = LINE_Y - fitted
    assert [f"{value:.3f}" for value in weights] == ["1.167", "0.500"]
    assert f"{float(residual @ residual):.3f}" == "0.167"
    assert [f"{value:.3f}" for value in fitted] == ["1.167", "1.667", "2.167"]
    assert [f"{value:.3f}" for value in residual] == ["-0.167", "0.333", "-0.167"]
    assert np.allclose(LINE_X.T @ residual, 0)
    projection = LINE_X @ np.linalg.pinv(LINE_X)
    assert np.allclose(projection @ projection, projection)
    assert np.allclose(projection, projection.T)
    fit = "Why the pseudo-inverse is used to fit a linear system"
    says(ALGEBRA, fit, "1.167", "0.5", "0.167")
    where = "Orthogonal projection and the residual"
    says(ALGEBRA, where, "1.167, 1.667 and 2.167", "0.333", "0.167")


def test_gradient() -> None:
    """The gradient of x^2 + 3xy at (1, 2) is (8, 3), by finite differences."""
    first = slope(lambda x: x**2 + 3 * x * 2, 1)
    second = slope(lambda y: 1 + 3 * y, 2)
    assert np.allclose([first, second], [8, 3])
    says(ALGEBRA, "Derivative, partial derivative and gradient", "(8, 3)")


def test_chain_rule() -> None:
    """The derivative of (3x + 1)^2 at 1 is 24; contributions of two paths add up."""
    assert np.isclose(slope(lambda x: (3 * x + 1) ** 2, 1), 24)
    x = 0.7
    along_paths = 2 * x * (x**2) + 2 * x * (x**2)
    assert np.isclose(slope(lambda t: (t**2) * (t**2), x), along_paths)
    says(ALGEBRA, "Chain rule", "24")


def test_convolution() -> None:
    """Full convolution, cross-correlation and the limits 0 to t for causal sequences."""
    assert np.convolve([1, 2, 3], [0, 1, 0.5]).tolist() == [0, 1, 2.5, 4, 1.5]
    assert np.correlate([1, 2, 3], [1, 0.5], mode="valid").tolist() == [2, 3.5]
    assert np.convolve([1, 2, 3], [1, 0.5], mode="valid").tolist() == [2.5, 4]
    printed = ["(0, 1, 2.5, 4, 1.5)", "(2, 3.5)", "(2.5, 4)"]
    says(ALGEBRA, "Convolution of functions and sequences", *printed)


def test_bessel() -> None:
    """Two coordinates hold 5 of 9; the rest is the squared distance from their plane."""
    x = np.array([1.0, 2.0, 2.0])
    assert x @ x == 9
    assert x[:2] @ x[:2] == 5
    assert (x - [1, 2, 0]) @ (x - [1, 2, 0]) == 4
    says(ALGEBRA, "Bessel's inequality", "9", "1 + 4 = 5")


def test_fair_die() -> None:
    """A fair die has expectation 3.5 and variance 2.917."""
    faces = np.arange(1, 7)
    assert faces.mean() == 3.5
    assert np.isclose(faces.var(), (faces**2).mean() - 3.5**2)
    says(PROBABILITY, "Expectation and variance", "3.5", f"{faces.var():.3f}")
    assert f"{faces.var():.3f}" == "2.917"


def test_covariance_and_correlation() -> None:
    """The three pairs have covariance 2.5 and correlation 0.945."""
    x, y = PAIRS.T
    assert np.isclose(np.cov(x, y)[0, 1], 2.5)
    assert x.std(ddof=1) == 1
    assert f"{y.std(ddof=1):.3f}" == "2.646"
    assert f"{np.corrcoef(x, y)[0, 1]:.3f}" == "0.945"
    assert np.isclose(np.cov(100 * x, y)[0, 1], 250)
    assert np.isclose(np.corrcoef(CURVE_X, CURVE_X**2)[0, 1], 0)
    says(PROBABILITY, "Covariance", "2.5", "products sum to 5")
    says(PROBABILITY, "Correlation", "2.646", "0.945")


def test_pearson_and_spearman() -> None:
    """Spearman is 1 for a monotonic curve and 0 for the parabola."""
    x = np.arange(1.0, 6.0)
    y = np.exp(x)
    assert np.isclose(spearman(x, y), 1)
    assert f"{np.corrcoef(x, y)[0, 1]:.3f}" == "0.886"
    assert np.isclose(spearman(CURVE_X, CURVE_X**2), 0)
    outlier = np.where(y == y.max(), 1000 * y, y)
    assert np.isclose(spearman(x, outlier), 1)
    mixed = np.array([2.0, 1.0, 4.0, 3.0, 5.0])
    short = 1 - 6 * float(((ranks(x) - ranks(mixed)) ** 2).sum()) / (5 * 24)
    assert np.isclose(short, spearman(x, mixed))
    says(PROBABILITY, "Pearson and Spearman correlation", "0.886")


def binomial(n: int, k: int, p: float) -> float:
    """The probability of k successes in n trials."""
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def test_binomial() -> None:
    """Seven heads of ten, seven or more, and no success in 20 trials."""
    assert comb(10, 7) == 120
    assert sum(comb(10, k) for k in range(7, 11)) == 176
    seven, more = binomial(10, 7, 0.5), sum(binomial(10, k, 0.5) for k in range(7, 11))
    printed = [f"{seven:.3f}", f"{more:.3f}", f"{binomial(20, 0, 0.1):.3f}"]
    assert printed == ["0.117", "0.172", "0.122"]
    chances = [binomial(10, k, 0.3) for k in range(11)]
    mean = sum(k * p for k, p in enumerate(chances))
    assert np.isclose(mean, 3)
    assert np.isclose(sum((k - 3) ** 2 * p for k, p in enumerate(chances)), 10 * 0.3 * 0.7)
    says(PROBABILITY, "Binomial probabilities", *printed, "120 / 1,024", "176 / 1,024")


def test_bayes() -> None:
    """The posterior after one and after two positive tests."""
    positive = 0.9 * 0.01 + 0.05 * 0.99
    assert np.isclose(positive, 0.0585)
    odds = 1 / 99 * 18
    twice = odds * 18 / (1 + odds * 18)
    assert np.isclose(odds / (1 + odds), 0.009 / 0.0585)
    printed = [f"{0.009 / 0.0585:.3f}", f"{twice:.3f}"]
    assert printed == ["0.154", "0.766"]
    says(PROBABILITY, "Bayes' rule", "0.0585", "18/99", *printed)


def test_distributions() -> None:
    """The table's moments by summation or integration, and the printed shares."""
    assert [f"{value:.1f}" for value in normal_shares()] == ["68.3", "95.4", "99.7"]
    assert f"{exp(-3):.3f}" == "0.050"
    k = np.arange(1, 2000)
    geometric = 0.2 * 0.8 ** (k - 1)
    assert np.isclose((k * geometric).sum(), 1 / 0.2)
    assert np.isclose((k**2 * geometric).sum() - 25, 0.8 / 0.2**2)
    x = (np.arange(200_000) + 0.5) / 200_000
    assert np.isclose(((x - 0.5) ** 2).mean(), 1 / 12)
    beta = x ** (2 - 1) * (1 - x) ** (5 - 1)
    beta /= beta.mean()
    mean = (x * beta).mean()
    assert np.isclose(mean, 2 / 7)
    assert np.isclose(((x - mean) ** 2 * beta).mean(), 2 * 5 / (7**2 * 8))
    wait = -np.log(x) / 4
    assert np.isclose(wait.mean(), 1 / 4, atol=1e-4)
    assert np.isclose(wait.var(), 1 / 16, atol=1e-4)
    says(PROBABILITY, "Common probability distributions", "68.3", "95.4", "99.7", "0.050")


def normal_shares() -> list[float]:
    """The percentages of a normal distribution within one, two and three deviations."""
    return [100 * erf(k / sqrt(2)) for k in (1, 2, 3)]


def test_variance_of_students_t() -> None:
    """Student's t with 5 degrees of freedom has the variance 5/3."""
    x = np.linspace(-2000, 2000, 4_000_001)
    density = (1 + x**2 / 5) ** -3
    assert np.isclose((x**2 * density).sum() / density.sum(), 5 / 3, atol=1e-3)
    says(PROBABILITY, "Common probability distributions", r"\nu/(\nu - 2)")


def test_p_values_of_a_coin() -> None:
    """60 and 61 heads of 100, two-sided, and 20 useless variants."""

    def two_sided(heads: int) -> float:
        return sum(binomial(100, k, 0.5) for k in range(101) if abs(k - 50) >= heads - 50)

    printed = [f"{two_sided(60):.3f}", f"{two_sided(61):.3f}", f"{1 - 0.95**20:.3f}"]
    assert printed == ["0.057", "0.035", "0.642"]
    says(PROBABILITY, "How to read a p-value", *printed)


def test_anova() -> None:
    """F is 21 for the three groups, its 5 percent limit 5.14, and t squared for two groups."""
    groups = np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [6.0, 7.0, 8.0]])
    between, within = variation(groups)
    assert groups.mean(axis=1).tolist() == [2, 3, 7]
    assert np.allclose([between, within], [42, 6])
    assert np.isclose((between / 2) / (within / 6), 21)
    limit = 3 * (0.05 ** (-1 / 3) - 1)
    assert f"{limit:.2f}" == "5.14"
    two = groups[:2]
    between, within = variation(two)
    pooled = (two[0].var(ddof=1) + two[1].var(ddof=1)) / 2
    t = (two[0].mean() - two[1].mean()) / sqrt(pooled * 2 / 3)
    assert np.isclose((between / 1) / (within / 4), t**2)
    says(PROBABILITY, "ANOVA", "42", "21", "5.14", "2, 3 and 7")


def variation(groups: Array) -> tuple[float, float]:
    """The sums of squares between and within groups of equal size."""
    means = groups.mean(axis=1)
    between = groups.shape[1] * float(((means - groups.mean()) ** 2).sum())
    return between, float(((groups - means[:, None]) ** 2).sum())


def test_simulated_f_limit() -> None:
    """About 5 percent of F values under the null hypothesis exceed 5.14; their mean is 1.5."""
    groups = np.random.default_rng(1).normal(size=(20_000, 3, 3))
    means = groups.mean(axis=2)
    between = 3 * ((means - groups.mean(axis=(1, 2))[:, None]) ** 2).sum(axis=1) / 2
    within = ((groups - means[:, :, None]) ** 2).sum(axis=(1, 2)) / 6
    assert abs(float((between / within > 5.14).mean()) - 0.05) < 0.006
    expected = 6 / (6 - 2)
    assert abs(float((between / within).mean()) - expected) < 0.08
    says(PROBABILITY, "ANOVA", f"{expected:.1f}")


def test_maximum_likelihood_of_a_coin() -> None:
    """The likelihood of 7 heads in 10 is largest at 0.7, where its slope is zero."""
    grid = np.linspace(0.01, 0.99, 99)
    assert np.isclose(grid[(grid**7 * (1 - grid) ** 3).argmax()], 0.7)
    assert np.isclose(7 / 0.7 - 3 / 0.3, 0)
    says(PROBABILITY, "Maximum likelihood", "0.7")
    assert (3 + 1) / (3 + 2) == 0.8
    says(PROBABILITY, "When maximum likelihood fails", "0.8")


def test_likelihood_and_cross_entropy() -> None:
    """The mean loss is minus the logarithm of the likelihood, divided by 3."""
    given = [0.9, 0.6, 0.2]
    losses = [-log(p) for p in given]
    assert np.isclose(np.prod(given), 0.108)
    assert np.isclose(np.mean(losses), -log(0.108) / 3)
    printed = [f"{value:.3f}" for value in (*losses, float(np.mean(losses)))]
    assert printed == ["0.105", "0.511", "1.609", "0.742"]
    says(PROBABILITY, "Maximum likelihood and cross-entropy", "0.108", *printed)


def test_running_mean() -> None:
    """Steps of 1/t turn 4, 8 and 6 into the estimates 4, 6 and 6."""
    estimate, seen = 0.0, []
    for t, value in enumerate((4, 8, 6), start=1):
        estimate -= (estimate - value) / t
        seen.append(estimate)
    assert np.allclose(seen, [4, 6, 6])
    says(PROBABILITY, "Stochastic approximation", "4, 6 and 6")


def test_bayes_optimal_vote() -> None:
    """The best single hypothesis is outvoted 0.6 to 0.4."""
    assert np.isclose(0.3 + 0.3, 0.6)
    assert max(0.4, 0.3, 0.3) == 0.4
    says(PROBABILITY, "Bayes optimal classifier", "0.4, 0.3 and 0.3", "0.6")


def test_model_weights_from_bic() -> None:
    """BIC values of 100, 102 and 110 give the printed weights."""
    weights = np.exp(-(np.array([100.0, 102.0, 110.0]) - 100) / 2)
    weights /= weights.sum()
    printed = [f"{value:.3f}" for value in weights]
    assert printed == ["0.727", "0.268", "0.005"]
    says(PROBABILITY, "Bayesian model averaging", *printed)


def test_self_information() -> None:
    """Information of a coin, one of eight and a rare event; a nat in bits."""
    assert [-log2(p) for p in (1 / 2, 1 / 8, 1 / 4)] == [1, 3, 2]
    assert f"{-log2(0.01):.3f}" == "6.644"
    says(INFORMATION, "Self-information", "6.644")
    assert f"{1 / log(2):.3f}" == "1.443"
    assert "1 nat is 1.443 bits" in (CORPUS / INFORMATION).read_text(encoding="utf-8")


def test_entropies() -> None:
    """The fair coin, the biased coin and the die."""
    assert entropy([0.5, 0.5]) == 1
    printed = [f"{entropy([0.9, 0.1]):.3f}", f"{entropy([1 / 6] * 6):.3f}"]
    assert printed == ["0.469", "2.585"]
    says(INFORMATION, "Entropy", *printed)


def test_code_lengths() -> None:
    """The prefix code reaches the entropy of 1.75 bits."""
    words, chances = ["0", "10", "110", "111"], [1 / 2, 1 / 4, 1 / 8, 1 / 8]
    average = sum(len(w) * p for w, p in zip(words, chances, strict=True))
    assert average == entropy(chances) == 1.75
    assert not any(b.startswith(a) for a, b in pairwise(sorted(words)))
    says(INFORMATION, "What entropy means", "1.75", *words[1:])


def test_rain_and_umbrella() -> None:
    """Joint, conditional entropy and mutual information of the table."""
    joint = entropy(WEATHER)
    conditional = joint - entropy(WEATHER.sum(axis=1))
    mutual = entropy(WEATHER.sum(axis=0)) - conditional
    outer = np.outer(WEATHER.sum(axis=1), WEATHER.sum(axis=0))
    assert np.isclose(mutual, float((WEATHER * np.log2(WEATHER / outer)).sum()))
    printed = [f"{value:.3f}" for value in (joint, conditional, mutual)]
    assert printed == ["1.722", "0.722", "0.278"]
    says(INFORMATION, "Joint and conditional entropy", *printed[:2])
    says(INFORMATION, "Mutual information", *printed[1:])


def test_information_sees_the_parabola() -> None:
    """Correlation 0, mutual information 1.522 bits."""
    counts = Counter((CURVE_X**2).tolist())
    bits = entropy([n / 5 for n in counts.values()])
    assert np.isclose(np.corrcoef(CURVE_X, CURVE_X**2)[0, 1], 0)
    assert f"{bits:.3f}" == "1.522"
    says(INFORMATION, "Mutual information", "1.522")


def test_information_gain() -> None:
    """The two splits gain 0.278 and 0.236 bits."""
    first = 1 - entropy([0.8, 0.2])
    second = 1 - 0.8 * entropy([5 / 8, 3 / 8])
    printed = [f"{entropy([0.8, 0.2]):.3f}", f"{first:.3f}", f"{second:.3f}"]
    printed.append(f"{entropy([5 / 8, 3 / 8]):.3f}")
    assert printed == ["0.722", "0.278", "0.236", "0.954"]
    says(INFORMATION, "Information gain", *printed)


def test_cross_entropy() -> None:
    """1.75 bits against an entropy of 1.5; the difference is the divergence."""
    p, q = [0.5, 0.25, 0.25], [0.25, 0.25, 0.5]
    cross = -sum(a * log2(b) for a, b in zip(p, q, strict=True))
    assert (cross, entropy(p)) == (1.75, 1.5)
    assert np.isclose(cross - entropy(p), divergence(p, q) / log(2))
    says(INFORMATION, "Cross-entropy", "1.75", "1.5", "0.25")


def test_divergence() -> None:
    """The divergence in both directions, and the closed form for normal distributions."""
    p, q = [0.5, 0.5], [0.9, 0.1]
    printed = [f"{divergence(p, q):.3f}", f"{divergence(q, p):.3f}"]
    assert printed == ["0.511", "0.368"]
    mu, sigma = 1.0, 0.5
    closed = (mu**2 + sigma**2 - 1) / 2 - log(sigma)
    x = np.linspace(mu - 6, mu + 6, 400_001)
    density = np.exp(-(((x - mu) / sigma) ** 2) / 2) / (sigma * sqrt(2 * pi))
    standard = -(x**2) / 2 - log(2 * pi) / 2
    own = -(((x - mu) / sigma) ** 2) / 2 - log(sigma * sqrt(2 * pi))
    assert np.isclose((density * (own - standard)).sum() * (x[1] - x[0]), closed, atol=1e-6)
    assert f"{closed:.3f}" == "0.818"
    says(INFORMATION, "Kullback-Leibler divergence", *printed, "0.818")


def test_divergence_and_cross_entropy_share_the_gradient() -> None:
    """They differ by the target's entropy, so their slopes in the model agree."""
    p = [0.3, 0.7]
    cross = slope(lambda t: -(p[0] * log(t) + p[1] * log(1 - t)), 0.4)
    assert np.isclose(cross, slope(lambda t: divergence(p, [t, 1 - t]), 0.4))


def test_divergence_from_the_model_has_another_gradient() -> None:
    """With the model as first argument its entropy counts, and the slopes differ."""
    q = [0.3, 0.7]
    cross = slope(lambda t: -(t * log(q[0]) + (1 - t) * log(q[1])), 0.4)
    assert not np.isclose(cross, slope(lambda t: divergence([t, 1 - t], q), 0.4))


def test_forward_and_reverse_fits() -> None:
    """Forward KL prefers the wide Gaussian at 0, reverse KL a narrow one on a peak."""
    x = np.linspace(-20, 20, 8001)
    target = (normal(x, -4, 1) + normal(x, 4, 1)) / 2
    wide, narrow = normal(x, 0, sqrt(17)), normal(x, 4, 1)

    def gap(p: Array, q: Array) -> float:
        keep = p > 1e-300
        return float((p[keep] * np.log(p[keep] / q[keep])).sum() * (x[1] - x[0]))

    assert gap(target, wide) < gap(target, narrow)
    assert gap(narrow, target) < gap(wide, target)
    says(INFORMATION, "Forward and reverse KL divergence", "-4 and 4")


def normal(x: Array, mean: float, deviation: float) -> Array:
    """The normal density."""
    density: Array = np.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * sqrt(2 * pi))
    return density


def test_jensen_shannon() -> None:
    """0.147 bits in the example, 1 bit for disjoint distributions."""

    def js(p: list[float], q: list[float]) -> float:
        m = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
        return (divergence(p, m) + divergence(q, m)) / 2 / log(2)

    assert f"{js([0.5, 0.5], [0.9, 0.1]):.3f}" == "0.147"
    assert np.isclose(js([1, 0], [0, 1]), 1)
    says(INFORMATION, "Jensen-Shannon divergence", "0.147", "1 bit")


def test_perplexity() -> None:
    """Probabilities of 0.5, 0.25 and 0.125 give 4; uniform guessing gives the size."""
    given = [0.5, 0.25, 0.125]
    assert np.isclose(exp(-sum(map(log, given)) / 3), 4)
    assert np.isclose(exp(-log(1 / 50_000)), 50_000)
    says(INFORMATION, "Perplexity", "is 4", "50,000")


def test_differential_entropy() -> None:
    """Uniform on half a unit has -0.693, the standard normal 1.419 nats."""
    x = np.linspace(-10, 10, 200_001)
    density = normal(x, 0, 1)
    numeric = -float((density * np.log(density)).sum() * (x[1] - x[0]))
    assert np.isclose(numeric, log(2 * pi * e) / 2, atol=1e-6)
    assert (f"{log(0.5):.3f}", f"{numeric:.3f}") == ("-0.693", "1.419")
    says(INFORMATION, "Differential entropy", "-0.693", "1.419")


def test_comparisons_for_duplicates() -> None:
    """10,000 elements have 49,995,000 pairs."""
    assert comb(10_000, 2) == 49_995_000
    says(PYTHON, "Running time of list, dict and set operations", "49,995,000")
