"""No endpoint asks the database once more for each row that it shows: on both databases."""

import hashlib
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np

from kith.accounts.principal import Principal
from kith.faces.recognition import activate
from kith.faces.service import Analysis, Faces
from kith.people.service import People
from kith.photos.service import NewFile, Photos
from kith.photos.tables import Storage
from tests.support.people import found_faces, near
from tests.support.statements import counted_statements
from tests.surfaces.conftest import Library
from tests.surfaces.core.test_contract import mounted

MOST = 12
FEW, MANY = 3, 40
WHO = Principal()

# How each endpoint that reads is asked. `big` has all faces of the first kind, everybody else one.
Ask = Callable[[httpx.AsyncClient, "Grown"], Any]
READING: dict[str, Ask] = {
    "GET /": lambda client, _: client.get("/"),
    "GET /health": lambda client, _: client.get("/health"),
    "GET /stats": lambda client, _: client.get("/stats"),
    "GET /persons": lambda client, _: client.get("/persons"),
    "GET /persons/{person_id}": lambda client, it: client.get(f"/persons/{it.big}"),
    "GET /persons/{person_id}/faces": lambda client, it: client.get(f"/persons/{it.big}/faces"),
    "GET /faces": lambda client, _: client.get("/faces"),
    "GET /faces/{face_id}": lambda client, it: client.get(f"/faces/{it.faces[0]}"),
    "POST /search": lambda client, _: client.post("/search", json={"embedding": near(1).tolist()}),
    "POST /cluster": lambda client, it: client.post("/cluster", json={"face_ids": it.faces}),
}


class Grown:
    """A library that grows: `count` faces of one person, and as many persons with one face."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._photos = 0
        self.big = 0
        self.faces: list[int] = []

    async def to(self, count: int) -> None:
        for number in range(self._photos, count):
            face = await self._face(near(1, seed=number))
            async with self._library.runtime.db.write() as session:
                people = People(session, WHO, self._library.runtime.clock)
                _, person = await people.assign(
                    [face], **({"person_id": self.big} if self.big else {"name": "Ada"})
                )
                self.big = person.id
            other = await self._face(near(2 + number % 60, seed=number))
            async with self._library.runtime.db.write() as session:
                people = People(session, WHO, self._library.runtime.clock)
                await people.assign([other], name=f"Person {number}")
            self.faces += [face, other]
        self._photos = count

    async def _face(self, vector: np.ndarray) -> int:
        runtime = self._library.runtime
        digest = hashlib.sha256(vector.tobytes()).hexdigest()
        file = NewFile(
            digest, f"{digest}.jpg", 1000, "image/jpeg", 100, 100, None, None, Storage.FOLDER, f"/{digest}"
        )
        space_id = (await runtime.recognition()).space_id
        async with runtime.db.write() as session:
            await activate(session, space_id)
            photos = Photos(session, WHO, runtime.clock)
            (registered,) = await photos.register(await photos.library_id(), [file])
            faces = Faces(session, WHO, runtime.clock)
            await faces.record([Analysis(registered.photo, [], found_faces(vector[None]))], space_id)
            photo_id = registered.photo.id
        listed = await self._library.get("/faces", limit=1000)
        return next(it["id"] for it in listed if it["metadata"]["photo_id"] == photo_id)


async def counts(library: Library, grown: Grown) -> dict[str, int]:
    """How many statements each endpoint sends, once everything it needs is open."""
    found: dict[str, int] = {}
    for name, ask in READING.items():
        (await ask(library.client, grown)).raise_for_status()
        with counted_statements() as statements:
            (await ask(library.client, grown)).raise_for_status()
        found[name] = len(statements)
    return found


class TestStatements:
    async def test_are_as_many_for_few_rows_as_for_many(self, library: Library) -> None:
        grown = Grown(library)
        await grown.to(FEW)
        few = await counts(library, grown)
        await grown.to(MANY)
        assert await counts(library, grown) == few
        assert max(few.values()) <= MOST

    def test_are_counted_for_all_that_read(self) -> None:
        assert {name for name in mounted() if name.startswith("GET ")} <= READING.keys() <= mounted()
