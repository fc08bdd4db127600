"""Serves a window on this machine until it is stopped. It knows no notes and no answers."""

import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Final

import gradio as gr
import uvicorn
from fastapi import FastAPI

from app.web.access import Account, SignIn
from app.web.address import url
from app.web.loops import inside_a_loop
from app.web.page import Window, look
from app.web.policy import LocalOnly

# Questions answered at once, each in a thread of its own; more wait their turn.
_AT_ONCE = 8
# What may be dropped on the window; larger files are no notes, and are not indexed anyway.
_LARGEST_NOTE = "50mb"
# How long a page that is still open may hold up the end.
_LEAVE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Doors:
    """Who may come in, and below which path: a proxy may put the window under one."""

    account: Account | None = None
    root_path: str = ""


# Whoever reaches the address may come in: right where that is this machine alone.
OPEN: Final = Doors()


@inside_a_loop
def server(window: Window, doors: Doors = OPEN) -> uvicorn.Server:
    """The window as a server that is not running yet."""
    # Its page of documentation would load scripts from elsewhere; docs/api.md is that page.
    outer = FastAPI(
        docs_url=None, redoc_url=None, openapi_url="/api/openapi.json", title="Footnote"
    )
    outer.include_router(window.routes)
    if doors.account is not None:
        outer.add_middleware(SignIn, account=doors.account)
    outer.add_middleware(LocalOnly, any_host=doors.account is not None)
    app = gr.mount_gradio_app(
        outer,
        window.page.queue(api_open=False, default_concurrency_limit=_AT_ONCE),
        path="/",
        max_file_size=_LARGEST_NOTE,
        root_path=doors.root_path or None,
        footer_links=[],
        favicon_path=str(resources.files("app.web").joinpath("icon.svg")),
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        show_error=False,
        **look(),
    )
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=_LEAVE_SECONDS,
        )
    )


def serve(
    window: Window,
    listening: socket.socket,
    host: str,
    port: int,
    browser: bool,
    say: Callable[[str], None],
    doors: Doors = OPEN,
) -> None:
    """Serve until interrupted, the address said first."""
    address = url(host, listening) + doors.root_path
    if port not in (0, listening.getsockname()[1]):
        say(f"Port {port} is taken; using the next free one.")
    say(f"Footnote is at {address} (Ctrl-C ends it)")
    if browser:
        open_browser(address)
    server(window, doors).run(sockets=[listening])


@contextmanager
def serving(window: gr.Blocks, listening: socket.socket, doors: Doors = OPEN) -> Iterator[None]:
    """Serve in the background for as long as the block runs."""
    running = server(window, doors)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield
    finally:
        running.should_exit = True
        thread.join()


def open_browser(address: str) -> None:
    """Open the address in a browser with windows, if there is one."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    # The class itself is for browsers that would take over this terminal, such as lynx.
    if type(browser) is not webbrowser.GenericBrowser:
        browser.open(address)
