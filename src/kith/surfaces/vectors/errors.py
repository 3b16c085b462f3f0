"""This surface's two forms of errors, with the codes its contract has for them.

InvalidInput
├─ TenantMissing, TenantNameInvalid
└─ TopInvalid, ProbeMissing, NoUsableFaces, ImagesTooFew, FileTypeInvalid
"""

import json
from collections.abc import Mapping

from fastapi import Request, Response

from kith.errors import InvalidInput
from kith.surfaces.problems import STATUS, Problem, request_id
from kith.surfaces.vectors.prefixes import is_pipeline


class TenantMissing(InvalidInput):
    code = "tenant_missing"
    title = "The request does not say which tenant it is about"


class TenantNameInvalid(InvalidInput):
    code = "tenant_name_invalid"
    title = "No tenant can be called that"


class TopInvalid(InvalidInput):
    code = "top_invalid"
    title = "At least one result must be wanted"


class ProbeMissing(InvalidInput):
    code = "probe_missing"
    title = "There is neither a vector nor a picture to search by"


class NoUsableFaces(InvalidInput):
    code = "no_usable_faces"
    title = "No face in the picture can be searched by"


class ImagesTooFew(InvalidInput):
    code = "images_too_few"
    title = "Too few pictures show one good face"


class FileTypeInvalid(InvalidInput):
    code = "file_type_invalid"
    title = "The file is said to be no picture"


# Where the contract has a word of its own; else ours.
_CODES: Mapping[str, str] = {
    "tenant_missing": "missing_tenant_id",
    "tenant_name_invalid": "invalid_tenant_id",
    "slug_invalid": "invalid_tenant_id",
    "top_invalid": "invalid_top_k",
    "photo_not_found": "image_not_found",
    "file_missing": "image_not_found",
    "tenant_suspended": "tenant_access_denied",
    "image_empty": "empty_file",
    "image_unsupported": "invalid_image_format",
    "image_corrupt": "invalid_image_format",
    "body_too_large": "image_too_large",
    "rate_exceeded": "rate_limited",
    "webhook_events_invalid": "invalid_webhook_events",
    "internal_error": "internal_server_error",
    "busy": "service_unavailable",
    "batch_empty": "no_image_urls",
    "batch_too_long": "invalid_batch_size",
    "batch_ended": "batch_cancellation_failed",
    "storage_unavailable": "storage_connection_failed",
    "index_unavailable": "vector_db_connection_failed",
}

STATUSES: Mapping[str, int] = {
    **STATUS, "batch_too_long": 400, "batch_ended": 400, "idempotency_key_reused": 422,
}  # fmt: skip


# Parts B and C have other words for some, and one status for what cannot be used.
_PIPELINE_CODES: Mapping[str, str] = {
    "image_unsupported": "invalid_image",
    "image_corrupt": "invalid_image",
    "probe_missing": "missing_vector_or_image",
    "images_too_few": "not_enough_high_quality_images",
    "embedding_invalid": "invalid_vector",
    "file_type_invalid": "invalid_file_type",
}
_UNUSABLE = (
    "image_empty", "image_unsupported", "image_corrupt", "probe_missing", "images_too_few", "no_usable_faces",
    "embedding_invalid", "file_type_invalid", "external_id_invalid", "faces_missing",
    "ingest_source_missing", "ingest_items_missing", "message_invalid", "notes_invalid",
)  # fmt: skip
_PIPELINE_STATUSES: Mapping[str, int] = {**dict.fromkeys(_UNUSABLE, 422), "source_not_found": 400}


def error_response(request: Request, problem: Problem) -> Response:
    code = _CODES.get(problem.code, problem.code)
    headers = dict(problem.headers)
    if "retry_after" in problem.extra:
        headers["retry-after"] = str(problem.extra["retry_after"])
    if "burst_capacity" in problem.extra:
        headers |= _limits(problem.extra)
    if is_pipeline(request.url.path):
        detail = _detail(problem, _PIPELINE_CODES.get(problem.code, code))
        status = _PIPELINE_STATUSES.get(problem.code, problem.status)
        return _json({"detail": detail}, status, headers)
    faults = [{"field": fault.pointer, "message": fault.message} for fault in problem.faults]
    body = {
        "code": code, "message": problem.detail, "request_id": request_id(request),
        "details": {**problem.extra, **({"errors": faults} if faults else {})},
    }  # fmt: skip
    return _json(body, problem.status, headers)


def _limits(extra: Mapping[str, object]) -> dict[str, str]:
    """What answers say of a tenant's limit, of one that is used up."""
    return {
        "x-ratelimit-limit": str(extra["limit"]),
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(extra["reset_at"]),
    }


def _json(body: object, status: int, headers: Mapping[str, str]) -> Response:
    """In ASCII: what a client made up may hold halves of surrogate pairs."""
    text = json.dumps(body, default=str)
    return Response(text, status, headers=dict(headers), media_type="application/json")


def _detail(problem: Problem, code: str) -> object:
    """A list of faults for a request of the wrong form, else an object that says what is wrong."""
    if problem.faults:
        return [
            {"loc": list(fault.location), "msg": fault.message, "type": fault.kind}
            for fault in problem.faults
        ]
    return {**problem.extra, "error": code, "message": problem.detail}
