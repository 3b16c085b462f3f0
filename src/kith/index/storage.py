"""An index in a folder: written whole and atomically, opened by mapping it into memory.

One save is a set of files with a token of its own in their names, and a manifest that names them; the
manifest is replaced last, by a rename, so at every moment the folder holds one complete index or none.
What is read back must match the manifest's checksums, or it is not read at all: an index is derived
data, and an empty one that is filled again from the database is better than a wrong one.
"""

import fcntl
import json
import logging
import os
import secrets
import zlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from kith.index.ann import Graph
from kith.index.base import Float32
from kith.index.codes import Codes, Int8
from kith.index.errors import IndexUnavailable
from kith.index.rows import Rows, Value

FORMAT = 1
MANIFEST = "manifest.json"
_LOCK = "lock"
_CHUNK_BYTES = 1 << 22

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """One segment as it is saved and opened."""

    tenant: int
    gallery: int
    rows: Rows
    graph: Graph | None
    covered: int


class _Segment(TypedDict):
    tenant: int
    gallery: int
    rows: int
    error: float
    covered: int
    graph: str | None


class _Manifest(TypedDict):
    format: int
    space: str
    dimension: int
    position: int
    columns: str
    codes: str
    vectors: str
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

    def save(self, segments: Sequence[Stored], position: int) -> None:
        """Replace what the folder holds. Raises IndexUnavailable, and changes nothing, if it cannot."""
        try:
            with self._locked():
                self._save(segments, position)
        except OSError as error:
            raise IndexUnavailable(f"The index could not be written: {error.strerror}") from error

    def open(self) -> tuple[list[Stored], int]:
        """The segments and the position; none and 0 if there is nothing or nothing that can be trusted."""
        try:
            with self._locked():
                return self._open()
        except FileNotFoundError:
            return [], 0
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            _log.warning("index.discarded: %s", error)
            return [], 0

    def erase(self) -> None:
        """Leave nothing of any index behind."""
        with self._locked():
            self._sweep(keep=())

    def _save(self, segments: Sequence[Stored], position: int) -> None:
        token = secrets.token_hex(8)
        names = [f"{kind}-{token}" for kind in ("columns", "codes", "vectors")]
        graphs = [
            None if one.graph is None else f"graph-{number}-{token}" for number, one in enumerate(segments)
        ]
        try:
            self._write(names[0], (column for one in segments for column in one.rows.columns()))
            self._write(names[1], (piece for one in segments for piece in one.rows.code_pieces()))
            self._write(names[2], (piece for one in segments for piece in one.rows.vector_pieces()))
            for one, name in zip(segments, graphs, strict=True):
                if one.graph is not None and name is not None:
                    one.graph.save(self._path / name)
                    _sync(self._path / name)
            files = [*names, *(name for name in graphs if name is not None)]
            manifest: _Manifest = {
                "format": FORMAT,
                "space": self._space,
                "dimension": self._dimension,
                "position": position,
                "columns": names[0],
                "codes": names[1],
                "vectors": names[2],
                "segments": [_described(one, name) for one, name in zip(segments, graphs, strict=True)],
                "checksums": {name: checksum(self._path / name) for name in files},
            }
            self._publish(manifest)
        except BaseException:
            self._sweep(keep=self._files_in_use())
            raise
        self._sweep(keep=[*files, MANIFEST])

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

    def _open(self) -> tuple[list[Stored], int]:
        manifest = self._read_manifest()
        for name, expected in manifest["checksums"].items():
            if checksum(self._path / name) != expected:
                raise ValueError(f"{name} is damaged")
        count = sum(segment["rows"] for segment in manifest["segments"])
        columns = (self._path / manifest["columns"]).read_bytes()
        codes = _mapped(self._path / manifest["codes"], np.int8, (count, self._dimension))
        vectors = _mapped(self._path / manifest["vectors"], np.float32, (count, self._dimension))
        segments: list[Stored] = []
        start = offset = 0
        for record in manifest["segments"]:
            end = start + record["rows"]
            rows, offset = _rows(columns, offset, codes[start:end], vectors[start:end], record["error"])
            graph = None
            if record["graph"] is not None:
                graph = Graph(self._dimension)
                graph.load(self._path / record["graph"])
            segments.append(Stored(record["tenant"], record["gallery"], rows, graph, record["covered"]))
            start = end
        return segments, manifest["position"]

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


def checksum(file: Path) -> int:
    """A checksum of a file at the speed of reading it: CRC-32 over the 64-bit sums of its 4 MB chunks."""
    size = file.stat().st_size
    crc = zlib.crc32(size.to_bytes(8, "little"))
    whole = size - size % 8
    if whole:
        words = np.memmap(file, np.uint64, "r", shape=(whole // 8,))
        step = _CHUNK_BYTES // 8
        for start in range(0, len(words), step):
            crc = zlib.crc32(np.add.reduce(words[start : start + step]).tobytes(), crc)
    with file.open("rb") as rest:
        rest.seek(whole)
        return zlib.crc32(rest.read(), crc)


def _described(one: Stored, graph: str | None) -> _Segment:
    return {
        "tenant": one.tenant,
        "gallery": one.gallery,
        "rows": len(one.rows),
        "error": one.rows.error,
        "covered": one.covered,
        "graph": graph,
    }


def _rows(columns: bytes, offset: int, codes: Int8, vectors: Float32, error: float) -> tuple[Rows, int]:
    """One segment's rows over its part of the files, and where the next one's columns begin."""
    count = len(codes)
    ids = np.frombuffer(columns, np.int64, 2 * count, offset).copy()
    offset += ids.nbytes
    scales = np.frombuffer(columns, np.float32, count, offset).copy()
    coded = Codes(codes, scales, np.full(min(1, count), error, np.float32))
    return Rows(ids[:count], ids[count:], vectors, coded), offset + scales.nbytes


def _mapped(file: Path, kind: type[Value], shape: tuple[int, int]) -> NDArray[Value]:
    """A file as an array: pages are read when touched, and copied when written; the file stays."""
    if file.stat().st_size != shape[0] * shape[1] * np.dtype(kind).itemsize:
        raise ValueError(f"{file.name} has the wrong size")
    if not shape[0]:
        return np.zeros(shape, kind)
    return np.memmap(file, kind, "c", shape=shape)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
