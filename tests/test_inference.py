"""The checker by inference: found, refused, prepared once, run without torch, and its verdicts."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models
from sentence_transformers import CrossEncoder

from ingest.classify import Classifier, Pair, load_classifier, softmax
from ingest.encode import PACKAGED, FloatArray
from ingest.errors import EncoderError
from ingest.export_classifier import CHANCES
from ingest.weights import find_model
from rag.checker import Claim
from rag.inference import CHECKER, InferenceChecker, Meaning, meaning_of, open_checker
from rag.types import Verdict

ROOT = Path(__file__).parent.parent
HEAVY = ("torch", "transformers", "sentence_transformers", "onnx")
PAIRS: list[Pair] = [
    ("the model", "the data"),
    ("the data", "the model"),
    ("", "the data"),
    ("the model", ""),
    ("Data? [1] $x$", "неизвестно 数据"),
    ("the model \ud800", "the data"),
    ("the data of the model " * 20, "the model"),
    ("the model", "the data of the model " * 20),
]

CHECK = """
import json, sys
from pathlib import Path
from rag.checker import Claim
from rag.inference import open_checker
said = []
checker = open_checker(sys.argv[1], Path(sys.argv[2]), said.append)
judged = checker.check([Claim("the model", ("the data of the model " * 9,))])
heavy = [name for name in sys.argv[3:] if name in sys.modules]
print(json.dumps({"said": said, "heavy": heavy, "name": checker.name, "verdict": judged[0].verdict}))
"""


@dataclass
class FakeClassifier:
    """Gives chances by a script: a premise that holds a text has the chances of that text."""

    labels: tuple[str, ...] = ("contradiction", "entailment", "neutral")
    script: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    limit: int = 40
    runtime: str = "fake"
    asked: list[Pair] = field(default_factory=list)

    def count(self, text: str) -> int:
        """One piece for each word."""
        return len(text.split())

    def room_beside(self, second: str) -> int:
        """What the second text leaves of the limit."""
        return self.limit - self.count(second)

    def chances(self, pairs: Sequence[Pair]) -> FloatArray:
        """The scripted chances; a premise that the script does not know is neutral."""
        self.asked.extend(pairs)
        neutral = tuple(float(label == "neutral") for label in self.labels)
        rows = [
            next((row for text, row in self.script.items() if text in premise), neutral)
            for premise, _ in pairs
        ]
        return np.array(rows, np.float32).reshape(len(pairs), len(self.labels))


def verdict(classifier: FakeClassifier, *evidence: str, text: str = "Recall is low.") -> Verdict:
    """What a fake classifier makes of a claim."""
    return InferenceChecker(classifier, "fake").check([Claim(text, evidence)])[0].verdict


# Labels


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("contradiction", "entailment", "neutral"), Meaning(1, 0)),
        (("entailment", "neutral", "contradiction"), Meaning(0, 2)),
        (("CONTRADICTION", "NEUTRAL", "ENTAILMENT"), Meaning(2, 0)),
        (("neutral", "contradicts", "entails"), Meaning(2, 1)),
        (("entailment", "not_entailment"), Meaning(0, None)),
        (("non-entailment", "entailment"), Meaning(1, None)),
        (("contradiction", "entailment"), Meaning(1, 0)),
    ],
)
def test_labels_are_known_by_name(labels: tuple[str, ...], expected: Meaning) -> None:
    """Models differ in the order of their labels, and in how they spell them."""
    assert meaning_of(labels, "some") == expected


@pytest.mark.parametrize(
    "labels",
    [
        (),
        ("LABEL_0",),
        ("LABEL_0", "LABEL_1", "LABEL_2"),
        ("positive", "negative"),
        ("entailment", "neutral", "other"),
        ("entailment", "entails", "neutral"),
        ("contradiction", "neutral"),
        ("not_entailment", "neutral"),
    ],
)
def test_labels_that_do_not_say_are_refused(labels: tuple[str, ...]) -> None:
    """Nothing is guessed: the message names the model, its labels and what to do."""
    with pytest.raises(EncoderError, match=r"some does not say.*entailment.*CrossEncoder"):
        meaning_of(labels, "some")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_the_order_of_labels_makes_no_difference(order: tuple[int, ...]) -> None:
    """The same chances give the same verdict, in whatever order they come."""
    names, row = ("contradiction", "entailment", "neutral"), (0.1, 0.8, 0.1)
    labels = tuple(names[at] for at in order)
    classifier = FakeClassifier(labels, {"Recall": tuple(row[at] for at in order)})
    assert verdict(classifier, "Recall is not high.") is Verdict.SUPPORTED


# Verdicts


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((0.0, 0.71, 0.29), Verdict.SUPPORTED),
        ((0.3, 0.69, 0.01), Verdict.UNCONFIRMED),
        ((0.71, 0.1, 0.19), Verdict.CONTRADICTED),
        ((0.69, 0.1, 0.21), Verdict.UNCONFIRMED),
        ((0.0, 0.0, 1.0), Verdict.UNCONFIRMED),
    ],
)
def test_chances_give_verdicts(row: tuple[float, ...], expected: Verdict) -> None:
    """Supported and contradicted from .7 on, unconfirmed between."""
    assert verdict(FakeClassifier(script={"Recall": row}), "Recall is not high.") is expected


def test_one_window_that_entails_is_enough() -> None:
    """A statement follows if it follows from any passage, whatever the others say."""
    script = {"Recall": (0.0, 0.9, 0.1), "Precision": (0.9, 0.0, 0.1)}
    classifier = FakeClassifier(script=script)
    assert verdict(classifier, "Precision is high.", "Recall is not high.") is Verdict.SUPPORTED


def test_nothing_is_contradicted_that_likely_follows() -> None:
    """Where a window makes it likelier than not, another window is no accusation."""
    script = {"Recall": (0.2, 0.6, 0.2), "Precision": (1.0, 0.0, 0.0)}
    classifier = FakeClassifier(script=script)
    claim = Claim("Recall is low.", ("Precision is high.", "Recall is not high."))
    found = InferenceChecker(classifier, "fake").check([claim])[0]
    assert found.verdict is Verdict.UNCONFIRMED
    # It has judged, however sure the other window is.
    assert found.confidence > 0


def test_two_labels_never_contradict() -> None:
    """'Not entailed' says that it does not follow, not that it is wrong."""
    classifier = FakeClassifier(("entailment", "not_entailment"), {"Recall": (0.0, 1.0)})
    assert verdict(classifier, "Recall is high.") is Verdict.UNCONFIRMED


def test_the_end_of_a_long_passage_counts() -> None:
    """What a model could not read at once is read in windows, each of which fits."""
    classifier = FakeClassifier(script={"quiet": (0.0, 0.9, 0.1)})
    passage = "The weather is fine today. " * 30 + "All was quiet then."
    assert verdict(classifier, passage) is Verdict.SUPPORTED
    assert all(
        classifier.count(one) <= classifier.room_beside(two) for one, two in classifier.asked
    )


def test_a_short_premise_is_read_as_well() -> None:
    """The line that a statement rests on is put before the model by itself."""
    classifier = FakeClassifier()
    verdict(classifier, "The weather is fine. Recall is not high. Precision is.")
    assert "Recall is not high." in [premise for premise, _ in classifier.asked]


def test_claims_do_not_mix() -> None:
    """Each claim gets the judgement of its own evidence, in order."""
    classifier = FakeClassifier(script={"Recall": (0.0, 0.9, 0.1), "Precision": (0.9, 0.0, 0.1)})
    claims = [
        Claim("A.", ("Precision is high. It is fine.", "Rain. Wind.")),
        Claim("B.", ()),
        Claim("C.", ("Recall is not high.",)),
    ]
    found = InferenceChecker(classifier, "fake").check(claims)
    assert [one.verdict for one in found] == [
        Verdict.CONTRADICTED,
        Verdict.UNCONFIRMED,
        Verdict.SUPPORTED,
    ]
    assert all("fake" in one.reason for one in found)


@pytest.mark.parametrize("text", ["", "word " * 39])
def test_what_leaves_no_room_is_not_judged(text: str) -> None:
    """A statement as long as all that a model reads is unconfirmed, and nothing is asked."""
    classifier = FakeClassifier()
    found = InferenceChecker(classifier, "fake").check([Claim(text, ("Recall.",))])[0]
    assert (found.verdict, found.confidence, classifier.asked) == (Verdict.UNCONFIRMED, 0, [])
    assert found.reason


def test_values_that_are_no_numbers_are_refused() -> None:
    """A damaged model is an error that names it and the statement."""
    with pytest.raises(EncoderError, match=r"some gives.*'a statement'"):
        softmax([[0.1, np.nan, 0.2]], "some", ("a text", "a statement"))


# Finding


def configured(folder: Path, **config: Any) -> str:
    """A folder with a configuration and no weights."""
    (folder / "config.json").write_text(json.dumps(config))
    return str(folder)


@pytest.mark.parametrize("name", ["./missing", "/no/such/folder"])
def test_a_path_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    """The message names the path, and what may be named instead."""
    with pytest.raises(EncoderError, match=f"no folder {name} to load the checker.*CrossEncoder"):
        open_checker(name, tmp_path)


def test_an_encoder_is_no_checker(tmp_path: Path) -> None:
    """A model that gives vectors is refused at once, and nothing is prepared."""
    with pytest.raises(EncoderError, match="holds no CrossEncoder but BertModel"):
        open_checker(PACKAGED, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_model_without_labels_is_refused_at_once(tmp_path: Path) -> None:
    """A reranker has one score and no labels; that is seen before it is prepared."""
    kinds = ["BertForSequenceClassification"]
    name = configured(tmp_path, architectures=kinds, id2label={"0": "LABEL_0"})
    with pytest.raises(EncoderError, match="its labels: LABEL_0; wanted: entailment"):
        open_checker(name, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "config", ["{", "[]", '{"id2label": ["entailment"]}', '{"id2label": {"x": 1}}']
)
def test_a_configuration_that_cannot_be_read_is_named(tmp_path: Path, config: str) -> None:
    """Whatever stands in it, the message names the file."""
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(EncoderError, match=str(tmp_path)):
        open_checker(str(tmp_path), tmp_path / "cache")


def test_a_model_that_does_not_load_is_named(tmp_path: Path) -> None:
    """Configuration without weights is an error that names the folder and what to do."""
    name = configured(
        tmp_path,
        model_type="bert",
        architectures=["BertForSequenceClassification"],
        id2label=dict(enumerate(tiny_models.LABELS)),
    )
    with pytest.raises(EncoderError, match=r"cannot be loaded as a CrossEncoder.*huggingface"):
        open_checker(name, tmp_path / "cache")


# The prepared model


@dataclass
class Prepared:
    """A tiny classifier, the cache it was prepared in, and what the process said that did it."""

    model: Path
    cache: Path
    first: dict[str, Any]

    def classifier(self) -> Classifier:
        """The classifier, loaded in this process."""
        return load_classifier(find_model(str(self.model), str, CHECKER), CHECKER, self.cache)

    def truth(self) -> FloatArray:
        """What the original says of the pairs."""
        original = CrossEncoder(str(self.model), device="cpu", local_files_only=True)
        clean = [[one.replace("\ud800", "?"), two] for one, two in PAIRS]
        found: FloatArray = original.predict(clean, apply_softmax=True, show_progress_bar=False)
        return found


def told(model: Path, cache: Path) -> dict[str, Any]:
    """What a process of its own found that checks one claim; it must have written nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(model), str(cache), *HEAVY],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def prepared(model: Path) -> Prepared:
    """The model, prepared by a process of its own."""
    cache = model.parent / "cache"
    return Prepared(model, cache, told(model, cache))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A classifier that has learned nothing."""
    return prepared(tiny_models.classifier(tmp_path_factory.mktemp("tiny")))


def test_the_prepared_model_is_the_original(tiny: Prepared) -> None:
    """Every pair has the original's chances, short or long, within what int8 may move them."""
    found, expected = tiny.classifier(), tiny.truth()
    assert found.runtime == "onnx int8"
    assert np.abs(found.chances(PAIRS) - expected).max() < 1 - CHANCES.int8
    # The pairs tell: a graph that says the same of all would not pass.
    assert np.ptp(expected, axis=0).max() > 0.1


def test_the_labels_are_the_models(tiny: Prepared) -> None:
    """The names in the order of the chances are kept beside the prepared model."""
    assert tiny.classifier().labels == tiny_models.LABELS


def test_chances_add_up(tiny: Prepared) -> None:
    """A row for each pair, whose chances are one together."""
    rows = tiny.classifier().chances(PAIRS)
    assert rows.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert tiny.classifier().chances([]).shape == (0, 3)


def test_neighbours_do_not_tell(tiny: Prepared) -> None:
    """A pair's chances are the same alone and among others, to the last bit."""
    classifier = tiny.classifier()
    together = classifier.chances(PAIRS)
    for pair, row in zip(PAIRS, together, strict=True):
        assert np.array_equal(classifier.chances([pair])[0], row)


def test_order_within_a_pair_tells(tiny: Prepared) -> None:
    """The text and what may follow from it are not taken for each other."""
    rows = tiny.classifier().chances(PAIRS[:2])
    assert not np.allclose(rows[0], rows[1], atol=1e-3)


def test_room_is_what_the_model_reads_of_the_first_text(tiny: Prepared) -> None:
    """A first text of just that many pieces counts whole: one piece more changes nothing."""
    classifier = tiny.classifier()
    room = classifier.room_beside("the model")
    assert room == tiny_models.LIMIT - 3 - 2
    fits, over = ("the data " * room, "the data " * room + "x")
    pairs: list[Pair] = [
        (" ".join(text.split()[:pieces]), "the model")
        for text, pieces in ((fits, room), (over, room + 1), (fits, room - 1))
    ]
    rows = classifier.chances(pairs)
    assert np.array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[0], rows[2])


def test_a_warm_start_needs_no_torch(tiny: Prepared) -> None:
    """Preparing is said; a later process loads and checks with none of the heavy libraries."""
    assert any("Preparing the checker" in line for line in tiny.first["said"])
    found = told(tiny.model, tiny.cache)
    assert (found["heavy"], found["said"]) == ([], [])
    assert found["verdict"] == tiny.first["verdict"]


@pytest.mark.parametrize(
    ("favours", "expected"),
    [("entailment", Verdict.SUPPORTED), ("contradiction", Verdict.CONTRADICTED)],
)
def test_verdicts_are_the_models(tmp_path: Path, favours: str, expected: Verdict) -> None:
    """From the folder to the verdict, with the labels in an order of their own."""
    labels = ("neutral", "entailment", "contradiction")
    model = tiny_models.classifier(tmp_path, labels, favours)
    checker = open_checker(str(model), tmp_path / "cache")
    found = checker.check([Claim("the model", ("the data",))])[0]
    assert (checker.name, found.verdict) == ("model", expected)


def test_what_cannot_be_exported_runs_as_it_is(tmp_path: Path) -> None:
    """A model that puts a prompt before its texts, which the graph does not, says so and runs."""
    model = tiny_models.classifier(tmp_path)
    original = CrossEncoder(str(model), device="cpu", local_files_only=True)
    original.prompts, original.default_prompt_name = {"ask": "data data data "}, "ask"
    original.save_pretrained(str(tmp_path / "prompted"), create_model_card=False)
    said: list[str] = []
    found = load_classifier(
        find_model(str(tmp_path / "prompted"), str, CHECKER),
        CHECKER,
        tmp_path / "cache",
        said.append,
    )
    assert found.runtime == "sentence-transformers"
    assert any("by sentence-transformers" in line and "differ" in line for line in said)
    rows = found.chances(PAIRS)
    assert rows.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert found.room_beside("the model") > 0
