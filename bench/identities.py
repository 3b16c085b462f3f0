"""How well a fresh import sorts labelled photos into people, and finds a held-back photo's person again.

    python bench/identities.py --shared ../shared [--pack mobile --pack dlib] [--json]

Each pack imports the photos twice: all of them (B-cubed precision, recall and F1 of the groups, none of
which has been named or corrected), then without one photo of each person (rank-1: the face found first
with the held-back photo belongs to the same person). Photos of identities.csv; see its README for whom.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.report import Row, parser_for, show
from kith.accounts.principal import Principal
from kith.engine.image import decode
from kith.people.finding import NoFace, find_face
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import EngineSettings
from kith.settings import Settings
from tests.support.bcubed import bcubed
from tests.support.identities import Labelled, groups_of, hold_back, labelled_faces, read_labels


async def import_photos(runtime: Runtime, photos: Sequence[Path]) -> float:
    """Import and identify; the seconds it took once the networks were open."""
    await runtime.recognition()
    started = time.perf_counter()
    await runtime.importer(Principal()).run(photos, copy=False, progress=lambda _: None)
    await runtime.runner().drain(Principal().tenant_id)
    return time.perf_counter() - started


async def sort_people(runtime: Runtime, labels: Sequence[Labelled]) -> dict[str, float]:
    seconds = await import_photos(runtime, [it.path for it in labels])
    faces = await labelled_faces(runtime.db, labels)
    precision, recall, f1 = bcubed([it.person for it in labels], groups_of(faces))
    return {
        "photos": len(labels), "seconds": round(seconds, 1), "missed": sum(face is None for face in faces),
        "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4),
    }  # fmt: skip


async def find_again(runtime: Runtime, labels: Sequence[Labelled]) -> dict[str, float]:
    held = hold_back(labels)
    paths = {it.path for it in held}
    rest = [it for it in labels if it.path not in paths]
    await import_photos(runtime, [it.path for it in rest])
    faces = await labelled_faces(runtime.db, rest)
    owner = {face.id: it.person for face, it in zip(faces, rest, strict=True) if face is not None}
    recognition = await runtime.recognition()
    hits = 0
    async with runtime.db.read() as session:
        for it in held:
            image = decode(it.path.read_bytes())
            try:
                found = await find_face(recognition, session, Principal(), image, top=1, min_similarity=0)
            except NoFace:
                continue
            hits += bool(found) and owner.get(found[0].face_id) == it.person
    return {"held_back": len(held), "rank_1": round(hits / len(held), 4)}


async def measure(pack: str, shared: Path) -> Row:
    labels = read_labels(shared / "data")
    result: dict[str, object] = {"pack": pack}
    for task in (sort_people, find_again):
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data=Path(folder), engine=EngineSettings(pack=pack))
            async with open_runtime(settings) as runtime:
                if pack != "dlib":
                    runtime.packs.install(str(shared / "models"), accept_license=True)
                result |= await task(runtime, labels)
    return result


def main() -> None:
    parser = parser_for(__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--pack", action="append", choices=["mobile", "dlib"])
    options = parser.parse_args()
    rows = [asyncio.run(measure(pack, options.shared)) for pack in options.pack or ["mobile", "dlib"]]
    show({"Labelled photos, sorted and found again": rows}, as_json=options.json)


if __name__ == "__main__":
    main()
