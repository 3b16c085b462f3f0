"""This surface's two forms of errors, with the codes its contract has for them.

InvalidInput ── TenantMissing, TenantNameInvalid, TopInvalid
"""

from collections.abc import Mapping

from fastapi import Request, Response
from fastapi.responses import JSONResponse

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

STATUSES: Mapping[str, int] = {**STATUS, "batch_too_long": 400, "batch_ended": 400}


def error_response(request: Request, problem: Problem) -> Response:
    code = _CODES.get(problem.code, problem.code)
    headers = dict(problem.headers)
    if "retry_after" in problem.extra:
        headers["retry-after"] = str(problem.extra["retry_after"])
    if is_pipeline(request.url.path):
        return JSONResponse({"detail": _detail(problem, code)}, problem.status, headers=headers)
    faults = [{"field": fault.pointer, "message": fault.message} for fault in problem.faults]
    body = {
        "code": code, "message": problem.detail, "request_id": request_id(request),
        "details": {**problem.extra, **({"errors": faults} if faults else {})},
    }  # fmt: skip
    return JSONResponse(body, problem.status, headers=headers)


def _detail(problem: Problem, code: str) -> object:
    """A list of faults for a request of the wrong form, else an object that says what is wrong."""
    if problem.faults:
        return [
            {"loc": list(fault.location), "msg": fault.message, "type": fault.kind}
            for fault in problem.faults
        ]
    return {**problem.extra, "error": code, "message": problem.detail}
