"""A real crawler on a real site of this machine: polite, bounded, and only where it may go."""

import asyncio
from contextlib import aclosing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from kith.crawl.errors import CrawlerFailed, SiteInvalid
from kith.crawl.plan import CrawlPlan
from kith.crawl.service import Ended, Picture, crawl
from kith.crawl.spider import largest_of
from tests.support.http import Site, local_site
from tests.support.tiny_library import picture

pytestmark = pytest.mark.slow
pytest.importorskip("scrapy")


def plan(site: str, folder: Path, **more: object) -> CrawlPlan:
    folder.mkdir(exist_ok=True)
    limits = {"pages": 100, "pictures": 100, "depth": 5, "delay_seconds": 0.0, "file_bytes": 100_000}
    private = ("127.0.0.0/8", "localhost")
    return CrawlPlan(site, ("127.0.0.1",), str(folder), **{**limits, "allowed_private": private, **more})


async def run(it: CrawlPlan) -> tuple[dict[str, Picture], Ended]:
    """The pictures by path, and how it ended."""
    told = [one async for one in crawl(it)]
    assert isinstance(told[-1], Ended)
    assert list(Path(it.folder).iterdir()) == []
    return {"/" + one.url.partition("//")[2].partition("/")[2]: one for one in told[:-1]}, told[-1]


def serve(site: Site, path: str, body: bytes | str, kind: str = "text/html") -> None:
    data = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    site.answers[path] = answer


def gallery(site: Site) -> None:
    """Two pages with pictures, one of them forbidden, one too large, one of another site."""
    serve(site, "/robots.txt", "User-agent: *\nDisallow: /private", "text/plain")
    serve(
        site,
        "/",
        f"""
        <a href="/second">more</a> <a href="/private">no</a> <a href="http://localhost:{site.port}/away">away</a>
        <img src="/a.png"><img src="/a.png#again"><img srcset="/small.png 100w, /large.png 900w">
        <img src="/private/b.png"><img src="data:image/png;base64,AAAA"><img src="http://[bad"><img src="">
    """,
    )
    serve(
        site,
        "/second",
        '<a href="/">back</a> <a href="/c.PNG">c</a> <img data-src="/huge.png"><img src="/page">',
    )
    serve(site, "/page", "<p>no picture")
    for path in ("/a.png", "/large.png", "/small.png", "/private/b.png", "/c.PNG", "/away"):
        serve(site, path, picture((1, len(path))), "image/png")
    serve(site, "/huge.png", b"x" * 200_000, "image/png")


class TestCrawl:
    async def test_finds_the_pictures_of_a_site(self, tmp_path: Path) -> None:
        with local_site() as site:
            gallery(site)
            found, ended = await run(plan(site.address("/"), tmp_path / "spool"))
            asked = list(site.requests)
        assert set(found) == {"/a.png", "/large.png", "/c.PNG"}
        assert found["/a.png"].data == picture((1, 6))
        assert found["/a.png"].page.endswith("/")
        assert ended.forbidden == 2
        assert asked[0] == "/robots.txt"
        assert not [path for path in asked if path.startswith("/private") or path == "/away"]
        assert len(asked) == len(set(asked)), asked

    async def test_keeps_to_its_limits(self, tmp_path: Path) -> None:
        with local_site() as site:
            for number in range(30):
                links = f'<a href="/{number + 1}">on</a><img src="/{number}.png">'
                serve(site, "/" if not number else f"/{number}", links)
                serve(site, f"/{number}.png", picture((2, number)), "image/png")
            pages, _ = await run(plan(site.address("/"), tmp_path / "a", pages=4))
            pictures, _ = await run(plan(site.address("/"), tmp_path / "b", pictures=3))
            deep, _ = await run(plan(site.address("/"), tmp_path / "c", depth=2))
        assert (len(pages), len(pictures)) == (4, 3)
        assert set(deep) == {"/0.png", "/1.png"}

    async def test_stays_away_from_private_addresses(self, tmp_path: Path) -> None:
        """Also where a name leads there, and where a public page redirects to one."""
        with local_site() as site:
            gallery(site)
            for host in ("127.0.0.1", "localhost"):
                it = plan(f"http://{host}:{site.port}/", tmp_path / "spool", allowed_private=())
                found, ended = await run(CrawlPlan(**{**fields(it), "allow": ("127.0.0.1", "localhost")}))
                assert (found, ended.pages) == ({}, 0)
            assert site.requests == []
            site.redirect("/", site.address("/a.png"))
            local = f"http://localhost:{site.port}/"
            it = plan(local, tmp_path / "spool", allowed_private=("localhost",))
            found, _ = await run(CrawlPlan(**{**fields(it), "allow": ("127.0.0.1", "localhost")}))
            assert found == {}
            assert "/" in site.requests
            assert "/a.png" not in site.requests

    async def test_of_a_picture_alone(self, tmp_path: Path) -> None:
        with local_site() as site:
            serve(site, "/a.png", picture((1, 1)), "image/png")
            found, _ = await run(plan(site.address("/a.png"), tmp_path / "spool"))
        assert list(found) == ["/a.png"]

    async def test_of_a_site_that_is_away(self, tmp_path: Path) -> None:
        with local_site() as site:
            address = site.address("/")
        found, ended = await run(plan(address, tmp_path / "spool"))
        assert (found, ended.pages) == ({}, 0)
        assert ended.failed > 0

    async def test_that_is_stopped_ends_the_crawler(self, tmp_path: Path) -> None:
        with local_site() as site:
            gallery(site)
            async with aclosing(crawl(plan(site.address("/"), tmp_path / "spool", delay_seconds=5.0))) as it:
                assert isinstance(await anext(it), Picture)
            count = len(site.requests)
            children = await asyncio.create_subprocess_exec(
                "pgrep", "-f", "kith.crawl.spider", stdout=asyncio.subprocess.DEVNULL
            )
            assert await children.wait() == 1
        assert count < 6

    async def test_whose_crawler_dies(self, tmp_path: Path) -> None:
        with local_site() as site:
            gallery(site)
            it = plan(site.address("/"), tmp_path / "spool")
            (tmp_path / "spool").rmdir()
            with pytest.raises(CrawlerFailed, match="cannot be written"):
                await run(it)


class TestPlan:
    @pytest.mark.parametrize(
        ("site", "allow"),
        [
            ("ftp://example.org/", "example.org"), ("example.org", "example.org"), ("", "example.org"),
            ("https://me:secret@example.org/", "example.org"), ("https://example.org/", "example.com"),
            ("https://badexample.org/", "example.org"), ("https://example.org/", ""),
            ("https://example.org/", "https://example.org"), ("https://example.org/", "example.org:80"),
        ],
    )  # fmt: skip
    async def test_that_cannot_be(self, site: str, allow: str, tmp_path: Path) -> None:
        it = CrawlPlan(**{**fields(plan(site, tmp_path / "spool")), "allow": (allow,)})
        with pytest.raises(SiteInvalid):
            await run(it)

    def test_takes_what_is_below_a_domain(self, tmp_path: Path) -> None:
        CrawlPlan(
            **{**fields(plan("https://Photos.Example.org/a", tmp_path / "s")), "allow": ("example.org",)}
        ).check()


@pytest.mark.parametrize(
    ("srcset", "url"),
    [("", ""), ("a.jpg", "a.jpg"), ("a.jpg 1x, b.jpg 2x", "b.jpg"), ("a 100w , b 90.5w", "a"),
     ("a nonsense, b 1w", "b"), (" , ,a 1w", "a")],
)  # fmt: skip
def test_the_largest_of_a_set(srcset: str, url: str) -> None:
    assert largest_of(srcset) == url


def fields(it: CrawlPlan) -> dict[str, object]:
    return {name: getattr(it, name) for name in CrawlPlan.__slots__}
