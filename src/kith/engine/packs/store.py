"""The folder of packs: what is installed, and how packs come and go.

    <folder>/<pack id>/pack.toml, SHA256SUMS and the networks

A pack is put together in a workspace of its own, tried out, and moved into place in one step, so a
failed or interrupted installation leaves what was there before.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kith.engine.base import FaceEngine
from kith.engine.dlib import convert, is_converted
from kith.engine.errors import EngineNotReady
from kith.engine.packs import digests, manifest, sources
from kith.engine.packs.catalogue import known_packs
from kith.engine.packs.download import Progress
from kith.engine.packs.engines import open_engine
from kith.engine.packs.errors import (
    PackDigestMismatch,
    PackInUse,
    PackInvalid,
    PackNotFound,
    PackStorageFailed,
)
from kith.engine.packs.manifest import Manifest
from kith.engine.session import SessionOptions

_WORKSPACE = ".workspace-"
_ASIDE = ".aside-"
_LOCK = ".lock"
_ABANDONED_SECONDS = 86_400.0
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack on disk. The built-in pack always is one; its networks are converted when first opened."""

    manifest: Manifest
    folder: Path
    size_bytes: int

    @property
    def id(self) -> str:
        return self.manifest.id


@dataclass(frozen=True, slots=True)
class CataloguePack:
    """A pack Kith knows by name."""

    manifest: Manifest
    is_installed: bool

    @property
    def id(self) -> str:
        return self.manifest.id


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A file of a pack: the digest it was installed with and the one it has; None where it is gone."""

    name: str
    expected: str
    actual: str | None

    @property
    def is_intact(self) -> bool:
        return self.actual == self.expected


@dataclass(frozen=True, slots=True)
class Verification:
    """The files of an installed pack, each against its digest."""

    pack_id: str
    files: tuple[FileCheck, ...]

    @property
    def is_intact(self) -> bool:
        return bool(self.files) and all(file.is_intact for file in self.files)


def _silent(_line: str) -> None:
    pass


class PackStore:
    """The packs in one folder, which several processes may use at once.

    Any method raises PackStorageFailed when the folder cannot be read or written.
    """

    def __init__(self, folder: Path, known: Sequence[Manifest] | None = None) -> None:
        """`known` replaces the catalogue of packs known by name, in order of preference."""
        self._folder = folder
        self._known = {pack.id: pack for pack in (known_packs() if known is None else known)}

    def installed(self) -> list[InstalledPack]:
        """The packs on disk, known ones first in order of preference; the built-in one is always there."""
        with _storage():
            self._recover()
            packs = [self._read(path.parent) for path in self._folder.glob(f"[!.]*/{manifest.FILE_NAME}")]
        there = {pack.id: pack for pack in packs if pack is not None}
        for pack in self._known.values():
            if not pack.files:
                there.setdefault(pack.id, InstalledPack(pack, self._folder / pack.id, size_bytes=0))
        rank = {pack_id: place for place, pack_id in enumerate(self._known)}
        return [
            there[pack_id] for pack_id in sorted(there, key=lambda name: (rank.get(name, len(rank)), name))
        ]

    def catalogue(self) -> list[CataloguePack]:
        """The packs known by name, best first."""
        there = {pack.id for pack in self.installed()}
        return [CataloguePack(pack, pack.id in there) for pack in self._known.values()]

    def default(self) -> str:
        """The id of the best installed pack of the catalogue."""
        return next(pack.id for pack in self.installed() if pack.id in self._known)

    def install(
        self,
        source: str,
        *,
        sha256: Mapping[str, str] | str | None = None,
        accept_license: bool = False,
        progress: Progress = _silent,
    ) -> list[InstalledPack]:
        """Install every pack that `source` offers: all of them, or after an error none.

        `source` is the name of a known pack, a folder, a zip file, or the http(s) address of a zip
        file, of a `pack.toml`, or (ending in /) of a folder. `sha256` pins the archive or the one
        file without a digest of its own, or files by name. Raises the errors of
        kith.engine.packs.errors; PackInvalid also when a network cannot be run.
        """
        terms = sources.Terms.of(sha256, accept_license=accept_license, progress=progress)
        with _storage(), self._workspace() as workspace:
            incoming, ready = workspace / "incoming", workspace / "ready"
            incoming.mkdir()
            ready.mkdir()
            offers = sources.find(source, incoming, tuple(self._known.values()), terms)
            for offer in offers:
                progress(f"installing {offer.manifest.id}: {offer.manifest.title}")
                _stage(offer, ready / offer.manifest.id, progress)
            for offer in offers:
                self._swap(ready / offer.manifest.id)
        ids = {offer.manifest.id for offer in offers}
        return [pack for pack in self.installed() if pack.id in ids]

    def verify(self, pack_id: str) -> Verification:
        """Compare the files of an installed pack with the digests they were installed with."""
        pack = self._require(pack_id)
        with _storage():
            stated = digests.read_sums(pack.folder)
            names = sorted({*stated, *(file.name for file in pack.manifest.files)})
            return Verification(pack_id, tuple(_check(pack.folder, name, stated) for name in names))

    def remove(self, pack_id: str, *, active: str | None = None) -> None:
        """Delete a pack from disk; of the built-in one its conversion. Raises PackInUse for `active`."""
        if pack_id == active:
            raise PackInUse(f"{pack_id} is the pack in use; choose another first")
        pack = self._require(pack_id)
        with _storage(), self._workspace() as workspace, self._locked():
            if pack.folder.exists():
                pack.folder.rename(workspace / pack_id)

    def open(
        self, pack_id: str, options: SessionOptions | None = None, progress: Progress = _silent
    ) -> FaceEngine:
        """The engine of an installed pack; converts the built-in pack when it is first opened.

        Raises PackNotFound, PackDigestMismatch when a file has changed since it was installed, and
        EngineNotReady when a network cannot be run here.
        """
        pack = self._require(pack_id)
        if not pack.manifest.files and not is_converted(pack.folder):
            self.install(pack_id, progress=progress)
        with _storage():
            return open_engine(pack.manifest, pack.folder, options or SessionOptions())

    def _require(self, pack_id: str) -> InstalledPack:
        for pack in self.installed():
            if pack.id == pack_id:
                return pack
        raise PackNotFound(f"the pack {pack_id} is not installed")

    def _read(self, folder: Path) -> InstalledPack | None:
        """The pack in a folder; None for what is no pack, be it damaged or put there by hand."""
        try:
            pack = manifest.parse((folder / manifest.FILE_NAME).read_text(encoding="utf-8"))
        except (PackInvalid, UnicodeDecodeError):
            return None
        if pack.id != folder.name:
            return None
        # A newer Kith may know a better calibration of the very same networks.
        known = self._known.get(pack.id)
        if known is not None and (known.files, known.version) == (pack.files, pack.version):
            pack = known
        return InstalledPack(pack, folder, sum(path.stat().st_size for path in folder.iterdir()))

    @contextmanager
    def _workspace(self) -> Generator[Path]:
        """A folder on the packs' own disk that is gone afterwards, even after a crash, a day later."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.glob(f"{_WORKSPACE}*"):
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
        path = Path(tempfile.mkdtemp(prefix=_WORKSPACE, dir=self._folder))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def _swap(self, staged: Path) -> None:
        """Move a complete pack into place, and the one that was there out of it."""
        place = self._folder / staged.name
        with self._locked():
            if place.exists():
                place.rename(self._folder / f"{_ASIDE}{staged.name}")
            staged.rename(place)
        self._recover()

    def _recover(self) -> None:
        """Finish or take back replacements: a pack set aside returns unless a new one took its place."""
        if not any(self._folder.glob(f"{_ASIDE}*")):
            return
        with self._locked():
            for aside in self._folder.glob(f"{_ASIDE}*"):
                place = self._folder / aside.name.removeprefix(_ASIDE)
                if place.exists():
                    shutil.rmtree(aside, ignore_errors=True)
                else:
                    aside.rename(place)

    @contextmanager
    def _locked(self) -> Generator[None]:
        with (self._folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _stage(offer: sources.Offer, folder: Path, progress: Progress) -> None:
    """Put a pack together in a new folder, and try it out."""
    folder.mkdir()
    if offer.files:
        sums = {name: _copy(path, folder / name) for name, path in offer.files.items()}
        for name, expected in offer.digests.items():
            if sums[name] != expected:
                raise PackDigestMismatch(f"{name} has the SHA-256 {sums[name]}, not {expected}")
    else:
        convert(folder, progress)
        sums = {path.name: digests.sha256_of(path) for path in folder.glob("[!.]*")}
    (folder / manifest.FILE_NAME).write_text(offer.manifest.text, encoding="utf-8")
    digests.write_sums(folder, sums)
    try:
        open_engine(offer.manifest, folder, SessionOptions(threads=1))
    except EngineNotReady as error:
        raise PackInvalid(f"{offer.manifest.id} cannot be run: {error.detail}") from error


def _copy(source: Path, target: Path) -> str:
    """Copy a file's contents and nothing else of it; their SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


def _check(folder: Path, name: str, stated: Mapping[str, str]) -> FileCheck:
    path = folder / name
    return FileCheck(name, stated.get(name, ""), digests.sha256_of(path) if path.is_file() else None)


@contextmanager
def _storage() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise PackStorageFailed(f"{error.filename or 'the disk'}: {error.strerror}") from error
