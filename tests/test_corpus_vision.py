"""The worked numbers of the notes on convolution, architectures, detection and 3D, computed."""

import re
from collections.abc import Callable, Sequence
from math import atan2, ceil, cos, degrees, exp, floor, hypot, log, log2, pi, prod, sin

import numpy as np
import pytest
from corpus_text import CORPUS, says, section
from numpy.typing import NDArray

CONVOLUTION = "30-convolution.md"
VARIANTS = "31-convolution-variants.md"
ARCHITECTURES = "32-cnn-architectures.md"
DETECTION = "33-object-detection.md"
SEGMENTATION = "34-segmentation.md"
GEOMETRY = "35-geometry-motion-and-3d.md"
NOTES = [CONVOLUTION, VARIANTS, ARCHITECTURES, DETECTION, SEGMENTATION, GEOMETRY]

Array = NDArray[np.float64]
Box = tuple[float, float, float, float]


def correlate(x: Sequence[float] | Array, w: Sequence[float] | Array) -> Array:
    """Sliding sum of products in one dimension, without flipping."""
    return np.correlate(np.asarray(x, float), np.asarray(w, float), mode="valid")


def correlate2d(x: Array, w: Array) -> Array:
    """Sliding sum of products in two dimensions, without flipping."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (w.shape[0], w.shape[1]))
    return np.asarray(np.einsum("ijmn,mn->ij", windows, w))


def output_size(n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Length of a convolution's output along one axis."""
    return (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1


def layer_weights(inputs: int, outputs: int, k: int, groups: int = 1) -> int:
    """Weights of a two-dimensional convolution without biases."""
    return outputs * (inputs // groups) * k * k


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """Receptive field and step between units after layers (kernel, stride, dilation)."""
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * step
        step *= stride
    return field, step


def transposed(x: Sequence[float], w: Sequence[float], stride: int) -> Array:
    """One-dimensional transposed convolution: copies of the kernel, added."""
    y = np.zeros((len(x) - 1) * stride + len(w))
    for i, value in enumerate(x):
        y[i * stride : i * stride + len(w)] += value * np.asarray(w, float)
    return y


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes given by corners."""
    overlap = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(
        0.0, min(a[3], b[3]) - max(a[1], b[1])
    )
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return overlap / (areas - overlap)


@pytest.mark.parametrize("note", NOTES)
def test_the_python_of_a_note_runs(note: str) -> None:
    """The code blocks of a note run from top to bottom, their asserts included."""
    text = (CORPUS / note).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, flags=re.S | re.M)
    exec(compile("\n".join(blocks), note, "exec"), {})


# Convolution


def test_a_convolution_by_hand() -> None:
    """The 3x3 input under the 2x2 kernel gives rows (0, -1) and (-1, 0)."""
    x = np.array([[1, 2, 0], [0, 1, 3], [2, 1, 1]], float)
    w = np.array([[1, 0], [0, -1]], float)
    assert correlate2d(x, w).tolist() == [[0, -1], [-1, 0]]
    says(CONVOLUTION, "What convolution is", "(0, -1)", "(-1, 0)")


def test_flipping_makes_correlation_a_convolution() -> None:
    """Convolution is correlation with the flipped kernel; symmetric kernels see no difference."""
    x, w = np.array([1.0, 2, 3, 5, 8]), np.array([1.0, 4, 2])
    assert np.allclose(np.convolve(x, w, mode="valid"), correlate(x, w[::-1]))
    assert not np.allclose(np.convolve(x, w, mode="valid"), correlate(x, w))
    assert np.allclose(np.convolve(x, [1, 4, 1], mode="valid"), correlate(x, [1, 4, 1]))


def test_the_two_convolution_integrals() -> None:
    """Both forms give t e^-t for causal exponentials; for the centred box they differ at 0."""
    step = 1e-5
    tau = np.arange(step / 2, 1, step)
    causal = float((np.exp(-tau) * np.exp(-(1 - tau))).sum() * step)
    assert causal == pytest.approx(exp(-1), abs=1e-6)
    says(CONVOLUTION, "The convolution integral", f"{causal:.3f}")
    line = np.arange(-2 + step / 2, 2, step)
    box = (np.abs(line) <= 0.5).astype(float)
    assert (box * box[::-1]).sum() * step == pytest.approx(1, abs=1e-3)
    assert "the first integral is 1, the second is 0" in section(
        CONVOLUTION, "The convolution integral"
    )


def test_convolution_commutes_and_turns_into_a_product() -> None:
    """Convolution commutes, associates and is a product after the Fourier transform."""
    f, g, h = np.array([1.0, 2, 3]), np.array([0.0, 1, 0.5, 2]), np.array([2.0, -1])
    assert np.allclose(np.convolve(f, g), np.convolve(g, f))
    assert np.allclose(np.convolve(np.convolve(f, g), h), np.convolve(f, np.convolve(g, h)))
    n = len(f) + len(g) - 1
    product = np.fft.fft(f, n) * np.fft.fft(g, n)
    assert np.allclose(np.fft.ifft(product).real, np.convolve(f, g))


def test_kernels_of_a_first_layer() -> None:
    """64 filters of 3x3 on RGB are 192 kernels, 1,728 weights, 1,792 parameters."""
    weights = layer_weights(3, 64, 3)
    says(CONVOLUTION, "Kernels and filters", f"{64 * 3}", f"{weights:,}", f"{weights + 64:,}")


def test_depth_of_a_filter() -> None:
    """A 5x5 filter on RGB has 75 weights."""
    says(CONVOLUTION, "Depth of a filter", f"{layer_weights(3, 1, 5)}")


def test_stride_and_padding() -> None:
    """Width 7, kernel 3, stride 2, padding 1 gives 4; valid, same and full sizes hold."""
    size = output_size(7, 3, stride=2, padding=1)
    assert f"gives a width of {size}" in section(CONVOLUTION, "Stride and padding")
    for n in (5, 8, 13):
        for k in (1, 3, 5):
            assert output_size(n, k) == n - k + 1
            assert output_size(n, k, padding=(k - 1) // 2) == n
            assert output_size(n, k, padding=k - 1) == n + k - 1
            assert len(np.convolve(np.ones(n), np.ones(k), mode="full")) == n + k - 1


@pytest.mark.parametrize(
    ("n", "k", "stride", "padding", "dilation"),
    [(224, 7, 2, 3, 1), (112, 3, 2, 1, 1), (32, 5, 1, 0, 1), (32, 3, 1, 2, 2)],
)
def test_output_sizes(n: int, k: int, stride: int, padding: int, dilation: int) -> None:
    """Each row of the table of output sizes follows from the formula and from counting."""
    size = output_size(n, k, stride, padding, dilation)
    starts = range(0, n + 2 * padding - dilation * (k - 1), stride)
    assert size == len(starts)
    row = f"| {n} | {k} | {stride} | {padding} | {dilation} | {size} |"
    assert row in section(CONVOLUTION, "Output size of a convolution")


def test_cost_of_a_layer() -> None:
    """A 3x3 layer from 64 to 128 channels on 56x56: weights, parameters, multiplications."""
    weights = layer_weights(64, 128, 3)
    says(
        CONVOLUTION,
        "Counting the weights and multiplications of a convolutional layer",
        f"{weights:,}",
        f"{weights + 128:,}",
        f"{weights * output_size(56, 3, padding=1) ** 2:,}",
    )


def test_receptive_fields() -> None:
    """Stacks of 3x3 layers reach 5 and 7; ResNet's first two layers reach 11 at steps of 4."""
    assert receptive_field([(3, 1, 1)] * 2) == (5, 1)
    assert receptive_field([(3, 1, 1)] * 3) == (7, 1)
    assert receptive_field([(7, 2, 1), (3, 2, 1)]) == (11, 4)
    text = section(CONVOLUTION, "Receptive field")
    assert "a receptive field of 5, three have 7" in text
    assert "reaches 11 pixels, and neighbouring outputs are then 4 pixels apart" in text


def test_a_receptive_field_by_perturbation() -> None:
    """Exactly the inputs within the computed receptive field change an output."""
    layers = [(3, 2, 1), (3, 1, 2)]
    field, _ = receptive_field(layers)

    def run(x: Array) -> Array:
        for kernel, stride, dilation in layers:
            w = np.zeros((kernel - 1) * dilation + 1)
            w[::dilation] = [1.0, 2.0, 3.0]
            x = correlate(x, w)[::stride]
        return x

    base = run(np.zeros(40))[0]
    reach = [i for i in range(40) if run(np.eye(40)[i])[0] != base]
    assert max(reach) - min(reach) + 1 == field


def test_the_sobel_kernel() -> None:
    """On rows (0, 0, 10, 10, 10) Sobel gives 40, 40, 0; its weights sum to zero."""
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float)
    image = np.tile([0.0, 0, 10, 10, 10], (3, 1))
    assert correlate2d(image, sobel).tolist() == [[40, 40, 0]]
    assert correlate2d(10 - image, sobel).tolist() == [[-40, -40, 0]]
    assert sobel.sum() == 0
    assert np.array_equal(sobel, np.outer([1, 2, 1], [-1, 0, 1]))
    assert "gives 40, 40 and 0" in section(CONVOLUTION, "Edge detection with a kernel")
    says(CONVOLUTION, "Edge detection with a kernel", "-40")


def test_convolution_against_dense_sizes() -> None:
    """32x32x3 to 28x28x6: 456 shared, 357,504 local, 14,455,392 dense parameters."""
    shared = layer_weights(3, 6, 5) + 6
    outputs = 28 * 28 * 6
    local = outputs * (5 * 5 * 3 + 1)
    dense = 32 * 32 * 3 * outputs + outputs
    says(CONVOLUTION, "Convolution against a fully connected layer", f"{shared}", f"{dense:,}")
    says(
        CONVOLUTION,
        "Weight sharing in a convolutional network",
        f"{shared}",
        f"{local:,}",
        f"{dense:,}",
    )


def test_a_convolution_is_a_sparse_dense_layer() -> None:
    """Convolution equals a matrix with repeated diagonals and zeros elsewhere."""
    w, x = np.array([2.0, -1, 3]), np.array([1.0, 4, 0, 2, 5, 1])
    matrix = np.array([np.r_[np.zeros(i), w, np.zeros(3 - i)] for i in range(4)])
    assert np.allclose(matrix @ x, correlate(x, w))


def test_sparse_interactions() -> None:
    """1000 inputs and outputs with three connections need 3,000 instead of 1,000,000."""
    says(CONVOLUTION, "Sparse interactions", f"{3 * 1000:,}", f"{1000 * 1000:,}")


def test_the_gradient_of_a_shared_weight() -> None:
    """The gradient of a shared weight is the sum over positions of dL/dy_i x_(i+m)."""
    x, w = np.array([1.0, -2, 0.5, 3, 1.5]), np.array([0.3, -0.7])

    def loss(v: Array) -> float:
        return float((correlate(x, v) ** 2).sum())

    upstream = 2 * correlate(x, w)
    formula = [sum(upstream[i] * x[i + m] for i in range(4)) for m in range(2)]
    steps = np.eye(2) * 1e-6
    numeric = [(loss(w + s) - loss(w - s)) / 2e-6 for s in steps]
    assert np.allclose(formula, numeric, atol=1e-5)


def test_sharing_does_not_save_multiplications() -> None:
    """A locally connected layer multiplies as often as a convolution of equal shape."""
    positions, kernel = 28 * 28, 5 * 5 * 3
    convolution = positions * layer_weights(3, 6, 5)
    local = positions * 6 * kernel
    assert convolution == local
    assert "exactly as many" in section(CONVOLUTION, "Advantages of weight sharing")


def test_equivariance_to_translation_only() -> None:
    """Shifting the input shifts the output; rotating it does not rotate the output."""
    x = np.array([0.0, 1, 2, 0, 0, 0])
    w = [1.0, -1.0]
    assert correlate(x, w).tolist() == [-1, -1, 2, 0, 0]
    assert correlate(np.roll(x, 1), w).tolist() == [0, -1, -1, 2, 0]
    says(
        CONVOLUTION,
        "Equivariance and invariance of convolution",
        "(-1, -1, 2, 0, 0)",
        "(0, -1, -1, 2, 0)",
    )
    image = np.arange(25.0).reshape(5, 5) ** 1.5
    kernel = np.array([[1.0, 2], [0, -1]])
    assert not np.allclose(
        correlate2d(np.rot90(image), kernel), np.rot90(correlate2d(image, kernel))
    )


def test_stride_keeps_equivariance_for_its_multiples() -> None:
    """With stride 2 a shift by 2 shifts the output by 1; a shift by 1 changes its values."""
    x, w = np.r_[np.zeros(4), 1.0, 5, 2, np.zeros(9)], [1.0, 2.0]
    strided = correlate(x, w)[::2]
    assert np.allclose(correlate(np.roll(x, 2), w)[::2][1:], strided[:-1])
    assert set(correlate(np.roll(x, 1), w)[::2]) != set(strided)


# Variants and pooling


def test_transposed_convolution() -> None:
    """(1, 2) through (1, 2, 1) at stride 2 is (1, 2, 3, 4, 2), the transposed matrix's product."""
    y = transposed([1, 2], [1, 2, 1], 2)
    matrix = np.array([[1, 2, 1, 0, 0], [0, 0, 1, 2, 1]], float)
    assert np.allclose(matrix.T @ [1, 2], y)
    assert not np.allclose(matrix @ y, [1, 2])
    printed = "(" + ", ".join(f"{v:g}" for v in y) + ")"
    says(VARIANTS, "Transposed convolution", printed)


def test_output_size_of_a_transposed_convolution() -> None:
    """7 inputs, kernel 4, stride 2, padding 1 give 14, and the ordinary layer leads back."""
    size = (7 - 1) * 2 - 2 * 1 + 1 * (4 - 1) + 0 + 1
    assert output_size(size, 4, stride=2, padding=1) == 7
    assert len(transposed([1] * 7, [1] * 4, 2)) - 2 == size
    says(VARIANTS, "Transposed convolution", f"{size}")


def test_checkerboard_counts() -> None:
    """Contributions alternate for kernel 3 at stride 2 and are even for kernel 4."""
    text = section(VARIANTS, "Checkerboard artefacts")
    uneven = [f"{v:g}" for v in transposed([1] * 3, [1] * 3, 2)]
    even = [f"{v:g}" for v in transposed([1] * 3, [1] * 4, 2)]
    assert ", ".join(uneven[:-1]) + " and " + uneven[-1] + " times" in text
    assert ", ".join(even) in text


def test_atrous_extent() -> None:
    """A dilated 3x3 covers 5x5; dilations 1, 2, 4 see 15 instead of 7."""
    assert 3 + (3 - 1) * (2 - 1) == 5
    assert receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)])[0] == 15
    assert receptive_field([(3, 1, 1)] * 3)[0] == 7
    text = section(VARIANTS, "Atrous or dilated convolution")
    assert "covers $5 \\times 5$ pixels" in text
    assert "receptive field of 15, against 7" in text


def test_gridding() -> None:
    """Two layers of dilation 2 see only every second input; dilations 1, 2, 5 leave no gap."""

    def reach(dilations: Sequence[int]) -> set[int]:
        seen = {0}
        for dilation in dilations:
            seen = {i + tap * dilation for i in seen for tap in (-1, 0, 1)}
        return seen

    assert reach([2, 2]) == {-4, -2, 0, 2, 4}
    assert reach([1, 2, 5]) == set(range(-8, 9))
    says(VARIANTS, "Atrous or dilated convolution", "1, 2, 5")


def test_grouped_and_depthwise_weights() -> None:
    """Groups divide the weights: 73,728, 18,432, 1,152; a depthwise layer has 576."""
    counts = [layer_weights(64, 128, 3, groups) for groups in (1, 4, 64)]
    says(VARIANTS, "Grouped convolution", *[f"{count:,}" for count in counts])
    depthwise = layer_weights(64, 64, 3, groups=64)
    says(VARIANTS, "Depthwise convolution", f"{depthwise}", f"{layer_weights(64, 64, 3):,}")


def test_pointwise_cost() -> None:
    """256 to 64 channels by 1x1: 16,384 weights, 51,380,224 multiplications on 56x56."""
    weights = layer_weights(256, 64, 1)
    says(VARIANTS, "Pointwise convolution", f"{weights:,}", f"{weights * 56 * 56:,}")
    assert layer_weights(256, 64, 3) == 9 * weights


def test_a_pointwise_convolution_is_a_dense_layer_per_pixel() -> None:
    """A 1x1 convolution applies one matrix to the channels of each pixel."""
    rng = np.random.default_rng(0)
    image, matrix = rng.normal(size=(4, 5, 3)), rng.normal(size=(2, 3))
    whole = np.einsum("oc,hwc->hwo", matrix, image)
    assert np.allclose(whole[2, 3], matrix @ image[2, 3])


def test_saving_of_depthwise_separable() -> None:
    """The ratio is 1/N + 1/k^2, in the example 0.119 or 8.4 times."""
    k, m, n, f = 3, 64, 128, 56
    ordinary = k * k * m * n * f * f
    depthwise, pointwise = k * k * m * f * f, m * n * f * f
    separable = depthwise + pointwise
    assert separable / ordinary == pytest.approx(1 / n + 1 / k**2)
    says(
        VARIANTS,
        "Saving of a depthwise separable convolution",
        f"{ordinary:,}",
        f"{depthwise:,}",
        f"{pointwise:,}",
        f"{separable:,}",
        f"{separable / ordinary:.3f}",
        f"{ordinary / separable:.1f}",
        f"{k * k * m + m * n:,}",
        f"{layer_weights(m, n, k):,}",
        f"{100 * pointwise / separable:.0f}",
    )
    assert all(8 < 1 / (1 / width + 1 / 9) < 9 for width in (100, 256, 1024))


def test_weights_in_one_two_and_three_dimensions() -> None:
    """64 to 64 channels with kernel 3: 12,288, 36,864 and 110,592 weights."""
    counts = [64 * 64 * 3**axes for axes in (1, 2, 3)]
    says(
        VARIANTS,
        "One-, two- and three-dimensional convolution",
        *[f"{count:,}" for count in counts],
    )


def test_causal_padding() -> None:
    """Left padding by (k - 1) d keeps the length and hides later inputs."""
    k, d = 3, 2
    w = np.array([1.0, 0, 2, 0, 3])
    assert len(w) == (k - 1) * d + 1
    x = np.arange(1.0, 9)
    y = correlate(np.r_[np.zeros((k - 1) * d), x], w)
    assert len(y) == len(x)
    later = np.r_[x[:5], [99.0, 99, 99]]
    assert np.allclose(correlate(np.r_[np.zeros((k - 1) * d), later], w)[:5], y[:5])


def test_offsets_of_a_deformable_convolution() -> None:
    """A 3x3 kernel needs 18 offset channels."""
    says(VARIANTS, "Deformable convolution", f"{2 * 3 * 3}")


def test_pooling_example() -> None:
    """Max pooling gives (6, 2), (2, 8); average pooling (3.5, 1), (1, 6)."""
    x = np.array([[1, 3, 2, 0], [4, 6, 1, 1], [0, 2, 5, 7], [1, 1, 8, 4]], float)
    blocks = x.reshape(2, 2, 2, 2).swapaxes(1, 2)
    assert blocks.max(axis=(2, 3)).tolist() == [[6, 2], [2, 8]]
    assert blocks.mean(axis=(2, 3)).tolist() == [[3.5, 1], [1, 6]]
    says(VARIANTS, "Pooling", "(6, 2)", "(2, 8)", "(3.5, 1)", "(1, 6)")


def test_max_against_average_on_a_noise_pixel() -> None:
    """In (0, 0, 0, 8) the maximum is 8 and the mean 2."""
    window = np.array([0, 0, 0, 8])
    assert "the first gives 8, the second 2" in section(
        VARIANTS, "Max pooling against average pooling"
    )
    assert (window.max(), window.mean()) == (8, 2)


def test_dense_layer_behind_pooling() -> None:
    """VGG-16's first dense layer has 102,760,448 weights, 411,041,792 without the last pooling."""
    with_pooling, without = 7 * 7 * 512 * 4096, 14 * 14 * 512 * 4096
    says(VARIANTS, "Parameters of a pooling layer", f"{with_pooling:,}", f"{without:,}", "4,096")


def vgg_dense() -> int:
    """Parameters of VGG-16's three dense layers."""
    return sum(a * b + b for a, b in [(7 * 7 * 512, 4096), (4096, 4096), (4096, 1000)])


def test_global_average_pooling_sizes() -> None:
    """VGG-16's head has 123,642,856 parameters, ResNet-50's 2,049,000."""
    resnet = 2048 * 1000 + 1000
    says(VARIANTS, "Global average pooling", f"{vgg_dense():,}", f"{resnet:,}")


# Architectures


def test_the_small_network() -> None:
    """The small example has 62,006 parameters, 2,872 of them in the convolutions."""
    sides = [output_size(32, 5)]
    sides.append(sides[-1] // 2)
    sides.append(output_size(sides[-1], 5))
    sides.append(sides[-1] // 2)
    assert sides == [28, 14, 10, 5]
    convolutions = layer_weights(3, 6, 5) + 6 + layer_weights(6, 16, 5) + 16
    dense = sum(a * b + b for a, b in [(5 * 5 * 16, 120), (120, 84), (84, 10)])
    says(
        ARCHITECTURES,
        "Main operations of a convolutional network",
        f"{convolutions + dense:,}",
        f"{convolutions:,}",
    )


def test_alexnet_parameters() -> None:
    """AlexNet with two groups in layers 2, 4 and 5 has 60,965,224 parameters."""
    layers = [(3, 96, 11, 1), (96, 256, 5, 2), (256, 384, 3, 1), (384, 384, 3, 2), (384, 256, 3, 2)]
    total = sum(layer_weights(i, o, k, g) + o for i, o, k, g in layers)
    total += sum(a * b + b for a, b in [(6 * 6 * 256, 4096), (4096, 4096), (4096, 1000)])
    says(ARCHITECTURES, "LeNet and AlexNet", f"{total:,}")
    says(ARCHITECTURES, "Common CNN architectures and their advantages", f"{total / 1e6:.0f}")


VGG_16 = [(64, 2, 224), (128, 2, 112), (256, 3, 56), (512, 3, 28), (512, 3, 14)]


def test_vgg_parameters_and_cost() -> None:
    """VGG-16 has 138,357,544 parameters, 89 percent dense, and 15.5 billion multiply-adds."""
    parameters, cost, channels, depth = 0, 0, 3, 3
    for width, repeats, side in VGG_16:
        for _ in range(repeats):
            weights = layer_weights(channels, width, 3)
            parameters += weights + width
            cost += weights * side * side
            channels = width
            depth += 1
    total = parameters + vgg_dense()
    assert depth == 16
    says(ARCHITECTURES, "VGG", f"{total:,}", f"{100 * vgg_dense() / total:.0f}")
    says(
        ARCHITECTURES,
        "Common CNN architectures and their advantages",
        f"{total / 1e6:.0f}",
        f"{(cost + vgg_dense()) / 1e9:.1f}",
    )


def test_depths_of_vgg_and_resnet() -> None:
    """VGG has 11, 13, 16, 19 layers; ResNet 18, 34, 50, 101, 152, by counting."""
    vgg = [
        sum(stages) + 3 for stages in ([1, 1, 2, 2, 2], [2] * 5, [2, 2, 3, 3, 3], [2, 2, 4, 4, 4])
    ]
    assert vgg == [11, 13, 16, 19]
    assert "11, 13, 16 or 19 weight layers" in section(ARCHITECTURES, "VGG")
    basic = [2 * sum(stages) + 2 for stages in ([2, 2, 2, 2], [3, 4, 6, 3])]
    deep = [3 * sum(stages) + 2 for stages in ([3, 4, 6, 3], [3, 4, 23, 3], [3, 8, 36, 3])]
    assert basic + deep == [18, 34, 50, 101, 152]
    assert "18, 34, 50, 101 and 152 layers" in section(ARCHITECTURES, "ResNet")


def test_three_small_kernels_against_one_large() -> None:
    """Three 3x3 layers need 27 C^2 weights and see 7x7, one 7x7 layer needs 49 C^2."""
    assert 3 * layer_weights(10, 10, 3) == 27 * 100
    assert layer_weights(10, 10, 7) == 49 * 100
    text = section(ARCHITECTURES, "VGG")
    assert "27 C^2" in text
    assert "49 C^2" in text


def test_inception_numbers() -> None:
    """The bottleneck saves nearly ten times; factorised kernels have 18 and 14 weights."""
    positions = 28 * 28
    direct = positions * layer_weights(192, 32, 5)
    reduced = positions * (layer_weights(192, 16, 1) + layer_weights(16, 32, 5))
    assert 9 < direct / reduced < 10
    says(ARCHITECTURES, "Inception v1", f"{direct:,}", f"{reduced:,}")
    says(ARCHITECTURES, "Inception v2 and v3", f"{2 * 9}", "25", f"{7 + 7}", "49")


def test_resnet_parameters_and_bottleneck() -> None:
    """ResNet-50 has 25,557,032 parameters; the bottleneck 69,632 weights against 1,179,648."""
    total, cost, channels, side = layer_weights(3, 64, 7) + 2 * 64, 0, 64, 56
    cost += layer_weights(3, 64, 7) * 112 * 112
    for stage, (width, repeats) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)]):
        for block in range(repeats):
            before = side
            if stage and not block:
                side //= 2
            first = layer_weights(channels, width, 1)
            middle, last = layer_weights(width, width, 3), layer_weights(width, 4 * width, 1)
            total += first + middle + last + 2 * (width + width + 4 * width)
            cost += first * before**2 + (middle + last) * side**2
            if not block:
                shortcut = layer_weights(channels, 4 * width, 1)
                total += shortcut + 2 * 4 * width
                cost += shortcut * side**2
            channels = 4 * width
    total += 2048 * 1000 + 1000
    bottleneck = layer_weights(256, 64, 1) + layer_weights(64, 64, 3) + layer_weights(64, 256, 1)
    says(
        ARCHITECTURES,
        "ResNet",
        f"{total:,}",
        f"{bottleneck:,}",
        f"{2 * layer_weights(256, 256, 3):,}",
    )
    table = "Common CNN architectures and their advantages"
    says(ARCHITECTURES, table, f"{total / 1e6:.1f}", f"{cost / 1e9:.0f} billion")


def test_the_gradient_of_a_residual_block() -> None:
    """The Jacobian of F(x) + x is I plus the Jacobian of F."""
    w, x = np.array([[0.2, -0.5], [0.7, 0.1]]), np.array([0.3, -0.4])

    def branch(v: Array) -> Array:
        return np.asarray(np.tanh(w @ v))

    jacobian = np.diag(1 - np.tanh(w @ x) ** 2) @ w
    steps = np.eye(2) * 1e-6
    numeric = np.column_stack(
        [((branch(x + s) + x + s) - (branch(x - s) + x - s)) / 2e-6 for s in steps]
    )
    assert np.allclose(numeric, np.eye(2) + jacobian, atol=1e-6)


def test_products_of_derivatives() -> None:
    """0.05 to the 20th is 9.5e-27, 1.05 to the 20th 2.65, 1.5 to the 20th 3,325."""
    mantissa, exponent = f"{0.05**20:.1e}".split("e")
    assert f"${mantissa} \\cdot 10^{{{exponent}}}$" in section(ARCHITECTURES, "Skip connections")
    says(ARCHITECTURES, "Skip connections", f"{1.05**20:.2f}", f"{1.5**20:,.0f}")


def test_additive_and_concatenating_skips() -> None:
    """Addition keeps 64 channels, concatenation makes 128 and doubles the next layer."""
    says(
        ARCHITECTURES,
        "Additive and concatenating skip connections",
        "64",
        "128",
        f"{layer_weights(128, 64, 3):,}",
        f"{layer_weights(64, 64, 3):,}",
    )
    rng = np.random.default_rng(1)
    w, a, b = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=4)
    assert np.allclose(np.hstack([w, w]) @ np.r_[a, b], w @ (a + b))


def test_the_gate_of_a_highway_layer() -> None:
    """A bias of -2 opens the transform gate by 0.119."""
    says(ARCHITECTURES, "Highway networks", f"{1 / (1 + exp(2)):.3f}")


def test_densenet_counts() -> None:
    """L layers have L(L+1)/2 connections; the sixth layer sees 224 channels."""
    assert all(sum(range(1, n + 1)) == n * (n + 1) // 2 for n in range(1, 20))
    channels = 64
    for _ in range(5):
        channels += 32
    says(ARCHITECTURES, "DenseNet", f"{channels}")


def test_mobilenet_multipliers() -> None:
    """Width 0.5 and resolution 160/224 leave about 13 percent of the multiplications."""
    rho = 160 / 224
    says(ARCHITECTURES, "MobileNet", f"{rho:.3f}", f"{100 * 0.5**2 * rho**2:.0f}")


def test_compound_scaling() -> None:
    """1.2 * 1.1^2 * 1.15^2 is 1.92."""
    says(ARCHITECTURES, "EfficientNet", f"{1.2 * 1.1**2 * 1.15**2:.2f}")


def test_the_squash_of_a_capsule() -> None:
    """A capsule input of length 5 is squashed to length 0.962, its direction kept."""
    s = np.array([3.0, 4])
    norm = np.linalg.norm(s)
    v = norm**2 / (1 + norm**2) * s / norm
    says(ARCHITECTURES, "Capsule networks", f"{np.linalg.norm(v):.3f}")
    assert np.allclose(v / np.linalg.norm(v), s / norm)


def test_reparameterised_branches() -> None:
    """Parallel 3x3, 1x1 and identity branches add up to one 3x3 kernel."""
    rng = np.random.default_rng(2)
    x, w, scale = rng.normal(size=(6, 6)), rng.normal(size=(3, 3)), 0.7
    fused = w.copy()
    fused[1, 1] += scale + 1
    inner = x[1:-1, 1:-1]
    assert np.allclose(correlate2d(x, fused), correlate2d(x, w) + scale * inner + inner)


def test_kan_counts() -> None:
    """A 2-5-1 KAN has 15 edges and 120 spline coefficients, the perceptron 21 parameters."""
    edges = 2 * 5 + 5 * 1
    coefficients = edges * (5 + 3)
    perceptron = 2 * 5 + 5 + 5 * 1 + 1
    says(
        ARCHITECTURES,
        "Kolmogorov-Arnold networks",
        f"{edges}",
        f"{coefficients}",
        f"{perceptron}",
    )


def test_the_ablation_example() -> None:
    """In the made-up table pretraining matters most and attention by 0.2 points."""
    full = 80.0
    drops = {"augmentation": full - 77.1, "attention": full - 79.8, "pretraining": full - 74.5}
    assert max(drops, key=lambda name: drops[name]) == "pretraining"
    says(ARCHITECTURES, "Ablation study", f"{drops['attention']:.1f}")


# Detection


def test_box_formats() -> None:
    """The box (50, 30)-(110, 70) in COCO and YOLO form."""
    x1, y1, x2, y2 = 50, 30, 110, 70
    w, h = x2 - x1, y2 - y1
    cx, cy = x1 + w / 2, y1 + h / 2
    yolo = f"({cx / 200:g}, {cy / 100:g}, {w / 200:g}, {h / 100:g})"
    says(
        DETECTION,
        "Bounding box formats",
        f"({x1}, {y1}, {w}, {h})",
        f"({cx:g}, {cy:g})",
        yolo,
    )


def test_iou_and_its_common_mistake() -> None:
    """Shifted 4x4 boxes have IoU 0.333; dividing by the sum makes identical boxes 0.5."""
    a: Box = (0, 0, 4, 4)
    says(DETECTION, "Intersection over union", f"{iou(a, (2, 0, 6, 4)):.3f}", f"{16 / 32:g}")
    assert iou(a, a) == 1


def test_feature_pyramid_level() -> None:
    """A box of 112x112 goes to level 3, one of 224x224 to level 4."""

    def level(width: float, height: float) -> int:
        return floor(4 + log2((width * height) ** 0.5 / 224))

    assert level(224, 224) == 4
    assert f"goes to level {level(112, 112)}" in section(DETECTION, "Feature pyramid network")


def test_focal_weight() -> None:
    """With gamma 2 an example at 0.9 keeps a hundredth of its weight."""
    weight = (1 - 0.9) ** 2
    assert weight == pytest.approx(1 / 100)
    assert "a hundredth" in section(DETECTION, "Two-stage and one-stage detectors")


@pytest.mark.parametrize(
    ("note", "heading"),
    [(DETECTION, "ROI pooling"), (SEGMENTATION, "ROI pooling against ROI align")],
)
def test_roi_bins(note: str, heading: str) -> None:
    """17 cells in 7 bins: 2.43 cells, cut to 2, or overlapping bins of 3 and 4 that cover all."""
    bins = [(floor(i * 17 / 7), ceil((i + 1) * 17 / 7)) for i in range(7)]
    assert {end - start for start, end in bins} == {3, 4}
    assert (bins[0][0], bins[-1][1]) == (0, 17)
    assert any(bins[i][1] > bins[i + 1][0] for i in range(6))
    says(note, heading, f"{17 / 7:.2f}", f"{floor(17 / 7)}", f"{200 / 16:g}")
    says(note, heading, f"{floor(200 / 16)}", f"{ceil(200 / 16)}")
    assert 200 - floor(200 / 16) * 16 == 8 == ceil(200 / 16) * 16 - 200
    assert "8 pixels" in section(note, heading)


def test_roi_cells_used_by_the_simple_version() -> None:
    """Seven bins of 2 cells use 14 of 17; an ordinary stride-2 pooling gives 8."""
    text = section(DETECTION, "ROI pooling")
    assert f"uses only ${7 * 2} \\times {7 * 2}$ cells" in text
    assert f"would give {output_size(17, 2, stride=2)}, not 7" in text


def test_anchor_count() -> None:
    """A 60x40 map with nine anchors has 21,600."""
    says(DETECTION, "Faster R-CNN", f"{60 * 40 * 3 * 3:,}")


def test_box_corrections() -> None:
    """The targets of the example are 0.125, -0.0625, 0.693 and 0, and decoding inverts them."""
    anchor, truth = (100, 100, 64, 64), (108, 96, 128, 64)
    tx, ty = (truth[0] - anchor[0]) / anchor[2], (truth[1] - anchor[1]) / anchor[3]
    tw, th = log(truth[2] / anchor[2]), log(truth[3] / anchor[3])
    says(DETECTION, "Anchor boxes", f"{tx:g}", f"{ty:g}", f"{tw:.3f}", f"{th:g}")
    decoded = (tx * 64 + 100, ty * 64 + 100, 64 * exp(tw), 64 * exp(th))
    assert np.allclose(decoded, truth)


def test_yolo_output() -> None:
    """S = 7, B = 2, C = 20 make a depth of 30 and 1,470 numbers."""
    depth = 2 * 5 + 20
    says(DETECTION, "YOLO", f"{depth}", f"{7 * 7 * depth:,}")


def test_overlaps_in_the_suppression_example() -> None:
    """The second box overlaps the first by 0.818, the third and fourth exceed 0.5."""
    first = iou((0, 0, 10, 10), (1, 0, 11, 10))
    says(DETECTION, "Non-maximum suppression", f"{first:.3f}")
    assert iou((20, 20, 30, 30), (21, 21, 31, 31)) > 0.5


def test_average_precision() -> None:
    """Right, wrong, right, right, wrong of four objects gives an AP of 0.625."""
    hits = np.array([1, 0, 1, 1, 0])
    precision = np.cumsum(hits) / np.arange(1, 6)
    best = [precision[i:].max() for i in range(5)]
    average = sum(best[i] for i in range(5) if hits[i]) / 4
    assert [f"{precision[i]:.4f}" for i in (0, 2, 3)] == ["1.0000", "0.6667", "0.7500"]
    assert [best[i] for i in (0, 2, 3)] == [1, 0.75, 0.75]
    says(DETECTION, "Mean average precision in detection", f"{average:g}", "0.75", "2/3", "3/4")
    assert len(np.arange(0.5, 0.96, 0.05)) == 10


def test_hog_numbers() -> None:
    """A 64x128 window gives 3,780 numbers; the gradient (3, 4) votes 4.22 and 0.78."""
    across, down = 64 // 8 - 1, 128 // 8 - 1
    length = across * down * 4 * 9
    magnitude, direction = hypot(3, 4), degrees(atan2(4, 3))
    upper = magnitude * (direction - 50) / 20
    assert (across, down) == (7, 15)
    says(
        DETECTION,
        "Histogram of oriented gradients",
        f"{length:,}",
        f"{magnitude:g}",
        f"{direction:.1f}",
        f"{magnitude - upper:.2f}",
        f"{upper:.2f}",
    )


# Segmentation


def test_dense_layers_as_convolutions() -> None:
    """A dense layer over 7x7 maps equals a 7x7 convolution at one position."""
    rng = np.random.default_rng(3)
    image, dense = rng.normal(size=(7, 7)), rng.normal(size=49)
    assert np.allclose(dense @ image.ravel(), correlate2d(image, dense.reshape(7, 7))[0, 0])


def test_unet_sizes() -> None:
    """Unpadded U-Net: 572 shrinks to 28 and grows to 388, as in the table."""
    heading = "Layer sizes in U-Net"
    text = section(SEGMENTATION, heading)
    entries, after = [572], []
    for level in range(5):
        after.append(entries[-1] - 4)
        if level < 4:
            entries.append(after[-1] // 2)
    ups, size = [], after[-1]
    for _ in range(4):
        size = 2 * size - 4
        ups.append(size)
    ups.reverse()
    for level in range(4):
        row = (
            f"| {level + 1} | {64 * 2**level} | {entries[level]} | {after[level]} | {ups[level]} |"
        )
        assert row in text
    assert f"| {64 * 2**4:,} | {entries[4]} | {after[4]} |" in text
    assert 2**4 == 16
    says(SEGMENTATION, heading, "56", "52", "104", "100", "16")


def test_span_of_a_dilated_kernel() -> None:
    """A 3x3 kernel with dilation 18 spans 37 cells."""
    says(SEGMENTATION, "DeepLab and atrous spatial pyramid pooling", f"{3 + 2 * 17}")


def test_mask_loss() -> None:
    """K m^2 is 62,720, the loss averages over 784; the tiny mask's loss is 0.198."""
    y, p = np.array([1, 1, 0, 0]), np.array([0.9, 0.8, 0.3, 0.1])
    loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    says(
        SEGMENTATION,
        "Mask loss of Mask R-CNN",
        f"{80 * 28 * 28:,}",
        f"{28 * 28}",
        f"{loss:.3f}",
    )


def test_bilinear_interpolation() -> None:
    """The point (0.25, 0.5) between 10, 20, 30, 40 has the value 22.5."""
    x, y = 0.25, 0.5
    value = (1 - x) * (1 - y) * 10 + x * (1 - y) * 20 + (1 - x) * y * 30 + x * y * 40
    along_x = (10 + x * 10, 30 + x * 10)
    assert value == along_x[0] + y * (along_x[1] - along_x[0])
    says(SEGMENTATION, "Bilinear interpolation", f"{value:g}")


def test_segmentation_metrics() -> None:
    """IoU 0.5 and Dice 0.667 for 60 shared pixels; accuracy 0.9 beside a mean IoU of 0.45."""
    tp, fp, fn = 60, 40, 20
    overlap, dice = tp / (tp + fp + fn), 2 * tp / (2 * tp + fp + fn)
    assert dice == pytest.approx(2 * overlap / (1 + overlap))
    mean = (90 / (90 + 10) + 0 / 10) / 2
    says(
        SEGMENTATION,
        "Metrics for segmentation",
        f"{overlap:g}",
        f"{dice:.3f}",
        f"{90 / 100:g}",
        f"{mean:g}",
    )


def test_soft_dice() -> None:
    """The soft Dice loss of the example is 0.171."""
    p, y = np.array([0.9, 0.8, 0.3, 0.1]), np.array([1, 1, 0, 0])
    loss = 1 - 2 * (p * y).sum() / (p.sum() + y.sum())
    says(SEGMENTATION, "Losses for segmentation", f"{loss:.3f}")


# Geometry


def blob(dx: float, dy: float) -> Array:
    """A smooth bright spot, displaced."""
    y, x = np.mgrid[0:41, 0:41].astype(float)
    return np.asarray(np.exp(-((x - 20 - dx) ** 2 + (y - 20 - dy) ** 2) / 50))


def flow_of(first: Array, second: Array) -> tuple[Array, Array]:
    """Lucas-Kanade flow over the whole array, and the structure tensor's eigenvalues."""
    iy, ix = np.gradient((first + second) / 2)
    it = second - first
    tensor = np.array([[(ix * ix).sum(), (ix * iy).sum()], [(ix * iy).sum(), (iy * iy).sum()]])
    right = -np.array([(ix * it).sum(), (iy * it).sum()])
    return np.linalg.lstsq(tensor, right, rcond=1e-9)[0], np.linalg.eigvalsh(tensor)


def test_lucas_kanade_finds_a_small_motion() -> None:
    """The least-squares system recovers a shift of (0.4, -0.3) of a smooth spot."""
    flow, values = flow_of(blob(0, 0), blob(0.4, -0.3))
    assert np.allclose(flow, [0.4, -0.3], atol=0.02)
    assert values[0] > 0.1 * values[1]


def test_an_edge_has_one_small_eigenvalue() -> None:
    """On a straight edge the smaller eigenvalue vanishes and only normal motion is found."""
    x = np.arange(41.0)
    edge = np.tile(1 / (1 + np.exp(-(x - 20) / 3)), (41, 1))
    moved = np.tile(1 / (1 + np.exp(-(x - 20.3) / 3)), (41, 1))
    flow, values = flow_of(edge, moved)
    assert values[0] < 1e-9 * values[1]
    assert np.allclose(flow, [0.3, 0], atol=0.01)


def test_brightness_constancy_in_one_dimension() -> None:
    """A slope of 2 and a change of -1 give 0.5 pixels to the right."""
    slope, change = 2, -1
    flow = -change / slope
    x = np.arange(5.0)
    assert np.allclose(slope * (x - flow) - slope * x, change)
    says(GEOMETRY, "Brightness constancy equation", f"{flow:g}")


def test_normal_flow() -> None:
    """Gradient (3, 4) and change -10 give the normal flow (1.2, 1.6), speed 2."""
    gradient = np.array([3.0, 4])
    flow = 10 / (gradient @ gradient) * gradient
    assert np.linalg.norm(flow) == pytest.approx(2)
    for along in (0, 1, -3):
        assert gradient @ (flow + along * np.array([-4, 3])) == pytest.approx(10)
    says(GEOMETRY, "Aperture problem", f"({flow[0]:g}, {flow[1]:g})", "(-4, 3)")


def test_endpoint_error() -> None:
    """(0, 0) against (3, 4) is an error of 5 pixels."""
    says(GEOMETRY, "Learned optical flow", f"{hypot(3, 4):g}")


def test_pinhole_projection() -> None:
    """X = 0.5 at depth 4 with focal length 800 lands in column 420."""
    says(GEOMETRY, "Pinhole camera model", f"{800 * 0.5 / 4 + 320:g}")


def test_stereo_depth() -> None:
    """Disparity 16 is 5 metres; a pixel costs 0.31 metres there and 1.25 at 10 metres."""
    depth = 800 * 0.1 / 16
    errors = [z**2 / (800 * 0.1) for z in (depth, 10)]
    says(GEOMETRY, "Stereo depth", f"{depth:g}", f"{errors[0]:.2f}", f"{errors[1]:.2f}")
    derivative = (80 / (16 - 1e-4) - 80 / (16 + 1e-4)) / 2e-4
    assert derivative == pytest.approx(errors[0], rel=1e-4)


def cross_matrix(t: Array) -> Array:
    """The matrix of the cross product with a vector."""
    return np.array([[0, -t[2], t[1]], [t[2], 0, -t[0]], [-t[1], t[0], 0]])


def test_the_epipolar_constraint() -> None:
    """x'^T F x vanishes for a projected point, F and E have rank 2, and scale is lost."""
    angle = 0.2
    r = np.array([[cos(angle), 0, sin(angle)], [0, 1, 0], [-sin(angle), 0, cos(angle)]])
    t = np.array([1.0, 0.2, -0.1])
    k1 = np.array([[800.0, 0, 320], [0, 780, 240], [0, 0, 1]])
    k2 = np.array([[700.0, 0, 300], [0, 710, 220], [0, 0, 1]])
    essential = cross_matrix(t) @ r
    fundamental = np.linalg.inv(k2).T @ essential @ np.linalg.inv(k1)
    for point in np.array([[0.3, -0.2, 4], [-1, 0.5, 6], [0.1, 0.9, 3]]):
        seen, again = k1 @ point, k2 @ (r @ point + t)
        seen, again = seen / seen[2], again / again[2]
        assert abs(again @ fundamental @ seen) < 1e-12
        larger = k2 @ (r @ (2 * point) + 2 * t)
        assert np.allclose(larger / larger[2], again)
    singular = np.linalg.svd(essential)[1]
    assert singular[2] < 1e-12 < singular[1]


def test_ransac_draws() -> None:
    """Half inliers at 0.99: 72, 146 and 1,177 draws for samples of 4, 5 and 8."""
    draws = [ceil(log(1 - 0.99) / log(1 - 0.5**s)) for s in (4, 5, 8)]
    says(GEOMETRY, "RANSAC", *[f"{n:,}" for n in draws])


def test_bundle_adjustment_unknowns() -> None:
    """100 cameras and 10,000 points make 30,600 unknowns, 600 of them in the cameras."""
    says(GEOMETRY, "Bundle adjustment", f"{100 * 6 + 10_000 * 3:,}", f"{100 * 6}")


def test_volume_rendering() -> None:
    """The two-sample ray has opacities 0.393, 0.632 and weights 0.393, 0.383, 0.223 left."""
    alphas = [1 - exp(-0.5), 1 - exp(-1)]
    transmittances = [1.0, 1 - alphas[0]]
    weights = [a * t for a, t in zip(alphas, transmittances, strict=True)]
    left = prod(1 - a for a in alphas)
    assert sum(weights) + left == pytest.approx(1)
    assert transmittances[1] == pytest.approx(exp(-0.5))
    says(
        GEOMETRY,
        "Volume rendering in NeRF",
        *[f"{value:.3f}" for value in (*alphas, transmittances[1], *weights, left)],
    )


def test_positional_encoding_sizes() -> None:
    """L = 10 makes 60 numbers of a position, L = 4 makes 24 of a direction."""

    def encode(values: Sequence[float], frequencies: int) -> list[float]:
        waves: list[Callable[[float], float]] = [sin, cos]
        return [
            wave(2**power * pi * value)
            for value in values
            for power in range(frequencies)
            for wave in waves
        ]

    position, direction = encode([0.1, 0.2, 0.3], 10), encode([0.0, 0.6, 0.8], 4)
    says(GEOMETRY, "Positional encoding in NeRF", f"{len(position)}", f"{len(direction)}")


def test_gaussian_splatting_storage() -> None:
    """59 numbers per Gaussian; three million in 32-bit floats take 708 MB."""
    harmonics = sum(2 * degree + 1 for degree in range(4))
    numbers = 3 + 3 + 4 + 1 + 3 * harmonics
    says(
        GEOMETRY,
        "Gaussian splatting",
        f"{harmonics}",
        f"{numbers}",
        f"{3_000_000 * numbers * 4 / 1e6:.0f} MB",
    )


def test_the_covariance_is_always_valid() -> None:
    """R S S^T R^T is symmetric and positive, with the squared scales as eigenvalues."""
    angle, scales = 0.7, np.diag([0.1, 2.0, 0.5])
    r = np.array([[cos(angle), -sin(angle), 0], [sin(angle), cos(angle), 0], [0, 0, 1]])
    sigma = r @ scales @ scales.T @ r.T
    assert np.allclose(sigma, sigma.T)
    assert np.allclose(np.linalg.eigvalsh(sigma), [0.01, 0.25, 4])
