"""What every test runs in: a home of its own, so that none sees or leaves anything of the user's."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

# Fixtures of the window's tests: one server and one browser for all of them.
from window import address, books, browser, chat, page  # noqa: F401


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, data and cache folder for this test."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("FOOTNOTE_HOME", str(folder / "footnote"))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(folder / name.removeprefix("XDG_").lower()))
    return folder


@pytest.fixture(scope="session", autouse=True)
def event_loop_of_libraries() -> Iterator[None]:
    """An event loop that is closed in the end: LlamaIndex makes one where it finds none."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
