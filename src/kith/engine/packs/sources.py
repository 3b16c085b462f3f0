"""Where packs come from: a name of the catalogue, a folder, a zip file, or an address.

Each ends in offers: a manifest and, for each of its networks, a file on disk and the digest that
file has to have. Nothing here writes outside the workspace it is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from urllib.parse import urljoin, urlsplit

from kith.engine.packs import manifest as manifests
from kith.engine.packs.archive import unpack
from kith.engine.packs.digests import sha256_of
from kith.engine.packs.download import Progress, download, is_address
from kith.engine.packs.errors import (
    PackDigestMismatch,
    PackDownloadFailed,
    PackInvalid,
    PackLicenseNotAccepted,
    PackNotFound,
    PackUnpinned,
)
from kith.engine.packs.manifest import Manifest

ARCHIVE = "archive.zip"


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms to install: digests the caller knows, and whether licences are accepted.

    `digest` is of the archive, where the source is one, else of the one file that has none of its
    own; `digests` are by file name. `trusted` files need no digest: they were on this machine.
    """

    accept_license: bool
    progress: Progress
    digest: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict[str, str])
    trusted: bool = False

    @classmethod
    def of(cls, sha256: Mapping[str, str] | str | None, *, accept_license: bool, progress: Progress) -> Self:
        if sha256 is None or isinstance(sha256, str):
            return cls(accept_license, progress, digest=sha256.lower() if sha256 else None)
        return cls(accept_license, progress, digests={name: pin.lower() for name, pin in sha256.items()})

    def check_license(self, pack: Manifest) -> None:
        """Raise PackLicenseNotAccepted when the pack needs it and the caller has not accepted it."""
        if pack.requires_acceptance and not self.accept_license:
            raise PackLicenseNotAccepted(
                f"{pack.id} comes under: {pack.license} ({pack.license_url})",
                pack=pack.id,
                license=pack.license,
                license_url=pack.license_url,
            )

    def digests_of(self, pack: Manifest) -> dict[str, str]:
        """The digests a pack's files must have, by name; raises PackUnpinned where one is needed."""
        known = {file.name: file.sha256 for file in pack.files if file.sha256 is not None}
        pins = dict(self.digests) | known
        open_files = [file.name for file in pack.files if file.name not in pins]
        if self.digest is not None:
            if len(open_files) == 1:
                pins[open_files.pop()] = self.digest
            elif self.digest not in pins.values():
                raise PackDigestMismatch(f"the SHA-256 given is of none of the files of {pack.id}")
        if open_files and not self.trusted:
            raise PackUnpinned(
                f"no SHA-256 is known of {', '.join(open_files)}: state it to install {pack.id}"
            )
        if any(pins[name] != pin for name, pin in self.digests.items()):
            raise PackDigestMismatch(f"the SHA-256 given is not the one {pack.id} states")
        return {file.name: pins[file.name] for file in pack.files if file.name in pins}


@dataclass(frozen=True, slots=True)
class Offer:
    """A pack ready to be copied: for each network's name its file and, where known, its digest."""

    manifest: Manifest
    files: Mapping[str, Path]
    digests: Mapping[str, str]


def find(source: str, workspace: Path, catalogue: Sequence[Manifest], terms: Terms) -> list[Offer]:
    """The packs that `source` offers; at least one.

    Raises PackNotFound, PackInvalid, PackUnpinned, PackLicenseNotAccepted, PackDigestMismatch or
    PackDownloadFailed.
    """
    for known in catalogue:
        if source == known.id:
            return [_from_upstream(known, workspace, terms)]
    if is_address(source):
        return _from_address(source, workspace, catalogue, terms)
    path = Path(source).expanduser()
    if path.is_dir():
        return _from_folder(path, catalogue, replace(terms, trusted=True))
    if path.is_file():
        terms = _unpacked(path, workspace, replace(terms, trusted=True))
        return _from_folder(workspace, catalogue, terms)
    names = ", ".join(known.id for known in catalogue)
    raise PackNotFound(f"{source} is neither a folder, a zip file, an address nor one of {names}")


def _from_upstream(pack: Manifest, workspace: Path, terms: Terms) -> Offer:
    """A pack of the catalogue from the addresses the catalogue gives."""
    terms.check_license(pack)
    if pack.archive is not None:
        # An archive whose digest the caller states vouches for what is in it.
        replace(terms, digest=None, trusted=terms.digest is not None).digests_of(pack)
        archive = _fetched(pack.archive, workspace / ARCHIVE, terms)
        return _offer(pack, workspace, _unpacked(archive, workspace, terms))
    nowhere = [file.name for file in pack.files if file.url is None]
    if nowhere:
        raise PackDownloadFailed(
            f"no address is known of {', '.join(nowhere)}: install {pack.id} from a folder"
        )
    terms.digests_of(pack)
    for file in pack.files:
        _fetched(str(file.url), workspace / file.name, terms)
    return _offer(pack, workspace, terms)


def _from_address(address: str, workspace: Path, catalogue: Sequence[Manifest], terms: Terms) -> list[Offer]:
    """A zip file, a `pack.toml` with its networks beside it, or a folder of either or of known networks."""
    path = urlsplit(address).path
    if not path.endswith(("/", ".toml")):
        terms = _unpacked(_fetched(address, workspace / ARCHIVE, terms), workspace, terms)
        return _from_folder(workspace, catalogue, terms)
    if path.endswith(".toml"):
        _fetched(address, workspace / manifests.FILE_NAME, terms)
    elif not _is_there(urljoin(address, manifests.FILE_NAME), workspace / manifests.FILE_NAME, terms):
        for name in sorted({file.name for known in catalogue for file in known.files}):
            _is_there(urljoin(address, name), workspace / name, terms)
        return _from_folder(workspace, catalogue, terms)
    pack = _read_manifest(workspace)
    terms.check_license(pack)
    terms.digests_of(pack)
    for file in pack.files:
        _fetched(file.url or urljoin(address, file.name), workspace / file.name, terms)
    return [_offer(pack, workspace, terms)]


def _from_folder(folder: Path, catalogue: Sequence[Manifest], terms: Terms) -> list[Offer]:
    """The pack that a folder's `pack.toml` describes, else all known packs its networks make up."""
    if (folder / manifests.FILE_NAME).is_file():
        offers = [_offer(_read_manifest(folder), folder, terms)]
    else:
        offers = _recognised(folder, catalogue, terms)
    for offer in offers:
        terms.check_license(offer.manifest)
    return offers


def _recognised(folder: Path, catalogue: Sequence[Manifest], terms: Terms) -> list[Offer]:
    """The known packs all of whose networks are in a folder, under whatever name."""
    there = {sha256_of(path): path for path in sorted(folder.iterdir()) if _is_network(path)}
    offers: list[Offer] = []
    for pack in catalogue:
        digests = {file.name: file.sha256 or terms.digests.get(file.name, "") for file in pack.files}
        if digests and all(digest in there for digest in digests.values()):
            files = {name: there[digest] for name, digest in digests.items()}
            offers.append(Offer(pack, files, digests))
    if not offers:
        raise PackInvalid(f"there is no {manifests.FILE_NAME} and no complete set of known networks")
    return offers


def _offer(pack: Manifest, folder: Path, terms: Terms) -> Offer:
    missing = [file.name for file in pack.files if not (folder / file.name).is_file()]
    if missing:
        raise PackInvalid(f"{pack.id} lacks {', '.join(missing)}")
    return Offer(pack, {file.name: folder / file.name for file in pack.files}, terms.digests_of(pack))


def _read_manifest(folder: Path) -> Manifest:
    path = folder / manifests.FILE_NAME
    if path.stat().st_size > manifests.MAX_BYTES:
        raise PackInvalid(f"{manifests.FILE_NAME} is too large")
    try:
        pack = manifests.parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise PackInvalid(f"{manifests.FILE_NAME} is not text") from error
    if not pack.files:
        raise PackInvalid(f"the networks of {pack.detector_kind} come with Kith and cannot be installed")
    return pack


def _unpacked(archive: Path, folder: Path, terms: Terms) -> Terms:
    """Unpack an archive into `folder`; the terms that hold for the files that came out of it."""
    if terms.digest is not None and sha256_of(archive) != terms.digest:
        raise PackDigestMismatch("the zip file does not have the SHA-256 given")
    unpack(archive, folder)
    return replace(terms, digest=None, trusted=terms.trusted or terms.digest is not None)


def _fetched(address: str, target: Path, terms: Terms) -> Path:
    terms.progress(f"downloading {address}")
    download(address, target, terms.progress)
    return target


def _is_there(address: str, target: Path, terms: Terms) -> bool:
    """Fetch a file that need not exist."""
    try:
        _fetched(address, target, terms)
    except PackDownloadFailed as error:
        if error.extra.get("status") not in (403, 404, 410):
            raise
        return False
    return True


def _is_network(path: Path) -> bool:
    return manifests.is_network_name(path.name) and path.is_file()
