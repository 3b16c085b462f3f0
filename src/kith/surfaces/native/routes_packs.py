"""The networks that find and tell faces."""

from typing import Annotated

from fastapi import APIRouter, Path

from kith.accounts.principal import Scope
from kith.previewing.service import get_preview
from kith.surfaces.access import needs
from kith.surfaces.native import wire_packs as wire
from kith.surfaces.native.packs import choose_pack, list_packs, preview, preview_pack
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import Kith, Reading, Who, Writing

PackId = Annotated[str, Path(max_length=64)]

_MISSING = {"model": ProblemOut, "description": "The pack is not installed"}
_PINNED = {"model": ProblemOut, "description": "The settings say which pack is used"}
_AWAY = {"model": ProblemOut, "description": "The pack, or the engine elsewhere, cannot be used"}

router = APIRouter(prefix="/packs", tags=["packs"], responses={403: {"model": ProblemOut}})


@router.get("", dependencies=[needs(Scope.READ)], summary="List packs")
async def show_packs(kith: Kith, who: Who) -> wire.PacksOut:
    return await list_packs(kith, who)


@router.post(
    "/{pack_id}/use", dependencies=[needs(Scope.ADMIN)], summary="Use a pack from now on",
    responses={404: _MISSING, 409: _PINNED, 503: _AWAY},
)  # fmt: skip
async def use_pack(pack_id: PackId, kith: Kith, who: Who) -> wire.UsedOut:
    """For all tenants, so only an admin of `default` may. Names and decisions stay."""
    return await choose_pack(kith, who, pack_id)


@router.get(
    "/preview", dependencies=[needs(Scope.READ)], summary="What came of the last preview",
    responses={404: {"model": ProblemOut, "description": "There was none"}},
)  # fmt: skip
async def show_pack_preview(session: Reading, who: Who) -> wire.PreviewOut:
    return preview(await get_preview(session, who))


@router.post(
    "/{pack_id}/preview", dependencies=[needs(Scope.MANAGE)], status_code=202,
    summary="See what a pack would make of the people there are", responses={404: _MISSING},
)  # fmt: skip
async def start_pack_preview(pack_id: PackId, kith: Kith, session: Writing, who: Who) -> wire.PreviewOut:
    """Up to 300 faces are looked at in the background; nothing of the library changes."""
    return await preview_pack(kith, session, who, pack_id)
