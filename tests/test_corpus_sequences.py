"""The worked numbers of the notes on sequences, generation, compression and deployment, computed."""

import re
from math import cos, exp, log, log2, prod, sqrt

import numpy as np
import pytest
from corpus_text import CORPUS, says, section
from numpy.typing import NDArray

RECURRENT = "40-recurrent-networks.md"
ATTENTION = "41-attention.md"
TRANSFORMERS = "42-transformers.md"
GENERATIVE = "43-generative-models.md"
DIFFUSION = "44-diffusion.md"
COMPRESSION = "45-compression-and-efficiency.md"
DEPLOYMENT = "46-deployment-and-drift.md"
NOTES = [RECURRENT, ATTENTION, TRANSFORMERS, GENERATIVE, DIFFUSION, COMPRESSION, DEPLOYMENT]

Array = NDArray[np.float64]


def sigmoid(z: float) -> float:
    """The logistic function."""
    return 1 / (1 + exp(-z))


def softmax(scores: Array) -> Array:
    """Weights along the last axis that sum to one."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))


def attend(queries: Array, keys: Array, values: Array) -> Array:
    """Scaled dot-product attention without a mask."""
    return np.asarray(softmax(queries @ keys.T / sqrt(queries.shape[-1])) @ values)


@pytest.mark.parametrize("note", NOTES)
def test_python_of_the_note_runs(note: str) -> None:
    """The Python blocks of a note run from top to bottom in one namespace."""
    text = (CORPUS / note).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, flags=re.S | re.M)
    names: dict[str, object] = {"__name__": "note"}
    for block in blocks:
        exec(compile(block, note, "exec"), names)


# Recurrent networks


def test_states_of_a_small_rnn() -> None:
    """A state of tanh(0.5 h + x) fades after a single input of 1."""
    states, state = [], 0.0
    for value in (1.0, 0.0, 0.0):
        state = float(np.tanh(0.5 * state + value))
        states.append(f"{state:.3f}")
    assert states == ["0.762", "0.363", "0.180"]
    says(RECURRENT, "How a recurrent neural network works", *states)


def test_parameters_of_recurrent_layers() -> None:
    """One weight block has 620 numbers, a GRU has three such blocks and an LSTM four."""
    block = 20 * 10 + 20 * 20 + 20
    assert (block, 4 * block, 3 * block) == (620, 2480, 1860)
    says(RECURRENT, "Weight sharing over time", "620")
    says(RECURRENT, "How many gates an LSTM has", "620", "2,480", "1,860")


def test_factors_over_fifty_steps() -> None:
    """A factor of 0.9 a step vanishes and one of 1.1 explodes."""
    assert (round(0.9**50, 4), round(1.1**50)) == (0.0052, 117)
    heading = "Vanishing and exploding gradients in recurrent networks"
    says(RECURRENT, heading, "0.0052", "117")


def test_recurrent_jacobian_against_differences() -> None:
    """Going one step back multiplies by diag(1 - h^2) W."""
    generator = np.random.default_rng(0)
    weights, before = generator.normal(size=(3, 3)), generator.normal(size=3)
    state = np.tanh(weights @ before)
    stated = np.diag(1 - state**2) @ weights
    step = 1e-6
    for column in range(3):
        moved = before.copy()
        moved[column] += step
        difference = (np.tanh(weights @ moved) - state) / step
        assert np.allclose(difference, stated[:, column], atol=1e-4)


def test_gradient_through_time_is_a_sum_over_steps() -> None:
    """The gradient of a shared weight adds the direct effects of every step."""
    inputs = [0.5, -1.0, 0.8]

    def states(weight: float) -> list[float]:
        found = [0.0]
        for value in inputs:
            found.append(float(np.tanh(weight * found[-1] + value)))
        return found

    weight = 0.7
    found = states(weight)
    total, arriving = 0.0, 1.0
    for step in range(3, 0, -1):
        slope = 1 - found[step] ** 2
        total += arriving * slope * found[step - 1]
        arriving *= slope * weight
    difference = (states(weight + 1e-6)[-1] - states(weight - 1e-6)[-1]) / 2e-6
    assert abs(total - difference) < 1e-8


def test_one_lstm_step() -> None:
    """A cell of 1 becomes 0.7 and the hidden state 0.483."""
    cell = 0.9 * 1 + 0.5 * -0.4
    hidden = 0.8 * float(np.tanh(cell))
    assert (round(cell, 3), round(hidden, 3)) == (0.7, 0.483)
    says(RECURRENT, "Long short-term memory (LSTM)", "0.7", "0.483")


def test_gradient_kept_by_the_forget_gate() -> None:
    """A gate of 0.99 keeps 0.366 over a hundred steps, one of 0.5 next to nothing."""
    assert round(0.99**100, 3) == 0.366
    assert 7.5e-31 < 0.5**100 < 8.5e-31
    assert round(sigmoid(1), 2) == 0.73
    says(RECURRENT, "Why LSTMs resist vanishing gradients", "0.366", r"8 \cdot 10^{-31}", "0.73")


def test_cell_gradient_is_the_forget_gate() -> None:
    """Along the cell the derivative of the new state by the old one is the forget gate."""
    forget, written = 0.9, 0.5 * -0.4
    difference = ((forget * (1 + 1e-6) + written) - (forget * 1 + written)) / 1e-6
    assert abs(difference - forget) < 1e-6


def test_one_gru_step() -> None:
    """An update gate of 0.25 mixes 0.8 and -0.4 to 0.5."""
    assert round((1 - 0.25) * 0.8 + 0.25 * -0.4, 6) == 0.5
    says(RECURRENT, "Gated recurrent unit (GRU)", "0.25", "0.8", "0.5")


def test_saturation_values_and_slopes() -> None:
    """At 5 the values are near 1 and the slopes near 0."""
    value, other = sigmoid(5), float(np.tanh(5))
    assert (f"{value:.4f}", f"{value * (1 - value):.4f}") == ("0.9933", "0.0066")
    assert (f"{other:.4f}", f"{1 - other**2:.5f}") == ("0.9999", "0.00018")
    assert sigmoid(0) * (1 - sigmoid(0)) == 0.25
    heading = "Saturation of sigmoid and tanh"
    says(RECURRENT, heading, "0.9933", "0.0066", "0.9999", "0.00018", "0.25")


# Attention


def test_worked_attention() -> None:
    """Scores 2, 0, 1 halved give the weights 0.506, 0.186, 0.307 and the output 18.0."""
    query = np.array([[1.0, 0, 1, 0]])
    keys = np.array([[1.0, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 0]])
    assert (query @ keys.T).tolist() == [[2, 0, 1]]
    weights = softmax(query @ keys.T / 2)[0]
    assert [f"{w:.3f}" for w in weights] == ["0.506", "0.186", "0.307"]
    output = attend(query, keys, np.array([[10.0], [20], [30]]))[0, 0]
    assert f"{output:.1f}" == "18.0"
    says(ATTENTION, "Scaled dot-product attention", "0.506", "0.186", "0.307", "18.0")


def test_attention_formula_is_printed_with_keys() -> None:
    """Inside the softmax stands Q K^T over the root of d_k, and V outside."""
    text = section(ATTENTION, "Scaled dot-product attention")
    assert r"\frac{Q K^\top}{\sqrt{d_k}}\right) V" in text


def test_variance_of_a_dot_product() -> None:
    """The dot product of unit-variance vectors has variance d_k, so deviation 8 for 64."""
    generator = np.random.default_rng(0)
    products = (generator.normal(size=(40_000, 64)) * generator.normal(size=(40_000, 64))).sum(1)
    assert abs(products.var() - 64) < 2
    assert sqrt(64) == 8


def test_softmax_gradient_with_and_without_scaling() -> None:
    """A score difference of 8 leaves almost no gradient, one of 1 plenty."""
    large, small = sigmoid(8), sigmoid(1)
    assert (f"{large:.4f}", f"{large * (1 - large):.4f}") == ("0.9997", "0.0003")
    assert (f"{small:.3f}", f"{small * (1 - small):.3f}") == ("0.731", "0.197")
    assert 300 < small * (1 - small) / (large * (1 - large)) < 900
    heading = "Why attention is scaled by the square root of d_k"
    says(ATTENTION, heading, "0.9997", "0.0003", "0.731", "0.197")
    step = 1e-6
    assert abs((sigmoid(1 + step) - sigmoid(1)) / step - small * (1 - small)) < 1e-5


def test_weights_of_multi_head_attention() -> None:
    """Width 512 and 8 heads give 64 per head and 4 * 512^2 weights, whatever the heads."""
    per_head = 512 // 8
    projections = 3 * 8 * 512 * per_head + 512 * 512
    assert (per_head, projections, 4 * 512**2) == (64, 1048576, 1048576)
    says(ATTENTION, "Multi-head attention", "64", "1048576")


def test_cache_of_grouped_query_attention() -> None:
    """Eight groups in place of 32 heads store a quarter, one a thirty-second part."""
    assert (8 / 32, 1 / 32) == (0.25, 0.03125)
    text = section(ATTENTION, "Multi-query and grouped-query attention")
    assert "a quarter" in text
    assert "thirty-second" in text


def test_masking_before_the_softmax() -> None:
    """Minus infinity before the softmax gives weights that sum to 1; zeroing later does not."""
    scores = np.array([[0.3, 1.0], [0.2, 0.5]])
    masked = np.where(np.triu(np.ones((2, 2)), k=1) > 0, -np.inf, scores)
    assert np.allclose(softmax(masked).sum(axis=1), 1)
    assert softmax(masked)[0, 1] == 0
    assert np.tril(softmax(scores)).sum(axis=1)[0] < 1


def test_local_attention_window() -> None:
    """D = 10 on both sides of the centre makes 21 positions."""
    assert len(range(-10, 11)) == 21
    says(ATTENTION, "Local attention", "21")


def test_quadratic_number_of_scores() -> None:
    """Doubling 1024 tokens makes the scores four times as many."""
    assert (1024**2, 2048**2) == (1048576, 4194304)
    says(ATTENTION, "Cost of attention", "1,048,576", "4,194,304")


def test_self_attention_is_permutation_equivariant() -> None:
    """Permuting the tokens permutes the outputs in the same way."""
    generator = np.random.default_rng(1)
    tokens = generator.normal(size=(5, 4))
    maps = generator.normal(size=(3, 4, 4))
    order = np.array([3, 0, 4, 1, 2])
    plain = attend(tokens @ maps[0], tokens @ maps[1], tokens @ maps[2])
    moved = tokens[order]
    permuted = attend(moved @ maps[0], moved @ maps[1], moved @ maps[2])
    assert np.allclose(permuted, plain[order])


def test_score_function_gradient_and_baseline() -> None:
    """A baseline leaves the mean of the sampled gradient and lowers its variance."""
    chance = np.array([0.2, 0.5, 0.3])
    reward = np.array([5.0, 6.0, 7.0])
    score = np.eye(3)[:, 0] - chance[0]
    plain, lowered = reward * score, (reward - 6) * score
    assert np.isclose(chance @ plain, chance @ lowered)
    assert np.isclose(chance @ plain, chance[0] * (reward[0] - chance @ reward))
    assert chance @ lowered**2 < chance @ plain**2


# Transformers


def test_parameters_of_gpt2_small() -> None:
    """Blocks, embeddings, positions, biases and norms add up to 124,439,808."""
    width, layers = 768, 12
    blocks, tokens, places = layers * 12 * width**2, 50257 * width, 1024 * width
    biases = layers * (3 * width + width + 4 * width + width)
    norms = layers * 4 * width + 2 * width
    rest = biases + norms
    total = blocks + tokens + places + rest
    assert (blocks, tokens, places) == (84934656, 38597376, 786432)
    assert (rest, total) == (121344, 124439808)
    heading = "Number of parameters in a transformer"
    says(TRANSFORMERS, heading, "84,934,656", "38,597,376", "786,432", "121,344", "124,439,808")


def test_rotary_positions_are_relative() -> None:
    """Rotated queries and keys depend on the distance alone: cos 1 for both pairs."""

    def turned(position: int) -> Array:
        angle = 0.5 * position
        return np.array([np.cos(angle), np.sin(angle)])

    assert np.isclose(turned(3) @ turned(5), turned(10) @ turned(12))
    assert f"{turned(3) @ turned(5):.3f}" == f"{cos(1):.3f}" == "0.540"
    says(TRANSFORMERS, "Positional encoding", "0.540")


def test_perplexity() -> None:
    """A loss of 3.0 per token is a perplexity of 20.1."""
    assert f"{exp(3):.1f}" == "20.1"
    says(TRANSFORMERS, "Pre-training objectives of language models", "3.0", "20.1")


def test_temperature() -> None:
    """Halving the temperature sharpens the softmax of 2, 1, 0."""
    logits = np.array([2.0, 1, 0])
    warm = [f"{p:.3f}" for p in softmax(logits)]
    cold = [f"{p:.3f}" for p in softmax(logits / 0.5)]
    assert warm == ["0.665", "0.245", "0.090"]
    assert cold == ["0.867", "0.117", "0.016"]
    says(TRANSFORMERS, "How a language model generates text", *warm, *cold)


def test_size_of_the_key_value_cache() -> None:
    """32 layers of 32 heads of width 128 in 2 bytes take 524,288 bytes a token."""
    per_token = 2 * 32 * 32 * 128 * 2
    assert per_token == 524288
    assert per_token * 4096 / 2**30 == 2
    assert per_token * 4096 / 4 / 2**30 == 0.5
    says(TRANSFORMERS, "Key-value cache", "524,288", "2 GiB", "0.5 GiB")


def test_patches_of_a_vision_transformer() -> None:
    """224 pixels in patches of 16 make 196 patches of 768 numbers; patches of 8 make 784."""
    assert (224 // 16) ** 2 == 196
    assert 16 * 16 * 3 == 768
    assert (224 // 8) ** 2 == 784
    assert 784**2 / 196**2 == 16
    says(TRANSFORMERS, "Vision transformer (ViT)", "196", "768", "197", "784")


def test_parameters_of_lora() -> None:
    """Rank 8 on a matrix of 4096 by 4096 trains 0.39 per cent of its weights."""
    trained = 2 * 8 * 4096
    assert (trained, 4096**2, round(100 * trained / 4096**2, 2)) == (65536, 16777216, 0.39)
    heading = "Parameter-efficient fine-tuning and LoRA"
    says(TRANSFORMERS, heading, "65,536", "16,777,216", "0.39")


def test_rmsnorm_and_layer_norm() -> None:
    """RMSNorm maps (3, 4) to (0.849, 1.131), layer normalisation to (-1, 1)."""
    values = np.array([3.0, 4.0])
    rms = values / sqrt((values**2).mean())
    layer = (values - values.mean()) / values.std()
    assert [f"{v:.3f}" for v in rms] == ["0.849", "1.131"]
    assert layer.tolist() == [-1, 1]
    says(TRANSFORMERS, "Converting GPT to Llama", "0.849", "1.131")
    assert "$(-1, 1)$" in section(TRANSFORMERS, "Converting GPT to Llama")


def test_size_of_the_gated_feed_forward_layer() -> None:
    """Three narrow matrices hold about as much as two wide ones."""
    gated, plain = 3 * 4096 * 11008, 8 * 4096**2
    assert (gated, plain) == (135266304, 134217728)
    assert abs(gated / plain - 1) < 0.01
    says(TRANSFORMERS, "Converting GPT to Llama", "135266304", "134217728")


# Generative models


def test_kl_of_a_gaussian_code() -> None:
    """Mean 1 and deviation 0.5 lie 0.818 nats from the standard normal."""
    closed = 0.5 * (1 + 0.25 - 1 - log(0.25))
    grid = np.linspace(-9, 11, 200_001)
    density = np.exp(-((grid - 1) ** 2) / (2 * 0.25)) / sqrt(2 * np.pi * 0.25)
    prior = np.exp(-(grid**2) / 2) / sqrt(2 * np.pi)
    inside = density > 0
    terms = density[inside] * np.log(density[inside] / prior[inside])
    assert abs(terms.sum() * (grid[1] - grid[0]) - closed) < 1e-6
    assert (f"{closed:.3f}", f"{-log(0.25):.3f}") == ("0.818", "1.386")
    says(GENERATIVE, "KL term of a variational autoencoder", "0.818", "1.386")


def test_evidence_lower_bound() -> None:
    """The log-likelihood exceeds the bound by the divergence to the posterior."""
    prior, likelihood, guess = np.array([0.5, 0.5]), np.array([0.9, 0.2]), np.array([0.6, 0.4])
    evidence = log(prior @ likelihood)
    posterior = prior * likelihood / (prior @ likelihood)
    bound = guess @ np.log(likelihood) - guess @ np.log(guess / prior)
    assert np.isclose(evidence - bound, guess @ np.log(guess / posterior))


def test_reparameterisation() -> None:
    """The derivatives of mu + sigma * epsilon are 1 and epsilon."""
    mean, deviation, noise, step = 0.3, 1.2, -0.7, 1e-6
    value = mean + deviation * noise
    assert abs(((mean + step) + deviation * noise - value) / step - 1) < 1e-6
    assert abs((mean + (deviation + step) * noise - value) / step - noise) < 1e-6


def test_optimal_discriminator() -> None:
    """For densities 0.3 and 0.1 the best discriminator answers 0.75; at equality log 4 is lost."""
    chances = np.linspace(0.001, 0.999, 999)
    values = 0.3 * np.log(chances) + 0.1 * np.log(1 - chances)
    assert abs(chances[values.argmax()] - 0.3 / (0.3 + 0.1)) < 1e-9
    assert f"{2 * log(0.5):.3f}" == f"{-log(4):.3f}" == "-1.386"
    says(GENERATIVE, "Generative adversarial network (GAN)", "0.75", "-1.386")


def test_generator_gradients() -> None:
    """At D = 0.01 the two generator losses have slopes 0.01 and 0.99 in the logit."""
    logit, step = log(0.01 / 0.99), 1e-6
    original = (log(1 - sigmoid(logit + step)) - log(1 - sigmoid(logit - step))) / (2 * step)
    changed = (log(sigmoid(logit + step)) - log(sigmoid(logit - step))) / (2 * step)
    assert (round(abs(original), 4), round(abs(changed), 4)) == (0.01, 0.99)
    says(GENERATIVE, "Generative adversarial network (GAN)", "0.01", "0.99")


def test_volume_term_of_a_flow() -> None:
    """Stretching by 2 adds ln 2 to the log-density."""
    grid = np.linspace(-10, 10, 100_001)
    density = 2 * np.exp(-((2 * grid) ** 2) / 2) / sqrt(2 * np.pi)
    assert abs(density.sum() * (grid[1] - grid[0]) - 1) < 1e-6
    assert f"{log(2):.3f}" == "0.693"
    says(GENERATIVE, "Autoregressive models and normalising flows", "0.693")


# Diffusion


def remaining() -> Array:
    """The share of the signal's variance after each step of the linear schedule."""
    return np.asarray(np.cumprod(1 - np.linspace(1e-4, 0.02, 1000)), dtype=np.float64)


def test_one_jump_of_the_forward_process() -> None:
    """With a share of 0.64 the value 2 and noise -1 give 1.0, and back again 2."""
    noisy = sqrt(0.64) * 2 + sqrt(1 - 0.64) * -1
    assert round(noisy, 9) == 1.0
    assert round((noisy - sqrt(1 - 0.64) * -1) / sqrt(0.64), 9) == 2
    says(DIFFUSION, "Forward process of a diffusion model", "0.64", "1.0", "2")


def test_two_small_steps_are_one_jump() -> None:
    """The noise variances of two steps add up to one minus the product of the shares."""
    first, second = 0.1, 0.2
    assert np.isclose((1 - second) * first + second, 1 - (1 - first) * (1 - second))


def test_linear_noise_schedule() -> None:
    """The table of remaining signal shares."""
    shares = remaining()
    assert [f"{shares[step - 1]:.3f}" for step in (100, 250, 500)] == ["0.897", "0.524", "0.079"]
    assert (f"{shares[749]:.4f}", f"{shares[999]:.5f}") == ("0.0034", "0.00004")
    says(DIFFUSION, "Noise schedule", "0.897", "0.524", "0.079", "0.0034", "0.00004")


def test_reverse_step_is_the_posterior_mean() -> None:
    """With the true noise, the sampling formula gives the mean of x_(t-1) given x_t and x_0."""
    beta, before = 0.1, 0.7
    now = before * (1 - beta)
    clean, noise = 1.3, -0.4
    noisy = sqrt(now) * clean + sqrt(1 - now) * noise
    sampled = (noisy - beta / sqrt(1 - now) * noise) / sqrt(1 - beta)
    weight_clean = sqrt(before) * beta / (1 - now)
    weight_noisy = sqrt(1 - beta) * (1 - before) / (1 - now)
    assert np.isclose(sampled, weight_clean * clean + weight_noisy * noisy)


def test_variance_of_the_reverse_step() -> None:
    """The variance of x_(t-1) given x_t and x_0 is beta_t scaled by a ratio below one."""
    beta, before = 0.1, 0.7
    now = before * (1 - beta)
    stated = beta * (1 - before) / (1 - now)
    assert np.isclose(stated, 1 / ((1 - beta) / beta + 1 / (1 - before)))
    assert stated < beta
    printed = r"$\beta_t\,(1 - \bar\alpha_{t-1})/(1 - \bar\alpha_t)$"
    assert printed in section(DIFFUSION, "Sampling from a diffusion model")


def test_velocity_of_the_straight_path() -> None:
    """The derivative of (1 - t) x_0 + t epsilon is epsilon - x_0, and going back ends at x_0."""
    clean, noise, step = 1.3, -0.4, 1e-6
    moved = (1 - (0.3 + step)) * clean + (0.3 + step) * noise
    velocity = (moved - ((1 - 0.3) * clean + 0.3 * noise)) / step
    assert abs(velocity - (noise - clean)) < 1e-6
    assert abs(noise - velocity - clean) < 1e-6


def test_score_of_noisy_data() -> None:
    """The score of the noisy density is minus the mean noise over its deviation."""
    share, clean, weights = 0.5, np.array([-1.0, 2.0]), np.array([0.3, 0.7])

    def density(value: float) -> Array:
        gaps = value - sqrt(share) * clean
        return np.asarray(weights * np.exp(-(gaps**2) / (2 * (1 - share))))

    value, step = 0.4, 1e-5
    slope = log(density(value + step).sum()) - log(density(value - step).sum())
    chances = density(value) / density(value).sum()
    mean_noise = chances @ ((value - sqrt(share) * clean) / sqrt(1 - share))
    assert abs(slope / (2 * step) + mean_noise / sqrt(1 - share)) < 1e-6


def test_summed_noise_becomes_gaussian() -> None:
    """The excess kurtosis of Laplace noise is 3, that of a sum of 100 pieces 0.03."""
    grid = np.linspace(-60, 60, 1_200_001)
    density = np.exp(-np.abs(grid)) / 2
    width = grid[1] - grid[0]
    second, fourth = (grid**2 * density).sum() * width, (grid**4 * density).sum() * width
    excess = fourth / second**2 - 3
    assert abs(excess - 3) < 1e-3
    assert round(excess / 100, 2) == 0.03
    says(DIFFUSION, "Why diffusion models use Gaussian noise", "3", "0.03")


def test_masking_diffusion() -> None:
    """With a tenth masked at each step 0.349 is visible after ten."""
    assert f"{0.9**10:.3f}" == "0.349"
    keep = np.array([[0.9, 0.1], [0.0, 1.0]])
    assert np.isclose(np.linalg.matrix_power(keep, 10)[0, 0], 0.9**10)
    says(DIFFUSION, "Discrete diffusion", "0.349")


def test_guidance() -> None:
    """Predictions of 0.5 and 0.2 at a scale of 7.5 give 2.45."""
    assert round(0.2 + 7.5 * (0.5 - 0.2), 9) == 2.45
    says(DIFFUSION, "Classifier-free guidance", "0.5", "0.2", "7.5", "2.45")


def test_size_of_the_latent() -> None:
    """512 by 512 by 3 against 64 by 64 by 4 is a factor of 48."""
    pixels, latent = 512 * 512 * 3, 64 * 64 * 4
    assert (pixels, latent, pixels // latent) == (786432, 16384, 48)
    says(DIFFUSION, "Latent diffusion and Stable Diffusion", "786,432", "16,384", "48")


# Compression


def test_distillation_temperature() -> None:
    """Temperature 4 brings out the small probabilities of the logits 5, 2, 0."""
    logits = np.array([5.0, 2, 0])
    cold = [f"{p:.3f}" for p in softmax(logits)]
    warm = [f"{p:.3f}" for p in softmax(logits / 4)]
    assert (cold, warm) == (["0.946", "0.047", "0.006"], ["0.569", "0.269", "0.163"])
    says(COMPRESSION, "Knowledge distillation", *cold, *warm)


def test_distillation_gradient_shrinks_with_the_temperature() -> None:
    """At high temperature the gradient of the soft term goes like one over T squared."""
    teacher, student = np.array([5.0, 2, 0]), np.array([1.0, 0, 0.5])

    def gradient(heat: float) -> Array:
        return (softmax(student / heat) - softmax(teacher / heat)) / heat

    ratio = np.linalg.norm(gradient(200)) / np.linalg.norm(gradient(400))
    assert abs(ratio - 4) < 0.1


def test_storage_of_pruned_weights() -> None:
    """Nine tenths pruned with 4-byte indices leaves a fifth, not a tenth."""
    kept = 100_000 * (4 + 4)
    assert kept == 0.8e6
    assert kept / 4e6 == 0.2
    says(COMPRESSION, "Model pruning", "0.8 MB", "4 MB")


def test_affine_quantisation() -> None:
    """0.3 in the range -0.5 to 1.5 becomes 102 and is decoded as 0.298."""
    scale = 2 / 255
    zero = round(0.5 / scale)
    code = round(0.3 / scale) + zero
    decoded = scale * (code - zero)
    assert (f"{scale:.5f}", zero, code, f"{decoded:.3f}") == ("0.00784", 64, 102, "0.298")
    assert f"{scale / 2:.4f}" == "0.0039"
    values = np.linspace(-0.5, 1.5, 10_001)
    codes = np.clip(np.round(values / scale) + zero, 0, 255)
    assert np.abs(scale * (codes - zero) - values).max() <= scale / 2 * 1.01
    says(COMPRESSION, "Quantisation", "0.00784", "64", "102", "0.298", "0.0039")


def test_floating_point_formats() -> None:
    """Largest values and spacing of FP32, FP16 and BF16."""
    single, half = np.finfo(np.float32), np.finfo(np.float16)
    assert f"{single.max:.1e}" == "3.4e+38"
    assert f"{single.eps:.1e}" == "1.2e-07"
    assert half.max == 65504
    assert f"{half.eps:.5f}" == "0.00098"
    brain = (2 - 2**-7) * 2.0**127
    assert f"{brain:.1e}" == "3.4e+38"
    assert f"{2**-7:.4f}" == "0.0078"
    says(COMPRESSION, "Half precision is not quantisation", "65,504", "0.00098", "0.0078")


def test_loss_scaling_lifts_gradients_out_of_underflow() -> None:
    """A gradient of 1e-8 is zero in FP16, but not after the loss was multiplied by 1024."""
    assert np.float16(1e-8) == 0
    assert np.float16(1e-8 * 1024) > 0
    assert "underflow" in section(COMPRESSION, "Half precision is not quantisation")


def test_memory_for_inference() -> None:
    """Seven billion parameters take 28, 14, 7 and 3.5 GB."""
    sizes = [7 * width for width in (4, 2, 1, 0.5)]
    assert sizes == [28, 14, 7, 3.5]
    says(COMPRESSION, "Memory for inference", "28 GB", "14 GB", "7 GB", "3.5 GB")


def test_memory_for_training() -> None:
    """Mixed precision with Adam takes 16 bytes a parameter, 112 GB for seven billion."""
    assert 2 + 2 + 4 + 4 + 4 == 16 == 4 * 4
    assert 16 * 7 == 112
    says(COMPRESSION, "Memory for training", "16", "112 GB")


def test_activation_memory() -> None:
    """A layer of 1024 by 1024 in 32 bits has 4 MiB, as have its inputs at a batch of 1024."""
    assert 1024 * 1024 * 4 == 4 * 2**20
    assert 2 * sqrt(64) == 16
    heading = "Activation memory and gradient checkpointing"
    says(COMPRESSION, heading, "4 MiB", "8 MiB", "64", "16")


def test_low_rank_parameters() -> None:
    """Rank 50 of 1000 by 1000 takes a tenth, and the gain ends at rank 500."""
    assert 50 * (1000 + 1000) == 100_000
    assert 1000 * 1000 / (1000 + 1000) == 500
    says(COMPRESSION, "Low-rank factorisation", "1,000,000", "100,000", "500")


def test_memory_bandwidth_bound() -> None:
    """Reading 14 GB at 1,000 GB a second takes 14 ms, so at most 71 tokens a second."""
    seconds = 14 / 1000
    assert seconds == 0.014
    assert round(1 / seconds) == 71
    assert 14 / 3.5 == 4
    says(COMPRESSION, "Latency, throughput and memory bandwidth", "14 ms", "71")


# Deployment


def test_population_stability_index() -> None:
    """Shares 0.5, 0.3, 0.2 against 0.4, 0.3, 0.3 give 0.063."""
    expected, actual = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])
    index = ((actual - expected) * np.log(actual / expected)).sum()
    assert f"{index:.3f}" == "0.063"
    says(DEPLOYMENT, "Detecting drift", "0.063")


def test_ranking_losses() -> None:
    """Scores 2.0, 0.5 and 0.0 give a pairwise loss of 0.201 and a listwise one of 0.306."""
    pair = log(1 + exp(-(2.0 - 0.5)))
    listed = -log(softmax(np.array([2.0, 0.5, 0.0]))[0])
    assert (f"{pair:.3f}", f"{listed:.3f}") == ("0.201", "0.306")
    says(DEPLOYMENT, "Losses for ranking models", "0.201", "0.306")


def gain(grades: list[int]) -> float:
    """Discounted cumulative gain of relevance grades in their order."""
    return sum((2.0**grade - 1) / log2(place + 1) for place, grade in enumerate(grades, start=1))


def test_ndcg() -> None:
    """The grades 3, 2, 0, 1 have an NDCG of 0.993, and 0, 2, 3, 1 one of 0.620."""
    best = gain([3, 2, 1, 0])
    first, second = gain([3, 2, 0, 1]), gain([0, 2, 3, 1])
    assert (f"{first:.3f}", f"{best:.3f}", f"{first / best:.3f}") == ("9.323", "9.393", "0.993")
    assert f"{second / best:.3f}" == "0.620"
    assert 1 / 4 == 0.25
    heading = "Evaluating a ranking model"
    says(DEPLOYMENT, heading, "9.323", "9.393", "0.993", "0.620", "0.25")


def test_chain_rule_of_an_autoregressive_model() -> None:
    """The product of conditional probabilities is the joint probability."""
    joint = np.array([[0.1, 0.3], [0.4, 0.2]])
    first = joint.sum(axis=1)
    product = prod([first[1], joint[1, 0] / first[1]])
    assert np.isclose(product, joint[1, 0])
