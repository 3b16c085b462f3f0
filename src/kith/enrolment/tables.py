"""What people are known by."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kith.kit.db import Base, Key


class EnrolledFace(Base):
    """A face a client enrolled a person by; the mean of these embeddings is what probes are verified with."""

    __tablename__ = "enrolled_faces"

    face_id: Mapped[Key] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[Key] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[Key] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
