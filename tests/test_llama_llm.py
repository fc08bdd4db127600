"""A model of ours, asked as LlamaIndex asks."""

import pytest
from llama_index.core.llms import ChatMessage, MessageRole
from scripted_model import ScriptedModel

from rag.llama_llm import LlamaLLM
from rag.model import ModelError
from rag.types import Message


def test_messages_keep_their_roles_and_the_reply_is_whole() -> None:
    """Who says what reaches the model as it was."""
    model = ScriptedModel(["Yes, it is."])
    asked = [
        ChatMessage(role=MessageRole.SYSTEM, content="Judge."),
        ChatMessage(role=MessageRole.USER, content="Is it so?"),
    ]
    assert LlamaLLM(model).chat(asked).message.content == "Yes, it is."
    assert model.history == [(Message("system", "Judge."), Message("user", "Is it so?"))]


def test_a_prompt_is_completed_at_once_or_in_parts() -> None:
    """Each part comes with all before it."""
    model = ScriptedModel([["Yes", ", it is."], ["Yes", ", it is."]])
    assert LlamaLLM(model).complete("So?").text == "Yes, it is."
    parts = [(one.delta, one.text) for one in LlamaLLM(model).stream_complete("So?")]
    assert parts == [("Yes", "Yes"), (", it is.", "Yes, it is.")]
    assert model.sent == "So?"


def test_prompts_are_fitted_to_the_models_own_window() -> None:
    """Its name is its specification."""
    described = LlamaLLM(ScriptedModel(window=2048)).metadata
    assert (described.context_window, described.model_name) == (2048, "scripted:model")


def test_an_error_comes_through_as_it_was() -> None:
    """With what to do about it."""
    with pytest.raises(ModelError, match="out of breath"):
        LlamaLLM(ScriptedModel([ModelError("out of breath")])).complete("So?")
