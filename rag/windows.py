"""How much a model can read at once: what is known of it, else what its server says of it.

Asks no server but the model's own. An unknown window is taken to be small, never guessed large.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from rag.specs import Vendor, is_loopback
from rag.vendors import Served, openai_base

# What every model of the last years can read; a prompt that fits it fits anywhere.
UNKNOWN: Final = 4_096
# Ollama sets memory aside for the whole window, for large models' windows tens of gigabytes. This
# holds a dozen passages, a conversation and a long reply.
OLLAMA_MOST: Final = 8_192
# No model of this name has had less since the second generation.
CLAUDE: Final = 200_000
# A list of models may be long, its server slow; waiting for it delays the answer.
_ASK_SECONDS: Final = 5.0
_FIELDS: Final = (
    "max_model_len",
    "context_length",
    "context_window",
    "max_context_length",
    "n_ctx",
)


@dataclass(frozen=True, slots=True)
class Window:
    """How many tokens, and whether that is known or the safe guess."""

    tokens: int
    known: bool = True


GUESSED: Final = Window(UNKNOWN, known=False)


def find(vendor: Vendor, served: Served) -> Window | None:
    """A model's window; None where its server cannot be reached, which a reply will tell."""
    from httpx import InvalidURL, TransportError

    try:
        return _BY_VENDOR[vendor](served)
    except (TransportError, InvalidURL):
        return None


def openai(served: Served) -> Window:
    """From the vendor class's own table."""
    from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS

    tokens = ALL_AVAILABLE_MODELS.get(openai_base(served.model))
    return Window(tokens) if tokens else GUESSED


def anthropic(served: Served) -> Window:
    """From the vendor class's own table, and by its family beyond that."""
    from llama_index.llms.anthropic.utils import CLAUDE_MODELS

    tokens = CLAUDE_MODELS.get(served.model)
    if tokens is None and served.model.startswith("claude-"):
        tokens = CLAUDE
    return Window(tokens) if tokens else GUESSED


def ollama(served: Served) -> Window:
    """The server knows how much the model can read; it is asked to use no more than needed."""
    info = _field(_asked(served, "/api/show", {"model": served.model}), "model_info")
    if isinstance(info, Mapping):
        for name, value in info.items():
            if str(name).endswith(".context_length") and (tokens := _tokens(value)):
                return Window(min(tokens, OLLAMA_MOST))
    return GUESSED


def openai_like(served: Served) -> Window:
    """Where the list of models says it, as vLLM, OpenRouter and Groq do; llama.cpp elsewhere."""
    listed = _field(_asked(served, "/models"), "data")
    for entry in listed if isinstance(listed, list) else []:
        if _field(entry, "id") != served.model:
            continue
        for holder in (entry, _field(entry, "meta")):
            for name in _FIELDS:
                if tokens := _tokens(_field(holder, name)):
                    return Window(tokens)
        if _field(entry, "owned_by") == "llamacpp":
            return _llama_cpp(served)
    return GUESSED


_BY_VENDOR: Final[Mapping[Vendor, Callable[[Served], Window]]] = {
    Vendor.OPENAI: openai,
    Vendor.OPENAI_LIKE: openai_like,
    Vendor.ANTHROPIC: anthropic,
    Vendor.OLLAMA: ollama,
}


def _llama_cpp(served: Served) -> Window:
    """What the server was started with; its list of models tells only how it was trained."""
    parts = urlsplit(served.url)
    props = _asked(served, f"{parts.scheme}://{parts.netloc}/props")
    tokens = _tokens(_field(_field(props, "default_generation_settings"), "n_ctx"))
    return Window(tokens) if tokens else GUESSED


def _asked(served: Served, path: str, body: Mapping[str, str] | None = None) -> Any:
    """What the model's server says; None where it does not say it."""
    import httpx

    url = path if "://" in path else served.url + path
    headers = {"Authorization": f"Bearer {served.key}"} if served.key else {}
    wait = httpx.Timeout(_ASK_SECONDS, connect=served.connect_seconds)
    try:
        with httpx.Client(
            timeout=wait, headers=headers, trust_env=not is_loopback(served.url)
        ) as client:
            reply = client.get(url) if body is None else client.post(url, json=body)
            return reply.json() if reply.status_code == 200 else None
    except (httpx.DecodingError, json.JSONDecodeError, UnicodeDecodeError):
        return None


def _field(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else None


def _tokens(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and value > 0 else 0
