"""Galleries, whom they credit, and their images."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from kith.galleries.crediting import Credits, get_credit
from kith.galleries.crediting import list_credits as list_all
from kith.galleries.images import Images, find_by_path
from kith.galleries.images import list_images as list_of
from kith.galleries.showing import Showing, get_shown, list_shown
from kith.galleries.tables import CreditKind
from kith.surfaces.galleries import mapping, wire
from kith.surfaces.galleries.fields import DoneOut, MessageDoneOut
from kith.surfaces.galleries.routing import COMMON, MISSING, READS, WRITES
from kith.surfaces.requests import Kith, Reading, Who, Writing
from kith.tagging.changing import remove_gallery, remove_image
from kith.tagging.pictures import Pictures

CREDITS = {
    "photographers": CreditKind.PHOTOGRAPHER,
    "locations": CreditKind.LOCATION,
    "organizers": CreditKind.ORGANIZER,
}
_KEPT_HEADERS = {
    "cache-control": "private, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
}

router = APIRouter(tags=["galleries"], responses=COMMON)


@router.get("/api/crud/galleries", dependencies=READS, summary="All galleries")
async def list_galleries(
    session: Reading, who: Who,
    sort_by: Annotated[Literal["created_at", "shoot_date"], Query()] = "created_at",
    include_stats: Annotated[bool, Query(description="Images are counted in any case.")] = False,  # noqa: FBT002  # a query parameter
) -> list[wire.GalleryOut]:  # fmt: skip
    """The newest first, or those that were shot last."""
    del include_stats
    return [
        mapping.gallery(it) for it in await list_shown(session, who, by_shoot_date=sort_by == "shoot_date")
    ]


@router.post("/api/crud/galleries", dependencies=WRITES, summary="Add a gallery", responses=MISSING)
async def add_gallery(body: wire.GalleryIn, kith: Kith, session: Writing, who: Who) -> wire.GalleryOut:
    made = await Showing(session, who, kith.clock).create(body.title, mapping.given(body))
    return mapping.gallery(await get_shown(session, who, made.uuid))


@router.get("/api/crud/galleries/{gallery}", dependencies=READS, summary="A gallery", responses=MISSING)
async def read_gallery(gallery: UUID, session: Reading, who: Who) -> wire.GalleryOut:
    return mapping.gallery(await get_shown(session, who, gallery))


@router.put(
    "/api/crud/galleries/{gallery}", dependencies=WRITES, summary="Change a gallery", responses=MISSING
)
async def change_gallery(
    gallery: UUID, body: wire.GalleryChangeIn, kith: Kith, session: Writing, who: Who
) -> wire.GalleryOut:
    """What is left out stays as it is."""
    await Showing(session, who, kith.clock).update(gallery, body.title, mapping.given(body))
    return mapping.gallery(await get_shown(session, who, gallery))


@router.delete(
    "/api/crud/galleries/{gallery}", dependencies=WRITES, summary="Delete a gallery", responses=MISSING
)
async def delete_gallery(gallery: UUID, kith: Kith, session: Writing, who: Who) -> MessageDoneOut:
    """For good, with its images, their pictures and faces. The people stay."""
    count = await remove_gallery(session, kith.blobs, who, gallery)
    return MessageDoneOut(message=f"the gallery was deleted with {count} faces")


# ── images ───────────────────────────────────────────────────────────────────────────────────────


@router.get(
    "/api/galleries/{gallery}/images", dependencies=READS, summary="Images of a gallery", responses=MISSING
)
async def list_images(gallery: UUID, session: Reading, who: Who) -> wire.ImagesOut:
    return mapping.images(gallery, await list_of(session, who, gallery))


@router.post("/api/galleries/add-images", dependencies=WRITES, summary="Add images", responses=MISSING)
async def add_images(body: wire.ImagesIn, kith: Kith, session: Writing, who: Who) -> wire.ImagesAddedOut:
    """Behind those there are. A picture is fetched when its faces are first saved."""
    added = await Images(session, who, kith.clock).add(body.gallery_id, mapping.new_images(body))
    return mapping.images_added(added)


@router.delete(
    "/api/galleries/delete-image", dependencies=WRITES, summary="Delete an image", responses=MISSING
)
async def delete_image(body: wire.ImageGoneIn, kith: Kith, session: Writing, who: Who) -> wire.ImageGoneOut:
    """For good, with its picture and faces, unless another image has the same picture."""
    verified = await remove_image(session, kith.blobs, who, body.image_id, body.gallery_id)
    return wire.ImageGoneOut(had_verified_faces=verified)


@router.put(
    "/api/galleries/images/{image}/order", dependencies=WRITES, summary="Move an image", responses=MISSING
)
async def order_image(image: UUID, body: wire.OrderIn, kith: Kith, session: Writing, who: Who) -> DoneOut:
    await Images(session, who, kith.clock).order(image, body.display_order)
    return DoneOut()


@router.get(
    "/api/s3-proxy/{path:path}", dependencies=READS, summary="The picture of an image",
    response_class=Response,
    responses={200: {"content": {"image/*": {}}}, **MISSING},
)  # fmt: skip
async def read_picture(
    path: Annotated[str, Path(max_length=2048)], request: Request, kith: Kith, who: Who
) -> Response:
    """`path` is the path in the address of an image that was added; nothing else is fetched."""
    written = request.scope.get("raw_path", b"").decode("latin-1").partition("/s3-proxy/")[2]
    async with kith.db.read() as session:
        image = await find_by_path(session, who, path, written)
    data, media_type = await Pictures(kith.tagging, who).bytes_of(image)
    return Response(data, media_type=media_type, headers=_KEPT_HEADERS)


# ── photographers, locations, organizers ─────────────────────────────────────────────────────────


def _add_credits(plural: str, kind: CreditKind) -> None:
    at, below = f"/api/crud/{plural}", f"/api/crud/{plural}/{{credit}}"

    @router.get(at, dependencies=READS, summary=f"All {plural}")
    async def list_credits(
        session: Reading, who: Who, *, include_stats: bool = False
    ) -> list[wire.CreditOut]:
        return mapping.credits_of(await list_all(session, who, kind), counted=include_stats)

    @router.post(at, dependencies=WRITES, summary=f"Add one of the {plural}")
    async def add_credit(body: wire.CreditIn, kith: Kith, session: Writing, who: Who) -> wire.CreditOut:
        return mapping.credit(await Credits(session, who, kith.clock, kind).create(body.name))

    @router.get(below, dependencies=READS, summary=f"One of the {plural}", responses=MISSING)
    async def read_credit(credit: UUID, session: Reading, who: Who) -> wire.CreditOut:
        return mapping.credit(await get_credit(session, who, kind, credit))

    @router.put(below, dependencies=WRITES, summary=f"Rename one of the {plural}", responses=MISSING)
    async def rename_credit(
        credit: UUID, body: wire.CreditIn, kith: Kith, session: Writing, who: Who
    ) -> wire.CreditOut:
        return mapping.credit(await Credits(session, who, kith.clock, kind).rename(credit, body.name))

    @router.delete(below, dependencies=WRITES, summary=f"Delete one of the {plural}", responses=MISSING)
    async def delete_credit(credit: UUID, kith: Kith, session: Writing, who: Who) -> MessageDoneOut:
        """Galleries that named it name nobody from now on."""
        await Credits(session, who, kith.clock, kind).delete(credit)
        return MessageDoneOut(message="deleted")

    # They are reached through the router only.
    del list_credits, add_credit, read_credit, rename_credit, delete_credit


for _plural, _kind in CREDITS.items():
    _add_credits(_plural, _kind)
