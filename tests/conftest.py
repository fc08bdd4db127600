"""What every test runs in: a home of its own, so that none sees or leaves anything of the user's."""

import asyncio
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
def no_event_loop() -> None:
    """LlamaIndex makes a loop that it never closes, unless it was said that there is none."""
    asyncio.set_event_loop(None)
