"""The adapters for LlamaIndex, each used as LlamaIndex uses it."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import TinyEncoder
from hypothesis import example, given, settings
from hypothesis import strategies as st
from indexing import Desk
from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.ingestion import IngestionCache, IngestionPipeline
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata, MockLLM
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import MetadataMode, TextNode
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.vector_stores import SimpleVectorStore
from note_making import word_counts

from ingest.errors import QuestionError
from ingest.index import NoteIndex
from ingest.split import SPLITTER_VERSION
from rag.llamaindex import NoteEmbedding, NoteRetriever, PassageParser, node_of, note_of
from rag.retrieve import search

ROOT = Path(__file__).parent.parent
GATES = "---\ntitle: Gates\n---\n\n# Gates\n\n## Forget gate\n\nThe forget gate drops cell state.\n"
CELLS = "# Cells\n\n## Cell state\n\nThe cell state carries what was learned along the chain.\n"
CONTENTS = "# Start\n\n## Contents\n\n- [Forget gate](#forget-gate)\n- [Cell state](#cell-state)\n"
ASKED = "# Questions\n\n1. What is a forget gate?\n\n2. What is an output gate?\n"
QUESTION = "what does the forget gate drop from the cell state"
KEYS = {"note", "title", "heading", "start_line", "end_line", "kind"}


class RecordingLLM(CustomLLM):
    """A model that answers one sentence and keeps the prompts that it was given."""

    prompts: list[str] = []  # noqa: RUF012 - a field of its own for each model

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="recording")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        self.prompts.append(prompt)
        return CompletionResponse(text="It drops what is stale [1].")

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        yield self.complete(prompt)


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """No test may make LlamaIndex choose a model or an embedding of its own."""
    yield
    assert Settings._llm is None
    assert Settings._embed_model is None
    assert Settings._transformations is None


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for name, text in (("a.md", GATES), ("b.md", CELLS), ("c.md", CONTENTS), ("d.md", ASKED)):
        desk.write(name, text)
    desk.sync()
    return desk


@pytest.fixture
def index(desk: Desk) -> Iterator[NoteIndex]:
    with desk.open() as index:
        yield index


def parser(limit: int = 120) -> PassageParser:
    return PassageParser(counts=word_counts, limit=limit)


def parsed(*documents: Document, limit: int = 120) -> list[TextNode]:
    """The nodes that a pipeline makes of documents."""
    return list(IngestionPipeline(transformations=[parser(limit)]).run(documents=documents))


def test_a_retrieved_node_says_where_it_stands(desk: Desk, index: NoteIndex) -> None:
    """Note, title, headings, lines of the file and kind are its metadata, its source the note."""
    node = NoteRetriever(index, desk.encoder).retrieve(QUESTION)[0].node
    assert node.metadata == {
        "note": "a.md",
        "title": "Gates",
        "heading": "Gates > Forget gate",
        "start_line": 5,
        "end_line": 9,
        "kind": "prose",
    }
    assert node.ref_doc_id == "a.md"
    with index.snapshot() as snapshot:
        text = snapshot.note("a.md").text
    assert text[node.start_char_idx : node.end_char_idx] == node.text


def test_retrieved_nodes_are_what_search_finds_best_first(desk: Desk, index: NoteIndex) -> None:
    """Same passages, same order, same scores."""
    nodes = NoteRetriever(index, desk.encoder).retrieve(QUESTION)
    with index.snapshot() as snapshot:
        hits = search(snapshot, desk.encoder, QUESTION).hits
    assert [(n.node.text, n.score) for n in nodes] == [(h.passage.text, h.score) for h in hits]
    assert [n.score for n in nodes] == sorted((n.score for n in nodes), reverse=True)
    assert len(nodes) > 1


def test_listed_questions_are_not_retrieved(desk: Desk, index: NoteIndex) -> None:
    """However well one fits, it answers nothing."""
    nodes = NoteRetriever(index, desk.encoder).retrieve("What is an output gate?")
    assert nodes
    assert "d.md" not in {n.node.metadata["note"] for n in nodes}


def test_the_retriever_keeps_to_its_limit(desk: Desk, index: NoteIndex) -> None:
    """As many nodes as were asked for."""
    assert len(NoteRetriever(index, desk.encoder, limit=2).retrieve(QUESTION)) == 2


def test_retrieving_asynchronously_finds_the_same(desk: Desk, index: NoteIndex) -> None:
    """A chat engine that awaits gets what one that waits gets."""
    retriever = NoteRetriever(index, desk.encoder)
    assert asyncio.run(retriever.aretrieve(QUESTION)) == retriever.retrieve(QUESTION)


def test_an_empty_question_is_an_error(desk: Desk, index: NoteIndex) -> None:
    """It is not answered with some passages or none."""
    with pytest.raises(QuestionError):
        NoteRetriever(index, desk.encoder).retrieve("  ")


def test_a_passage_keeps_its_id_when_the_index_is_made_anew(desk: Desk) -> None:
    """Ids hang on what the passage says, not on when or below what it was indexed."""

    def ids() -> dict[str, str]:
        with desk.open() as index:
            nodes = NoteRetriever(index, desk.encoder).retrieve(QUESTION)
        return {n.node.text: n.node.node_id for n in nodes}

    before = ids()
    desk.write("a.md", GATES.replace("---\n\n#", "tags: cells\n---\n\n\n#"))
    desk.sync(full=True)
    assert ids() == before
    assert len(set(before.values())) == len(before) > 1


def test_passages_of_two_notes_have_ids_of_their_own(desk: Desk, index: NoteIndex) -> None:
    """The same words under the same headings elsewhere are another passage."""
    desk.write("copy.md", GATES)
    desk.sync()
    with index.snapshot() as snapshot:
        ids = {node_of(snapshot.passages_of(note)[0][1]).node_id for note in ("a.md", "copy.md")}
    assert len(ids) == 2


def test_a_query_engine_gives_its_model_the_passages(desk: Desk, index: NoteIndex) -> None:
    """The prompt holds the passage with its note and headings; lines and kind stay out of it."""
    model = RecordingLLM()
    engine = RetrieverQueryEngine.from_args(
        NoteRetriever(index, desk.encoder, limit=1), llm=model, response_mode=ResponseMode.COMPACT
    )
    response = engine.query(QUESTION)
    assert str(response) == "It drops what is stale [1]."
    assert [n.node.metadata["note"] for n in response.source_nodes] == ["a.md"]
    (prompt,) = model.prompts
    assert "The forget gate drops cell state." in prompt
    assert "heading: Gates > Forget gate" in prompt
    assert "start_line" not in prompt


def test_a_citation_engine_numbers_the_passages(desk: Desk, index: NoteIndex) -> None:
    """Its sources keep the metadata that lead back to the lines."""
    model = RecordingLLM()
    engine = CitationQueryEngine(NoteRetriever(index, desk.encoder, limit=2), llm=model)
    response = engine.query(QUESTION)
    assert re.search(r"Source 1:\s+# Gates\s+## Forget gate", model.prompts[0])
    assert [set(source.node.metadata) for source in response.source_nodes] == [KEYS, KEYS]


HOSTILE = st.lists(
    st.sampled_from(
        "# A|## A|- item|word word|word word word|$$|```|---|title: T|\ufeff|\0|What is it?|1. why?"
        "||  |𝐀é\t|[a](#a)".split("|")
    ),
    max_size=20,
)


@given(HOSTILE, st.sampled_from(["\n", "\r\n", "\r"]))
@example(["word word word", "", "word word"], "\n")
@example(["\ufeff---", "title: T", "---", "# A", "word"], "\r\n")
@settings(max_examples=200, deadline=None)
def test_a_parsed_node_is_a_slice_of_its_document(lines: list[str], end: str) -> None:
    """Offsets are exact and in order, and lines are the document's, whatever its line ends."""
    document = Document(text=end.join(lines))
    at = 0
    for node in parsed(document, limit=60):
        assert document.text[node.start_char_idx : node.end_char_idx] == node.text
        assert at <= node.start_char_idx < node.end_char_idx
        at = node.end_char_idx
        assert node.metadata["start_line"] == document.text.count(end, 0, node.start_char_idx) + 1
        assert node.metadata["end_line"] == document.text.count(end, 0, at) + 1


def test_words_that_an_earlier_node_holds_too_keep_their_own_place() -> None:
    """LlamaIndex would find the second node within the first."""
    repeated = "word " * 29 + "end."
    text = f"Begin {repeated}\n\n{repeated}\n"
    first, second = parsed(Document(text=text), limit=1)
    assert (first.text, second.text) == (f"Begin {repeated}", repeated)
    assert second.start_char_idx == text.rindex(repeated)


def test_parsed_nodes_say_where_they_stand_and_what_their_document_says() -> None:
    """Our keys win over the document's own; the rest of its metadata comes along."""
    document = Document(
        id_="one",
        text=GATES,
        metadata={"note": "a.md", "author": "Ada", "kind": "draft"},
        excluded_embed_metadata_keys=["author"],
    )
    (node,) = parsed(document)
    assert node.metadata == {
        "note": "a.md",
        "author": "Ada",
        "title": "Gates",
        "heading": "Gates > Forget gate",
        "start_line": 5,
        "end_line": 9,
        "kind": "prose",
    }
    assert node.get_content(MetadataMode.EMBED).startswith(
        "heading: Gates > Forget gate\n\n# Gates"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_front_matter_is_in_no_node(mark: str, end: str) -> None:
    """It gives the title, and does not become a heading, however an editor saved it."""
    text = mark + GATES.replace("title: Gates", "title: Doors").replace("\n", end)
    (node,) = parsed(Document(text=text))
    assert (node.metadata["title"], node.metadata["start_line"]) == ("Doors", 5)
    assert node.text.startswith("# Gates")


def test_a_byte_order_mark_hides_no_heading() -> None:
    """The first line counts as it is seen."""
    (node,) = parsed(Document(text="\ufeff" + CELLS))
    assert node.metadata["heading"] == "Cells > Cell state"


@pytest.mark.parametrize(
    ("metadata", "path"),
    [
        ({"note": "a/b.md", "file_path": "/x/b.md"}, "a/b.md"),
        ({"file_path": "/x/b.md"}, "/x/b.md"),
        ({}, "given-id"),
    ],
)
def test_a_document_is_called_by_what_it_says_of_itself(
    metadata: dict[str, str], path: str
) -> None:
    """Its place among the notes, else its file, else its id."""
    assert note_of(Document(id_="given-id", text="x", metadata=metadata)).path == path


def test_parsed_nodes_know_their_document_and_their_neighbours() -> None:
    """Source, previous and next are set, and never reach into another document."""
    text = "# A\n\none\n\n# B\n\ntwo\n\n# C\n\nthree\n"
    nodes = parsed(Document(id_="x", text=text), Document(id_="y", text=text))
    assert [n.ref_doc_id for n in nodes] == ["x"] * 3 + ["y"] * 3
    first, second, third, other = nodes[:4]
    assert (first.prev_node, first.next_node.node_id) == (None, second.node_id)
    assert (third.prev_node.node_id, third.next_node) == (second.node_id, None)
    assert other.prev_node is None


def test_parsed_nodes_have_the_same_ids_in_every_run() -> None:
    """A document that is added again takes its own place in a store."""
    documents = [Document(id_=name, text=CELLS + GATES) for name in "xy"]
    first, again = ([n.node_id for n in parsed(*documents)] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(first)


def test_ids_are_made_by_the_function_that_is_given() -> None:
    """LlamaIndex's own way to name nodes goes on working."""
    named = PassageParser(
        counts=word_counts, limit=120, id_func=lambda i, doc: f"{doc.node_id}/{i}"
    )
    assert [n.node_id for n in named([Document(id_="x", text=CELLS)])] == ["x/0"]


def test_listed_questions_are_parsed_as_such() -> None:
    """They are told by their kind, since a parser leaves nothing out."""
    kinds = [n.metadata["kind"] for n in parsed(Document(text=ASKED))]
    assert set(kinds) == {"listed question"}


@pytest.mark.parametrize("text", ["", " \n\t\n", "---\ntitle: T\n---\n"])
def test_a_document_without_text_has_no_nodes(text: str) -> None:
    """Nothing to cite, nothing to embed."""
    assert parsed(Document(text=text)) == []


def test_a_smaller_limit_makes_smaller_nodes() -> None:
    """The limit and the counts that were given are what decides."""
    text = "# A\n\n" + "\n\n".join(["word " * 30] * 4)
    assert len(parsed(Document(text=text), limit=60)) > len(parsed(Document(text=text), limit=600))


def test_a_pipelines_cache_tells_limits_apart() -> None:
    """The same limit is served from the cache, another is parsed anew."""
    cache = IngestionCache()
    document = Document(id_="x", text="# A\n\n" + "\n\n".join(["word " * 30] * 4))
    counted: list[int] = []

    def counts(texts: Any) -> list[int]:
        counted.append(len(texts))
        return word_counts(texts)

    def run(limit: int) -> int:
        made = PassageParser(counts=counts, limit=limit)
        return len(IngestionPipeline(transformations=[made], cache=cache).run(documents=[document]))

    large, calls = run(600), len(counted)
    assert (run(600), len(counted)) == (large, calls)
    assert run(60) > large


def test_a_pipelines_cache_tells_splitters_apart() -> None:
    """What an older splitter made is not served for this one's, and no function's address is in the key."""
    assert parser().to_dict()["splitter_version"] == SPLITTER_VERSION
    assert "counts" not in parser().to_dict()


def test_a_changed_document_replaces_its_nodes_in_a_pipeline() -> None:
    """With a store of documents, only what changed is parsed again."""
    store = SimpleVectorStore()
    pipeline = IngestionPipeline(
        transformations=[parser(), NoteEmbedding(TinyEncoder())],
        docstore=SimpleDocumentStore(),
        vector_store=store,
    )
    kept, old = (Document(id_=name, text=CELLS) for name in "xy")
    assert len(pipeline.run(documents=[kept, old])) == 2
    changed = pipeline.run(documents=[kept, Document(id_="y", text=GATES)])
    assert [n.ref_doc_id for n in changed] == ["y"]
    assert len(store.data.embedding_dict) == 2


def test_embeddings_are_the_encoders_own() -> None:
    """Questions and texts, alone, in batches and awaited."""
    encoder = TinyEncoder()
    embedding = NoteEmbedding(encoder)
    texts = [f"green apple {n}" for n in range(25)]
    rows = encoder.passages(texts)
    question = encoder.question("red?").tolist()
    assert embedding.get_query_embedding("red?") == question
    assert asyncio.run(embedding.aget_query_embedding("red?")) == question
    assert embedding.get_text_embedding(texts[0]) == rows[0].tolist()
    assert asyncio.run(embedding.aget_text_embedding(texts[0])) == rows[0].tolist()
    assert embedding.get_text_embedding_batch(texts) == rows.tolist()
    assert asyncio.run(embedding.aget_text_embedding_batch(texts)) == rows.tolist()


def test_an_embedding_is_called_as_its_encoder() -> None:
    """LlamaIndex's caches go by that name."""
    assert NoteEmbedding(TinyEncoder(name="small")).model_name == "small"


def test_a_vector_index_finds_by_our_embedding() -> None:
    """Parsed nodes, our vectors, LlamaIndex's own store; the score is the cosine."""
    encoder = TinyEncoder()
    nodes = parsed(Document(id_="a", text=GATES), Document(id_="b", text=CELLS))
    vectors = VectorStoreIndex(
        nodes, embed_model=NoteEmbedding(encoder), transformations=[parser()]
    )
    best = vectors.as_retriever(similarity_top_k=1).retrieve("forget gate drops")[0]
    assert best.node.ref_doc_id == "a"
    row = encoder.passages([best.node.get_content(MetadataMode.EMBED)])[0]
    assert best.score == pytest.approx(float(np.dot(row, encoder.question("forget gate drops"))))


def test_the_three_work_together_in_a_pipeline() -> None:
    """Documents go in, nodes with vectors come out, and a query engine answers from them."""
    encoder = TinyEncoder()
    pipeline = IngestionPipeline(transformations=[parser(), NoteEmbedding(encoder)])
    nodes = pipeline.run(documents=[Document(id_="a", text=GATES), Document(id_="b", text=CELLS)])
    assert all(len(node.embedding) == encoder.dimension for node in nodes)
    vectors = VectorStoreIndex(
        nodes, embed_model=NoteEmbedding(encoder), transformations=[parser()]
    )
    engine = vectors.as_query_engine(llm=MockLLM(max_tokens=3), similarity_top_k=1)
    assert str(engine.query("forget gate drops")) == "text text text"


def test_the_documented_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them, in their order, with the packaged encoder over a folder of notes."""
    monkeypatch.chdir(tmp_path)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "recall.md").write_text(
        "# Recall\n\nRecall counts the positives that were found.\n\n# Why?\n\n"
        "1. What does recall count?\n",
        "utf-8",
    )
    (notes / "rain.md").write_text("# Rain\n\nRain falls from clouds.\n", "utf-8")
    document = (ROOT / "docs" / "llamaindex.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    assert len(blocks) == 4
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/llamaindex.md", "exec"), names)
    names["index"].close()
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("recall.md:1-3 ")
    assert {node.ref_doc_id for node in names["nodes"]} == {"rain.md", "recall.md"}
    assert any(line.startswith("Recall ") for line in shown)
    assert not any(line.startswith("Why") for line in shown)
