"""What a tenant may set for its galleries: defaults, changed in part, kept in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from kith.accounts.principal import Principal
from kith.galleries import queries
from kith.galleries.tables import GalleryConfig
from kith.kit.db import ReadSession, WriteSession, serialise

Values = dict[str, object]

DEFAULTS: Values = {
    "confidence_thresholds": {"low_data": 0.75, "medium": 0.65, "high": 0.55},
    "quality_filters": {
        "min_detection_score": 0.7, "min_face_size": 80.0, "min_blur_score": 100.0,
        "verified_threshold": 0.95,
    },
    "context_weight": 0.1,
    "min_faces_per_person": 3,
    "auto_retrain_threshold": 25,
    "auto_retrain_percentage": 0.1,
    "model_version": "v1.0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quality:
    """What a face must have to be worth looking at; `verified_threshold` verifies without a human."""

    min_detection_score: float
    min_face_size: float
    min_blur_score: float
    verified_threshold: float


async def read_config(session: ReadSession | WriteSession, who: Principal) -> Values:
    """The defaults with what was set above them."""
    row = await session.scalar(queries.config(who))
    return merged(DEFAULTS, row.values if row is not None else {})


async def read_quality(session: ReadSession, who: Principal) -> Quality:
    values = await read_config(session, who)
    return Quality(**cast("dict[str, float]", values["quality_filters"]))


async def change_config(session: WriteSession, who: Principal, changes: Mapping[str, object]) -> Values:
    """Set what is named, and leave the rest; how all stands then."""
    await serialise(session, "galleries.config", who.tenant_id)
    row = await session.scalar(queries.config(who))
    if row is None:
        row = GalleryConfig(tenant_id=who.tenant_id, values={})
        session.add(row)
    row.values = merged(row.values, changes)
    await session.flush()
    return merged(DEFAULTS, row.values)


def merged(below: Mapping[str, object], above: Mapping[str, object]) -> Values:
    """Groups are merged, too; everything else above stands for what is below."""
    found = dict(below)
    for name, value in above.items():
        before = found.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            found[name] = merged(cast("Values", before), cast("Values", value))
        else:
            found[name] = value
    return found
