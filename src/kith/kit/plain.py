"""JSON from outside that both databases can keep."""

import json


def require_storable(value: object, max_bytes: int) -> None:
    """Raise ValueError unless it is plain JSON: Unicode without NUL, finite numbers, within bounds."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError("must be plain JSON: text in Unicode, finite numbers") from error
    if b"\\u0000" in text.replace(rb"\\", b""):
        raise ValueError("must not hold the character NUL")
    if len(text) > max_bytes:
        raise ValueError(f"may have at most {max_bytes:,} bytes")


def without_password(url: str) -> str:
    """An address as it may be shown: no user, no password, no query."""
    scheme, _, rest = url.partition("://")
    place = rest.partition("?")[0]
    host, slash, path = place.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
