"""A large library, made from a seed: photos, three faces in each, persons with and without names, embeddings.

Written straight into the tables of a fresh database, in bulk; the index is filled by Kith itself at its
first search. Embeddings are those of bench/data.py. There are no picture files behind the photos.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Table, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.data import people
from kith.accounts.principal import DEFAULT_TENANT_ID
from kith.engine.faces import EmbeddingSpace as Space
from kith.faces.tables import Embedding, EmbeddingSpace, Face, FaceState, IndexChange
from kith.kit.db import Database
from kith.people.tables import Person
from kith.photos.tables import File, Photo, PhotoState, Storage, month_of

FACES_EACH = 3
PHOTOS_EACH = 100  # faces a person has, on average
START = datetime(2010, 1, 1, tzinfo=UTC)
_CHUNK = 5_000


async def make_library(db: Database, space: Space, photos: int, seed: int = 0) -> None:
    """Fill a database that has just been migrated; `space` becomes the library's own."""
    vectors, persons = people(photos * FACES_EACH, space.dimension, photos_each=PHOTOS_EACH, seed=seed)
    rng = np.random.default_rng(seed)
    async with db.engine.begin() as connection:
        await _put(connection, EmbeddingSpace.__table__, [_space(space)])
        count = int(persons.max())
        await _put(connection, Person.__table__, (_person(number) for number in range(1, count + 1)))
        await _put(connection, Photo.__table__, (_photo(number) for number in range(1, photos + 1)))
        await _put(connection, File.__table__, (_file(number) for number in range(1, photos + 1)))
        numbers = range(1, len(vectors) + 1)
        corners = rng.uniform(0, 3000, (len(vectors), 2)).round(1)
        faces = (_face(number, int(persons[number - 1]), corners[number - 1].tolist()) for number in numbers)
        await _put(connection, Face.__table__, faces)
        rows = ({"face_id": number, "space_id": 1, "vector": vectors[number - 1]} for number in numbers)
        await _put(connection, Embedding.__table__, rows)
        await _put(connection, IndexChange.__table__, [{"seq": 1, "face_id": 1}])
    if not db.is_sqlite:  # what PostgreSQL does by itself within a minute
        async with db.engine.connect() as connection:
            plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await plain.execute(text("VACUUM ANALYZE"))


async def _put(connection: AsyncConnection, table: Any, rows: Iterator[dict] | Sequence[dict]) -> None:
    assert isinstance(table, Table)
    waiting: list[dict] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == _CHUNK:
            await connection.execute(insert(table), waiting)
            waiting = []
    if waiting:
        await connection.execute(insert(table), waiting)


def _uuid(kind: str, number: int) -> UUID:
    return UUID(bytes=hashlib.md5(f"{kind} {number}".encode()).digest())


def _owned(kind: str, number: int) -> dict[str, Any]:
    return {"id": number, "uuid": _uuid(kind, number), "tenant_id": DEFAULT_TENANT_ID, "created_at": START}


def _space(space: Space) -> dict[str, Any]:
    return {
        "id": 1, "key": space.key, "pack": space.pack, "version": space.version, "digest": space.digest,
        "dimension": space.dimension, "preprocessing": space.preprocessing, "is_active": True,
        "created_at": START,
    }  # fmt: skip


def _person(number: int) -> dict[str, Any]:
    is_named = number % 3 > 0
    return _owned("person", number) | {
        "name": f"Person {number}" if is_named else None, "is_anchored": is_named, "updated_at": START,
        "notes": {}, "is_hidden": number % 50 == 0, "to_match": False,
    }  # fmt: skip


# Of photos as cameras take them, lying and upright.
_SIZES = ((4032, 3024), (4032, 3024), (3024, 4032), (6000, 4000), (4000, 6000), (1920, 1080), (3000, 3000))


def _photo(number: int) -> dict[str, Any]:
    taken_at = (START + timedelta(minutes=83 * number)).replace(tzinfo=None)
    width_px, height_px = _SIZES[number % len(_SIZES)]
    return _owned("photo", number) | {
        "gallery_id": 1, "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "original_name": f"IMG_{number:06}.jpg", "size_bytes": 3_000_000 + number, "media_type": "image/jpeg",
        "width_px": width_px, "height_px": height_px, "state": PhotoState.ANALYSED, "analysed_space_id": 1,
        "taken_at": taken_at, "shown_at": taken_at, "shown_month": month_of(taken_at),
    }  # fmt: skip


def _file(number: int) -> dict[str, Any]:
    return _owned("file", number) | {
        "gallery_id": 1, "photo_id": number, "tier": "bronze", "storage": Storage.FOLDER,
        "location": f"/photos/{number // 1000:03}/IMG_{number:06}.jpg", "size_bytes": 3_000_000 + number,
    }  # fmt: skip


def _face(number: int, person: int, corner: list[float]) -> dict[str, Any]:
    x, y = corner
    return _owned("face", number) | {
        "photo_id": (number - 1) // FACES_EACH + 1, "x1": x, "y1": y, "x2": x + 160, "y2": y + 200,
        "landmarks": np.zeros((5, 2), np.float32), "size_px": 180, "detection_score": 0.93,
        "quality": 0.8, "sharpness": 0.8,
        "frontality": 0.9, "state": FaceState.CONFIRMED if person % 3 else FaceState.GROUPED,
        "person_id": person, "to_identify": False,
    }  # fmt: skip
