"""An index in a folder: written whole and atomically, opened by mapping it into memory.

One save is a set of files with a token of its own in their names, and a manifest that names them; the
manifest is replaced last, by a rename, so at every moment the folder holds one complete index or none.
What is read back must match the manifest's checksums: an index is derived data, and an empty one that is
filled again from the database is better than a wrong one. The columns are checked when they are opened;
the matrices, which are a hundred times as large and are mapped, behind the back of the first searches.
"""

import fcntl
import json
import logging
import os
import secrets
import zlib
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from kith.index.base import Float32
from kith.index.codes import Codes, Int8
from kith.index.errors import IndexUnavailable
from kith.index.rows import Rows, Value
from kith.index.sketch import Basis

FORMAT = 2
MANIFEST = "manifest.json"
_LOCK = "lock"
_MATRICES = ("codes", "sketches", "vectors")
_CHUNK_BYTES = 1 << 22
_UNSOUND = (OSError, ValueError, KeyError, TypeError)

Number = TypeVar("Number", np.int64, np.float32)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One segment as it is saved and opened."""

    tenant: int
    gallery: int
    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """All that a folder holds; `basis` is what the sketches of any segment were made with."""

    segments: Sequence[Stored] = ()
    basis: Basis | None = None
    position: int = 0


class _Enough(Exception):
    """Somebody no longer wants to know."""


class _Segment(TypedDict):
    tenant: int
    gallery: int
    rows: int
    error: float
    sketch_error: float | None


class _Basis(TypedDict):
    levels: list[float]
    margins: list[float]


class _Manifest(TypedDict):
    format: int
    space: str
    dimension: int
    position: int
    files: dict[str, str]
    basis: _Basis | None
    segments: list[_Segment]
    checksums: dict[str, int]


class Folder:
    """The files of one index; `space` and `dimension` must be those it was written with."""

    def __init__(self, path: Path, dimension: int, space: str) -> None:
        self._path = path
        self._dimension = dimension
        self._space = space
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexUnavailable(f"The index has no folder: {error.strerror}") from error

    def save(self, saved: Saved) -> None:
        """Replace what the folder holds. Raises IndexUnavailable, and changes nothing, if it cannot."""
        try:
            with self._locked():
                self._save(saved)
        except OSError as error:
            raise IndexUnavailable(f"The index could not be written: {error.strerror}") from error

    def open(self) -> Saved:
        """What the folder holds; nothing, at position 0, if it holds nothing or nothing that can be trusted.

        Takes the time to read the columns. The matrices are mapped: `verify` tells whether they are sound.
        """
        try:
            with self._locked():
                return self._open(self._read_manifest())
        except FileNotFoundError:
            return Saved()
        except _UNSOUND as error:
            _log.warning("index.discarded: %s", error)
            return Saved()

    def verify(self, is_enough: Callable[[], bool]) -> bool:
        """Read the matrices of the save that is there now; whether they are as they were written.

        Stops when `is_enough` says so, and then believes the rest.
        """
        try:
            manifest = self._read_manifest()
            for kind in _MATRICES:
                name = manifest["files"].get(kind)
                if name is not None:
                    self._check(manifest, name, is_enough)
        except _Enough:
            return True
        except FileNotFoundError:  # replaced by a newer save, which this process or another has just written
            return True
        except _UNSOUND as error:
            _log.warning("index.discarded: %s", error)
            return False
        return True

    def erase(self) -> None:
        """Leave nothing of any index behind."""
        with self._locked():
            self._sweep(keep=())

    def _save(self, saved: Saved) -> None:
        token = secrets.token_hex(8)
        pieces = _pieces(saved)
        files = {kind: f"{kind}-{token}" for kind in pieces}
        try:
            for kind, name in files.items():
                self._write(name, pieces[kind])
            basis = saved.basis
            manifest: _Manifest = {
                "format": FORMAT,
                "space": self._space,
                "dimension": self._dimension,
                "position": saved.position,
                "files": files,
                "basis": None
                if basis is None
                else {"levels": basis.levels.tolist(), "margins": basis.margins.tolist()},
                "segments": [_described(one) for one in saved.segments],
                "checksums": {name: checksum(self._path / name) for name in files.values()},
            }
            self._publish(manifest)
        except BaseException:
            self._sweep(keep=self._files_in_use())
            raise
        self._sweep(keep=[*files.values(), MANIFEST])

    def _publish(self, manifest: _Manifest) -> None:
        body = json.dumps(manifest)
        draft = self._path / f"{MANIFEST}.new"
        draft.write_text(f"{zlib.crc32(body.encode()):08x} {body}\n")
        _sync(draft)
        draft.replace(self._path / MANIFEST)
        _sync(self._path)

    def _read_manifest(self) -> _Manifest:
        crc, _, body = (self._path / MANIFEST).read_text().rstrip("\n").partition(" ")
        if crc != f"{zlib.crc32(body.encode()):08x}":
            raise ValueError("the manifest is damaged")
        manifest = cast("_Manifest", json.loads(body))
        expected = (FORMAT, self._space, self._dimension)
        found = (manifest["format"], manifest["space"], manifest["dimension"])
        if found != expected:
            raise ValueError(f"the index is of {found}, not of {expected}")
        return manifest

    def _check(self, manifest: _Manifest, name: str, is_enough: Callable[[], bool] = lambda: False) -> None:
        if checksum(self._path / name, is_enough) != manifest["checksums"][name]:
            raise ValueError(f"{name} is damaged")

    def _open(self, manifest: _Manifest) -> Saved:
        files = manifest["files"]
        for kind in files.keys() - set(_MATRICES):
            self._check(manifest, files[kind])
        basis = None if manifest["basis"] is None else self._basis(files["axes"], manifest["basis"])
        segments = manifest["segments"]
        count = sum(one["rows"] for one in segments)
        codes = self._mapped(files["codes"], np.int8, (count, self._dimension))
        vectors = self._mapped(files["vectors"], np.float32, (count, self._dimension))
        sketched = sum(one["rows"] for one in segments if one["sketch_error"] is not None)
        sketches = np.zeros((0, 1), np.int8)
        if basis is not None:
            sketches = self._mapped(files["sketches"], np.int8, (sketched, basis.axes.shape[1]))
        columns = _Columns((self._path / files["columns"]).read_bytes())
        stored: list[Stored] = []
        for one in segments:
            rows = one["rows"]
            taken, codes, vectors = (codes[:rows], vectors[:rows]), codes[rows:], vectors[rows:]
            ids, scales = columns.take(np.int64, 2 * rows), columns.take(np.float32, rows)
            coded = _codes(taken[0], scales, one["error"])
            kept = Rows(ids[:rows], ids[rows:], taken[1], coded)
            if basis is not None and one["sketch_error"] is not None:
                some, sketches = sketches[:rows], sketches[rows:]
                kept.use(basis, _codes(some, columns.take(np.float32, rows), one["sketch_error"]))
            stored.append(Stored(one["tenant"], one["gallery"], kept))
        return Saved(stored, basis, manifest["position"])

    def _basis(self, name: str, numbers: _Basis) -> Basis:
        axes = np.frombuffer((self._path / name).read_bytes(), np.float32).reshape(self._dimension, -1)
        return Basis(axes, np.array(numbers["levels"], np.float32), np.array(numbers["margins"], np.float32))

    def _mapped(self, name: str, kind: type[Value], shape: tuple[int, int]) -> NDArray[Value]:
        """A file as an array: pages are read when touched, and copied when written; the file stays."""
        file = self._path / name
        if file.stat().st_size != shape[0] * shape[1] * np.dtype(kind).itemsize:
            raise ValueError(f"{name} has the wrong size")
        if not shape[0]:
            return np.zeros(shape, kind)
        return np.memmap(file, kind, "c", shape=shape)

    def _files_in_use(self) -> list[str]:
        try:
            return [MANIFEST, *self._read_manifest()["checksums"]]
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def _sweep(self, keep: Iterable[str]) -> None:
        kept = {_LOCK, *keep}
        for file in self._path.iterdir():
            if file.name not in kept:
                file.unlink(missing_ok=True)

    def _write(self, name: str, pieces: Iterable[NDArray[np.generic]]) -> None:
        with (self._path / name).open("wb") as file:
            for piece in pieces:
                file.write(np.ascontiguousarray(piece).data)
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Alone among the processes that use this folder."""
        with (self._path / _LOCK).open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class _Columns:
    """The columns of all segments, one after the other in one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, kind: type[Number], count: int) -> NDArray[Number]:
        """A copy of the next `count` numbers."""
        numbers = np.frombuffer(self._data, kind, count, self._at).copy()
        self._at += numbers.nbytes
        return numbers


def checksum(file: Path, is_enough: Callable[[], bool] = lambda: False) -> int:
    """A checksum of a file at the speed of reading it: CRC-32 over the 64-bit sums of its 4 MB chunks.

    Raises _Enough once `is_enough` says that nobody wants to know any more.
    """
    size = file.stat().st_size
    crc = zlib.crc32(size.to_bytes(8, "little"))
    whole = size - size % 8
    if whole:
        words = np.memmap(file, np.uint64, "r", shape=(whole // 8,))
        step = _CHUNK_BYTES // 8
        for start in range(0, len(words), step):
            if is_enough():
                raise _Enough
            crc = zlib.crc32(np.add.reduce(words[start : start + step]).tobytes(), crc)
    with file.open("rb") as rest:
        rest.seek(whole)
        return zlib.crc32(rest.read(), crc)


def _pieces(saved: Saved) -> dict[str, Iterable[NDArray[np.generic]]]:
    """What goes into each file."""
    every = [one.rows for one in saved.segments]
    pieces: dict[str, Iterable[NDArray[np.generic]]] = {
        "columns": (column for rows in every for column in _columns(rows)),
        "codes": (piece for rows in every for piece in rows.codes.pieces()),
        "vectors": (piece for rows in every for piece in rows.vector_pieces()),
    }
    if saved.basis is not None:
        pieces["axes"] = (saved.basis.axes,)
        sketches = [rows.sketches for rows in every if rows.sketches is not None]
        pieces["sketches"] = (piece for one in sketches for piece in one.pieces())
    return pieces


def _columns(rows: Rows) -> Iterable[NDArray[np.generic]]:
    yield from (rows.face_ids, rows.persons, rows.codes.scales)
    if rows.sketches is not None:
        yield rows.sketches.scales


def _described(one: Stored) -> _Segment:
    sketches = one.rows.sketches
    return {
        "tenant": one.tenant,
        "gallery": one.gallery,
        "rows": len(one.rows),
        "error": one.rows.codes.error,
        "sketch_error": None if sketches is None else sketches.error,
    }


def _codes(codes: Int8, scales: Float32, error: float) -> Codes:
    return Codes(codes, scales, np.full(min(1, len(codes)), error, np.float32))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
