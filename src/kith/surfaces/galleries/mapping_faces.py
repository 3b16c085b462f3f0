"""Between Kith's words and the contract's, for faces and recognition: pure functions."""

from collections.abc import Sequence
from uuid import UUID

from kith.errors import AppError
from kith.faces.tables import Face
from kith.galleries.tables import GalleryImage
from kith.surfaces.galleries import wire_faces as wire
from kith.surfaces.galleries.fields import PixelBoxIn, PixelBoxOut
from kith.surfaces.galleries.mapping import avatar_of
from kith.tagging.batches import BatchDone
from kith.tagging.changing import FaceChange
from kith.tagging.clusters import ClusterFace, UnknownClusters, UnknownFace
from kith.tagging.describing import Described, DescribeTag
from kith.tagging.placing import Tag
from kith.tagging.reading import HIGH_CONFIDENCE, Numbers, TaggedFace
from kith.tagging.recognising import DetectedFace, PersonMatch, blur_score
from kith.tagging.saving import SavedTag

# ── faces of photos ──────────────────────────────────────────────────────────────────────────────


def tag(it: wire.TagIn) -> Tag:
    return Tag(
        _xyxy(it.box), it.face_id, it.person_id, it.verified, it.recognition_confidence,
        it.insightface_confidence,
    )  # fmt: skip


def tags_saved(saved: Sequence[SavedTag]) -> wire.TagsSavedOut:
    faces = [
        wire.SavedTagOut(
            face_id=str(it.face), person_id=_text(it.person), verified=it.is_verified,
            has_descriptor=it.is_embedded, descriptor_error=_fault(it.error),
        )
        for it in saved
    ]  # fmt: skip
    failed = sum(it.error is not None for it in saved)
    message = f"saved {len(faces)} faces" if faces else "no faces detected"
    if failed:
        message += f", {failed} of them without a descriptor"
    return wire.TagsSavedOut(message=message, faces=faces, count=len(faces))


def _fault(error: AppError | None) -> wire.DescriptorFaultOut | None:
    return wire.DescriptorFaultOut(code=error.code, message=error.detail) if error is not None else None


def photo_face(it: TaggedFace) -> wire.PhotoFaceOut:
    return wire.PhotoFaceOut(
        id=str(it.face.uuid), photo_id=str(it.image), person_id=_text(it.person and it.person.uuid),
        insightface_bbox=_box(it.face.xyxy), insightface_confidence=it.face.detection_score,
        recognition_confidence=it.confidence, verified=it.is_verified,
        blur_score=blur_score(it.face.sharpness), person_name=it.person.name if it.person else None,
        avatar_url=avatar_of(it.person), created_at=it.face.created_at,
    )  # fmt: skip


def photo_faces(rows: Sequence[TaggedFace]) -> wire.PhotoFacesOut:
    return wire.PhotoFacesOut(faces=[photo_face(it) for it in rows], count=len(rows))


def person_faces(rows: Sequence[TaggedFace], described: int) -> wire.PhotoFacesOfOut:
    verified = sum(it.is_verified for it in rows)
    high = sum(not it.is_verified and it.confidence >= HIGH_CONFIDENCE for it in rows)
    stats = wire.PersonFaceStatsOut(
        total=len(rows), verified=verified, high_confidence=high, descriptors=described
    )
    return wire.PhotoFacesOfOut(faces=[photo_face(it) for it in rows], stats=stats)


def face_change(it: wire.FaceChangeIn) -> FaceChange:
    return FaceChange(it.face_id, "person_id" in it.model_fields_set, it.person_id, it.verified)


# ── recognition ──────────────────────────────────────────────────────────────────────────────────


def found_faces(rows: Sequence[DetectedFace]) -> wire.FoundFacesOut:
    return wire.FoundFacesOut(faces=[_found(it) for it in rows])


def embedded_faces(rows: Sequence[DetectedFace]) -> wire.EmbeddedFacesOut:
    return wire.EmbeddedFacesOut(
        faces=[
            wire.EmbeddedFaceOut(**_found(it).model_dump(), embedding=it.embedding.tolist()) for it in rows
        ]
    )


def recognized(it: PersonMatch | None) -> wire.RecognizedOut:
    if it is None:
        return wire.RecognizedOut(person_id=None, confidence=None)
    return wire.RecognizedOut(person_id=str(it.person.uuid), confidence=it.similarity)


def index_counts(before: int, it: Numbers) -> wire.IndexCountsOut:
    return wire.IndexCountsOut(
        old_descriptor_count=before, new_descriptor_count=it.embedded, unique_people_count=it.people,
        old_count=before, new_count=it.embedded, unique_people=it.people,
    )  # fmt: skip


def describe_tags(body: wire.DescribeIn) -> list[DescribeTag]:
    return [
        DescribeTag(Tag(it.bbox.xyxy, person=it.person_id, is_verified=it.verified), it.photo_id)
        for it in body.faces
    ]


def descriptors(body: wire.DescribeIn, saved: Sequence[SavedTag | None]) -> wire.DescriptorsOut:
    rows = [
        wire.DescribedOut(
            person_id=_text(asked.person_id), photo_id=_text(asked.photo_id),
            face_id=_text(it and it.face), verified=it.is_verified if it is not None else False,
        )
        for asked, it in zip(body.faces, saved, strict=True)
    ]  # fmt: skip
    return wire.DescriptorsOut(generated=len(rows), total=len(rows), descriptors=rows)


def clusters(it: UnknownClusters, gallery: UUID) -> wire.UnknownClustersOut:
    return wire.UnknownClustersOut(
        clusters=[
            wire.UnknownClusterOut(
                cluster_id=number, size=len(group), faces=[_unknown(face, gallery) for face in group]
            )
            for number, group in enumerate(it.groups)
        ],
        ungrouped_faces=[_unknown(face, gallery) for face in it.alone],
    )


def no_clusters() -> wire.UnknownClustersOut:
    return wire.UnknownClustersOut(clusters=[], ungrouped_faces=[], message="name a gallery_id")


def cluster_faces(rows: Sequence[wire.ClusterFaceIn]) -> list[ClusterFace]:
    return [ClusterFace(it.photo_id, it.id, _xyxy(it.bbox)) for it in rows]


def rejected_faces(body: wire.RejectIn) -> list[ClusterFace]:
    return [*cluster_faces(body.faces), *(ClusterFace(None, it) for it in body.face_ids)]


def regenerated(it: Described) -> wire.RegeneratedOut:
    return wire.RegeneratedOut(
        total_faces=it.total, regenerated=0, failed=0, already_had_descriptor=it.total - it.queued,
        message=f"{it.queued} faces are embedded in the background" if it.queued else "none was missing",
    )  # fmt: skip


def batch(it: BatchDone) -> wire.BatchRecognizedOut:
    return wire.BatchRecognizedOut(
        processed=it.processed, recognized=it.recognised, filtered_out=it.filtered_out
    )


def _found(it: DetectedFace) -> wire.FoundFaceOut:
    return wire.FoundFaceOut(
        insightface_bbox=_box(it.xyxy), bbox=_box(it.xyxy), confidence=it.score, blur_score=it.blur_score,
        distance_to_nearest=1 - it.matches[0].similarity if it.matches else None,
        top_matches=[
            wire.TopMatchOut(
                person_id=str(match.person.uuid), name=match.person.name or "", similarity=match.similarity
            )
            for match in it.matches
        ],
        embedding_quality=it.quality,
    )  # fmt: skip


def _unknown(it: UnknownFace, gallery: UUID) -> wire.UnknownFaceOut:
    face: Face = it.face
    image: GalleryImage = it.image
    return wire.UnknownFaceOut(
        id=str(face.uuid), photo_id=str(image.uuid), insightface_bbox=_box(face.xyxy),
        insightface_confidence=face.detection_score, blur_score=blur_score(face.sharpness),
        image_url=image.image_url, original_url=image.original_url,
        original_filename=image.original_filename, gallery_id=str(gallery),
    )  # fmt: skip


def _xyxy(it: PixelBoxIn | None) -> tuple[float, float, float, float] | None:
    return it.xyxy if it is not None else None


def _box(xyxy: tuple[float, float, float, float]) -> PixelBoxOut:
    x1, y1, x2, y2 = xyxy
    return PixelBoxOut(x=x1, y=y1, width=x2 - x1, height=y2 - y1)


def _text(value: UUID | None) -> str | None:
    return str(value) if value is not None else None
