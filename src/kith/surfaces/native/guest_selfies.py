"""Finding a guest by a selfie, which is held in memory and nowhere else."""

from dataclasses import dataclass

import numpy as np
from fastapi import UploadFile
from numpy.typing import NDArray

from kith.faces.service import take_turn
from kith.people.finding import NoFace
from kith.runtime import Runtime
from kith.sharing.guests import find_guest, find_in, open_share, remember
from kith.surfaces.native import mapping_shares as mapping
from kith.surfaces.native import wire_shares as wire
from kith.surfaces.native.looking import FaceIndexInvalid
from kith.surfaces.uploads import Analysed, analyse_upload

# Whoever is this much smaller than the largest face stands behind the guest, and is not asked about.
_BEHIND_RATIO = 1 / 3


@dataclass(frozen=True, slots=True)
class GuestAsked:
    """A link, and what the guest is known by."""

    token: str
    shown: str | None


async def find_guest_photos(
    kith: Runtime, asked: GuestAsked, file: UploadFile, face_index: int | None
) -> wire.SelfieOut:
    """Raises who may not ask before the selfie is looked at, then what is wrong with that, NoFace."""
    async with kith.db.read() as session:
        await find_guest(session, await open_share(session, kith.clock, asked.token), asked.shown)
    analysed = await analyse_upload(kith, file, 0.0)
    rows = _candidates(analysed)
    if face_index is None and len(rows) > 1:
        return _choice(analysed, rows)
    if not 0 <= (face_index or 0) < len(rows):
        raise FaceIndexInvalid(
            f"the picture has {len(rows)} faces to choose from, counted from 0", face_count=len(rows)
        )
    vector = analysed.found.embeddings[rows[face_index or 0]]
    async with kith.db.read() as session:
        opened = await open_share(session, kith.clock, asked.token)
    least = kith.settings.surfaces.guests.similarity
    faces = await find_in(analysed.recognition, opened, vector, least)
    async with kith.db.write() as session:
        await take_turn(session, opened.share.tenant_id)
        opened = await open_share(session, kith.clock, asked.token)
        guest = await find_guest(session, opened, asked.shown)
        return mapping.found(await remember(session, kith.clock, opened, guest, faces))


def _candidates(it: Analysed) -> NDArray[np.intp]:
    """The rows of faces that may be the guest's, from left to right; raises NoFace."""
    if not len(it.found):
        raise NoFace("no face can be seen in the picture")
    sizes = it.found.size_px
    rows = np.nonzero(sizes >= sizes.max() * _BEHIND_RATIO)[0]
    return rows[np.argsort(it.found.xyxy[rows, 0], kind="stable")]


def _choice(it: Analysed, rows: NDArray[np.intp]) -> wire.SelfieOut:
    width, height = it.image.width_px, it.image.height_px
    faces = [
        wire.SelfieFaceOut(face_index=at, box=mapping.box(it.found.xyxy[row], width, height))
        for at, row in enumerate(rows.tolist())
    ]
    return wire.SelfieOut(needs_choice=True, faces=faces, photos=[], total=0)
