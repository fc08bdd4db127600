"""Which model is meant: `openai:MODEL`, `ollama:MODEL`, `openai-like:MODEL@URL` and so on.

Reads the text that a user wrote; opens nothing, and knows no vendor's class.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from rag.model import ModelError, Trouble
from rag.types import NO_MODEL

OLLAMA_PORT: Final = 11434
OLLAMA_HOST: Final = f"http://127.0.0.1:{OLLAMA_PORT}"
_LIKE: Final = "openai-like:MODEL@URL"


class Vendor(StrEnum):
    """Who runs a model."""

    OPENAI = "openai"
    OPENAI_LIKE = "openai-like"
    ANTHROPIC = "anthropic"
    OLLAMA = "ollama"
    HF = "hf"

    @property
    def form(self) -> str:
        """How a specification of this vendor's models is written."""
        forms = {Vendor.OPENAI_LIKE: _LIKE, Vendor.HF: "hf:NAME_OR_PATH"}
        return forms.get(self, f"{self.value}:MODEL")


FORMS: Final = (NO_MODEL, *(vendor.form for vendor in Vendor))


class SpecError(ModelError):
    """A specification that names no model."""

    def __init__(self, message: str) -> None:
        super().__init__(message, Trouble.SPEC)


@dataclass(frozen=True, slots=True)
class Spec:
    """A model that was asked for. `url` is where it is served, for `openai-like` alone."""

    vendor: Vendor
    model: str
    url: str = ""

    def __str__(self) -> str:
        """As the user writes it."""
        return f"{self.vendor}:{self.model}" + (f"@{self.url}" if self.url else "")


def parse(text: str) -> Spec | None:
    """The model that a specification names; None for `none`."""
    written = text.strip()
    if written == NO_MODEL:
        return None
    name, colon, model = written.partition(":")
    if not colon or name not in set(Vendor):
        raise SpecError(f"{_shown(text)} names no model. Write one of: {', '.join(FORMS)}.")
    vendor = Vendor(name)
    url = ""
    if vendor is Vendor.OPENAI_LIKE:
        # A model's name may hold an @ of its own.
        model, url = _parted(model)
    if not model or model != model.strip() or not model.isprintable():
        raise SpecError(f"{_shown(text)} lacks the model's name: write {vendor.form}.")
    return Spec(vendor, model, _served_at(text, url) if vendor is Vendor.OPENAI_LIKE else "")


def host_url(text: str) -> str:
    """An Ollama host as people write it, as a URL; what serves everywhere is asked for here."""
    written = text.strip().rstrip("/")
    if not written:
        return OLLAMA_HOST
    schemed = written if "://" in written else f"http://{written}"
    scheme, netloc, path, _, _ = urlsplit(schemed)
    host, port = _host_and_port(f"OLLAMA_HOST={text}", schemed)
    if host in {"", "0.0.0.0", "::"}:
        host = "127.0.0.1"
    if port is None:
        standard = {"http": 80, "https": 443}
        port = standard.get(scheme, OLLAMA_PORT) if "://" in written else OLLAMA_PORT
    if scheme not in {"http", "https"} or "@" in netloc:
        raise SpecError(f"OLLAMA_HOST={_shown(text)} is no address: write http://HOST:PORT.")
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{path}"


def is_loopback(url: str) -> bool:
    """Whether what is sent to an address stays on this machine; in doubt, no."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _served_at(text: str, url: str) -> str:
    host, _ = _host_and_port(text, url)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise SpecError(
            f"{_shown(text)} lacks the address that serves the model: write {_LIKE},"
            " for instance openai-like:qwen3@http://127.0.0.1:8000/v1."
        )
    if "@" in parts.netloc:
        raise SpecError("A key does not belong into an address: set FOOTNOTE_API_KEY instead.")
    return url.rstrip("/")


def _host_and_port(text: str, url: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port
    except ValueError as error:
        raise SpecError(f"{_shown(text)} holds no usable address: {error}.") from error


def _parted(model: str) -> tuple[str, str]:
    at = model.find("@http")
    return (model, "") if at < 0 else (model[:at], model[at + 1 :])


def _shown(text: str) -> str:
    return repr(text) if not text or not text.isprintable() else text
