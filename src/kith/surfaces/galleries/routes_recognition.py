"""Recognition: whose faces a picture shows, nobody's faces in groups, and all of it again in one go."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from kith.surfaces.galleries import mapping_faces as mapping
from kith.surfaces.galleries import wire_faces as wire
from kith.surfaces.galleries.asking import clusters_asked, rebuild_asked, recognise_asked
from kith.surfaces.galleries.routing import COMMON, MISSING, SEARCHES, WRITES, Aliases
from kith.surfaces.requests import Kith, Who
from kith.tagging.clusters import set_aside
from kith.tagging.describing import describe_faces, describe_unknown
from kith.tagging.recognising import Recognising

# Under these paths older clients call the same.
ALIASES = {
    "/api/recognition/recognize": ("/recognize-face",),
    "/api/recognition/rebuild-index": ("/rebuild-index",),
    "/api/recognition/generate-descriptors": ("/generate-descriptors",),
    "/api/recognition/reject-faces": ("/reject-face-cluster",),
}
router = Aliases(ALIASES, tags=["galleries: recognition"], responses=COMMON)


@router.post("/api/recognition/detect", dependencies=SEARCHES, summary="The faces of a picture")
async def detect(body: wire.DetectIn, kith: Kith, who: Who) -> wire.FoundFacesOut:
    """With the people they are most like. Nothing is kept, and no embedding is handed out."""
    asked = Recognising(kith.tagging, who)
    return mapping.found_faces(await asked.detect(body.image_url, is_filtered=body.apply_quality_filters))


@router.post("/detect-faces", dependencies=SEARCHES, summary="The faces of a picture, for older clients")
async def detect_faces(body: wire.DetectIn, kith: Kith, who: Who) -> wire.EmbeddedFacesOut:
    """As above, with embeddings: this endpoint alone hands them out."""
    asked = Recognising(kith.tagging, who)
    return mapping.embedded_faces(await asked.detect(body.image_url, is_filtered=body.apply_quality_filters))


@router.post("/api/recognition/recognize", dependencies=SEARCHES, summary="Who a face is")
async def recognize(body: wire.RecognizeIn, kith: Kith, who: Who) -> wire.RecognizedOut:
    """By `image_url` and `bbox`, or by an `embedding`. A face nobody has verified must be more alike."""
    return mapping.recognized(await recognise_asked(kith, who, body))


@router.post("/api/recognition/rebuild-index", dependencies=WRITES, summary="Bring the index up to date")
async def rebuild_index(kith: Kith, who: Who) -> wire.IndexCountsOut:
    """It follows every change by itself, so there is nothing to wait for after one."""
    return await rebuild_asked(kith, who)


@router.post(
    "/api/recognition/generate-descriptors", dependencies=WRITES, summary="Embed faces of a picture",
    responses=MISSING,
)  # fmt: skip
async def generate_descriptors(body: wire.DescribeIn, kith: Kith, who: Who) -> wire.DescriptorsOut:
    """A face with a `photo_id` is saved; of others it is only said that they can be embedded."""
    saved = await describe_faces(kith.tagging, who, body.image_url, mapping.describe_tags(body))
    return mapping.descriptors(body, saved)


@router.post(
    "/cluster-unknown-faces", dependencies=WRITES, summary="Groups of nobody's faces", responses=MISSING
)
async def cluster_unknown_faces(
    kith: Kith, who: Who,
    gallery_id: Annotated[UUID | None, Query()] = None,
    min_cluster_size: Annotated[int, Query(ge=2, le=1000)] = 2,
) -> wire.UnknownClustersOut:  # fmt: skip
    """Of a gallery; largest first."""
    return await clusters_asked(kith, who, gallery_id, min_cluster_size)


@router.post("/api/recognition/reject-faces", dependencies=WRITES, summary="Set faces aside")
async def reject_faces(body: wire.RejectIn, kith: Kith, who: Who) -> wire.RejectedOut:
    """They are nobody to care about, and left out everywhere. It can be undone."""
    count = await set_aside(kith.tagging, who, mapping.rejected_faces(body))
    return wire.RejectedOut(rejected_count=count)


@router.post(
    "/regenerate-unknown-descriptors", dependencies=WRITES, summary="Embed nobody's faces that were not yet",
    responses=MISSING,
)  # fmt: skip
async def regenerate_unknown(
    kith: Kith, who: Who, gallery_id: Annotated[UUID, Query()]
) -> wire.RegeneratedOut:
    """What is missing, after a change of the pack say, is made in the background."""
    return mapping.regenerated(await describe_unknown(kith.tagging, who, gallery_id))


@router.post("/api/v2/batch-recognize", dependencies=WRITES, summary="Recognise nobody's faces")
async def batch_recognize(body: wire.BatchRecognizeIn, kith: Kith, who: Who) -> wire.BatchRecognizedOut:
    """Of processed photos. Who is similar enough is verified at once (`verified_threshold`)."""
    return mapping.batch(await kith.recognise_waiting(who, body.confidence_threshold, body.limit))
