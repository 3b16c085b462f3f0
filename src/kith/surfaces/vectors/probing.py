"""Pictures that somebody is searched or verified by: one face of each, good enough, kept nowhere."""

import base64
import binascii
from dataclasses import dataclass

import numpy as np

from kith.engine.errors import CorruptImage
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Float32
from kith.engine.image import decode
from kith.people.detecting import MIN_FACE_PX, usable
from kith.runtime import Runtime
from kith.surfaces.vectors.errors import NoUsableFaces
from kith.surfaces.vectors.pictures import require_size


@dataclass(frozen=True, slots=True, eq=False)
class Probed:
    """A face to search by, and how many there were; a vector that was sent is the face of no picture."""

    vector: Float32
    faces: int
    quality: float | None = None


def decoded(text: str) -> bytes:
    """The bytes of base64, plain or as a `data:` URL; raises CorruptImage."""
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CorruptImage("the picture is not base64") from error


async def faces_of(kith: Runtime, data: bytes) -> FoundFaces:
    """Raises what is wrong with the picture, or Busy."""
    require_size(kith, data)
    image = await kith.decoding.run(decode, data, kith.limits, kith.settings.engine.max_side_px)
    (found,) = await (await kith.recognition()).analyse([image])
    return found


async def probe(kith: Runtime, data: bytes) -> Probed:
    """The best face of a picture; raises NoUsableFaces where all are too small, or there is none."""
    found = await faces_of(kith, data)
    rows = usable(found, 0.0)
    if not len(rows):
        reasons = (
            ["no_faces_detected"] if not len(found) else [_too_small(found, at) for at in range(len(found))]
        )
        raise NoUsableFaces(
            "there is no face in the picture that can be searched by", reasons=reasons[:10],
            num_faces_detected=len(found),
            quality_details=[{"quality": round(it, 3)} for it in found.quality[:10].tolist()],
        )  # fmt: skip
    row = int(rows[np.argmax(found.quality[rows])])
    return Probed(found.embeddings[row], len(found), float(found.quality[row]))


def reason_against(found: FoundFaces, lowest: float) -> str | None:
    """Why nobody can be told by this picture for sure; None if it shows one face that is good enough."""
    if not len(found):
        return "no_faces_detected"
    if len(found) > 1:
        return f"multiple_faces({len(found)})"
    if not len(usable(found, 0.0)):
        return _too_small(found, 0)
    quality = float(found.quality[0])
    return None if quality >= lowest else f"quality_too_low({quality:.2f})"


def _too_small(found: FoundFaces, row: int) -> str:
    x1, y1, x2, y2 = found.xyxy[row].tolist()
    return f"face_too_small({x2 - x1:.0f}x{y2 - y1:.0f}<{MIN_FACE_PX})"
