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
from sqlalchemy import RowMapping, Table

from kith.accounts.principal import Principal
from kith.errors import AppError, Unavailable
from kith.kit.blobs import Blobs
from kith.kit.db import Database
from kith.kit.sources import Sources
from kith.photos import queries as photo_queries
from kith.photos.files import read_photo
from kith.tenants import queries
from kith.tenants.errors import FolderNotEmpty
from kith.tenants.service import get_tenant

_PAGE = 1000
_NAMES = {"api_keys": "keys", "gallery_images": "images"}
SECRETS = frozenset(
    {"secret", "secret_hash", "previous_hash", "token_hash", "token_sealed", "password_hash", "consent_hash"}
)
# Of a number in an embedding; more than that is below what 32 bits tell.
_DECIMALS = 8


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
    for table in queries.exported():
        name = _NAMES.get(table.name, table.name)
        counts[name] = await _write_rows(db, table, tenant_id, folder / f"{name}.jsonl")
        progress(f"{counts[name]:,} {name.replace('_', ' ')}")
    async with db.read() as session:
        spaces = (await session.execute(queries.spaces())).mappings().all()
    await asyncio.to_thread(_append, folder / "embedding_spaces.jsonl", [_values(row) for row in spaces])
    originals = folder / "originals"
    counts["missing"] = await _write_originals(db, blobs, sources, tenant_id, originals, max_bytes)
    return counts


def zip_folder(folder: Path) -> Path:
    """The folder as a zip file beside it; pictures are compressed as they are, rows are packed."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(it for it in folder.rglob("*") if it.is_file()):
            kind = zipfile.ZIP_DEFLATED if file.suffix == ".jsonl" else zipfile.ZIP_STORED
            archive.write(file, file.relative_to(folder.parent), kind)
    return path


async def _write_rows(db: Database, table: Table, tenant_id: int, path: Path) -> int:
    keys = [column.name for column in table.primary_key.columns]
    count, last = 0, ()
    while True:
        async with db.read() as session:
            found = await session.execute(queries.rows_after(table, tenant_id, last, _PAGE))
            rows = found.mappings().all()
        await asyncio.to_thread(_append, path, [_values(row) for row in rows])
        if not rows:
            return count
        count, last = count + len(rows), tuple(rows[-1][key] for key in keys)


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


def _values(row: RowMapping) -> dict[str, object]:
    return {name: _plain(value) for name, value in row.items() if name not in SECRETS}


def _plain(value: Any) -> object:
    match value:
        case date() | datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case Enum():
            return value.value
        case np.ndarray():
            return np.round(value.astype(np.float64), _DECIMALS).tolist()
        case _:
            return value
