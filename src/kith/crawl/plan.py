"""What is to be crawled, and how far."""

import json
from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import urlsplit

from kith.crawl.errors import SiteInvalid

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif")


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """`allow` are the domains, with all below them, that are asked for anything; `site` is one of them.

    At most `pages` pages, `depth` links away, and `pictures` pictures of `file_bytes` bytes are fetched, a
    request every `delay_seconds`, more slowly where the site is slow. `folder` takes the pictures.
    """

    site: str
    allow: tuple[str, ...]
    folder: str
    pages: int
    pictures: int
    depth: int
    delay_seconds: float
    file_bytes: int
    allowed_private: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise SiteInvalid unless the site can be crawled."""
        parts = urlsplit(self.site)
        host = (parts.hostname or "").lower()
        if parts.scheme not in {"http", "https"} or not host or parts.username or parts.password:
            raise SiteInvalid("a site is an address like https://photos.example.org/, without a password")
        for domain in self.allow:
            if not domain or "/" in domain or ":" in domain or " " in domain:
                raise SiteInvalid(f"{domain!r} is no domain; example.org is one")
        if not self.covers(self.site):
            raise SiteInvalid(f"{host} is not among the domains that are allowed: {', '.join(self.allow)}")

    def covers(self, url: str) -> bool:
        """Whether an address is of an allowed domain, or of one below it."""
        host = (urlsplit(url).hostname or "").lower()
        return any(host == it or host.endswith(f".{it}") for it in self.allow)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Self:
        told = json.loads(text)
        for name in ("allow", "allowed_private"):
            told[name] = tuple(told[name])
        return cls(**told)


def is_picture(url: str) -> bool:
    """Whether an address looks like that of a picture."""
    return urlsplit(url).path.lower().endswith(_PICTURES)
