"""A SentenceTransformer made into files that ONNX Runtime runs: `python -m ingest.export FROM TO`.

A program of its own, run once for a model. What it leaves behind can be used wherever it stops:
first the manifest of the model as sentence-transformers runs it, then of its graph in fp32, then
in int8. It knows nothing of names or caches.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ingest.runtimes import (
    FP32,
    INT8,
    MANIFEST,
    ORIGINAL,
    PIECES,
    TOKENIZER,
    VECTOR,
    FloatArray,
    Manifest,
    OnnxEncoder,
    OriginalEncoder,
    WordPieces,
)
from ingest.weights import sha256

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How near what was exported must come to the original, from 0 to 1, and what is compared."""

    fp32: float
    int8: float
    compared: str
    measure: str


# The least cosine with the original's vectors, over all probes. An exact export differs by
# rounding alone. Int8 MiniLM: .98 on the empty text, .986 and more on the others; .995 on average
# over the 11,000 passages of MLQuestions, where nDCG@10 is .613 against .614 (within the error).
# A processor whose int8 sums overflow would fall below.
FP32_BOUND = 0.9999
INT8_BOUND = 0.97
VECTORS = Bounds(FP32_BOUND, INT8_BOUND, "vectors", "cosine")

# Models without a limit of their own are cut here: attention grows with the square.
LONGEST = 8192

PROBES = (
    "overfitting",
    "Which share of the alarms that a filter raises are justified?",
    "  A line with  double spaces,\ttabs, CAPITALS\nand a second line.  ",
    "rows = [n**2 for n in range(9) if n % 2]  # $\\sum_i x_i^2 \\le 1$, see ${a}_{b}$",
    "Обучение с учителем требует размеченных данных; 模型的泛化能力很重要。 تعلم الآلة 🙂",
    " ".join(f"Step {n} changes the weights a little." for n in range(100)),
)


class ExportFailed(Exception):
    """What was exported does not say what the original says."""


class Graph(torch.nn.Module):  # type: ignore[misc]
    """The whole model, from word pieces to what it calls `outputs`, each cut to its width."""

    def __init__(self, model: Any, outputs: Mapping[str, int | None]) -> None:
        super().__init__()
        self.model = model
        self.outputs = outputs

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
        """The values for each text of a batch."""
        given = {"input_ids": input_ids, "attention_mask": attention_mask}
        if token_type_ids is not None:
            given["token_type_ids"] = token_type_ids
        found = self.model(given)
        return tuple(found[name][..., :width] for name, width in self.outputs.items())


def main(source: Path, target: Path) -> None:
    """Prepare the model of the folder `source` in the folder `target`."""
    # Attention written out becomes fewer and faster nodes than the fused kind: 2.5 ms for 60
    # pieces of int8 MiniLM against 2.9.
    model = load_original(source, device="cpu", attn_implementation="eager")
    write_tokenizer(model, target)
    original = _describe(model, target)
    original.write(target)
    texts = _probes(target, original)
    truth = _vectors(OriginalEncoder(model, target, original, source.name), texts)
    features = model.preprocess(["a first text", "and a second one that is longer"])
    outputs = _outputs(model, features)
    make_graphs(
        target,
        original,
        lambda path: write_graph(Graph(model, outputs), features, path),
        lambda manifest: _agreement(target, manifest, texts, truth),
        VECTORS,
    )


def make_graphs(
    target: Path,
    original: Manifest,
    write: Callable[[Path], None],
    agreement: Callable[[Manifest], float],
    bounds: Bounds,
) -> None:
    """Write the graph in fp32 and in int8, and keep the one that is near enough."""
    fp32 = replace(original, runtime=FP32, graph="fp32.onnx")
    write(target / fp32.graph)
    exact = agreement(fp32)
    if not exact >= bounds.fp32:
        raise ExportFailed(
            f"its {bounds.compared} as exported differ from its own ({bounds.measure} {exact:.4f})"
        )
    replace(fp32, digests=digests(target)).write(target)

    int8 = replace(original, runtime=INT8, graph="int8.onnx")
    quantise(target / fp32.graph, target / int8.graph)
    near = agreement(int8)
    kept, dropped = choose(fp32, int8, near, bounds)
    _remove_graph(target, dropped)
    agreed = {FP32: exact, INT8: near}
    replace(kept, agreement=agreed, digests=digests(target)).write(target)


def load_original(source: Path, device: str | None = None, **model_options: str) -> Any:
    """The SentenceTransformer of a folder, in fp32; nothing is fetched, no foreign code is run."""
    from sentence_transformers import SentenceTransformer

    with without_bars():
        model = SentenceTransformer(
            str(source),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs=model_options,
        )
    return model.float().eval()


@contextmanager
def without_bars() -> Iterator[None]:
    """While a model is loaded, transformers shows no bars of progress."""
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if bars:
            logging.enable_progress_bar()


def write_graph(graph: Graph, features: Any, path: Path) -> None:
    """Export it with free batch and sequence axes, as it reads `features`; weights lie beside."""
    given = {name: features[name] for name in INPUTS if name in features}
    if "attention_mask" not in given:
        raise ExportFailed("it does not read word pieces with an attention mask")
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with torch.no_grad():
        torch.onnx.export(
            graph.eval(),
            kwargs=given,
            f=str(path),
            dynamo=True,
            external_data=True,
            input_names=list(given),
            output_names=list(graph.outputs),
            dynamic_shapes=dict.fromkeys(given, free),
            verbose=False,
        )


def _outputs(model: Any, features: Any) -> dict[str, int | None]:
    """What the model gives of a text: its vector, and those of its pieces where there are any."""
    with torch.no_grad():
        known = model(dict(features))
    widths = {VECTOR: model.truncate_dim, PIECES: None}
    return {name: width for name, width in widths.items() if name in known}


def quantise(exact: Path, path: Path) -> None:
    """The same graph with int8 weights, each output channel scaled by itself.

    Only of matrix products: embeddings lose by it and are read, not multiplied. The weights
    are mapped from a file beside it, so their 59 MB cost neither time nor memory at the start.
    """
    import onnx
    from onnxruntime.quantization import quantize_dynamic

    graph = onnx.load(exact)
    # The quantiser transposes the weights of dense layers, and the shapes that the exporter noted
    # would contradict them; it finds the shapes again.
    del graph.graph.value_info[:]
    quantize_dynamic(
        graph,
        path,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        use_external_data_format=True,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def choose(
    fp32: Manifest, int8: Manifest, near: float, bounds: Bounds = VECTORS
) -> tuple[Manifest, Manifest]:
    """The manifest to keep and the one to drop, by how near int8 comes to the original."""
    if near >= bounds.int8:
        return int8, fp32
    reason = f"in int8 its {bounds.compared} are too far from its own"
    reason += f" ({bounds.measure} {near:.3f})"
    return replace(fp32, reason=reason), int8


def prompts(model: Any) -> tuple[str, str]:
    """What the model wants before a question and before a passage.

    As sentence-transformers has it, but an empty prompt, which it puts in where a model names
    none, does not hide one that the model names.
    """
    known: dict[str, str] = dict(model.prompts)
    default = known.get(model.default_prompt_name or "", "")
    question = known.get("query", default)
    named = [known[name] for name in ("document", "passage", "corpus") if name in known]
    return question, next(filter(None, named), "" if named else default)


def _describe(model: Any, target: Path) -> Manifest:
    """The manifest of the model as sentence-transformers runs it."""
    question, passage = prompts(model)
    vector = model.encode("a text", show_progress_bar=False)
    return Manifest(ORIGINAL, len(vector), limit(model), question, passage, digests=digests(target))


def limit(model: Any) -> int:
    """The word pieces that the model reads of a text."""
    stated = model.max_seq_length
    places = getattr(getattr(model, "config", None), "max_position_embeddings", None)
    known = [int(n) for n in (stated, places) if isinstance(n, int) and n > 0]
    return min([*known, LONGEST])


def write_tokenizer(model: Any, target: Path) -> None:
    """The tokenizer as the model uses it, cutting where the model cuts; none if it is not fast."""
    from tokenizers import Tokenizer

    own = model.tokenizer
    fast = getattr(own, "backend_tokenizer", own)
    if not isinstance(fast, Tokenizer):
        return
    copy = Tokenizer.from_str(fast.to_str())
    copy.no_padding()
    copy.enable_truncation(limit(model), direction=getattr(own, "truncation_side", "right"))
    copy.save(str(target / TOKENIZER))


def _probes(target: Path, manifest: Manifest) -> list[str]:
    """Texts to compare; the empty one too where special pieces stand for it."""
    if not (target / TOKENIZER).exists():
        raise ExportFailed("its tokenizer is not one of the tokenizers library")
    pieces = WordPieces.read_from(target, manifest.limit)
    return [*PROBES, ""] if pieces.count("") else [*PROBES]


def _vectors(encoder: OriginalEncoder | OnnxEncoder, texts: Sequence[str]) -> FloatArray:
    """What an encoder says of the texts, as questions and as passages."""
    questions = np.array([encoder.question(text) for text in texts])
    passages = np.concatenate([encoder.passages([text]) for text in texts])
    both: FloatArray = np.concatenate([questions, passages])
    return both


def _agreement(target: Path, manifest: Manifest, texts: Sequence[str], truth: FloatArray) -> float:
    """The least cosine between the vectors of a graph and the original's."""
    found = _vectors(OnnxEncoder(target, manifest, manifest.graph), texts)
    return float((found * truth).sum(axis=1).min())


def _remove_graph(target: Path, manifest: Manifest) -> None:
    for file in target.glob(f"{manifest.graph}*"):
        file.unlink()


def digests(target: Path) -> dict[str, str]:
    """The digest of each file in `target`, its manifest apart."""
    files = (file for file in sorted(target.iterdir()) if file.name != MANIFEST)
    return {file.name: sha256(file) for file in files}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
