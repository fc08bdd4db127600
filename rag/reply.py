"""A reply under way, as LlamaIndex's classes give it: its text, its tokens, and how it ended.

Vendors' classes tell tokens and endings in different places; this is where they are looked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.types import Message, Tokens

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage, ChatResponse


@dataclass(slots=True)
class Reply:
    """What has come of a reply so far; `begun` once anything of it was passed on."""

    begun: bool = False
    tokens: Tokens | None = None
    ended: str = ""

    def take(self, response: "ChatResponse") -> str:
        """The text of a part; what else it tells is kept."""
        self.tokens = _tokens(response) or self.tokens
        self.ended = _ended(response) or self.ended
        return response.delta or ""


def chat(messages: Sequence[Message]) -> "list[ChatMessage]":
    """Messages as LlamaIndex knows them."""
    from llama_index.core.llms import ChatMessage, MessageRole

    return [
        ChatMessage(role=MessageRole(message.role), content=message.text) for message in messages
    ]


def _tokens(response: "ChatResponse") -> Tokens | None:
    """What a part says of tokens, by any of the names that vendors' classes give them."""
    raw = response.raw
    usage = raw.get("usage") if isinstance(raw, dict) else getattr(raw, "usage", None)
    for counts in (
        response.additional_kwargs,
        response.message.additional_kwargs.get("usage"),
        usage,
    ):
        if isinstance(counts, dict):
            read = counts.get("prompt_tokens", counts.get("input_tokens"))
            wrote = counts.get("completion_tokens", counts.get("output_tokens"))
            if isinstance(read, int) and isinstance(wrote, int):
                return Tokens(read, wrote)
    return None


def _ended(response: "ChatResponse") -> str:
    """How a part says that the reply ended."""
    raw = response.raw
    stopped = response.message.additional_kwargs.get("stop_reason")
    if isinstance(raw, dict):
        return str(stopped or raw.get("done_reason") or "")
    choices = getattr(raw, "choices", None)
    return str(getattr(choices[0], "finish_reason", None) or "") if choices else ""
