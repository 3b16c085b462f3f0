"""The in-process index over time: its folder, damage to it, sketches of large galleries, many threads."""

import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from kith.index.base import Scope, VectorIndex, empty_entries
from kith.index.errors import IndexUnavailable
from kith.index.exact import ExactIndex
from kith.index.memory import MemoryIndex
from kith.index.rows import BLOCK_ROWS
from tests.index.samples import DIMENSION, NONE, entries, people, random_units

EVERYBODY = Scope(tenant=1)


def filled(folder: Path, *, count: int = 300, sketch_bytes: int = 1 << 30, space: str = "") -> MemoryIndex:
    """An index of `count` faces of 40 people, at position 9, persisted."""
    index = MemoryIndex(DIMENSION, folder, sketch_bytes=sketch_bytes, space=space)
    index.apply(faces(count), NONE, 9)
    index.persist()
    return index


def faces(count: int):
    who = np.arange(count) % 40
    return entries(np.arange(count) + 1, who + 1, people(np.random.default_rng(0), who), galleries=who % 3)


def same(one: VectorIndex, other: VectorIndex) -> bool:
    queries = random_units(np.random.default_rng(5), 8)
    pairs = zip(one.search(queries, EVERYBODY, 9), other.search(queries, EVERYBODY, 9), strict=True)
    return len(one) == len(other) and all(
        np.array_equal(a.face_ids, b.face_ids) and np.array_equal(a.cosines, b.cosines) for a, b in pairs
    )


def largest(folder: Path, kind: str) -> Path:
    return max(folder.glob(f"{kind}-*"), key=lambda file: file.stat().st_size)


class TestPersist:
    def test_opens_as_it_was(self, tmp_path: Path) -> None:
        index = filled(tmp_path)
        again = MemoryIndex(DIMENSION, tmp_path)
        assert again.position == 9
        assert same(index, again)

    def test_opens_with_its_sketches(self, tmp_path: Path) -> None:
        index = filled(tmp_path, count=3000, sketch_bytes=0)
        again = MemoryIndex(DIMENSION, tmp_path, sketch_bytes=0)
        assert again.sketched == index.sketched == 3000
        assert same(index, again)
        for one in (index, again):
            one.apply(faces(3500), np.arange(1, 200), 10)
        assert again.sketched == index.sketched == 3301
        assert same(index, again)

    def test_changes_after_opening_leave_the_file_alone_until_persisted(self, tmp_path: Path) -> None:
        filled(tmp_path)
        before = largest(tmp_path, "vectors").read_bytes()
        again = MemoryIndex(DIMENSION, tmp_path)
        again.apply(entries([1, 999], 7, random_units(np.random.default_rng(1), 2)), np.arange(2, 50), 10)
        assert largest(tmp_path, "vectors").read_bytes() == before
        again.persist()
        third = MemoryIndex(DIMENSION, tmp_path)
        assert third.position == 10
        assert same(again, third)

    def test_keeps_one_generation_of_files(self, tmp_path: Path) -> None:
        index = filled(tmp_path)
        for position in (10, 11, 12):
            index.apply(empty_entries(DIMENSION), np.array([position]), position)
            index.persist()
        kinds = sorted(file.name.split("-")[0] for file in tmp_path.iterdir())
        assert kinds == ["codes", "columns", "lock", "manifest.json", "vectors"]

    def test_writes_nothing_when_nothing_changed(self, tmp_path: Path) -> None:
        filled(tmp_path)
        files = set(tmp_path.iterdir())
        again = MemoryIndex(DIMENSION, tmp_path)
        again.persist()
        assert set(tmp_path.iterdir()) == files

    def test_an_empty_index_can_be_persisted(self, tmp_path: Path) -> None:
        index = MemoryIndex(DIMENSION, tmp_path)
        index.apply(empty_entries(DIMENSION), NONE, 4)
        index.persist()
        assert MemoryIndex(DIMENSION, tmp_path).position == 4

    def test_clear_leaves_no_vector_on_disk(self, tmp_path: Path) -> None:
        index = filled(tmp_path)
        index.clear()
        assert [file.name for file in tmp_path.iterdir()] == ["lock"]
        assert MemoryIndex(DIMENSION, tmp_path).position == 0

    def test_removed_faces_leave_the_disk_with_the_next_persist(self, tmp_path: Path) -> None:
        index = filled(tmp_path)
        gone = index.entries(np.array([17])).vectors.tobytes()
        assert gone in largest(tmp_path, "vectors").read_bytes()
        index.apply(empty_entries(DIMENSION), np.array([17]), 10)
        index.persist()
        assert gone not in largest(tmp_path, "vectors").read_bytes()

    def test_what_cannot_be_written_is_said_and_the_old_files_stay(self, tmp_path: Path) -> None:
        index = filled(tmp_path)
        index.apply(empty_entries(DIMENSION), np.array([1]), 10)
        (tmp_path / "manifest.json.new").mkdir()  # stands where the new manifest is to be written
        with pytest.raises(IndexUnavailable):
            index.persist()
        assert MemoryIndex(DIMENSION, tmp_path).position == 9

    def test_a_folder_that_cannot_be_made_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(IndexUnavailable):
            MemoryIndex(DIMENSION, tmp_path / "file" / "index")

    def test_another_process_reads_what_this_one_wrote(self, tmp_path: Path) -> None:
        filled(tmp_path)
        script = (
            "import sys; from pathlib import Path; from kith.index.memory import MemoryIndex;"
            f"index = MemoryIndex({DIMENSION}, Path(sys.argv[1])); print(len(index), index.position)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == ["300", "9"]


def flip(file: Path) -> None:
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 0x10
    file.write_bytes(body)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-8])


def rewrite(manifest: Path, change: Callable[[dict], dict]) -> None:
    """Change the manifest so that its own checksum still holds."""
    body = json.dumps(change(json.loads(manifest.read_text().partition(" ")[2])))
    manifest.write_text(f"{zlib.crc32(body.encode()):08x} {body}\n")


DAMAGE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "vectors flipped": ("vectors-*", flip),
    "vectors cut": ("vectors-*", cut),
    "vectors missing": ("vectors-*", Path.unlink),
    "codes flipped": ("codes-*", flip),
    "columns flipped": ("columns-*", flip),
    "columns cut": ("columns-*", cut),
    "sketches flipped": ("sketches-*", flip),
    "sketches cut": ("sketches-*", cut),
    "axes flipped": ("axes-*", flip),
    "axes missing": ("axes-*", Path.unlink),
    "manifest flipped": ("manifest.json", flip),
    "manifest empty": ("manifest.json", lambda file: file.write_text("")),
    "manifest binary": ("manifest.json", lambda file: file.write_bytes(bytes(range(256)))),
    "older format": ("manifest.json", lambda file: rewrite(file, lambda body: {**body, "format": 0})),
    "field missing": ("manifest.json", lambda file: rewrite(file, lambda _: {"format": 1})),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sketches in it, to be copied and damaged."""
    folder = tmp_path_factory.mktemp("index")
    filled(folder, count=3000, sketch_bytes=0)
    return folder


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGE)
    def test_starts_empty_and_works_on(self, damage: str, sound: Path, tmp_path: Path) -> None:
        folder = tmp_path / "index"
        shutil.copytree(sound, folder)
        pattern, harm = DAMAGE[damage]
        harm(next(folder.glob(pattern)))
        index = MemoryIndex(DIMENSION, folder)
        index.settle()
        assert (index.position, len(index)) == (0, 0)
        index.apply(faces(50), NONE, 3)
        index.persist()
        assert len(MemoryIndex(DIMENSION, folder)) == 50

    def test_of_another_dimension_is_not_read(self, sound: Path) -> None:
        assert len(MemoryIndex(DIMENSION + 1, sound)) == 0

    def test_of_another_space_is_not_read(self, tmp_path: Path) -> None:
        filled(tmp_path, space="mobile-1")
        assert len(MemoryIndex(DIMENSION, tmp_path, space="dlib-1")) == 0
        assert len(MemoryIndex(DIMENSION, tmp_path, space="mobile-1")) == 300


class TestDamageFoundLate:
    """What is mapped is checked in the background; until then its faces are answered from."""

    def test_is_not_persisted_again(self, sound: Path, tmp_path: Path) -> None:
        folder = tmp_path / "index"
        shutil.copytree(sound, folder)
        flip(largest(folder, "vectors"))
        index = MemoryIndex(DIMENSION, folder)
        index.apply(faces(10), NONE, 10)
        index.persist()
        assert MemoryIndex(DIMENSION, folder).settle() is None
        assert index.position == 0
        assert [file.name for file in folder.iterdir()] == ["lock"]

    def test_closing_does_not_wait_for_all_to_be_read(self, tmp_path: Path) -> None:
        filled(tmp_path)
        index = MemoryIndex(DIMENSION, tmp_path)
        index.close()
        index.settle()
        assert index.position == 0


class TestSketches:
    def test_a_small_gallery_gets_none(self) -> None:
        index = MemoryIndex(DIMENSION)
        index.apply(faces(3000), NONE, 1)
        assert index.sketched == 0

    def test_a_gallery_that_grows_large_gets_them(self) -> None:
        index = MemoryIndex(DIMENSION, sketch_bytes=2000 * DIMENSION)
        index.apply(faces(1500), NONE, 1)
        assert index.sketched == 0
        who = np.arange(6000)
        index.apply(entries(who, 1 + who % 50, people(np.random.default_rng(1), who % 50)), NONE, 2)
        assert index.sketched == len(index) == 6000
        vectors = random_units(np.random.default_rng(3), 40)
        index.apply(entries(np.arange(7000, 7040), 77, vectors), NONE, 3)
        for row, found in enumerate(index.search(vectors, EVERYBODY, 1)):
            assert found.face_ids.tolist() == [7000 + row]

    def test_removed_faces_are_in_no_answer(self) -> None:
        index = MemoryIndex(DIMENSION, sketch_bytes=0)
        index.apply(faces(3000), NONE, 1)
        gone = np.arange(1, 3001, 2)
        index.apply(empty_entries(DIMENSION), gone, 2)
        queries = faces(60).vectors
        for found in (*index.search(queries, EVERYBODY, 50), *index.within(queries, EVERYBODY, 0.4)):
            assert not np.isin(found.face_ids, gone).any()


class TestThreads:
    def test_a_search_sees_all_of_an_apply_or_nothing(self) -> None:
        """Writers swap two faces' places for good and all; no reader may see one without the other."""
        index = ExactIndex(DIMENSION)
        axes = np.eye(DIMENSION, dtype=np.float32)
        index.apply(faces(2000), NONE, 1)
        both = entries([5001, 5002], [1, 2], axes[:2]), entries([5001, 5002], [2, 1], axes[:2])
        index.apply(both[0], NONE, 2)
        stop = Event()

        def read() -> int:
            seen = 0
            while not stop.is_set():
                first, second = index.search(axes[:2], EVERYBODY, 1)
                assert sorted([first.persons[0], second.persons[0]]) == [1, 2]
                seen += 1
            return seen

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read) for _ in range(4)]
            for turn in range(200):
                index.apply(both[turn % 2], np.array([turn]), turn)
            stop.set()
        assert all(reader.result() > 0 for reader in readers)

    @pytest.mark.parametrize("sketch_bytes", [0, 1 << 30])
    def test_many_threads_search_together(self, sketch_bytes: int) -> None:
        index = MemoryIndex(DIMENSION, sketch_bytes=sketch_bytes)
        index.apply(faces(3 * BLOCK_ROWS), NONE, 1)  # several blocks, so that the cores share a search
        queries = faces(30).vectors
        expected = [found.face_ids[0] for found in index.search(queries, EVERYBODY, 1)]

        def read(_: int) -> list[int]:
            return [int(found.face_ids[0]) for found in index.search(queries, EVERYBODY, 1)]

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(read, range(100)))
        assert all(answer == expected for answer in answers)
        index.close()


class TestManyRows:
    def test_beyond_one_block(self) -> None:
        """Rows lie in blocks; faces on both sides of the seam are found, moved and removed alike."""
        rng = np.random.default_rng(0)
        count = BLOCK_ROWS + 300
        vectors = random_units(rng, count, 4)
        index = ExactIndex(4)
        index.apply(entries(np.arange(count), 1 + np.arange(count) % 900, vectors), NONE, 1)
        index.apply(empty_entries(4), np.arange(100, 500), 2)
        kept = np.setdiff1d(np.arange(count), np.arange(100, 500))
        np.testing.assert_array_equal(index.entries(np.arange(count)).vectors, vectors[kept])
        probes = kept[[0, 99, 100, BLOCK_ROWS - 500, BLOCK_ROWS - 200, -1]]
        for probe, found in zip(probes, index.search(vectors[probes], EVERYBODY, 1), strict=True):
            assert found.face_ids.tolist() == [probe]
        for probe, found in zip(probes, index.search_persons(vectors[probes], EVERYBODY, 1), strict=True):
            assert found.persons.tolist() == [1 + probe % 900]
