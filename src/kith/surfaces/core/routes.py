"""The endpoints of the core surface; contract.yaml says what each of them owes to whom."""

import time
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, Response, UploadFile

from kith.accounts.principal import Principal, Scope
from kith.audit.tables import AuditAction
from kith.faces.clustering import cluster_faces
from kith.faces.embedded import get_embedded, list_embedded
from kith.faces.searching import nearest_faces, unit_vector
from kith.kit.db import WriteSession
from kith.kit.pages import MAX_LIMIT, Page
from kith.people.deleting import delete_face as delete_face_of
from kith.people.reading import list_persons_by_id, read_statistics, summarise
from kith.people.service import People
from kith.runtime import Runtime
from kith.surfaces.access import PUBLIC, needs
from kith.surfaces.core import mapping, wire
from kith.surfaces.health import answers
from kith.surfaces.requests import MAX_ID, Kith, Listed, Reading, Who, Writing
from kith.surfaces.uploads import analyse_upload, embed_upload, save_upload

VERSION = "2.0.0-core"

Picture = Annotated[UploadFile, File(description="A picture in any format Kith reads.")]
MinConfidence = Annotated[float, Form(ge=0, le=1, description="The lowest detection score to hand out.")]
PathId = Annotated[int, Path(ge=1, le=MAX_ID)]

# A list of up to 1,000 ids, each of up to ten digits.
_IDS = r"^\d{1,10}(,\d{1,10})*$"
_IDS_LENGTH = 11 * MAX_LIMIT - 1

_BAD = {"model": wire.ErrorOut, "description": "The input cannot be used"}
_MISSING = {"model": wire.ErrorOut, "description": "There is no such thing"}
_LARGE = {"model": wire.ErrorOut, "description": "Too large or too many"}
_BUSY = {"model": wire.ErrorOut, "description": "Busy or not ready; try again later"}

router = APIRouter(tags=["core"], responses={503: _BUSY})


class _Watch:
    """Milliseconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def milliseconds(self) -> float:
        return round((time.perf_counter() - self._start) * 1000, 3)


def _people(kith: Runtime, session: WriteSession, who: Principal) -> People:
    return People(session, who, kith.clock)


# ── the service itself ───────────────────────────────────────────────────────────────────────────


@router.get("/", dependencies=[needs(Scope.READ)], summary="What this is")
async def banner() -> wire.BannerOut:
    return wire.BannerOut(
        ok=True, service="kith", version=VERSION, docs="/docs", health="/health",
        description="Kith: faces found, embedded, searched and grouped into persons.",
        capabilities=["detect", "recognize", "search", "cluster", "persons", "faces"],
    )  # fmt: skip


@router.get(
    "/health",
    dependencies=[PUBLIC],
    summary="Whether the database answers and a pack is loaded",
    responses={503: {"model": wire.HealthOut}},
)
async def health(kith: Kith, response: Response) -> wire.HealthOut:
    is_up = await answers(kith)
    response.status_code = 200 if is_up else 503
    return wire.HealthOut(
        status="healthy" if is_up else "unhealthy", service="kith", version=VERSION,
        database="connected" if is_up else "disconnected", models_loaded=kith.is_engine_open,
    )  # fmt: skip


@router.get("/stats", dependencies=[needs(Scope.READ)], summary="How much there is")
async def stats(session: Reading, who: Who) -> wire.StatsOut:
    return mapping.statistics(await read_statistics(session, who))


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────


@router.post(
    "/detect",
    dependencies=[needs(Scope.INDEX)],
    summary="Find the faces of a picture",
    responses={400: _BAD, 413: _LARGE},
)
async def detect(
    file: Picture,
    kith: Kith,
    session: Writing,
    who: Who,
    *,
    min_confidence: MinConfidence = 0.9,
    auto_save: Annotated[bool, Form(description="Whether to keep picture, faces and persons.")] = True,
) -> wire.DetectOut:
    """With `auto_save` the picture is kept, each face with a person: one that is known, or a new one.

    The same picture twice is one photo, with the same faces. Without, nothing is kept.
    """
    watch = _Watch()
    analysed = await analyse_upload(kith, file, min_confidence)
    saved = await save_upload(kith, session, who, analysed) if auto_save else None
    return wire.DetectOut(
        faces=mapping.detected_faces(analysed.found, analysed.rows.tolist(), saved),
        image_path=saved.location if saved is not None else None,
        processing_time_ms=watch.milliseconds,
    )


@router.post(
    "/recognize",
    dependencies=[needs(Scope.SEARCH)],
    summary="Embed the faces of a picture",
    responses={400: _BAD, 413: _LARGE},
)
async def recognize(
    file: Picture,
    kith: Kith,
    boxes: Annotated[wire.Boxes | None, Form(description="JSON: the faces, instead of finding them.")] = None,
    min_confidence: MinConfidence = 0.9,
) -> wire.RecognizeOut:
    """Nothing is kept. With `boxes` the faces are those, in that order."""
    if boxes is not None:
        embedded = await embed_upload(kith, file, mapping.corners(boxes.root))
        return wire.RecognizeOut(faces=[mapping.seen_face(embedded, row) for row in range(len(embedded))])
    analysed = await analyse_upload(kith, file, min_confidence)
    return wire.RecognizeOut(faces=[mapping.seen_face(analysed.found, row) for row in analysed.rows.tolist()])


# ── searching and clustering ─────────────────────────────────────────────────────────────────────


@router.post(
    "/search",
    dependencies=[needs(Scope.SEARCH)],
    summary="Find faces like an embedding",
    responses={400: _BAD},
)
async def search(body: wire.SearchIn, kith: Kith, who: Who) -> wire.SearchOut:
    """`threshold` and `similarity` are cosines in the embedding space in use; its dimension counts."""
    watch = _Watch()
    recognition = await kith.recognition()
    vector = unit_vector(body.embedding, recognition.index.dimension)
    async with kith.db.read() as session:
        found = await nearest_faces(
            recognition, session, who, vector, top=body.limit, min_cosine=body.threshold
        )
    await kith.note(who, AuditAction.SEARCH, "face", counts={"results": len(found)})
    return wire.SearchOut(
        matches=[mapping.match(near) for near in found],
        query_embedding_size=len(body.embedding),
        search_time_ms=watch.milliseconds,
    )


@router.post(
    "/cluster",
    dependencies=[needs(Scope.SEARCH)],
    summary="Group faces by DBSCAN",
    responses={404: _MISSING, 413: _LARGE},
)
async def cluster(
    session: Reading, kith: Kith, who: Who, body: wire.ClusterIn | None = None
) -> wire.ClustersOut:
    """Over the faces named, or all of them, at most 10,000. Nothing is kept."""
    watch = _Watch()
    asked = body or wire.ClusterIn()
    found = await cluster_faces(
        session, who, kith.compute,
        face_ids=asked.face_ids or (), min_cosine=1 - asked.eps, min_samples=asked.min_samples,
    )  # fmt: skip
    return mapping.clusters(found, watch.milliseconds)


# ── persons ──────────────────────────────────────────────────────────────────────────────────────


@router.get("/persons", dependencies=[needs(Scope.READ)], summary="List persons by id")
async def list_persons(session: Reading, who: Who, page: Listed) -> list[wire.PersonOut]:
    return [mapping.person(it) for it in await list_persons_by_id(session, who, page)]


@router.post(
    "/persons",
    dependencies=[needs(Scope.MANAGE)],
    summary="Make a person without faces",
    responses={400: _BAD},
)
async def create_person(body: wire.PersonIn, kith: Kith, session: Writing, who: Who) -> wire.PersonOut:
    person = await _people(kith, session, who).create(body.name, body.metadata)
    return mapping.person(await summarise(session, who, person.id))


@router.post(
    "/persons/merge",
    dependencies=[needs(Scope.MANAGE)],
    summary="Make several persons one",
    responses={400: _BAD, 404: _MISSING},
)
async def merge_persons(body: wire.MergeIn, kith: Kith, session: Writing, who: Who) -> wire.MergeOut:
    sources = sorted(set(body.source_person_ids))
    _, moved = await _people(kith, session, who).merge(
        sources, body.target_person_id, keep_name=body.keep_name or False
    )
    return wire.MergeOut(
        merged_person_id=body.target_person_id, faces_transferred=moved, deleted_person_ids=sources,
        message=f"merged into person {body.target_person_id}",
    )  # fmt: skip


@router.get(
    "/persons/{person_id}",
    dependencies=[needs(Scope.READ)],
    summary="A person with their faces",
    responses={404: _MISSING},
)
async def show_person(person_id: PathId, session: Reading, who: Who) -> wire.PersonFacesOut:
    summary = await summarise(session, who, person_id)
    faces = await list_embedded(session, who, Page(limit=MAX_LIMIT), person_id=person_id)
    return mapping.person_with_faces(summary, faces)


@router.put(
    "/persons/{person_id}",
    dependencies=[needs(Scope.MANAGE)],
    summary="Rename a person",
    responses={400: _BAD, 404: _MISSING},
)
async def update_person(
    person_id: PathId, body: wire.PersonIn, kith: Kith, session: Writing, who: Who
) -> wire.PersonOut:
    people = _people(kith, session, who)
    if body.name is not None:
        await people.rename(person_id, body.name)
    if body.metadata is not None:
        await people.describe(person_id, notes=body.metadata)
    return mapping.person(await summarise(session, who, person_id))


@router.delete(
    "/persons/{person_id}",
    dependencies=[needs(Scope.MANAGE)],
    summary="Erase a person and their faces",
    responses={404: _MISSING},
)
async def delete_person(person_id: PathId, kith: Kith, session: Writing, who: Who) -> wire.MessageOut:
    """For good: embeddings and decisions go too. The photos stay."""
    count = await _people(kith, session, who).erase(person_id, delete_faces=True)
    return wire.MessageOut(message=f"person {person_id} was deleted, and their faces: {count}")


@router.get(
    "/persons/{person_id}/faces",
    dependencies=[needs(Scope.READ)],
    summary="The faces of a person",
    responses={404: _MISSING},
)
async def list_faces_of(person_id: PathId, session: Reading, who: Who, page: Listed) -> list[wire.FaceOut]:
    await summarise(session, who, person_id)
    return [mapping.face(it) for it in await list_embedded(session, who, page, person_id=person_id)]


# ── faces ────────────────────────────────────────────────────────────────────────────────────────


@router.get("/faces", dependencies=[needs(Scope.READ)], summary="List faces by id")
async def list_faces(
    session: Reading,
    who: Who,
    page: Listed,
    person_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    ids: Annotated[str | None, Query(pattern=_IDS, max_length=_IDS_LENGTH, examples=["1,2,3"])] = None,
) -> list[wire.FaceOut]:
    """With `ids` those of them that exist, whatever `skip` and `limit` say."""
    named = mapping.ids(ids) if ids is not None else None
    shown = page if named is None else Page(limit=MAX_LIMIT)
    found = await list_embedded(session, who, shown, person_id=person_id, face_ids=named)
    return [mapping.face(it) for it in found]


@router.get("/faces/{face_id}", dependencies=[needs(Scope.READ)], summary="A face", responses={404: _MISSING})
async def show_face(face_id: PathId, session: Reading, who: Who) -> wire.FaceOut:
    return mapping.face(await get_embedded(session, who, face_id))


@router.delete(
    "/faces/{face_id}", dependencies=[needs(Scope.MANAGE)], summary="Delete a face", responses={404: _MISSING}
)
async def delete_face(face_id: PathId, kith: Kith, session: Writing, who: Who) -> wire.MessageOut:
    """For good, with its embedding. Settings say whether a person left without faces goes too."""
    await delete_face_of(
        _people(kith, session, who), face_id,
        delete_empty_person=kith.settings.surfaces.core.delete_empty_persons,
    )  # fmt: skip
    return wire.MessageOut(message=f"face {face_id} was deleted")
