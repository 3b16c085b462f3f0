"""What searches of parts B and C carry, whichever of the contract's forms they have."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, File, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Upload

from kith.surfaces.vectors import wire
from kith.surfaces.vectors.errors import FileTypeInvalid, ProbeMissing
from kith.surfaces.vectors.probing import decoded

_FORM = "multipart/form-data"
_FIELDS = ("tenant_id", "top_k", "threshold", "mode")
# What a form means that does not say.
_FORM_DEFAULTS = {"top_k": 10, "threshold": 0.75}

# The body of /search in OpenAPI.
SEARCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": (schema := wire.ProbeIn.model_json_schema())},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["tenant_id", "image"],
                    "properties": {
                        **{name: it for name, it in schema["properties"].items() if name in _FIELDS},
                        "image": {"type": "string", "format": "binary"},
                    },
                }
            },
        },
    }
}


@dataclass(frozen=True, slots=True)
class SearchAsked:
    """A search by the bytes of a picture, or else by a vector."""

    tenant_id: str
    image: bytes | None
    vector: list[float] | None
    top: int
    threshold: float
    mode: str


async def _search_asked(request: Request) -> SearchAsked:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        body = _parsed(await request.body())
        if body.vector is None and body.image_b64 is None:
            raise ProbeMissing("send a vector or image_b64")
        image = decoded(body.image_b64) if body.vector is None and body.image_b64 is not None else None
        return _asked(body, image)
    async with request.form() as form:
        file = form.get("image")
        if not isinstance(file, Upload):
            raise ProbeMissing("the form has no file called image")
        return _asked(_parsed(form), await file.read())


def _parsed(body: bytes | FormData) -> wire.ProbeIn:
    try:
        if isinstance(body, bytes):
            return wire.ProbeIn.model_validate_json(body)
        given = {name: body[name] for name in _FIELDS if name in body}
        return wire.ProbeIn.model_validate({**_FORM_DEFAULTS, **given})
    except ValidationError as error:
        faults = [{**it, "loc": ("body", *it["loc"])} for it in error.errors(include_input=False)]
        raise RequestValidationError(faults) from error


def _asked(body: wire.ProbeIn, image: bytes | None) -> SearchAsked:
    return SearchAsked(body.tenant_id, image, body.vector, body.top_k, body.threshold, body.mode)


async def _file_asked(
    file: Annotated[UploadFile, File(description="A picture in any format Kith reads.")],
    tenant_id: Annotated[wire.TenantName, Query()],
    top_k: Annotated[int, Query(ge=1, le=100)] = 10,
    threshold: Annotated[float, Query(ge=0, le=1)] = 0.1,
) -> SearchAsked:
    kind = (file.content_type or "application/octet-stream").lower()
    if not kind.startswith(("image/", "application/octet-stream")):
        raise FileTypeInvalid("the file is no picture", content_type=kind[:100])
    return SearchAsked(tenant_id, await file.read(), None, top_k, threshold, "standard")


SearchBody = Annotated[SearchAsked, Depends(_search_asked)]
FileBody = Annotated[SearchAsked, Depends(_file_asked)]
