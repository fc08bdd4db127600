"""Keeps back what a model thinks aloud before its reply, where it writes that into its text.

Most servers part the two; some, and models in this process, do not. A thought is neither an answer
nor bound to the notes. Knows nothing of models.
"""

from collections.abc import Iterable, Iterator
from typing import Final

_OPENINGS: Final = ("<think>", "<thinking>", "<thought>")


def spoken(parts: Iterable[str]) -> Iterator[str]:
    """A reply as it arrives, without a thought at its beginning and without empty parts."""
    ear = _Ear()
    for part in parts:
        if said := ear.hears(part):
            yield said
    if said := ear.held_back():
        yield said


class _Ear:
    """Holds back what may still turn out to be a thought."""

    def __init__(self) -> None:
        self._held = ""
        self._closing = ""
        self._speaking = False

    def hears(self, part: str) -> str:
        """What may be passed on now that a further part has come."""
        if self._speaking:
            return part
        self._held += part
        if not self._closing:
            begun = self._held.lstrip()
            if begun not in _OPENINGS and any(tag.startswith(begun) for tag in _OPENINGS):
                return ""
            opened = next((tag for tag in _OPENINGS if begun.startswith(tag)), "")
            self._closing = opened.replace("<", "</")
            if not opened:
                return self._spoken(self._held)
        _, closed, after = self._held.partition(self._closing)
        if closed:
            return self._spoken(after.lstrip())
        # The closing tag may come in two parts; no more of a long thought is kept.
        self._held = self._held[-len(self._closing) :]
        return ""

    def held_back(self) -> str:
        """At the end: what only looked like the beginning of a thought."""
        return "" if self._speaking or self._closing else self._held

    def _spoken(self, text: str) -> str:
        self._speaking = True
        return text
