"""This surface's form of errors: what its clients read, `message` or `detail`, and `code`."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from kith.surfaces.problems import Problem


def error_response(_request: Request, problem: Problem) -> Response:
    faults = [{"field": fault.pointer, "message": fault.message} for fault in problem.faults]
    return JSONResponse(
        {
            "success": False, "error": problem.code, "code": problem.code, "message": problem.detail,
            "detail": problem.detail, **({"errors": faults} if faults else {}),
        },
        problem.status,
        headers=dict(problem.headers),
    )  # fmt: skip
