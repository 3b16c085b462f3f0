"""Pictures of requests: read, decoded, analysed, and what follows from their bytes remembered for a while."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from kith.accounts.principal import Principal
from kith.engine.errors import EmptyImage, ImageTooLarge
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Image
from kith.engine.image import Derived, ImageLimits, derive
from kith.faces.recognition import Recognition
from kith.kit.blobs import Blobs, digest
from kith.photos.derived import keep_picture
from kith.photos.importing import describe, open_picture
from kith.photos.service import NewFile
from kith.runtime import Runtime
from kith.surfaces.uploads import picture_name

_REMEMBERED = 256
_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A picture with what follows from its bytes."""

    data: bytes
    file: NewFile
    derived: Derived
    found: FoundFaces
    recognition: Recognition

    @property
    def phash(self) -> str:
        """16 hexadecimal digits."""
        return f"{self.derived.phash:016x}"

    async def keep(self, blobs: Blobs) -> None:
        """Store its bytes, and what was derived of them."""
        await keep_picture(blobs, self.file.location, self.data, self.file.sha256, self.derived)


async def look_at(kith: Runtime, data: bytes, name: str | None) -> Looked:
    """Raises what is wrong with the picture, or Busy."""
    require_size(kith, data)
    file, image, derived = await kith.decoding.run(
        _look, data, picture_name(name), kith.limits, kith.settings.engine.max_side_px
    )
    recognition = await kith.recognition()
    (found,) = await recognition.analyse([image])
    return Looked(data, file, derived, found, recognition)


def require_size(kith: Runtime, data: bytes) -> None:
    """Raises EmptyImage, ImageTooLarge."""
    most = kith.settings.surfaces.vectors.image_bytes
    if not data:
        raise EmptyImage("the file is empty")
    if len(data) > most:
        raise ImageTooLarge(f"a picture may have at most {most:,} bytes", max_bytes=most)


class Memory:
    """The faces of pictures compared lately, by tenant, digest and space; bounded, in memory only.

    What follows from the bytes alone is remembered, never what was found by it: so whatever is indexed or
    erased meanwhile counts at once, and nothing has to be forgotten for it.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[int, str, str], tuple[datetime, FoundFaces, Derived]] = OrderedDict()
        self.hits = 0

    async def look_at(self, kith: Runtime, who: Principal, data: bytes, name: str | None) -> Looked:
        """As `look_at`, without decoding and networks for bytes that are remembered."""
        require_size(kith, data)
        recognition = await kith.recognition()
        key = who.tenant_id, await kith.decoding.run(digest, data), recognition.engine.space.key
        held, now = self._held.get(key), kith.clock.now()
        if held is None or now - held[0] > _FOR:
            looked = await look_at(kith, data, name)
            self._hold(key, now, looked)
            return looked
        self.hits += 1
        _, found, derived = held
        file = await kith.decoding.run(describe, data, picture_name(name), kith.limits)
        return Looked(data, file, derived, found, recognition)

    def _hold(self, key: tuple[int, str, str], now: datetime, looked: Looked) -> None:
        self._held[key] = now, looked.found, looked.derived
        self._held.move_to_end(key)
        while len(self._held) > _REMEMBERED:
            self._held.popitem(last=False)


def _look(data: bytes, name: str, limits: ImageLimits, max_side_px: int) -> tuple[NewFile, Image, Derived]:
    file, image = open_picture(data, name, limits, max_side_px)
    return file, image, derive(image)
