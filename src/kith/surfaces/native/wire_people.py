"""People on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_decisions import DecisionOut
from kith.surfaces.requests import MAX_ID

Id = Annotated[int, Field(ge=1, le=MAX_ID)]
# Whether it can be a name is for the domain to say; this only keeps a megabyte from being looked at.
Name = Annotated[str, Field(max_length=1000)]
MAX_FACES = 1000
MAX_SOURCES = 100
# All that the split assistant looks at can be split off.
MAX_SPLIT = 2000


class CoverOut(Wire):
    """The face that stands for a person; `version` goes into the address of its crop."""

    face_id: int
    version: str


class PersonOut(Wire):
    """`suggestion_count` faces wait to be confirmed as this person."""

    person_id: int
    name: str | None
    face_count: int
    photo_count: int
    cover: CoverOut | None
    born_on: date | None
    is_hidden: bool
    suggestion_count: int
    created_at: datetime


class PersonCountsOut(Wire):
    named: int
    unnamed: int
    hidden: int


class PeopleOut(Wire):
    items: list[PersonOut]
    next_cursor: str | None
    counts: PersonCountsOut


class YearOut(Wire):
    year: int
    photo_count: int


class PersonDetailOut(PersonOut):
    first_photo_at: datetime | None
    last_photo_at: datetime | None
    years: list[YearOut]


class PersonIn(Wire):
    name: Name | None = None


class PersonPatchIn(Wire):
    """What is left out stays; null takes a name, a date of birth or the chosen cover away."""

    name: Name | None = None
    born_on: date | None = None
    is_hidden: bool | None = None
    cover_face_id: Id | None = None


class PersonPatchedOut(Wire):
    """The person, and a decision for each thing that was changed."""

    person: PersonDetailOut
    decisions: list[DecisionOut]


class PersonErasedOut(Wire):
    person_id: int
    face_count: int


class CompletionOut(Wire):
    person_id: int
    name: str
    face_count: int
    cover: CoverOut | None


class CompletionsOut(Wire):
    items: list[CompletionOut]


class MergeIn(Wire):
    """`from` are who `into` is, too."""

    into: Id
    sources: Annotated[list[Id], Field(min_length=1, max_length=MAX_SOURCES, alias="from")]
    name: Name | None = None


class ClashOut(Wire):
    photo_id: int
    face_ids: list[int]


class MergePreviewOut(Wire):
    """`clashes` are the first of `clash_count` photos that show several of these persons at once."""

    into: int
    sources: list[int] = Field(serialization_alias="from")
    name: str | None
    face_count: int
    photo_count: int
    clash_count: int
    clashes: list[ClashOut]


class SplitIn(Wire):
    """Whose the faces are instead: `person_id`, or a new person, with a `name` or without."""

    face_ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_SPLIT)]
    person_id: Id | None = None
    name: Name | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "SplitIn":
        if self.person_id is not None and self.name is not None:
            raise ValueError("either person_id or name")
        return self


class GroupOut(Wire):
    """Faces that are alike, the best of them first."""

    kind: Literal["group", "rest"]
    size: int
    face_ids: list[int]
    first_photo_at: datetime | None
    last_photo_at: datetime | None
    similarity: float


class GroupsOut(Wire):
    """`face_count` of the person's faces were looked at, the best ones where there are more."""

    items: list[GroupOut]
    face_count: int
    is_sample: bool
