"""A model that judges beside the measures, through LlamaIndex's evaluators."""

from typing import Any

from evaluating import record, refused, run_with, unanswerable
from llama_index.core import Settings
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

from evals.figures import figures
from evals.judge import agreements, judged
from evals.records import FactRecord
from evals.tables import of_judge


class Scripted(CustomLLM):
    """Says YES to faithfulness and gives a score when asked for one."""

    score: str = "4.5"
    asked: list[str] = []  # noqa: RUF012 - a pydantic field

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        self.asked.append(prompt)
        text = f"{self.score}\nbecause" if "reference" in prompt.lower() else "YES"
        return CompletionResponse(text=text)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        raise NotImplementedError


def test_answers_are_judged_and_refusals_are_not() -> None:
    """The judge sees the passages that are cited, and the reference."""
    llm = Scripted(asked=[])
    first, second, third = judged([record(), refused(), unanswerable()], llm, "scripted")
    assert first.judged is not None
    assert (first.judged.judge, first.judged.faithful, first.judged.correctness) == (
        "scripted",
        True,
        4.5,
    )
    assert second.judged is third.judged is None
    sent = "\n".join(llm.asked)
    assert "text of a.md:3-4" in sent
    assert "text of b.md" not in sent
    assert "It is gold." in sent


def test_judging_leaves_no_choice_to_the_whole_process() -> None:
    """LlamaIndex's settings are as they were: no model, no splitter of its own."""
    list(judged([record()], Scripted(asked=[]), "scripted"))
    assert Settings._llm is None
    assert Settings._embed_model is None
    assert Settings._transformations is None


def test_a_score_that_cannot_be_read_is_none() -> None:
    """A judge that talks past the question gives no score, and the run goes on."""
    (first,) = judged([record()], Scripted(score="well, well", asked=[]), "scripted")
    assert first.judged is not None
    assert first.judged.correctness is None


def test_agreement_is_told_beside_the_measures() -> None:
    """Both found one answer right; the judge also liked one that lacks a fact."""
    lacking = record("b", facts=(FactRecord("golden", False),))
    run = run_with(*judged([record("a"), lacking], Scripted(asked=[]), "scripted"))
    faithful, correct = agreements(run.records)
    assert (faithful.share, faithful.n) == (1.0, 2)
    assert (correct.share, correct.kappa, correct.n) == (0.5, 0.0, 2)
    table = of_judge(run)
    assert table is not None
    assert table.title == "Judged by scripted"


def test_no_figure_depends_on_a_judge() -> None:
    """So that no gate can."""
    plain = run_with(record("a"), record("b"))
    with_judge = run_with(*judged(plain.records, Scripted(asked=[]), "scripted"))
    assert figures(plain) == figures(with_judge)
    assert of_judge(plain) is None
