"""Sync: an index brought up to date equals one made from nothing, whatever happens on the way."""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import TinyEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from indexing import OLD, Desk, finished, finished_elsewhere, roomy

from ingest.encode import FloatArray
from ingest.errors import BrokenIndex, EncoderError, NotesError
from ingest.sync import SyncReport, sync
from ingest.walk import walk

HERE = Path(__file__).parent
RATE = "# Rate\n\nThe learning rate scales each step.\n"
APPLES = "# Apples\n\nGreen apples ripen late in the year.\n"
PEARS = "# Pears\n\nYellow pears are soft in the autumn.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write("rate.md", RATE, old=True)
    made.write("fruit/apples.md", APPLES, old=True)
    return made


def counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.moved, report.removed, report.unchanged


# What a sync reports


def test_a_first_sync_takes_all_notes_in(desk: Desk) -> None:
    """Every note is added and every passage encoded."""
    report = desk.sync()
    assert counts(report) == (2, 0, 0, 0, 0)
    assert (report.passages, report.encoded, report.rebuilt, report.skipped) == (2, 2, None, ())
    assert report.seconds > 0


def test_nothing_changed_makes_no_generation(desk: Desk) -> None:
    """A second sync encodes nothing and leaves the state as it was."""
    first = desk.sync()
    again = desk.sync()
    assert counts(again) == (0, 0, 0, 0, 2)
    assert (again.generation, again.encoded, again.passages) == (first.generation, 0, 2)


def test_an_empty_folder_is_an_index_too(tmp_path: Path) -> None:
    """With no notes there is an index that finds nothing."""
    desk = Desk(tmp_path)
    assert desk.sync().passages == 0
    with desk.snapshot() as snapshot:
        assert (snapshot.count(), snapshot.words("apples", 5), snapshot.notes()) == (0, [], [])


@pytest.mark.parametrize("name", ["a b", "50%23 #1?mode=ro&x", "é日本🙂", "'quoted\""])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    """Nothing in the name of a folder or file means anything."""
    desk = Desk(tmp_path / name)
    desk.write(f"{name}.md", RATE)
    assert counts(desk.sync()) == (1, 0, 0, 0, 0)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert desk.contents() == desk.rebuilt()


def added(desk: Desk) -> None:
    desk.write("pears.md", PEARS)


def changed(desk: Desk) -> None:
    desk.write("rate.md", PEARS)


def moved(desk: Desk) -> None:
    (desk.notes / "rate.md").rename(desk.notes / "fruit" / "moved.md")


def gone(desk: Desk) -> None:
    (desk.notes / "rate.md").unlink()


def replaced(desk: Desk) -> None:
    gone(desk)
    added(desk)


def copied(desk: Desk) -> None:
    desk.write("copy.md", RATE)


def touched(desk: Desk) -> None:
    os.utime(desk.notes / "rate.md", (OLD + 9, OLD + 9))


def swapped(desk: Desk) -> None:
    one, other = desk.notes / "rate.md", desk.notes / "fruit" / "apples.md"
    aside = desk.root / "aside"
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def moved_and_copied(desk: Desk) -> None:
    moved(desk)
    copied(desk)


@pytest.mark.parametrize(
    ("edit", "expected", "encoded"),
    [
        (added, (1, 0, 0, 0, 2), 1),
        (changed, (0, 1, 0, 0, 1), 1),
        (moved, (0, 0, 1, 0, 1), 0),
        (gone, (0, 0, 0, 1, 1), 0),
        (replaced, (1, 0, 0, 1, 1), 1),
        (copied, (1, 0, 0, 0, 2), 0),
        (touched, (0, 0, 0, 0, 2), 0),
        (swapped, (0, 2, 0, 0, 0), 0),
        (moved_and_copied, (1, 0, 1, 0, 1), 0),
    ],
)
def test_each_edit_is_reported_as_what_it_is(
    desk: Desk, edit: Callable[[Desk], None], expected: tuple[int, ...], encoded: int
) -> None:
    """Files are counted by what happened to them, and only new texts are encoded."""
    desk.sync()
    edit(desk)
    report = desk.sync()
    assert (counts(report), report.encoded) == (expected, encoded)
    assert desk.contents() == desk.rebuilt()


def test_one_new_section_is_all_that_is_encoded(desk: Desk) -> None:
    """The other passages of a changed note keep their vectors."""
    desk.sync()
    desk.encoder.encoded.clear()
    desk.write("rate.md", f"{RATE}\n## Decay\n\nIt shrinks over time.\n")
    desk.sync()
    (encoded,) = desk.encoder.encoded
    assert "shrinks over time" in encoded


def test_a_removed_note_leaves_no_vector(desk: Desk) -> None:
    """The cache holds what passages refer to, and nothing else."""
    desk.sync()
    gone(desk)
    desk.sync()
    assert rows(desk, "SELECT count(*) FROM vectors") == [(1,)]


# What is read


@pytest.fixture(scope="module")
def paths() -> Iterator[list[str]]:
    """The paths of files as they are opened."""
    paths: list[str] = []
    listening = True

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event == "open":
            paths.append(str(arguments[0]))

    sys.addaudithook(listen)
    yield paths
    listening = False


def notes_read(desk: Desk, paths: list[str], run: Callable[[], object]) -> list[str]:
    """The notes that a run reads: opens beyond those of looking through the folder."""
    paths.clear()
    walk(desk.notes)
    looked_at = Counter(paths)
    paths.clear()
    run()
    read = (Path(path) for path in Counter(paths) - looked_at)
    return sorted(path.name for path in read if desk.notes in path.parents)


def test_an_untouched_file_is_not_read(desk: Desk, paths: list[str]) -> None:
    """Size and time say enough of a file that was old when it was read."""
    assert notes_read(desk, paths, desk.sync) == ["apples.md", "rate.md"]
    assert notes_read(desk, paths, desk.sync) == []


def test_a_touched_file_is_read_once(desk: Desk, paths: list[str]) -> None:
    """Its new time is kept, in the same generation."""
    generation = desk.sync().generation
    touched(desk)
    assert notes_read(desk, paths, desk.sync) == ["rate.md"]
    assert notes_read(desk, paths, desk.sync) == []
    assert desk.sync().generation == generation


def test_a_full_sync_reads_every_file(desk: Desk, paths: list[str]) -> None:
    """On demand nothing is taken on trust, and still nothing is encoded twice."""
    desk.sync()
    desk.encoder.encoded.clear()
    assert notes_read(desk, paths, lambda: desk.sync(full=True)) == ["apples.md", "rate.md"]
    assert desk.encoder.encoded == []


def test_a_young_file_is_read_again(desk: Desk, paths: list[str]) -> None:
    """A file as young as the sync that read it may have been edited within one tick of its clock."""
    desk.write("pears.md", PEARS)
    desk.sync()
    assert notes_read(desk, paths, desk.sync) == ["pears.md"]


def test_a_file_put_in_anothers_place_is_noticed(desk: Desk) -> None:
    """Equal size and time do not hide another file."""
    desk.sync()
    other = desk.write("other.md", RATE.replace("step", "stop"), old=True)
    other.replace(desk.notes / "rate.md")
    assert counts(desk.sync()) == (0, 1, 0, 0, 1)


def test_another_folder_of_notes_is_read_whole(desk: Desk, paths: list[str]) -> None:
    """Files of another folder are never taken for those of the folder before."""
    generation = desk.sync().generation
    other = Desk(desk.root / "other")
    desk.notes.replace(other.notes)

    def run() -> None:
        report = finished(sync(other.notes, desk.index, desk.encoder, desk.said.append))
        assert (counts(report), report.generation) == ((0, 0, 0, 0, 2), generation)

    assert notes_read(other, paths, run) == ["apples.md", "rate.md"]
    assert any(str(other.notes) in message for message in desk.said)
    with desk.open() as index:
        assert index.manifest.folder == str(other.notes.resolve())


# What cannot be read


def test_a_file_that_vanishes_is_skipped(desk: Desk) -> None:
    """A note removed between finding and reading it is said to be, and the rest goes on."""
    steps = desk.steps()
    next(steps)
    (desk.notes / "fruit" / "apples.md").unlink()
    (desk.notes / "rate.md").touch()
    report = finished(steps)
    assert [(skipped.path, skipped.reason) for skipped in report.skipped] == [
        ("fruit/apples.md", "vanished while it was being read")
    ]
    assert counts(report) == (1, 0, 0, 0, 0)


def test_a_file_that_cannot_be_read_is_skipped(desk: Desk) -> None:
    """Its reason is told, its old text is no longer found, and the rest goes on."""
    desk.sync()
    (desk.notes / "rate.md").write_bytes(b"%PDF-1.7")
    report = desk.sync()
    assert [skipped.path for skipped in report.skipped] == ["rate.md"]
    assert report.skipped[0].reason
    assert counts(report) == (0, 0, 0, 1, 1)
    with desk.snapshot() as snapshot:
        assert tuple(snapshot.skipped()) == report.skipped
    assert desk.contents() == desk.rebuilt()


def test_a_skipped_file_makes_no_generation(desk: Desk) -> None:
    """What changes no answer changes no state, and is told all the same."""
    generation = desk.sync().generation
    (desk.notes / "broken.md").write_bytes(b"%PDF-1.7")
    assert desk.sync().generation == generation
    with desk.snapshot() as snapshot:
        assert [skipped.path for skipped in snapshot.skipped()] == ["broken.md"]


def test_a_missing_folder_of_notes_empties_no_index(desk: Desk) -> None:
    """A disk that is not there is an error, not a folder without notes."""
    desk.sync()
    desk.notes.rename(desk.root / "away")
    with pytest.raises(NotesError, match="notes is not a folder"):
        desk.sync()
    with desk.snapshot() as snapshot:
        assert snapshot.count() == 2


# When all is made anew


@pytest.mark.parametrize("name", ["tiny", "other"])
def test_another_encoder_encodes_all_again(desk: Desk, name: str) -> None:
    """Why is told, and vectors of the old encoder go; another dimension makes it another."""
    desk.sync()
    desk.encoder = TinyEncoder(name, 32)
    report = desk.sync()
    assert report.rebuilt is not None
    assert "tiny (64 dimensions)" in report.rebuilt
    assert (counts(report), report.encoded) == ((0, 0, 0, 0, 2), 2)
    assert rows(desk, "SELECT DISTINCT length(vector) FROM vectors") == [(64,)]
    assert desk.contents() == desk.rebuilt()


def test_another_splitter_cuts_all_again(desk: Desk) -> None:
    """Why is told, and texts that come out the same are not encoded again."""
    desk.sync()
    alter(desk, "UPDATE manifest SET splitter = 0")
    alter(desk, "UPDATE passages SET lead = 1")
    report = desk.sync()
    assert report.rebuilt == "this version cuts notes into other passages"
    assert (counts(report), report.encoded) == ((0, 0, 0, 0, 2), 0)
    assert desk.contents() == desk.rebuilt()


def test_an_index_of_another_version_is_made_anew(desk: Desk) -> None:
    """Why is told, in the report and at once."""
    desk.sync()
    alter(desk, "PRAGMA user_version = 99")
    report = desk.sync()
    assert report.rebuilt is not None
    assert "format 99" in report.rebuilt
    assert ["format 99" in message for message in desk.said] == [True]
    assert desk.contents() == desk.rebuilt()


def of_garbage(path: Path) -> None:
    path.write_bytes(b"garbage " * 999)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [of_garbage, emptied, cut, overwritten])
def test_a_damaged_database_is_made_anew(desk: Desk, damage: Callable[[Path], None]) -> None:
    """The next sync puts it right, whatever is left of the file."""
    desk.sync()
    damage(desk.database)
    added(desk)
    report = desk.sync()
    assert counts(report) == (3, 0, 0, 0, 0)
    assert (report.rebuilt is None) == (damage is emptied)
    assert desk.contents() == desk.rebuilt()


def test_a_passage_without_its_vector_is_damage(desk: Desk) -> None:
    """What is found out only while writing makes the index anew as well."""
    desk.sync()
    alter(desk, "DELETE FROM vectors")
    added(desk)
    report = desk.sync()
    assert report.rebuilt is not None
    assert desk.contents() == desk.rebuilt()


def test_a_full_sync_finds_damage_that_no_question_has_met(tmp_path: Path) -> None:
    """Every page of the database is looked at on demand."""
    desk = Desk(tmp_path)
    desk.write("long.md", "# Long\n\n" + "It goes on. " * 20_000, old=True)
    desk.sync()
    data = bytearray(desk.database.read_bytes())
    text = data.rindex(b"It goes on. " * 300)
    data[text : text + 3000] = b"\xa5" * 3000
    data[text // 4096 * 4096 : text // 4096 * 4096 + 4] = b"\xa5" * 4
    desk.database.write_bytes(data)
    assert desk.sync().rebuilt is None
    assert desk.sync(full=True).rebuilt is not None
    assert desk.contents() == desk.rebuilt()


# Stopped on the way


def stages(desk: Desk) -> list[tuple[str, int]]:
    return [(step.stage, step.done) for step in desk.steps()]


def edited(desk: Desk) -> None:
    added(desk)
    changed(desk)
    (desk.notes / "fruit" / "apples.md").unlink()


STAGES = [
    ("reading", 0),
    ("reading", 1),
    ("splitting", 0),
    ("splitting", 1),
    ("encoding", 0),
    *(("writing", step) for step in range(5)),
]


def test_the_stages_are_these(desk: Desk) -> None:
    """The tests below stop at every one of them."""
    desk.sync()
    edited(desk)
    assert stages(desk) == STAGES


@pytest.mark.parametrize("stop", range(len(STAGES)), ids=map(str, STAGES))
def test_a_sync_stopped_anywhere_leaves_the_old_state_or_the_new(desk: Desk, stop: int) -> None:
    """Closing it is enough: nothing is half done, nothing left locked, and the next one completes."""
    desk.sync()
    before = desk.contents()
    edited(desk)
    steps = desk.steps()
    for _ in range(stop + 1):
        next(steps)
    steps.close()
    committed = STAGES[stop] == ("writing", 4)
    assert desk.contents() == (desk.rebuilt() if committed else before)
    assert len(leftovers(desk)) == committed
    desk.sync()
    assert desk.contents() == desk.rebuilt()
    assert (leftovers(desk), desk.said) == ([], [])


@pytest.mark.parametrize("stop", range(len(STAGES)), ids=map(str, STAGES))
def test_a_sync_killed_anywhere_leaves_the_old_state_or_the_new(desk: Desk, stop: int) -> None:
    """A process that dies takes nothing with it, and the next sync completes."""
    desk.sync()
    before = desk.contents()
    edited(desk)
    assert run_elsewhere(desk, KILLED, str(stop)).returncode == 9
    committed = STAGES[stop] == ("writing", 4)
    assert desk.contents() == (desk.rebuilt() if committed else before)
    desk.sync()
    assert desk.contents() == desk.rebuilt()
    assert (leftovers(desk), desk.said) == ([], [])


@pytest.mark.parametrize("stop", [1, 4, 7, 8, 9])
def test_a_first_sync_that_was_killed_is_begun_again(desk: Desk, stop: int) -> None:
    """Until the first commit there is no index; after the next sync there is."""
    assert run_elsewhere(desk, KILLED, str(stop)).returncode == 9
    if stop < 9:
        with pytest.raises(BrokenIndex, match="nothing is indexed yet"):
            desk.open()
    desk.sync()
    assert desk.contents() == desk.rebuilt()


def test_what_a_stopped_sync_encoded_is_not_lost(tmp_path: Path) -> None:
    """Each batch is kept at once."""
    desk = Desk(tmp_path)
    desk.write("many.md", "\n\n".join(f"## Part {n}\n\nIt says {n}." for n in range(150)))
    steps = desk.steps()
    while next(steps) and len(desk.encoder.encoded) < 100:
        pass
    steps.close()
    kept = len(desk.encoder.encoded)
    report = desk.sync()
    assert (kept, report.encoded, report.passages) == (128, 22, 150)


def test_what_an_abandoned_sync_encoded_is_dropped(desk: Desk) -> None:
    """If the edit was taken back, even a sync that finds nothing changed removes its vectors."""
    desk.sync()
    added(desk)
    steps = desk.steps()
    while next(steps).stage != "writing":
        pass
    steps.close()
    (desk.notes / "pears.md").unlink()
    assert rows(desk, "SELECT count(*) FROM vectors") == [(3,)]
    desk.sync()
    assert rows(desk, "SELECT count(*) FROM vectors") == [(2,)]


class Interrupted(TinyEncoder):
    """Is interrupted at the keyboard while it encodes."""

    def passages(self, texts: Sequence[str]) -> FloatArray:
        raise KeyboardInterrupt


class Shapeless(TinyEncoder):
    """Gives vectors of another dimension than it says."""

    def passages(self, texts: Sequence[str]) -> FloatArray:
        return np.ones((len(texts), self.dimension + 1), np.float32)


class Numberless(TinyEncoder):
    """Gives vectors that are no numbers."""

    def passages(self, texts: Sequence[str]) -> FloatArray:
        return np.full((len(texts), self.dimension), np.nan, np.float32)


@pytest.mark.parametrize(
    ("encoder", "error"),
    [(Interrupted, KeyboardInterrupt), (Shapeless, EncoderError), (Numberless, EncoderError)],
)
def test_an_encoder_that_fails_leaves_the_old_state(
    desk: Desk, encoder: type[TinyEncoder], error: type[BaseException]
) -> None:
    """The error is passed on, the lock is free, and the next sync completes."""
    desk.sync()
    before = desk.contents()
    edited(desk)
    with pytest.raises(error):
        finished(sync(desk.notes, desk.index, encoder(), desk.said.append))
    assert desk.contents() == before
    desk.sync()
    assert desk.contents() == desk.rebuilt()


@pytest.mark.parametrize("limit", [0, 30_000, 200_000])
def test_a_full_disk_is_told_and_leaves_the_old_state(desk: Desk, limit: int) -> None:
    """The message names the place, and with space again the next sync completes."""
    desk.sync()
    before = desk.contents()
    for number in range(60):
        desk.write(f"more/{number}.md", f"# Number {number}\n\n" + f"It is not {number + 1}. " * 90)
    done = run_elsewhere(desk, FULL_DISK, str(limit))
    assert (done.returncode, str(desk.index) in done.stdout) == (0, True), done
    assert desk.contents() == before
    desk.sync()
    assert desk.contents() == desk.rebuilt()


# Two at once


def test_of_two_syncs_one_waits(desk: Desk) -> None:
    """The second says so, and sees what the first did."""
    first = desk.steps()
    next(first)
    second = run_waiting(desk)
    assert second.stdout is not None
    assert second.stdout.readline() == "waiting\n"
    report = finished(first)
    rest, _ = second.communicate(timeout=60)
    assert rest.splitlines()[-1] == f"done 0 {report.generation}"
    assert desk.contents() == desk.rebuilt()


def test_two_processes_may_begin_at_once(desk: Desk) -> None:
    """Both succeed, and the index is whole."""
    both = [run_waiting(desk) for _ in range(2)]
    lines = [process.communicate(timeout=60)[0].splitlines()[-1] for process in both]
    assert sorted(line.split()[1] for line in lines) == ["0", "2"]
    assert desk.contents() == desk.rebuilt()


def test_a_lock_that_cannot_be_had_is_told(desk: Desk) -> None:
    """The message names the folder."""
    (desk.index / "sync.lock").mkdir(parents=True)
    with pytest.raises(BrokenIndex, match=f"{desk.index} cannot be locked"):
        desk.sync()


def test_an_index_where_a_file_is_cannot_be_made(desk: Desk) -> None:
    """The message names the path."""
    desk.index.write_text("a file")
    with pytest.raises(BrokenIndex, match=f"{desk.index} cannot be made"):
        desk.sync()


# Any edits


NAMES = ("a.md", "b.md", "sub/c.md", "sub/d.md", "É 1.md")
TEXTS = (
    RATE,
    APPLES,
    PEARS,
    "",
    "No heading, only a line on bias and variance.\n",
    "# Open\n\n## Why shuffle?\n\n## What is bias?\n\nIt is a systematic error.\n",
    "# Open\n\n## Why shuffle?\n\n## What is noise?\n\nIt is an unsystematic one.\n",
    "# Twice\n\nGreen apples.\n\n# Twice\n\nGreen apples.\n",
)
edits = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(TEXTS), st.booleans()),
    st.tuples(st.just("move"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("copy"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("swap"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES)),
    st.tuples(st.just("touch"), st.sampled_from(NAMES)),
    st.tuples(st.just("stop"), st.integers(1, 12)),
    st.tuples(st.just("sync")),
)


def perform(desk: Desk, edit: tuple[object, ...]) -> None:
    match edit:
        case ("write", str(name), str(text), bool(old)):
            desk.write(name, text, old=old)
        case ("move" | "copy" | "swap", str(one), str(other)):
            displace(desk.notes / one, desk.notes / other, str(edit[0]))
        case ("remove", str(name)):
            (desk.notes / name).unlink(missing_ok=True)
        case ("touch", str(name)) if (desk.notes / name).exists():
            os.utime(desk.notes / name, (OLD, OLD))
        case ("stop", int(after)):
            steps = desk.steps()
            for _, _ in zip(range(after), steps, strict=False):
                pass
            steps.close()
        case ("sync",):
            desk.sync()


def displace(one: Path, other: Path, how: str) -> None:
    if not one.exists() or one == other:
        return
    other.parent.mkdir(exist_ok=True)
    text = one.read_bytes()
    if how == "copy":
        other.write_bytes(text)
        os.utime(other, (OLD, OLD))
    elif how == "move":
        one.replace(other)
    elif other.exists():
        aside = one.with_suffix(".aside")
        one.rename(aside)
        other.rename(one)
        aside.rename(other)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sequence=st.lists(edits, max_size=14))
def test_after_any_edits_a_synced_index_equals_a_new_one(
    sequence: list[tuple[object, ...]],
) -> None:
    """Notes, passages, vectors and what is found are the same, in the same order."""
    with roomy() as root:
        desk = Desk(root / "one")
        for edit in sequence:
            perform(desk, edit)
        desk.sync()
        assert desk.contents() == finished_elsewhere(desk, root / "other").contents()
        assert desk.said == []


# Other processes, and what they leave


SYNC = """
import os, sys
from pathlib import Path
sys.path[:0] = [{here!r}, {root!r}]
from fakes import TinyEncoder
from ingest.errors import BrokenIndex
from ingest.sync import sync
steps = sync(Path({notes!r}), Path({index!r}), TinyEncoder())
"""
KILLED = """
for done, step in enumerate(steps):
    if done == int(sys.argv[1]):
        os._exit(9)
"""
FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
try:
    for step in steps:
        pass
except BrokenIndex as error:
    print(error)
"""
WAITING = """
while True:
    try:
        step = next(steps)
    except StopIteration as end:
        print("done", end.value.added, end.value.generation)
        break
    print(step.stage, flush=True)
"""


def script(desk: Desk, rest: str) -> list[str]:
    head = SYNC.format(
        here=str(HERE), root=str(HERE.parent), notes=str(desk.notes), index=str(desk.index)
    )
    return [sys.executable, "-c", head + rest]


def run_elsewhere(desk: Desk, rest: str, argument: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*script(desk, rest), argument], capture_output=True, text=True, timeout=60, check=False
    )


def run_waiting(desk: Desk) -> "subprocess.Popen[str]":
    return subprocess.Popen(script(desk, WAITING), stdout=subprocess.PIPE, text=True)


def rows(desk: Desk, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(desk.database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def alter(desk: Desk, sql: str) -> None:
    connection = sqlite3.connect(desk.database)
    with connection:
        connection.execute(sql)
    connection.close()


def leftovers(desk: Desk) -> list[str]:
    """What lies in the index's folder beside one database and one generation."""
    with desk.open() as index:
        generation = index.manifest.generation
    expected = {"index.db", "sync.lock", "repair.lock", f"derived-{generation}"}
    return sorted({path.name for path in desk.index.iterdir()} - expected)
