"""This surface's form of errors: `{detail}`, for a request of the wrong shape a list of faults."""

from collections.abc import Mapping

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from kith.surfaces.problems import STATUS, Problem

# Its contract knows one answer for a picture that cannot be used, whatever is wrong with it.
CORE_STATUS: Mapping[str, int] = {**STATUS, "image_too_large": 400}


def detail_response(_request: Request, problem: Problem) -> Response:
    detail: object = problem.detail
    if problem.faults:
        detail = [
            {"loc": list(fault.location), "msg": fault.message, "type": fault.kind}
            for fault in problem.faults
        ]
    return JSONResponse({"detail": detail}, problem.status, headers=dict(problem.headers))
