"""Pictures that come with a request: held in memory, decoded off the event loop, stored only on demand."""

import sys
from dataclasses import dataclass, replace

import numpy as np
from fastapi import UploadFile
from numpy.typing import NDArray
from starlette.formparsers import MultiPartParser

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Float32, Image
from kith.engine.image import decode, derive
from kith.faces.recognition import Recognition
from kith.kit.db import WriteSession
from kith.people.detecting import Detecting, MatchConfig, Saved, usable
from kith.photos.derived import keep_picture
from kith.photos.importing import describe
from kith.runtime import Runtime

_NAME_LENGTH = 255


def keep_uploads_in_memory() -> None:
    """Have no part of an upload written to a temporary file, as Starlette does above a megabyte.

    A face somebody is only searched by must touch no disk; the limit of bodies bounds the memory.
    """
    MultiPartParser.spool_max_size = sys.maxsize


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """A picture and its faces; `rows` are those that were asked for."""

    data: bytes
    name: str
    image: Image
    recognition: Recognition
    found: FoundFaces
    rows: NDArray[np.intp]


async def analyse_upload(kith: Runtime, file: UploadFile, min_score: float) -> Analysed:
    """The faces of a picture with at least this detection score; raises what is wrong with it, or Busy."""
    data = await file.read()
    image = await _decoded(kith, data)
    recognition = await kith.recognition()
    (found,) = await recognition.analyse([image])
    return Analysed(data, picture_name(file.filename), image, recognition, found, usable(found, min_score))


async def embed_upload(kith: Runtime, file: UploadFile, boxes: Float32) -> FoundFaces:
    """The faces at boxes (n, 4) xyxy of a picture; raises InvalidBox beside what is wrong with it."""
    image = await _decoded(kith, await file.read())
    return await (await kith.recognition()).embed(image, boxes)


async def save_upload(kith: Runtime, session: WriteSession, who: Principal, it: Analysed) -> Saved:
    """Keep an analysed picture: its bytes, what is derived of it, a photo, its faces, a person for each."""
    file = await kith.decoding.run(describe, it.data, it.name, kith.limits)
    derived = await kith.decoding.run(derive, it.image)
    await keep_picture(kith.blobs, file.location, it.data, file.sha256, derived)
    config = MatchConfig(kith.thresholds, kith.settings.identity.neighbours)
    detecting = Detecting(session, who, kith.clock, it.recognition, config)
    return await detecting.detect_and_save(replace(file, phash=derived.phash), it.found, it.rows)


def picture_name(name: str | None) -> str:
    """The last part of a client's file name without what no name holds; only ever shown, never a path."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[:_NAME_LENGTH] or "upload"


async def _decoded(kith: Runtime, data: bytes) -> Image:
    return await kith.decoding.run(decode, data, kith.limits, kith.settings.engine.max_side_px)
