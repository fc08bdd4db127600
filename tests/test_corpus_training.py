"""The worked numbers of the notes on optimisation, regularisation, activations and losses."""

import math
import re
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
from corpus_text import says, section
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

DESCENT = "20-gradient-descent-and-optimisers.md"
BACKPROP = "21-backpropagation.md"
REGULARISATION = "22-regularisation.md"
OVERFITTING = "23-bias-variance-and-overfitting.md"
ACTIVATIONS = "24-activations.md"
LOSSES = "25-losses.md"
NORMALISATION = "26-normalisation-layers.md"
NOTES = (DESCENT, BACKPROP, REGULARISATION, OVERFITTING, ACTIVATIONS, LOSSES, NORMALISATION)

FOUR = np.array([2.0, 4.0, 6.0, 8.0])
LOGITS = np.array([2.0, 1.0, 0.0])


def prints(note: str, heading: str, *values: float, digits: int) -> None:
    """Hold that each value, rounded to so many digits, stands in the section as a number."""
    text = section(note, heading)
    for value in values:
        printed = f"{value:.{digits}f}"
        pattern = rf"(?<![\d.\-]){re.escape(printed)}(?!\d|\.\d)"
        assert re.search(pattern, text), f"{printed} is not in {note}: {heading}"


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def softmax(z: Array) -> Array:
    shifted = np.exp(z - z.max())
    return shifted / shifted.sum()


def normal_cdf(x: float) -> float:
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


def slope(function: Callable[[float], float], x: float, h: float = 1e-5) -> float:
    return (function(x + h) - function(x - h)) / (2 * h)


# Gradient descent and optimisers


def test_gradient_is_the_steepest_direction() -> None:
    """The gradient of w1^2 + 3 w2 at (2, 5) is (4, 3), of length 5, and no direction rises more."""
    heading = "The gradient"

    def loss(w: Array) -> float:
        return float(w[0] ** 2 + 3 * w[1])

    at = np.array([2.0, 5.0])
    gradient = np.array([slope(lambda t, e=e: loss(at + t * e), 0.0) for e in np.eye(2)])
    assert np.allclose(gradient, [4, 3])
    assert math.isclose(np.linalg.norm(gradient), 5, rel_tol=1e-6)
    says(DESCENT, heading, "$(4, 3)$, of length 5", "$(0.8, 0.6)$")
    rise = loss(at + 0.01 * np.array([0.8, 0.6])) - loss(at)
    prints(DESCENT, heading, rise, digits=2)
    angles = np.linspace(0, 2 * np.pi, 720)
    others = [loss(at + 0.01 * np.array([np.cos(a), np.sin(a)])) - loss(at) for a in angles]
    assert max(others) <= rise + 1e-6


def test_update_rule_by_hand() -> None:
    """From w = 1 the step against the gradient gives 1.8 and 2.28; the wrong sign gives 0.2."""
    heading = "Gradient-descent update rule"

    def loss(w: float) -> float:
        return (w * 2 - 6) ** 2

    def derivative(w: float) -> float:
        return 2 * 2 * (w * 2 - 6)

    assert math.isclose(slope(loss, 1.0), derivative(1.0), rel_tol=1e-6)
    w1 = 1 - 0.05 * derivative(1.0)
    w2 = w1 - 0.05 * derivative(w1)
    prints(DESCENT, heading, loss(1.0), derivative(1.0), digits=0)
    prints(DESCENT, heading, w1, derivative(w1), digits=1)
    prints(DESCENT, heading, loss(w1), w2, digits=2)
    wrong = 1 + 0.05 * derivative(1.0)
    prints(DESCENT, heading, wrong, digits=1)
    prints(DESCENT, heading, loss(wrong), digits=2)
    first = f"With $\\eta = 0.05$ the new weight is $1 + {w1 - 1:.1f} = {w1:.1f}$"
    says(DESCENT, heading, first, f"leads to $w = {w2:.2f}$", "one example $x = 2$, $y = 6$")


def test_learning_rate_limit() -> None:
    """For (2w - 6)^2 the curvature is 8 and the limit 0.25; the error factors are 0.6 and -1.4."""
    heading = "Learning rate"
    curvature = 2 * 2**2
    says(DESCENT, heading, f"the curvature is {curvature}")
    prints(DESCENT, heading, 2 / curvature, digits=2)
    prints(DESCENT, heading, 1 - 0.05 * curvature, 1 - 0.3 * curvature, digits=1)
    factor = f"a rate of 0.05 multiplies the error $w - 3$ by $1 - {0.05 * curvature:.1f} = "
    says(DESCENT, heading, factor, f"a rate of 0.3 by ${1 - 0.3 * curvature:.1f}$")
    errors = {}
    for rate in (0.24, 0.26):
        w = 1.0
        for _ in range(200):
            w -= rate * 4 * (2 * w - 6)
        errors[rate] = abs(w - 3)
    assert errors[0.24] < 1e-3 < 1e3 < errors[0.26]


def test_steps_per_epoch() -> None:
    """50,000 examples in batches of 100 make 500 steps."""
    says(
        DESCENT,
        "Batch, stochastic and mini-batch gradient descent",
        f"| Mini-batch of 100 | 100 | {50_000 // 100} |",
        f"| Stochastic | 1 | {50_000 // 1:,} |",
    )


def test_noise_of_a_mini_batch_falls_with_the_root() -> None:
    """Four times the batch halves the standard deviation of the mean gradient."""
    rng = np.random.default_rng(0)
    small = rng.standard_normal((4000, 64)).mean(axis=1).std()
    large = rng.standard_normal((4000, 256)).mean(axis=1).std()
    assert abs(small / large - 2) < 0.1
    assert abs(small - 1 / math.sqrt(64)) < 0.005
    says(DESCENT, "Mini-batches and why they are used", "64 to 256", "only halves the noise")


def test_decaying_sgd_reaches_the_full_batch_minimum() -> None:
    """With rate 1/t SGD passes 2, 3, 5 and ends at the mean; with 0.5 it is at 1, 2.5, 5.75."""
    data = (2.0, 4.0, 9.0)

    def path(rate: Callable[[int], float]) -> list[float]:
        w, weights = 0.0, []
        for t, x in enumerate(data, start=1):
            w -= rate(t) * (w - x)
            weights.append(w)
        return weights

    heading = "Does SGD minimise less well than full gradient descent?"
    assert np.allclose(path(lambda t: 1 / t), [2, 3, 5])
    assert math.isclose(path(lambda t: 1 / t)[-1], float(np.mean(data)))
    assert np.allclose(path(lambda _: 0.5), [1, 2.5, 5.75])
    says(DESCENT, heading, "weights are 2, 3, 5", "1, 2.5, 5.75")
    says(DESCENT, heading, "the data 2, 4, 9", "constant rate 0.5, starting at 0, they are 1")


def test_constant_rate_suffices_when_every_example_can_be_fitted() -> None:
    """On y = 3x without noise SGD with a constant rate reaches w = 3."""
    w = 0.0
    for x in (1.0, 2.0, 0.5) * 40:
        w -= 0.1 * x * (w * x - 3 * x)
    assert math.isclose(w, 3, rel_tol=1e-9)
    heading = "Does SGD minimise less well than full gradient descent?"
    says(DESCENT, heading, "can fit every example exactly")


def test_cosine_schedule() -> None:
    """The cosine schedule from 0.1 to 0 passes 0.0854, 0.05 and 0.0146 at the quarters."""

    def rate(part: float) -> float:
        return 0.5 * 0.1 * (1 + math.cos(math.pi * part))

    heading = "Learning rate schedule"
    prints(DESCENT, heading, rate(0.25), rate(0.75), digits=4)
    prints(DESCENT, heading, rate(0.5), digits=2)
    says(DESCENT, heading, f"From {rate(0):.1f} to {rate(1):.0f} it passes")


def test_warm_up() -> None:
    """A quarter of the way to a peak of 0.0003 the rate is 0.000075."""
    prints(DESCENT, "Learning-rate warm-up", 0.0003 * 250 / 1000, digits=6)
    says(DESCENT, "Learning-rate warm-up", "peak of 0.0003 and 1000 steps of", "at step 250")


def test_momentum() -> None:
    """The velocity under a constant gradient is 1, 1.9, 2.71 and goes to 10; alternating 0.53."""
    heading = "Momentum"
    v, constant = 0.0, []
    for _ in range(400):
        v = 0.9 * v + 1
        constant.append(v)
    prints(DESCENT, heading, constant[1], digits=1)
    prints(DESCENT, heading, constant[2], digits=2)
    assert math.isclose(constant[-1], 10, rel_tol=1e-9)
    says(DESCENT, heading, "$1/(1 - \\beta) = 10$")
    says(DESCENT, heading, "With a constant gradient of 1 and $\\beta = 0.9$")
    v = 0.0
    for t in range(400):
        v = 0.9 * v + (-1) ** t
    assert math.isclose(abs(v), 1 / 1.9, rel_tol=1e-9)
    prints(DESCENT, heading, abs(v), digits=2)


def test_averaged_momentum_needs_a_larger_rate() -> None:
    """The averaging form is the summing form times 1 - beta, so ten times the rate makes it equal."""
    added = averaged = 0.0
    for gradient in (1.0, -0.5, 2.0):
        added = 0.9 * added + gradient
        averaged = 0.9 * averaged + 0.1 * gradient
    assert math.isclose(added, averaged / (1 - 0.9))
    says(DESCENT, "Momentum", "$1/(1 - \\beta)$ times as large", "ten times for $\\beta = 0.9$")


def test_adagrad_steps_shrink() -> None:
    """With a constant gradient AdaGrad's steps are 0.1, then 0.05 at step 4 and 0.01 at 100."""
    total, steps = 0.0, []
    for _ in range(100):
        total += 1.0
        steps.append(0.1 / math.sqrt(total))
    prints(DESCENT, "AdaGrad", steps[0], digits=1)
    prints(DESCENT, "AdaGrad", steps[3], steps[99], digits=2)
    says(DESCENT, "AdaGrad", "$\\eta = 0.1$ the steps are $0.1 / \\sqrt{t}$, that is 0.1, then")


def test_rmsprop_steps() -> None:
    """RMSProp's first step is 3.16 rates long, its later ones one rate, for any gradient."""
    for gradient in (0.001, 1000.0):
        s, steps = 0.0, []
        for _ in range(300):
            s = 0.9 * s + 0.1 * gradient**2
            steps.append(gradient / math.sqrt(s))
        prints(DESCENT, "RMSProp", steps[0], digits=2)
        assert math.isclose(steps[-1], 1, rel_tol=1e-9)
    says(DESCENT, "RMSProp", "$s_1 = 0.1 g^2$ for $\\rho = 0.9$", "$\\eta / \\sqrt{0.1} = 3.16")


def test_adam_first_step() -> None:
    """Adam's first step is 0.001 with bias correction and 0.00316 without."""
    m, v = 0.1 * 0.2, 0.001 * 0.2**2
    corrected = 0.001 * (m / 0.1) / (math.sqrt(v / 0.001) + 1e-8)
    prints(DESCENT, "Adam", m, digits=2)
    prints(DESCENT, "Adam", v, 0.001 * m / math.sqrt(v), digits=5)
    prints(DESCENT, "Adam", corrected, digits=3)
    given = "$\\beta_1 = 0.9$, $\\beta_2 = 0.999$, $\\epsilon = 10^{-8}$ and $\\eta = 0.001$"
    moments = (
        f"of 0.2: $m_1 = {m:.2f}$, $v_1 = {v:.5f}$, corrected {m / 0.1:.1f} and {v / 0.001:.2f}"
    )
    says(DESCENT, "Adam", given, moments, f"$0.001 \\cdot 0.2 / 0.2 = {corrected:.3f}$")


def test_adamw_differs_from_l2_in_adam() -> None:
    """At w = 10 the L2 term leaves Adam's first step at 0.001; AdamW's is 0.002."""
    gradient, w, decay, rate = 0.2, 10.0, 0.1, 0.001
    mixed = gradient + decay * w
    assert math.isclose(rate * mixed / math.sqrt(mixed**2), rate)
    prints(DESCENT, "AdamW", mixed, digits=1)
    prints(DESCENT, "AdamW", rate * (1 + decay * w), rate, digits=3)
    given = "For $w = 10$, a data gradient of 0.2, $\\lambda = 0.1$ and $\\eta = 0.001$"
    says(DESCENT, "AdamW", given, f"step of {rate:.3f}: the", "$0.001 \\cdot (1 + 1) = 0.002$")


def test_saddle_point() -> None:
    """From y = 0 descent on x^2 - y^2 ends at the saddle; a tiny y leads away."""
    says(DESCENT, "Local minima, saddle points and plateaus", "$x^2 - y^2$", "one in a thousand")
    for start, stays in ((0.0, True), (1e-6, False)):
        x, y = 1.0, start
        for _ in range(100):
            x, y = x - 0.1 * 2 * x, y + 0.1 * 2 * y
        assert abs(x) < 1e-6
        assert (abs(y) < 1e-6) is stays
    assert 2.0**-10 < 1 / 1000 < 2.0**-9


# Backpropagation


def test_chain_rule_number() -> None:
    """The derivative of (3x + 1)^2 at 1 is 24."""
    heading = "Chain rule, backpropagation and gradient descent: which is which"
    value = slope(lambda x: (3 * x + 1) ** 2, 1.0)
    says(BACKPROP, heading, f"= {value:.0f}$")


def test_layer_parameters() -> None:
    """Four inputs and three outputs make 15 parameters."""
    prints(BACKPROP, "Forward pass of a feed-forward network", 4 * 3 + 3, digits=0)


def test_sigmoid_unit_by_hand() -> None:
    """The gradients of the sigmoid unit are -0.25 and -0.125, and one step lowers the loss."""

    def activation(w: float, b: float) -> float:
        return sigmoid(2 * w + b)

    def loss(w: float, b: float) -> float:
        return 0.5 * (activation(w, b) - 1) ** 2

    heading = "Chain rule in a network"
    weight_gradient = slope(lambda w: loss(w, -1.0), 0.5)
    bias_gradient = slope(lambda b: loss(0.5, b), -1.0)
    prints(BACKPROP, heading, loss(0.5, -1.0), digits=3)
    given = "with $x = 2$, $w = 0.5$, $b = -1$, target $y = 1$"
    says(BACKPROP, heading, given, "$z = 0$, $a = 0.5$", "a - y = -0.5$", "a(1 - a) = 0.25$")
    bias = "$x = 2$, $w = 0.5$, $b = -1$ and $y = 1$ this is $-0.5 \\cdot 0.25 = -0.125$"
    says(BACKPROP, "Gradient with respect to the bias", bias)
    prints(BACKPROP, heading, weight_gradient, digits=2)
    prints(BACKPROP, "Gradient with respect to the bias", bias_gradient, digits=3)
    prints(BACKPROP, "Gradient with respect to the bias", weight_gradient, digits=2)
    w, b = 0.5 - weight_gradient, -1 - bias_gradient
    prints(BACKPROP, heading, w, digits=2)
    prints(BACKPROP, heading, b, activation(w, b), digits=3)
    prints(BACKPROP, heading, loss(w, b), digits=4)


def test_two_layers_by_hand() -> None:
    """The gradients of the two-unit network are 2, 2, 12 and 6."""

    def loss(p: Array) -> float:
        hidden = max(0.0, p[0] * 2 + p[1])
        return float(0.5 * (p[2] * hidden + p[3] - 2) ** 2)

    at = np.array([0.5, 0.0, 3.0, 1.0])
    w1, b1, w2, b2 = (slope(lambda t, e=e: loss(at + t * e), 0.0) for e in np.eye(4))
    assert np.allclose([w1, b1, w2, b2], [12, 6, 2, 2])
    assert loss(at) == 2
    says(
        BACKPROP,
        "Backpropagation by hand through two layers",
        "$\\delta_2 a_1 = 2$",
        "$\\delta_1 = \\delta_2 \\cdot 3 \\cdot 1 = 6$",
        "$\\delta_1 x = 12$",
        "$\\frac{1}{2}(z_2 - y)^2 = 2$",
        "$z_1 = 0.5 x + 0 = 1$",
        "$z_2 = 3 a_1 + 1 = 4$",
    )


def test_central_difference() -> None:
    """The central difference of w^3 at 2 with h = 0.01 is 12.0001."""
    value = slope(lambda w: w**3, 2.0, 0.01)
    prints(BACKPROP, "Automatic differentiation and the computational graph", value, digits=4)
    given = "$w = 2$ and $h = 0.01$"
    says(BACKPROP, "Automatic differentiation and the computational graph", given)


def test_backpropagation_through_time() -> None:
    """The derivative of h3 = w^2 at 0.5 is 1, and the sum over the steps gives the same."""

    def states(w: float) -> list[float]:
        h, result = 0.0, []
        for x in (1.0, 0.0, 0.0):
            h = w * h + x
            result.append(h)
        return result

    h1, h2, h3 = states(0.5)
    assert (h1, h2, h3) == (1, 0.5, 0.25)
    assert math.isclose(slope(lambda w: states(w)[2], 0.5), 1, rel_tol=1e-6)
    assert h2 + 0.5 * h1 + 0.25 * 0 == 1
    says(BACKPROP, "Backpropagation through time (BPTT)", "inputs $(1, 0, 0)$ and $w = 0.5$")
    says(
        BACKPROP,
        "Backpropagation through time (BPTT)",
        "0.5 + 0.5 + 0 = 1",
        "states are 1, 0.5, 0.25",
    )


def test_vanishing_and_exploding_factors() -> None:
    """0.25^10 is 9.5e-7, 1.5^50 about 640 million and 0.9^50 about 0.005."""
    prints(BACKPROP, "Vanishing gradients", 0.25**10 * 1e7, digits=1)
    assert round(1.5**50 / 1e7) == 64
    says(BACKPROP, "Exploding gradients", "640 million")
    prints(BACKPROP, "Exploding gradients", 0.9**50, digits=3)
    says(BACKPROP, "Exploding gradients", "$1.5^{50}$", "a factor of 0.9", "of 1.5 over 50 steps")
    assert math.isclose(slope(sigmoid, 0), 0.25, rel_tol=1e-6)
    says(BACKPROP, "Vanishing gradients", "at most 0.25.", "$0.25^{10}$")


def test_clipping() -> None:
    """Clipping (6, 8) to norm 5 gives (3, 4); clipping its values at 5 gives (5, 5)."""
    g = np.array([6.0, 8.0])
    assert np.allclose(g * min(1, 5 / np.linalg.norm(g)), [3, 4])
    assert np.clip(g, -5, 5).tolist() == [5, 5]
    says(BACKPROP, "Gradient clipping", "norm is 10", "$(3, 4)$", "$(5, 5)$")


def test_half_precision() -> None:
    """The limits of FP16 and FP32 are as printed, and the two examples of lost numbers hold."""
    heading = "Mixed precision training"
    half, single = np.finfo(np.float16), np.finfo(np.float32)
    prints(BACKPROP, heading, float(half.max), digits=0)
    assert f"{half.smallest_normal:.1e}" == "6.1e-05"
    assert f"{single.max:.1e}" == "3.4e+38"
    assert f"{single.smallest_normal:.1e}" == "1.2e-38"
    assert (half.nexp, half.nmant, single.nexp, single.nmant) == (5, 10, 8, 23)
    assert f"{2.0**127 * (2 - 2.0**-7):.1e}" == "3.4e+38"  # the largest BF16
    says(BACKPROP, heading, "$6.1 \\cdot 10^{-5}$", "$3.4 \\cdot 10^{38}$", "| FP16 | 5 | 10 |")
    for row in ("| FP32 | 8 | 23 |", "| BF16 | 8 | 7 |"):
        says(BACKPROP, heading, f"{row} $3.4 \\cdot 10^{{38}}$ | $1.2 \\cdot 10^{{-38}}$ |")
    says(BACKPROP, heading, "in FP16, $1 + 0.0001$ is 1", "by 1024 it")
    assert np.float16(1) + np.float16(0.0001) == 1
    prints(BACKPROP, heading, float(np.nextafter(np.float16(1), np.float16(2))), digits=5)
    assert np.float16(1e-8) == 0
    assert np.float16(1e-8 * 1024) > 0


def test_initialisation() -> None:
    """The He deviation for 512 inputs is 0.0625, and ReLU halves the mean square."""
    prints(BACKPROP, "Weight initialisation", math.sqrt(2 / 512), digits=4)
    z = np.random.default_rng(0).standard_normal(200_000)
    assert abs(np.mean(np.maximum(z, 0) ** 2) / np.mean(z**2) - 0.5) < 0.01


# Regularisation


def test_shrunken_estimator() -> None:
    """Shrinking by 0.8 gives bias -0.4, squared bias 0.16, variance 0.64 and total 0.80."""
    bias = 0.8 * 2 - 2
    for heading in (
        "What regularisation is for",
        "Does regularisation act on bias, on variance or on noise?",
    ):
        prints(REGULARISATION, heading, bias, digits=1)
        prints(REGULARISATION, heading, 0.8**2, digits=2)
    prints(REGULARISATION, "What regularisation is for", bias**2, bias**2 + 0.8**2, digits=2)
    whole = (
        f"$0.8 \\cdot 2 - 2 = {bias:.1f}$, the squared bias is {bias**2:.2f}, the variance falls to"
    )
    simulated = (
        "is $-0.4$ after shrinking by 0.8 when the true mean is 2, and the variance falls from"
    )
    heading = "Does regularisation act on bias, on variance or on noise?"
    says(REGULARISATION, heading, simulated, f"from 1 to {0.8**2:.2f}.")
    total = f"$0.8^2 = {0.8**2:.2f}$, and the expected squared error is $0.16 + 0.64 = 0.80$"
    says(REGULARISATION, "What regularisation is for", whole, total)


def ridge(strength: float) -> float:
    """The ridge weight of the example, by a search over a fine grid of weights."""
    w = np.linspace(0, 3, 300_001)
    return float(w[np.argmin((2 - w) ** 2 * 14 + strength * w**2)])


def lasso(strength: float) -> float:
    """The lasso weight of the example, by a search over a fine grid of weights."""
    w = np.linspace(0, 3, 300_001)
    return float(w[np.argmin((2 - w) ** 2 * 14 + strength * np.abs(w))])


def test_table_of_ridge_and_lasso() -> None:
    """The table of the strength gives the minima, and the closed forms agree with them."""
    heading = "Effect of the regularisation strength lambda"
    for strength in (0, 14, 56, 140):
        row = f"| {strength} | {ridge(strength):.2f} | {lasso(strength):.2f} |"
        says(REGULARISATION, heading, row)
        assert math.isclose(ridge(strength), 28 / (14 + strength), abs_tol=2e-5)
        assert math.isclose(lasso(strength), max(28 - strength / 2, 0) / 14, abs_tol=2e-5)
    prints(REGULARISATION, heading, ridge(1000), digits=3)
    prints(REGULARISATION, "L1 regularisation (lasso)", lasso(14), digits=1)
    assert lasso(56) == 0 < lasso(55)
    prints(REGULARISATION, "L2 regularisation (ridge)", ridge(56), digits=1)
    says(REGULARISATION, "L2 regularisation (ridge)", "2 without a penalty, 1 for $\\lambda = 14$")


def test_pull_of_the_penalties() -> None:
    """At w = 0.001 the L1 pull is still one lambda, the L2 pull 0.002."""
    heading = "Why L1 gives exact zeros and L2 does not"
    w = 0.001
    assert math.isclose(slope(abs, w), 1, rel_tol=1e-6)
    squared = slope(lambda v: v**2, w)
    says(REGULARISATION, heading, f"at $w = {w}$ the pull is still")
    says(REGULARISATION, heading, f"at $w = {w}$ the pull is only ${squared:.3f} ")


def test_unsquared_residuals_have_no_minimum() -> None:
    """The sum of signed residuals is 12 - 6w and falls without end."""
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])
    for w in (0.0, 2.0, 1e6):
        assert math.isclose(np.sum(y - w * x), 12 - 6 * w)
    says(REGULARISATION, "L1 regularisation (lasso)", "$12 - 6w$")


def test_ridge_matrix_form() -> None:
    """The matrix formula of ridge makes the gradient of its objective vanish."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((5, 8)), rng.standard_normal(5)
    w = np.linalg.solve(x.T @ x + 0.7 * np.eye(8), x.T @ y)
    assert np.allclose(-2 * x.T @ (y - x @ w) + 2 * 0.7 * w, 0)
    assert np.linalg.matrix_rank(x.T @ x) < 8
    says(REGULARISATION, "L2 regularisation (ridge)", "X^\\top X + \\lambda I")


def test_a_single_ridge_weight_may_grow() -> None:
    """With correlated features the length of the ridge weights falls while one weight grows."""
    gram = np.array([[1.0, 0.9], [0.9, 1.0]])
    target = gram @ np.array([2.0, 0.1])
    path = [np.linalg.solve(gram + s * np.eye(2), target) for s in (0.0, 0.05, 0.1, 0.3, 1.0)]
    lengths = [float(np.linalg.norm(w)) for w in path]
    assert lengths == sorted(lengths, reverse=True)
    assert path[1][1] > path[0][1] > 0
    says(REGULARISATION, "L2 regularisation (ridge)", "a single weight among correlated features")


def test_units_change_the_penalty() -> None:
    """50 per metre is 0.05 per millimetre; the squares are 2500 and 0.0025."""
    heading = "How to choose the regularisation strength"
    prints(REGULARISATION, heading, 50**2, digits=0)
    prints(REGULARISATION, heading, 50 / 1000, digits=2)
    prints(REGULARISATION, heading, (50 / 1000) ** 2, digits=4)


def test_equal_columns() -> None:
    """Two weights of 0.5 cost 0.5 under L2 and weights 1 and 0 cost 1; L1 charges 1 for both."""
    says(REGULARISATION, "L1 versus L2 regularisation", f"= {0.5**2 + 0.5**2}$")
    both = "two weights of 0.5 cost $0.25 + 0.25 = 0.5$"
    says(REGULARISATION, "L1 versus L2 regularisation", both)
    column = np.array([1.0, 2.0, 3.0])
    x = np.column_stack([column, column])
    w = np.linalg.solve(x.T @ x + 3 * np.eye(2), x.T @ (2 * column))
    assert math.isclose(w[0], w[1])


def test_elastic_net() -> None:
    """For (3, -4) the parts are 7 and 25, so half of each makes 16."""
    l1, l2 = 3 + 4, 9 + 16
    prints(REGULARISATION, "Elastic net", l1, l2, 0.5 * l1 + 0.5 * l2, digits=0)
    says(REGULARISATION, "Elastic net", "$(3, -4)$", "with $\\alpha = 0.5$ the penalty is 16")


def test_weight_decay() -> None:
    """The factor is 0.999, and a thousand steps leave 0.368."""
    prints(REGULARISATION, "Weight decay", 1 - 0.1 * 0.01, 0.999**1000, digits=3)
    says(REGULARISATION, "Weight decay", "$\\eta = 0.1$ and $\\lambda = 0.01$", "in 1000 steps")
    w, gradient, rate, decay = 1.3, 0.7, 0.1, 0.01
    assert math.isclose(w - rate * (gradient + decay * w), (1 - rate * decay) * w - rate * gradient)


def test_prior() -> None:
    """Noise variance 4 and prior variance 0.5 make a ridge strength of 8."""
    says(REGULARISATION, "Regularisation as a prior on the weights", f"= {4 / 0.5:.0f}$")
    given = "$\\sigma^2 = 4$ and $\\tau^2 = 0.5$"
    says(REGULARISATION, "Regularisation as a prior on the weights", given)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((6, 2)), rng.standard_normal(6)
    w = np.linalg.solve(x.T @ x + 8 * np.eye(2), x.T @ y)

    def posterior(w: Array) -> float:
        return float(np.sum((y - x @ w) ** 2) / (2 * 4) + np.sum(w**2) / (2 * 0.5))

    assert all(posterior(w) < posterior(w + 0.01 * e) for e in (*np.eye(2), *-np.eye(2)))


def test_dropout_keeps_the_mean() -> None:
    """The masked outputs are (4, 0, 0, 16), the mean is unchanged, and 10 units have 1024 masks."""
    kept = np.array([1, 0, 0, 1]) * FOUR / 0.5
    assert kept.tolist() == [4, 0, 0, 16]
    masks = np.array(list(product((0, 1), repeat=4)))
    assert np.allclose((masks * FOUR / 0.5).mean(axis=0), FOUR)
    says(REGULARISATION, "Dropout", "$(4, 0, 0, 16)$", f"$2^{{10}} = {2**10}$")
    says(
        REGULARISATION,
        "Dropout",
        "With $p = 0.5$ and the mask $(1, 0, 0, 1)$, the outputs $(2, 4, 6",
    )


def test_dropout_in_linear_regression() -> None:
    """Dropout on the inputs adds p/(1-p) sum w^2 x^2 to the squared error, for any rate."""
    x, w, y = np.array([1.0, 2.0]), np.array([1.0, 1.0]), 4.0
    for p in (0.2, 0.5):
        expected = 0.0
        for mask in product((0, 1), repeat=2):
            kept = sum(mask)
            prediction = np.sum(np.array(mask) * w * x) / (1 - p)
            expected += (1 - p) ** kept * p ** (2 - kept) * (y - prediction) ** 2
        formula = (y - w @ x) ** 2 + p / (1 - p) * np.sum(w**2 * x**2)
        assert math.isclose(expected, formula)
    says(REGULARISATION, "Where dropout can be used", "$1 + 5 = 6$", "16, 0, 4 and 4")
    given = "With $x = (1, 2)$, $w = (1, 1)$, $y = 4$ and $p = 0.5$"
    says(REGULARISATION, "Where dropout can be used", given)


def test_early_stopping_resembles_ridge() -> None:
    """After 10 steps the fractions are 0.651 and 0.096; ridge gives 0.5 and 0.091."""
    heading = "Why early stopping resembles L2 regularisation"
    for curvature in (1.0, 0.1):
        w = 0.0
        for _ in range(10):
            w -= 0.1 * curvature * (w - 1)
        assert math.isclose(w, 1 - (1 - 0.1 * curvature) ** 10)
        prints(REGULARISATION, heading, w, digits=3)
    prints(REGULARISATION, heading, 1 / 2, digits=1)
    prints(REGULARISATION, heading, 0.1 / 1.1, digits=3)
    says(REGULARISATION, heading, "With $\\eta = 0.1$ and $t = 10$", "one of curvature 0.1 only")


def test_label_smoothing() -> None:
    """Four classes with 0.1 give the targets 0.925 and 0.025."""
    heading = "Data augmentation and label smoothing as regularisation"
    prints(REGULARISATION, heading, 1 - 0.1 + 0.1 / 4, 0.1 / 4, digits=3)
    says(REGULARISATION, heading, "For $K = 4$ and $\\varepsilon = 0.1$ the targets are")


# Bias, variance and overfitting


def test_gap() -> None:
    """0.99 and 0.81 leave a gap of 0.18."""
    prints(OVERFITTING, "How to detect overfitting", 0.99 - 0.81, digits=2)
    says(OVERFITTING, "How to detect overfitting", "of 0.99 with a validation accuracy of 0.81")


def test_line_through_a_parabola() -> None:
    """The best line through the parabola is the constant 2, with an error of 2.8."""
    x = np.arange(-2.0, 3.0)
    slope_and_intercept = np.polyfit(x, x**2, 1)
    assert np.allclose(slope_and_intercept, [0, 2])
    prints(OVERFITTING, "Underfitting", np.mean((x**2 - 2) ** 2), digits=1)
    says(OVERFITTING, "Underfitting", "the constant 2")


def test_decomposition() -> None:
    """The predictions 2, 3, 5, 6 for the truth 5 give squared bias 1, variance 2.5, sum 3.5."""
    heading = "Bias-variance decomposition of the squared error"
    predictions = np.array([2.0, 3.0, 5.0, 6.0])
    bias = predictions.mean() - 5
    assert bias == -1
    total = np.mean((predictions - 5) ** 2)
    assert math.isclose(total, bias**2 + predictions.var())
    prints(OVERFITTING, heading, predictions.var(), total, digits=1)
    says(
        OVERFITTING, heading, "$(4 + 1 + 1 + 4)/4 = 2.5$", "$(9 + 4 + 0 + 1)/4 = 3.5$", "$1 + 2.5$"
    )


def test_variance_of_a_polynomial_fit() -> None:
    """The mean variance of a polynomial fit is sigma^2 (d+1)/n: 0.016 and 0.08."""
    x = np.linspace(0, 1, 20)
    for degree, digits in ((1, 3), (9, 2)):
        design = np.polynomial.legendre.legvander(2 * x - 1, degree)
        hat = design @ np.linalg.pinv(design)
        variance = 0.4**2 * np.trace(hat @ hat.T) / 20
        assert math.isclose(variance, 0.16 * (degree + 1) / 20, rel_tol=1e-8)
        prints(OVERFITTING, "Measuring bias and variance by simulation", variance, digits=digits)
    given = "$0.16 \\cdot 2 / 20 = 0.016$"
    says(OVERFITTING, "Measuring bias and variance by simulation", given)


def test_degrees_of_freedom() -> None:
    """The singular values 3, 1, 0.1 with strength 1 leave 1.41 degrees of freedom."""
    d = np.array([3.0, 1.0, 0.1])
    prints(OVERFITTING, "Model complexity", np.sum(d**2 / (d**2 + 1)), digits=2)
    says(OVERFITTING, "Model complexity", "singular values 3, 1 and 0.1 and $\\lambda = 1$")
    x = np.diag(d)
    hat = x @ np.linalg.solve(x.T @ x + np.eye(3), x.T)
    assert math.isclose(np.trace(hat), np.sum(d**2 / (d**2 + 1)))


def test_ten_points_and_degree_nine() -> None:
    """A polynomial of degree nine meets any ten points."""
    y = np.random.default_rng(0).standard_normal(10)
    fit = np.polynomial.Polynomial.fit(np.arange(10.0), y, 9)
    assert np.allclose(fit(np.arange(10.0)), y, atol=1e-8)
    says(OVERFITTING, "Complex model on little data", "degree nine, which has ten coefficients")


def test_standard_error() -> None:
    """The standard error is 0.4 for 25 examples and 0.2 for 100."""
    heading = "More training data against overfitting"
    prints(OVERFITTING, heading, 2 / math.sqrt(25), 2 / math.sqrt(100), digits=1)


def test_new_head() -> None:
    """A new head on 2048 features for 5 classes has 10,245 parameters."""
    heading = "Transfer learning"
    says(OVERFITTING, heading, f"{2048 * 5 + 5:,}")
    body = 25_557_032 - (2048 * 1000 + 1000)
    prints(OVERFITTING, heading, body / 1e6, digits=1)


# Activation functions


def test_two_linear_layers_are_one() -> None:
    """Two linear layers equal one with the weights and bias of the note."""
    rng = np.random.default_rng(0)
    w1, b1 = rng.standard_normal((4, 3)), rng.standard_normal(4)
    w2, b2 = rng.standard_normal((2, 4)), rng.standard_normal(2)
    x = rng.standard_normal(3)
    assert np.allclose(w2 @ (w1 @ x + b1) + b2, (w2 @ w1) @ x + (w2 @ b1 + b2))
    says(ACTIVATIONS, "Activation function", "$W_2 (W_1 x + b_1) + b_2 = (W_2 W_1) x")


def test_sigmoid_values() -> None:
    """The values and slopes of the sigmoid are as printed."""
    prints(ACTIVATIONS, "Sigmoid", sigmoid(-2), sigmoid(2), slope(sigmoid, 2), digits=3)
    prints(ACTIVATIONS, "Sigmoid", slope(sigmoid, 0), digits=2)
    says(ACTIVATIONS, "Sigmoid", f"{sigmoid(-2):.3f}, {sigmoid(0):.1f} and {sigmoid(2):.3f}")
    assert math.isclose(slope(sigmoid, 1.3), sigmoid(1.3) * (1 - sigmoid(1.3)), rel_tol=1e-6)
    assert math.isclose(math.log(sigmoid(1.3) / (1 - sigmoid(1.3))), 1.3)


def test_logistic_loss_is_not_the_logistic_function() -> None:
    """For a score of 2 the function gives 0.881 and the loss 0.127 or 2.127."""
    heading = "The logistic function is not the logistic loss"
    p = sigmoid(2)
    prints(ACTIVATIONS, heading, p, -math.log(p), -math.log(1 - p), digits=3)
    assert math.isclose(math.log(1 + math.exp(-2)), -math.log(p))
    assert math.isclose(math.log(1 + math.exp(2)), -math.log(1 - p))


def test_tanh_values() -> None:
    """The values and slopes of tanh are as printed, and it is a stretched sigmoid."""
    prints(ACTIVATIONS, "Tanh", math.tanh(1), slope(math.tanh, 1), math.tanh(3), digits=3)
    prints(ACTIVATIONS, "Tanh", slope(math.tanh, 3), digits=4)
    assert math.isclose(math.tanh(0.7), 2 * sigmoid(1.4) - 1)
    assert math.isclose(slope(math.tanh, 0) / slope(sigmoid, 0), 4, rel_tol=1e-6)


def test_hard_tanh() -> None:
    """Hard tanh and tanh at -3, 0.4 and 2 are as printed."""
    assert [max(-1, min(1, x)) for x in (-3, 0.4, 2)] == [-1, 0.4, 1]
    values = [math.tanh(x) for x in (-3, 0.4, 2)]
    prints(ACTIVATIONS, "Hard tanh", *values, digits=3)
    says(ACTIVATIONS, "Hard tanh", "So $-3$ gives $-1$, 0.4 stays 0.4 and 2 gives 1;")


def test_saturation_table() -> None:
    """The table of saturation holds the values and slopes of sigmoid and tanh."""
    heading = "Where sigmoid and tanh saturate"
    prints(ACTIVATIONS, heading, sigmoid(2), math.tanh(2), sigmoid(5), digits=3)
    prints(ACTIVATIONS, heading, 1 - math.tanh(2) ** 2, math.tanh(5), math.tanh(10), digits=4)
    prints(ACTIVATIONS, heading, sigmoid(5) * sigmoid(-5), sigmoid(10), digits=5)
    prints(ACTIVATIONS, heading, 1 / math.cosh(5) ** 2, digits=6)
    prints(ACTIVATIONS, heading, sigmoid(10) * sigmoid(-10), digits=7)
    prints(ACTIVATIONS, heading, 1 / math.cosh(10) ** 2, digits=10)
    says(ACTIVATIONS, heading, "| 0 | 0.5 | 0.25 | 0 | 1 |", "| 2 | 0.881 | 0.105 | 0.964 |")


def test_relu_is_not_linear() -> None:
    """ReLU(-1) + ReLU(1) is 1, but ReLU(0) is 0."""
    assert max(0, -1) + max(0, 1) == 1 != max(0, 0)
    assert (max(0, -3), max(0, 2.5)) == (0, 2.5)
    says(ACTIVATIONS, "ReLU", "So $-3$ gives 0 and 2.5 gives 2.5.")
    says(ACTIVATIONS, "ReLU", "$\\mathrm{ReLU}(-1) + \\mathrm{ReLU}(1) = 1$")


def test_ten_slopes() -> None:
    """Ten sigmoid slopes multiply to at most 0.00000095."""
    prints(ACTIVATIONS, "Why ReLU is used", 0.25**10, digits=8)
    says(ACTIVATIONS, "Why ReLU is used", "$0.25^{10} \\approx")


def test_dead_unit() -> None:
    """Inputs from 0 to 5 leave the weighted sums of the dead unit at -10 to -5."""
    sums = np.linspace(0, 5, 11) - 10
    assert (sums.min(), sums.max()) == (-10, -5)
    says(ACTIVATIONS, "Dying ReLU", "weighted sums from $-10$ to $-5$")


def test_leaky_relu_increases() -> None:
    """Leaky ReLU gives -0.03 at -3 and -0.01 at -1, and increases everywhere."""
    x = np.linspace(-5, 5, 1001)
    assert (np.diff(np.where(x > 0, x, 0.01 * x)) > 0).all()
    prints(ACTIVATIONS, "Leaky ReLU", 0.01 * -3, 0.01 * -1, digits=2)
    given = (
        "With $\\alpha = 0.01$ an input of $-3$ gives $-0.03$ and an input of $-1$ gives $-0.01$"
    )
    says(ACTIVATIONS, "Leaky ReLU", given, "from $-0.03$ at $-3$ to $-0.01$ at $-1$")


def test_gelu_values() -> None:
    """GELU's values, minimum and the error of its approximation are as printed."""

    def gelu(x: float) -> float:
        return x * normal_cdf(x)

    prints(ACTIVATIONS, "GELU", gelu(-3), digits=4)
    prints(ACTIVATIONS, "GELU", gelu(-1), gelu(1), gelu(2), digits=3)
    x = np.linspace(-6, 6, 12_001)
    values = np.array([gelu(v) for v in x])
    prints(ACTIVATIONS, "GELU", values.min(), digits=3)
    prints(ACTIVATIONS, "GELU", x[values.argmin()], digits=2)
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    error = np.abs(x / 2 * (1 + np.tanh(inner)) - values).max()
    assert 0.0004 < error < 0.0005
    says(ACTIVATIONS, "GELU", "less than 0.0005")
    says(ACTIVATIONS, "GELU", "(x + 0.044715 x^3)")
    silu = x / (1 + np.exp(-x))
    heading = "Standard activation functions at a glance"
    prints(ACTIVATIONS, heading, values.min(), silu.min(), digits=2)


def test_softmax_values() -> None:
    """The scores (2, 1, 0) give 0.665, 0.245, 0.090, and a shift or pair behaves as said."""
    prints(ACTIVATIONS, "Softmax", *softmax(LOGITS), digits=3)
    says(ACTIVATIONS, "Softmax", "$(2, 1, 0)$ give $(0.665, 0.245, 0.090)$")
    assert np.allclose(softmax(LOGITS + 7), softmax(LOGITS))
    assert math.isclose(softmax(np.array([3.0, 1.0]))[0], sigmoid(2))
    assert softmax(LOGITS / 2).max() < softmax(LOGITS).max() < softmax(LOGITS / 0.5).max()


def test_relu_commutes_with_max_pooling() -> None:
    """ReLU commutes with the maximum, and not with the mean; GELU does not with the maximum."""
    window = np.array([-1.0, 3.0, 2.0, -4.0])
    assert np.maximum(window, 0).max() == max(window.max(), 0) == 3
    heading = "Why ReLU and max-pooling commute"
    prints(ACTIVATIONS, heading, np.maximum([-1, 3], 0).mean(), digits=1)
    assert max(np.mean([-1, 3]), 0) == 1
    pair = [-3.0, -0.75]
    activated = [x * normal_cdf(x) for x in pair]
    assert not math.isclose(max(activated), max(pair) * normal_cdf(max(pair)))
    rows = np.random.default_rng(0).standard_normal((100, 4))
    assert np.array_equal(np.maximum(rows, 0).max(axis=1), np.maximum(rows.max(axis=1), 0))


def test_interpolation_error() -> None:
    """Ten pieces approximate x^2 on [0, 1] to 0.0025."""
    prints(ACTIVATIONS, "Universal approximation theorem", 1 / (4 * 10**2), digits=4)
    says(
        ACTIVATIONS,
        "Universal approximation theorem",
        "$n = 10$ the largest error is $1 / (4 n^2) = 0.0025$",
    )
    x = np.linspace(0, 1, 4001)
    knots = np.linspace(0, 1, 11)
    assert math.isclose(np.abs(np.interp(x, knots, knots**2) - x**2).max(), 0.0025)


def test_tent_map_pieces() -> None:
    """The tent map applied k times has 2^k linear pieces, 1024 for ten layers."""

    def tent(x: Array) -> Array:
        return 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5, 0)

    x = np.linspace(0, 1, 2**10 * 8 + 1)
    y = x
    for layer in range(1, 11):
        y = tent(y)
        signs = np.sign(np.diff(y))
        assert 1 + np.count_nonzero(signs[1:] != signs[:-1]) == 2**layer
    heading = "Why use many non-linear layers if one suffices in theory"
    prints(ACTIVATIONS, heading, 2**10, 2**10 - 1, 2 * 10, digits=0)


# Losses


def test_squared_error() -> None:
    """The errors 1, -2, 3 have the mean square 14/3 = 4.67, with the gradient 2r/n."""
    errors = np.array([1.0, -2.0, 3.0])
    heading = "Mean squared error (quadratic cost)"
    prints(LOSSES, heading, np.mean(errors**2), digits=2)
    numeric = slope(lambda t: float(np.mean((errors + np.array([0, t, 0])) ** 2)), 0.0)
    assert math.isclose(numeric, 2 / 3 * -2, rel_tol=1e-6)


def best_constant(data: Sequence[float], power: int) -> float:
    grid = np.linspace(0, 100, 10_001)
    costs = (np.abs(grid[:, None] - np.array(data)) ** power).sum(axis=1)
    return float(grid[costs.argmin()])


def test_l1_is_robust() -> None:
    """With the outlier 100 the best constants are 22 (L2) and 3 (L1); with 5 both are 3."""
    outlier, clean = (1, 2, 3, 4, 100), (1, 2, 3, 4, 5)
    assert math.isclose(best_constant(outlier, 2), 22)
    assert math.isclose(best_constant(outlier, 1), 3)
    assert math.isclose(best_constant(clean, 2), best_constant(clean, 1))
    says(LOSSES, "L1 loss versus L2 loss", "the mean, 22", "the median, 3")


def test_huber() -> None:
    """With threshold 1 an error of 0.5 costs 0.125, one of 3 costs 2.5 and half its square 4.5."""
    prints(LOSSES, "Huber loss", 0.5**2 / 2, digits=3)
    prints(LOSSES, "Huber loss", 1 * (3 - 0.5), 3**2 / 2, digits=1)
    says(LOSSES, "Huber loss", "With $\\delta = 1$ an error of 0.5 costs 0.125 and an error of 3")


def test_cross_entropy_values() -> None:
    """The losses of (0.7, 0.2, 0.1) are 0.357, 1.609, 2.303; ln 10 and the 0.51 case agree."""
    prints(LOSSES, "Cross-entropy loss", *(-math.log(p) for p in (0.7, 0.2, 0.1)), digits=3)
    values = "$(0.7, 0.2, 0.1)$ the loss is 0.357 if the first class is true, 1.609 for the second"
    says(LOSSES, "Cross-entropy loss", values, "and 2.303 for the third", "2.303 for ten classes")
    prints(LOSSES, "Cross-entropy loss", math.log(10), digits=3)
    prints(LOSSES, "Cross-entropy loss", -math.log(0.51), digits=2)
    says(LOSSES, "Cross-entropy loss", "at probability 0.51 have")


def test_low_loss_is_not_high_accuracy() -> None:
    """Nine right answers at 0.99 and a wrong one at 0.4 have the loss 0.10."""
    loss = -(9 * math.log(0.99) + math.log(0.4)) / 10
    prints(LOSSES, "Cross-entropy loss", loss, digits=2)
    given = "nine right ones at 0.99 and a wrong one that gives 0.4 to its true class"
    says(LOSSES, "Cross-entropy loss", given, "with an accuracy of 0.9.")
    assert loss < -math.log(0.51)


def test_binary_cross_entropy_values() -> None:
    """The losses are 0.105 and 2.303, the multi-label mean is 0.280, and the safe form agrees."""
    heading = "Binary cross-entropy"
    terms = [-math.log(0.9), -math.log(1 - 0.2), -math.log(0.6)]
    prints(LOSSES, heading, *terms, np.mean(terms), -math.log(1 - 0.9), digits=3)
    says(LOSSES, heading, "$p = 0.9$ the loss is 0.105 if the label is 1 and 2.303 if it is 0")
    says(LOSSES, heading, "labels $(1, 0, 1)$ and predictions $(0.9, 0.2, 0.6)$")
    for z, y in product((-30.0, -1.0, 0.5, 30.0), (0, 1)):
        p = sigmoid(z) if y else sigmoid(-z)
        safe = max(z, 0) - z * y + math.log1p(math.exp(-abs(z)))
        assert math.isclose(safe, -math.log(p), abs_tol=1e-12)


def test_softmax_gradient() -> None:
    """The gradient for logits (2, 1, 0) is (-0.335, 0.245, 0.090) and sums to zero."""
    gradient = softmax(LOGITS) - [1, 0, 0]
    numeric = [slope(lambda t, e=e: -math.log(softmax(LOGITS + t * e)[0]), 0.0) for e in np.eye(3)]
    assert np.allclose(gradient, numeric, atol=1e-8)
    assert math.isclose(gradient.sum(), 0, abs_tol=1e-12)
    prints(LOSSES, "Gradient of softmax with cross-entropy", *gradient, digits=3)
    given = "logits $(2, 1, 0)$ the probabilities are $(0.665, 0.245, 0.090)$"
    result = "the gradient is $(-0.335, 0.245, 0.090)$"
    says(LOSSES, "Gradient of softmax with cross-entropy", given, result)


def test_squared_error_vanishes_where_cross_entropy_does_not() -> None:
    """At logit -6 with label 1 the gradients are -0.998 and -0.0025, a factor of 400."""
    heading = "Why classification uses cross-entropy and not squared error"
    entropy = slope(lambda z: -math.log(sigmoid(z)), -6.0)
    squared = slope(lambda z: 0.5 * (sigmoid(z) - 1) ** 2, -6.0)
    p = sigmoid(-6)
    assert math.isclose(squared, (p - 1) * p * (1 - p), rel_tol=1e-6)
    prints(LOSSES, heading, entropy, digits=3)
    prints(LOSSES, heading, squared, p, digits=4)
    assert round(entropy / squared, -2) == 400
    says(LOSSES, heading, "four hundred times")


def test_divergence_is_not_symmetric() -> None:
    """The two directions give 0.511 and 0.368."""
    q, p = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    forward, backward = float(q @ np.log(q / p)), float(p @ np.log(p / q))
    prints(LOSSES, "KL divergence as a training loss", forward, backward, digits=3)
    given = "$q = (0.5, 0.5)$ and $p = (0.9, 0.1)$"
    says(LOSSES, "KL divergence as a training loss", given)
    assert math.isclose(forward, float(-q @ np.log(p)) - float(-q @ np.log(q)))


def test_hinge() -> None:
    """The scores 2, 0.3 and -1 give 0, 0.7 and 2."""
    losses = [max(0.0, 1 - s) for s in (2, 0.3, -1)]
    assert np.allclose(losses, [0, 0.7, 2])
    says(LOSSES, "Hinge loss", "the losses 0, 0.7 and 2")
    says(LOSSES, "Hinge loss", "the scores 2, 0.3 and $-1$")


def test_triplet() -> None:
    """The triplet losses are 0.3 and 0."""
    assert math.isclose(max(0, 0.8 - 1.0 + 0.5), 0.3)
    assert max(0, 0.8 - 1.4 + 0.5) == 0
    says(LOSSES, "Triplet loss", "the loss is 0.3; with $d(a, n) = 1.4$ it is 0")
    says(LOSSES, "Triplet loss", "$d(a, p) = 0.8$, $d(a, n) = 1.0$ and $m = 0.5$")


def test_hard_triplet() -> None:
    """The easiest triplet has loss 0, the hardest 0.4, the largest of all."""
    losses = [max(0.0, p - n + 0.2) for p in (0.2, 0.5, 0.9) for n in (0.7, 1.1, 1.5)]
    assert min(losses) == 0
    says(LOSSES, "Hard triplet mining", f"= {max(losses):.1f}$")
    given = "distances 0.2, 0.5 and 0.9 and whose negatives are at 0.7, 1.1 and 1.5, with the margin 0.2"
    sums = ("0.2 - 1.5 + 0.2) = 0$", "0.9 - 0.7 + 0.2) = 0.4$")
    says(LOSSES, "Hard triplet mining", given, *sums)


def test_infonce() -> None:
    """The InfoNCE example is 0.0034."""
    loss = -math.log(softmax(np.array([0.8, 0.2, 0.1]) / 0.1)[0])
    prints(LOSSES, "Contrastive loss and InfoNCE", loss, digits=4)
    given = "With $s_{+} = 0.8$, negatives at 0.2 and 0.1 and $\\tau = 0.1$"
    says(LOSSES, "Contrastive loss and InfoNCE", given)


def test_focal() -> None:
    """The focal losses are 0.00105 and 1.87 against 0.105 and 2.30."""
    easy, hard = -math.log(0.9), -math.log(0.1)
    prints(LOSSES, "Focal loss", 0.1**2 * easy, digits=5)
    prints(LOSSES, "Focal loss", easy, digits=3)
    prints(LOSSES, "Focal loss", 0.9**2 * hard, hard, digits=2)
    says(LOSSES, "Focal loss", "$\\gamma = 2$", "example with $p_t = 0.9$", "one with $p_t = 0.1$")


def test_exchanged_hidden_units_and_the_middle() -> None:
    """Exchanging two hidden units keeps the loss at zero, and the middle has a higher one."""
    x = np.linspace(-2, 2, 41)

    def output(p: Array) -> Array:
        return p[2] * np.tanh(p[0] * x) + p[3] * np.tanh(p[1] * x)

    one, other = np.array([1.0, 3.0, 2.0, -1.0]), np.array([3.0, 1.0, -1.0, 2.0])
    assert np.allclose(output(one), output(other))
    assert np.mean((output((one + other) / 2) - output(one)) ** 2) > 0.01
    says(LOSSES, "Loss landscape: plateaus and bumps", "midway between the two minima")


def test_energies() -> None:
    """The energies 0, 1, 2 have Z = 1.503 and the softmax probabilities."""
    z = np.exp([0.0, -1.0, -2.0]).sum()
    prints(LOSSES, "Energy-based models", z, *(np.exp([0.0, -1.0, -2.0]) / z), digits=3)


def test_energy_gradient() -> None:
    """The gradient of the negative log-likelihood is mean over data minus mean over the model."""
    features = np.array([0.5, -1.0, 2.0])  # E(x) = theta * features[x]

    def loss(theta: float) -> float:
        return theta * features[1] + math.log(np.exp(-theta * features).sum())

    model = softmax(-0.3 * features)
    assert math.isclose(slope(loss, 0.3), features[1] - model @ features, rel_tol=1e-6)
    says(LOSSES, "Energy-based models", "over the data minus its mean over samples")


# Normalisation layers


def test_standardised_values() -> None:
    """2, 4, 6, 8 have mean and variance 5 and become -1.342, -0.447, 0.447, 1.342."""
    assert FOUR.mean() == FOUR.var() == 5
    normalised = (FOUR - 5) / math.sqrt(5)
    for heading in ("Batch normalisation", "Layer normalisation"):
        prints(NORMALISATION, heading, *normalised, digits=3)
    prints(NORMALISATION, "Batch normalisation", *(2 * normalised + 1), digits=3)
    heading = "Input normalisation and standardisation"
    prints(NORMALISATION, heading, FOUR.std(), normalised[-1], digits=3)


def test_running_statistics() -> None:
    """The running mean moves to 0.5 and the running variance to 1.567."""
    heading = "Batch normalisation in training and at inference"
    prints(NORMALISATION, heading, 0.9 * 0 + 0.1 * FOUR.mean(), digits=1)
    prints(NORMALISATION, heading, 0.9 * 1 + 0.1 * FOUR.var(ddof=1), digits=3)
    assert math.isclose(FOUR.var(ddof=1), 20 / 3)
    says(NORMALISATION, heading, "0.1 by default", "mean 0 and variance 1")


def test_batch_normalisation_ignores_the_scale_of_the_weights() -> None:
    """Ten times the weights give the same output and a tenth of the gradient."""
    x = np.random.default_rng(0).standard_normal((50, 3))

    def loss(w: Array) -> float:
        z = x @ w
        return float(np.sum(((z - z.mean()) / z.std()) ** 3))

    w = np.array([1.0, -2.0, 0.5])
    gradients = [
        np.array([slope(lambda t, e=e, k=k: loss(k * w + t * e), 0.0) for e in np.eye(3)])
        for k in (1, 10)
    ]
    assert math.isclose(loss(w), loss(10 * w))
    assert np.allclose(gradients[0], 10 * gradients[1], rtol=1e-4)
    says(NORMALISATION, "Why batch normalisation helps", "shrinks by the same constant")


def test_axes_table() -> None:
    """The number of means times the values per mean is 65,536 in every row of the table."""
    n, c, hw, groups = 8, 32, 256, 8
    rows = {
        "| Batch |": (c, n * hw),
        "| Layer |": (n, c * hw),
        "| Instance |": (n * c, hw),
        "| Group (8 groups) |": (n * groups, c // groups * hw),
    }
    text = section(NORMALISATION, "Which axes each normalisation uses")
    for start, (means, values) in rows.items():
        line = next(line for line in text.splitlines() if line.startswith(start))
        assert line.endswith(f"| {means} | {values} |")
        assert means * values == 65_536
    prints(NORMALISATION, "Group normalisation", 4 * 256, digits=0)


def test_rmsnorm() -> None:
    """RMSNorm of (3, 4) is (0.849, 1.131); layer normalisation gives (-1, 1)."""
    x = np.array([3.0, 4.0])
    rms = math.sqrt(np.mean(x**2))
    prints(NORMALISATION, "RMSNorm", rms, *(x / rms), digits=3)
    assert ((x - x.mean()) / x.std()).tolist() == [-1, 1]
    says(NORMALISATION, "RMSNorm", "$(-1, 1)$")
    mean = f"the mean {x.mean():.1f}, divides by the standard deviation {x.std():.1f}"
    says(NORMALISATION, "RMSNorm", mean, f"$\\sqrt{{{np.mean(x**2):.1f}}} = {rms:.3f}$")


def test_parameters_of_the_convolution() -> None:
    """A 3 by 3 convolution from 3 to 64 channels has 1792 parameters, 64 of them biases."""
    heading = "Why the bias before batch normalisation is redundant"
    says(NORMALISATION, heading, f"64 of {3 * 64 * 9 + 64} parameters")
    says(NORMALISATION, "Batch normalisation", f"64 channels has {2 * 64} learnt")


def test_folding() -> None:
    """The merged weight and bias are 6 and -1.5, and both ways give 28.5."""
    heading = "Folding batch normalisation into a convolution"
    factor = 4 / math.sqrt(4)
    w, b = factor * 3, factor * (1 - 2) + 0.5
    assert math.isclose(w * 5 + b, 4 * ((3 * 5 + 1) - 2) / 2 + 0.5)
    says(NORMALISATION, heading, f"$w' = {w:.0f}$")
    prints(NORMALISATION, heading, b, w * 5 + b, digits=1)
    given = "$w = 3$, $b = 1$, $\\mu = 2$, $\\sigma^2 = 4$, $\\gamma = 4$, $\\beta = 0.5$"
    results = ("$4 \\cdot (16 - 2)/2 + 0.5 = 28.5$", "$30 - 1.5 = 28.5$")
    says(NORMALISATION, heading, given, *results)


def test_dropout_changes_the_variance() -> None:
    """Dropout at one half doubles the variance of a centred value; the factor is 0.707."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(400_000)
    dropped = x * (rng.random(x.size) < 0.5) / 0.5
    assert abs(dropped.var() - 2) < 0.03
    heading = "Batch normalisation together with dropout"
    prints(NORMALISATION, heading, math.sqrt(1 / 2), digits=3)
    says(NORMALISATION, heading, "$p = 0.5$ the variance is 2 in training and 1 at inference")


def test_weight_normalisation() -> None:
    """The direction (3, 4) with length 10 is (6, 8)."""
    assert (10 * np.array([3.0, 4.0]) / 5).tolist() == [6, 8]
    says(NORMALISATION, "Weight and spectral normalisation", "$(6, 8)$")
