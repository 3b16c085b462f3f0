"""The crawler itself, a process of its own: Scrapy, told by one line of JSON what to do.

It prints a line of JSON for each picture, whose bytes are in a file by then, and one when it is done. The
process keeps Scrapy's event loop, signals and logs away from Kith's; killing it loses nothing.
"""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Request, Response, TextResponse
from scrapy.linkextractors import LinkExtractor
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from kith import __version__
from kith.crawl.plan import CrawlPlan, is_picture
from kith.kit.addresses import AllowedPlaces, parse

# What no page and no picture is: these are not even asked for.
_NEITHER = (
    "css",
    "js",
    "json",
    "xml",
    "pdf",
    "zip",
    "mp4",
    "mov",
    "mp3",
    "woff",
    "woff2",
    "ttf",
    "svg",
    "ico",
)


class CheckedResolver(CachingThreadedResolver):
    """Resolves names to addresses that may be connected to; these, and no others, are then connected to."""

    places = AllowedPlaces()

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: N802  # Twisted's name
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if not self.places.may_connect(name, parse(address)):
            raise DNSLookupError(f"{name} is not on the public internet")
        return address


class LiteralAddresses:
    """Refuses addresses written as numbers, which nobody resolves, like names that lead there."""

    def process_request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        try:
            address = parse(host)
        except ValueError:
            return
        if not CheckedResolver.places.may_connect(host, address):
            raise IgnoreRequest(f"{host} is not on the public internet")


class PictureSpider(Spider):
    """Follows the links of a site and saves its pictures."""

    name = "kith"

    def __init__(self, plan: CrawlPlan) -> None:
        super().__init__()
        self.allowed_domains = list(plan.allow)
        self._plan = plan
        self._links = LinkExtractor(deny_extensions=_NEITHER)
        self._pages: set[str] = {plan.site}
        self._pictures: set[str] = set()
        self._kept = 0

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self._plan.site, callback=self.parse)

    def parse(self, response: Response) -> Iterator[Request]:
        """A page: its pictures first, then where it leads."""
        if not isinstance(response, TextResponse):
            self._keep(response, response.url)
            return
        for url in pictures_of(response):
            is_new = url not in self._pictures and self._plan.covers(url)
            if is_new and len(self._pictures) < self._plan.pictures:
                self._pictures.add(url)
                yield Request(url, callback=self.save, cb_kwargs={"page": response.url}, priority=1)
        for link in self._links.extract_links(response):
            is_new = link.url not in self._pages and link.url not in self._pictures
            if is_new and len(self._pages) < self._plan.pages and self._plan.covers(link.url):
                self._pages.add(link.url)
                yield Request(link.url, callback=self.parse)

    def save(self, response: Response, page: str) -> None:
        self._keep(response, page)

    def _keep(self, response: Response, page: str) -> None:
        """Tell of what the server calls a picture, or nothing at all; Kith looks at the bytes itself."""
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1").strip().lower()
        is_picture_maybe = kind.startswith("image/") or kind in {"", "application/octet-stream"}
        if response.status != 200 or not is_picture_maybe:
            return
        self._kept += 1
        path = Path(self._plan.folder) / f"{self._kept:06d}"
        try:
            path.write_bytes(response.body)
        except OSError as error:
            raise CloseSpider(f"a picture cannot be written: {error.strerror}") from error
        _tell({"url": response.url, "page": page, "path": str(path)})


def pictures_of(response: TextResponse) -> list[str]:
    """The addresses of the pictures a page shows, the largest of each, and of those it links to."""
    shown = response.css("img::attr(src), img::attr(data-src), source::attr(src)").getall()
    sets = response.css("img::attr(srcset), source::attr(srcset)").getall()
    linked = [url for url in response.css("a::attr(href)").getall() if is_picture(url)]
    found: dict[str, None] = {}
    for url in (*map(largest_of, sets), *linked, *shown):
        with suppress(ValueError):  # no address at all, such as `http://[`
            found[urldefrag(response.urljoin(url.strip()))[0]] = None
    return [url for url in found if url.startswith("http") and url != response.url]


def settings_of(plan: CrawlPlan) -> dict[str, Any]:
    """Politeness, limits, and nothing that is not asked for."""
    return {
        "ROBOTSTXT_OBEY": True,
        "USER_AGENT": f"Kith/{__version__} (a photo library; the site's owner runs this crawl)",
        "ROBOTSTXT_USER_AGENT": "Kith",
        "DOWNLOAD_DELAY": plan.delay_seconds,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": plan.delay_seconds,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "DOWNLOAD_MAXSIZE": plan.file_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": 60,
        "DEPTH_LIMIT": plan.depth,
        "REDIRECT_MAX_TIMES": 5,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "DNS_RESOLVER": CheckedResolver,
        "DOWNLOAD_HANDLERS": {"data": None, "file": None, "ftp": None, "s3": None},
        "DOWNLOADER_MIDDLEWARES": {LiteralAddresses: 60},
        "LOG_LEVEL": "WARNING",
    }


def main() -> None:
    plan = CrawlPlan.of_json(sys.stdin.readline())
    CheckedResolver.places = AllowedPlaces(plan.allowed_private)
    process = AsyncCrawlerProcess(settings_of(plan))
    crawler = process.create_crawler(PictureSpider)
    process.crawl(crawler, plan)
    process.start()
    stats = crawler.stats.get_stats()
    _tell({
        "reason": stats.get("finish_reason", "it did not begin"),
        "pages": stats.get("response_received_count", 0),
        "forbidden": stats.get("robotstxt/forbidden", 0),
        "failed": stats.get("downloader/exception_count", 0) + stats.get("spider_exceptions/count", 0),
    })  # fmt: skip


def largest_of(srcset: str) -> str:
    """The widest picture of a `srcset`: `a.jpg 480w, b.jpg 1024w`."""
    best, width = "", -1.0
    for candidate in srcset.split(","):
        url, _, size = candidate.strip().partition(" ")
        try:
            wide = float(size.strip().rstrip("wx") or 1)
        except ValueError:
            wide = 0.0
        if url and wide > width:
            best, width = url, wide
    return best


def _tell(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
