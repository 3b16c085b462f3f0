"""What stands in the stream: a picture, where it is, and what is said of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from kith.errors import AppError
from kith.idempotency.tables import MAX_KEY_LENGTH
from kith.ingest.errors import IngestSourceMissing, MessageInvalid
from kith.ingest.naming import identity_of
from kith.kit.plain import require_storable
from kith.photos.noting import MAX_NOTES_BYTES, Notes

UNKNOWN = "unknown"
LAST_SECOND = 253_402_300_799  # of the year 9999
NO_PHASH = "0" * 16

_OWN = "backend-api"
_TEXTS = ("tenant_id", "url", "site", "image_sha256", "image_phash")


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture that somebody wants indexed: an object in a bucket, or what is at an address.

    `ts` is when it was seen, in seconds since 1970.
    """

    ts: int
    bucket: str | None = None
    key: str | None = None
    url: str | None = None
    site: str | None = None
    meta: Mapping[str, object] = field(default_factory=dict[str, object])
    idempotency_key: str | None = None

    def check(self) -> None:
        """Raise IngestSourceMissing, NotesInvalid, ExternalIdInvalid or MessageInvalid."""
        if not (self.bucket and self.key) and not self.url:
            raise IngestSourceMissing
        Notes(self.url or "", self.site or "", None, self.meta).check()
        identity_of(self.meta)
        if not 0 <= self.ts <= LAST_SECOND:
            raise MessageInvalid("a time is given in seconds since 1970")
        name = self.idempotency_key
        if name is not None and not 1 <= len(name) <= MAX_KEY_LENGTH:
            raise MessageInvalid(f"an idempotency key has 1 to {MAX_KEY_LENGTH} characters")
        try:
            require_storable([self.bucket, self.key, name], MAX_NOTES_BYTES)
        except ValueError as error:
            raise MessageInvalid(f"bucket, key and idempotency key {error}") from error


@dataclass(frozen=True, slots=True)
class Message:
    """As it goes over the wire, field by field; `bucket` and `key` are None for what is at an address."""

    tenant_id: str
    bucket: str | None
    key: str | None
    url: str
    site: str
    image_sha256: str
    image_phash: str
    ts: int
    meta: dict[str, object]
    source: str
    idempotency_key: str
    face_hints: object = None

    @property
    def said(self) -> Notes:
        """What is to be noted of the photo."""
        site = "" if self.site == UNKNOWN else self.site
        return Notes(self.url, site, datetime.fromtimestamp(self.ts, UTC), self.meta)

    def data(self) -> dict[str, object]:
        return asdict(self)

    def text(self) -> str:
        return json.dumps(self.data(), separators=(",", ":"), ensure_ascii=False)

    def is_same_as(self, other: Mapping[str, object]) -> bool:
        """Whether another asks for the same, whenever it was asked."""
        mine = self.data()
        return all(mine[name] == other.get(name) for name in ("bucket", "key", "url", "site", "meta"))


def message_of(asked: Asked, tenant: str, sha256: str, phash: str, idempotency_key: str) -> Message:
    url = asked.url or f"s3://{asked.bucket}/{asked.key}"
    is_object = bool(asked.bucket and asked.key)
    return Message(
        tenant, asked.bucket if is_object else None, asked.key if is_object else None, url,
        asked.site or UNKNOWN, sha256, phash, asked.ts, dict(asked.meta), _OWN, idempotency_key,
    )  # fmt: skip


def parse(text: str | bytes, fallback_key: str) -> Message:
    """A message that anybody may have put there; raises MessageInvalid.

    Without a key of its own it goes by `fallback_key`.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageInvalid("it is not JSON") from error
    if not isinstance(found, dict):
        raise MessageInvalid("it is not an object")
    return from_data(cast("dict[str, object]", found), fallback_key)


def from_data(it: Mapping[str, object], fallback_key: str = "") -> Message:
    """As above, of what was read already."""
    texts = [it.get(name) or "" for name in _TEXTS]
    places = [it.get(name) or None for name in ("bucket", "key", "idempotency_key")]
    ts, meta = it.get("ts") or 0, it.get("meta") or {}
    if (
        not all(isinstance(value, str) for value in texts)
        or not all(value is None or isinstance(value, str) for value in places)
        or not isinstance(ts, int | float)
        or not isinstance(meta, dict)
    ):
        raise MessageInvalid("a field is of the wrong type")
    tenant, url, site, sha256, phash = cast("list[str]", texts)
    bucket, key, name = cast("list[str | None]", places)
    try:
        seconds = int(ts)
        asked = Asked(seconds, bucket, key, url or None, site, cast("dict[str, object]", meta), name)
        asked.check()
        require_storable([tenant, sha256, phash, it.get("source"), it.get("face_hints")], MAX_NOTES_BYTES)
    except AppError as error:
        raise MessageInvalid(error.detail) from error
    except (ValueError, OverflowError) as error:
        raise MessageInvalid("a field holds what cannot be kept") from error
    made = message_of(asked, tenant, sha256, phash, name or fallback_key)
    return replace(made, source=str(it.get("source") or _OWN)[:200], face_hints=it.get("face_hints"))
