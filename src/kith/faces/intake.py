"""Pictures that come in the background: looked at first, then stored in the caller's transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Image
from kith.engine.image import Derived, ImageLimits, decode, derive
from kith.faces.indexing import Indexing
from kith.faces.recognition import Recognition
from kith.faces.tasks import AnalyseConfig
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.kit.offload import Offload
from kith.photos.derived import store_derived
from kith.photos.importing import describe
from kith.photos.origins import NewOrigin
from kith.photos.service import NewFile


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A picture that was looked at."""

    data: bytes
    file: NewFile
    derived: Derived
    found: FoundFaces
    space_id: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The photo a picture has become, and how many faces it shows."""

    photo_id: int
    face_count: int
    phash: int


class Intake:
    """One picture at a time; `look` before the transaction, `take` in it."""

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

    async def take(self, session: WriteSession, who: Principal, seen: Seen, origin: NewOrigin) -> Taken:
        """Put a picture with its faces and its bytes into the library.

        One that is there already gains what was not known of it. Raises QuotaExceeded, PackChanged.
        """
        indexing = Indexing(session, who, self._clock, seen.space_id)
        indexed = await indexing.index(seen.file, seen.found, origin)
        await self._blobs.put(seen.file.location, seen.data)
        await store_derived(self._blobs, seen.file.sha256, seen.derived)
        return Taken(indexed.photo.id, len(indexed.faces), seen.derived.phash)


def _look_at(data: bytes, name: str, limits: ImageLimits, max_side_px: int) -> tuple[NewFile, Image]:
    return describe(data, name, limits), decode(data, limits, max_side_px)
