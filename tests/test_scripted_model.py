"""The scripted model does what a model of ours promises."""

from collections.abc import Generator

import pytest
from scripted_model import ScriptedModel

from rag.model import Model, ModelError
from rag.types import Message, Tokens

ASKED = (Message("user", "what is recall"),)


def _drained(stream: Generator[str, None, Tokens | None], parts: list[str]) -> Tokens | None:
    """What a stream returns; its parts are added to `parts`."""
    while True:
        try:
            parts.append(next(stream))
        except StopIteration as end:
            tokens: Tokens | None = end.value
            return tokens


def test_a_reply_is_streamed_whole() -> None:
    """The parts together are the reply, and what it took is counted in words."""
    model: Model = ScriptedModel(["Recall is\n\n a share. "])
    parts: list[str] = []
    assert _drained(model.stream(ASKED, 50), parts) == Tokens(3, 4)
    assert len(parts) > 1
    assert "".join(parts).rstrip() == "Recall is\n\n a share."


def test_an_error_breaks_a_reply_off() -> None:
    """What came before the error has been given."""
    stream = ScriptedModel([["half a ", ModelError("gone")]]).stream(ASKED, 50)
    assert next(stream) == "half a "
    with pytest.raises(ModelError, match="gone"):
        next(stream)


def test_a_stream_closed_early_is_counted() -> None:
    """Stop reaches the model; a stream read to its end is not closed early."""
    model = ScriptedModel(["one two three", "four"])
    stopped = model.stream(ASKED, 50)
    next(stopped)
    stopped.close()
    assert list(model.stream(ASKED, 50)) == ["four"]
    assert (model.closed, len(model.history)) == (1, 2)
