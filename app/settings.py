"""Where things lie: notes, index, cache and encoder of one run.

The only module that reads the environment. It opens nothing and creates nothing.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import platformdirs

import ingest
from ingest.errors import NotesError
from rag.models import NO_KEYS, Keys
from rag.specs import OLLAMA_HOST
from rag.types import NO_MODEL

# Long enough to keep folders of one name apart, short enough to read in a path.
_HASH_LETTERS: Final = 8


@dataclass(frozen=True, slots=True)
class Settings:
    """What one run works with. `encoder` None means the packaged one; `data` is for what the user
    makes: conversations, known questions."""

    notes: Path
    index: Path
    cache: Path
    encoder: str | None = None
    llm: str = NO_MODEL
    checker: str | None = None
    keys: Keys = NO_KEYS
    data: Path | None = None


def settings(
    notes: Path | None = None,
    index: Path | None = None,
    encoder: str | None = None,
    llm: str = NO_MODEL,
    checker: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings of a run: what the user named, and defaults for the rest."""
    folder = shipped_notes() if notes is None else _expanded(notes).resolve()
    home = environment.get("FOOTNOTE_HOME")
    if home:
        own = _expanded(Path(home)).resolve()
        data, cache = own / "data", own / "cache"
    else:
        data = platformdirs.user_data_path("footnote", appauthor=False)
        cache = platformdirs.user_cache_path("footnote", appauthor=False)
    chosen = data / "indexes" / index_name(folder) if index is None else _expanded(index)
    return Settings(folder, chosen, cache, encoder, llm, checker, keys(environment), data)


def keys(environment: Mapping[str, str] = os.environ) -> Keys:
    """The keys and the host that the user has set for language models; a blank one is none."""

    def key(name: str) -> str | None:
        return environment.get(name, "").strip() or None

    return Keys(
        openai=key("OPENAI_API_KEY"),
        anthropic=key("ANTHROPIC_API_KEY"),
        openai_like=key("FOOTNOTE_API_KEY"),
        ollama=key("OLLAMA_API_KEY"),
        ollama_host=environment.get("OLLAMA_HOST") or OLLAMA_HOST,
    )


def with_key(keys: Keys, spec: str, key: str) -> Keys:
    """The keys with another for the kind of model that a specification names."""
    if not key:
        return keys
    names = {"openai": "openai", "anthropic": "anthropic", "ollama": "ollama"}
    name = names.get(spec.partition(":")[0], "openai_like")
    return replace(keys, **{name: key})


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise NotesError(f"{path}: there is no such user; write the whole path") from error


def shipped_notes() -> Path:
    """The notes that come with Footnote, beside its packages."""
    return Path(ingest.__file__).resolve().parent.parent / "corpus"


def index_name(folder: Path) -> str:
    """A folder's index: its name to read, a hash of its whole path to tell it apart."""
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{folder.name or 'root'}-{digest[:_HASH_LETTERS]}"


def one_thread_a_product() -> None:
    """Keep numpy's products of small matrices on one thread, unless the environment says otherwise.

    Its threads wait for one another by spinning, on cores that others need. Of use before numpy is
    loaded.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
