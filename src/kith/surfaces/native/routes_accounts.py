"""The endpoints of the native surface: keys and tenants, for who has the scope admin."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse

from kith.accounts.keys import Keys, list_keys
from kith.accounts.principal import Principal, Scope
from kith.kit.db import WriteSession
from kith.runtime import Runtime
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_accounts as mapping
from kith.surfaces.native import wire_accounts as wire
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Listed, Reading, Who, Writing
from kith.tenants.exporting import export_tenant, zip_folder
from kith.tenants.service import Tenants, get_tenant, list_tenants, work_as

PathId = Annotated[int, Path(ge=1, le=MAX_ID)]
Slug = Annotated[str, Path(max_length=100)]

_ADMIN = [needs(Scope.ADMIN)]
_BAD = {"model": ProblemOut, "description": "The input cannot be used"}
_MISSING = {"model": ProblemOut, "description": "There is no such thing"}
_TAKEN = {"model": ProblemOut, "description": "It contradicts what is stored"}
_CHUNK = 1 << 20

router = APIRouter(tags=["accounts"], responses={403: {"model": ProblemOut}})


def _keys(kith: Runtime, session: WriteSession, who: Principal) -> Keys:
    return Keys(session, who, kith.clock)


def _tenants(kith: Runtime, session: WriteSession, who: Principal) -> Tenants:
    return Tenants(session, who, kith.clock)


@router.get("/keys", dependencies=_ADMIN, summary="List the keys of one's tenant")
async def show_keys(kith: Kith, session: Reading, who: Who, page: Listed) -> list[wire.KeyOut]:
    return [mapping.key(it, kith.clock.now()) for it in await list_keys(session, who, page)]


@router.post("/keys", dependencies=_ADMIN, status_code=201, summary="Make a key", responses={400: _BAD})
async def create_key(body: wire.KeyIn, kith: Kith, session: Writing, who: Who) -> wire.KeySecretOut:
    """The secret is told this once. From then on every request needs a key."""
    shown = await _keys(kith, session, who).create(mapping.new_key(body))
    return mapping.shown_key(shown, kith.clock.now())


@router.post(
    "/keys/{key_id}/rotate", dependencies=_ADMIN, summary="Give a key a new secret",
    responses={404: _MISSING, 409: _TAKEN},
)  # fmt: skip
async def rotate_key(
    key_id: PathId, kith: Kith, session: Writing, who: Who, body: wire.RotateIn | None = None
) -> wire.KeySecretOut:
    grace = timedelta(seconds=(body or wire.RotateIn()).grace_seconds)
    return mapping.shown_key(await _keys(kith, session, who).rotate(key_id, grace), kith.clock.now())


@router.delete("/keys/{key_id}", dependencies=_ADMIN, summary="Revoke a key", responses={404: _MISSING})
async def revoke_key(key_id: PathId, kith: Kith, session: Writing, who: Who) -> wire.KeyOut:
    """At once; it stays in the list."""
    return mapping.key(await _keys(kith, session, who).revoke(key_id), kith.clock.now())


@router.get("/tenants", dependencies=_ADMIN, summary="List the tenants")
async def show_tenants(session: Reading, who: Who, page: Listed) -> list[wire.TenantOut]:
    """All of them for an admin of the default tenant, else one's own."""
    return [mapping.tenant(it) for it in await list_tenants(session, who, page)]


@router.post(
    "/tenants", dependencies=_ADMIN, status_code=201, summary="Make a tenant",
    responses={400: _BAD, 409: _TAKEN},
)  # fmt: skip
async def create_tenant(body: wire.TenantIn, kith: Kith, session: Writing, who: Who) -> wire.TenantOut:
    return mapping.tenant(await _tenants(kith, session, who).create(body.slug, mapping.quotas(body)))


@router.get("/tenants/{slug}", dependencies=_ADMIN, summary="A tenant", responses={404: _MISSING})
async def show_tenant(slug: Slug, session: Reading, who: Who) -> wire.TenantOut:
    return mapping.tenant(await get_tenant(session, who, slug))


@router.patch(
    "/tenants/{slug}", dependencies=_ADMIN, summary="Give a tenant other quotas",
    responses={400: _BAD, 404: _MISSING},
)  # fmt: skip
async def limit_tenant(
    slug: Slug, body: wire.QuotasIn, kith: Kith, session: Writing, who: Who
) -> wire.TenantOut:
    """What is left out stays, null is unlimited. What there is beyond a quota stays, too."""
    return mapping.tenant(await _tenants(kith, session, who).limit(slug, mapping.quota_change(body)))


@router.post(
    "/tenants/{slug}/keys", dependencies=_ADMIN, status_code=201, summary="Make a key of a tenant",
    responses={400: _BAD, 404: _MISSING},
)  # fmt: skip
async def create_key_of_tenant(
    slug: Slug, body: wire.KeyIn, kith: Kith, session: Writing, who: Who
) -> wire.KeySecretOut:
    """Of any tenant for an admin of the default one; the first key of a new tenant is made like this."""
    inside = await work_as(session, who, slug)
    shown = await _keys(kith, session, inside).create(mapping.new_key(body))
    return mapping.shown_key(shown, kith.clock.now())


@router.post(
    "/tenants/{slug}/suspend", dependencies=_ADMIN, summary="Refuse all keys of a tenant",
    responses={404: _MISSING, 409: _TAKEN},
)  # fmt: skip
async def suspend_tenant(slug: Slug, kith: Kith, session: Writing, who: Who) -> wire.TenantOut:
    return mapping.tenant(await _tenants(kith, session, who).suspend(slug))


@router.post(
    "/tenants/{slug}/activate", dependencies=_ADMIN, summary="End a suspension", responses={404: _MISSING}
)
async def activate_tenant(slug: Slug, kith: Kith, session: Writing, who: Who) -> wire.TenantOut:
    return mapping.tenant(await _tenants(kith, session, who).activate(slug))


@router.get(
    "/tenants/{slug}/export", dependencies=_ADMIN, summary="All a tenant has, as a zip file",
    responses={404: _MISSING}, response_class=StreamingResponse,
)  # fmt: skip
async def export(slug: Slug, kith: Kith, who: Who) -> StreamingResponse:
    async with kith.db.read() as session:
        await get_tenant(session, who, slug)
    headers = {"content-disposition": f'attachment; filename="{slug}.zip"'}
    return StreamingResponse(_zipped(kith, who, slug), media_type="application/zip", headers=headers)


@router.delete("/tenants/{slug}", dependencies=_ADMIN, summary="Erase a tenant", responses={404: _MISSING})
async def erase_tenant(slug: Slug, kith: Kith, who: Who) -> wire.ErasedOut:
    """For good, with all photos, people and keys; of `default` only the content."""
    return wire.ErasedOut(slug=slug, originals_deleted=await kith.erase_tenant(who, slug))


async def _zipped(kith: Runtime, who: Principal, slug: str) -> AsyncGenerator[bytes]:
    """Gathered in a folder beside the data first, so that a download that breaks off leaves nothing."""
    with tempfile.TemporaryDirectory(dir=kith.settings.data, prefix=".export-") as name:
        folder = FilePath(name) / slug
        max_bytes = kith.limits.max_bytes
        await export_tenant(kith.db, kith.blobs, kith.sources, who, slug, folder, max_bytes=max_bytes)
        archive = await asyncio.to_thread(zip_folder, folder)
        with archive.open("rb") as file:
            while data := await asyncio.to_thread(file.read, _CHUNK):
                yield data
