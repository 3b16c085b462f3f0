"""Pictures that come in the background: looked at first, then stored in the caller's transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.engine.image import Derived, derive
from kith.faces.indexing import Indexing
from kith.faces.recognition import Recognition
from kith.faces.tasks import AnalyseConfig
from kith.faces.telling import IndexedPicture
from kith.kit.blobs import Blobs
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.kit.offload import Offload
from kith.photos.derived import keep_picture
from kith.photos.importing import open_picture
from kith.photos.origins import NewOrigin
from kith.photos.service import NewFile

_NAME_LENGTH = 255


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
    """The photo a picture has become, and how many faces it shows that are not ignored."""

    photo_id: int
    face_count: int
    picture: IndexedPicture


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

    async def look(self, data: bytes, place: str) -> Seen:
        """What a picture is and shows; the last step of the place it came from is its name.

        Raises what is wrong with it, or Busy.
        """
        recognition = await self._recognition()
        name = place.rstrip("/").rpartition("/")[2][:_NAME_LENGTH]
        file, image = await self._decoding.run(
            open_picture, data, name, self._config.limits, self._config.max_side_px
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
        await keep_picture(self._blobs, seen.file.location, seen.data, seen.file.sha256, seen.derived)
        count = len(indexed.faces)
        picture = IndexedPicture(seen.file.sha256, seen.derived.phash, len(seen.found), count)
        return Taken(indexed.photo.id, count, picture)
