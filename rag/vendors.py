"""The vendors' LlamaIndex classes, each opened for one reply over a connection of its own.

Nothing is imported before a model is opened. What the classes would do by themselves is turned
off: waiting and trying again, following redirections, keys from the environment, thinking aloud.
Knows nothing of what is asked, and maps no errors.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from rag.specs import Vendor, is_loopback

if TYPE_CHECKING:
    import httpx

# For servers without a key: their clients insist on one. It is never sent.
_NO_KEY: Final = "none"
# Models that think before they write count their thoughts as written.
THINKING_TOKENS: Final = 4_096
_DATE: Final = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|latest)$")
# What has to be there for each vendor's models; an extra of the vendor's name brings it.
_PACKAGES: Final = {
    Vendor.OPENAI: "llama_index.llms.openai",
    Vendor.OPENAI_LIKE: "llama_index.llms.openai_like",
    Vendor.ANTHROPIC: "llama_index.llms.anthropic",
    Vendor.OLLAMA: "llama_index.llms.ollama",
    Vendor.HF: "llama_index.llms.huggingface",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A model that a server answers for, and how long to wait for it. `key` is never shown."""

    model: str
    url: str
    key: str | None = field(repr=False)
    connect_seconds: float
    read_seconds: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A LlamaIndex model, and what is passed along with the messages."""

    llm: Any
    options: Mapping[str, Any]


# Opens a model for a reply of at most so many tokens, within a window of so many.
Open = Callable[[Served, int, int], AbstractContextManager[Opened]]


def installed(vendor: Vendor) -> bool:
    """Whether the package for a vendor's models is there; nothing of it is run."""
    package = _PACKAGES[vendor]
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False


@contextmanager
def openai(served: Served, most: int, _window: int) -> Iterator[Opened]:
    """OpenAI's own models."""
    from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS, O1_MODELS

    base = openai_base(served.model)
    # New models mostly think, and those allow the temperature 1 alone.
    thinks = base in O1_MODELS or base not in ALL_AVAILABLE_MODELS
    with _openai_client(served) as client:
        llm = _any_openai()(
            model=served.model,
            temperature=1.0 if thinks else 0.0,
            max_retries=0,
            api_key=_NO_KEY,
            api_base=served.url,
            openai_client=client,
        )
        room = most + (THINKING_TOKENS if thinks else 0)
        options = {"max_completion_tokens": room, "stream_options": {"include_usage": True}}
        yield Opened(llm, options)


def openai_base(model: str) -> str:
    """The model that a tuned or dated one comes from, where that is known."""
    from llama_index.llms.openai.utils import ALL_AVAILABLE_MODELS

    name = model.removeprefix("ft:").split(":")[0]
    undated = _DATE.sub("", name)
    return undated if name not in ALL_AVAILABLE_MODELS and undated in ALL_AVAILABLE_MODELS else name


@cache
def _any_openai() -> Any:
    from llama_index.core.llms import LLMMetadata
    from llama_index.llms.openai import OpenAI

    class AnyOpenAI(OpenAI):  # type: ignore[misc]
        """Also for models that are newer than the package, which would refuse them."""

        @property
        def metadata(self) -> LLMMetadata:
            """What is known of the model: that one can chat with it."""
            return LLMMetadata(is_chat_model=True, model_name=self.model)

    return AnyOpenAI


@contextmanager
def openai_like(served: Served, most: int, window: int) -> Iterator[Opened]:
    """Whatever speaks OpenAI's chat form: vLLM, llama.cpp, LM Studio, OpenRouter and others."""
    from llama_index.llms.openai_like import OpenAILike

    with _openai_client(served) as client:
        llm = OpenAILike(
            model=served.model,
            temperature=0.0,
            context_window=window,
            is_chat_model=True,
            max_retries=0,
            api_key=_NO_KEY,
            api_base=served.url,
            openai_client=client,
        )
        # Nothing that some servers do not know: strict ones refuse the whole request.
        yield Opened(llm, {"max_tokens": most})


@contextmanager
def anthropic(served: Served, most: int, _window: int) -> Iterator[Opened]:
    """Anthropic's models."""
    from anthropic import Anthropic as Client
    from llama_index.llms.anthropic import Anthropic

    with _http(served) as http:
        client = Client(
            api_key=served.key or _NO_KEY,
            base_url=served.url,
            max_retries=0,
            timeout=http.timeout,
            http_client=http,
        )
        # The client looks for one in the environment; the key is the one that was given.
        client.auth_token = None
        llm = Anthropic(
            model=served.model,
            temperature=0.0,
            max_tokens=most,
            max_retries=0,
            api_key=_NO_KEY,
            base_url=served.url,
        )
        # The class takes no client: its own would wait ten minutes and follow redirections.
        llm._client = client
        yield Opened(llm, {})


@contextmanager
def ollama(served: Served, most: int, window: int) -> Iterator[Opened]:
    """Models of an Ollama server."""
    from llama_index.llms.ollama import Ollama
    from ollama import Client

    headers = {"Authorization": f"Bearer {served.key}"} if served.key else None
    client = Client(host=served.url, headers=headers, **_manners(served))
    with client:
        llm = Ollama(
            model=served.model,
            base_url=served.url,
            temperature=0.0,
            context_window=window,
            request_timeout=served.read_seconds,
            # Quoting needs no long thought, and thoughts would use up the room for the reply.
            thinking=False,
            additional_kwargs={"num_predict": most},
            client=client,
        )
        yield Opened(llm, {})


@contextmanager
def _openai_client(served: Served) -> Iterator[Any]:
    from openai import OpenAI

    with _http(served) as http:
        client = OpenAI(
            api_key=served.key or _NO_KEY,
            base_url=served.url,
            max_retries=0,
            timeout=http.timeout,
            http_client=http,
        )
        # The client looks for these in the environment; they are nobody else's business.
        client.organization = client.project = None
        yield client


def _http(served: Served) -> "httpx.Client":
    import httpx

    return httpx.Client(**_manners(served))


def _manners(served: Served) -> dict[str, Any]:
    """How every vendor's connection behaves."""
    import httpx

    def without_key(request: httpx.Request) -> None:
        request.headers.pop("Authorization", None)

    return {
        "timeout": httpx.Timeout(served.read_seconds, connect=served.connect_seconds),
        "follow_redirects": False,
        # A proxy must not see what is meant for this machine.
        "trust_env": not is_loopback(served.url),
        # Clients look into the environment for keys, or send a stand-in, where none was given.
        "event_hooks": {"request": [] if served.key else [without_key]},
    }
