"""The chat window in a real browser: who answers, how, and what leaves the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from scripted import ScriptedChat, ScriptedModels, written
from window import WINDOW, ask, library, script, served, visit

pytestmark = WINDOW


@pytest.fixture(scope="module")
def other() -> ScriptedChat:
    """What answers when another model is chosen."""
    return ScriptedChat({"What is recall?": written()})


@pytest.fixture(scope="module")
def first() -> ScriptedChat:
    """What answers at first."""
    return script()


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, str | None, str]]:
    """Which models were chosen."""
    return []


@pytest.fixture(scope="module")
def models() -> ScriptedModels:
    """The models that the window knows of."""
    return ScriptedModels()


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory,
    first: ScriptedChat,
    other: ScriptedChat,
    asked: list[tuple[str, str | None, str]],
    models: ScriptedModels,
) -> Iterator[str]:
    """A window whose other models are scripted too."""

    def chat_with(llm: str, checker: str | None, key: str) -> ScriptedChat:
        asked.append((llm, checker, key))
        return other

    folder: Path = tmp_path_factory.mktemp("window")
    books = library(first, folder, chat_with=chat_with, models=models, title="orchard")
    with served(books) as address:
        yield address


def settings(page: Page) -> None:
    """Go to the settings."""
    page.get_by_role("tab", name="Settings").click()
    expect(page.get_by_role("button", name="Use it")).to_be_visible()


def choose(page: Page, preset: str) -> None:
    """Choose who writes."""
    page.get_by_role("listbox", name="Written by").or_(page.locator("#preset input")).first.click()
    page.get_by_role("option", name=preset).click()


def test_who_answers_is_always_on_screen(page: Page) -> None:
    """And that nothing leaves the machine, while that is so; on every tab."""
    expect(page.locator("#head .model")).to_contain_text("nothing leaves this machine")
    settings(page)
    expect(page.locator("#head .model")).to_be_visible()


def test_a_local_model_is_offered_and_used_when_pressed(
    page: Page, asked: list[tuple[str, str | None, str]]
) -> None:
    """Finding it uses nothing; pressing it does."""
    before = len(asked)
    settings(page)
    offer = page.get_by_role("button", name="Use ollama:small")
    expect(offer).to_be_visible()
    assert len(asked) == before
    offer.click()
    expect(page.locator("#head .model")).to_have_text("ollama:small · on this machine")
    assert asked[-1] == ("ollama:small", None, "")
    page.get_by_role("tab", name="Chat").click()
    ask(page, "What is recall?")
    expect(page.locator(".facts")).to_contain_text("Written by scripted:storyteller")


def test_a_remote_model_is_named_as_one(
    page: Page, asked: list[tuple[str, str | None, str]]
) -> None:
    """The head says that questions leave; the key reaches the model and is shown nowhere."""
    settings(page)
    choose(page, "Anthropic")
    page.get_by_role("textbox", name="Model").fill("claude")
    page.get_by_label("Key").fill("sk-secret")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#head .model.away")).to_contain_text("leave this machine")
    assert asked[-1] == ("anthropic:claude", None, "sk-secret")
    assert "sk-secret" not in page.content()


def test_another_browser_keeps_its_own_model(browser: Browser, page: Page, address: str) -> None:
    """What one chooses changes nothing for the other."""
    settings(page)
    page.get_by_role("button", name="Use ollama:small").click()
    expect(page.locator("#head .model")).to_contain_text("ollama:small")
    with visit(browser, address) as someone:
        expect(someone.locator("#head .model")).to_contain_text("No model")


def test_a_model_can_be_tried_first(page: Page, models: ScriptedModels) -> None:
    """Its reply and the time it took; or what is wrong."""
    settings(page)
    choose(page, "OpenAI-compatible")
    page.get_by_role("textbox", name="Model").fill("tiny")
    page.get_by_role("textbox", name="Address").fill("http://127.0.0.1:9/v1")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#said")).to_contain_text("It replied “Hello.” after 0.2 s.")
    assert models.tried[-1] == ("openai-like:tiny@http://127.0.0.1:9/v1", "")
    page.get_by_label("Key").fill("wrong")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#said .fault")).to_contain_text("refused the key")


def test_a_model_without_a_name_is_a_message(page: Page) -> None:
    """It says what is missing."""
    settings(page)
    choose(page, "OpenAI-compatible")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#said .fault")).to_contain_text("lacks the model's name")


def test_length_and_strictness_reach_the_chat(page: Page, first: ScriptedChat) -> None:
    """From the next question on."""
    settings(page)
    page.get_by_role("radio", name="Long").check()
    page.get_by_role("spinbutton").fill("0.8")
    page.get_by_role("spinbutton").press("Tab")
    page.get_by_role("tab", name="Chat").click()
    ask(page, "What is recall?")
    wanted = first.asked[-1][2]
    assert (wanted.long, wanted.strictness) == (True, 0.8)


def test_the_encoder_is_shown(page: Page) -> None:
    """What the notes were encoded with."""
    settings(page)
    expect(page.locator("#facts .encoder")).to_contain_text("tiny")
