"""Which packs there are, and the choice of one."""

import asyncio

from kith.accounts.principal import Principal
from kith.engine.packs import InstalledPack
from kith.engine.packs.errors import PackNotFound, PackPinned
from kith.engine.packs.manifest import Manifest
from kith.engine.packs.measured import MEASURED
from kith.errors import AppError
from kith.faces.reading import active_space_id
from kith.kit.db import WriteSession
from kith.photos.service import count_unseen
from kith.previewing.service import start_preview
from kith.previewing.tables import PackPreview
from kith.runtime import Runtime
from kith.surfaces.native import wire_packs as wire
from kith.tenants.service import require_operator


async def list_packs(kith: Runtime, who: Principal) -> wire.PacksOut:
    """Those that are installed, and those that Kith knows by name."""
    installed = {pack.id: pack for pack in await asyncio.to_thread(kith.packs.installed)}
    known = {pack.id: pack.manifest for pack in await asyncio.to_thread(kith.packs.catalogue)}
    manifests = known | {pack.id: pack.manifest for pack in installed.values()}
    try:
        active = await kith.pack()
    except AppError:
        active = None
    async with kith.db.read() as session:
        waiting = await count_unseen(session, who, await active_space_id(session) or 0)
    items = [
        _pack(it, installed.get(it.id), is_known=it.id in known, active=active) for it in manifests.values()
    ]
    return wire.PacksOut(
        items=items, active=active, is_engine_remote=kith.settings.engine.url is not None,
        is_pinned=kith.settings.engine.pack is not None, waiting_photos=waiting,
    )  # fmt: skip


async def choose_pack(kith: Runtime, who: Principal, pack_id: str) -> wire.UsedOut:
    """Raises PackNotFound, PackPinned, ScopeMissing for who is no operator, and what a pack raises."""
    await _require_installed(kith, pack_id)
    require_operator(who)
    if kith.settings.engine.pack not in {None, pack_id}:
        raise PackPinned(f"KITH_ENGINE__PACK is {kith.settings.engine.pack}")
    return wire.UsedOut(pack_id=pack_id, queued=await kith.use_pack(pack_id))


async def preview_pack(kith: Runtime, session: WriteSession, who: Principal, pack_id: str) -> wire.PreviewOut:
    """Raises PackNotFound."""
    await _require_installed(kith, pack_id)
    return preview(await start_preview(session, who, kith.clock, pack_id))


def preview(it: PackPreview) -> wire.PreviewOut:
    return wire.PreviewOut(
        pack_id=it.pack, state=it.state, faces_wanted=it.faces_wanted, faces_looked_at=it.faces_seen,
        agree=it.agree, would_change_person=it.changed, would_become_unknown=it.unknown,
        would_become_known=it.known, error_code=it.error_code, created_at=it.created_at, ended_at=it.ended_at,
    )  # fmt: skip


async def _require_installed(kith: Runtime, pack_id: str) -> None:
    installed = await asyncio.to_thread(kith.packs.installed)
    if kith.settings.engine.url is None and pack_id not in {pack.id for pack in installed}:
        raise PackNotFound(f"the pack {pack_id} is not installed")


def _pack(
    it: Manifest, installed: InstalledPack | None, *, is_known: bool, active: str | None
) -> wire.PackOut:
    measured = MEASURED.get(it.id) if is_known else None
    accuracy = measured and wire.AccuracyOut(
        precision=measured.precision, recall=measured.recall, f1=measured.f1, rank_1=measured.rank_1
    )
    return wire.PackOut(
        pack_id=it.id, title=it.title, version=it.version, license=it.license, license_url=it.license_url,
        # Of those known by name the ones whose licence has to be accepted are for research only.
        allows_commercial_use=not it.requires_acceptance if is_known else None,
        needs_acceptance=it.requires_acceptance, dimension=it.dimension,
        calibration=it.calibration.provenance, accuracy=accuracy,
        size_bytes=installed.size_bytes if installed is not None else 0,
        is_installed=installed is not None, is_active=it.id == active,
    )  # fmt: skip
