"""Between Kith's words and the contract's, for numbers, settings and training: pure functions."""

from collections.abc import Sequence
from datetime import datetime

from kith.galleries.tables import TrainingRun
from kith.surfaces.galleries import wire_training as wire
from kith.tagging.config import Values
from kith.tagging.queries import Dataset
from kith.tagging.reading import Numbers, PersonNumbers
from kith.tagging.training import DatasetCount, History, Since


def recognition_stats(it: Numbers, people: Sequence[PersonNumbers]) -> wire.RecognitionStatsOut:
    return wire.RecognitionStatsOut(
        total_faces=it.faces, recognized_faces=it.recognised, verified_faces=it.verified,
        unique_people=it.people, avg_confidence=it.confidence,
        summary=wire.StatsSummaryOut(
            totalPeople=it.everybody, totalVerifiedFaces=it.verified,
            totalHighConfidenceFaces=sum(each.high_confidence for each in people),
            totalDescriptors=it.embedded,
        ),
        peopleStats=[
            wire.PersonStatsOut(
                person_id=str(each.person.uuid), real_name=each.person.name or "", total_faces=each.faces,
                verified_faces=each.verified, high_confidence_faces=each.high_confidence,
                photos_count=each.photos, avg_confidence=each.confidence,
            )
            for each in people
        ],
    )  # fmt: skip


def counts(it: Numbers) -> wire.CountsOut:
    return wire.CountsOut(people_count=it.people, total_faces=it.faces, unique_photos=it.photos)


def config_changes(body: wire.GalleryConfigIn) -> Values:
    return body.model_dump(exclude_none=True)


def config(values: Values, since: Since) -> wire.GalleryConfigOut:
    last = since.last.completed_at if since.last is not None else None
    return wire.GalleryConfigOut.model_validate(
        {**values, "last_full_training": last, "faces_since_last_training": since.new_faces}
    )


def dataset(it: wire.TrainingFilters) -> Dataset:
    return Dataset(it.event_ids or (), it.person_ids or (), it.date_from, it.date_to)


def prepared(it: DatasetCount, min_faces: int) -> wire.PreparedOut:
    mean = it.faces / it.people if it.people else 0.0
    too_few = [f"{it.too_few} people have fewer than {min_faces} verified faces"] if it.too_few else []
    nobody = [f"nobody has {min_faces} verified faces"] if not it.people else []
    return wire.PreparedOut(
        dataset_stats=wire.DatasetStatsOut(
            total_people=it.people, total_faces=it.faces, people_below_minimum=it.too_few,
            faces_per_person=wire.FacesPerPersonOut(min=it.fewest, max=it.most, avg=mean),
        ),
        validation=wire.ValidationOut(ready=not nobody, warnings=too_few, errors=nobody),
    )  # fmt: skip


def training_started(it: TrainingRun) -> wire.TrainingStartedOut:
    return wire.TrainingStartedOut(
        session_id=str(it.uuid), status=it.status, message=f"a {it.mode} training has started"
    )


def training_status(it: TrainingRun) -> wire.TrainingStatusOut:
    is_done = it.completed_at is not None
    return wire.TrainingStatusOut(
        session_id=str(it.uuid), status=it.status, started_at=it.started_at, completed_at=it.completed_at,
        progress=wire.TrainingProgressOut(
            current=it.faces_count if is_done else 0, total=it.faces_count, percentage=100 if is_done else 0
        ),
        current_step=it.status if is_done else "recognising",
    )  # fmt: skip


def training_history(it: History) -> wire.TrainingHistoryOut:
    return wire.TrainingHistoryOut(
        sessions=[
            wire.TrainingRunOut(
                id=str(run.uuid), created_at=run.created_at, status=run.status,
                people_count=run.people_count, faces_count=run.faces_count,
                model_version=run.model_version, training_mode=run.mode,
                metrics={name: value for name, value in run.metrics.items() if isinstance(value, int | str)},
                started_at=run.started_at, completed_at=run.completed_at,
            )
            for run in it.runs
        ],
        total=it.total,
    )  # fmt: skip


def health(now: datetime, *, is_up: bool, is_loaded: bool) -> wire.PadelHealthOut:
    return wire.PadelHealthOut(
        status="healthy" if is_up else "unhealthy", service="padel-recognition", model_loaded=is_loaded,
        timestamp=now, database="connected" if is_up else "disconnected",
        ai="ready" if is_loaded else "not ready",
    )  # fmt: skip
