"""Models behind servers: what is sent, what comes back, how a reply is stopped and what fails."""

import dataclasses
import gc
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from scripted_server import BREAK, DROP, HANG, Asked, ScriptedServer

from rag.model import Model, ModelError, Trouble
from rag.models import Keys, Line, estimated, open_model
from rag.specs import Vendor, parse
from rag.types import Message, Tokens
from rag.vendors import THINKING_TOKENS

ROOT = Path(__file__).parent.parent
VENDORS = ("openai", "openai-like", "anthropic", "ollama")
ASKED = [Message("system", "Quote the notes."), Message("user", "What is recall?")]
KEYS = Keys(openai="sk-openai-1", anthropic="sk-ant-2", openai_like="fk-3")
# Long enough for a busy machine, short enough to test that it ends.
PATIENT = 30.0
IMPATIENT = 0.2


class Desk:
    """Opens models against one scripted server; keeps what was said and how long was waited."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server
        self.notices: list[str] = []
        self.pauses: list[float] = []

    def spec(self, vendor: str) -> str:
        """A model of a vendor that the server can play."""
        names = {
            "openai": "openai:gpt-4o-mini",
            "openai-like": f"openai-like:m@{self.server.v1}",
            "anthropic": "anthropic:claude-sonnet-4-5",
            "ollama": "ollama:m",
        }
        return names[vendor]

    def open(self, spec: str, keys: Keys = KEYS, read_seconds: float = PATIENT) -> Model:
        """The model of a specification, or a vendor's usual one."""
        line = Line(self.server.v1, self.server.url, 5.0, read_seconds, self.pauses.append)
        keys = dataclasses.replace(keys, ollama_host=self.server.url)
        spec = self.spec(spec) if spec in VENDORS else spec
        model = open_model(spec, keys, self.notices.append, line)
        assert model is not None
        return model

    def fails(self, model: Model) -> ModelError:
        """The error with which a reply ends."""
        with pytest.raises(ModelError) as caught:
            list(model.stream(ASKED, 50))
        return caught.value


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A server of its own for each test."""
    with ScriptedServer() as server:
        yield Desk(server)


def whole(reply: Generator[str, None, Tokens | None]) -> tuple[list[str], Tokens | None]:
    """The parts of a reply, and what it took."""
    parts: list[str] = []
    while True:
        try:
            parts.append(next(reply))
        except StopIteration as ended:
            return parts, ended.value


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_reply_comes_in_parts_with_what_it_took(desk: Desk, vendor: str) -> None:
    """The text as it was sent, then the tokens that the server counted."""
    desk.server.say("Recall is ", "a share", " [1].")
    reply = whole(desk.open(vendor).stream(ASKED, 50))
    assert reply == (["Recall is ", "a share", " [1]."], Tokens(11, 7))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_part_is_passed_on_before_the_next_has_come(desk: Desk, vendor: str) -> None:
    """Nothing waits for the end."""
    gate = threading.Event()
    desk.server.say("Recall ", gate, "is a share.")
    reply = desk.open(vendor).stream(ASKED, 50)
    assert next(reply) == "Recall "
    gate.set()
    assert list(reply) == ["is a share."]


@pytest.mark.parametrize("vendor", VENDORS)
def test_closing_a_reply_ends_the_request(desk: Desk, vendor: str) -> None:
    """The server sees its client go."""
    desk.server.say("Recall ", HANG)
    reply = desk.open(vendor).stream(ASKED, 50)
    next(reply)
    reply.close()
    assert desk.server.chats[0].closed.wait(PATIENT)


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_sent_is_what_was_asked(desk: Desk, vendor: str) -> None:
    """Model, messages, length, and as little chance as there can be."""
    desk.server.say("Yes.")
    whole(desk.open(vendor).stream(ASKED, 50))
    sent = desk.server.chats[0]
    model = desk.spec(vendor).split(":", 1)[1].split("@")[0]
    assert sent.body["model"] == model
    assert sent.texts[-1] == "What is recall?"
    assert "Quote the notes." in [*sent.texts, sent.body.get("system")]
    options = sent.body.get("options", sent.body)
    assert options["temperature"] == 0
    longest = {"openai": "max_completion_tokens", "ollama": "num_predict"}
    assert options[longest.get(vendor, "max_tokens")] == 50


def sent_key(asked: Asked) -> str | None:
    return asked.headers.get("x-api-key") or asked.headers.get("authorization")


@pytest.mark.parametrize(
    ("vendor", "key"),
    [
        ("openai", "Bearer sk-openai-1"),
        ("openai-like", "Bearer fk-3"),
        ("anthropic", "sk-ant-2"),
        ("ollama", None),
    ],
)
def test_a_key_goes_to_its_own_model_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, vendor: str, key: str | None
) -> None:
    """Whatever else the environment holds is not sent."""
    for name in (
        "OPENAI_API_KEY",
        "OPENAI_ORG_ID",
        "OPENAI_PROJECT_ID",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "OLLAMA_API_KEY",
    ):
        monkeypatch.setenv(name, "stray-secret")
    desk.server.say("Yes.")
    model = desk.open(vendor)
    whole(model.stream(ASKED, 50))
    assert sent_key(desk.server.chats[0]) == key
    assert "stray-secret" not in str([asked.headers for asked in desk.server.asked])


@pytest.mark.parametrize("vendor", ["openai-like", "ollama"])
def test_without_a_key_none_is_sent(desk: Desk, vendor: str) -> None:
    """Not even the stand-in on which clients insist."""
    desk.server.say("Yes.")
    whole(desk.open(vendor, Keys()).stream(ASKED, 50))
    assert sent_key(desk.server.chats[0]) is None


def test_a_proxy_never_sees_what_stays_here(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is for other machines."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for vendor in VENDORS:
        desk.server.say("Yes.")
        assert whole(desk.open(vendor).stream(ASKED, 50))[0] == ["Yes."]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_redirection_is_not_followed(desk: Desk, vendor: str) -> None:
    """What was meant for one address goes to no other."""
    desk.server.refuse(307, "elsewhere", location="http://example.com/v1")
    trouble = desk.fails(desk.open(vendor))
    assert trouble.kind is Trouble.CONNECTION
    assert "passes requests on to http://example.com/v1" in str(trouble)


@pytest.mark.parametrize("vendor", ["openai", "anthropic"])
def test_a_vendor_that_needs_a_key_says_so_before_anything_is_sent(desk: Desk, vendor: str) -> None:
    """With the name of the variable."""
    with pytest.raises(ModelError, match=f"{vendor.upper()}_API_KEY") as caught:
        desk.open(vendor, Keys())
    assert caught.value.kind is Trouble.KEY
    assert desk.server.asked == []


# Status, what the server says, and what becomes of it.
REFUSALS = [
    (401, "bad key", Trouble.KEY, "did not accept the key|wants a key"),
    (403, "not for you", Trouble.KEY, "may use this model|wants a key"),
    (402, "pay first", Trouble.KEY, "nothing left to spend"),
    (404, "model 'm' not found", Trouble.NO_SUCH_MODEL, "There is no model"),
    (400, "The model `m` does not exist", Trouble.NO_SUCH_MODEL, "There is no model"),
    (400, "This model's maximum context length is 9", Trouble.TOO_LONG, "too long"),
    (400, "prompt is too long: 9 tokens > 5 maximum", Trouble.TOO_LONG, "too long"),
    (413, "large", Trouble.TOO_LONG, "larger context window"),
    (400, "blocked by our content policy", Trouble.REFUSED, "declines to answer"),
    (400, "no such parameter", Trouble.OTHER, "did not accept the request"),
    (500, "model requires more system memory", Trouble.OTHER, "too little memory"),
    (504, "late", Trouble.TIMEOUT, "did not send a reply"),
]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("status", "says", "kind", "message"), REFUSALS)
def test_a_refusal_says_what_to_do(
    desk: Desk, vendor: str, status: int, says: str, kind: Trouble, message: str
) -> None:
    """Each kind for every vendor, and none of these is tried again."""
    desk.server.refuse(status, says)
    model = desk.open(vendor)
    with pytest.raises(ModelError, match=message) as caught:
        list(model.stream(ASKED, 50))
    assert caught.value.kind is kind
    assert len(desk.server.chats) == 1
    assert desk.pauses == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_rate_limit_is_waited_for_if_that_is_short(desk: Desk, vendor: str) -> None:
    """As long as the server asks for, and then the reply comes."""
    desk.server.refuse(429, "slow down", retry_after="2")
    desk.server.say("Yes.")
    assert whole(desk.open(vendor).stream(ASKED, 50))[0] == ["Yes."]
    assert desk.pauses == [2.0]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_long_rate_limit_is_told_instead(desk: Desk, vendor: str) -> None:
    """Nobody sits before a silent screen for a minute."""
    desk.server.refuse(429, "slow down, or pay more at /account/billing", retry_after="60")
    trouble = desk.fails(desk.open(vendor))
    assert (trouble.kind, trouble.retry_after) == (Trouble.RATE, 60.0)
    assert "Ask again in 60 seconds" in str(trouble)
    assert desk.pauses == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_failing_server_is_tried_three_times(desk: Desk, vendor: str) -> None:
    """Then it is said that it fails."""
    for _ in range(3):
        desk.server.refuse(503, "busy")
    trouble = desk.fails(desk.open(vendor))
    assert trouble.kind is Trouble.SERVER
    assert 'failed with status 503 ("busy")' in str(trouble)
    assert len(desk.server.chats) == 3
    assert desk.pauses == [1.0, 3.0]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_connection_cut_before_the_first_word_is_made_again(desk: Desk, vendor: str) -> None:
    """Nothing has been shown yet, so nothing is shown twice."""
    desk.server.say(DROP)
    desk.server.say("Yes.")
    assert whole(desk.open(vendor).stream(ASKED, 50))[0] == ["Yes."]
    assert desk.pauses == [1.0]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("end", [BREAK, DROP], ids=["an error", "a cut"])
def test_what_fails_after_the_first_word_is_not_tried_again(
    desk: Desk, vendor: str, end: str
) -> None:
    """What came is kept, and the rest is an error."""
    desk.server.say("Recall ", end)
    reply = desk.open(vendor).stream(ASKED, 50)
    assert next(reply) == "Recall "
    with pytest.raises(ModelError, match="broke off in the middle") as caught:
        next(reply)
    assert caught.value.kind is Trouble.BROKEN_OFF
    assert len(desk.server.chats) == 1


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_servers_own_words_are_told(desk: Desk, vendor: str) -> None:
    """An error within a reply that began with success."""
    desk.server.say("Recall ", BREAK)
    assert "the engine stumbled" in str(desk.fails(desk.open(vendor)))


@pytest.mark.parametrize("vendor", VENDORS)
def test_silence_ends_in_an_error(desk: Desk, vendor: str) -> None:
    """With how long was waited; it is not tried again, for it would take as long again."""
    desk.server.say("Recall ", HANG)
    trouble = desk.fails(desk.open(vendor, read_seconds=IMPATIENT))
    assert trouble.kind is Trouble.TIMEOUT
    assert "within 0.2 seconds" in str(trouble)
    assert desk.pauses == []


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    ("ended", "kind", "message"),
    [("stop", Trouble.EMPTY, "empty reply"), ("length", Trouble.EMPTY, "used up its room")],
)
def test_a_reply_without_a_word_is_an_error(
    desk: Desk, vendor: str, ended: str, kind: Trouble, message: str
) -> None:
    """Success with nothing in it is no answer."""
    desk.server.say(ended=ended)
    trouble = desk.fails(desk.open(vendor))
    assert trouble.kind is kind
    assert message in str(trouble)


@pytest.mark.parametrize(
    ("vendor", "ended"),
    [("openai", "content_filter"), ("openai-like", "content_filter"), ("anthropic", "refusal")],
)
def test_a_reply_that_ends_in_a_refusal_is_one(desk: Desk, vendor: str, ended: str) -> None:
    """Half an answer is not taken for a whole one."""
    desk.server.say("I ", ended=ended)
    assert desk.fails(desk.open(vendor)).kind is Trouble.REFUSED


@pytest.mark.parametrize(
    ("spec", "step"),
    [
        ("ollama:m", "ollama serve"),
        ("openai-like:m@{url}/v1", "Start the server, or check the address"),
    ],
)
def test_a_server_that_is_not_there_is_named(spec: str, step: str) -> None:
    """With how to start it, and without a guess at its window."""
    with ScriptedServer() as gone:
        url = gone.url
    notices: list[str] = []
    keys = Keys(ollama_host=url)
    model = open_model(spec.format(url=url), keys, notices.append, Line(connect_seconds=1))
    assert model is not None
    with pytest.raises(ModelError, match=step) as caught:
        list(model.stream(ASKED, 50))
    assert caught.value.kind is Trouble.CONNECTION
    assert url in str(caught.value)
    assert notices == []


def test_an_address_without_a_chat_is_told_from_a_missing_model(desk: Desk) -> None:
    """Most often /v1 is missing."""
    trouble = desk.fails(desk.open(f"openai-like:m@{desk.server.url}"))
    assert trouble.kind is Trouble.NO_SUCH_MODEL
    assert "mostly end in /v1" in str(trouble)


def test_a_key_that_a_server_repeats_is_not_shown(desk: Desk) -> None:
    """Nor one that looks like a key."""
    desk.server.refuse(400, "fk-3 is not sk-abcdefghij123, Bearer xyz")
    message = str(desk.fails(desk.open("openai-like")))
    assert not any(secret in message for secret in ("fk-3", "abcdefghij", "xyz"))


def test_a_page_of_html_is_cut_short(desk: Desk) -> None:
    """A proxy's error page is no message."""
    desk.server.refuse(400, "x" * 5_000)
    assert len(str(desk.fails(desk.open("openai-like")))) < 600


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_long_reply_comes_whole(desk: Desk, vendor: str) -> None:
    """Two hundred thousand letters."""
    part = "recall and precision " * 100
    desk.server.say(*([part] * 100))
    parts, _ = whole(desk.open(vendor).stream(ASKED, 50))
    assert "".join(parts) == part * 100


@pytest.mark.parametrize("vendor", VENDORS)
def test_one_model_serves_two_questions_at_once(desk: Desk, vendor: str) -> None:
    """Closing one reply leaves the other alone."""
    gate = threading.Event()
    desk.server.say("One ", gate, "two")
    desk.server.say("Three ", HANG)
    model = desk.open(vendor)
    first, second = model.stream(ASKED, 50), model.stream(ASKED, 50)
    assert (next(first), next(second)) == ("One ", "Three ")
    second.close()
    gate.set()
    assert list(first) == ["two"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["<think>It is 5.</think>", "Recall."], ["Recall."]),
        (["\n<th", "ink>a</thi", "nk>\n\n", "Recall."], ["Recall."]),
        (["<think>a", "b", "</think>\nRecall", " is."], ["Recall", " is."]),
        (["<thin", " ice"], ["<thin ice"]),
        (["<", "th"], ["<th"]),
        (["a <think>b</think>"], ["a <think>b</think>"]),
    ],
)
def test_thoughts_at_the_beginning_are_kept_back(
    desk: Desk, parts: list[str], said: list[str]
) -> None:
    """However they are cut; what only looks like one is said."""
    desk.server.say(*parts)
    assert whole(desk.open("openai-like").stream(ASKED, 50))[0] == said


def test_nothing_but_a_thought_is_an_empty_reply(desk: Desk) -> None:
    """It never came to its answer."""
    desk.server.say("<think>Let me see.", ended="length")
    assert "thinks longer" in str(desk.fails(desk.open("openai-like")))


def test_models_that_are_newer_than_the_package_are_asked_all_the_same(desk: Desk) -> None:
    """With room to think, and the one temperature that such models allow."""
    desk.server.say("Yes.")
    assert whole(desk.open("openai:gpt-99").stream(ASKED, 50))[0] == ["Yes."]
    body = desk.server.chats[0].body
    assert (body["temperature"], body["max_completion_tokens"]) == (1.0, 50 + THINKING_TOKENS)


@pytest.mark.parametrize(
    ("model", "temperature", "room"),
    [
        ("gpt-4o-mini", 0, 50),
        ("gpt-4o-mini-2099-01-31", 0, 50),
        ("ft:gpt-4o-mini:me::id", 0, 50),
        ("gpt-5-mini", 1, 50 + THINKING_TOKENS),
    ],
)
def test_openais_models_are_asked_by_their_family(
    desk: Desk, model: str, temperature: float, room: int
) -> None:
    """Those that think get room for it; tuned and dated ones are what they come from."""
    desk.server.say("Yes.")
    whole(desk.open(f"openai:{model}").stream(ASKED, 50))
    body = desk.server.chats[0].body
    assert (body["model"], body["temperature"]) == (model, temperature)
    assert body["max_completion_tokens"] == room


@pytest.mark.parametrize(
    ("spec", "window"),
    [
        ("openai:gpt-4o-mini", 128_000),
        ("openai:ft:gpt-4o-mini:me::id", 128_000),
        ("openai:gpt-4o-mini-2099-01-31", 128_000),
        ("anthropic:claude-sonnet-4-5", 200_000),
        ("anthropic:claude-of-tomorrow", 200_000),
    ],
)
def test_known_windows_are_known(desk: Desk, spec: str, window: int) -> None:
    """From tables; nobody is asked and nothing is said."""
    assert desk.open(spec).window == window
    assert desk.server.asked == []
    assert desk.notices == []


@pytest.mark.parametrize(
    ("entry", "window"),
    [
        ({"max_model_len": 8192}, 8192),
        ({"context_length": 32_000}, 32_000),
        ({"context_window": 131_072}, 131_072),
        ({"meta": {"n_ctx": 2048, "n_ctx_train": 99_999}}, 2048),
        ({"owned_by": "llamacpp", "meta": {"n_ctx_train": 99_999}}, 6144),
    ],
)
def test_a_server_is_asked_for_its_window(
    desk: Desk, entry: dict[str, object], window: int
) -> None:
    """Each kind of server says it elsewhere; it is asked once."""
    desk.server.models = [{"id": "other", "max_model_len": 1}, {"id": "m", **entry}]
    desk.server.props = {"default_generation_settings": {"n_ctx": 6144}}
    model = desk.open("openai-like")
    assert model.window == window
    asked = len(desk.server.asked)
    assert model.window == window
    assert len(desk.server.asked) == asked
    assert desk.notices == []


@pytest.mark.parametrize("spec", ["openai-like", "openai:gpt-99"])
def test_an_unknown_window_is_taken_to_be_small_and_said(desk: Desk, spec: str) -> None:
    """Once, with the number."""
    model = desk.open(spec)
    assert (model.window, model.window) == (4_096, 4_096)
    assert len(desk.notices) == 1
    assert "4,096 tokens are assumed" in desk.notices[0]


@pytest.mark.parametrize(("holds", "window"), [(131_072, 8_192), (2_048, 2_048)])
def test_ollama_is_told_how_much_to_read(desk: Desk, holds: int, window: int) -> None:
    """What the model can do, but no more memory than a question needs."""
    desk.server.shown = {"model_info": {"qwen3.context_length": holds}}
    desk.server.say("Yes.")
    model = desk.open("ollama")
    whole(model.stream(ASKED, 50))
    assert model.window == window
    assert desk.server.chats[0].body["options"]["num_ctx"] == window


@pytest.mark.parametrize(
    ("spec", "remote"),
    [
        ("openai-like:m@http://127.0.0.1:1/v1", False),
        ("openai-like:m@http://192.168.0.9:1/v1", True),
        ("openai-like:m@https://api.example.com/v1", True),
    ],
)
def test_a_model_tells_whether_notes_leave_the_machine(desk: Desk, spec: str, remote: bool) -> None:
    """By its address."""
    assert desk.open(spec).remote is remote


def test_the_vendors_own_addresses_are_remote() -> None:
    """With nothing sent to find out."""
    for spec in ("openai:gpt-4o", "anthropic:claude-sonnet-4-5"):
        model = open_model(spec, KEYS, print)
        assert model is not None
        assert model.remote


def test_tokens_are_counted_on_the_high_side(desk: Desk) -> None:
    """OpenAI's by their vocabulary, others by their bytes; marks of a model's own are only text."""
    text = "Recall is the share of the relevant items that were found. " * 20
    exact = desk.open("openai").count(text)
    assert exact < estimated(text) == desk.open("ollama").count(text)
    assert desk.open("openai").count("<|endoftext|>") > 0
    assert estimated("再現率") >= 3


def test_keys_are_in_no_description_and_no_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Not at the loudest setting either."""
    caplog.set_level(logging.DEBUG)
    for vendor in VENDORS:
        desk.server.say("Yes.")
        model = desk.open(vendor)
        whole(model.stream(ASKED, 50))
        assert "sk-" not in repr(model)
        assert "fk-3" not in repr(model)
    assert not any(key in caplog.text for key in ("sk-openai-1", "sk-ant-2", "fk-3"))


def test_nothing_global_is_set(desk: Desk) -> None:
    """LlamaIndex's own default model stays what it was: nobody's."""
    from llama_index.core import Settings

    desk.server.say("Yes.")
    whole(desk.open("openai").stream(ASKED, 50))
    assert Settings._llm is None


def test_nothing_is_left_open(desk: Desk) -> None:
    """A reply that was read to its end, and one that was dropped half-way."""
    desk.server.say("Yes.")
    desk.server.say("Recall ", HANG)
    model = desk.open("openai-like")
    whole(model.stream(ASKED, 50))
    next(model.stream(ASKED, 50))
    gc.collect()
    assert desk.server.chats[1].closed.wait(PATIENT)


def test_no_vendor_is_imported_before_a_model_is_opened() -> None:
    """Whoever uses no model does not wait for one."""
    code = (
        "import sys, rag.models, app.models, app.cli\n"
        "heavy = {'llama_index', 'openai', 'anthropic', 'ollama', 'torch', 'transformers', 'httpx'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("vendor", list(Vendor))
def test_a_missing_package_comes_with_its_command(vendor: Vendor) -> None:
    """In a Python that has none of them."""
    spec = {Vendor.OPENAI_LIKE: "openai-like:m@http://127.0.0.1:1/v1"}.get(vendor, f"{vendor}:m")
    code = (
        "import sys\n"
        "sys.modules['llama_index.llms'] = None\n"
        "from rag.models import Keys, open_model\n"
        f"open_model({spec!r}, Keys('a', 'b', 'c'), print)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f'-m pip install "footnote[{vendor}]"' in done.stderr


def test_the_documented_python_runs(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """As it stands, but for where the server is."""
    document = (ROOT / "docs" / "models.md").read_text("utf-8")
    snippet = re.search(r"```python\n(.*?)```", document, re.DOTALL)
    assert snippet
    desk.server.say("Recall is ", "a share.")
    exec(snippet.group(1).replace("Keys()", f"Keys(ollama_host={desk.server.url!r})"), {})
    assert capsys.readouterr().out == "Recall is a share."


def test_every_documented_specification_is_one() -> None:
    """Nothing in the tables and examples is refused."""
    document = (ROOT / "docs" / "models.md").read_text("utf-8")
    specs = re.findall(
        r"(?:--try |`)((?:openai-like|openai|anthropic|ollama|hf):[^\s`]+)", document
    )
    assert len(specs) > 10
    assert all(parse(spec.replace("@URL", "@http://127.0.0.1/v1")) for spec in specs)
