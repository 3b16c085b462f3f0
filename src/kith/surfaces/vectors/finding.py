"""Indexing, searching and comparing; webhooks and the audit log are told in the transaction of the act."""

from collections.abc import Mapping
from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.audit import service as audit
from kith.audit.tables import AuditAction
from kith.faces.hits import Hit, similar_faces
from kith.faces.indexing import Indexed, Indexing
from kith.faces.telling import BACKEND, IndexedPicture, tell_indexed
from kith.kit.db import WriteSession
from kith.notify.service import publish
from kith.notify.tables import Event
from kith.photos.links import Links
from kith.photos.origins import NewOrigin
from kith.photos.tables import Purpose
from kith.runtime import Runtime
from kith.surfaces.vectors.pictures import Looked


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, in which request, and how the addresses of their pictures are made."""

    who: Principal
    request_id: str
    links: Links


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many faces are wanted, and how similar at least."""

    top: int
    threshold: float


@dataclass(frozen=True, slots=True)
class Searched:
    looked: Looked
    hits: list[Hit]


async def index(kith: Runtime, session: WriteSession, asked: Asked, looked: Looked) -> Indexed:
    """Keep a picture with its faces; the same one twice is once."""
    indexed = await store(kith, session, asked.who, looked, NewOrigin(Purpose.INDEX))
    it = IndexedPicture(looked.file.sha256, looked.derived.phash, len(looked.found), len(indexed.faces))
    await tell_indexed(session, kith.clock, asked.who, asked.links, it, asked.request_id)
    return indexed


async def search(kith: Runtime, asked: Asked, looked: Looked, wanted: Wanted) -> Searched:
    """Keep a picture for a day, and find what is like its surest face; never what it brought itself."""
    async with kith.db.write() as session:
        indexed = await store(kith, session, asked.who, looked, NewOrigin(Purpose.QUERY))
    hits = await _find(kith, asked.who, looked, wanted, indexed.brought)
    async with kith.db.write() as session:
        _note(kith, session, asked, AuditAction.SEARCH, looked, hits)
        data = {
            "faces_found": len(looked.found), "results_count": len(hits),
            "thumb_url": asked.links.thumbnail(looked.file.sha256),
        }  # fmt: skip
        await _tell(kith, session, asked, Event.FACE_SEARCHED, looked, data)
    return Searched(looked, hits)


async def compare(kith: Runtime, asked: Asked, looked: Looked, wanted: Wanted) -> Searched:
    """Find what is like the surest face of a picture, which is kept nowhere."""
    hits = await _find(kith, asked.who, looked, wanted, frozenset())
    async with kith.db.write() as session:
        _note(kith, session, asked, AuditAction.COMPARE, looked, hits)
        data = {"faces_found": len(looked.found), "results_count": len(hits)}
        await _tell(kith, session, asked, Event.FACE_COMPARED, looked, data)
    return Searched(looked, hits)


async def store(
    kith: Runtime, session: WriteSession, who: Principal, looked: Looked, origin: NewOrigin
) -> Indexed:
    """Rows first, and bytes before they are committed: what is refused leaves no bytes."""
    indexing = Indexing(session, who, kith.clock, looked.recognition.space_id)
    indexed = await indexing.index(looked.file, looked.found, origin)
    await looked.keep(kith.blobs)
    indexed.photo.phash = looked.derived.phash
    return indexed


async def _find(
    kith: Runtime, who: Principal, looked: Looked, wanted: Wanted, exclude: frozenset[int]
) -> list[Hit]:
    if not len(looked.found):
        return []
    async with kith.db.read() as session:
        return await similar_faces(
            looked.recognition, session, who, looked.found.embeddings[0],
            top=wanted.top, min_similarity=wanted.threshold, exclude=exclude,
        )  # fmt: skip


async def _tell(
    kith: Runtime, session: WriteSession, asked: Asked, event: Event, looked: Looked,
    data: Mapping[str, object],
) -> None:  # fmt: skip
    said = {**data, "phash": looked.phash, "vector_backend": BACKEND, "request_id": asked.request_id}
    await publish(session, kith.clock, asked.who, event, said, request_id=asked.request_id)


def _note(
    kith: Runtime, session: WriteSession, asked: Asked, action: AuditAction, looked: Looked, hits: list[Hit]
) -> None:
    counts = {"faces": len(looked.found), "results": len(hits)}
    audit.record(session, kith.clock, asked.who, action, "picture", counts=counts)
