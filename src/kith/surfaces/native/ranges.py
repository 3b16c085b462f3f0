"""Parts of bytes, as players and downloads that go on ask for them (RFC 9110, section 14)."""

import re
from collections.abc import Mapping

from fastapi import Request, Response

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def ranged(request: Request, data: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """The part that is asked for; 416 for one that is not there. Several at once are answered with all."""
    headers = {**headers, "accept-ranges": "bytes"}
    asked = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if asked is None or asked[0] == "bytes=-" or not _is_same(request, headers.get("etag")):
        return Response(data, media_type=media_type, headers=headers)
    first, last = _ends(asked[1], asked[2], len(data))
    if first > last:
        headers["content-range"] = f"bytes */{len(data)}"
        return Response(status_code=416, headers=headers)
    headers["content-range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], status_code=206, media_type=media_type, headers=headers)


def _ends(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte; without a first one, so many from the end."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _is_same(request: Request, tag: str | None) -> bool:
    """Whether the client goes on with what it has the beginning of."""
    return request.headers.get("if-range", tag) == tag
