"""The database: it gives back what it was given, all of a change or nothing, and says what is wrong."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from indexing import roomy

from ingest.database import DATABASE, SCHEMA_VERSION, UnusableDatabase, discard
from ingest.errors import BrokenIndex
from ingest.store import Manifest, NewPassage, Stamp, Store, text_hash
from ingest.types import Kind, Note, Passage, PassageId
from ingest.walk import Skipped

MANIFEST = Manifest(SCHEMA_VERSION, "tiny", 4, 1, "1-abc", "/notes")
STAMP = Stamp(10, 1_500_000_000_000_000_000, "12:34", 1_600_000_000_000_000_000)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path) as created:
        yield created


def note_of(text: str = "One.\nTwo.", path: str = "a.md", title: str = "A") -> Note:
    lines = tuple(range(3, 4 + text.count("\n")))
    return Note(path, title, text, lines, "markdown", "d1", ("red", "blue"))


def passage_of(note: Note, start: int, end: int, kind: Kind = Kind.PROSE) -> Passage:
    return Passage(
        note.path, note.title, ("Top", "Under"), kind, start, end, 3, 4, note.text[start:end], 1
    )


def add(store: Store, note: Note, *passages: Passage) -> None:
    news = [NewPassage(each, each.text, f"h-{each.text}") for each in passages]
    with store.writing():
        store.add(note, STAMP, news)


def only_id(store: Store, path: str = "a.md") -> PassageId:
    return store.passages_of(path)[0][0]


@settings(max_examples=50, deadline=None)
@given(
    text=texts, title=texts, heading=st.lists(texts, max_size=3), tags=st.lists(texts, max_size=3)
)
def test_notes_and_passages_come_back_as_they_were(
    text: str, title: str, heading: list[str], tags: list[str]
) -> None:
    """Every field survives, whatever the text holds."""
    note = replace(note_of(text, title=title), tags=tuple(tags))
    passage = replace(passage_of(note, 0, len(text), Kind.LISTED), heading=tuple(heading))
    with roomy() as root, Store.create(root) as store:
        add(store, note, passage)
        assert store.note("a.md") == note
        assert [each for _, each in store.passages_of("a.md")] == [passage]


def test_passages_come_in_reading_order(store: Store) -> None:
    """A note's passages keep the order in which they were split."""
    note = note_of()
    add(store, note, passage_of(note, 5, 9), passage_of(note, 0, 4))
    assert [passage.start for _, passage in store.passages_of("a.md")] == [5, 0]


def test_passages_are_found_by_id(store: Store) -> None:
    """Ids that are not there are left out."""
    note = note_of()
    add(store, note, passage_of(note, 0, 4))
    id = only_id(store)
    assert store.passages([id, PassageId(id + 1)]) == {id: passage_of(note, 0, 4)}


def test_an_id_is_never_given_twice(store: Store) -> None:
    """A saved id can never mean another passage."""
    note = note_of()
    add(store, note, passage_of(note, 0, 4))
    first = only_id(store)
    with store.writing():
        store.remove(["a.md"])
    add(store, note, passage_of(note, 0, 4))
    assert only_id(store) > first


def test_a_removed_note_takes_its_passages_along(store: Store) -> None:
    """Nothing of a removed note is left, and nothing of others goes."""
    for path in ("a.md", "b.md"):
        note = note_of(path=path)
        add(store, note, passage_of(note, 0, 4))
    with store.writing():
        store.remove(["a.md", "unknown.md"])
    assert (store.count(), store.note("a.md"), list(store.files())) == (1, None, ["b.md"])


def test_a_change_is_kept_whole_or_not_at_all(store: Store) -> None:
    """An error in the middle of a transaction leaves what was there before."""
    note = note_of()
    add(store, note, passage_of(note, 0, 4))

    def change() -> None:
        with store.writing():
            store.remove(["a.md"])
            store.set_manifest(MANIFEST)
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        change()
    assert (store.count(), store.manifest()) == (1, None)


def test_a_reader_sees_one_state_throughout(tmp_path: Path, store: Store) -> None:
    """What is committed after it began to read is seen when it begins again."""
    with Store.open(tmp_path) as reader:
        reader.begin()
        before = reader.manifest()
        with store.writing():
            store.set_manifest(MANIFEST)
        during = reader.manifest()
        reader.begin()
        assert (before, during, reader.manifest()) == (None, None, MANIFEST)


def test_a_reader_cannot_write(tmp_path: Path, store: Store) -> None:
    """An index open for reading changes nothing."""
    with Store.open(tmp_path) as reader, pytest.raises(BrokenIndex, match="readonly"):
        reader.set_skipped([])


def test_summaries_count_passages_and_listed_questions(store: Store) -> None:
    """All notes are there by path, those without passages too."""
    for path in ("b.md", "a.md"):
        note = note_of(path=path)
        kinds = (Kind.LISTED, Kind.PROSE, Kind.CONTENTS) if path == "b.md" else ()
        add(store, note, *(passage_of(note, at, at + 1, kind) for at, kind in enumerate(kinds)))
    assert [(s.path, s.passages, s.listed) for s in store.notes()] == [
        ("a.md", 0, 0),
        ("b.md", 3, 1),
    ]


def test_what_was_skipped_is_kept_until_the_next_time(store: Store) -> None:
    """The list of one sync replaces that of the sync before."""
    for skipped in ([Skipped("x", "odd"), Skipped("y", "large")], [Skipped("z", "gone")]):
        with store.writing():
            store.set_skipped(skipped)
        assert store.skipped() == skipped


def test_a_stamp_can_be_renewed(store: Store) -> None:
    """A touched file keeps its note and gets a new stamp."""
    add(store, note_of())
    later = replace(STAMP, mtime_ns=STAMP.mtime_ns + 5, identity="99:1")
    with store.writing():
        store.restamp({"a.md": later})
    assert (store.files()["a.md"].stamp, store.files()["a.md"].digest) == (later, "d1")


def test_vectors_come_back_in_half_precision(store: Store) -> None:
    """A passage's vector is what was kept at its address, rounded once."""
    note = note_of()
    add(store, note, passage_of(note, 0, 4))
    vector = np.array([0.1, -0.5, 0.7, 0.3], np.float32)
    store.keep_vectors(["h-One."], vector.reshape(1, 4))
    found = store.vectors([only_id(store)], 4)[only_id(store)]
    assert found.tolist() == vector.astype(np.float16).astype(np.float32).tolist()


def test_signs_of_pieces_are_kept_with_their_vector(store: Store) -> None:
    """They come back by passage as they were given; ids that are not there are left out."""
    add(store, note := note_of(), passage_of(note, 0, 4))
    store.keep_vectors(["h-One."], np.ones((1, 4), np.float32), [b"\x05\x0a"])
    id = only_id(store)
    assert store.pieces([id, PassageId(id + 1)]) == {id: b"\x05\x0a"}


def test_only_vectors_not_kept_are_missing(store: Store) -> None:
    """What was kept before a sync is complete need not be encoded again."""
    store.keep_vectors(["one", "two"], np.ones((2, 4), np.float32))
    assert store.missing(["two", "three"]) == {"three"}


def test_vectors_without_a_passage_are_dropped(store: Store) -> None:
    """The cache keeps what passages refer to, and nothing else."""
    note = note_of()
    add(store, note, passage_of(note, 0, 4))
    store.keep_vectors(["h-One.", "spare"], np.ones((2, 4), np.float32))
    assert store.has_spare_vectors()
    store.prune_vectors()
    assert (store.has_spare_vectors(), store.missing(["h-One.", "spare"])) == (False, {"spare"})


@pytest.mark.parametrize("blob", [b"", b"123", b"123456789", None])
def test_a_broken_vector_is_damage(tmp_path: Path, store: Store, blob: bytes | None) -> None:
    """A vector that is missing or cut is never taken for one."""
    note = note_of()
    add(store, note, passage_of(note, 0, 4))
    if blob is not None:
        store.keep_vectors(["h-One."], np.ones((1, 4), np.float32))
        altered(tmp_path, "UPDATE vectors SET vector = ?", blob)
    with pytest.raises(UnusableDatabase, match="vector is missing or incomplete"):
        list(store.vector_batches(False, 4))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE passages SET heading = '[broken'",
        "UPDATE passages SET kind = 'no such kind'",
        "UPDATE passages SET text = CAST(x'ff' AS TEXT)",
    ],
)
def test_a_broken_passage_is_damage(tmp_path: Path, store: Store, change: str) -> None:
    """Values that we cannot have written mean that the file is damaged."""
    note = note_of()
    add(store, note, passage_of(note, 0, 4))
    altered(tmp_path, change)
    with pytest.raises(UnusableDatabase, match="damaged"):
        store.passages_of("a.md")


def test_a_broken_note_is_damage(tmp_path: Path, store: Store) -> None:
    """A line map that does not fit its text is never used."""
    add(store, note_of())
    altered(tmp_path, "UPDATE notes SET lines = x'01000000'")
    with pytest.raises(UnusableDatabase, match="damaged"):
        store.note("a.md")


def test_the_address_of_a_vector_depends_on_text_and_encoder() -> None:
    """Vectors of another encoder are never taken for ours."""
    keys = [("a", 4, "x"), ("b", 4, "x"), ("a", 8, "x"), ("a", 4, "y")]
    assert len({text_hash(*key) for key in keys}) == 4


def test_reading_before_the_first_sync_says_what_to_do(tmp_path: Path) -> None:
    """Nothing is created by looking."""
    with pytest.raises(BrokenIndex, match=r"nothing is indexed yet\. Run `footnote index`"):
        Store.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """The message names the folder."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BrokenIndex, match="file/index cannot be made"):
        Store.create(tmp_path / "file" / "index")


@pytest.mark.parametrize("opened", [Store.create, Store.open])
def test_an_index_of_another_version_is_unusable(
    tmp_path: Path, opened: Callable[[Path], Store]
) -> None:
    """It is told apart before any of it is read."""
    Store.create(tmp_path).close()
    altered(tmp_path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(UnusableDatabase, match=f"this version needs {SCHEMA_VERSION}"):
        opened(tmp_path)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    """A database without our mark is refused, and not changed."""
    altered(tmp_path, "CREATE TABLE recipes (name TEXT)")
    before = (tmp_path / DATABASE).read_bytes()
    with pytest.raises(BrokenIndex, match="another program's database"):
        Store.create(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == before


@pytest.mark.parametrize("opened", [Store.create, Store.open])
def test_a_file_that_is_no_database_is_unusable(
    tmp_path: Path, opened: Callable[[Path], Store]
) -> None:
    """SQLite's word for it becomes ours."""
    (tmp_path / DATABASE).write_bytes(b"garbage " * 1000)
    with pytest.raises(UnusableDatabase, match="not a database"):
        opened(tmp_path)


def test_a_discarded_file_without_our_mark_is_set_aside(tmp_path: Path) -> None:
    """What may be somebody's is kept under another name; its log meets no new database."""
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"{DATABASE}{suffix}").write_bytes(b"garbage")
    discard(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.db.damaged"]


def test_a_discarded_file_with_our_mark_is_gone(tmp_path: Path) -> None:
    """What is ours holds nothing that cannot be made again."""
    Store.create(tmp_path).close()
    discard(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_discard_is_no_error(tmp_path: Path) -> None:
    """A database that vanished in the meantime is as good as discarded."""
    discard(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_page_is_found_by_checking(tmp_path: Path) -> None:
    """A full check looks at pages that no question has asked for."""
    with Store.create(tmp_path) as store:
        for number in range(50):
            note = note_of("word " * 500, path=f"{number}.md")
            add(store, note, passage_of(note, 0, 500))
        store.check()
    path = tmp_path / DATABASE
    data = bytearray(path.read_bytes())
    data[-8 * 4096 : -4096] = b"\xa5" * (7 * 4096)
    path.write_bytes(data)
    with Store.create(tmp_path) as store, pytest.raises(UnusableDatabase, match="damaged"):
        store.check()


def test_a_reader_of_a_replaced_file_harms_nothing(tmp_path: Path) -> None:
    """It notices that it is not current, and closing it leaves the new database whole."""
    with Store.create(tmp_path) as old:
        reader = Store.open(tmp_path)
        old.set_manifest(MANIFEST)
    assert reader.is_current()
    discard(tmp_path)
    with Store.create(tmp_path) as new:
        new.set_manifest(replace(MANIFEST, generation="2-def"))
        assert not reader.is_current()
        reader.close()
        with Store.open(tmp_path) as other:
            manifest = other.manifest()
            assert manifest is not None
            assert manifest.generation == "2-def"


def altered(folder: Path, sql: str, *values: bytes) -> None:
    """Change the database behind the store's back."""
    connection = sqlite3.connect(folder / DATABASE)
    with connection:
        connection.execute(sql, values)
    connection.close()
