"""A CrossEncoder with labels made into files for ONNX Runtime, as `ingest.export` does encoders.

`python -m ingest.export_classifier FROM TO`, a program of its own, run once for a model.
"""

import sys
from pathlib import Path
from typing import Any, Final

from ingest.classify import OnnxClassifier, OriginalClassifier, Pair
from ingest.export import (
    PROBES,
    Bounds,
    ExportFailed,
    Graph,
    digests,
    limit,
    make_graphs,
    without_bars,
    write_graph,
    write_tokenizer,
)
from ingest.runtimes import ORIGINAL, TOKENIZER, FloatArray, Manifest

OUTPUT: Final = "scores"

# One less the largest difference of any label's chance. An exact export differs by rounding; int8
# may move a chance by less than what lies between a threshold and one that would do as well.
# Not measured on a model of people's making, since none could be had.
CHANCES: Final = Bounds(0.999, 0.95, "chances", "agreement")

PAIRS: Final[tuple[Pair, ...]] = (
    ("A deeper tree fits the training data better.", "Depth lowers the training error."),
    ("A deeper tree fits the training data better.", "Depth raises the training error."),
    ("overfitting", "The weather was fine."),
    *((probe, "Every step changes the weights.") for probe in PROBES),
)


def main(source: Path, target: Path) -> None:
    """Prepare the classifier of the folder `source` in the folder `target`."""
    model = load_original(source, device="cpu", attn_implementation="eager")
    write_tokenizer(model, target)
    original = _describe(model, target)
    original.write(target)
    if not (target / TOKENIZER).exists():
        raise ExportFailed("its tokenizer is not one of the tokenizers library")
    truth = OriginalClassifier(model, target, original, source.name).chances(PAIRS)
    features = model.preprocess([list(pair) for pair in PAIRS[:3]])
    make_graphs(
        target,
        original,
        lambda path: write_graph(Graph(model, {OUTPUT: None}), features, path),
        lambda manifest: _agreement(target, manifest, truth),
        CHANCES,
    )


def load_original(source: Path, device: str | None = None, **model_options: str) -> Any:
    """The CrossEncoder of a folder, in fp32; nothing is fetched, no foreign code is run."""
    from sentence_transformers import CrossEncoder

    with without_bars():
        model = CrossEncoder(
            str(source),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs=model_options,
        )
    return model.float().eval()


def _describe(model: Any, target: Path) -> Manifest:
    """The manifest of the model as sentence-transformers runs it."""
    named = {int(at): str(label) for at, label in model.config.id2label.items()}
    labels = tuple(named[at] for at in sorted(named))
    return Manifest(
        ORIGINAL, len(labels), limit(model), "", "", digests=digests(target), labels=labels
    )


def _agreement(target: Path, manifest: Manifest, truth: FloatArray) -> float:
    """One less the largest difference between a graph's chances and the original's."""
    found = OnnxClassifier(target, manifest, manifest.graph).chances(PAIRS)
    return 1 - float(abs(found - truth).max())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
