"""What goes over the wire about numbers, settings, training and health."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from kith.surfaces.galleries.fields import Day, Ratio, Text, Wire


class PersonStatsOut(Wire):
    person_id: str
    real_name: str
    total_faces: int
    verified_faces: int
    high_confidence_faces: int
    photos_count: int
    avg_confidence: float


class StatsSummaryOut(Wire):
    totalPeople: int  # noqa: N815  # the contract's name
    totalVerifiedFaces: int  # noqa: N815  # the contract's name
    totalHighConfidenceFaces: int  # noqa: N815  # the contract's name
    totalDescriptors: int  # noqa: N815  # the contract's name


class RecognitionStatsOut(Wire):
    total_faces: int
    recognized_faces: int
    verified_faces: int
    unique_people: int
    avg_confidence: float
    summary: StatsSummaryOut
    peopleStats: list[PersonStatsOut]  # noqa: N815  # the contract's name


class CountsOut(Wire):
    people_count: int
    total_faces: int
    unique_photos: int


class ThresholdsIn(Wire):
    low_data: Ratio | None = None
    medium: Ratio | None = None
    high: Ratio | None = None


class QualityIn(Wire):
    min_detection_score: Ratio | None = None
    min_face_size: Annotated[float, Field(ge=0, le=100_000)] | None = None
    min_blur_score: Annotated[float, Field(ge=0, le=100_000)] | None = None
    verified_threshold: Ratio | None = None


class GalleryConfigIn(Wire):
    """What is left out, or null, stays as it is."""

    confidence_thresholds: ThresholdsIn | None = None
    quality_filters: QualityIn | None = None
    context_weight: Ratio | None = None
    min_faces_per_person: Annotated[int, Field(ge=1, le=1000)] | None = None
    auto_retrain_threshold: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    auto_retrain_percentage: Ratio | None = None
    model_version: Annotated[Text, Field(max_length=100)] | None = None


class ThresholdsOut(Wire):
    low_data: float
    medium: float
    high: float


class QualityOut(Wire):
    min_detection_score: float
    min_face_size: float
    min_blur_score: float
    verified_threshold: float


class GalleryConfigOut(Wire):
    confidence_thresholds: ThresholdsOut
    quality_filters: QualityOut
    context_weight: float
    min_faces_per_person: int
    auto_retrain_threshold: int
    auto_retrain_percentage: float
    model_version: str
    last_full_training: datetime | None
    faces_since_last_training: int


class ConfigChangedOut(Wire):
    status: str = "ok"
    config: GalleryConfigOut


class TrainingFilters(Wire):
    event_ids: Annotated[list[UUID], Field(max_length=1000)] | None = None
    person_ids: Annotated[list[UUID], Field(max_length=1000)] | None = None
    date_from: Day = None
    date_to: Day = None


class TrainingOptions(Wire):
    min_faces_per_person: Annotated[int, Field(ge=1, le=1000)] = 3
    include_co_occurring: bool = False
    context_weight: Ratio = 0.1


class PrepareIn(Wire):
    filters: TrainingFilters = TrainingFilters()
    options: TrainingOptions = TrainingOptions()


class ExecuteIn(PrepareIn):
    mode: Text = "full"
    model_version: Annotated[Text, Field(max_length=100)] = "v1.0"
    update_existing: bool = True


class FacesPerPersonOut(Wire):
    min: int
    max: int
    avg: float


class DatasetStatsOut(Wire):
    total_people: int
    total_faces: int
    faces_per_person: FacesPerPersonOut
    people_below_minimum: int


class ValidationOut(Wire):
    ready: bool
    warnings: list[str]
    errors: list[str]


class PreparedOut(Wire):
    dataset_stats: DatasetStatsOut
    validation: ValidationOut


class TrainingStartedOut(Wire):
    session_id: str
    status: str
    message: str


class TrainingProgressOut(Wire):
    current: int
    total: int
    percentage: int


class TrainingStatusOut(Wire):
    session_id: str
    status: str
    started_at: datetime | None
    completed_at: datetime | None
    progress: TrainingProgressOut
    current_step: str


class TrainingRunOut(Wire):
    id: str
    created_at: datetime
    status: str
    people_count: int
    faces_count: int
    model_version: str
    training_mode: str
    metrics: dict[str, int | str]
    started_at: datetime | None
    completed_at: datetime | None


class TrainingHistoryOut(Wire):
    sessions: list[TrainingRunOut]
    total: int


class PadelHealthOut(Wire):
    status: str
    service: str
    model_loaded: bool
    timestamp: datetime
    database: str
    ai: str
