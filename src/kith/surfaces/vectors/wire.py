"""What goes over the wire of the vectors surface, both ways, under the contract's own names."""

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


class SightingOut(Wire):
    """What is shown of a face; `phash` is another name of `p_hash`. The box is x1, y1, x2, y2 in pixels."""

    site: str | None
    url: str | None
    ts: int
    bbox: list[float]
    p_hash: str | None
    phash: str | None
    quality: float
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
