"""What goes over the wire of the sessions surface, both ways, under the contract's own names."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from kith.external_ids.service import checked
from kith.external_ids.tables import MAX_LENGTH


def _text(value: object) -> object:
    """Clients may have numbers for ids."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


ClientId = Annotated[
    str, BeforeValidator(_text), AfterValidator(checked), Field(min_length=1, max_length=MAX_LENGTH)
]
Threshold = Annotated[float, Field(ge=0, le=1, description="The lowest similarity, calibrated.")]
Limit = Annotated[int, Field(ge=1, le=1000, description="The most photos to answer.")]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class SessionsErrorOut(Wire):
    code: str
    message: str
    details: dict[str, object]


class SessionsFailureOut(Wire):
    detail: str
    error: SessionsErrorOut


class IndexIn(Wire):
    photo_id: ClientId
    session_id: ClientId
    s3_key: str | None = Field(default=None, description="Where the picture is in the sources.")


class BatchPhotoIn(Wire):
    photo_id: ClientId
    s3_key: str


class BatchIn(Wire):
    session_id: ClientId
    photos: Annotated[list[BatchPhotoIn], Field(min_length=1)]


class IndexOut(Wire):
    indexed: bool
    photo_id: str
    confidence: float | None
    faces_detected: int
    error: str | None


class BatchOut(Wire):
    """`errors` says of the first ten that failed why, `results` of every photo what became of it."""

    indexed: int
    failed: int
    total: int
    errors: list[str]
    results: list[IndexOut]


class ErasedOut(Wire):
    deleted: bool
    session_id: str
    embeddings_removed: int


class SessionMatchOut(Wire):
    photo_id: str
    similarity: float
    confidence: float


class SessionSearchOut(Wire):
    matches: list[SessionMatchOut]
    query_time_ms: float
    session_id: str
    total_matches: int
    indexed_photos: int
    search_threshold: float
    message: str | None


class LegacyMatchOut(SessionMatchOut):
    id: str
    file_name: str
    preview_path: str
    file_path: str
    created_at: datetime


class LegacySearchOut(Wire):
    matches: list[LegacyMatchOut]
    query_time_ms: float
    session_id: str
    session_name: str
    total_matches: int
    indexed_photos: int
    search_threshold: float
    indexing_status: str
    indexing_progress: float
    message: str | None


class SessionStatusOut(Wire):
    indexed: bool
    session_id: str
    photo_count: int
    last_indexed: datetime | None


class DatabaseOut(Wire):
    status: str
    type: str | None = None
    error: str | None = None


class ModelOut(Wire):
    status: str
    model: str | None = None
    error: str | None = None


class ComponentsOut(Wire):
    database: DatabaseOut
    face_recognition_model: ModelOut


class SessionsHealthOut(Wire):
    """`service` is for clients of another surface that asks at the same address."""

    status: str
    service: str
    version: str
    uptime_seconds: int
    components: ComponentsOut
