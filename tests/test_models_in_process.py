"""A Transformers model in this process: streaming, stopping, and what can go wrong."""

import threading
from pathlib import Path
from typing import Any

import pytest
from tiny_llama import NO_SYSTEM, WINDOW, tiny_llama

from rag.in_process import InProcessModel, StoppableLLM
from rag.model import ModelError, Trouble
from rag.models import Keys, open_model
from rag.types import Message, Tokens

ASKED = [Message("system", "Quote the notes."), Message("user", "What is recall?")]


def opened(folder: Path) -> InProcessModel:
    """The model of a folder."""
    model = open_model(f"hf:{folder}", Keys(), print)
    assert isinstance(model, InProcessModel)
    return model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> InProcessModel:
    """A tiny model, made and loaded once."""
    return opened(tiny_llama(tmp_path_factory.mktemp("llama")))


def at_work() -> list[threading.Thread]:
    """The threads that generate."""
    return [one for one in threading.enumerate() if one.name == "footnote-model"]


def test_a_reply_streams_with_its_tokens(model: InProcessModel) -> None:
    """As many as were asked for, and no thread is left."""
    reply = model.stream(ASKED, 40)
    parts: list[str] = []
    while True:
        try:
            parts.append(next(reply))
        except StopIteration as ended:
            tokens = ended.value
            break
    assert len(parts) > 1
    assert isinstance(tokens, Tokens)
    assert tokens.wrote == 40
    assert tokens.read > len("What is recall?")
    assert at_work() == []


def test_the_same_question_has_the_same_reply(model: InProcessModel) -> None:
    """The likeliest word each time."""
    assert list(model.stream(ASKED, 20)) == list(model.stream(ASKED, 20))


def test_closing_a_reply_ends_the_generation(model: InProcessModel) -> None:
    """When closing returns, the thread is gone, far from the end of the reply."""
    reply = model.stream(ASKED, 400)
    next(reply)
    assert len(at_work()) == 1
    reply.close()
    assert at_work() == []


def test_it_knows_itself(model: InProcessModel) -> None:
    """Its window and its tokens are its own, and nothing leaves the machine."""
    assert (model.window, model.remote, model.count("recall")) == (WINDOW, False, 6)
    assert model.name.startswith("hf:/")


def test_what_does_not_fit_is_refused_before_generating(model: InProcessModel) -> None:
    """The question and the room for the reply together."""
    with pytest.raises(ModelError) as caught:
        list(model.stream(ASKED, WINDOW))
    assert caught.value.kind is Trouble.TOO_LONG


def test_a_failure_while_generating_is_an_error(tmp_path: Path) -> None:
    """It is not waited for what will never come."""
    model = opened(tiny_llama(tmp_path))
    broken = model.llm._model.lm_head

    def stumble(*_: Any) -> None:
        raise RuntimeError("CUDA out of memory")

    broken.register_forward_hook(stumble)
    with pytest.raises(ModelError, match="too little memory"):
        list(model.stream(ASKED, 10))
    assert at_work() == []


def test_a_template_without_a_system_part_is_served(tmp_path: Path) -> None:
    """What the system says, the user says."""
    model = opened(tiny_llama(tmp_path, NO_SYSTEM))
    assert list(model.stream(ASKED, 5))
    assert list(model.stream(ASKED[1:], 5))


def test_a_model_without_a_template_is_refused(tmp_path: Path) -> None:
    """It was not made for conversation."""
    with pytest.raises(ModelError, match="no chat template"):
        opened(tiny_llama(tmp_path, None))


@pytest.mark.parametrize("path", ["/no/where", "./nowhere", "~/nowhere"])
def test_a_folder_that_is_not_there_is_named(path: str) -> None:
    """Nothing is looked for elsewhere."""
    notices: list[str] = []
    with pytest.raises(ModelError, match="there is no folder") as caught:
        open_model(f"hf:{path}", Keys(), notices.append)
    assert caught.value.kind is Trouble.NO_SUCH_MODEL
    assert notices == []


def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    """With what to give instead."""
    with pytest.raises(ModelError, match="cannot be loaded"):
        opened(tmp_path)


def test_damaged_weights_are_an_error(tmp_path: Path) -> None:
    """Whatever the library makes of them."""
    folder = tiny_llama(tmp_path)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match="cannot be loaded"):
        opened(folder)


def test_streaming_is_llamaindexs_own_way(model: InProcessModel) -> None:
    """The class can be used wherever LlamaIndex takes a model."""
    from llama_index.core.llms import LLM, ChatMessage

    assert isinstance(model.llm, StoppableLLM)
    assert isinstance(model.llm, LLM)
    asked = [ChatMessage(role="user", content="Hi")]
    parts = list(model.llm.stream_chat(asked, max_new_tokens=8))
    assert parts[-1].message.content == "".join(part.delta for part in parts)
