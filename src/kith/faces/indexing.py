"""Pictures that are there as bytes, into the library: looked at first, then stored with their faces."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Image
from kith.engine.image import Derived, ImageLimits, decode, derive
from kith.faces import queries
from kith.faces.recognition import Recognition, settle
from kith.faces.service import Analysis, Faces, boxes_of, reconcile
from kith.faces.tasks import AnalyseConfig, identify_job
from kith.jobs.service import Jobs
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.kit.offload import Offload
from kith.photos.derived import store_derived
from kith.photos.importing import describe
from kith.photos.service import NewFile, Outcome, Photos


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A picture that was looked at."""

    data: bytes
    file: NewFile
    derived: Derived
    found: FoundFaces
    space_id: int


@dataclass(frozen=True, slots=True)
class Indexed:
    """What became of a picture: the photo it is, the faces it shows, and whether it is new here."""

    photo_id: int
    face_count: int
    phash: int
    is_new: bool


class Indexing:
    """One picture at a time; `look` before the transaction, `store` in it."""

    def __init__(
        self, blobs: Blobs, clock: Clock, *, recognition: Callable[[], Awaitable[Recognition]],
        decoding: Offload, config: AnalyseConfig,
    ) -> None:  # fmt: skip
        self._blobs = blobs
        self._clock = clock
        self._recognition = recognition
        self._decoding = decoding
        self._config = config

    async def ready(self) -> None:
        """Open what looking needs."""
        await self._recognition()

    async def look(self, data: bytes, name: str) -> Seen:
        """What a picture is and shows; raises what is wrong with it, or Busy."""
        recognition = await self._recognition()
        file, image = await self._decoding.run(
            _look_at, data, name, self._config.limits, self._config.max_side_px
        )
        (found,), derived = await asyncio.gather(
            recognition.analyse([image]), self._decoding.run(derive, image)
        )
        return Seen(data, replace(file, phash=derived.phash), derived, found, recognition.space_id)

    async def store(self, session: WriteSession, who: Principal, seen: Seen) -> Indexed:
        """Put a picture with its faces into the library; the tenant's turn must have been taken.

        A picture that is there already gains what was not known of it. Raises QuotaExceeded, PackChanged.
        """
        await settle(session, seen.space_id)
        photos = Photos(session, who, self._clock)
        library_id = await photos.library_id()
        (registered,) = await photos.register(library_id, [seen.file], analyse=False)
        photo = registered.photo
        known = (await session.scalars(queries.faces_of_photos([photo.id]))).all()
        has_new = bool(reconcile(boxes_of(known), seen.found.xyxy).found)
        if has_new or photo.analysed_space_id != seen.space_id:
            analysis = Analysis(photo, known, seen.found)
            await Faces(session, who, self._clock).record([analysis], seen.space_id)
            await Jobs(session, self._clock).add(who.tenant_id, [identify_job(who.tenant_id)])
        await self._blobs.put(seen.file.location, seen.data)
        await store_derived(self._blobs, seen.file.sha256, seen.derived)
        is_new = registered.outcome is Outcome.ADDED
        return Indexed(photo.id, len(seen.found), seen.derived.phash, is_new)


def _look_at(data: bytes, name: str, limits: ImageLimits, max_side_px: int) -> tuple[NewFile, Image]:
    return describe(data, name, limits), decode(data, limits, max_side_px)
