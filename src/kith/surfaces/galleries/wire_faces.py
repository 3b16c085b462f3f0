"""What goes over the wire about faces and recognition.

Embeddings are made here and stay here: what older clients send as `embedding`, `descriptor` or
`insightface_descriptor` of a face is passed over.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AliasChoices, Field, model_validator

from kith.surfaces.galleries.fields import (
    DoneOut,
    Ids,
    Name,
    OptionalId,
    PixelBoxIn,
    PixelBoxOut,
    Ratio,
    Text,
    Url,
    Wire,
)

_MAX_DIMENSION = 4096
_TWO_BOXES = AliasChoices("bbox", "insightface_bbox")

Values = Annotated[
    list[Annotated[float, Field(strict=True)]], Field(max_length=_MAX_DIMENSION, fail_fast=True)
]

# ── faces of photos ──────────────────────────────────────────────────────────────────────────────


class TagIn(Wire):
    """A face, by its box or by its id, and perhaps who it is."""

    face_id: OptionalId = None
    person_id: OptionalId = None
    bbox: PixelBoxIn | None = None
    insightface_bbox: PixelBoxIn | None = None
    insightface_confidence: float | None = None
    recognition_confidence: Ratio | None = None
    verified: bool = True

    @property
    def box(self) -> PixelBoxIn | None:
        return self.bbox if self.bbox is not None else self.insightface_bbox


class SaveFaceIn(TagIn):
    photo_id: UUID
    image_url: Text | None = None
    verified: bool = False


class SaveTagsIn(Wire):
    """`image_url` is tried where the address that the photo was added with does not answer."""

    photo_id: UUID
    image_url: Text | None = None
    tags: Annotated[list[TagIn], Field(max_length=1000)]
    generate_descriptors: bool = True


class FaceSavedOut(DoneOut):
    face_id: str
    index_rebuilt: bool


class DescriptorFaultOut(Wire):
    code: str
    message: str


class SavedTagOut(Wire):
    """`descriptor_error` is why a face that was to have a descriptor has none."""

    face_id: str
    person_id: str | None
    verified: bool
    has_descriptor: bool
    descriptor_error: DescriptorFaultOut | None = None


class TagsSavedOut(DoneOut):
    message: str
    faces: list[SavedTagOut]
    count: int


class PhotoIn(Wire):
    photo_id: UUID


class PhotosIn(Wire):
    photo_ids: Ids


class PhotoFaceOut(Wire):
    id: str
    photo_id: str
    person_id: str | None
    insightface_bbox: PixelBoxOut
    insightface_confidence: float
    recognition_confidence: float
    verified: bool
    blur_score: float
    person_name: str | None
    avatar_url: str | None
    created_at: datetime


class PhotoFacesOut(DoneOut):
    faces: list[PhotoFaceOut]
    count: int


class FaceChangeIn(Wire):
    face_id: UUID
    person_id: OptionalId = None
    verified: bool | None = None


class IndexedOut(DoneOut):
    index_rebuilt: bool


class PhotoFacesOfIn(Wire):
    person_id: UUID
    verified_only: bool = False


class PersonFaceStatsOut(Wire):
    total: int
    verified: int
    high_confidence: int
    descriptors: int


class PhotoFacesOfOut(DoneOut):
    faces: list[PhotoFaceOut]
    stats: PersonFaceStatsOut


# ── recognition ──────────────────────────────────────────────────────────────────────────────────


class DetectIn(Wire):
    image_url: Url
    apply_quality_filters: bool = True


class TopMatchOut(Wire):
    person_id: str
    name: str
    similarity: float


class FoundFaceOut(Wire):
    insightface_bbox: PixelBoxOut
    bbox: PixelBoxOut
    confidence: float
    blur_score: float
    distance_to_nearest: float | None
    top_matches: list[TopMatchOut]
    embedding_quality: float


class FoundFacesOut(Wire):
    faces: list[FoundFaceOut]


class EmbeddedFaceOut(FoundFaceOut):
    embedding: list[float]


class EmbeddedFacesOut(Wire):
    faces: list[EmbeddedFaceOut]


class RecognizeIn(Wire):
    """A face by an image and a box in it, or by an embedding from elsewhere."""

    image_url: Url | None = None
    bbox: PixelBoxIn | None = None
    embedding: Values | None = None
    confidence_threshold: Ratio = 0.6


class RecognizedOut(Wire):
    person_id: str | None
    confidence: float | None


class IndexCountsOut(DoneOut):
    """The index follows every change by itself: the numbers differ only by what was not in it yet."""

    old_descriptor_count: int
    new_descriptor_count: int
    unique_people_count: int
    old_count: int
    new_count: int
    unique_people: int


class DescribeFaceIn(Wire):
    person_id: OptionalId = None
    bbox: PixelBoxIn
    verified: bool = False
    photo_id: OptionalId = None


class DescribeIn(Wire):
    image_url: Url
    faces: Annotated[list[DescribeFaceIn], Field(max_length=1000)]


class DescribedOut(Wire):
    person_id: str | None
    photo_id: str | None
    face_id: str | None
    verified: bool


class DescriptorsOut(DoneOut):
    generated: int
    total: int
    descriptors: list[DescribedOut]


class UnknownFaceOut(Wire):
    id: str
    photo_id: str
    insightface_bbox: PixelBoxOut
    insightface_confidence: float
    blur_score: float
    image_url: str
    original_url: str | None
    original_filename: str | None
    gallery_id: str


class UnknownClusterOut(Wire):
    cluster_id: int
    size: int
    faces: list[UnknownFaceOut]


class UnknownClustersOut(DoneOut):
    clusters: list[UnknownClusterOut]
    ungrouped_faces: list[UnknownFaceOut]
    message: str | None = None


class ClusterFaceIn(Wire):
    """A face of a group: by its id, its box in a photo, or only by the photo."""

    id: OptionalId = Field(default=None, validation_alias=AliasChoices("id", "face_id"))
    photo_id: OptionalId = None
    bbox: PixelBoxIn | None = Field(default=None, validation_alias=_TWO_BOXES)


class FromClusterIn(Wire):
    person_name: Name
    cluster_faces: Annotated[list[ClusterFaceIn], Field(max_length=1000)]


class RejectIn(Wire):
    """Older clients send a bare list of ids."""

    faces: list[ClusterFaceIn] = Field(default=[], max_length=1000)
    face_ids: list[UUID] = Field(default=[], max_length=1000)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: object) -> object:
        return {"face_ids": given} if isinstance(given, list) else given


class RejectedOut(DoneOut):
    rejected_count: int


class RegeneratedOut(DoneOut):
    total_faces: int
    regenerated: int
    failed: int
    already_had_descriptor: int
    message: str


class BatchRecognizeIn(Wire):
    limit: Annotated[int, Field(ge=1, le=10_000)] = 100
    confidence_threshold: Ratio = 0.6


class BatchRecognizedOut(Wire):
    processed: int
    recognized: int
    filtered_out: int
