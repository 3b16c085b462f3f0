"""This surface's form of errors: `{detail, error: {code, message, details}}`, codes as its contract has them.

InvalidInput ── PictureMissing
LimitExceeded ── BatchTooLarge
"""

from collections.abc import Mapping

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from kith.errors import InvalidInput, LimitExceeded
from kith.surfaces.problems import Problem


class PictureMissing(InvalidInput):
    code = "picture_missing"
    title = "There is neither a file nor an s3_key"


class BatchTooLarge(LimitExceeded):
    code = "batch_too_large"
    title = "These are too many photos for one call"


# Where the contract has a word or a status of its own; else the code in capitals, and the kind's status.
_CODES: Mapping[str, str] = {
    "api_key_missing": "INVALID_API_KEY",
    "gallery_not_indexed": "SESSION_NOT_INDEXED",
    "rate_exceeded": "RATE_LIMIT_EXCEEDED",
    "request_invalid": "VALIDATION_ERROR",
    "body_too_large": "IMAGE_TOO_LARGE",
}
_STATUSES: Mapping[str, int] = {"rate_exceeded": 429, "request_invalid": 400}


def error_response(_request: Request, problem: Problem) -> Response:
    faults = [{"field": fault.pointer, "message": fault.message} for fault in problem.faults]
    details = {**problem.extra, **({"errors": faults} if faults else {})}
    headers = dict(problem.headers)
    if "retry_after" in problem.extra:
        headers["retry-after"] = str(problem.extra["retry_after"])
    code = _CODES.get(problem.code, problem.code.upper())
    return JSONResponse(
        {"detail": problem.detail, "error": {"code": code, "message": problem.detail, "details": details}},
        _STATUSES.get(problem.code, problem.status),
        headers=headers,
    )
