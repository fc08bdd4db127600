"""Texts to unit vectors: by ONNX Runtime, or by sentence-transformers where that cannot be.

It knows nothing of where a model comes from, of caches, or of how a model is exported.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.errors import EncoderError

FloatArray = NDArray[np.float32]
Text = TypeVar("Text")
Found = TypeVar("Found")

# What a graph gives: the vector of the text, and those of its word pieces.
VECTOR = "sentence_embedding"
PIECES = "token_embeddings"

INT8 = "onnx int8"
FP32 = "onnx fp32"
ORIGINAL = "sentence-transformers"

MANIFEST = "manifest.json"
TOKENIZER = "tokenizer.json"

# A text is tokenised in blocks of so many characters: five million Chinese ones at once took
# 17 s and 3 GB, in blocks 6 s and 10 MB.
BLOCK = 20_000
# No piece of a usual tokenizer spans more characters (WordPiece gives up on longer words), so
# what lies beyond this many for each piece that the model reads cannot reach it.
REACH = 100
# Each text costs Python some 0.1 ms that threads cannot share, against 2 to 3 ms of ONNX
# Runtime; more threads than this only wait for one another.
MOST_WORKERS = 16
# ONNX Runtime's fusion of a sum with the normalisation after it is slower on CPUs than the two
# apart: int8 MiniLM on 60 pieces takes 2.9 ms with it, 2.5 without.
SLOW_FUSIONS = ("SkipLayerNormFusion",)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a prepared model is; kept beside it, and written last.

    `labels` say what the values of a classifier mean; an encoder's have no names.
    """

    runtime: str
    dimension: int
    limit: int
    question_prompt: str
    passage_prompt: str
    graph: str = ""
    reason: str = ""
    agreement: dict[str, float] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Keep this in `folder`."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1), "utf-8")


@dataclass(frozen=True, slots=True)
class Reading:
    """Texts as a model reads them: a unit row for each text, and for each of its word pieces.

    `pieces` holds an array for each text, without the special pieces at its ends; it has no rows
    where a model does not tell.
    """

    vectors: FloatArray
    pieces: tuple[FloatArray, ...]


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in `folder`; None where there is none that can be read."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if not isinstance(manifest.digests, dict) or not isinstance(manifest.labels, list | tuple):
        return None
    return replace(manifest, labels=tuple(manifest.labels))


class WordPieces:
    """The model's own tokenizer: counts pieces, and gives those that the model reads."""

    def __init__(self, tokenizer: Any, limit: int) -> None:
        """`tokenizer` is one of the tokenizers package that cuts at `limit` pieces."""
        self._tokenizer = tokenizer
        self._limit = limit
        self._special: int = tokenizer.num_special_tokens_to_add(False)

    @classmethod
    def read_from(cls, folder: Path, limit: int) -> "WordPieces":
        """The tokenizer that was written to `folder`."""
        from tokenizers import Tokenizer

        return cls(Tokenizer.from_file(str(folder / TOKENIZER)), limit)

    def count(self, text: str) -> int:
        """Pieces of the whole text with the special ones; exact up to `BLOCK` characters.

        A longer text is counted in blocks cut at spaces, which can differ by a piece a block.
        """
        return self._special + sum(self._pieces(block) for block in _blocks(text))

    def read(self, text: str) -> Any:
        """The encoding of as much of the text as the model reads."""
        return self._tokenizer.encode(readable(text, self._limit))

    def read_pair(self, first: str, second: str) -> Any:
        """The encoding of as much of two texts as the model reads of both together."""
        return self._tokenizer.encode(readable(first, self._limit), readable(second, self._limit))

    def room_beside(self, second: str) -> int:
        """How many pieces of another text the model can read before this one."""
        specials: int = self._tokenizer.num_special_tokens_to_add(True)
        return self._limit - specials - self.count(second) + self._special

    def _pieces(self, block: str) -> int:
        encoding = self._tokenizer.encode(well_formed(block))
        parts = [encoding, *encoding.overflowing]
        return sum(len(part) - self._special for part in parts)


def _blocks(text: str) -> Iterator[str]:
    """The text in blocks of at most `BLOCK` characters, cut at a space where there is one."""
    start = 0
    while len(text) - start > BLOCK:
        space = max(text.rfind(mark, start + 1, start + BLOCK) for mark in " \n")
        end = space if space != -1 else start + BLOCK
        yield text[start:end]
        start = end
    yield text[start:]


def readable(text: str, limit: int) -> str:
    """As much of a text as a model that reads `limit` pieces can come to see."""
    return well_formed(text[: max(BLOCK, REACH * limit)])


def well_formed(text: str) -> str:
    """The text without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


class OnnxEncoder:
    """A prepared model run by ONNX Runtime, one text at a time, several texts side by side.

    One at a time because dynamic int8 scales a whole batch by its largest value, so that a
    text's vector would depend on its neighbours; and because batches were no faster on CPUs,
    in fp32 neither. Safe for use by several threads.
    """

    def __init__(self, folder: Path, manifest: Manifest, name: str) -> None:
        self.name = name
        self.runtime = manifest.runtime
        self.dimension = manifest.dimension
        self._manifest = manifest
        self._pieces = WordPieces.read_from(folder, manifest.limit)
        self.max_tokens = room(manifest, self.count)
        self._session = open_session(folder / manifest.graph)
        self._inputs = [given.name for given in self._session.get_inputs()]
        self._outputs = [given.name for given in self._session.get_outputs()]

    def count(self, text: str) -> int:
        """Word pieces of the text, special ones included, never cut."""
        return self._pieces.count(text)

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text."""
        return [self.count(text) for text in texts]

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """A unit row for each text."""
        return self.read(texts).vectors

    def question(self, text: str) -> FloatArray:
        """The unit vector of a question."""
        return self._read(self._manifest.question_prompt + text)[0]

    def read(self, texts: Sequence[str]) -> Reading:
        """Each text as a passage, with its word pieces."""
        return self._reading(side_by_side(self._passage, texts))

    def read_question(self, text: str) -> Reading:
        """A question with its word pieces."""
        return self._reading([self._read(self._manifest.question_prompt + text)])

    def _reading(self, read: Sequence[tuple[FloatArray, FloatArray]]) -> Reading:
        vectors = np.array([vector for vector, _ in read], np.float32)
        return Reading(
            vectors.reshape(len(read), self.dimension), tuple(pieces for _, pieces in read)
        )

    def _passage(self, text: str) -> tuple[FloatArray, FloatArray]:
        return self._read(self._manifest.passage_prompt + text)

    def _read(self, text: str) -> tuple[FloatArray, FloatArray]:
        """The vector of a text, and those of its pieces."""
        encoding = self._pieces.read(text)
        if not len(encoding):
            return np.zeros(self.dimension, np.float32), np.empty((0, 1), np.float32)
        values = self._session.run(None, fed(encoding, self._inputs))
        found = dict(zip(self._outputs, values, strict=True))
        vector: FloatArray = unit(found[VECTOR], self.name, text)[0]
        if PIECES not in found:
            return vector, np.empty((0, 1), np.float32)
        said = ~np.array(encoding.special_tokens_mask, bool)
        own = found[PIECES][0][said]
        return vector, unit(own, self.name, *[text] * len(own))


class OriginalEncoder:
    """The model run by sentence-transformers itself; slower to load and to run.

    One caller at a time: its tokenizer is changed while it is used.
    """

    runtime = ORIGINAL

    def __init__(self, model: Any, folder: Path, manifest: Manifest, name: str) -> None:
        """`model` is the SentenceTransformer that was prepared in `folder`."""
        self.name = name
        self.dimension = manifest.dimension
        self._manifest = manifest
        self._model = model
        self._lock = threading.Lock()
        fast = (folder / TOKENIZER).exists()
        self._pieces = WordPieces.read_from(folder, manifest.limit) if fast else None
        self.max_tokens = room(manifest, self.count)

    def count(self, text: str) -> int:
        """Word pieces of the text, special ones included, never cut."""
        if self._pieces is not None:
            return self._pieces.count(text)
        with self._lock:
            return len(self._model.tokenizer.encode(well_formed(text), truncation=False))

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text."""
        return [self.count(text) for text in texts]

    def passages(self, texts: Sequence[str]) -> FloatArray:
        """A unit row for each text."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._vectors(self._model.encode_document, texts, self._manifest.passage_prompt)

    def question(self, text: str) -> FloatArray:
        """The unit vector of a question."""
        prompt = self._manifest.question_prompt
        vector: FloatArray = self._vectors(self._model.encode_query, [text], prompt)[0]
        return vector

    def read(self, texts: Sequence[str]) -> Reading:
        """Each text as a passage; of its word pieces nothing is told."""
        return _without_pieces(self.passages(texts))

    def read_question(self, text: str) -> Reading:
        """A question; of its word pieces nothing is told."""
        return _without_pieces(self.question(text).reshape(1, -1))

    def _vectors(self, encode: Any, texts: Sequence[str], prompt: str) -> FloatArray:
        clean = [readable(text, self._manifest.limit) for text in texts]
        with self._lock:
            found = encode(clean, prompt=prompt, show_progress_bar=False)
        return unit(found, self.name, *texts)


def _without_pieces(vectors: FloatArray) -> Reading:
    return Reading(vectors, tuple(np.empty((0, 1), np.float32) for _ in vectors))


def side_by_side(run: Callable[[Text], Found], texts: Sequence[Text]) -> list[Found]:
    """What a model run on one text at a time gives for each, on as many threads as help."""
    if len(texts) < 2:
        return [run(text) for text in texts]
    return list(_workers().map(run, texts))


@lru_cache(maxsize=1)
def _workers() -> ThreadPoolExecutor:
    """Those of the whole process: where many ask at once, more threads than cores only get in each
    other's way.
    """
    return ThreadPoolExecutor(min(_cores(), MOST_WORKERS), thread_name_prefix="footnote-encoder")


def fed(encoding: Any, inputs: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """What a graph with these inputs is given of one encoding."""
    pieces = np.array([encoding.ids], np.int64)
    given = {
        "input_ids": pieces,
        "attention_mask": np.ones_like(pieces),
        "token_type_ids": np.array([encoding.type_ids], np.int64),
    }
    return {name: given[name] for name in inputs}


def room(manifest: Manifest, count: Callable[[str], int]) -> int:
    """Pieces that a passage may have: the model's limit, less what the prompt takes of it."""
    prompt = manifest.passage_prompt
    return manifest.limit - (count(prompt) - count("") if prompt else 0)


def unit(rows: NDArray[Any], name: str, *texts: str) -> FloatArray:
    """The rows at length one; a row of zeros stays one, and what is not a number is refused."""
    rows = np.asarray(rows, np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    for row in np.flatnonzero(~np.isfinite(lengths[:, 0])):
        raise EncoderError(
            f"The encoder {name} gives values that are no numbers for the text"
            f" {texts[int(row)][:60]!r}; its weights may be damaged: fetch them anew,"
            " or choose another encoder"
        )
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def open_session(graph: Path) -> Any:
    """An ONNX Runtime session that runs in its caller's thread and keeps none of its own."""
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(graph),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=list(SLOW_FUSIONS),
        )
    except (Fail, InvalidGraph, InvalidProtobuf) as error:
        raise EncoderError(
            f"{graph} cannot be run ({error}); delete {graph.parent} to have it made anew"
        ) from error


def _cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
