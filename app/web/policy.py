"""What the page may load and who may ask the server: this machine, and nothing else.

An ASGI layer around the window; it knows no notes and no Gradio.
"""

import ipaddress
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio compiles its components in the page, hence 'unsafe-eval' and 'unsafe-inline'; everything
# that could reach another host is closed.
CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'none'",
    )
)
# Gradio's file route fetches whole addresses from the server's side.
_FETCHING: Final = "/file=http"


class LocalOnly:
    """Adds the policy to every reply and refuses what asks for elsewhere.

    Unless there is a sign-in, it also refuses what comes from elsewhere: with `any_host` the window
    may be asked for by any name.
    """

    def __init__(self, app: ASGIApp, any_host: bool = False) -> None:
        self.app = app
        self.any_host = any_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = CONTENT_POLICY
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        if not self.any_host and not is_local_host(Headers(scope=scope).get("host", "")):
            # A page elsewhere whose name was pointed at this machine must not read the notes.
            await PlainTextResponse("unknown host", 403)(scope, receive, guarded)
        elif _FETCHING in scope["path"].lower():
            await PlainTextResponse("not served", 403)(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)


def is_local_host(header: str) -> bool:
    """Whether a Host header names this machine by a loopback name."""
    name = header.rsplit(":", 1)[0] if not header.endswith("]") else header
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
