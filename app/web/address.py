"""Addresses that reach this machine alone, and a free port on one. It serves nothing."""

import ipaddress
import socket
from typing import Final

from ingest.errors import FootnoteError

# Ports tried after the wanted one before giving up: enough for a few windows at once.
_PORTS_TRIED: Final = 20


class NoFreePort(FootnoteError):
    """Every port that was tried is taken."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address reaches this machine and no other."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bound(host: str, port: int) -> socket.socket:
    """A socket on the first free port from `port` on; 0 lets the system choose."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)):
        listening = socket.socket(family, socket.SOCK_STREAM)
        # A window closed a moment ago leaves its port waiting; it is free for the next one.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, candidate))
            listening.listen()
        except OSError:
            listening.close()
            continue
        return listening
    raise NoFreePort(f"no free port on {host} from {port} on; choose another with --port")


def url(host: str, listening: socket.socket) -> str:
    """The address to type into a browser."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}"
