"""A library behind HTTP that is filled by hand: photos with faces of chosen embeddings, and no bytes."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import numpy as np

from kith.accounts.principal import Principal
from kith.engine.faces import Float32
from kith.faces.queries import faces_of_photos
from kith.faces.recognition import activate
from kith.faces.service import Analysis, Faces
from kith.photos.service import NewFile, Photos
from kith.photos.tables import Storage
from kith.runtime import Runtime
from tests.support.people import DIMENSION, found_faces, near

NATIVE = "/api/kith"


@dataclass
class Album:
    """What tests of the native surface do, in few words. `post` and the like expect success unless told."""

    client: httpx.AsyncClient
    runtime: Runtime
    who: Principal = field(default_factory=Principal)
    numbers: itertools.count = field(default_factory=itertools.count)

    async def photo(
        self, *vectors: Float32, taken: datetime | None = None, quality: float = 0.9
    ) -> list[int]:
        """A photo of 1000 x 1000 pixels with a face for each vector; the ids of the faces."""
        number = next(self.numbers)
        digest = hashlib.sha256(f"{self.who.tenant_id}-{number}".encode()).hexdigest()
        file = NewFile(
            digest, f"{number}.jpg", 1000, "image/jpeg", 1000, 1000, taken, None, Storage.FOLDER, f"/{digest}"
        )
        space_id = (await self.runtime.recognition()).space_id
        async with self.runtime.db.write() as session:
            await activate(session, space_id)
            photos = Photos(session, self.who, self.runtime.clock)
            (registered,) = await photos.register(await photos.library_id(), [file], analyse=False)
            found = found_faces(np.array(vectors, np.float32).reshape(-1, DIMENSION), quality=quality)
            store = Faces(session, self.who, self.runtime.clock)
            await store.record([Analysis(registered.photo, [], found)], space_id)
            return [face.id for face in await session.scalars(faces_of_photos([registered.photo.id]))]

    async def faces(self, axis: int, count: int = 3, first: int = 0) -> list[int]:
        """Photos with a face each, of one identity."""
        return [(await self.photo(near(axis, seed=seed)))[0] for seed in range(first, first + count)]

    async def person(self, name: str | None, face_ids: Sequence[int]) -> int:
        body = {"action": "assign", "face_ids": list(face_ids), "name": name}
        return (await self.post("/faces/decide", body))["person_id"]

    async def decide(self, action: str, face_ids: Sequence[int], **more: object) -> dict[str, Any]:
        return await self.post("/faces/decide", {"action": action, "face_ids": list(face_ids), **more})

    async def get(self, path: str, **query: Any) -> Any:
        return self._answer(await self.client.get(f"{NATIVE}{path}", params=query))

    async def post(self, path: str, body: object = None) -> Any:
        return self._answer(await self.client.post(f"{NATIVE}{path}", json=body))

    async def patch(self, path: str, **body: object) -> Any:
        return self._answer(await self.client.patch(f"{NATIVE}{path}", json=body))

    async def refused(self, method: str, path: str, body: object = None, **query: Any) -> tuple[int, str]:
        """The status and code of what is refused."""
        answer = await self.client.request(method, f"{NATIVE}{path}", json=body, params=query)
        return answer.status_code, answer.json()["code"]

    async def every(self, path: str, limit: int, **query: Any) -> list[Any]:
        """All items of a list, read page by page."""
        items: list[Any] = []
        page = await self.get(path, limit=limit, **query)
        while True:
            assert len(page["items"]) <= limit
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            page = await self.get(path, limit=limit, cursor=page["next_cursor"], **query)

    async def identify(self) -> None:
        """Do all jobs that wait."""
        await self.runtime.runner().drain(1)

    @staticmethod
    def _answer(answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()
