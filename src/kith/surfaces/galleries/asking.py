"""Requests that may be made in more than one form, or that need more than one answer."""

from uuid import UUID

from fastapi.exceptions import RequestValidationError

from kith.accounts.principal import Principal
from kith.runtime import Runtime
from kith.surfaces.galleries import mapping_faces as mapping
from kith.surfaces.galleries import wire_faces as wire
from kith.tagging.clusters import cluster_unknown
from kith.tagging.reading import count_embedded, read_numbers
from kith.tagging.recognising import PersonMatch, Recognising


async def recognise_asked(kith: Runtime, who: Principal, body: wire.RecognizeIn) -> PersonMatch | None:
    """By a picture and a box if there is one, else by an embedding."""
    asked = Recognising(kith.tagging, who)
    if body.image_url is not None and body.bbox is not None:
        return await asked.recognise_at(body.image_url, body.bbox.xyxy, body.confidence_threshold)
    if body.embedding is None:
        fault = {"loc": ("body",), "msg": "needs image_url and bbox, or embedding", "type": "missing"}
        raise RequestValidationError([fault])
    return await asked.recognise(body.embedding, body.confidence_threshold)


async def clusters_asked(
    kith: Runtime, who: Principal, gallery: UUID | None, min_size: int
) -> wire.UnknownClustersOut:
    if gallery is None:
        return mapping.no_clusters()
    recognition = await kith.recognition()
    async with kith.db.read() as session:
        return mapping.clusters(await cluster_unknown(recognition, session, who, gallery, min_size), gallery)


async def rebuild_asked(kith: Runtime, who: Principal) -> wire.IndexCountsOut:
    async with kith.db.read() as session:
        before = await count_embedded(session, who)
    await (await kith.recognition()).catch_up()
    async with kith.db.read() as session:
        return mapping.index_counts(before, await read_numbers(session, who))
