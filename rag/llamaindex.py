"""Footnote inside LlamaIndex: its index as a retriever, its splitter and its encoder as parts.

The only module that knows both worlds: LlamaIndex's documents become notes here, passages become
its nodes. It knows no model and no store, and never looks at LlamaIndex's global `Settings`:
whatever an adapter needs, it is given. Importing it loads LlamaIndex, so only those who use
LlamaIndex do.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.node_parser.interface import IdFuncCallable, NodeParser
from llama_index.core.node_parser.node_utils import build_nodes_from_splits
from llama_index.core.schema import (
    BaseNode,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    ObjectType,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from ingest.encode import Encoder
from ingest.index import NoteIndex
from ingest.pack import Counts
from ingest.readers.front_matter import front_matter
from ingest.readers.titles import title_of
from ingest.split import SPLITTER_VERSION, split
from ingest.types import Note, Passage
from rag.retrieve import search

# What the ids of nodes are derived within, so that they equal nobody else's; drawn once.
_IDS: Final = uuid.UUID("5f0b1c0e-6a5d-4b0f-9a53-0d6b1f2f7c11")
# Between the headings of a path. Metadata is flat: stores refuse lists.
_BELOW: Final = " > "
_BYTE_ORDER_MARK: Final = "\ufeff"
# An encoder is not asked about places, and a model is shown what may help it to understand.
_NOT_EMBEDDED: Final = ("note", "title", "start_line", "end_line", "kind")
_NOT_READ: Final = ("start_line", "end_line", "kind")


def node_of(passage: Passage) -> TextNode:
    """A passage as a node; its source is the note, its id the same wherever the passage moves."""
    return TextNode(
        id_=_id(passage.note, *passage.heading, passage.text),
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=_metadata(passage),
        excluded_embed_metadata_keys=_not_embedded(passage),
        excluded_llm_metadata_keys=list(_NOT_READ),
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(
                node_id=passage.note, node_type=ObjectType.DOCUMENT
            )
        },
    )


def note_of(document: BaseNode) -> Note:
    """A document as a Markdown note whose every character stands where the document's does.

    It is called by its metadata `note`, else `file_path`, else its id. Front matter becomes blank
    lines, and line ends become `\\n`; nothing moves.
    """
    text = _plain_ends(document.get_content(metadata_mode=MetadataMode.NONE))
    given: Mapping[str, Any] = document.metadata
    path = str(given.get("note") or given.get("file_path") or document.node_id)
    front = front_matter(text.removeprefix(_BYTE_ORDER_MARK))
    lines = text.replace(_BYTE_ORDER_MARK, " ").split("\n")
    lines[: front.lines] = [" " * len(line) for line in lines[: front.lines]]
    text = "\n".join(lines)
    return Note(
        path=path,
        title=title_of(path, str(given.get("title") or front.title or ""), text),
        text=text,
        lines=tuple(range(1, len(lines) + 1)),
        format="markdown",
        digest=document.hash,
        tags=front.tags,
    )


def ordinal_id(i: int, doc: BaseNode) -> str:
    """The id of a document's i-th node: the same in every run, if the document's id is."""
    return _id(doc.node_id, str(i))


# LlamaIndex is not type-checked here (it has no strict types), so its classes count as `Any`.
class NoteRetriever(BaseRetriever):  # type: ignore[misc]
    """An index of notes as a retriever; listed questions are left out, as from all hits.

    Safe to share: each question takes its own snapshot of the index.
    """

    def __init__(self, index: NoteIndex, encoder: Encoder, limit: int = 10) -> None:
        super().__init__()
        self._index = index
        self._encoder = encoder
        self._limit = limit

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The best passages as nodes, best first; a higher score is better."""
        with self._index.snapshot() as snapshot:
            found = search(snapshot, self._encoder, query_bundle.query_str, self._limit)
        return [NodeWithScore(node=node_of(hit.passage), score=hit.score) for hit in found.hits]


class PassageParser(NodeParser):  # type: ignore[misc]
    """The splitter as a node parser; each node is a slice of its document's text.

    Listed questions are nodes too, by their `kind`: nothing of a document is lost.
    """

    # Left out of what a pipeline's cache tells parsers apart by: a function has no stable name.
    counts: Counts = Field(description="Counts the tokens of texts.", exclude=True)
    limit: int = Field(gt=0, description="How many tokens fit the encoder.")
    # A pipeline's cache must not return what an older splitter made.
    splitter_version: int = Field(default=SPLITTER_VERSION, frozen=True)
    id_func: IdFuncCallable = Field(default=ordinal_id)

    @classmethod
    def class_name(cls) -> str:
        """What LlamaIndex calls this parser."""
        return "PassageParser"

    def _parse_nodes(
        self,
        nodes: Sequence[BaseNode],
        show_progress: bool = False,  # noqa: ARG002 - LlamaIndex passes it; splitting is quick
        **kwargs: Any,  # noqa: ARG002
    ) -> list[BaseNode]:
        return [node for document in nodes for node in self._nodes_of(document)]

    def _nodes_of(self, document: BaseNode) -> list[TextNode]:
        """The nodes of one document, in reading order."""
        text = document.get_content(metadata_mode=MetadataMode.NONE)
        passages = split(note_of(document), self.counts, self.limit)
        slices = [text[passage.start : passage.end] for passage in passages]
        nodes: list[TextNode] = build_nodes_from_splits(slices, document, id_func=self.id_func)
        for node, passage in zip(nodes, passages, strict=True):
            node.start_char_idx, node.end_char_idx = passage.start, passage.end
            node.metadata = _metadata(passage)
            node.excluded_embed_metadata_keys += _not_embedded(passage)
            node.excluded_llm_metadata_keys += _NOT_READ
        return nodes

    def _postprocess_parsed_nodes(
        self, nodes: list[BaseNode], parent_doc_map: dict[str, BaseNode]
    ) -> list[BaseNode]:
        """Relationships and metadata as LlamaIndex sets them, places as they were.

        It looks for each node's text anew, and finds what repeats an earlier node's words there.
        """
        places = [(node.start_char_idx, node.end_char_idx) for node in nodes]
        finished: list[BaseNode] = super()._postprocess_parsed_nodes(nodes, parent_doc_map)
        for node, (start, end) in zip(finished, places, strict=True):
            node.start_char_idx, node.end_char_idx = start, end
        return finished


class NoteEmbedding(BaseEmbedding):  # type: ignore[misc]
    """An encoder as an embedding: unit vectors, so that their product is their cosine."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        # The name identifies weights and runtime, and LlamaIndex's caches go by it.
        super().__init__(model_name=encoder.name)
        self._encoder = encoder

    @classmethod
    def class_name(cls) -> str:
        """What LlamaIndex calls this embedding."""
        return "NoteEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._encoder.question(query).tolist()
        return vector

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._encoder.passages(texts).tolist()
        return rows

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._get_text_embeddings(texts)


def _id(*parts: str) -> str:
    # A UUID, since some stores take nothing else.
    return str(uuid.uuid5(_IDS, "\0".join(parts)))


def _metadata(passage: Passage) -> dict[str, str | int]:
    """What a node says of its place, in values that every store takes."""
    return {
        "note": passage.note,
        "title": passage.title,
        "heading": _BELOW.join(passage.heading),
        "start_line": passage.start_line,
        "end_line": passage.end_line,
        "kind": passage.kind.value,
    }


def _not_embedded(passage: Passage) -> list[str]:
    """The metadata that stays out of the vector: all but the headings, where there are any."""
    return [*_NOT_EMBEDDED] if passage.heading else [*_NOT_EMBEDDED, "heading"]


def _plain_ends(text: str) -> str:
    """Every line end as `\\n`, in a text of the same length."""
    return text.replace("\r\n", " \n").replace("\r", "\n")
