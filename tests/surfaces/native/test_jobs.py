"""Work in the background over HTTP: looked at, tried again, paused."""

from datetime import timedelta

import pytest

from kith.accounts.principal import Principal
from kith.jobs import queries
from kith.jobs.service import Jobs, NewJob
from kith.jobs.tables import JobState
from kith.photos import queries as photo_queries
from kith.tenants.service import Quotas, Tenants
from tests.support.library import ANA, ANDRE, portrait
from tests.support.statements import counted_statements
from tests.surfaces.conftest import Library
from tests.surfaces.native.made import make_photo
from tests.surfaces.native.test_uploads import begun, piece

PATH = "/api/kith/jobs"


async def upload(library: Library, data: bytes | None = None) -> int:
    data = data or portrait(ANA[0])
    return (await piece(library, await begun(library, data), 0, data)).json()["photo_id"]


async def post(library: Library, path: str, **body: object) -> dict:
    answer = await library.client.post(f"{PATH}/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def fail_all(library: Library) -> None:
    async with library.runtime.db.write() as session:
        jobs = await Jobs(session, library.runtime.clock).claim("w", {"analyse": 9}, timedelta(days=1))
        for job in jobs:
            await Jobs(session, library.runtime.clock).bury("w", job, "internal_error", "it broke")


def kind(shown: dict, name: str) -> dict:
    return next(it for it in shown["kinds"] if it["kind"] == name)


class TestJobs:
    async def test_what_waits_and_is_done(self, library: Library) -> None:
        photos = {"pending": 0, "analysed": 0, "failed": 0, "total": 0}
        assert await library.get(PATH) == {"kinds": [], "workers": [], "photos": photos}
        await upload(library)
        shown = await library.get(PATH)
        analyse = kind(shown, "analyse")
        assert (analyse["queued"], analyse["running"], analyse["failed"], analyse["paused"]) == (
            1,
            0,
            0,
            False,
        )
        assert analyse["oldest_queued_at"] is not None
        assert shown["photos"]["pending"] == 1
        await library.work()
        shown = await library.get(PATH)
        assert (shown["kinds"], shown["photos"]["analysed"]) == ([], 1)

    async def test_what_failed_is_tried_again(self, library: Library) -> None:
        photo_id = await upload(library)
        await fail_all(library)
        page = await library.get(f"{PATH}/failed")
        (failed,) = page["items"]
        assert page["next_cursor"] is None
        assert (failed["kind"], failed["error_code"], failed["error_detail"], failed["photo_id"]) == (
            "analyse", "internal_error", "it broke", photo_id,
        )  # fmt: skip
        assert await post(library, "retry", kind="identify") == {"retried": 0}
        assert await post(library, "retry", job_ids=[failed["job_id"] + 1]) == {"retried": 0}
        assert await post(library, "retry", job_ids=[failed["job_id"]]) == {"retried": 1}
        assert await post(library, "retry") == {"retried": 0}
        await library.work()
        assert (await library.get(PATH))["photos"]["analysed"] == 1

    async def test_pages_of_what_failed(self, library: Library) -> None:
        async with library.runtime.db.write() as session:
            await Jobs(session, library.runtime.clock).add(1, [NewJob("analyse", {"photo_id": 1})] * 5)
        await fail_all(library)
        seen, cursor = [], None
        while True:
            page = await library.get(f"{PATH}/failed", limit=2, **({"cursor": cursor} if cursor else {}))
            seen += [it["job_id"] for it in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
        assert seen == sorted(set(seen))
        assert len(seen) == 5
        answer = await library.client.get(f"{PATH}/failed", params={"cursor": "nonsense"})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")

    async def test_paused_it_waits(self, library: Library) -> None:
        for _ in range(2):
            assert await post(library, "pause", kind="analyse") == {"kind": "analyse"}
        await upload(library)
        await library.work()
        shown = await library.get(PATH)
        assert kind(shown, "analyse")["paused"]
        assert shown["photos"]["pending"] == 1
        for _ in range(2):
            await post(library, "resume", kind="analyse")
        await library.work()
        assert (await library.get(PATH))["photos"]["analysed"] == 1

    async def test_a_pause_is_of_one_tenant(self, library: Library) -> None:
        runtime = library.runtime
        await post(library, "pause", kind="analyse")
        async with runtime.db.write() as session:
            other = await Tenants(session, Principal(), runtime.clock).create("other", Quotas())
            await Jobs(session, runtime.clock).add(other.id, [NewJob("analyse", {"photo_id": 1})])
        async with runtime.db.read() as session:
            ready = await session.scalar(queries.next_in_line(runtime.clock.now(), ["analyse"]))
        assert ready == "analyse"

    async def test_analysed_again(self, library: Library) -> None:
        await upload(library)
        assert await post(library, "analyse", which="missing") == {"queued": 0}  # it waits already
        await library.work()
        for which, queued in (("missing", 0), ("failed", 0), ("all", 1), ("all", 0)):
            assert await post(library, "analyse", which=which) == {"queued": queued}, which
        await library.work()
        assert (await library.get(PATH))["kinds"] == []

    async def test_one_that_failed_is_looked_at_again_alone(self, library: Library) -> None:
        one, other = await upload(library), await upload(library, portrait(ANDRE[0]))
        await fail_all(library)
        async with library.runtime.db.write() as session:
            for photo in await session.scalars(photo_queries.by_ids([one, other])):
                photo.state, photo.error_code = "failed", "internal_error"
        async with library.runtime.db.write() as session:
            tenant = await Tenants(session, Principal(), library.runtime.clock).create("theirs", Quotas())
        theirs, _ = await make_photo(library, who=Principal(tenant.id))
        for which in ("all", "failed", "missing"):
            assert await post(library, "analyse", which=which, photo_ids=[theirs]) == {"queued": 0}
        assert await post(library, "analyse", which="failed", photo_ids=[one, 999]) == {"queued": 1}
        (left,) = (await library.get(f"{PATH}/failed"))["items"]
        assert left["photo_id"] == other
        await library.work()
        photos = (await library.get(PATH))["photos"]
        assert (photos["analysed"], photos["failed"]) == (1, 1)

    async def test_photos_that_failed_are_looked_at_again(self, library: Library) -> None:
        await upload(library)
        await library.work()
        async with library.runtime.db.write() as session:
            for photo in await session.scalars(photo_queries.by_ids([1])):
                photo.state, photo.error_code, photo.analysed_space_id = "failed", "corrupt_image", None
        assert await post(library, "analyse", which="failed") == {"queued": 1}
        assert (await library.get(PATH))["photos"]["pending"] == 1
        await library.work()
        assert (await library.get(PATH))["photos"]["analysed"] == 1

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("pause", {"kind": "expire_audit"}), ("pause", {}), ("resume", {"kind": 1}),
            ("retry", {"job_ids": [0]}),
            ("retry", {"job_ids": [1] * 1001}), ("analyse", {"which": "some"}), ("analyse", {}),
        ],
    )  # fmt: skip
    async def test_what_cannot_be_asked(self, sqlite_library: Library, path: str, body: object) -> None:
        answer = await sqlite_library.client.post(f"{PATH}/{path}", json=body)
        assert answer.status_code == 422

    async def test_looking_costs_as_much_however_much_there_is(self, library: Library) -> None:
        async with library.runtime.db.write() as session:
            await Jobs(session, library.runtime.clock).add(1, [NewJob("analyse", {"photo_id": 1})] * 30)
        with counted_statements() as statements:
            await library.get(PATH)
        assert len(statements.sent) < 12
        async with library.runtime.db.read() as session:
            rows = (await session.execute(queries.counts(1))).all()
        assert rows == [("analyse", JobState.QUEUED, 30)]
