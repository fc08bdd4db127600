"""Who may use a window that others can reach: one name and one password. It serves nothing."""

import base64
import binascii
import secrets
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import FootnoteError


class AccessError(FootnoteError):
    """A name and password that cannot be used."""


@dataclass(frozen=True, slots=True)
class Account:
    """A name and its password."""

    user: str
    password: str

    def admits(self, header: str) -> bool:
        """Whether an Authorization header carries this name and password."""
        scheme, _, coded = header.partition(" ")
        try:
            given = base64.b64decode(coded, validate=True)
        except (binascii.Error, ValueError):
            return False
        wanted = f"{self.user}:{self.password}".encode()
        return scheme.lower() == "basic" and secrets.compare_digest(given, wanted)


def account(text: str) -> Account:
    """The account that `user:password` says, or the first line of a file that holds it."""
    file = Path(text)
    written, where = text, "--auth"
    if file.is_file():
        written, where = file.read_text("utf-8").partition("\n")[0].strip(), str(file)
    user, colon, password = written.partition(":")
    if not (user and colon and password):
        raise AccessError(f"{where} holds no name and password: write user:password")
    return Account(user, password)


class SignIn:
    """Asks for the name and the password before anything else is served."""

    def __init__(self, app: ASGIApp, account: Account) -> None:
        self.app = app
        self.account = account

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        admitted = scope["type"] == "lifespan" or self.account.admits(
            Headers(scope=scope).get("authorization", "")
        )
        if admitted:
            await self.app(scope, receive, send)
            return
        refusal = PlainTextResponse(
            "name and password, please", 401, {"WWW-Authenticate": 'Basic realm="Footnote"'}
        )
        await refusal(scope, receive, send)
