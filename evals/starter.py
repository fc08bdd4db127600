"""A plain LlamaIndex starter with the same model, to measure against. Needs the `bench` extra."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def open_starter(notes: Path, store: Path, depth: int) -> Callable[[str], Sequence[str]]:
    """The texts that a starter retrieves; the index is persisted in `store` and loaded if there."""
    from llama_index.core import (
        SimpleDirectoryReader,
        StorageContext,
        VectorStoreIndex,
        load_index_from_storage,
    )
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    from ingest.encode import PACKAGED
    from ingest.weights import find_model

    embedding = HuggingFaceEmbedding(model_name=str(find_model(PACKAGED, print).path), device="cpu")
    if (store / "docstore.json").exists():
        context = StorageContext.from_defaults(persist_dir=str(store))
        index: Any = load_index_from_storage(context, embed_model=embedding)
    else:
        documents = SimpleDirectoryReader(str(notes)).load_data()
        index = VectorStoreIndex.from_documents(documents, embed_model=embedding)
        index.storage_context.persist(str(store))
    retriever = index.as_retriever(similarity_top_k=depth)
    return lambda question: [node.get_content() for node in retriever.retrieve(question)]


def main() -> None:
    """Print what a starter finds first: `python -m evals.starter NOTES STORE QUESTION`."""
    notes, store, question = sys.argv[1:]
    print(open_starter(Path(notes), Path(store), 5)(question)[0])


if __name__ == "__main__":
    main()
