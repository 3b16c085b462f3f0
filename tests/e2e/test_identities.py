"""The main job on real photos: a folder goes in, and who is who comes out, with no human help.

The bounds stand a little below what is reached (see docs/accuracy.md); they hold for photos of other
people too, for no threshold was fitted to this set: all come from false-accept rates of strangers.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from kith.accounts.principal import Principal
from kith.engine.image import decode
from kith.people.finding import find_face
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import EngineSettings
from kith.settings import Settings
from tests.support.bcubed import bcubed
from tests.support.identities import Labelled, groups_of, hold_back, labelled_faces, read_labels
from tests.support.shared import shared_path

pytestmark = [pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(900)]

WHO = Principal()
Record = Callable[[str, object], None]


async def take(runtime: Runtime, labels: list[Labelled]) -> None:
    await runtime.importer(WHO).run([it.path for it in labels], copy=False, progress=lambda _: None)
    await runtime.runner().drain(WHO.tenant_id)


@pytest.mark.parametrize(
    ("pack", "least_f1", "least_precision"), [("mobile", 0.965, 0.985), ("dlib", 0.93, 0.975)]
)
async def test_groups_without_names(
    tmp_path: Path, pack: str, least_f1: float, least_precision: float, record_property: Record
) -> None:
    labels = read_labels(shared_path("data"))
    settings = Settings(data=tmp_path, engine=EngineSettings(pack=pack))
    async with open_runtime(settings) as runtime:
        if pack != "dlib":
            runtime.packs.install(str(shared_path("models")))
        await take(runtime, labels)
        faces = await labelled_faces(runtime.db, labels)
    precision, recall, f1 = bcubed([it.person for it in labels], groups_of(faces))
    record_property("bcubed", {"precision": precision, "recall": recall, "f1": f1})
    assert sum(face is None for face in faces) <= 10
    assert precision >= least_precision
    assert f1 >= least_f1


async def test_a_held_back_photo_finds_its_person(tmp_path: Path, record_property: Record) -> None:
    labels = read_labels(shared_path("data"))
    held = hold_back(labels)
    rest = [it for it in labels if it not in held]
    settings = Settings(data=tmp_path, engine=EngineSettings(pack="mobile"))
    async with open_runtime(settings) as runtime:
        runtime.packs.install(str(shared_path("models")))
        await take(runtime, rest)
        faces = await labelled_faces(runtime.db, rest)
        owner = {face.id: it.person for face, it in zip(faces, rest, strict=True) if face is not None}
        recognition = await runtime.recognition()
        right = 0
        async with runtime.db.read() as session:
            for it in held:
                image = decode(it.path.read_bytes())
                found = await find_face(recognition, session, WHO, image, top=1, min_similarity=0)
                right += owner.get(found[0].face_id) == it.person
    record_property("rank_1", right / len(held))
    assert right >= 0.95 * len(held)
