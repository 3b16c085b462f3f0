"""Errors as answers: the one table from kinds to statuses, and problem+json (RFC 9457).

Surfaces with a format of their own take the table and the handlers of `install` with their own rendering.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from kith.errors import AppError

STATUS: Mapping[str, int] = {
    "invalid_input": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "limit_exceeded": 413,
    "rate_exceeded": 429,
    "busy": 503,
    "unavailable": 503,
}

_HEADERS: Mapping[str, Mapping[str, str]] = {
    "busy": {"retry-after": "1"},
    "unauthenticated": {"www-authenticate": 'ApiKey realm="kith"'},
}

# Codes of their own: the phrases of statuses change from one Python to the next.
_REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "The request cannot be read"),
    404: ("not_found", "There is no such address"),
    405: ("method_not_allowed", "The address does not take this method"),
    413: ("body_too_large", "The request is too large"),
}

# A body of a million wrong numbers must not be answered with a million complaints.
_FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: where (`body`, `persons`, 3, …), what, and pydantic's word for it."""

    location: tuple[str | int, ...]
    message: str
    kind: str

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer (RFC 6901)."""
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in self.location)
        return "".join(f"/{step}" for step in steps)


@dataclass(frozen=True, slots=True)
class Problem:
    """Whatever went wrong, ready to be put into a surface's own words."""

    status: int
    code: str
    title: str
    detail: str
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Render = Callable[[Request, Problem], Response]

# An error nobody expected: nothing of it goes out.
UNKNOWN = Problem(
    500, "internal_error", "Something went wrong inside Kith",
    "Kith failed at this request. The log says more under the request's id.",
)  # fmt: skip


def problem_of(error: Exception, statuses: Mapping[str, int] = STATUS) -> Problem:
    """What to tell of any error; `statuses` may name single codes beside the kinds, and those win."""
    match error:
        case AppError():
            return _known(error, statuses)
        case RequestValidationError():
            return _bad_request(error)
        case HTTPException():
            return _refused(error)
        case _:
            return UNKNOWN


def problem_response(request: Request, problem: Problem) -> Response:
    """RFC 9457, with a stable `code` and the request's id; `errors` where the request had faults."""
    body: dict[str, object] = {
        **problem.extra,
        "type": f"urn:kith:error:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.url.path,
        "code": problem.code,
        "request_id": request_id(request),
    }
    if problem.faults:
        body["errors"] = [{"pointer": fault.pointer, "message": fault.message} for fault in problem.faults]
    return Response(
        json.dumps(body, default=str),
        status_code=problem.status,
        headers=dict(problem.headers),
        media_type="application/problem+json",
    )


def request_id(request: Request) -> str:
    """The id this request is logged under."""
    return str(request.scope.get("kith.request_id", ""))


def install(app: FastAPI, render: Render = problem_response, statuses: Mapping[str, int] = STATUS) -> None:
    """Answer every error of an application in one form.

    Mounted applications inherit no handlers, so each needs its own, for `Exception` and for the
    framework's `HTTPException` too.
    """

    async def answer(request: Request, error: Exception) -> Response:
        return render(request, problem_of(error, statuses))

    for kind in (AppError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer)


def _known(error: AppError, statuses: Mapping[str, int]) -> Problem:
    status = statuses.get(error.code, statuses[error.kind])
    headers = dict(_HEADERS.get(error.kind, {}))
    if "retry_after" in error.extra:
        headers["retry-after"] = str(error.extra["retry_after"])
        headers |= {"ratelimit-limit": str(error.extra.get("limit", "")), "ratelimit-remaining": "0"}
    return Problem(status, error.code, error.title, _text(error.detail), error.extra, headers=headers)


def _refused(error: HTTPException) -> Problem:
    """What the framework refuses by itself: an unknown path, a wrong method, a body that is no form."""
    code, title = _REFUSALS.get(error.status_code, (f"http_{error.status_code}", str(error.detail)))
    return Problem(error.status_code, code, title, str(error.detail), headers=error.headers or {})


def _bad_request(error: RequestValidationError) -> Problem:
    """A request that does not have the form the route asks for. What was sent is not repeated."""
    faults = [
        Fault(
            location=tuple(step if isinstance(step, int) else _text(step) for step in each["loc"]),
            message=_text(each["msg"]),
            kind=each["type"],
        )
        for each in error.errors()[:_FAULTS_SHOWN]
    ]
    detail = "; ".join(f"{fault.pointer}: {fault.message}" for fault in faults)
    return Problem(422, "request_invalid", "The request is not as it should be", detail, faults=faults)


def _text(value: object) -> str:
    """Text that can be sent: what a client made up may hold halves of surrogate pairs."""
    return str(value).encode(errors="replace").decode()
