"""One relational database, SQLite or PostgreSQL, behind SQLAlchemy's async session."""

from kith.kit.db.base import Base, Bits64, FloatArray, Key, UtcDateTime
from kith.kit.db.database import Database, ReadSession, WriteSession, before_commit, serialise

__all__ = [
    "Base",
    "Bits64",
    "Database",
    "FloatArray",
    "Key",
    "ReadSession",
    "UtcDateTime",
    "WriteSession",
    "before_commit",
    "serialise",
]
