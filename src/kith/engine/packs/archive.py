"""Taking the networks of a pack out of a zip file, never by the paths its author wrote."""

import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from kith.engine.packs import manifest
from kith.engine.packs.errors import PackInvalid

MAX_MEMBERS = 1000
MAX_BYTES = 4_000_000_000
CHUNK_BYTES = 1 << 20


def unpack(archive: Path, folder: Path, max_bytes: int = MAX_BYTES) -> None:
    """Write the `pack.toml` and the networks of a zip file into `folder`, all on one level.

    Raises PackInvalid when the file is no zip, is encrypted
    or damaged, holds two files of one name, or more than `MAX_MEMBERS` files or `max_bytes`.
    """
    budget = max_bytes
    with _failures_of(archive), zipfile.ZipFile(archive) as source:
        members = source.infolist()
        if len(members) > MAX_MEMBERS:
            raise PackInvalid(f"the zip file holds more than {MAX_MEMBERS} files")
        for member in members:
            name = PurePosixPath(member.filename).name
            if member.is_dir() or not _belongs_to_pack(name):
                continue
            # What a member says of its size is its author's claim: count what really comes out.
            budget -= _extract(source, member, folder / name, budget)


def _belongs_to_pack(name: str) -> bool:
    return name == manifest.FILE_NAME or manifest.is_network_name(name)


def _extract(source: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: int) -> int:
    written = 0
    with source.open(member) as reader, target.open("xb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            written += len(chunk)
            if written > budget:
                raise PackInvalid("the zip file holds more than a pack may")
            writer.write(chunk)
    return written


@contextmanager
def _failures_of(archive: Path) -> Generator[None]:
    try:
        yield
    except FileExistsError as error:
        raise PackInvalid(f"{archive.name} holds two files of one name") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise PackInvalid(f"{archive.name} is not a zip file that can be read: {error}") from error
