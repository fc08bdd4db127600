"""A Llama of a few thousand weights that can be chatted with, made in a moment: it talks nonsense.

Its tokenizer gives no token types, which servers would pass on to a model that takes none.
"""

from pathlib import Path
from string import ascii_lowercase

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

WINDOW = 512
_SPECIAL = ("<pad>", "<s>", "</s>")
_TEMPLATE = (
    "{% for message in messages %}<s>{{ message['role'] }}: {{ message['content'] }}</s>"
    "{% endfor %}{% if add_generation_prompt %}<s>assistant: {% endif %}"
)
NO_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system here') }}{% endif %}"
    + _TEMPLATE
)


def tiny_llama(folder: Path, template: str | None = _TEMPLATE) -> Path:
    """A model with its tokenizer, saved. It never ends a reply by itself."""
    torch.manual_seed(7)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [f"Ġ{letter}" for letter in ascii_lowercase]
    vocabulary = {piece: number for number, piece in enumerate([*_SPECIAL, *letters, *words])}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        model_max_length=WINDOW,
        model_input_names=["input_ids", "attention_mask"],
    )
    wrapped.chat_template = template
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=WINDOW,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        initializer_range=0.5,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        # Words of one letter alone are likely: each is a part of its own, and none is the end.
        unlikely = [number for piece, number in vocabulary.items() if piece not in words]
        model.lm_head.weight[unlikely] = 0
    model.save_pretrained(folder)
    wrapped.save_pretrained(folder)
    return folder
