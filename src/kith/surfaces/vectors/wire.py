"""What goes over the wire of the vectors surface, both ways, under the contract's own names."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class VectorsErrorOut(Wire):
    """What part A answers when something is wrong."""

    code: str
    message: str
    request_id: str
    details: dict[str, object]


class VectorsDetailOut(Wire):
    """What parts B and C answer when something is wrong."""

    detail: str | list[dict[str, object]] | dict[str, object]


class IndexedOut(Wire):
    indexed: int
    phash: str
    thumb_url: str
    vector_backend: str


class PayloadOut(Wire):
    """What is shown of a face; `phash` is another name of `p_hash`. The box is x1, y1, x2, y2 in pixels."""

    site: str | None
    url: str | None
    ts: int
    bbox: list[float]
    p_hash: str | None
    phash: str | None
    quality: float


class SightingOut(PayloadOut):
    """The same with a link to the thumbnail of the photo, good for ten minutes."""

    thumb_url: str


class ResultOut(Wire):
    id: str
    score: float
    metadata: SightingOut


class VectorSearchOut(Wire):
    faces_found: int
    phash: str
    thumb_url: str
    results: list[ResultOut]
    vector_backend: str


class CompareOut(Wire):
    phash: str
    faces_found: int
    results: list[ResultOut]
    vector_backend: str
    message: str


# ── webhooks and upkeep ──────────────────────────────────────────────────────────────────────────


class WebhookIn(Wire):
    """`events` are of `face.indexed`, `face.searched`, `face.compared`, `batch.created` and so on."""

    url: str = Field(max_length=2048)
    events: list[str] = Field(min_length=1, max_length=100)
    secret: str | None = None
    timeout: int = 30
    retry_count: int = 3


class RegisteredOut(Wire):
    webhook_id: str
    url: str
    events: list[str]
    message: str


class WebhookOut(Wire):
    """Moments are seconds since 1970."""

    webhook_id: str
    url: str
    events: list[str]
    has_secret: bool
    timeout: int
    retry_count: int
    created_at: float
    last_used: float | None
    success_count: int
    failure_count: int


class WebhooksOut(Wire):
    webhooks: list[WebhookOut]


class UnregisteredOut(Wire):
    message: str
    url: str


class WebhookTestIn(Wire):
    url: str = Field(max_length=2048)


class WebhookTriedOut(Wire):
    url: str
    success: bool
    status_code: int | None
    attempt: int
    error: str | None


class WebhookTestOut(Wire):
    success: bool
    message: str
    details: WebhookTriedOut


class WebhookCountsOut(Wire):
    url: str
    events: list[str]
    success_count: int
    failure_count: int
    last_used: float | None


class WebhookStatsOut(Wire):
    total_endpoints: int
    total_success: int
    total_failures: int
    success_rate: float
    endpoints: list[WebhookCountsOut]


class CleanupJobOut(Wire):
    """What a job removed, or the code of the error that stopped it."""

    status: str
    removed: int
    error: str | None


class CleanupSummaryOut(Wire):
    total_jobs: int
    successful_jobs: int
    failed_jobs: int
    overall_status: str


class CleanupResultsOut(Wire):
    timestamp: str
    jobs: dict[str, CleanupJobOut]
    summary: CleanupSummaryOut


class CleanupOut(Wire):
    status: str
    results: CleanupResultsOut
    message: str


# ── parts B and C ────────────────────────────────────────────────────────────────────────────────

TenantName = Annotated[str, Field(max_length=100, description="The tenant; at least 3 characters.")]
IdentityId = Annotated[str, Field(min_length=1, max_length=128)]
Base64 = Annotated[str, Field(description="A picture in base64, or as a `data:` URL.")]
Fraction = Annotated[float, Field(ge=0, le=1)]
Top = Annotated[int, Field(ge=1, le=200)]


class ProbeIn(Wire):
    """A vector of the pack in use, or a picture, whose best face counts."""

    tenant_id: TenantName
    vector: list[float] | None = Field(default=None, max_length=10_000)
    image_b64: Base64 | None = None
    top_k: Top = 50
    threshold: Fraction = 0.1
    mode: str = Field(default="standard", max_length=50, pattern="^[ -~]*$")


class QueryOut(Wire):
    tenant_id: str
    search_mode: str
    mode: str
    top_k: int
    threshold: float


class HitOut(Wire):
    """`crop_url` and `image_url` are always null: of a face the thumbnail of its photo is shown."""

    id: str
    face_id: str
    score: float
    similarity_pct: float
    payload: PayloadOut
    thumb_url: str
    crop_url: str | None = None
    image_url: str | None = None


class ProcessingOut(Wire):
    num_faces_detected: int
    quality: float | None


class HitsOut(Wire):
    query: QueryOut
    hits: list[HitOut]
    count: int
    processing_details: ProcessingOut | None


class EnrolIn(Wire):
    tenant_id: TenantName
    identity_id: IdentityId
    images_b64: Annotated[list[Base64], Field(min_length=2, max_length=10)]
    overwrite: bool = True


class IdentityOut(Wire):
    tenant_id: str
    identity_id: str


class EnrolledOut(Wire):
    ok: bool
    identity: IdentityOut
    vector_dim: int
    num_images_used: int
    num_images_submitted: int


class VerifyIn(Wire):
    tenant_id: TenantName
    identity_id: IdentityId
    image_b64: Base64
    hi_threshold: Fraction = 0.78
    top_k: Top = 50


class SafeSearchIn(Wire):
    """The threshold is the server's, not the caller's."""

    tenant_id: TenantName
    identity_id: IdentityId
    image_b64: Base64
    top_k: Top = 50
    min_score: Fraction = 0.0


class SeenOut(Wire):
    """`image_id` is the SHA-256 of the photo."""

    id: str
    score: float
    image_id: str
    tenant_id: str
    identity_id: str
    payload: SightingOut


class VerdictOut(Wire):
    """`results` is empty unless verified. `reason` says why not."""

    verified: bool
    similarity: float
    threshold: float
    tenant_id: str
    identity_id: str
    reason: dict[str, object] | None
    results: list[SeenOut]
    count: int


class VectorFaceOut(Wire):
    face_id: str
    payload: PayloadOut
    thumb_url: str


class VectorStatsOut(Wire):
    """Photos: looked at, unreadable; a picture sent twice is one photo, so none is skipped as a duplicate."""

    processed: int
    rejected: int
    dup_skipped: int
    counts: dict[str, int]


class VectorHealthOut(Wire):
    status: str
    service: str
    version: str
    api_version: str
    note: str
