"""Everything a tenant has, as files that outlive Kith: JSON lines and the originals."""

import asyncio
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import inspect

from kith.accounts.principal import Principal
from kith.accounts.tables import ApiKey
from kith.errors import AppError, Unavailable
from kith.faces.tables import Face
from kith.galleries.tables import Credit, Gallery, GalleryImage
from kith.kit.blobs import Blobs
from kith.kit.db import Base, Database
from kith.kit.sources import Sources
from kith.people.tables import Decision, Person
from kith.photos import queries as photo_queries
from kith.photos.files import read_photo
from kith.photos.tables import Photo
from kith.tenants import queries
from kith.tenants.errors import FolderNotEmpty
from kith.tenants.service import get_tenant

_PAGE = 1000
_TABLES: tuple[tuple[str, type[Base]], ...] = (
    ("photos", Photo), ("faces", Face), ("persons", Person), ("decisions", Decision), ("keys", ApiKey),
    ("galleries", Gallery), ("images", GalleryImage), ("credits", Credit),
)  # fmt: skip
_SECRETS = frozenset({"secret_hash", "previous_hash"})


async def export_tenant(
    db: Database, blobs: Blobs, sources: Sources, who: Principal, slug: str, folder: Path, *, max_bytes: int,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, int]:  # fmt: skip
    """Write a tenant into an empty or new folder; how many of each there were, and `missing` originals.

    Raises TenantNotFound, FolderNotEmpty.
    """
    async with db.read() as session:
        tenant_id = (await get_tenant(session, who, slug)).id
    await asyncio.to_thread(_make, folder)
    counts: dict[str, int] = {}
    for name, table in _TABLES:
        counts[name] = await _write_rows(db, table, tenant_id, folder / f"{name}.jsonl")
        progress(f"{counts[name]:,} {name}")
    originals = folder / "originals"
    counts["missing"] = await _write_originals(db, blobs, sources, tenant_id, originals, max_bytes)
    return counts


def zip_folder(folder: Path) -> Path:
    """The folder as a zip file beside it; pictures are compressed as they are."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(it for it in folder.rglob("*") if it.is_file()):
            archive.write(file, file.relative_to(folder.parent))
    return path


async def _write_rows(db: Database, table: type[Base], tenant_id: int, path: Path) -> int:
    count, after = 0, 0
    while True:
        async with db.read() as session:
            rows = (await session.scalars(queries.rows_after(table, tenant_id, after, _PAGE))).all()
        await asyncio.to_thread(_append, path, [_values(row) for row in rows])
        if not rows:
            return count
        count, after = count + len(rows), inspect(rows[-1]).identity[0]


async def _write_originals(
    db: Database, blobs: Blobs, sources: Sources, tenant_id: int, folder: Path, max_bytes: int
) -> int:
    """Each original under its digest; how many could not be read."""
    after = missing = 0
    while True:
        async with db.read() as session:
            photos = (await session.scalars(queries.photos_after(tenant_id, after, _PAGE))).all()
            files = (await session.scalars(photo_queries.files_of([photo.id for photo in photos]))).all()
        if not photos:
            return missing
        after = photos[-1].id
        for photo in photos:
            try:
                theirs = [file for file in files if file.photo_id == photo.id]
                data = await read_photo(photo, theirs, blobs, sources, max_bytes)
            except Unavailable:
                raise
            except AppError:
                missing += 1
                continue
            await asyncio.to_thread((folder / photo.sha256).write_bytes, data)


def _make(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(f"{folder} is there already, and not empty")
    (folder / "originals").mkdir(parents=True)


def _append(path: Path, rows: Iterable[dict[str, object]]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _values(row: Base) -> dict[str, object]:
    names = [column.key for column in inspect(type(row)).column_attrs]
    return {name: _plain(getattr(row, name)) for name in names if name not in _SECRETS}


def _plain(value: Any) -> object:
    match value:
        case date() | datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return value.value
        case np.ndarray():
            return value.tolist()
        case _:
            return value
