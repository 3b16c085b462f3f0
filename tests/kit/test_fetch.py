"""Fetching from servers that mean no good: all of them real, and on this machine."""

import socket
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from itertools import count

import pytest

from kith.kit.errors import (
    FetchError,
    FetchFailed,
    FetchRefusedAddress,
    FetchRefusedType,
    FetchTimeout,
    FetchTooLarge,
    FetchUrlInvalid,
)
from kith.kit.fetch import Fetcher, FetchLimits
from tests.support.http import Site, local_site

LOCAL = Fetcher(["127.0.0.1"])


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


def stream(site: Site, path: str, *, chunk: bytes, headers: dict[str, str], pause_seconds: float = 0) -> str:
    """Answer without end, until the other side has had enough."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.close_connection = True
        handler.connection.settimeout(pause_seconds or None)
        for _ in count():
            try:
                handler.wfile.write(chunk)
                if pause_seconds and not handler.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    site.answers[path] = answer
    return site.address(path)


class TestGet:
    async def test_what_is_there(self, site: Site) -> None:
        fetched = await LOCAL.get(site.serve("/a", b"abc"))
        assert (fetched.body, fetched.url) == (b"abc", site.address("/a"))

    async def test_host_header_is_the_name_that_was_asked_for(self, site: Site) -> None:
        hosts: list[str] = []
        site.serve("/a", b"abc")
        plain = site.answers["/a"]
        site.answers["/a"] = lambda it: (hosts.append(it.headers["Host"]), plain(it))[1]
        await Fetcher(["localhost"]).get(f"http://localhost:{site.port}/a")
        assert hosts == [f"localhost:{site.port}"]

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "0", "[::]"],
    )
    async def test_this_machine_however_it_is_spelt(self, site: Site, host: str) -> None:
        site.serve("/a", b"abc")
        with pytest.raises(FetchError):
            await Fetcher().get(f"http://{host}:{site.port}/a")
        assert site.requests == []

    @pytest.mark.parametrize(
        "url",
        ["", "file:///etc/passwd", "ftp://a.example/", "http://", "http://u:p@a.example/", "http://a b/",
         "http://a.example/\n", "//a.example", "http://[::1", "http://a.example:99999/", "http://a" * 300],
    )  # fmt: skip
    async def test_no_address(self, url: str) -> None:
        with pytest.raises(FetchUrlInvalid):
            await LOCAL.get(url)

    async def test_a_name_is_resolved_once_and_that_is_where_it_goes(self, site: Site) -> None:
        site.serve("/a", b"abc")
        asked: list[str] = []

        async def rebinding(host: str, port: int) -> Sequence[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

        fetcher = Fetcher(["127.0.0.1"], resolve=rebinding)
        assert (await fetcher.get(f"http://a.example:{site.port}/a")).body == b"abc"
        assert asked == ["a.example"]

    async def test_one_private_address_among_public_ones_is_enough(self) -> None:
        async def mixed(host: str, port: int) -> Sequence[str]:
            return ["8.8.8.8", "10.0.0.1"]

        with pytest.raises(FetchRefusedAddress):
            await Fetcher(resolve=mixed).get("http://a.example/")

    async def test_redirect(self, site: Site) -> None:
        site.serve("/b", b"abc")
        assert (await LOCAL.get(site.redirect("/a", "/b"))).url == site.address("/b")

    @pytest.mark.parametrize(
        "target", ["http://169.254.169.254/latest", "http://[::1]:1/", "http://10.0.0.1/"]
    )
    async def test_redirect_to_a_private_address(self, site: Site, target: str) -> None:
        with pytest.raises(FetchRefusedAddress):
            await LOCAL.get(site.redirect("/a", target))

    async def test_redirect_to_another_scheme(self, site: Site) -> None:
        with pytest.raises(FetchUrlInvalid):
            await LOCAL.get(site.redirect("/a", "file:///etc/passwd"))

    async def test_redirect_loop(self, site: Site) -> None:
        with pytest.raises(FetchFailed):
            await LOCAL.get(site.redirect("/a", "/a"))
        assert len(site.requests) == 6

    async def test_five_gigabytes_announced(self, site: Site) -> None:
        with pytest.raises(FetchTooLarge):
            await LOCAL.get(site.break_off("/a", b"abc", promised=5 << 30))

    async def test_endless(self, site: Site) -> None:
        url = stream(site, "/a", chunk=b"x" * 65536, headers={})
        with pytest.raises(FetchTooLarge):
            await LOCAL.get(url, FetchLimits(max_bytes=1 << 20))

    async def test_slow_drip(self, site: Site) -> None:
        url = stream(site, "/a", chunk=b"x", headers={"Content-Length": "100000"}, pause_seconds=0.02)
        with pytest.raises(FetchTimeout, match="bytes a second"):
            await LOCAL.get(url, FetchLimits(grace_seconds=0.1))

    async def test_no_more_time(self, site: Site) -> None:
        url = stream(site, "/a", chunk=b"x", headers={}, pause_seconds=0.02)
        with pytest.raises(FetchTimeout, match="complete answer"):
            await LOCAL.get(url, FetchLimits(total_seconds=0.2))

    async def test_who_accepts_and_never_answers(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            with pytest.raises(FetchTimeout):
                await LOCAL.get(url, FetchLimits(idle_seconds=0.1))

    async def test_wrong_type(self, site: Site) -> None:
        url = stream(site, "/a", chunk=b"<html>", headers={"Content-Type": "text/html; charset=utf-8"})
        with pytest.raises(FetchRefusedType):
            await LOCAL.get(url, content_types={"image/*"})

    async def test_packed(self, site: Site) -> None:
        url = stream(site, "/a", chunk=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
        with pytest.raises(FetchFailed):
            await LOCAL.get(url)

    async def test_closed_in_the_middle(self, site: Site) -> None:
        with pytest.raises(FetchFailed):
            await LOCAL.get(site.break_off("/a", b"abc", promised=10))

    async def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        with pytest.raises(FetchFailed):
            await LOCAL.get(f"http://127.0.0.1:{port}/")

    async def test_no_such_page(self, site: Site) -> None:
        with pytest.raises(FetchFailed, match="404"):
            await LOCAL.get(site.address("/none"))
