"""Handing in files, piece by piece."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request
from starlette.requests import ClientDisconnect

from kith.accounts.principal import Scope
from kith.photos.errors import UploadPieceTooLarge
from kith.photos.uploading import MAX_PIECE_BYTES
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_uploads as mapping
from kith.surfaces.native import wire_uploads as wire
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import MAX_ID, Kith, Who

UploadId = Annotated[int, Path(ge=1, le=MAX_ID)]
Offset = Annotated[
    int, Header(alias="Upload-Offset", ge=0, lt=2**63, description="How many bytes have arrived before.")
]

_INDEX = [needs(Scope.INDEX)]
_BAD = {"model": ProblemOut, "description": "The picture cannot be used"}
_MISSING = {"model": ProblemOut, "description": "There is no such upload, or gallery"}
_ELSEWHERE = {"model": ProblemOut, "description": "The upload has come to another byte; `offset` says which"}
_TOO_LARGE = {"model": ProblemOut, "description": "It is too large, or there is no room for it"}
_RAW = {"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}}

router = APIRouter(tags=["uploads"], responses={403: {"model": ProblemOut}})


async def _piece(request: Request) -> bytes:
    """What a request brings; of one that breaks off, what has come of it."""
    pieces, size = list[bytes](), 0
    try:
        async for data in request.stream():
            size += len(data)
            if size > MAX_PIECE_BYTES:
                raise UploadPieceTooLarge(
                    f"a piece has at most {MAX_PIECE_BYTES:,} bytes", max_bytes=MAX_PIECE_BYTES
                )
            pieces.append(data)
    except ClientDisconnect:
        pass
    return b"".join(pieces)


@router.post(
    "/uploads", dependencies=_INDEX, status_code=201, summary="Begin an upload",
    responses={404: _MISSING, 413: _TOO_LARGE},
)  # fmt: skip
async def begin_upload(body: wire.UploadIn, kith: Kith, who: Who) -> wire.UploadOut | wire.UploadedOut:
    """A picture that is there already, by its `sha256`, is a duplicate at once."""
    return mapping.upload(await mapping.uploads(kith, who).begin(mapping.new_upload(body)))


@router.get("/uploads/{upload_id}", dependencies=_INDEX, summary="How far it is", responses={404: _MISSING})
async def show_upload(upload_id: UploadId, kith: Kith, who: Who) -> wire.UploadOut | wire.UploadedOut:
    return mapping.upload(await mapping.uploads(kith, who).progress(upload_id))


@router.patch(
    "/uploads/{upload_id}", dependencies=_INDEX, summary="Add a piece", openapi_extra=_RAW,
    responses={400: _BAD, 404: _MISSING, 409: _ELSEWHERE, 413: _TOO_LARGE},
)  # fmt: skip
async def add_to_upload(
    upload_id: UploadId, kith: Kith, who: Who, piece: Annotated[bytes, Depends(_piece)], offset: Offset = 0
) -> wire.UploadOut | wire.UploadedOut:
    """At most 8 MiB, as they are. With the last byte the upload is over: the file is a photo, or refused."""
    return mapping.upload(await mapping.uploads(kith, who).append(upload_id, offset, piece))


@router.delete(
    "/uploads/{upload_id}", dependencies=_INDEX, status_code=204, summary="Cancel it",
    responses={404: _MISSING},
)  # fmt: skip
async def cancel_upload(upload_id: UploadId, kith: Kith, who: Who) -> None:
    await mapping.uploads(kith, who).cancel(upload_id)
