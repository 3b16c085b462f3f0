"""`kith crawl` against a site of this machine."""

import signal
import time
from pathlib import Path

import pytest

from tests.support.commands import kith, run_kith, start_kith
from tests.support.http import local_site
from tests.support.tiny_library import picture, tiny_settings

pytestmark = pytest.mark.slow
pytest.importorskip("scrapy")


def test_pictures_of_a_site_come_into_the_library(tmp_path: Path) -> None:
    tiny_settings(tmp_path / "data", "tiny")
    env = {
        "KITH_FETCH__ALLOWED_PRIVATE": '["127.0.0.1"]', "KITH_ENGINE__PACK": "tiny",
        "KITH_DATA": str(tmp_path / "data"), "KITH_WORKER__POLL_SECONDS": "0.1",
    }  # fmt: skip
    with local_site() as site:
        site.serve("/", b"<html><body><img src='/a.png'><img src='/b.png'></body></html>")
        for name in ("/a.png", "/b.png"):
            site.serve(name, picture((1, 1), (4, len(site.answers))))
        assert run_kith("tenants", "create", "studio", env=env).code == 0
        arguments = ("crawl", site.address("/"), "--allow", "127.0.0.1", "--delay", "0", "--json")
        ran = run_kith(*arguments, env=env)
        theirs = run_kith(*arguments, "--tenant", "studio", env=env)
    assert (theirs.json["submitted"], theirs.json["known"]) == (2, 0)  # what others have is new to them
    assert ran.code == 0, ran.stderr
    (batch,) = ran.json["batches"]
    assert len(batch) == 32
    worker = start_kith("worker", env=env)
    try:
        while run_kith("status", "--json", env=env).json["photos"]["analysed"] < 2:
            time.sleep(0.2)
    finally:
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=60)
    assert worker.returncode == 0, said
    assert sum(run_kith("status", "--json", env=env).json["photos"].values()) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("https://example.org/",), 2, "--allow"),
        (("https://example.org/", "--allow", "example.com"), 1, "site_invalid"),
        (("ftp://example.org/", "--allow", "example.org"), 1, "site_invalid"),
        (("https://example.org/", "--allow", "example.org", "--tenant", "nobody"), 4, "tenant_not_found"),
    ],
)
def test_what_cannot_be_crawled(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = kith("crawl", *arguments, "--data", tmp_path / "data")
    assert (ran.code, said in ran.stderr) == (code, True)
