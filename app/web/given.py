"""What the fields that name a model and a checker say, and back. It knows no component."""

from dataclasses import dataclass
from typing import Final

from app.web.models import PRESETS
from app.wiring import ASKING
from rag.model import ModelError
from rag.specs import parse
from rag.types import NO_MODEL

WITH_ADDRESS: Final = "openai-like:"
WITH_KEY: Final = ("openai:", "anthropic:", WITH_ADDRESS)
RULES, OTHER = "rules", "other"


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the fields; those that are hidden may hold nothing at all."""

    preset: str
    model: str | None = None
    address: str | None = None
    key: str | None = None
    checked: str = RULES
    checker: str | None = None
    remember: bool = False
    with_key: bool = False

    @property
    def spec(self) -> str:
        """The specification of the model that writes."""
        if self.preset == NO_MODEL:
            return NO_MODEL
        name, url = (self.model or "").strip(), (self.address or "").strip()
        if not name:
            raise ModelError(f"{self.preset} lacks the model's name: write it under Model.")
        if self.preset != WITH_ADDRESS:
            return f"{self.preset}{name}"
        if not url.startswith(("http://", "https://")):
            raise ModelError(f"{url!r} is no address: write it like http://127.0.0.1:8000/v1.")
        return f"{self.preset}{name}@{url}"

    @property
    def judge(self) -> str | None:
        """Who judges after the rules; quotes need nobody."""
        if self.preset == NO_MODEL or self.checked == RULES:
            return None
        if self.checked == ASKING:
            return ASKING
        name = (self.checker or "").strip()
        if not name:
            raise ModelError("A model for inference lacks its name: write it under Checker.")
        return name


def values(llm: str, checker: str | None) -> tuple[str, str, str, str, str]:
    """What stands in preset, model, address, checked and checker for a choice."""
    spec = parse(llm)
    preset = next((one for _, one in PRESETS if spec and one == f"{spec.vendor}:"), NO_MODEL)
    checked = RULES if checker is None else ASKING if checker == ASKING else OTHER
    name = checker if checker and checked == OTHER else ""
    return preset, spec.model if spec else "", (spec.url or "") if spec else "", checked, name


def shown(preset: str) -> tuple[bool, bool, bool]:
    """Which fields a preset needs: name, address, key."""
    return preset != NO_MODEL, preset == WITH_ADDRESS, preset in WITH_KEY
