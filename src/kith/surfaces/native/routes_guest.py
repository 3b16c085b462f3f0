"""What guests ask who come by a link. No key opens any of it, and none is asked for: the link does."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from kith.faces.service import take_turn
from kith.runtime import Runtime
from kith.sharing import guests
from kith.sharing.errors import ConsentMissing, PasswordWrong
from kith.sharing.shares import is_password
from kith.surfaces.access import PUBLIC
from kith.surfaces.limiting import PerAddress
from kith.surfaces.native import guest_pictures as pictures
from kith.surfaces.native import mapping_shares as mapping
from kith.surfaces.native import wire_shares as wire
from kith.surfaces.native.guest_selfies import GuestAsked, find_guest_photos
from kith.surfaces.native.paging import MAX_ITEMS, Paged
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Reading, Writing

COOKIE = "kith_guest"

_ASKING = PerAddress("guest", lambda settings: settings.surfaces.guests.requests_per_minute)
_ENTERING = PerAddress("guest-password", lambda settings: settings.surfaces.guests.passwords_per_minute)
_ASKS, _LOOKS = [PUBLIC, Depends(_ASKING)], [PUBLIC]

Token = Annotated[str, Path(max_length=100)]
PhotoId = Annotated[int, Path(ge=1, le=MAX_ID)]
PhotoIds = Annotated[str | None, Query(pattern=r"^\d{1,9}(,\d{1,9})*$", max_length=10 * MAX_ITEMS)]


async def _asked(token: Token, shown: Annotated[str | None, Cookie(alias=COOKIE)] = None) -> GuestAsked:
    return GuestAsked(token, shown)


Asked = Annotated[GuestAsked, Depends(_asked)]

_GONE = {"model": ProblemOut, "description": "The link's time is over"}
_MISSING = {"model": ProblemOut, "description": "There is no such link or photo"}
_OUTSIDE = {"model": ProblemOut, "description": "Nobody has entered with this browser"}
_OFTEN = {"model": ProblemOut, "description": "Too often; `Retry-After` says when to come back"}
_REFUSED = {"model": ProblemOut, "description": "A wrong password, or no consent"}
_FACELESS = {"model": ProblemOut, "description": "No face, or not the one that was chosen"}

router = APIRouter(
    prefix="/guest/{token}", tags=["guests"],
    responses={401: {"model": ProblemOut}, 404: _MISSING, 410: _GONE, 429: _OFTEN},
)  # fmt: skip


@router.get("", dependencies=_ASKS, summary="What a link leads to")
async def guest_gallery(asked: Asked, kith: Kith, session: Writing) -> wire.GuestGalleryOut:
    opened = await guests.open_share(session, kith.clock, asked.token)
    await guests.count_visit(session, kith.clock, opened)
    return mapping.opened(opened)


@router.post("/enter", dependencies=_ASKS, summary="Consent, and come in", responses={403: _REFUSED})
async def guest_enter(
    request: Request, response: Response, asked: Asked, body: wire.EnterIn, kith: Kith
) -> wire.EnteredOut:
    """Sets a cookie for this link alone."""
    await _check(request, response, kith, asked.token, body)
    async with kith.db.write() as session:
        opened = await guests.open_share(session, kith.clock, asked.token)
        shown = await guests.enter(session, kith.clock, opened)
    response.set_cookie(
        COOKIE, shown, path=_path(request, asked), httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return wire.EnteredOut()


@router.post("/selfie", dependencies=_ASKS, summary="Find one's own photos", responses={400: _FACELESS})
async def guest_selfie(
    asked: Asked, kith: Kith, file: Annotated[UploadFile, File()],
    face_index: Annotated[int | None, Form(ge=0, le=1000)] = None,
) -> wire.SelfieOut:  # fmt: skip
    """The selfie is kept nowhere. What was found replaces what was found before."""
    return await find_guest_photos(kith, asked, file, face_index)


@router.get("/photos", dependencies=_LOOKS, summary="What a guest may see")
async def guest_photos(asked: Asked, kith: Kith, session: Reading, page: Paged) -> wire.GuestPhotosOut:
    """All photos of the gallery; with `only_own` those alone in which the guest was found."""
    opened = await guests.open_share(session, kith.clock, asked.token)
    guest = await guests.find_guest(session, opened, asked.shown)
    found = await guests.list_photos(session, opened, guest, page.after_id() or 0, page.and_one_more)
    shown, cursor = page.cut(found, lambda it: (it.photo.id,))
    return wire.GuestPhotosOut(items=[mapping.photo(it) for it in shown], next_cursor=cursor)


@router.get(
    "/photos/{photo_id}/thumbnail", dependencies=_LOOKS, summary="A photo, small", response_class=Response
)
async def guest_thumbnail(asked: Asked, photo_id: PhotoId, kith: Kith) -> Response:
    return await pictures.thumbnail(kith, await _opened_for(kith, asked, photo_id), photo_id)


@router.get(
    "/photos/{photo_id}/preview", dependencies=_LOOKS, summary="A photo, as large as a screen",
    response_class=Response,
)  # fmt: skip
async def guest_preview(asked: Asked, photo_id: PhotoId, kith: Kith) -> Response:
    return await pictures.preview(kith, await _opened_for(kith, asked, photo_id), photo_id)


@router.get(
    "/photos/{photo_id}/file", dependencies=_LOOKS, summary="A photo to take away",
    response_class=Response, responses={403: _REFUSED},
)  # fmt: skip
async def guest_file(asked: Asked, photo_id: PhotoId, kith: Kith) -> Response:
    async with kith.db.read() as session:
        opened = await guests.open_share(session, kith.clock, asked.token)
        guest = await guests.find_guest(session, opened, asked.shown)
        photo, files = await guests.get_visible(session, opened, guest, photo_id)
    return await pictures.original(kith, opened, photo, files)


@router.get(
    "/download.zip", dependencies=_ASKS, summary="Photos to take away, as one file",
    response_class=StreamingResponse, responses={403: _REFUSED},
)  # fmt: skip
async def guest_zip(asked: Asked, kith: Kith, photo_ids: PhotoIds = None) -> StreamingResponse:
    """Those named, with commas between them; else all the guest may see, at most 5,000."""
    wanted = [int(it) for it in photo_ids.split(",")] if photo_ids is not None else None
    ids = await pictures.ids_to_take(kith, asked.token, asked.shown, wanted)
    headers = {"content-disposition": 'attachment; filename="photos.zip"', "cache-control": "no-store"}
    stream = pictures.zipped(kith, asked.token, asked.shown, ids)
    return StreamingResponse(stream, media_type="application/zip", headers=headers)


@router.post("/forget", dependencies=_ASKS, summary="Forget a guest and what was found for them")
async def guest_forget(
    request: Request, response: Response, asked: Asked, kith: Kith, session: Writing
) -> wire.ForgottenOut:
    opened = await guests.open_share(session, kith.clock, asked.token)
    await take_turn(session, opened.share.tenant_id)
    await guests.forget(session, await guests.find_guest(session, opened, asked.shown))
    response.delete_cookie(COOKIE, path=_path(request, asked))
    return wire.ForgottenOut()


async def _opened_for(kith: Runtime, asked: GuestAsked, photo_id: int) -> guests.Opened:
    """The link, if this guest may see that photo; no session stays open while the picture is made."""
    async with kith.db.read() as session:
        opened = await guests.open_share(session, kith.clock, asked.token)
        guest = await guests.find_guest(session, opened, asked.shown)
        await guests.get_visible(session, opened, guest, photo_id)
    return opened


async def _check(request: Request, response: Response, kith: Runtime, token: str, body: wire.EnterIn) -> None:
    """Raise PasswordWrong, ConsentMissing; passwords may be tried a few times a minute."""
    async with kith.db.read() as session:
        stored = (await guests.open_share(session, kith.clock, token)).share.password_hash
    if stored is not None:
        await _ENTERING(request, response)
        if not await kith.compute.run(is_password, body.password or "", stored):
            raise PasswordWrong("ask whoever gave you the link")
    if not body.consent:
        raise ConsentMissing("say yes to what the gallery tells, or stay outside")


def _path(request: Request, asked: GuestAsked) -> str:
    """Where the cookie is sent: to this link alone."""
    return f"{request.scope.get('root_path', '')}/guest/{asked.token}"
