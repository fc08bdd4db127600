"""A language model of ours as LlamaIndex's own classes ask one, for its evaluators.

What is sent goes the way of every other question: the same connection, keys, waits and messages
where it fails. Knows no vendor. Importing it loads LlamaIndex.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    CustomLLM,
    LLMMetadata,
    MessageRole,
)

from rag.model import Model
from rag.types import Message

# Room for a verdict with its reasons.
_REPLY_TOKENS: Final = 512


class LlamaLLM(CustomLLM):  # type: ignore[misc]
    """Asks the model that it is given."""

    _model: Model = PrivateAttr()
    _window: int = PrivateAttr()

    def __init__(self, model: Model) -> None:
        super().__init__()
        self._model = model
        self._window = model.window

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex fits its prompts by."""
        return LLMMetadata(
            model_name=self._model.name,
            context_window=self._window,
            num_output=_REPLY_TOKENS,
            is_chat_model=True,
        )

    def chat(self, messages: Sequence[ChatMessage], **_: Any) -> ChatResponse:
        """The reply to messages."""
        sent = [Message(one.role.value, one.content or "") for one in messages]
        text = "".join(self._model.stream(sent, _REPLY_TOKENS))
        return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=text))

    def complete(self, prompt: str, **_: Any) -> CompletionResponse:
        """The reply to a prompt."""
        return CompletionResponse(text="".join(self._said(prompt)))

    def stream_complete(self, prompt: str, **_: Any) -> Iterator[CompletionResponse]:
        """The reply to a prompt, in parts."""
        text = ""
        for part in self._said(prompt):
            text += part
            yield CompletionResponse(text=text, delta=part)

    def _said(self, prompt: str) -> Iterator[str]:
        return self._model.stream([Message("user", prompt)], _REPLY_TOKENS)
