"""Numbers, settings, training, health."""

from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kith.errors import AppError
from kith.runtime import Runtime
from kith.surfaces.access import PUBLIC
from kith.surfaces.galleries import mapping_training as mapping
from kith.surfaces.galleries import wire_training as wire
from kith.surfaces.galleries.routing import COMMON, MISSING, READS, WRITES
from kith.surfaces.health import answers, require_ready
from kith.surfaces.requests import Kith, Reading, Who, Writing
from kith.tagging.config import change_config as change
from kith.tagging.config import read_config as read
from kith.tagging.reading import read_numbers, read_people_numbers
from kith.tagging.training import (
    count_dataset,
    get_training,
    list_trainings,
    since_training,
    start_training,
)

router = APIRouter(tags=["galleries: training"], responses=COMMON)


@router.get("/api/crud/stats/recognition", dependencies=READS, summary="How many faces are whose")
async def read_recognition_stats(session: Reading, who: Who) -> wire.RecognitionStatsOut:
    people = await read_people_numbers(session, who)
    return mapping.recognition_stats(await read_numbers(session, who), people)


@router.get("/api/v2/statistics", dependencies=READS, summary="People, faces and photos")
async def read_statistics(session: Reading, who: Who) -> wire.CountsOut:
    return mapping.counts(await read_numbers(session, who))


@router.get("/api/v2/config", dependencies=READS, summary="What is set")
async def read_config(session: Reading, who: Who) -> wire.GalleryConfigOut:
    return mapping.config(await read(session, who), await since_training(session, who))


@router.put("/api/v2/config", dependencies=WRITES, summary="Set some of it")
async def change_config(body: wire.GalleryConfigIn, session: Writing, who: Who) -> wire.ConfigChangedOut:
    """What is left out stays as it is."""
    values = await change(session, who, mapping.config_changes(body))
    return wire.ConfigChangedOut(config=mapping.config(values, await since_training(session, who)))


@router.post("/api/v2/train/prepare", dependencies=READS, summary="What a training would look at")
async def prepare_training(body: wire.PrepareIn, session: Reading, who: Who) -> wire.PreparedOut:
    fewest = body.options.min_faces_per_person
    return mapping.prepared(await count_dataset(session, who, mapping.dataset(body.filters), fewest), fewest)


@router.post("/api/v2/train/execute", dependencies=WRITES, summary="Look for everybody again")
async def execute_training(
    body: wire.ExecuteIn, kith: Kith, session: Writing, who: Who
) -> wire.TrainingStartedOut:
    """In the background. Faces count from the moment they are saved; this finds them in older photos."""
    wanted, fewest = mapping.dataset(body.filters), body.options.min_faces_per_person
    count = await count_dataset(session, who, wanted, fewest)
    run = await start_training(session, kith.clock, who, body.mode, body.model_version, count)
    return mapping.training_started(run)


@router.get(
    "/api/v2/train/status/{run}", dependencies=READS, summary="How far a training is", responses=MISSING
)
async def read_training_status(run: UUID, session: Reading, who: Who) -> wire.TrainingStatusOut:
    return mapping.training_status(await get_training(session, who, run))


@router.get("/api/v2/train/history", dependencies=READS, summary="All trainings, newest first")
async def read_training_history(
    session: Reading, who: Who,
    limit: Annotated[int, Query(ge=1, le=1000)] = 10, offset: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> wire.TrainingHistoryOut:  # fmt: skip
    return mapping.training_history(await list_trainings(session, who, limit=limit, offset=offset))


@router.get(
    "/api/health", dependencies=[PUBLIC], summary="Whether it works",
    responses={503: {"model": wire.PadelHealthOut}},
)  # fmt: skip
async def health(kith: Kith, response: Response) -> wire.PadelHealthOut:
    told = mapping.health(kith.clock.now(), is_up=await answers(kith), is_loaded=await _is_loaded(kith))
    response.status_code = 200 if told.status == "healthy" else 503
    return told


async def _is_loaded(kith: Runtime) -> bool:
    with suppress(AppError):
        await require_ready(kith)
        return True
    return False
