"""What identification reads and finds out."""

from dataclasses import dataclass, field
from datetime import datetime

from kith.faces.tables import Face, FaceState
from kith.people.matching import Match, Thresholds
from kith.photos.tables import Photo


@dataclass(frozen=True, slots=True)
class IdentifyConfig:
    """Similarities 0..1 and counts; `KITH_IDENTITY__…` sets them."""

    thresholds: Thresholds
    strangers: float
    group_size: int
    cohesion: float
    neighbours: int


@dataclass(slots=True)
class Standing:
    """A face as it was read; it is changed only if this still holds when the result is written."""

    face: Face
    photo: Photo
    state: FaceState
    person_id: int | None


@dataclass(slots=True)
class Plan:
    """What identification found out.

    `waiting` are the faces the job is about, `read` all it looked at, as they stood; `recalled` persons
    were looked for, and were last changed at that time. `judged` are the faces compared with known
    people, so that what was suggested for them before no longer holds; `doubted` are recognised ones that
    nothing speaks for any more, `left` (face: person) losses of which no more is to be thought. `groups`
    holds (person or None for a new one, its face ids); `loners` are in no group. `capacities` are new ones
    of galleries, see `regrouping.capacity_for`.
    """

    waiting: set[int] = field(default_factory=set[int])
    read: dict[int, Standing] = field(default_factory=dict[int, Standing])
    recalled: dict[int, datetime] = field(default_factory=dict[int, datetime])
    judged: set[int] = field(default_factory=set[int])
    doubted: list[int] = field(default_factory=list[int])
    left: dict[int, int] = field(default_factory=dict[int, int])
    matches: list[Match] = field(default_factory=list[Match])
    groups: list[tuple[int | None, list[int]]] = field(default_factory=list[tuple[int | None, list[int]]])
    loners: list[int] = field(default_factory=list[int])
    capacities: dict[int, int] = field(default_factory=dict[int, int])
    is_partial: bool = False
