"""Walking folders for pictures, and reading them without trusting anything about them."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kith.engine.errors import EmptyImage, ImageTooLarge
from kith.errors import AppError
from kith.photos.errors import FileMissing, FileNameInvalid, FileUnreadable, FolderUnreadable

# What lies beside pictures and is none; a file named on the command line is read whatever its name.
SIDECARS = frozenset({
    ".aae", ".csv", ".css", ".db", ".dop", ".htm", ".html", ".ini", ".js", ".json", ".lnk", ".log", ".lrv",
    ".md", ".nfo", ".pp3", ".thm", ".tmp", ".txt", ".url", ".xml", ".xmp",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read, or what stood in the way of finding it. `path` is absolute."""

    path: Path
    error: AppError | None = None


def find_files(roots: Iterable[Path], skip: Path | None = None) -> Iterator[Found]:
    """Every file under the roots, in the order of their names; hidden ones and sidecars left out.

    `skip` is a folder not to enter, wherever it comes up: the data folder may lie among the pictures.
    """
    skipped = _identity(skip) if skip is not None else None
    for root in roots:
        path = Path(os.path.abspath(root))  # noqa: PTH100  # resolve() would follow the user's own links
        if path.is_dir():
            yield from _walk(path, skipped)
        elif path.exists():
            yield Found(path)
        else:
            yield Found(path, FileMissing(f"{path} does not exist"))


def is_wanted(name: str) -> bool:
    """Whether a file or folder of this name is looked at when a folder is walked."""
    return not name.startswith(".") and Path(name).suffix.lower() not in SIDECARS


def _identity(path: Path) -> tuple[int, int] | None:
    """What a folder is on its disk, under whatever name; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _walk(folder: Path, skipped: tuple[int, int] | None) -> Iterator[Found]:
    if skipped is not None and _identity(folder) == skipped:
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield Found(folder, FolderUnreadable(f"{folder} cannot be read: {reason}"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), skipped)
        elif entry.is_file() and is_wanted(entry.name):
            yield Found(Path(entry.path))


def location_of(path: Path) -> str:
    """The path as the database keeps it; raises FileNameInvalid if it is not text."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(path).decode(errors="replace")
        raise FileNameInvalid(f"the name of {shown} is not UTF-8") from error
    return str(path)


def read_picture_file(path: Path, max_bytes: int) -> bytes:
    """All bytes of a file; raises FileMissing, FileUnreadable, EmptyImage or ImageTooLarge."""
    try:
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise FileMissing(f"{path} is not there any more") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileUnreadable(f"{path} cannot be read: {reason}") from error
    if not data:
        raise EmptyImage(f"{path} is empty")
    if len(data) > max_bytes:
        raise ImageTooLarge(f"{path} is larger than {max_bytes} bytes", max_bytes=max_bytes)
    return data
