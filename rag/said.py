"""What a vendor's error says: its status, its server's words, and whether there was a server.

Reads errors by their shape and by the names of their classes; imports no vendor, and judges
nothing (see `troubles`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rag.model import Trouble

# A server's own words: enough to understand it by, never a page of HTML.
_MOST_LETTERS: Final = 300
_KEY_LIKE: Final = re.compile(r"\b(?:sk|gsk|key|AIza)[-_\w*]{8,}|(?i:bearer)\s+\S+")


@dataclass(frozen=True, slots=True)
class Said:
    """What a server answered instead of a reply, or in the middle of one.

    `status` is 0 where there is none. `lost` is set where the connection failed instead.
    """

    status: int
    words: str
    retry_after: float | None
    moved_to: str
    by_server: bool
    lost: Trouble | None

    def speaks(self, of: re.Pattern[str], *statuses: int) -> bool:
        """Whether it speaks of something, with one of these statuses or with none."""
        return self.status in {0, *statuses} and of.search(self.words) is not None


def read(error: Exception, secret: str | None) -> Said:
    """An error and what brought it about, without the key."""
    chain = list(_chain(error))
    status = next((code for each in chain if (code := _status(each)) >= 300), 0)
    headers = _headers(chain)
    by_server = status > 0 or any(hasattr(error, name) for name in ("body", "error"))
    return Said(
        status,
        _words(error, secret),
        _retry_after(headers),
        headers.get("location", "another address"),
        by_server,
        None if status else _lost(chain),
    )


def _lost(chain: list[Exception]) -> Trouble | None:
    """Whether a connection was never there, was lost, or stayed silent."""
    names = {base.__name__ for error in chain for base in type(error).__mro__}
    if "ConnectTimeout" in names:
        return Trouble.CONNECTION
    if names & {"TimeoutException", "TimeoutError", "APITimeoutError"}:
        return Trouble.TIMEOUT
    if names & {"ReadError", "WriteError", "RemoteProtocolError", "ConnectionResetError"}:
        return Trouble.BROKEN_OFF
    if names & {"ConnectError", "ConnectionError", "APIConnectionError", "TransportError"}:
        return Trouble.CONNECTION
    return None


def _chain(error: BaseException) -> Iterator[Exception]:
    """An error and what brought it about, the last first."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        if isinstance(at, Exception):
            yield at
        at = at.__cause__ or at.__context__


def _status(error: Exception) -> int:
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status > 0:
            return status
    return 0


def _headers(chain: list[Exception]) -> dict[str, str]:
    for error in chain:
        headers = getattr(getattr(error, "response", None), "headers", None)
        if headers is not None:
            return {str(name).lower(): str(value) for name, value in headers.items()}
    return {}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / scale
        except (KeyError, ValueError):
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    return None


def _words(error: Exception, secret: str | None) -> str:
    """What the server wrote, on one line, without keys."""
    bodies = (getattr(error, name, None) for name in ("body", "error"))
    words = next(filter(None, map(_message, bodies)), "") or _message(str(error))
    if secret:
        words = words.replace(secret, "…")
    words = " ".join(_KEY_LIKE.sub("…", words).split())
    return words if len(words) <= _MOST_LETTERS else words[: _MOST_LETTERS - 1] + "…"


def _message(body: Any) -> str:
    """The message within an error's body, whatever form that has."""
    if isinstance(body, str):
        text = body.strip()
        if text[:1] in {"{", "["}:
            try:
                return _message(json.loads(text)) or text
            except ValueError:
                return text
        return text
    if isinstance(body, list) and body:
        return _message(body[0])
    if isinstance(body, Mapping):
        inner = body.get("error")
        if isinstance(inner, Mapping | str):
            return _message(inner)
        parts = [str(body[name]) for name in ("message", "code", "detail") if body.get(name)]
        return ": ".join(dict.fromkeys(parts))
    return ""
