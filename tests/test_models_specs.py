"""What users write for a model, and what stays on this machine."""

import pytest

from app.settings import keys
from rag.model import Trouble
from rag.models import Keys
from rag.specs import FORMS, OLLAMA_HOST, Spec, SpecError, Vendor, host_url, is_loopback, parse


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("none", None),
        (" none ", None),
        ("openai:gpt-4o-mini", Spec(Vendor.OPENAI, "gpt-4o-mini")),
        ("openai:ft:gpt-4o:me::id", Spec(Vendor.OPENAI, "ft:gpt-4o:me::id")),
        ("anthropic:claude-sonnet-4-5", Spec(Vendor.ANTHROPIC, "claude-sonnet-4-5")),
        ("ollama:qwen3:4b", Spec(Vendor.OLLAMA, "qwen3:4b")),
        ("hf:Qwen/Qwen3-0.6B", Spec(Vendor.HF, "Qwen/Qwen3-0.6B")),
        ("hf:/my models/tiny", Spec(Vendor.HF, "/my models/tiny")),
        (
            "openai-like:m@http://127.0.0.1:8000/v1/",
            Spec(Vendor.OPENAI_LIKE, "m", "http://127.0.0.1:8000/v1"),
        ),
        (
            "openai-like:accounts/a@b/m:free@https://api.example.com/v1",
            Spec(Vendor.OPENAI_LIKE, "accounts/a@b/m:free", "https://api.example.com/v1"),
        ),
    ],
)
def test_a_specification_is_read(text: str, spec: Spec | None) -> None:
    """A vendor, a model, and for OpenAI-like servers an address."""
    assert parse(text) == spec


@pytest.mark.parametrize(
    "text", [str(vendor.form) for vendor in Vendor if "URL" not in vendor.form]
)
def test_a_specification_is_shown_as_it_was_written(text: str) -> None:
    """Reading and writing agree."""
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'' names no model"),
        ("gpt-4o", "gpt-4o names no model. Write one of: none, openai:MODEL"),
        ("OpenAI:gpt-4o", "names no model"),
        ("mistral:x", "mistral:x names no model"),
        ("openai:", "openai: lacks the model's name: write openai:MODEL"),
        ("ollama: x", "lacks the model's name"),
        ("hf:a\nb", "lacks the model's name: write hf:NAME_OR_PATH"),
        ("openai-like:m", "lacks the address that serves the model"),
        ("openai-like:@http://x/v1", "lacks the model's name"),
        ("openai-like:m@ftp://x", "lacks the address"),
        ("openai-like:m@http://", "lacks the address"),
        ("openai-like:m@http://x:99999/v1", "holds no usable address"),
        ("openai-like:m@http://x/v1?key=1", "lacks the address"),
    ],
)
def test_a_wrong_specification_is_named_with_the_right_forms(text: str, says: str) -> None:
    """The message says what was wrong and what to write."""
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert says in str(caught.value)
    assert caught.value.kind is Trouble.SPEC


def test_a_key_in_an_address_is_refused_and_not_repeated() -> None:
    """Addresses are shown on screen; keys are not."""
    with pytest.raises(SpecError) as caught:
        parse("openai-like:m@https://me:secret@api.example.com/v1")
    assert "FOOTNOTE_API_KEY" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_every_vendor_has_its_form() -> None:
    """What is offered is what can be read."""
    assert len(set(FORMS)) == len(Vendor) + 1


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("", OLLAMA_HOST),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":5050", "http://127.0.0.1:5050"),
        ("localhost", "http://localhost:11434"),
        ("http://box.lan", "http://box.lan:80"),
        ("https://box.lan/ollama/", "https://box.lan:443/ollama"),
        ("[::1]:11434", "http://[::1]:11434"),
    ],
)
def test_an_ollama_host_is_read_as_ollama_reads_it(written: str, url: str) -> None:
    """With and without scheme and port; one that listens everywhere is asked on this machine."""
    assert host_url(written) == url


@pytest.mark.parametrize("written", ["ftp://box", "http://me:pw@box", "box:port"])
def test_a_wrong_ollama_host_is_a_message(written: str) -> None:
    """The variable is named."""
    with pytest.raises(SpecError, match="OLLAMA_HOST"):
        host_url(written)


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        ("http://localhost:8000/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://127.8.9.1:1", True),
        ("http://[::1]:8000/v1", True),
        ("http://192.168.1.5/v1", False),
        ("http://10.0.0.2", False),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://2130706433", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_only_this_machine_is_here(url: str, stays: bool) -> None:
    """An address in one's own network is another machine too."""
    assert is_loopback(url) is stays


def test_keys_come_from_the_environment_alone() -> None:
    """Each from its own variable; a blank one is none."""
    found = keys(
        {
            "OPENAI_API_KEY": "sk-o",
            "ANTHROPIC_API_KEY": "  ",
            "FOOTNOTE_API_KEY": "fk",
            "OLLAMA_HOST": "box",
        }
    )
    assert (found.openai, found.anthropic, found.openai_like) == ("sk-o", None, "fk")
    assert (found.ollama, found.ollama_host) == (None, "box")
    assert keys({}) == Keys()


def test_keys_are_never_shown() -> None:
    """Neither in a traceback nor in a log."""
    assert "hidden" not in repr(Keys("hidden1", "hidden2", "hidden3", "hidden4"))
