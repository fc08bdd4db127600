"""`footnote models`: which language models could be used here, and a try at one.

Looks at what is installed and set, and asks an Ollama on this machine what it serves. Nothing
else is contacted unless a model is tried.
"""

import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

import typer

from app.options import Json
from app.render import visible
from app.settings import keys as keys_set
from app.terminal import say, write
from rag import vendors
from rag.model import Model
from rag.models import Keys, install_command, open_model, where
from rag.specs import Spec, SpecError, Vendor, is_loopback
from rag.types import NO_MODEL, Message, Tokens

_SENTENCE: Final = "Say in one sentence what a footnote is."
_REPLY_TOKENS: Final = 200
# A server on this machine answers at once, or is not there.
_LOOK_SECONDS: Final = 2.0

Try = Annotated[
    str | None,
    typer.Option(
        "--try",
        metavar="SPEC",
        help="Send this model one sentence, and show its reply and how long it took.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class Usable:
    """One kind of model: what it still needs, and whether notes would leave this machine.

    `leaves_machine` is None where that depends on the address. `served` is what a server on this
    machine offers; None where none was asked or found.
    """

    spec: str
    ready: bool
    installed: bool
    install: str
    key: bool | None
    leaves_machine: bool | None
    address: str
    served: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one sentence."""

    spec: str
    reply: str
    first_seconds: float
    seconds: float
    tokens: Tokens | None
    leaves_machine: bool
    window: int


def models(try_spec: Try = None, as_json: Json = False) -> None:
    """Show which language models could be used, and what would leave this machine."""
    keys = keys_set()
    if try_spec is None:
        found = usable(keys)
        write(_lines({"models": [asdict(one) for one in found]}) if as_json else _shown(found))
        return
    tried = tried_out(try_spec, keys)
    write(_lines(asdict(tried)) if as_json else _told(tried))


def usable(keys: Keys) -> tuple[Usable, ...]:
    """Every kind of model, with what is here for it."""
    return (Usable(NO_MODEL, True, True, "", None, False, ""), *(_of(v, keys) for v in Vendor))


def tried_out(spec: str, keys: Keys, clock: Callable[[], float] = time.perf_counter) -> Tried:
    """Ask a model for one sentence."""
    model = open_model(spec, keys, say)
    if model is None:
        raise SpecError(f"{NO_MODEL} asks no model: there is nothing to try.")
    way = "leaves" if model.remote else "stays on"
    say(f"Asking {model.name}; what is sent {way} this machine.")
    return _asked(model, clock)


def _asked(model: Model, clock: Callable[[], float]) -> Tried:
    begun = clock()
    first, parts, tokens = 0.0, list[str](), None
    with closing(model.stream([Message("user", _SENTENCE)], _REPLY_TOKENS)) as reply:
        while True:
            try:
                parts.append(next(reply))
            except StopIteration as ended:
                tokens = ended.value
                break
            first = first or clock() - begun
    text = "".join(parts).strip()
    return Tried(model.name, text, first, clock() - begun, tokens, model.remote, model.window)


def _of(vendor: Vendor, keys: Keys) -> Usable:
    needed = {
        Vendor.OPENAI: keys.openai,
        Vendor.ANTHROPIC: keys.anthropic,
        Vendor.OPENAI_LIKE: keys.openai_like,
    }
    key = bool(needed[vendor]) if vendor in needed else None
    address = where(Spec(vendor, "MODEL"), keys)
    installed = vendors.installed(vendor)
    served = _ollama_models(address) if vendor is Vendor.OLLAMA else None
    ready = installed and (key is not False or vendor is Vendor.OPENAI_LIKE)
    if vendor is Vendor.OLLAMA and is_loopback(address):
        ready = ready and served is not None
    leaves = None if vendor is Vendor.OPENAI_LIKE else bool(address) and not is_loopback(address)
    install = "" if installed else install_command(vendor)
    return Usable(vendor.form, ready, installed, install, key, leaves, address, served)


def _ollama_models(address: str) -> tuple[str, ...] | None:
    """What an Ollama on this machine serves; one elsewhere is not asked."""
    if not is_loopback(address):
        return None
    import httpx

    try:
        with httpx.Client(timeout=_LOOK_SECONDS, trust_env=False) as client:
            listed = client.get(f"{address}/api/tags").raise_for_status().json()
        return tuple(sorted(str(one["name"]) for one in listed["models"]))
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return None


def _shown(found: tuple[Usable, ...]) -> str:
    width = max(len(one.spec) for one in found) + 3
    return "".join(
        f"{one.spec:<{width}}{'ready' if one.ready else 'not ready'}: {_why(one)}\n"
        for one in found
    )


def _why(one: Usable) -> str:
    if one.spec == NO_MODEL:
        return "quotes your notes; nothing leaves this machine"
    return "; ".join([*_missing(one), *_server(one), _leaving(one)])


def _missing(one: Usable) -> list[str]:
    package = [] if one.installed else [f"install it with {one.install}"]
    if one.key is None:
        return package
    name = {
        Vendor.OPENAI.form: "OPENAI_API_KEY",
        Vendor.ANTHROPIC.form: "ANTHROPIC_API_KEY",
        Vendor.OPENAI_LIKE.form: "FOOTNOTE_API_KEY",
    }[one.spec]
    return [*package, f"{name} set: {'yes' if one.key else 'no'}"]


def _server(one: Usable) -> list[str]:
    if one.spec != Vendor.OLLAMA.form:
        return []
    if one.served is None:
        if one.leaves_machine:
            return [f"at {one.address}, not asked"]
        return [f"nothing answers at {one.address}: start it with `ollama serve`"]
    if not one.served:
        return [f"at {one.address}, without models: get one with `ollama pull MODEL`"]
    return [f"at {one.address}: {visible(', '.join(one.served))}"]


def _leaving(one: Usable) -> str:
    if one.leaves_machine is None:
        return "questions and passages go to URL, and leave this machine unless it is its own"
    if one.leaves_machine:
        return f"questions and passages go to {one.address}"
    return "nothing leaves this machine"


def _told(tried: Tried) -> str:
    tokens = f", {tried.tokens.wrote} tokens written" if tried.tokens else ""
    return (
        f"{visible(tried.reply)}\n\n"
        f"first words after {tried.first_seconds:.2f} s, all after {tried.seconds:.2f} s{tokens};"
        f" reads {tried.window:,} tokens at once\n"
    )


def _lines(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
