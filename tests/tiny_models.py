"""SentenceTransformers and a classifier of a few thousand weights, made in a moment and saved to a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import (
    Dense,
    Normalize,
    Pooling,
    StaticEmbedding,
    Transformer,
)
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedTokenizerFast,
)

WIDTH = 32
LIMIT = 24
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,:?!#$_[]*"
LABELS = ("contradiction", "entailment", "neutral")
PROMPTS = {"query": "ask: ", "passage": "read this: "}


def tokenizer() -> Tokenizer:
    """Word pieces of one letter each, and a few whole words."""
    pieces = [*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS), "the", "model", "data"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(mark, vocabulary[mark]) for mark in ("[CLS]", "[SEP]")],
    )
    return made


def bert(
    folder: Path,
    pooling: str = "mean",
    prompts: dict[str, str] | None = None,
    include_prompt: bool = True,
    outlier: bool = False,
    types: bool = True,
) -> Path:
    """A BERT with pooling, a dense layer and normalisation."""
    torch.manual_seed(7)
    core = _core(outlier)
    core.save_pretrained(folder / "core")
    _save_tokenizer(folder / "core", types)
    reader = Transformer(str(folder / "core"))
    pool = Pooling(WIDTH, pooling, include_prompt=include_prompt)
    parts = [reader, pool, Dense(WIDTH, 16), Normalize()]
    return _saved(SentenceTransformer(modules=parts, prompts=prompts, device="cpu"), folder)


def classifier(folder: Path, labels: Sequence[str] = LABELS, favours: str = "") -> Path:
    """A BERT that gives a pair of texts a chance for each label, saved as transformers does.

    One that `favours` a label gives it nearly all the chance, whatever it reads.
    """
    torch.manual_seed(7)
    model = BertForSequenceClassification(
        _config(num_labels=len(labels), id2label=dict(enumerate(labels)))
    )
    if favours:
        with torch.no_grad():
            model.classifier.bias[list(labels).index(favours)] = 50.0
    model.save_pretrained(folder / "model")
    _save_tokenizer(folder / "model", types=True)
    return folder / "model"


def static(folder: Path) -> Path:
    """A table of word vectors: it takes no attention mask, so it cannot be exported."""
    torch.manual_seed(7)
    table = StaticEmbedding(tokenizer(), embedding_dim=WIDTH)
    return _saved(SentenceTransformer(modules=[table], device="cpu"), folder)


def _core(outlier: bool) -> Any:
    """A BERT whose weights are large enough for its words to tell."""
    core = BertModel(_config())
    if outlier:
        # One large value that nothing reads: int8 scales by it and rounds all others away.
        for layer in core.encoder.layer:
            with torch.no_grad():
                layer.intermediate.dense.bias[0] = 10_000.0
                layer.output.dense.weight[:, 0] = 0.0
    return core


def _config(**heads: Any) -> BertConfig:
    return BertConfig(
        vocab_size=128,
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=LIMIT + 8,
        initializer_range=0.3,
        **heads,
    )


def _save_tokenizer(folder: Path, types: bool) -> None:
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(),
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=LIMIT,
        model_input_names=["input_ids", "attention_mask", *(["token_type_ids"] if types else [])],
    ).save_pretrained(folder)


def _saved(model: SentenceTransformer, folder: Path) -> Path:
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return folder / "model"
