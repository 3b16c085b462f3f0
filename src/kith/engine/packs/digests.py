"""SHA-256 of a pack's files, kept beside them in the format of sha256sum."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

FILE_NAME = "SHA256SUMS"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's contents as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_bytes(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def write_sums(folder: Path, sums: Mapping[str, str]) -> None:
    lines = [f"{digest}  {name}\n" for name, digest in sorted(sums.items())]
    (folder / FILE_NAME).write_text("".join(lines), encoding="ascii")


def read_sums(folder: Path) -> dict[str, str]:
    """File name to digest; empty where there is no list of them."""
    path = folder / FILE_NAME
    if not path.exists():
        return {}
    pairs = [line.split("  ", 1) for line in path.read_text(encoding="ascii", errors="replace").splitlines()]
    return {pair[1]: pair[0] for pair in pairs if len(pair) == 2}
