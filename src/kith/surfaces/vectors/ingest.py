"""The endpoints that take single pictures in, through the stream."""

from kith.accounts.principal import Scope
from kith.surfaces.access import needs
from kith.surfaces.requests import Kith
from kith.surfaces.vectors import ingest_mapping as mapping
from kith.surfaces.vectors import ingest_wire as wire
from kith.surfaces.vectors.ingesting import IngestBatchBody, IngestBody, IngestedBy
from kith.surfaces.vectors.prefixes import PIPELINE, Prefixed

_INDEXES = [needs(Scope.INDEX)]

router = Prefixed(PIPELINE, tags=["ingest"])


@router.post("/ingest", dependencies=_INDEXES, summary="Take a picture in, to be indexed in the background")
async def ingest(body: IngestBody, kith: Kith, by: IngestedBy) -> wire.IngestOut:
    return mapping.accepted(kith.settings, await by.submit_one(body))


@router.post("/ingest/batch", dependencies=_INDEXES, summary="Take many pictures in")
async def ingest_batch(body: IngestBatchBody, kith: Kith, by: IngestedBy) -> wire.IngestBatchOut:
    """What is wrong with single ones is told of each; all others are indexed."""
    if body.dry_run:
        return mapping.examined(kith.settings, await by.examine(body.items))
    return mapping.submitted(kith.settings, await by.submit(body.items))


@router.get("/debug/ingest-config", dependencies=[needs(Scope.ADMIN)], summary="Where pictures go")
async def ingest_config(kith: Kith) -> wire.IngestConfigOut:
    """Without credentials."""
    return mapping.config(kith.settings)
