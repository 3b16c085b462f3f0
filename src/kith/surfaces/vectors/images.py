"""Reading pictures: who may see one, and its bytes as the contract promises them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from kith.accounts.principal import Principal
from kith.accounts.signing import Signature
from kith.engine.image import ImageLimits, decode, derive, encode_jpeg
from kith.kit.errors import BlobNotFound
from kith.photos.derived import thumbnail_name
from kith.photos.errors import PhotoNotFound
from kith.photos.files import read_photo
from kith.photos.links import THUMBNAILS, Bucket, Place, parsed, signed_text
from kith.photos.reading import Original, find_original
from kith.runtime import Runtime
from kith.surfaces.requests import Kith
from kith.surfaces.vectors.rating import TenantUnlessLinked
from kith.surfaces.vectors.tenants import Named
from kith.tenants.acting import act_by_link

_JPEG = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever asks for a picture: a tenant by its key and name, or the holder of a link."""

    kith: Runtime
    tenant: Principal | None
    named: str | None
    link: Signature | None

    async def see(self, bucket: Bucket, key: str) -> Picture:
        """Raises LinkInvalid, or PhotoNotFound for what is not there or another's."""
        place = parsed(key)
        who = self.tenant
        if self.link is not None:
            await self.kith.signer.load()
            self.kith.signer.check(signed_text(bucket, key), self.link)
            who = await act_by_link(self.kith.db, place.tenant if place is not None else "")
        if place is None or who is None or (self.link is None and place.tenant != (self.named or "").strip()):
            raise PhotoNotFound("there is no such picture")
        return await _read(self.kith, who, bucket, place)


async def _viewer(
    kith: Kith, tenant: TenantUnlessLinked, named: Named = None,
    expires: Annotated[int, Query(description="When the link ends, in seconds since 1970.")] = 0,
    signature: Annotated[str | None, Query(description="What shows that the link is genuine.")] = None,
) -> Viewer:  # fmt: skip
    return Viewer(kith, tenant, named, Signature(expires, signature) if signature is not None else None)


ViewedBy = Annotated[Viewer, Depends(_viewer)]


async def _read(kith: Runtime, who: Principal, bucket: Bucket, place: Place) -> Picture:
    async with kith.db.read() as session:
        original = await find_original(session, who, place.sha256)
    if bucket == THUMBNAILS:
        return Picture(await _thumbnail(kith, original), _JPEG)
    return Picture(await _bytes_of(kith, original), original.photo.media_type)


async def _thumbnail(kith: Runtime, original: Original) -> bytes:
    """As JPEG; made anew where there is none, as of photos that are not analysed yet."""
    try:
        stored = await kith.blobs.get(thumbnail_name(original.photo.sha256))
    except BlobNotFound:
        stored = await kith.decoding.run(
            _shrunk, await _bytes_of(kith, original), kith.limits, kith.settings.engine.max_side_px
        )
    return await kith.decoding.run(_as_jpeg, stored, kith.limits)


async def _bytes_of(kith: Runtime, it: Original) -> bytes:
    return await read_photo(it.photo, it.files, kith.blobs, kith.sources, kith.limits.max_bytes)


def _shrunk(data: bytes, limits: ImageLimits, max_side_px: int) -> bytes:
    return derive(decode(data, limits, max_side_px)).thumbnail


def _as_jpeg(data: bytes, limits: ImageLimits) -> bytes:
    return encode_jpeg(decode(data, limits, 1024).pixels)
