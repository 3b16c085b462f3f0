"""Walking folders for pictures, and reading them without trusting anything about them."""

import os
import stat
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
        path = root
        try:
            path = Path(os.path.abspath(root))  # noqa: PTH100  # resolve() would follow the user's own links
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            yield Found(path, _read_error(path, error))
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(path, skipped)
        else:
            yield Found(path, None if stat.S_ISREG(mode) else _not_a_file(path))


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


def _walk(top: Path, skipped: tuple[int, int] | None) -> Iterator[Found]:
    """Depth first. Without recursion: folders may be nested deeper than calls may be."""
    ahead: list[Path | Found] = [top]
    while ahead:
        it = ahead.pop()
        if isinstance(it, Found):
            yield it
        elif skipped is None or _identity(it) != skipped:
            ahead.extend(reversed(_entries(it)))


def _entries(folder: Path) -> list[Path | Found]:
    """What is in a folder, in the order of names: folders to enter, and files."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        return [Found(folder, FolderUnreadable(f"{folder} cannot be read: {_reason(error)}"))]
    found: list[Path | Found] = []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        try:
            if entry.is_dir(follow_symlinks=False):
                found.append(path)
            elif is_wanted(entry.name) and entry.is_file():
                found.append(Found(path))
        except OSError as error:
            found.append(Found(path, _read_error(path, error)))
    return found


def location_of(path: Path) -> str:
    """The path as the database keeps it; raises FileNameInvalid if it is not text."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(path).decode(errors="replace")
        raise FileNameInvalid(f"the name of {shown} is not UTF-8") from error
    return str(path)


def read_picture_file(path: Path, max_bytes: int) -> bytes:
    """All bytes of a regular file; a pipe or a device, which might never end, is none.

    Raises FileMissing, FileNameInvalid, FileUnreadable, EmptyImage or ImageTooLarge.
    """
    return read_dated_file(path, max_bytes)[0]


def read_dated_file(path: Path, max_bytes: int) -> tuple[bytes, int]:
    """As `read_picture_file`, with the time (ns) the file had been changed before it was read.

    So content never gets a later time than its own: a file that is written to meanwhile shows as changed.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a device may already do something
            raise _not_a_file(path)
        with open(path, "rb", opener=_open_at_once) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _not_a_file(path)
            data = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise _read_error(path, error) from error
    if not data:
        raise EmptyImage(f"{path} is empty")
    if len(data) > max_bytes:
        raise ImageTooLarge(f"{path} is larger than {max_bytes} bytes", max_bytes=max_bytes)
    return data, status.st_mtime_ns


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for somebody to write, should it have become a pipe since it was looked at."""
    return os.open(path, flags | os.O_NONBLOCK)


def _not_a_file(path: Path) -> FileUnreadable:
    return FileUnreadable(f"{path} is not a regular file")


def _read_error(path: Path, error: OSError | ValueError) -> AppError:
    """What it means that a file could not be looked at or read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return FileMissing(f"{path} does not exist")
    if isinstance(error, OSError):
        return FileUnreadable(f"{path} cannot be read: {_reason(error)}")
    shown = str(path).encode(errors="replace").decode()
    return FileNameInvalid(f"{shown!r} cannot be the name of a file")


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
