"""What can go wrong with a crawl.

InvalidInput ── SiteInvalid
Unavailable ── CrawlerMissing, CrawlerFailed
"""

from kith.errors import InvalidInput, Unavailable


class SiteInvalid(InvalidInput):
    code = "site_invalid"
    title = "The site cannot be crawled"


class CrawlerMissing(Unavailable):
    code = "crawler_missing"
    title = "The crawler is not installed"


class CrawlerFailed(Unavailable):
    code = "crawler_failed"
    title = "The crawler ended before it was done"
