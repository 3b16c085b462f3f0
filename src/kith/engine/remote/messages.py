"""What Kith and a remote engine send each other: NumPy arrays in an .npz that compresses nothing.

Pixels go as they are, so that an engine elsewhere finds to the last bit what one here would. Nothing that
comes in is trusted: no pickles, no compression, no array larger than the bytes that hold it.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from kith.engine.calibration import Calibration
from kith.engine.faces import EmbeddingSpace, Faces, Float32, Image
from kith.engine.remote.errors import EngineMessageInvalid

PROTOCOL = 1
MEDIA_TYPE = "application/x-npz"
SPACE_HEADER = "kith-space"

_FIELDS = Faces.__slots__
OVERHEAD_BYTES = 4096  # what names and headers take beside the pixels of a picture, generously


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What a remote engine says of itself. A request may have `max_bytes` bytes."""

    space: EmbeddingSpace
    calibration: Calibration
    max_bytes: int

    def as_data(self) -> dict[str, object]:
        """JSON-ready."""
        return {"protocol": PROTOCOL, **asdict(self)}

    @classmethod
    def of_data(cls, data: object) -> Self:
        """Raises EngineMessageInvalid."""
        try:
            told = cast("dict[str, Any]", data)
            if told["protocol"] != PROTOCOL:
                raise EngineMessageInvalid(f"it speaks protocol {told['protocol']}, this is {PROTOCOL}")
            space, calibration = EmbeddingSpace(**told["space"]), told["calibration"]
            first, second, third, fourth, fifth = map(float, calibration["cosines"])
            known = Calibration((first, second, third, fourth, fifth), str(calibration["provenance"]))
            return cls(space, known, int(told["max_bytes"]))
        except (KeyError, TypeError, ValueError) as error:
            raise EngineMessageInvalid("it does not say what an engine says of itself") from error


def size_of(image: Image) -> int:
    """The bytes an image takes in a message."""
    return image.pixels.nbytes + OVERHEAD_BYTES


def images_to_bytes(images: Sequence[Image], boxes: Float32 | None = None) -> bytes:
    """Pictures, and for `embed` the boxes (n, 4) in the one there is."""
    arrays: dict[str, NDArray[Any]] = {f"pixels_{at}": image.pixels for at, image in enumerate(images)}
    arrays["sizes"] = np.array([(it.width_px, it.height_px) for it in images], np.int64).reshape(-1, 2)
    if boxes is not None:
        arrays["boxes"] = boxes
    return _to_bytes(arrays)


def images_from_bytes(data: bytes) -> tuple[list[Image], Float32 | None]:
    """Raises EngineMessageInvalid."""
    arrays = _from_bytes(data)
    try:
        sizes = _rows(arrays["sizes"], np.int64, 2)
        images = [Image(arrays[f"pixels_{at}"], int(w), int(h)) for at, (w, h) in enumerate(sizes)]
        boxes = _rows(arrays["boxes"], np.float32, 4) if "boxes" in arrays else None
    except (KeyError, ValueError) as error:
        raise EngineMessageInvalid(f"these are no pictures: {error}") from error
    if (sizes < 1).any():
        raise EngineMessageInvalid("a picture has at least one pixel")
    return images, boxes


def faces_to_bytes(found: Sequence[Faces]) -> bytes:
    """The faces of pictures, their arrays one after the other."""
    arrays: dict[str, NDArray[Any]] = {"counts": np.array([len(it) for it in found], np.int64)}
    for name in _FIELDS:
        arrays[name] = np.concatenate([getattr(it, name) for it in found])
    return _to_bytes(arrays)


def faces_from_bytes(data: bytes, count: int, dimension: int) -> list[Faces]:
    """The faces of `count` pictures with embeddings of `dimension`; raises EngineMessageInvalid."""
    arrays = _from_bytes(data)
    try:
        ends = np.cumsum(arrays["counts"])
        faces = Faces(*(arrays[name] for name in _FIELDS))
    except (KeyError, ValueError, IndexError) as error:
        raise EngineMessageInvalid(f"these are no faces: {error}") from error
    starts = np.concatenate(([0], ends))
    if (
        ends.shape != (count,) or (np.diff(starts) < 0).any() or starts[-1] != len(faces)
        or faces.embeddings.shape[1] != dimension
    ):  # fmt: skip
        raise EngineMessageInvalid("these are not the faces of so many pictures in this space")
    return [faces.pick(np.arange(start, end, dtype=np.intp)) for start, end in pairwise(starts)]


def _to_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    held = io.BytesIO()
    np.savez(held, allow_pickle=False, **{name: np.ascontiguousarray(it) for name, it in arrays.items()})
    return held.getvalue()


def _from_bytes(data: bytes) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {it.filename.removesuffix(".npy"): _array(archive, it) for it in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise EngineMessageInvalid(f"it cannot be read: {error}") from error


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> NDArray[Any]:
    """An array over the bytes of an .npy, which it does not copy."""
    if entry.compress_type != zipfile.ZIP_STORED:
        raise ValueError("it is compressed")
    raw = archive.read(entry)
    held = io.BytesIO(raw)
    if np.lib.format.read_magic(held) != (1, 0):
        raise ValueError("it is of another version")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(held)
    if is_fortran or dtype.hasobject:
        raise ValueError("it holds more than numbers, or in another order")
    return np.frombuffer(raw, dtype, offset=held.tell()).reshape(shape)


def _rows(array: NDArray[Any], dtype: type[np.generic], width: int) -> NDArray[Any]:
    if array.dtype != dtype or array.ndim != 2 or array.shape[1] != width:
        raise ValueError(f"{array.dtype} {array.shape} instead of (n, {width})")
    return array
