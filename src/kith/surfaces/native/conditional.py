"""Answers that a client may have already: entity tags, and the conditions of RFC 9110."""

import hashlib

from fastapi import Request, Response
from pydantic import BaseModel

# A client keeps it, and asks whether it still holds.
_ASK_AGAIN = "private, no-cache"


def tag_of(body: BaseModel) -> str:
    """The entity tag of an answer: another answer has another."""
    return _tag(body.model_dump_json().encode())


def answer(request: Request, body: BaseModel) -> Response:
    """An answer with its entity tag; 304 without a body for who has just that."""
    content = body.model_dump_json().encode()
    headers = {"etag": _tag(content), "cache-control": _ASK_AGAIN}
    if has(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def has(request: Request, tag: str) -> bool:
    """Whether the client says it has what bears this tag."""
    return _names(request.headers.get("if-none-match"), tag)


def still(request: Request, tag: str) -> bool:
    """Whether what bears this tag is what the client wants to change, if it says."""
    asked = request.headers.get("if-match")
    return asked is None or _names(asked, tag)


def _names(tags: str | None, tag: str) -> bool:
    named = [it.strip().removeprefix("W/") for it in (tags or "").split(",")]
    return tag in named or "*" in named


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
