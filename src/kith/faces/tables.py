"""Faces in photos, their embeddings, and the log of changes the vector index follows."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, FloatArray, Key, UtcDateTime


class FaceState(StrEnum):
    """How far a face's person is known.

    UNKNOWN nobody; SUGGESTED nobody yet, but a guess waits for an answer; GROUPED put into an unnamed
    person by grouping, which may think again; AUTO recognised as a person by Kith; CONFIRMED by a human,
    never changed by a machine.
    """

    UNKNOWN = "unknown"
    SUGGESTED = "suggested"
    GROUPED = "grouped"
    AUTO = "auto"
    CONFIRMED = "confirmed"


class Origin(StrEnum):
    DETECTED = "detected"
    DRAWN = "drawn"


class EmbeddingSpace(Base):
    """An embedding space the library has used; the active one is the pack in use."""

    __tablename__ = "embedding_spaces"

    id: Mapped[Key] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    pack: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(50))
    digest: Mapped[str] = mapped_column(String(64))
    dimension: Mapped[int]
    preprocessing: Mapped[str] = mapped_column(String(100))
    is_active: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Face(Base):
    """A face in a photo: where, how good, and maybe whose. Boxes are pixels of the upright original.

    `is_pinned`: a human decided something about it, so no re-detection drops it. `to_identify`: waits
    to be matched and grouped. `left_person_id`: the person it was taken from, until it has been thought
    about who was recognised by it; that person may be gone. `is_trashed`: its photo is in the trash.
    Lists, counts, searches and grouping take those that are `is_shown`. One that was drawn before its
    picture could be read has no embedding, and landmarks of zeros, until an analysis sees it.
    """

    __tablename__ = "faces"
    __table_args__ = (
        Index("ix_faces_of_person", "person_id", "tenant_id", "is_ignored", "is_trashed", "id"),
        Index("ix_faces_by_quality", "person_id", "is_ignored", "is_trashed", "quality"),
        Index("ix_faces_by_photo", "person_id", "is_ignored", "is_trashed", "photo_id"),
        Index("ix_faces_shown", "tenant_id", "is_ignored", "is_trashed", "id"),
        Index("ix_faces_by_state", "tenant_id", "is_ignored", "is_trashed", "state", "id"),
        Index("ix_faces_to_identify", "tenant_id", "id", sqlite_where=text("to_identify"),
              postgresql_where=text("to_identify")),
        Index("ix_faces_left", "tenant_id", "id", sqlite_where=text("left_person_id IS NOT NULL"),
              postgresql_where=text("left_person_id IS NOT NULL")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[Key] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(default=uuid4, unique=True, insert_sentinel=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    photo_id: Mapped[Key] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), index=True)
    x1: Mapped[float] = mapped_column(Float)
    y1: Mapped[float] = mapped_column(Float)
    x2: Mapped[float] = mapped_column(Float)
    y2: Mapped[float] = mapped_column(Float)
    landmarks: Mapped[NDArray[np.float32]] = mapped_column(FloatArray)
    detection_score: Mapped[float] = mapped_column(Float)
    quality: Mapped[float] = mapped_column(Float)
    size_px: Mapped[float] = mapped_column(Float)
    sharpness: Mapped[float] = mapped_column(Float)
    frontality: Mapped[float] = mapped_column(Float)
    origin: Mapped[Origin] = mapped_column(String(20), default=Origin.DETECTED)
    state: Mapped[FaceState] = mapped_column(String(20), default=FaceState.UNKNOWN)
    person_id: Mapped[Key | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    similarity: Mapped[float | None] = mapped_column(Float)
    suggested_person_id: Mapped[Key | None] = mapped_column(
        ForeignKey("persons.id", ondelete="SET NULL"), index=True
    )
    is_ignored: Mapped[bool] = mapped_column(Boolean, default=False)
    is_trashed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    to_identify: Mapped[bool] = mapped_column(Boolean, default=True)
    left_person_id: Mapped[Key | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @hybrid_property
    def is_shown(self) -> bool:
        """Whether anybody gets to see it: neither set aside nor in the trash."""
        return not (self.is_ignored or self.is_trashed)

    @is_shown.inplace.expression
    @classmethod
    def _is_shown(cls) -> ColumnElement[bool]:
        return ~cls.is_ignored & ~cls.is_trashed

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        return self.x1, self.y1, self.x2, self.y2


class Embedding(Base):
    """The unit vector of a face in one embedding space."""

    __tablename__ = "embeddings"
    __table_args__ = (UniqueConstraint("space_id", "face_id"),)

    face_id: Mapped[Key] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[Key] = mapped_column(ForeignKey("embedding_spaces.id"), primary_key=True)
    vector: Mapped[NDArray[np.float32]] = mapped_column(FloatArray)


class IndexChange(Base):
    """A face whose index entry is out of date from this row on; rows commit in the order of `seq`.

    `seq` rises, with random gaps; see `changes`.
    """

    __tablename__ = "index_changes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    face_id: Mapped[Key]
