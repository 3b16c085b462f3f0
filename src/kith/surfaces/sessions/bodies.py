"""What requests of this surface carry, whichever of the contract's forms they have."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, File, Form, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Upload

from kith.enrolment.service import Wanted
from kith.surfaces.requests import Kith
from kith.surfaces.sessions import wire
from kith.surfaces.sessions.errors import BatchTooLarge, PictureMissing
from kith.surfaces.uploads import picture_name

_FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
_FIELDS = ("photo_id", "session_id", "s3_key")

# The body of /index in OpenAPI: the same fields either way, and a file in a form.
INDEX_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": (schema := wire.IndexIn.model_json_schema())},
            "multipart/form-data": {
                "schema": {
                    **schema,
                    "properties": {**schema["properties"], "file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


@dataclass(frozen=True, slots=True)
class IndexAsked:
    session_id: str
    photo: Wanted


@dataclass(frozen=True, slots=True)
class SelfieAsked:
    """A search; what was not said of threshold and limit is None."""

    file: UploadFile
    session_id: str
    threshold: float | None
    limit: int | None


async def _index_asked(request: Request) -> IndexAsked:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        return _indexed(_parsed(await request.body()), None, "")
    async with request.form() as form:
        file = form.get("file")
        data = await file.read() if isinstance(file, Upload) else None
        name = file.filename or "" if isinstance(file, Upload) else ""
        return _indexed(_parsed(form), data, name)


def _parsed(body: bytes | FormData) -> wire.IndexIn:
    try:
        if isinstance(body, bytes):
            return wire.IndexIn.model_validate_json(body)
        return wire.IndexIn.model_validate({name: body[name] for name in _FIELDS if name in body})
    except ValidationError as error:
        faults = [{**it, "loc": ("body", *it["loc"])} for it in error.errors(include_input=False)]
        raise RequestValidationError(faults) from error


def _indexed(asked: wire.IndexIn, data: bytes | None, name: str) -> IndexAsked:
    if data is not None:
        return IndexAsked(asked.session_id, Wanted(asked.photo_id, picture_name(asked.s3_key or name), data))
    if asked.s3_key is None:
        raise PictureMissing
    return IndexAsked(asked.session_id, Wanted(asked.photo_id, asked.s3_key))


async def _batch_asked(body: wire.BatchIn, kith: Kith) -> wire.BatchIn:
    most = kith.settings.surfaces.sessions.batch
    if len(body.photos) > most:
        raise BatchTooLarge(f"one call takes at most {most:,} photos", limit=most)
    return body


async def _selfie_asked(
    file: Annotated[UploadFile, File(description="A picture of a face; the largest one counts.")],
    session_id: Annotated[wire.ClientId | None, Form()] = None,
    session_id_camel: Annotated[wire.ClientId | None, Form(alias="sessionId")] = None,
    threshold: Annotated[wire.Threshold | None, Form()] = None,
    limit: Annotated[wire.Limit | None, Form()] = None,
) -> SelfieAsked:
    session = session_id or session_id_camel
    if session is None:
        fault = {"loc": ("body", "session_id"), "msg": "Field required", "type": "missing"}
        raise RequestValidationError([fault])
    return SelfieAsked(file, session, threshold, limit)


IndexBody = Annotated[IndexAsked, Depends(_index_asked)]
BatchBody = Annotated[wire.BatchIn, Depends(_batch_asked)]
SelfieBody = Annotated[SelfieAsked, Depends(_selfie_asked)]
