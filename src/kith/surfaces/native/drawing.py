"""A face drawn by hand: the photo read, its box embedded, and the face stored by a decision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kith.accounts.principal import Principal
from kith.engine.errors import InvalidBox
from kith.engine.faces import Faces as FoundFaces
from kith.engine.image import decode
from kith.faces.recognition import Recognition, settle
from kith.faces.tables import Face
from kith.kit.db import ReadSession, WriteSession
from kith.people.deciding import whose_name
from kith.people.service import People
from kith.people.tables import Decision
from kith.photos import queries as photo_queries
from kith.photos.errors import PhotoNotFound
from kith.photos.files import read_photo
from kith.photos.tables import File, Photo
from kith.runtime import Runtime

# Fewer pixels of the photo say nothing of a face.
MIN_SIDE_PX = 12
# Rounded ratios may lead over the border by a little.
_SLACK = 1e-3


@dataclass(frozen=True, slots=True)
class Box:
    """Ratios of the upright photo."""

    x: float
    y: float
    width: float
    height: float


async def draw_face(
    kith: Runtime, who: Principal, photo_id: int, box: Box, person_id: int | None, name: str | None
) -> tuple[Decision, Face]:
    """Raises PhotoNotFound, InvalidBox, what is wrong with the photo's file, and what `draw` raises."""
    async with kith.db.read() as session:
        photo = await _photo(session, who, photo_id)
        files = (await session.scalars(photo_queries.files_of([photo_id]))).all()
    xyxy = corners(box, photo)
    recognition, found = await _embed(kith, photo, files, xyxy)
    async with kith.db.write() as session:
        people = People(session, who, kith.clock)
        known = await whose_name(people, name) if person_id is None and name is not None else person_id
        await people.take_turn()
        await settle(session, recognition.space_id)
        photo = await _photo(session, who, photo_id)
        return await people.draw(photo, found, recognition.space_id, known, name)


def corners(box: Box, photo: Photo) -> tuple[float, float, float, float]:
    """The box in pixels; raises InvalidBox for one that is inverted, tiny, or outside of the photo."""
    if box.width <= 0 or box.height <= 0:
        raise InvalidBox("a box needs a width and a height greater than 0")
    right, bottom = box.x + box.width, box.y + box.height
    if min(box.x, box.y) < -_SLACK or max(right, bottom) > 1 + _SLACK:
        raise InvalidBox("a box lies inside the photo: x, y, x + width and y + height are between 0 and 1")
    width, height = photo.width_px, photo.height_px
    x1, y1, x2, y2 = (min(max(it, 0.0), 1.0) for it in (box.x, box.y, right, bottom))
    if min((x2 - x1) * width, (y2 - y1) * height) < MIN_SIDE_PX:
        raise InvalidBox(
            f"a box has at least {MIN_SIDE_PX} pixels of the photo a side", min_side_px=MIN_SIDE_PX
        )
    return x1 * width, y1 * height, x2 * width, y2 * height


async def _embed(
    kith: Runtime, photo: Photo, files: Sequence[File], xyxy: tuple[float, float, float, float]
) -> tuple[Recognition, FoundFaces]:
    data = await read_photo(photo, files, kith.blobs, kith.sources, kith.limits.max_bytes)
    image = await kith.decoding.run(decode, data, kith.limits, kith.settings.engine.max_side_px)
    recognition = await kith.recognition()
    return recognition, await recognition.embed(image, np.array([xyxy], dtype=np.float32))


async def _photo(session: ReadSession | WriteSession, who: Principal, photo_id: int) -> Photo:
    photo = await session.scalar(photo_queries.photo(who, photo_id))
    if photo is None:
        raise PhotoNotFound(f"there is no photo {photo_id}")
    return photo
