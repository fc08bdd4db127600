"""Keeps Gradio from leaving event loops open."""

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def inside_a_loop(make: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """`make`, called while an event loop runs: without one, Gradio makes one for every lock.

    Nobody closes those, and each holds three open files.
    """

    @wraps(make)
    def inside(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        async def made() -> _Made:
            return make(*args, **kwargs)

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(made())
        return make(*args, **kwargs)

    return inside
