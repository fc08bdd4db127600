"""The chat window in a real browser: who answers, how, and what leaves the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from scripted import ScriptedChat, ScriptedModels, written
from window import WINDOW, ask, library, opened, script, served, visit

from app.web.choosing import recalled
from app.web.remembered import Memory, Remembered, RememberError
from app.web.session import Choice
from rag.model import ModelError

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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the window keeps what is the user's."""
    return tmp_path_factory.mktemp("window")


@pytest.fixture(scope="module")
def address(
    folder: Path,
    first: ScriptedChat,
    other: ScriptedChat,
    asked: list[tuple[str, str | None, str]],
    models: ScriptedModels,
) -> Iterator[str]:
    """A window whose other models are scripted too."""

    def chat_with(llm: str, checker: str | None, key: str, _encoder: str) -> ScriptedChat:
        asked.append((llm, checker, key))
        if llm == "openai:gone":
            raise ModelError("<b>openai:gone</b> needs a package.")
        return other

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


def choose_checker(page: Page, checker: str) -> None:
    """Choose who checks what a model of Anthropic's wrote."""
    settings(page)
    choose(page, "Anthropic")
    page.get_by_role("textbox", name="Model").fill("claude")
    page.locator("#checked input").click()
    page.get_by_role("option", name=checker).click()


def test_the_answering_model_can_check(
    page: Page, asked: list[tuple[str, str | None, str]]
) -> None:
    """After the rules."""
    choose_checker(page, "the answering model itself")
    expect(page.locator("#checker")).to_be_hidden()
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#said")).to_contain_text("judges its own rewording")
    assert asked[-1] == ("anthropic:claude", "llm", "")


def test_a_model_for_inference_can_check(
    page: Page, asked: list[tuple[str, str | None, str]]
) -> None:
    """By its name, without which there is a message."""
    choose_checker(page, "a model for inference")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#said .fault")).to_contain_text("write it under Checker")
    page.get_by_role("textbox", name="Checker").fill(" ~/models/nli ")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#said")).to_contain_text("checked by ~/models/nli")
    assert asked[-1] == ("anthropic:claude", "~/models/nli", "")


def test_quotes_need_no_checker(page: Page) -> None:
    """None is offered without a model."""
    settings(page)
    expect(page.locator("#checked")).to_be_hidden()


def remember(page: Page, key: str, with_key: bool) -> None:
    """Use a remote model, and remember it."""
    choose_checker(page, "the answering model itself")
    page.locator("#key input").fill(key)
    page.get_by_role("checkbox", name="Remember on this machine").check()
    if with_key:
        page.get_by_role("checkbox", name="Remember the key too").check()
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#said")).to_contain_text("That is remembered.")


def remembered(folder: Path) -> list[Path]:
    """The files in which something is remembered."""
    return sorted((folder / "choices").glob("*"))


@pytest.mark.parametrize("with_key", [False, True])
def test_a_choice_is_remembered_until_it_is_forgotten(
    browser: Browser,
    page: Page,
    address: str,
    folder: Path,
    asked: list[tuple[str, str | None, str]],
    with_key: bool,
) -> None:
    """In a file for its owner alone, the key only if asked for; for this browser, no other."""
    remember(page, "sk-kept", with_key)
    (file,) = remembered(folder)
    assert file.stat().st_mode & 0o777 == 0o600
    assert ("sk-kept" in file.read_text()) is with_key
    opened(page, address)
    expect(page.locator("#head .model.away")).to_contain_text("anthropic:claude")
    assert asked[-1] == ("anthropic:claude", "llm", "sk-kept" if with_key else "")
    assert "sk-kept" not in page.content()
    with visit(browser, address) as someone:
        expect(someone.locator("#head .model")).to_contain_text("No model")
    settings(page)
    expect(page.get_by_role("textbox", name="Model")).to_have_value("claude")
    # The field for the key is empty, and the kept one holds.
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#said")).to_contain_text("from now on")
    assert asked[-1][2] == ("sk-kept" if with_key else "")
    page.get_by_role("button", name="Forget").click()
    expect(page.locator("#said")).to_contain_text("Forgotten")
    assert remembered(folder) == []
    opened(page, address)
    expect(page.locator("#head .model")).to_contain_text("No model")


def test_a_remembered_model_that_is_gone_is_said_at_once(
    page: Page, address: str, folder: Path
) -> None:
    """Answers are quotes then, and nobody is left to believe otherwise."""
    remember(page, "", False)
    (file,) = remembered(folder)
    file.write_text(file.read_text().replace("anthropic:claude", "openai:gone"))
    opened(page, address)
    expect(page.locator("#head .fault")).to_contain_text("<b>openai:gone</b> needs a package.")
    expect(page.locator("#head .model")).to_contain_text("No model")
    settings(page)
    expect(page.locator("#said .fault")).to_contain_text("cannot be used")
    page.get_by_role("button", name="Forget").click()
    expect(page.locator("#said")).to_contain_text("Forgotten")
    assert remembered(folder) == []


def test_what_the_command_named_goes_before_what_is_remembered(tmp_path: Path) -> None:
    """The window was opened with a model: that one answers."""
    books = library(ScriptedChat(), tmp_path, llm="ollama:small")
    books.memory.keep("ada", Remembered("openai:big"))
    assert not any(isinstance(one, Choice) for one in recalled(books, "ada"))
    quoting = library(ScriptedChat(), tmp_path)
    (choice,) = [one for one in recalled(quoting, "ada") if isinstance(one, Choice)]
    assert choice.llm == "openai:big"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"llm": 7}', '"none"'])
def test_a_damaged_memory_is_a_message_and_can_be_forgotten(tmp_path: Path, text: str) -> None:
    """It says what to do."""
    memory = Memory(tmp_path)
    memory.keep("ada", Remembered("openai:big"))
    (file,) = tmp_path.iterdir()
    file.write_text(text)
    with pytest.raises(RememberError, match="press Forget"):
        memory.recall("ada")
    memory.forget("ada")
    assert memory.recall("ada") is None


def test_a_file_is_for_its_owner_alone_however_often_it_is_written(tmp_path: Path) -> None:
    """Also where it was made readable to others before."""
    memory = Memory(tmp_path)
    memory.keep("ada", Remembered("openai:big"))
    (file,) = tmp_path.iterdir()
    file.chmod(0o644)
    memory.keep("ada", Remembered("openai:big", key="sk"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert "ada" not in file.name


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
    expect(page.get_by_placeholder("tiny")).to_be_visible()
