"""Photos made by hand for the native surface: no pixels, faces in chosen directions."""

import hashlib
import itertools
from datetime import datetime

import numpy as np

from kith.accounts.principal import Principal
from kith.faces.queries import faces_of_photos
from kith.faces.recognition import activate
from kith.faces.service import Analysis, Faces
from kith.photos.service import NewFile, Photos
from kith.photos.tables import Storage
from tests.support.people import found_faces, near
from tests.surfaces.conftest import Library

_numbers = itertools.count()


async def make_photo(
    library: Library,
    taken_at: datetime | None = None,
    *,
    axes: tuple[int, ...] = (),
    who: Principal | None = None,
) -> tuple[int, list[int]]:
    """A photo with a face in each direction; its id and those of the faces."""
    who, number = who or Principal(), next(_numbers)
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    file = NewFile(
        digest, f"{number}.jpg", 1000, "image/jpeg", 1000, 500, taken_at, None, Storage.FOLDER, f"/{digest}"
    )
    runtime = library.runtime
    space_id = (await runtime.recognition()).space_id if axes else 0
    async with runtime.db.write() as session:
        photos = Photos(session, who, runtime.clock)
        (registered,) = await photos.register(await photos.library_id(), [file], analyse=False)
        if axes:
            await activate(session, space_id)
            vectors = np.array([near(axis, seed=number) for axis in axes])
            faces = Faces(session, who, runtime.clock)
            await faces.record([Analysis(registered.photo, [], found_faces(vectors))], space_id)
        found = (await session.scalars(faces_of_photos([registered.photo.id]))).all()
        return registered.photo.id, [face.id for face in found]
