"""What a tenant's export holds: every row of every table that is its own, no secret, nothing of others."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from kith.faces.queries import embeddings
from kith.kit.db import Base
from kith.runtime import Runtime, open_runtime
from kith.tenants.errors import FolderNotEmpty
from kith.tenants.exporting import SECRETS, export_tenant
from tests.support.tiny_library import picture, tiny_settings
from tests.tenants.test_erasing import OWNER, add, tenant

PASSING = {"jobs", "job_pauses", "uploads", "pack_previews", "kept_answers"}
BELOW = {"embeddings", "rejections", "share_days", "guest_matches"}


@pytest_asyncio.fixture
async def runtime(database_url: str, tmp_path: Path) -> AsyncIterator[Runtime]:
    async with open_runtime(tiny_settings(tmp_path / "data", "tiny", url=database_url)) as runtime:
        await runtime.use_pack("tiny")
        yield runtime


async def exported(runtime: Runtime, slug: str, folder: Path) -> dict[str, int]:
    parts = (runtime.db, runtime.blobs, runtime.sources)
    return await export_tenant(*parts, OWNER, slug, folder, max_bytes=1 << 20)


def rows(folder: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


async def test_every_row_and_none_of_others(runtime: Runtime, tmp_path: Path) -> None:
    for slug, at in (("other", 10), ("mine", 20)):
        who = await tenant(runtime, slug)
        await add(runtime, who, tmp_path / slug, picture((at, at)), picture((at, 1), (9, at)))
        await runtime.runner().drain(who.tenant_id)
    folder = tmp_path / "exported"
    counts = await exported(runtime, "mine", folder)
    assert counts.pop("missing") == 0
    assert {it.stem for it in folder.glob("*.jsonl")} == {*counts, "embedding_spaces"}
    assert counts["photos"] == len(list((folder / "originals").iterdir())) == 2
    assert counts["faces"] == counts["embeddings"] > 0

    own = [it for it in Base.metadata.sorted_tables if "tenant_id" in it.c and it.name not in PASSING]
    assert counts.keys() == {_called(it.name) for it in own} | BELOW
    async with runtime.db.read() as session:
        for table in own:
            theirs = select(func.count()).select_from(table).where(table.c.tenant_id == who.tenant_id)
            assert (table.name, counts[_called(table.name)]) == (table.name, await session.scalar(theirs))
        face = rows(folder, "embeddings")[0]
        (stored,) = (await session.execute(embeddings(face["space_id"], [face["face_id"]]))).all()
    assert np.abs(np.array(face["vector"]) - stored[1]).max() < 1e-7
    assert {it["id"] for it in rows(folder, "faces")} == {it["face_id"] for it in rows(folder, "embeddings")}
    assert face["space_id"] in {it["id"] for it in rows(folder, "embedding_spaces")}


async def test_no_column_gives_away_a_secret(runtime: Runtime, tmp_path: Path) -> None:
    """Whatever is called like one, in whichever table."""
    await tenant(runtime, "mine")
    await exported(runtime, "mine", tmp_path / "exported")
    (key,) = rows(tmp_path / "exported", "keys")
    assert {"prefix", "scopes"} <= key.keys()
    written = {column.name for it in Base.metadata.sorted_tables for column in it.c} - SECRETS
    assert not [name for name in written if "secret" in name or name.endswith(("_hash", "_sealed"))]
    assert "secret_hash" not in key


async def test_a_folder_with_something_in_it(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(FolderNotEmpty):
        await exported(runtime, "default", tmp_path)


def _called(table: str) -> str:
    return {"api_keys": "keys", "gallery_images": "images"}.get(table, table)
