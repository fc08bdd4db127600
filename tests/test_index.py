"""The index as it is read: one generation at a time, mended where it is broken."""

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from indexing import EVERYTHING, Desk

from ingest.database import SCHEMA_VERSION
from ingest.errors import BrokenIndex, NotesError
from ingest.index import NoteIndex
from ingest.store import Manifest, NewPassage, Stamp, Store
from ingest.types import Kind, Note, Passage, PassageId

TRAINING = """# Training

## Learning rate

The learning rate scales each step down the slope of the loss.

## Batches

Green apples ripen late. Shuffle the data before every epoch.
"""
OPEN = """# Open questions

## What is the learning rate of a perceptron?

## Why does shuffling help?
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write("training.md", TRAINING)
    made.write("more/open.md", OPEN)
    made.sync()
    return made


def test_an_index_must_have_been_made(tmp_path: Path) -> None:
    """Opening what is not there says what to do."""
    with pytest.raises(BrokenIndex, match=r"nothing is indexed yet\. Run `footnote index`"):
        NoteIndex.open(tmp_path, "tiny")


def test_an_index_of_a_first_sync_that_never_ended_is_none(tmp_path: Path) -> None:
    """A database without a manifest is no index yet."""
    Store.create(tmp_path).close()
    with pytest.raises(BrokenIndex, match="nothing is indexed yet"):
        NoteIndex.open(tmp_path, "tiny")


def test_another_encoder_is_refused(desk: Desk) -> None:
    """Vectors of two encoders cannot be compared; the message says what to do."""
    with pytest.raises(BrokenIndex, match=r"encoder tiny, not with other\. Run `footnote index`"):
        NoteIndex.open(desk.index, "other")


def test_the_manifest_says_what_it_was_made_with(desk: Desk) -> None:
    """Encoder, dimension and the folder of notes are told."""
    with desk.open() as index:
        manifest = index.manifest
    assert (manifest.encoder, manifest.dimension) == ("tiny", desk.encoder.dimension)
    assert manifest.folder == str(desk.notes.resolve())


def test_words_find_passages(desk: Desk) -> None:
    """The best hit by words holds them."""
    with desk.snapshot() as snapshot:
        best = snapshot.words("apples that ripen", 5)[0]
        assert "Green apples ripen" in snapshot.passage(best.id).text


def test_vectors_find_passages(desk: Desk) -> None:
    """The nearest passage to a passage's own vector is that passage."""
    with desk.snapshot() as snapshot:
        for id, passage in snapshot.passages_of("training.md"):
            nearest, cosine = snapshot.nearest(snapshot.vector(id), 1)[0]
            assert nearest == id, passage
            assert cosine == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("listed", [False, True])
def test_listed_questions_and_content_are_apart(desk: Desk, listed: bool) -> None:
    """Each side finds its own passages only, by words and by vectors."""
    question = "What is the learning rate? Why shuffle the data?"
    with desk.snapshot() as snapshot:
        words = [hit.id for hit in snapshot.words(question, EVERYTHING, listed=listed)]
        vector = desk.encoder.question(question)
        near = [id for id, _ in snapshot.nearest(vector, EVERYTHING, listed=listed)]
        kinds = {passage.kind for passage in snapshot.passages(words + near).values()}
        assert words
        assert len(near) == sum(
            (s.listed if listed else s.passages - s.listed) for s in snapshot.notes()
        )
    assert (kinds == {Kind.LISTED}) if listed else (Kind.LISTED not in kinds)


def test_contents_and_references_are_found_as_such(tmp_path: Path) -> None:
    """They are content of their own kind, for the search to weigh."""
    desk = Desk(tmp_path)
    desk.write(
        "a.md",
        "# Notes\n\n## Contents\n\n- [Zebra](#zebra)\n- [Yak](#yak)\n\n## Zebra\n\nIt has stripes.\n\n"
        "## References\n\n- [Okapi](https://example.org/okapi)\n- [Gnu](https://example.org/gnu)\n",
    )
    desk.sync()
    with desk.snapshot() as snapshot:
        kinds = {
            word: snapshot.passage(snapshot.words(word, 1)[0].id).kind
            for word in ("yak", "stripes", "okapi")
        }
    assert kinds == {"yak": Kind.CONTENTS, "stripes": Kind.PROSE, "okapi": Kind.REFERENCES}


def test_cosines_agree_with_the_nearest(desk: Desk) -> None:
    """A passage's cosine is the same whether vectors found it or words did."""
    vector = desk.encoder.question("shuffle the data")
    with desk.snapshot() as snapshot:
        nearest = dict(snapshot.nearest(vector, EVERYTHING))
        assert snapshot.cosines(vector, list(nearest)) == pytest.approx(nearest, abs=1e-5)


def test_word_scores_agree_with_the_search(desk: Desk) -> None:
    """A passage's score by words is the same whether words found it or vectors did."""
    question = "what is the learning rate of shuffled data"
    with desk.snapshot() as snapshot:
        hits = {hit.id: hit for hit in snapshot.words(question, EVERYTHING)}
        assert snapshot.word_scores(question, list(hits)) == hits


def test_a_title_that_is_a_heading_counts_once(tmp_path: Path) -> None:
    """It weighs as much as a title that no heading repeats."""
    manifest = Manifest(SCHEMA_VERSION, "tiny", 4, 1, "1-a", "")
    with Store.create(tmp_path) as store, store.writing():
        store.set_manifest(manifest)
        for path, heading in (("a.md", ("Zebra",)), ("b.md", ())):
            note = Note(path, "Zebra", "It has stripes.", (1,), "markdown", "d")
            passage = Passage(path, "Zebra", heading, Kind.PROSE, 0, 15, 1, 1, note.text)
            store.add(note, Stamp(1, 1, "", 1), [NewPassage(passage, note.text, "h")])
    with Store.create(tmp_path) as store:
        store.keep_vectors(["h"], np.full((1, 4), 0.5, np.float32))
    with NoteIndex.open(tmp_path, "tiny", lambda _: None) as index, index.snapshot() as snapshot:
        one, other = snapshot.words("zebra", 5)
    assert one.heading == other.heading > 0


def test_terms_and_their_rarity_are_told(desk: Desk) -> None:
    """Stems come without stop words; the rarer one weighs more."""
    with desk.snapshot() as snapshot:
        terms = snapshot.terms("What are the apples of training?")
        assert terms == ["appl", "train"]
        assert snapshot.idf(terms)["appl"] > snapshot.idf(terms)["train"] > 0


def test_ids_of_another_generation_are_left_out(desk: Desk) -> None:
    """Asked for many, the known come back; asked for one, the error is a KeyError."""
    with desk.snapshot() as snapshot:
        assert snapshot.passages([PassageId(10_000)]) == {}
        assert snapshot.cosines(np.ones(64, np.float32), [PassageId(10_000)]) == {}
        with pytest.raises(KeyError):
            snapshot.passage(PassageId(10_000))


def test_a_note_that_is_not_indexed_is_told(desk: Desk) -> None:
    """The message names the path and what to do."""
    with desk.snapshot() as snapshot, pytest.raises(NotesError, match=r"other\.md is not among"):
        snapshot.note("other.md")


def test_passages_stand_where_they_say(desk: Desk) -> None:
    """A stored note still holds its passages at their places."""
    with desk.snapshot() as snapshot:
        for summary in snapshot.notes():
            text = snapshot.note(summary.path).text
            for _, passage in snapshot.passages_of(summary.path):
                assert text[passage.start : passage.end] == passage.text


def test_a_snapshot_keeps_its_generation(desk: Desk) -> None:
    """What a sync changes is seen by the next snapshot, not by one already held."""
    with desk.open() as index:
        with index.snapshot() as held:
            before = [hit.id for hit in held.words("apples", 5)]
            desk.write("training.md", "# Training\n\nPears instead.\n")
            report = desk.sync()
            assert [hit.id for hit in held.words("apples", 5)] == before
            assert "Green apples" in held.passage(before[0]).text
            assert held.generation != report.generation
        with index.snapshot() as fresh:
            assert fresh.generation == report.generation
            assert fresh.words("apples", 5) == []
            assert fresh.words("pears", 5) != []


def test_a_generation_removed_at_the_moment_of_opening_is_no_damage(desk: Desk) -> None:
    """A reader that comes too late for one generation takes the next, and mends nothing."""
    late = LateIndex(desk)
    with late, late.snapshot() as snapshot:
        assert (snapshot.generation[:2], desk.said) == ("2-", [])


class LateIndex(NoteIndex):
    """Begins to read; before it opens the derived indexes, a sync comes in between."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.index, desk.encoder.name, desk.said.append)
        self._desk = desk
        self._first = True

    def _begun(self, store: Store) -> Manifest:
        manifest = super()._begun(store)
        if self._first:
            self._first = False
            self._desk.write("new.md", "# New\n\nText.\n")
            self._desk.sync()
        return manifest


def test_an_index_built_anew_is_picked_up(desk: Desk) -> None:
    """A database that was replaced is read from the next snapshot on."""
    with desk.open() as index:
        shutil.rmtree(desk.index)
        desk.write("training.md", "# Training\n\nPears instead.\n")
        desk.sync()
        with index.snapshot() as snapshot:
            assert snapshot.words("pears", 5) != []


def test_an_index_made_with_another_encoder_meanwhile_is_refused(desk: Desk) -> None:
    """The question's encoder must be the one of the newest state."""
    with desk.open() as index:
        desk.encoder.name = "other"
        desk.sync()
        with pytest.raises(BrokenIndex, match="encoder other, not with tiny"), index.snapshot():
            pass


def test_a_closed_index_is_not_read(desk: Desk) -> None:
    """Closing is final; a snapshot still held goes on to its end."""
    with desk.open() as index:
        with index.snapshot() as held:
            index.close()
            assert held.count() > 0
        with pytest.raises(ValueError, match="closed"), index.snapshot():
            pass


def derived_of(desk: Desk) -> Path:
    (found,) = desk.index.glob("derived-*")
    return found


def largest(folder: Path, pattern: str) -> Path:
    return max(folder.rglob(pattern), key=lambda path: path.stat().st_size)


def removed(folder: Path) -> None:
    shutil.rmtree(folder)


def without_vectors(folder: Path) -> None:
    (folder / "content" / "vectors").unlink()


def without_a_segment(folder: Path) -> None:
    largest(folder / "content", "*.term").unlink()


def put(path: Path, data: bytes) -> None:
    """Put other bytes in a file's place: the old file may still be mapped into memory."""
    other = path.with_name("other")
    other.write_bytes(data)
    other.replace(path)


def cut(folder: Path) -> None:
    path = folder / "content" / "vectors"
    put(path, path.read_bytes()[:-10])


def emptied(folder: Path) -> None:
    put(largest(folder / "content", "*.idx"), b"")


def flipped(folder: Path) -> None:
    for path in (largest(folder / "content", "*.term"), folder / "listed" / "vectors"):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        put(path, bytes(data))


def of_another_generation(folder: Path) -> None:
    restamped(folder, "generation", "1-other")


def of_another_version(folder: Path) -> None:
    restamped(folder, "version", 0)


def restamped(folder: Path, key: str, value: object) -> None:
    path = folder / "stamp.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))


def without_a_stamp(folder: Path) -> None:
    (folder / "stamp.json").unlink()


def with_a_broken_stamp(folder: Path) -> None:
    (folder / "stamp.json").write_bytes(b'{"version": 1, "gen\xff')


def with_a_stamp_of_another_shape(folder: Path) -> None:
    (folder / "stamp.json").write_text('["version"]')


DAMAGES = (
    removed,
    without_vectors,
    without_a_segment,
    cut,
    emptied,
    flipped,
    of_another_generation,
    of_another_version,
    without_a_stamp,
    with_a_broken_stamp,
    with_a_stamp_of_another_shape,
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_indexes_are_built_again(desk: Desk, damage: Callable[[Path], None]) -> None:
    """A reader mends what is derived from the database, and says so once."""
    before = desk.contents()
    damage(derived_of(desk))
    assert desk.contents() == before
    assert [message.endswith("building it again from the database") for message in desk.said] == [
        True
    ]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_sync_mends_too(desk: Desk, damage: Callable[[Path], None]) -> None:
    """With nothing else to do, a sync builds damaged indexes again, in the same generation."""
    with desk.open() as index:
        generation = index.manifest.generation
    damage(derived_of(desk))
    assert desk.sync().generation == generation
    assert len(desk.said) == 1
    desk.contents()
    assert len(desk.said) == 1


def test_indexes_that_cannot_be_built_are_told(desk: Desk) -> None:
    """The message names the folder."""
    removed(derived_of(desk))
    (desk.index / "repair.lock").unlink(missing_ok=True)
    (desk.index / "repair.lock").mkdir()
    with pytest.raises(BrokenIndex, match=f"{desk.index} cannot be written"):
        desk.open()


def test_many_threads_read_while_a_sync_writes(desk: Desk) -> None:
    """Every snapshot is of one piece: what its indexes find, its database holds."""
    stop = threading.Event()
    problems: list[object] = []

    def read(index: NoteIndex) -> None:
        vector = desk.encoder.question("shuffle the data")
        while not stop.is_set():
            with index.snapshot() as snapshot:
                ids = [hit.id for hit in snapshot.words("training data", EVERYTHING)]
                ids += [id for id, _ in snapshot.nearest(vector, EVERYTHING)]
                if len(snapshot.passages(ids)) != len(set(ids)):
                    problems.append(snapshot.generation)

    def guarded(index: NoteIndex) -> None:
        try:
            read(index)
        except BaseException as problem:
            problems.append(problem)
            raise

    with desk.open() as index:
        threads = [threading.Thread(target=guarded, args=(index,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(6):
            desk.write("training.md", f"{TRAINING}\n\nEdit {number} of the training data.\n")
            desk.sync()
        stop.set()
        for thread in threads:
            thread.join()
    assert (problems, desk.said) == ([], [])
