"""Addresses of pictures: content-addressed, under the tenant's name, signed for ten minutes."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from kith.accounts.signing import Signer

Bucket = Literal["thumbnails", "raw-images"]
THUMBNAILS: Bucket = "thumbnails"
RAW: Bucket = "raw-images"

_KEY = re.compile(r"(?P<tenant>[^/]+)/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64})(_thumb)?\.jpg")


@dataclass(frozen=True, slots=True)
class Place:
    """What a key names."""

    tenant: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the addresses of one tenant's pictures; `root` is where the surface that shows them is mounted.

    The key of `signer` must have been loaded.
    """

    signer: Signer
    tenant: str
    root: str = ""

    def thumbnail(self, sha256: str) -> str:
        return self._signed(THUMBNAILS, f"{self.tenant}/{sha256[:2]}/{sha256}_thumb.jpg")

    def original(self, sha256: str) -> str:
        return self._signed(RAW, f"{self.tenant}/{sha256[:2]}/{sha256}.jpg")

    def _signed(self, bucket: Bucket, key: str) -> str:
        it = self.signer.sign(signed_text(bucket, key))
        query = urlencode({"expires": it.expires, "signature": it.text})
        return f"{self.root}/api/images/{bucket}/{key}?{query}"


def signed_text(bucket: str, key: str) -> str:
    return f"{bucket}/{key}"


def parsed(key: str) -> Place | None:
    """None for what no link of ours looks like."""
    found = _KEY.fullmatch(key)
    return Place(found["tenant"], found["sha256"]) if found is not None else None
