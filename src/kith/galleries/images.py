"""Images of galleries: addresses of pictures in an order, before and after they are fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import UUID

from kith.accounts.principal import Principal
from kith.galleries import queries
from kith.galleries.errors import ImageNotFound
from kith.galleries.showing import get_shown
from kith.galleries.tables import GalleryImage
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise


@dataclass(frozen=True, slots=True)
class NewImage:
    image_url: str
    original_url: str | None = None
    original_filename: str | None = None
    size_bytes: int | None = None
    width_px: int | None = None
    height_px: int | None = None


def url_path(url: str) -> str:
    """What stands in an address behind the host, decoded as servers do; empty if it is no address.

    It is without the slashes it begins with, and without NUL, which no database can hold.
    """
    try:
        return unquote(urlsplit(url).path).replace("\0", "").lstrip("/")
    except ValueError:
        return ""


async def list_images(session: ReadSession, who: Principal, gallery: UUID) -> Sequence[GalleryImage]:
    """In the order in which they are shown; raises GalleryNotFound."""
    shown = await get_shown(session, who, gallery)
    return (await session.scalars(queries.images(who, shown.gallery.id))).all()


async def get_image(session: ReadSession | WriteSession, who: Principal, uuid: UUID) -> GalleryImage:
    """Raises ImageNotFound for what is not there or not yours."""
    image = await session.scalar(queries.image(who, uuid))
    if image is None:
        raise ImageNotFound(f"there is no image {uuid}")
    return image


async def find_by_path(
    session: ReadSession, who: Principal, path: str, written: str | None = None
) -> GalleryImage:
    """An image by the decoded path in its address; raises ImageNotFound.

    `written` is the path as it was asked for: it tells addresses apart that decode to the same.
    """
    path = path.lstrip("/")
    statement = queries.images_at_path(who, path)
    images = (await session.scalars(statement)).all() if path and "\0" not in path else ()
    if not images:
        raise ImageNotFound("no image has this path in its address")
    return next((it for it in images if urlsplit(it.image_url).path.lstrip("/") == written), images[0])


class Images:
    """Use cases of one session, for one tenant. None commits."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def add(self, gallery: UUID, new: Sequence[NewImage]) -> list[UUID]:
        """Add images behind those there are; the same address twice is two images. Nothing is fetched yet."""
        shown = await get_shown(self._session, self._who, gallery)
        await serialise(self._session, "galleries.images", shown.gallery.id)
        last = await self._session.scalar(queries.last_place(shown.gallery.id))
        start = last + 1 if last is not None else 0
        rows = [
            GalleryImage(
                tenant_id=self._who.tenant_id, gallery_id=shown.gallery.id, image_url=it.image_url,
                url_path=url_path(it.image_url), original_url=it.original_url,
                original_filename=it.original_filename, size_bytes=it.size_bytes, width_px=it.width_px,
                height_px=it.height_px, display_order=place, created_at=self._clock.now(),
            )
            for place, it in enumerate(new, start)
        ]  # fmt: skip
        self._session.add_all(rows)
        await self._session.flush()
        return [row.uuid for row in rows]

    async def order(self, uuid: UUID, place: int) -> None:
        """Give an image its place; raises ImageNotFound."""
        (await get_image(self._session, self._who, uuid)).display_order = place
