"""What the rows about batches owe, on both databases, over real addresses."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from kith.accounts.principal import Principal
from kith.app import create_app
from kith.background import gatherer
from kith.enrolment.retention import expire_crawled
from kith.notify.service import list_deliveries
from kith.people.reading import read_statistics
from kith.runtime import open_runtime
from kith.setting_groups import EngineSettings, FetchSettings
from tests.support.client import connected
from tests.support.http import Site, local_site
from tests.support.tiny_library import picture, tiny_settings
from tests.surfaces.conftest import Library
from tests.surfaces.vectors.conftest import TENANT, ask

ONE, TWO, NOBODY = picture((20, 20)), picture((10, 10), (10, 30)), picture()
OF_STATUS = {
    "batch_id", "status", "total_images", "processed_images", "successful_images", "failed_images", "errors",
    "created_at", "updated_at",
}  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


@pytest_asyncio.fixture
async def tiny(database_url: str, tmp_path: Path) -> AsyncIterator[Library]:
    """A library with a tiny pack that may fetch from this machine; on SQLite and on PostgreSQL."""
    groups = {"fetch": FetchSettings(allowed_private=("127.0.0.1",)), "engine": EngineSettings(pack="tiny")}
    settings = tiny_settings(tmp_path / "data", "tiny", url=database_url).model_copy(update=groups)
    async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
        yield Library(client, runtime)


async def create(library: Library, *urls: str, **more: Any) -> dict[str, Any]:
    answer = await ask(library, "POST", "/batch/index", json={"image_urls": urls, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def gather(library: Library) -> None:
    """Do all that waits, whosever it is."""
    for tenant_id in (1, 2, 3):
        await gatherer(library.runtime).drain(tenant_id)


async def code(library: Library, method: str, path: str, **request: Any) -> tuple[int, str]:
    answer = await ask(library, method, path, **request)
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(("site_said", "site_kept"), [("a.example", "a.example"), (7, None), ("", None)])
async def test_a_site_in_the_metadata_is_that_of_the_photos(
    tiny: Library, site: Site, site_said: object, site_kept: str | None
) -> None:
    await create(tiny, site.serve("/one", ONE), metadata={"site": site_said})
    await gather(tiny)
    told = await ask(tiny, "POST", "/compare_face", files={"file": ("a.png", ONE)})
    assert [it["metadata"]["site"] for it in told.json()["results"]] == [site_kept]
    now = tiny.runtime.clock.now() + timedelta(seconds=1)
    async with tiny.runtime.db.write() as session:
        gone = await expire_crawled(session, tiny.runtime.blobs, Principal(2), now)
    assert gone == (site_kept is not None)


async def test_what_is_ones_own_has_no_end_whatever_site_it_is_seen_on(
    tiny: Library, site: Site, tmp_path: Path
) -> None:
    """Kept before, or in a folder as well; only the third is no more than a sight of some site."""
    kept, imported, seen = picture((20, 20)), picture((10, 10)), picture((5, 40))
    assert (await ask(tiny, "POST", "/index_face", files={"file": ("a.png", kept)})).status_code == 200
    said = {"metadata": {"site": "a.example"}}
    await create(tiny, *(site.serve(f"/{at}", it) for at, it in enumerate((kept, imported, seen))), **said)
    await gather(tiny)
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "b.png").write_bytes(imported)
    await tiny.runtime.importer(Principal(2)).run([folder], copy=False, progress=lambda _: None)
    moment = tiny.runtime.clock.now() + timedelta(seconds=1)
    async with tiny.runtime.db.write() as session:
        assert await expire_crawled(session, tiny.runtime.blobs, Principal(2), moment) == 1
    async with tiny.runtime.db.read() as session:
        assert sum((await read_statistics(session, Principal(2))).photos.values()) == 2


async def test_a_site_that_is_too_long(tiny: Library) -> None:
    body = {"image_urls": ["http://a.example/"], "metadata": {"site": "a" * 256}}
    assert await code(tiny, "POST", "/batch/index", json=body) == (400, "notes_invalid")


async def test_events_are_those_of_index_face(tiny: Library, site: Site) -> None:
    """Of a batch and of an ingest as of a picture that is sent, with a link that opens."""
    hook = {"url": "https://93.184.216.34/hook", "events": ["face.indexed"]}
    assert (await ask(tiny, "POST", "/webhooks/register", json=hook)).status_code == 200
    await ask(tiny, "POST", "/index_face", files={"file": ("a.png", TWO)})
    await create(tiny, site.serve("/one", ONE))
    body = {"tenant_id": TENANT, "url": site.serve("/three", picture((30, 30)))}
    assert (await tiny.client.post("/api/v1/ingest", json=body)).status_code == 200
    await gather(tiny)
    async with tiny.runtime.db.read() as session:
        told = [json.loads(it.body)["data"] for it in await list_deliveries(session, Principal(2))]
    assert [it.keys() for it in told] == [told[0].keys()] * 3
    assert told[0].keys() == {
        "indexed_count", "face_count", "phash", "thumb_url", "vector_backend", "request_id",
    }  # fmt: skip
    for it in told:
        answer = await tiny.client.get(it["thumb_url"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")


@pytest.mark.parametrize("prefix", ["", "/api", "/compat/vectors", "/compat/vectors/api"])
async def test_from_the_first_call_to_the_last(tiny: Library, site: Site, prefix: str) -> None:
    urls = [site.serve("/one", ONE), site.serve("/nobody", NOBODY), site.address("/gone")]
    body = {"image_urls": urls, "metadata": {"site": "a"}}
    answer = await ask(tiny, "POST", f"{prefix}/batch/index", json=body)
    made = answer.json()
    assert (answer.status_code, made["total_images"], made["status"]) == (200, 3, "created")
    assert made.keys() == {"batch_id", "total_images", "status", "message"}
    await gather(tiny)
    status = (await ask(tiny, "GET", f"{prefix}/batch/{made['batch_id']}/status")).json()
    assert status.keys() == OF_STATUS
    assert status["status"] == "completed"
    assert [status[f"{name}_images"] for name in ("processed", "successful", "failed")] == [3, 1, 1]
    (error,) = status["errors"]
    assert error.keys() >= {"image_index", "image_url", "error", "timestamp"}
    assert (error["image_index"], error["image_url"]) == (2, urls[2])
    assert status["created_at"] <= error["timestamp"] <= status["updated_at"]
    listed = (await ask(tiny, "GET", f"{prefix}/batch/list")).json()
    (batch,) = listed.pop("batches")
    assert listed == {"total_count": 1, "limit": 20, "offset": 0, "has_more": False}
    assert batch == {**status, "tenant_id": TENANT, "image_urls": urls, "metadata": {"site": "a"}}
    answer = await ask(tiny, "DELETE", f"{prefix}/batch/{made['batch_id']}")
    assert (answer.status_code, answer.json()["code"]) == (400, "batch_cancellation_failed")
    answer = await ask(tiny, "POST", f"{prefix}/batch/cleanup", params={"max_age_hours": 0})
    assert answer.json()["cleaned_count"] == 1
    assert answer.json().keys() == {"message", "cleaned_count", "max_age_hours"}
    assert await code(tiny, "GET", f"{prefix}/batch/{made['batch_id']}/status") == (404, "batch_not_found")


async def test_cancelled(tiny: Library, site: Site) -> None:
    made = await create(tiny, site.serve("/one", ONE))
    path = f"/batch/{made['batch_id']}"
    answers = await asyncio.gather(*(ask(tiny, "DELETE", path) for _ in range(4)))
    assert sorted(it.status_code for it in answers) == [200, 400, 400, 400]
    (done,) = [it.json() for it in answers if it.status_code == 200]
    assert done == {
        "message": "The batch is cancelled", "batch_id": made["batch_id"], "status": "cancelled",
    }  # fmt: skip
    await gather(tiny)
    assert site.requests == []
    assert (await ask(tiny, "GET", f"{path}/status")).json()["status"] == "cancelled"


async def test_pages(tiny: Library) -> None:
    ids = [(await create(tiny, "http://a.example/"))["batch_id"] for _ in range(3)]
    page = (await ask(tiny, "GET", "/batch/list", params={"limit": 2, "offset": 0})).json()
    assert ([it["batch_id"] for it in page["batches"]], page["has_more"]) == (ids[:0:-1], True)
    page = (await ask(tiny, "GET", "/batch/list", params={"limit": 2, "offset": 2})).json()
    assert ([it["batch_id"] for it in page["batches"]], page["has_more"]) == (ids[:1], False)
    page = (await ask(tiny, "GET", "/batch/list", params={"limit": 10**9, "offset": 10**9})).json()
    assert (page["batches"], page["limit"], page["has_more"]) == ([], 100, False)


async def test_tenants_see_only_their_own(tiny: Library) -> None:
    made = await create(tiny, "http://a.example/")
    for method, path in (
        ("GET", f"/batch/{made['batch_id']}/status"),
        ("DELETE", f"/batch/{made['batch_id']}"),
    ):
        assert await code(tiny, method, path, tenant="other-tenant") == (404, "batch_not_found")
    assert (await ask(tiny, "GET", "/batch/list", tenant="other-tenant")).json()["batches"] == []
    await ask(tiny, "DELETE", f"/batch/{made['batch_id']}")
    cleanup = {"params": {"max_age_hours": 0}}
    assert (await ask(tiny, "POST", "/batch/cleanup", tenant="other-tenant", **cleanup)).json()[
        "cleaned_count"
    ] == 0
    assert await code(tiny, "GET", "/batch/list", tenant=None) == (400, "missing_tenant_id")
    assert await code(tiny, "GET", "/batch/list", tenant="ab") == (400, "invalid_tenant_id")


class TestHostile:
    async def test_sizes(self, tiny: Library) -> None:
        for count, told in (
            (0, "no_image_urls"),
            (101, "invalid_batch_size"),
            (10_000, "invalid_batch_size"),
        ):
            body = {"json": {"image_urls": ["http://a.example/"] * count}}
            assert await code(tiny, "POST", "/batch/index", **body) == (400, told)
        assert (await create(tiny, *["http://a.example/"] * 100))["total_images"] == 100

    @pytest.mark.parametrize(
        "body",
        [b"", b"{}", b"[]", b'{"image_urls": "http://a/"}', b'{"image_urls": [1]}', b'{"image_urls": [null]}',
         b'{"image_urls": ["http://a/"], "metadata": 1}',
         b'{"image_urls": ["http://a/"], "metadata": {"a": NaN}}',
         b'{"image_urls": ["http://a/\\u0000"]}', b'{"image_urls": ["\\ud800"]}',
         b'{"image_urls": ["http://a/"], "metadata": {"a": "\\u0000"}}', b"\xff", b"{" * 10_000,
         json.dumps({"image_urls": ["http://a/"], "metadata": {"a": "x" * 70_000}}).encode(),
         json.dumps({"image_urls": ["http://a/" + "x" * 3000]}).encode()],
    )  # fmt: skip
    async def test_bodies(self, tiny: Library, body: bytes) -> None:
        headers = {"content-type": "application/json"}
        answer = await ask(tiny, "POST", "/batch/index", content=body, headers=headers)
        assert answer.status_code in {400, 422}, answer.text
        assert answer.json().keys() == {"code", "message", "request_id", "details"}
        assert (await ask(tiny, "GET", "/batch/list")).json()["total_count"] == 0

    @pytest.mark.parametrize("name", ["x", "1", "%00", "'%20or%201=1", "0" * 32, "a" * 5000, "❤"])
    async def test_names(self, tiny: Library, name: str) -> None:
        assert await code(tiny, "GET", f"/batch/{name}/status") == (404, "batch_not_found")
        assert await code(tiny, "DELETE", f"/batch/{name}") == (404, "batch_not_found")

    @pytest.mark.parametrize("hours", ["-1", "x", "1e9", "9" * 30])
    async def test_ages(self, tiny: Library, hours: str) -> None:
        answer = await ask(tiny, "POST", "/batch/cleanup", params={"max_age_hours": hours})
        assert answer.status_code == 422

    async def test_private_addresses_are_not_asked(self, tiny: Library) -> None:
        made = await create(
            tiny, "http://169.254.169.254/latest/meta-data", "http://[::1]/", "file:///etc/passwd"
        )
        await gather(tiny)
        errors = (await ask(tiny, "GET", f"/batch/{made['batch_id']}/status")).json()["errors"]
        assert [it["code"] for it in errors] == [
            "fetch_refused_address", "fetch_refused_address", "fetch_url_invalid",
        ]  # fmt: skip


async def test_what_is_indexed_is_in_the_library_of_the_tenant(tiny: Library, site: Site) -> None:
    await create(tiny, site.serve("/two", TWO))
    await gather(tiny)
    async with tiny.runtime.db.read() as session:
        assert sum((await read_statistics(session, Principal(2))).faces.values()) == 2
        assert sum((await read_statistics(session, Principal())).faces.values()) == 0
