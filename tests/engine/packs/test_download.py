import socket

import pytest

from kith.engine.packs.download import download
from kith.engine.packs.errors import PackDownloadFailed


def quiet(_line: str) -> None:
    pass


class TestDownload:
    def test_writes_what_is_answered(self, site, tmp_path):
        body = bytes(range(256)) * 5000
        download(site.serve("/net.onnx", body), tmp_path / "net.onnx", quiet)
        assert (tmp_path / "net.onnx").read_bytes() == body

    def test_follows_redirects(self, site, tmp_path):
        site.serve("/there", b"found")
        download(site.redirect("/here", "/there"), tmp_path / "file", quiet)
        assert (tmp_path / "file").read_bytes() == b"found"

    def test_gives_up_on_endless_redirects(self, site, tmp_path):
        with pytest.raises(PackDownloadFailed, match="redirects"):
            download(site.redirect("/loop", "/loop"), tmp_path / "file", quiet)

    @pytest.mark.parametrize("status", [403, 404, 500])
    def test_says_what_the_server_answered(self, site, tmp_path, status):
        with pytest.raises(PackDownloadFailed, match=str(status)) as caught:
            download(site.serve("/gone", b"no", status), tmp_path / "file", quiet)
        assert caught.value.extra == {"status": status}
        assert not (tmp_path / "file").exists()

    def test_fails_when_the_connection_breaks(self, site, tmp_path):
        with pytest.raises(PackDownloadFailed):
            download(site.break_off("/half", b"half", promised=1000), tmp_path / "file", quiet)

    def test_stops_at_the_limit(self, site, tmp_path):
        with pytest.raises(PackDownloadFailed, match="larger"):
            download(site.serve("/big", bytes(5000)), tmp_path / "file", quiet, max_bytes=4999)
        download(site.serve("/fits", bytes(5000)), tmp_path / "fits", quiet, max_bytes=5000)

    def test_fails_where_nobody_listens(self, tmp_path):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        with pytest.raises(PackDownloadFailed):
            download(f"http://127.0.0.1:{port}/net.onnx", tmp_path / "file", quiet)

    @pytest.mark.parametrize("address", ["http://", "https://[", "http://host:port/"])
    def test_fails_for_addresses_that_are_none(self, tmp_path, address):
        with pytest.raises(PackDownloadFailed):
            download(address, tmp_path / "file", quiet)
