"""The endpoints of links to galleries, for who owns them."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Path, Request, Response

from kith.accounts.principal import Scope
from kith.faces.service import take_turn
from kith.runtime import Runtime
from kith.sharing.shares import Shares, get_share, hash_password, list_shares, path_of, read_share_statistics
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_shares as mapping
from kith.surfaces.native import wire_shares as wire
from kith.surfaces.native.paging import Paged
from kith.surfaces.native.routes_galleries import GalleryId
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Reading, Who, Writing

ShareId = Annotated[int, Path(ge=1, le=MAX_ID)]

_READ, _MANAGE = [needs(Scope.READ)], [needs(Scope.MANAGE)]
_MISSING = {"model": ProblemOut, "description": "There is no such gallery or link"}
_BAD = {"model": ProblemOut, "description": "The input cannot be used"}

router = APIRouter(tags=["shares"], responses={403: {"model": ProblemOut}, 404: _MISSING})


@router.get("/galleries/{gallery_id}/shares", dependencies=_MANAGE, summary="List the links to a gallery")
async def list_gallery_shares(
    gallery_id: GalleryId, kith: Kith, session: Reading, who: Who, asked: Paged
) -> wire.SharesOut:
    """The newest first. Who knows a link may use it, so this needs the scope `manage`."""
    found = await list_shares(session, who, gallery_id, asked.after_id(), asked.and_one_more)
    shown, cursor = asked.cut(found, lambda it: (it.id,))
    return wire.SharesOut(items=[mapping.share(kith.sealer, it) for it in shown], next_cursor=cursor)


@router.post(
    "/galleries/{gallery_id}/shares", dependencies=_MANAGE, status_code=201, summary="Make a link",
    responses={400: _BAD, 409: _BAD},
)  # fmt: skip
async def create_share(gallery_id: GalleryId, body: wire.ShareIn, kith: Kith, who: Who) -> wire.ShareOut:
    hashed = await _hashed(kith, body.password)
    async with kith.db.write() as session:
        shares = Shares(session, who, kith.clock, kith.sealer)
        return mapping.share(kith.sealer, await shares.create(gallery_id, mapping.new_share(body), hashed))


@router.patch(
    "/shares/{share_id}", dependencies=_MANAGE, summary="Change what a link allows", responses={400: _BAD}
)
async def change_share(share_id: ShareId, body: wire.SharePatch, kith: Kith, who: Who) -> wire.ShareOut:
    said = {name: getattr(body, name) for name in body.model_fields_set}
    if "password" in said:
        said["password_hash"] = await _hashed(kith, said.pop("password"))
    async with kith.db.write() as session:
        shares = Shares(session, who, kith.clock, kith.sealer)
        return mapping.share(kith.sealer, await shares.change(share_id, said))


@router.delete("/shares/{share_id}", dependencies=_MANAGE, summary="Revoke a link")
async def revoke_share(share_id: ShareId, kith: Kith, session: Writing, who: Who) -> wire.ShareOut:
    """At once, also for guests who are inside; what was found for them is forgotten. Its numbers stay."""
    await take_turn(session, who.tenant_id)
    shares = Shares(session, who, kith.clock, kith.sealer)
    return mapping.share(kith.sealer, await shares.revoke(share_id))


@router.get(
    "/shares/{share_id}/qr.svg", dependencies=_MANAGE, summary="A link as a QR code", response_class=Response
)
async def share_qr(request: Request, share_id: ShareId, kith: Kith, session: Reading, who: Who) -> Response:
    path = path_of(kith.sealer, await get_share(session, who, share_id)) or ""
    drawn = io.BytesIO()
    origin = f"{request.url.scheme}://{request.url.netloc}"
    segno.make(origin + path, error="m", micro=False).save(drawn, kind="svg", scale=8, border=4, light="#fff")
    headers = {"cache-control": "private, no-store", "content-security-policy": "default-src 'none'"}
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=headers)


@router.get("/shares/{share_id}/statistics", dependencies=_READ, summary="What guests did by a link")
async def share_statistics(share_id: ShareId, session: Reading, who: Who) -> wire.ShareStatisticsOut:
    """Numbers only: visits, consents, searches, photos found, photos taken away."""
    return mapping.statistics(share_id, await read_share_statistics(session, who, share_id))


async def _hashed(kith: Runtime, password: str | None) -> str | None:
    return await kith.compute.run(hash_password, password) if password is not None else None
