"""What went wrong with a model, in plain words: every vendor's error becomes a `ModelError` here.

Judges by status and by what the server wrote, which `said` reads; knows no vendor's class.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from rag.model import ModelError, Trouble
from rag.said import Said, read
from rag.specs import Spec, Vendor

_TOO_LONG: Final = re.compile(
    r"context.{0,12}(?:length|window|size)|maximum context|max_model_len|too many tokens"
    r"|(?:prompt|input|request).{0,40}(?:too long|exceeds?)|exceeds?.{0,40}(?:context|tokens)"
    r"|reduce the length",
    re.IGNORECASE | re.DOTALL,
)
_REFUSED: Final = re.compile(
    r"content.?(?:filter|policy|management)|moderation|safety|\brefusal", re.IGNORECASE
)
_NO_SUCH_MODEL: Final = re.compile(
    r"model.{0,80}(?:not.?found|does not exist|not exist|unknown|not available|no longer)"
    r"|(?:unknown|no such|invalid|unsupported|not a valid).{0,20}model"
    r"|not_found_error|model_not_found|pinned to .{1,200} requested",
    re.IGNORECASE | re.DOTALL,
)
_OUT_OF_MEMORY: Final = re.compile(r"out of memory|more system memory|requires more", re.IGNORECASE)
_QUOTA: Final = re.compile(r"insufficient_quota|credit balance|exceeded your current quota")
_KEY_NAMES: Final = {
    Vendor.OPENAI: "OPENAI_API_KEY",
    Vendor.ANTHROPIC: "ANTHROPIC_API_KEY",
    Vendor.OPENAI_LIKE: "FOOTNOTE_API_KEY",
    Vendor.OLLAMA: "OLLAMA_API_KEY",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked, and where: what a message has to name. `secret` is never shown."""

    spec: Spec
    place: str
    secret: str | None = field(default=None, repr=False)
    read_seconds: float = 0.0

    @property
    def who(self) -> str:
        """The model by name, without its address."""
        return f"{self.spec.vendor}:{self.spec.model}"

    @property
    def key_name(self) -> str:
        """Where its key is read from."""
        return _KEY_NAMES.get(self.spec.vendor, "")


def model_error(error: Exception, asked: Asked, begun: bool = False) -> ModelError:
    """An error of a vendor's class as one that a person can act upon.

    `begun` says that part of the reply has come.
    """
    if isinstance(error, ModelError):
        return error
    said = read(error, asked.secret)
    if 300 <= said.status < 400:
        return _redirected(said.moved_to, asked)
    if said.lost is not None:
        return _not_reached(said.lost, asked, begun)
    return _worded(_kind(said, begun), said, asked, begun)


def no_key(asked: Asked) -> ModelError:
    """A model that needs a key, and none is set."""
    return ModelError(
        f"{asked.who} needs a key: set {asked.key_name} in the environment.", Trouble.KEY
    )


def empty(asked: Asked, why: str = "") -> ModelError:
    """A reply without a word; `why` is how the model says that it ended."""
    if refused(why):
        return _refusal(asked, why)
    if why in {"length", "max_tokens"}:
        return ModelError(
            f"{asked.who} used up its room before the first word of its reply: it thinks longer"
            " than it may write. Choose a model that answers without thinking, or turn its"
            " thinking off.",
            Trouble.EMPTY,
        )
    return ModelError(
        f"{asked.who} sent an empty reply. Ask again; if it stays so, see what the server at"
        f" {asked.place} says, or choose another model.",
        Trouble.EMPTY,
    )


def refused(why: str) -> bool:
    """Whether a model ended its reply because it would not give it."""
    return _REFUSED.search(why) is not None


def too_long(asked: Asked, words: str = "") -> ModelError:
    """More was sent than the model can read at once."""
    return ModelError(
        f"The question with its passages is too long for {asked.who}{_quoted(words)}. Ask with a"
        " shorter conversation, or choose a model or a server setting with a larger context"
        " window.",
        Trouble.TOO_LONG,
    )


def _kind(said: Said, begun: bool) -> Trouble:
    """What kind of trouble an answer is: the particular before the general."""
    if said.status == 402 or _QUOTA.search(said.words):
        return Trouble.KEY
    if said.status == 429:
        return Trouble.RATE
    if said.status == 413 or said.speaks(_TOO_LONG, 400, 422, 500):
        return Trouble.TOO_LONG
    if said.status == 404 or said.speaks(_NO_SUCH_MODEL, 400, 401, 403, 422):
        return Trouble.NO_SUCH_MODEL
    if said.status in {401, 403}:
        return Trouble.KEY
    if said.speaks(_REFUSED, 400, 422):
        return Trouble.REFUSED
    if said.status in {408, 504}:
        return Trouble.TIMEOUT
    if _OUT_OF_MEMORY.search(said.words):
        return Trouble.OTHER
    if begun or (said.status == 0 and said.by_server):
        return Trouble.BROKEN_OFF
    return Trouble.SERVER if said.status >= 500 else Trouble.OTHER


def _worded(kind: Trouble, said: Said, asked: Asked, begun: bool) -> ModelError:
    words = _quoted(said.words)
    match kind:
        case Trouble.KEY:
            return _bad_key(said, asked)
        case Trouble.RATE:
            return _rate_limited(asked, said.retry_after, words)
        case Trouble.TOO_LONG:
            return too_long(asked, said.words)
        case Trouble.NO_SUCH_MODEL:
            return _no_such_model(said, asked)
        case Trouble.REFUSED:
            return _refusal(asked, said.words)
        case Trouble.TIMEOUT:
            return _timed_out(asked, begun)
        case Trouble.BROKEN_OFF:
            return _broken_off(asked, words, begun)
        case Trouble.SERVER:
            return ModelError(
                f"The server of {asked.who} at {asked.place} failed with status"
                f" {said.status}{words}. Ask again in a while, or look at its log.",
                kind,
                said.retry_after,
            )
        case _:
            return _not_accepted(said, asked)


def _not_accepted(said: Said, asked: Asked) -> ModelError:
    words = _quoted(said.words)
    if _OUT_OF_MEMORY.search(said.words):
        message = (
            f"The machine that runs {asked.who} has too little memory for it{words}. Choose a"
            " smaller model."
        )
    elif said.status:
        message = (
            f"The server at {asked.place} did not accept the request for {asked.who}: status"
            f" {said.status}{words}. Choose another model, or update its server."
        )
    else:
        message = f"{asked.who} could not be asked{words}. Choose another model."
    return ModelError(message, Trouble.OTHER)


def _bad_key(said: Said, asked: Asked) -> ModelError:
    status = said.status
    if status == 402 or _QUOTA.search(said.words):
        message = (
            f"The account for {asked.who} has nothing left to spend{_quoted(said.words)}. Look at"
            " its billing, or choose another model."
        )
    elif not asked.key_name:
        message = f"{asked.who} may not be used: status {status}{_quoted(said.words)}."
    elif asked.secret is None:
        message = (
            f"The server at {asked.place} wants a key for {asked.who} (status {status}): set"
            f" {asked.key_name} in the environment."
        )
    else:
        message = (
            f"The server at {asked.place} did not accept the key for {asked.who} (status"
            f" {status}): check {asked.key_name}, and that its account may use this model."
        )
    return ModelError(message, Trouble.KEY)


def _rate_limited(asked: Asked, seconds: float | None, said: str) -> ModelError:
    when = "in a while" if seconds is None else f"in {seconds:g} seconds"
    return ModelError(
        f"{asked.who} takes no more requests for now{said}. Ask again {when}.",
        Trouble.RATE,
        seconds,
    )


def _no_such_model(said: Said, asked: Asked) -> ModelError:
    words = _quoted(said.words)
    if asked.spec.vendor is Vendor.OPENAI_LIKE and not _NO_SUCH_MODEL.search(said.words):
        message = (
            f"{asked.place} serves no chat for {asked.spec.model} (status {said.status}){words}."
            f" Such addresses mostly end in /v1, and {asked.place}/models lists what is served."
        )
        return ModelError(message, Trouble.NO_SUCH_MODEL)
    steps = {
        Vendor.OLLAMA: f"get it with `ollama pull {asked.spec.model}`, or see `footnote models`",
        Vendor.OPENAI_LIKE: f"see which it serves at {asked.place}/models",
    }
    step = steps.get(asked.spec.vendor, "check the name, and that your account may use it")
    return ModelError(
        f"There is no model {asked.spec.model} at {asked.place}{words}: {step}.",
        Trouble.NO_SUCH_MODEL,
    )


def _refusal(asked: Asked, words: str) -> ModelError:
    return ModelError(
        f"{asked.who} declines to answer this{_quoted(words)}. Ask in other words, or choose"
        " another model.",
        Trouble.REFUSED,
    )


def _broken_off(asked: Asked, said: str, begun: bool) -> ModelError:
    what = "broke off in the middle of its reply" if begun else "failed before its reply began"
    return ModelError(f"{asked.who} {what}{said}. Ask again.", Trouble.BROKEN_OFF)


def _timed_out(asked: Asked, begun: bool) -> ModelError:
    what = "the rest of its reply" if begun else "a reply"
    waited = f" within {asked.read_seconds:g} seconds" if asked.read_seconds else ""
    return ModelError(
        f"{asked.who} at {asked.place} did not send {what}{waited}. Ask again, or choose a"
        " smaller or faster model.",
        Trouble.TIMEOUT,
    )


def _redirected(target: str, asked: Asked) -> ModelError:
    return ModelError(
        f"{asked.place} passes requests on to {target}, and Footnote does not follow, so that"
        " nothing goes where you did not send it. Name the right address.",
        Trouble.CONNECTION,
    )


def _not_reached(kind: Trouble, asked: Asked, begun: bool) -> ModelError:
    if kind is Trouble.TIMEOUT:
        return _timed_out(asked, begun)
    if begun or kind is Trouble.BROKEN_OFF:
        return _broken_off(asked, f": the connection to {asked.place} was lost", begun)
    step = {
        Vendor.OLLAMA: "Start it with `ollama serve`, or set OLLAMA_HOST.",
        Vendor.OPENAI_LIKE: "Start the server, or check the address.",
    }.get(asked.spec.vendor, "Check your network.")
    return ModelError(
        f"Nothing can be reached at {asked.place} for {asked.who}. {step}",
        Trouble.CONNECTION,
    )


def _quoted(words: str) -> str:
    return f' ("{words.rstrip(".")}")' if words else ""
