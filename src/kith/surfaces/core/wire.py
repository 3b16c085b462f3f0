"""What goes over the wire of the core surface, both ways, under the contract's own names."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, RootModel, StrictBool

from kith.faces.clustering import MAX_FACES
from kith.kit.pages import MAX_LIMIT
from kith.kit.plain import require_storable
from kith.surfaces.requests import MAX_ID

_METADATA_BYTES = 64 * 1024
_MAX_BOXES = 100
_MAX_DIMENSION = 4096
# The widest or highest a picture can be in any file format.
_MAX_PX = 2**31 - 1


def _storable(value: object) -> object:
    try:
        require_storable(value, _METADATA_BYTES)
    except ValueError as error:
        raise ValueError(f"metadata {error}") from error
    return value


Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Metadata = Annotated[dict[str, Any], BeforeValidator(_storable)]
Cosine = Annotated[float, Field(ge=-1, le=1)]
# Whether it has the right length and finite values is a question to the space in use, answered with 400.
Values = Annotated[
    list[Annotated[float, Field(strict=True)]], Field(max_length=_MAX_DIMENSION, fail_fast=True)
]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class ErrorOut(Wire):
    detail: str


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────


class BoxOut(Wire):
    """Pixels of the upright picture."""

    x: int
    y: int
    width: int
    height: int


class BoxIn(Wire):
    """Pixels of the upright picture; what lies outside is cut off."""

    x: int = Field(ge=-_MAX_PX, le=_MAX_PX)
    y: int = Field(ge=-_MAX_PX, le=_MAX_PX)
    width: int = Field(ge=1, le=_MAX_PX)
    height: int = Field(ge=1, le=_MAX_PX)


class BoxesIn(RootModel[Annotated[list[BoxIn], Field(min_length=1, max_length=_MAX_BOXES, fail_fast=True)]]):
    """A model, not a bare list, which in a form would be taken for a field that comes several times."""


Boxes = Json[BoxesIn]


class SeenFaceOut(Wire):
    bbox: BoxOut
    confidence: float
    embedding: list[float]


class DetectedFaceOut(SeenFaceOut):
    face_id: int | None
    person_id: int | None


class DetectOut(Wire):
    faces: list[DetectedFaceOut]
    image_path: str | None
    processing_time_ms: float


class RecognizeOut(Wire):
    faces: list[SeenFaceOut]


# ── searching and clustering ─────────────────────────────────────────────────────────────────────


class SearchIn(Wire):
    embedding: Values
    threshold: Cosine = 0.6
    limit: int = Field(default=10, ge=1, le=MAX_LIMIT)


class MatchOut(Wire):
    face_id: int
    person_id: int | None
    similarity: float
    image_path: str
    bbox: BoxOut
    confidence: float


class SearchOut(Wire):
    matches: list[MatchOut]
    query_embedding_size: int
    search_time_ms: float


class ClusterIn(Wire):
    face_ids: Annotated[list[Id], Field(max_length=MAX_FACES, fail_fast=True)] | None = None
    eps: float = Field(default=0.4, ge=0, le=1, description="The largest cosine distance of neighbours.")
    min_samples: int = Field(default=2, ge=1, le=MAX_FACES)


class ClusterOut(Wire):
    cluster_id: int
    face_ids: list[int]
    face_count: int
    avg_similarity: float
    representative_face_id: int


class ClustersOut(Wire):
    clusters: list[ClusterOut]
    noise_face_ids: list[int]
    total_clusters: int
    processing_time_ms: float


# ── persons and faces ────────────────────────────────────────────────────────────────────────────


class PersonIn(Wire):
    """What is left out, or null, stays as it is."""

    name: str | None = None
    metadata: Metadata | None = None


class PersonOut(Wire):
    id: int
    name: str | None
    metadata: dict[str, Any]
    face_count: int
    created_at: datetime
    updated_at: datetime


class FaceOut(Wire):
    id: int
    person_id: int | None
    image_path: str
    bbox: BoxOut
    confidence: float
    detected_at: datetime
    metadata: dict[str, Any]
    embedding: list[float] | None


class PersonFacesOut(PersonOut):
    """A person twice: flat, and as `person` beside their first 1,000 `faces`."""

    person: PersonOut
    faces: list[FaceOut]


class MergeIn(Wire):
    source_person_ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_LIMIT, fail_fast=True)]
    target_person_id: Id
    keep_name: StrictBool | str | None = Field(
        default=None, description="The name to have; true takes the one of the sources."
    )


class MergeOut(Wire):
    merged_person_id: int
    faces_transferred: int
    deleted_person_ids: list[int]
    message: str


class MessageOut(Wire):
    message: str


# ── the service itself ───────────────────────────────────────────────────────────────────────────


class BannerOut(Wire):
    ok: bool
    service: str
    version: str
    description: str
    capabilities: list[str]
    docs: str
    health: str


class HealthOut(Wire):
    status: str
    service: str
    version: str
    database: str
    models_loaded: bool


class StatsOut(Wire):
    """Two contracts' numbers at once; the last four are those of the older one."""

    total_persons: int
    total_faces: int
    total_unclustered_faces: int
    avg_faces_per_person: float
    largest_person_id: int | None
    largest_person_face_count: int
    storage_used_mb: float | None
    identified_faces: int
    unidentified_faces: int
    total_images: int
