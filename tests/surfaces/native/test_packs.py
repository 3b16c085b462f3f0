"""Packs over HTTP: which there are, how good, and the choice of one."""

import re
from pathlib import Path

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.app import create_app
from kith.engine.packs.measured import MEASURED
from kith.runtime import open_runtime
from kith.setting_groups import EngineSettings
from kith.tenants.service import Quotas, Tenants
from tests.support.client import connected
from tests.support.library import ANA, ANDRE, library_settings
from tests.support.shared import ROOT
from tests.surfaces.conftest import NO_WORKER, Library

PATH = "/api/kith/packs"


async def test_which_there_are(library: Library) -> None:
    shown = await library.get(PATH)
    packs = {it["pack_id"]: it for it in shown["items"]}
    assert (shown["active"], shown["is_pinned"], shown["is_engine_remote"]) == ("mobile", False, False)
    assert [it for it in packs if packs[it]["is_active"]] == ["mobile"]
    assert (packs["mobile"]["is_installed"], packs["buffalo_l"]["is_installed"]) == (True, False)
    assert packs["mobile"]["allows_commercial_use"]
    assert not packs["buffalo_l"]["allows_commercial_use"]
    assert packs["mobile"]["accuracy"]["f1"] == 0.973
    assert packs["opencv"]["accuracy"] is None


async def test_another_is_used(library: Library) -> None:
    await library.detect(ANA[0])
    (person,) = await library.get("/persons")
    await library.client.put(f"/persons/{person['id']}", json={"name": "Ana"})
    answer = await library.client.post(f"{PATH}/dlib/use")
    assert (answer.status_code, answer.json()) == (200, {"pack_id": "dlib", "queued": 1})
    shown = await library.get(PATH)
    assert (shown["active"], shown["waiting_photos"]) == ("dlib", 1)
    await library.work()
    assert (await library.get(PATH))["waiting_photos"] == 0
    assert [it["name"] for it in await library.get("/persons")] == ["Ana"]


async def test_a_preview(library: Library) -> None:
    """With the pack that is in use everybody stays who they are; nothing of the library changes."""
    answer = await library.client.get(f"{PATH}/preview")
    assert (answer.status_code, answer.json()["code"]) == (404, "preview_not_found")
    for name, pictures in {"Ana": ANA, "Andre": ANDRE}.items():
        for picture in pictures:
            (face,) = (await library.detect(picture))["faces"]
            person = {"person_id": None, "name": name, "face_ids": [face["face_id"]], "action": "assign"}
            answer = await library.client.post("/api/kith/faces/decide", json=person)
            assert answer.status_code == 200, answer.text
    for _ in range(2):  # one that is under way stays
        started = await library.client.post(f"{PATH}/mobile/preview")
        assert (started.status_code, started.json()["state"]) == (202, "running")
    before = await library.get("/api/kith/decisions")
    await library.work()
    done = await library.get(f"{PATH}/preview")
    counts = {
        name: done[name] for name in ("faces_wanted", "faces_looked_at", "agree", "would_change_person")
    }
    assert counts == {"faces_wanted": 6, "faces_looked_at": 6, "agree": 6, "would_change_person": 0}
    assert (done["state"], done["would_become_unknown"], done["error_code"]) == ("done", 0, None)
    assert await library.get("/api/kith/decisions") == before


async def test_a_preview_of_what_is_not_here(sqlite_library: Library) -> None:
    answer = await sqlite_library.client.post(f"{PATH}/buffalo_l/preview")
    assert (answer.status_code, answer.json()["code"]) == (404, "pack_not_found")


async def test_a_preview_of_nobody(sqlite_library: Library) -> None:
    await sqlite_library.client.post(f"{PATH}/mobile/preview")
    await sqlite_library.work()
    done = await sqlite_library.get(f"{PATH}/preview")
    assert (done["state"], done["faces_looked_at"], done["agree"]) == ("done", 0, 0)


async def test_one_that_is_not_here(sqlite_library: Library) -> None:
    answer = await sqlite_library.client.post(f"{PATH}/buffalo_l/use")
    assert (answer.status_code, answer.json()["code"]) == (404, "pack_not_found")


async def test_it_is_for_those_who_run_it(library: Library) -> None:
    runtime = library.runtime
    async with runtime.db.write() as session:
        mine = await Tenants(session, Principal(), runtime.clock).create("mine", Quotas())
        made = await Keys(session, Principal(mine.id), runtime.clock).create(NewKey("key", [Scope.ADMIN]))
    answer = await library.client.post(f"{PATH}/mobile/use", headers={"x-api-key": made.secret})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_a_setting_stands_above_it(packs_folder: Path, tmp_path: Path) -> None:
    settings = library_settings(
        tmp_path / "data", packs_folder, worker=NO_WORKER, engine=EngineSettings(pack="mobile")
    )
    async with open_runtime(settings) as runtime, connected(create_app(settings, runtime)) as client:
        assert (await client.get(PATH)).json()["is_pinned"]
        answer = await client.post(f"{PATH}/dlib/use")
        assert (answer.status_code, answer.json()["code"]) == (409, "pack_pinned")


def test_what_was_measured_is_what_the_guide_tells() -> None:
    guide = (ROOT / "docs" / "accuracy.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\.\d+) \| (\.\d+) \| (\.\d+) \| (\.\d+) \|", guide, re.MULTILINE)
    told = {name: tuple(map(float, numbers)) for name, *numbers in rows}
    assert told == {name: (it.precision, it.recall, it.f1, it.rank_1) for name, it in MEASURED.items()}
