"""A Transformers model in this very process: no server, no key, nothing leaves the machine.

LlamaIndex's class loads and describes it. Its way of streaming cannot be stopped, and waits for
ever when generation fails, so the generation is led here.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import torch
from jinja2 import TemplateError
from llama_index.core.llms import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    MessageRole,
)
from llama_index.core.llms.callbacks import llm_chat_callback
from llama_index.llms.huggingface import HuggingFaceLLM
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    StoppingCriteria,
    StoppingCriteriaList,
    TextIteratorStreamer,
)
from transformers.utils import logging

from rag import troubles, windows
from rag.model import ModelError, Trouble
from rag.reply import Reply, chat
from rag.specs import Spec
from rag.thoughts import spoken
from rag.troubles import Asked
from rag.types import Message, Tokens

_HERE: Final = "this machine"
_SYSTEM: Final = MessageRole.SYSTEM


class StoppableLLM(HuggingFaceLLM):  # type: ignore[misc]
    """LlamaIndex's class with streaming that ends when its generator is closed."""

    @llm_chat_callback()  # type: ignore[untyped-decorator]
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """A reply in parts; closing it ends the thread that generates."""
        return self._streamed(self.encoded(messages), int(kwargs["max_new_tokens"]))

    def encoded(self, messages: Sequence[ChatMessage]) -> Any:
        """Messages as tokens, set in the model's own chat template."""
        return self._tokenizer.apply_chat_template(
            [{"role": one.role.value, "content": one.content} for one in messages],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        ).to(self._model.device)

    def count(self, text: str) -> int:
        """How many tokens a text takes."""
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _streamed(self, inputs: Any, most: int) -> Iterator[ChatResponse]:
        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        stop, failures, written = Event(), list[BaseException](), _Counter()

        def generate() -> None:
            try:
                self._model.generate(
                    **inputs,
                    streamer=streamer,
                    max_new_tokens=most,
                    do_sample=False,
                    pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id,
                    stopping_criteria=StoppingCriteriaList([_Stop(stop), written]),
                )
            except Exception as error:  # noqa: BLE001 - raised again where the reply is read
                failures.append(error)
                streamer.end()

        thread = Thread(target=generate, name="footnote-model", daemon=True)
        thread.start()
        text, read = "", int(inputs["input_ids"].shape[1])
        try:
            for part in streamer:
                text += part
                yield _response(text, part, read, written.tokens, most)
        finally:
            stop.set()
            thread.join()
        if failures:
            raise failures[0]
        yield _response(text, "", read, written.tokens, most)


class _Stop(StoppingCriteria):  # type: ignore[misc]
    """Ends generation at the next token once nobody reads on."""

    def __init__(self, stop: Event) -> None:
        self.stop = stop

    def __call__(self, input_ids: torch.Tensor, _scores: Any, **_: Any) -> torch.Tensor:
        return torch.full((input_ids.shape[0],), self.stop.is_set(), device=input_ids.device)


class _Counter(StoppingCriteria):  # type: ignore[misc]
    """Counts what is generated, and never ends it."""

    tokens = 0

    def __call__(self, input_ids: torch.Tensor, _scores: Any, **_: Any) -> torch.Tensor:
        self.tokens += 1
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


@dataclass(frozen=True, slots=True)
class InProcessModel:
    """A model whose weights this process holds."""

    asked: Asked
    llm: StoppableLLM = field(repr=False)

    @property
    def name(self) -> str:
        """Its specification."""
        return str(self.asked.spec)

    @property
    def remote(self) -> bool:
        """Nothing leaves this machine."""
        return False

    @property
    def window(self) -> int:
        """How many tokens it was made to read and write together."""
        return int(self.llm.metadata.context_window)

    def count(self, text: str) -> int:
        """By its own tokenizer."""
        return self.llm.count(text)

    def stream(self, messages: Sequence[Message], most: int) -> Generator[str, None, Tokens | None]:
        """A reply in parts, the likeliest word each time."""
        reply = Reply()
        try:
            asked = self._fitting(chat(messages), most)
            with closing(self.llm.stream_chat(asked, max_new_tokens=most)) as responses:
                for part in spoken(map(reply.take, responses)):
                    reply.begun = True
                    yield part
        except Exception as error:
            raise troubles.model_error(error, self.asked, reply.begun) from error
        if not reply.begun:
            raise troubles.empty(self.asked, reply.ended)
        return reply.tokens

    def _fitting(self, messages: list[ChatMessage], most: int) -> list[ChatMessage]:
        """The messages in a form that the model's template takes, and short enough."""
        try:
            inputs = self.llm.encoded(messages)
        except TemplateError:
            # Some templates know no system's part: it is then said by the user.
            messages = _without_system(messages)
            inputs = self.llm.encoded(messages)
        if inputs["input_ids"].shape[1] + most > self.window:
            raise troubles.too_long(self.asked)
        return messages


def open_in_process(spec: Spec, notify: Callable[[str], None]) -> InProcessModel:
    """The model of a folder, or of the Hugging Face Hub by name, loaded."""
    asked = Asked(spec, _HERE)
    path = Path(spec.model).expanduser()
    if not path.exists() and (path.is_absolute() or spec.model.startswith((".", "~"))):
        raise ModelError(f"{spec}: there is no folder {path}.", Trouble.NO_SUCH_MODEL)
    name = str(path) if path.exists() else spec.model
    if not path.exists():
        notify(f"Loading {name}; what is not on this machine yet is fetched from Hugging Face.")
    try:
        model, tokenizer = _loaded(name)
    except Exception as error:
        raise _not_loaded(error, asked) from error
    if tokenizer.chat_template is None:
        raise ModelError(
            f"{spec} was not made for conversation: its tokenizer has no chat template. Choose a"
            " model whose name says instruct or chat.",
            Trouble.OTHER,
        )
    window = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    return InProcessModel(asked, StoppableLLM(**_described(name, model, tokenizer, window)))


def _loaded(name: str) -> tuple[Any, Any]:
    # What is fetched shows its progress; what is read from the disk need not, and remarks for
    # programmers are of no use to who asks a question.
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    tokenizer = AutoTokenizer.from_pretrained(name)
    model = AutoModelForCausalLM.from_pretrained(name, dtype="auto").eval()
    if torch.cuda.is_available():
        model = model.to("cuda")
    return model, tokenizer


def _described(name: str, model: Any, tokenizer: Any, window: int | None) -> dict[str, Any]:
    return {
        "model": model,
        "tokenizer": tokenizer,
        "model_name": name,
        "tokenizer_name": name,
        "context_window": window or windows.UNKNOWN,
        "is_chat_model": True,
    }


def _not_loaded(error: Exception, asked: Asked) -> ModelError:
    words = " ".join(str(error).split())[:300]
    return ModelError(
        f'{asked.spec} cannot be loaded ("{words}"). Give the name of a text model on the Hugging'
        " Face Hub, or the path of a folder that holds one.",
        Trouble.NO_SUCH_MODEL,
    )


def _without_system(chat: Sequence[ChatMessage]) -> list[ChatMessage]:
    said = [one.content or "" for one in chat if one.role == _SYSTEM]
    rest = [one for one in chat if one.role != _SYSTEM]
    for at, one in enumerate(rest):
        if one.role == MessageRole.USER:
            whole = "\n\n".join([*said, one.content or ""])
            return [*rest[:at], ChatMessage(role=one.role, content=whole), *rest[at + 1 :]]
    return rest


def _response(text: str, part: str, read: int, wrote: int, most: int) -> ChatResponse:
    message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
    usage = {"prompt_tokens": read, "completion_tokens": wrote}
    ended = "length" if wrote >= most else ""
    return ChatResponse(message=message, delta=part, raw={"usage": usage, "done_reason": ended})
