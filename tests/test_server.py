"""Listening: where, for whom, and how it ends. Servers here are processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from kith.server import AddressInUse, AddressNeedsKey, AddressUnusable, is_loopback, listen, url_of
from kith.setting_groups import AuthSettings, ServerSettings
from kith.settings import Settings
from tests.support.client import SERVE, live_server
from tests.support.library import ANA, portrait

KEY = "sixteen letters!"


def settings(host: str, port: int = 0, api_key: str | None = None) -> Settings:
    return Settings(server=ServerSettings(host=host, port=port), auth=AuthSettings(api_key=api_key))


def environment(data: Path, packs: Path | None = None, **more: str) -> dict[str, str]:
    data.mkdir(exist_ok=True)
    if packs is not None:
        (data / "packs").symlink_to(packs, target_is_directory=True)
    pack = "mobile" if packs is not None else "absent"
    return {"KITH_DATA": str(data), "KITH_ENGINE__PACK": pack, **more}


class TestAddress:
    def test_of_this_machine_needs_no_key(self) -> None:
        for host in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
            with listen(settings(host)) as listener:
                assert url_of(listener).startswith("http://")

    def test_of_other_machines_needs_one(self) -> None:
        for host in ("0.0.0.0", "::", "", "no.such.host.invalid", socket.gethostname() + ".invalid"):
            with pytest.raises(AddressNeedsKey) as error:
                listen(settings(host))
            assert "KITH_AUTH__API_KEY" in error.value.detail
        with listen(settings("0.0.0.0", api_key=KEY)) as listener:
            assert listener.getsockname()[1] > 0

    def test_that_is_taken(self) -> None:
        with listen(settings("127.0.0.1")) as first:
            port = first.getsockname()[1]
            with pytest.raises(AddressInUse) as error:
                listen(settings("127.0.0.1", port))
        assert str(port) in error.value.detail

    def test_that_is_not_here(self) -> None:
        for host in ("192.0.2.1", "no.such.host.invalid"):
            with pytest.raises(AddressUnusable):
                listen(settings(host, api_key=KEY))

    def test_what_loopback_is(self) -> None:
        assert is_loopback("127.1.2.3")
        assert not is_loopback("192.168.0.1")
        assert not is_loopback("10.0.0.1")


class TestServe:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_announces_itself_and_ends_in_order(self, tmp_path: Path, number: int) -> None:
        with live_server(environment(tmp_path / "data")) as server:
            assert httpx.get(f"{server.url}/health/live").json() == {"status": "live"}
            assert "server" not in httpx.get(f"{server.url}/").headers
            assert server.stop(number) == (0, "closed\n", "")
        assert not list((tmp_path / "data" / "locks").iterdir())

    def test_refuses_before_it_opens_anything(self, tmp_path: Path) -> None:
        data = tmp_path / "never"
        answer = subprocess.run(
            [sys.executable, "-c", SERVE], capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "KITH_DATA": str(data), "KITH_SERVER__HOST": "0.0.0.0"},
        )  # fmt: skip
        assert answer.returncode != 0
        assert "AddressNeedsKey" in answer.stderr
        assert not data.exists()

    def test_asks_for_the_key(self, tmp_path: Path) -> None:
        more = {"KITH_SERVER__HOST": "0.0.0.0", "KITH_AUTH__API_KEY": KEY}
        with live_server(environment(tmp_path / "data", **more)) as server:
            url = server.url.replace("0.0.0.0", "127.0.0.1")
            assert httpx.get(f"{url}/persons").status_code == 401
            assert httpx.get(f"{url}/health/live").status_code == 200
            assert httpx.get(f"{url}/persons", headers={"x-api-key": KEY}).json() == []

    def test_refuses_a_huge_upload_unread(self, tmp_path: Path) -> None:
        """100 MB are announced, none of them sent: the answer comes all the same."""
        with live_server(environment(tmp_path / "data")) as server:
            url = httpx.URL(server.url)
            with socket.create_connection((url.host, url.port), timeout=30) as connection:
                connection.sendall(
                    b"POST /detect HTTP/1.1\r\nHost: kith\r\nContent-Length: 100000000\r\n"
                    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
                )
                answer = connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 413")

    def test_stops_reading_a_huge_upload_without_a_length(self, tmp_path: Path) -> None:
        more = {"KITH_LIMITS__UPLOAD_BYTES": "100000"}
        with live_server(environment(tmp_path / "data", **more)) as server:
            url = httpx.URL(server.url)
            with socket.create_connection((url.host, url.port), timeout=30) as connection:
                connection.sendall(
                    b"POST /detect HTTP/1.1\r\nHost: kith\r\nTransfer-Encoding: chunked\r\n"
                    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
                )
                head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
                connection.sendall(b"%x\r\n%s\r\n" % (len(head), head))
                for _ in range(3):
                    connection.sendall(b"c350\r\n" + b"\0" * 50000 + b"\r\n")
                assert connection.recv(65536).startswith(b"HTTP/1.1 413")

    @pytest.mark.models
    def test_ends_what_it_is_at(self, packs_folder: Path, tmp_path: Path) -> None:
        """A picture on its way when the signal comes is answered before the end."""
        with live_server(environment(tmp_path / "data", packs_folder)) as server:
            body = httpx.Request("POST", f"{server.url}/detect", files={"file": (ANA[0], portrait(ANA[0]))})
            content = body.read()
            url = httpx.URL(server.url)
            with socket.create_connection((url.host, url.port), timeout=30) as connection:
                head = f"POST /detect HTTP/1.1\r\nHost: kith\r\nContent-Length: {len(content)}\r\n"
                kind = f"Content-Type: {body.headers['content-type']}\r\n\r\n"
                connection.sendall(head.encode() + kind.encode() + content[:-10])
                time.sleep(1)  # for a busy machine to take the request up; until then the end may come first
                server.process.send_signal(signal.SIGTERM)
                connection.sendall(content[-10:])
                assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            assert server.process.communicate(timeout=60) == ("closed\n", "")
        assert server.process.returncode == 0
