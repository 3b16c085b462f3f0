"""The networks that find and tell faces."""

from typing import Annotated

from fastapi import APIRouter, Path

from kith.accounts.principal import Scope
from kith.surfaces.access import needs
from kith.surfaces.native import wire_packs as wire
from kith.surfaces.native.packs import choose_pack, list_packs
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import Kith, Who

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
