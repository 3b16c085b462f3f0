"""What becomes of the pictures of a crawl: what is new goes into batches, each content once."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from kith.accounts.principal import Principal
from kith.batches.service import NewItem, submit
from kith.crawl.service import Ended, Picture
from kith.engine.image import ImageLimits, decode, derive
from kith.errors import AppError, Busy, Unavailable
from kith.kit.blobs import Blobs, digest
from kith.kit.clock import Clock
from kith.kit.db import Database
from kith.kit.offload import Offload
from kith.photos import queries
from kith.photos.noting import Notes

_BATCH = 50  # pictures; so many at most are fetched again after a crawl that was cut off
_SIDE_PX = 640  # enough to see whether it is a picture, and how it looks


@dataclass(slots=True)
class Gathered:
    """How many pictures there were, and what became of them; `batches` are those to watch."""

    pictures: int = 0
    known: int = 0
    alike: int = 0
    unreadable: int = 0
    submitted: int = 0
    batches: list[str] = field(default_factory=list[str])
    ended: Ended | None = None


class Gathering:
    """Hands the pictures of one crawl in for a tenant.

    Left out is what the tenant has already, by its content, and what looks like another picture: whose
    perceptual hash differs in at most `near_bits` of 64 bits, as that of a copy in another size does.
    """

    def __init__(
        self, db: Database, blobs: Blobs, clock: Clock, who: Principal,
        *, decoding: Offload, limits: ImageLimits, near_bits: int,
    ) -> None:  # fmt: skip
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._who = who
        self._decoding = decoding
        self._limits = limits
        self._near_bits = near_bits
        self._digests: set[str] = set()
        self._hashes: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._held: list[NewItem] = []
        self.done = Gathered()

    async def take(
        self, site: str, pictures: AsyncIterator[Picture | Ended], progress: Callable[[Gathered], None]
    ) -> Gathered:
        """Hand in what comes, a batch at a time, and the rest even where the crawl breaks off."""
        async with self._db.read() as session:
            found = [it for it in await session.scalars(queries.hashes(self._who)) if it is not None]
        self._hashes = np.array(found, np.uint64)
        try:
            async for it in pictures:
                if isinstance(it, Ended):
                    self.done.ended = it
                else:
                    await self._one(it)
                if len(self._held) >= _BATCH:
                    await self._submit(site)
                progress(self.done)
        finally:
            await self._submit(site)
        return self.done

    async def _one(self, picture: Picture) -> None:
        self.done.pictures += 1
        sha256 = digest(picture.data)
        if sha256 in self._digests or await self._has(sha256):
            self.done.known += 1
            return
        self._digests.add(sha256)
        try:
            phash = await self._decoding.run(_hash_of, picture.data, self._limits)
        except (Busy, Unavailable):
            raise
        except AppError:
            self.done.unreadable += 1
            return
        if (np.bitwise_count(self._hashes ^ phash) <= self._near_bits).any():
            self.done.alike += 1
            return
        self._hashes = np.append(self._hashes, phash)
        # With the site its page is of, so that its time ends as that of all that was seen on a site.
        site = urlsplit(picture.page).hostname or ""
        said = Notes(picture.url, site, self._clock.now(), {"page": picture.page})
        self._held.append(NewItem(said, picture.data))

    async def _has(self, sha256: str) -> bool:
        async with self._db.read() as session:
            return await session.scalar(queries.of_tenant_with(self._who, sha256)) is not None

    async def _submit(self, site: str) -> None:
        if not self._held:
            return
        held, self._held = self._held, []
        batch = await submit(self._db, self._blobs, self._clock, self._who, held, {"crawl": site})
        self.done.submitted += len(held)
        self.done.batches.append(batch.uuid.hex)


def _hash_of(data: bytes, limits: ImageLimits) -> np.uint64:
    return np.uint64(derive(decode(data, limits, _SIDE_PX)).phash)
