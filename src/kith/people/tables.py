"""People, and what humans decided about them."""

from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict
from uuid import UUID, uuid4

from sqlalchemy import JSON, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, validates

from kith.kit.db import Base, Key, UtcDateTime
from kith.people.names import KEY_LENGTH, name_key

Json = JSON().with_variant(JSONB, "postgresql")


class Person(Base):
    """An identity. Without a name it is what others call a cluster.

    `is_anchored`: a human said something about this person, so no machine dissolves it or moves its
    faces. `to_match`: its faces changed, so that others may now be recognised. `merged_into_id` marks
    what a merge left behind, kept so that the merge can be undone. `name_key` is the name as it is looked
    for and sorted by, and follows it.
    """

    __tablename__ = "persons"
    __table_args__ = (
        Index(None, "tenant_id", "name"),
        Index(None, "tenant_id", "name_key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    name: Mapped[str | None] = mapped_column(String(200))
    name_key: Mapped[str | None] = mapped_column(String(KEY_LENGTH))
    born_on: Mapped[date | None] = mapped_column(Date)
    notes: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    is_hidden: Mapped[bool] = mapped_column(default=False)
    is_anchored: Mapped[bool] = mapped_column(default=False)
    to_match: Mapped[bool] = mapped_column(default=False)
    cover_face_id: Mapped[Key | None]
    merged_into_id: Mapped[Key | None] = mapped_column(
        ForeignKey("persons.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @validates("name")
    def _follow(self, _: str, name: str | None) -> str | None:
        self.name_key = None if name is None else name_key(name)
        return name


class DecisionKind(StrEnum):
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    CONFIRM = "confirm"
    REJECT = "reject"
    RENAME = "rename"
    DESCRIBE = "describe"
    MERGE = "merge"
    SPLIT = "split"
    IGNORE = "ignore"
    RESTORE = "restore"
    HIDE = "hide"
    SHOW = "show"
    COVER = "cover"
    DRAW = "draw"


class RowChange(TypedDict):
    """A face or person before and after a decision, as {column: JSON value}; created ones have no before."""

    subject: str
    id: int
    before: dict[str, object]
    after: dict[str, object]


class Decision(Base):
    """What a human said about identity: append-only, undoable, above any model.

    A bulk act is one row; `changes` holds every row it touched, so undoing it is one act too.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index(None, "tenant_id", "id"),
        Index(None, "tenant_id", "undone_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    kind: Mapped[DecisionKind] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(200))
    changes: Mapped[list[RowChange]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(200))


class Subject(StrEnum):
    FACE = "face"
    PERSON = "person"


class DecisionSubject(Base):
    """Which faces and persons a decision is about: the history of each, and what stands above an undo."""

    __tablename__ = "decision_subjects"
    __table_args__ = (Index(None, "subject", "subject_id"),)

    decision_id: Mapped[Key] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[Subject] = mapped_column(String(10), primary_key=True)
    subject_id: Mapped[Key] = mapped_column(primary_key=True)


class Rejection(Base):
    """A cannot-link: this face is not this person. It goes when its decision is undone."""

    __tablename__ = "rejections"
    __table_args__ = (UniqueConstraint("face_id", "person_id", "decision_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    face_id: Mapped[Key] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[Key] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    decision_id: Mapped[Key] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), index=True)
