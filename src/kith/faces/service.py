"""Faces: recorded from an analysis without losing what is known about those already there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kith.accounts.principal import Principal
from kith.audit.service import record as note
from kith.audit.tables import AuditAction
from kith.engine.boxes import iou
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Float32
from kith.faces import queries
from kith.faces.changes import touch
from kith.faces.errors import FaceNotFound
from kith.faces.tables import Embedding, Face, Origin
from kith.kit.clock import Clock
from kith.kit.db import ReadSession, WriteSession, serialise
from kith.photos.tables import Photo, PhotoState

# A detection that overlaps a known face this much is that face, so its id and name stay.
SAME_FACE_IOU = 0.5
# The landmarks of a face that no network has looked at.
_UNSEEN = np.zeros(10, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How detections meet the faces a photo already has.

    `kept` pairs a known face with the row of its detection; `found` are rows nobody knew; `lost` are
    known faces not detected again.
    """

    kept: tuple[tuple[int, int], ...]
    found: tuple[int, ...]
    lost: tuple[int, ...]


def reconcile(known: NDArray[np.float32], detected: NDArray[np.float32]) -> Reconciled:
    """Pair boxes (n, 4) of known faces with boxes (m, 4) of detections, best overlap first."""
    overlap = iou(known, detected)
    pairs = sorted(zip(*np.nonzero(overlap > SAME_FACE_IOU), strict=True), key=lambda at: -overlap[at])
    kept: dict[int, int] = {}
    taken: set[int] = set()
    for left, right in pairs:
        if left not in kept and right not in taken:
            kept[int(left)] = int(right)
            taken.add(int(right))
    found = tuple(row for row in range(len(detected)) if row not in taken)
    lost = tuple(row for row in range(len(known)) if row not in kept)
    return Reconciled(tuple(kept.items()), found, lost)


def boxes_of(faces: Sequence[Face]) -> NDArray[np.float32]:
    return np.array([face.xyxy for face in faces], dtype=np.float32).reshape(-1, 4)


async def take_turn(session: WriteSession, tenant_id: int) -> None:
    """Let analyses and decisions of a tenant follow one another, each upon what the one before has left.

    To be taken before any other turn and before the faces of a photo are read.
    """
    await serialise(session, "people.decide", tenant_id)


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What was found in a photo that has the faces `known`.

    Pinned faces that were not detected again stay; `redrawn` holds embeddings made at their boxes, with
    rows by face id.
    """

    photo: Photo
    known: Sequence[Face]
    found: FoundFaces
    redrawn: tuple[dict[int, int], FoundFaces] | None = None


class Faces:
    """Use cases of one session, for one tenant."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock) -> None:
        self._session = session
        self._who = who
        self._clock = clock

    async def record(self, analyses: Sequence[Analysis], space_id: int) -> None:
        """Store what was found in photos, new faces in one go; the tenant's turn must have been taken."""
        new = [face for analysis in analyses for face in await self._record(analysis, space_id)]
        await self._session.flush()
        self._session.add_all(
            Embedding(face_id=face.id, space_id=space_id, vector=vector) for face, vector in new
        )
        touch(self._session, [face.id for face, _ in new])

    async def _record(self, it: Analysis, space_id: int) -> list[tuple[Face, Float32]]:
        """Bring what a photo has up to date; its new faces with their embeddings, not yet stored."""
        photo, known, found, redrawn = it.photo, it.known, it.found, it.redrawn
        plan = reconcile(boxes_of(known), found.xyxy)
        self._follow(photo, known)
        for at, row in plan.kept:
            if known[at].origin == Origin.DETECTED:
                _describe(known[at], found, row)
            await self.embed(known[at], found, row, space_id)
        for face in (known[at] for at in plan.lost):
            if not face.is_pinned:
                await self._session.delete(face)
                touch(self._session, [face.id])
            elif redrawn is not None and face.id in redrawn[0]:
                await self.embed(face, redrawn[1], redrawn[0][face.id], space_id)
        rows = () if photo.is_settled else plan.found
        new = [(self.add(photo, found, row, Origin.DETECTED), found.embeddings[row]) for row in rows]
        photo.state, photo.error_code, photo.error_detail = PhotoState.ANALYSED, None, None
        photo.analysed_space_id = space_id
        note(
            self._session, self._clock, self._who, AuditAction.INDEX, "photo", photo.id,
            counts={"faces": len(plan.kept) + len(new)},
        )  # fmt: skip
        return new

    def _follow(self, photo: Photo, known: Sequence[Face]) -> None:
        """Faces are in the trash as their photo is, which an import may have taken out meanwhile."""
        is_trashed = photo.trashed_at is not None
        for face in known:
            if face.is_trashed is not is_trashed:
                face.is_trashed = is_trashed
                touch(self._session, [face.id])

    def add(self, photo: Photo, source: FoundFaces, row: int, origin: Origin) -> Face:
        face = Face(
            tenant_id=photo.tenant_id, photo_id=photo.id, origin=origin, created_at=self._clock.now(),
            is_trashed=photo.trashed_at is not None,
        )  # fmt: skip
        _describe(face, source, row)
        self._session.add(face)
        return face

    def add_unseen(self, photo: Photo, xyxy: tuple[float, float, float, float], score: float) -> Face:
        """A face that somebody drew and nobody has looked at: it is described when it is embedded."""
        x1, y1, x2, y2 = xyxy
        face = Face(
            tenant_id=photo.tenant_id, photo_id=photo.id, origin=Origin.DRAWN, created_at=self._clock.now(),
            is_trashed=photo.trashed_at is not None, x1=x1, y1=y1, x2=x2, y2=y2, landmarks=_UNSEEN,
            detection_score=score, quality=0, size_px=((x2 - x1) * (y2 - y1)) ** 0.5, sharpness=0,
            frontality=0, to_identify=False,
        )  # fmt: skip
        self._session.add(face)
        return face

    async def embed(self, face: Face, source: FoundFaces, row: int, space_id: int) -> None:
        """Set a face's embedding in a space and have it identified."""
        if not face.landmarks.any():
            _describe(face, source, row)
        vector = source.embeddings[row]
        await self._session.merge(Embedding(face_id=face.id, space_id=space_id, vector=vector))
        face.to_identify = True
        touch(self._session, [face.id])

    async def delete(self, face_id: int) -> Face:
        """Delete a face with all that is known of it; raises FaceNotFound."""
        face = await get_face(self._session, self._who, face_id)
        await self._session.delete(face)
        touch(self._session, [face.id])
        note(self._session, self._clock, self._who, AuditAction.ERASE, "face", face.id, counts={"faces": 1})
        return face


async def get_face(session: ReadSession | WriteSession, who: Principal, face_id: int) -> Face:
    """Raises FaceNotFound for what is not there or not yours."""
    face = await session.scalar(queries.face(who, face_id))
    if face is None:
        raise FaceNotFound(f"there is no face {face_id}")
    return face


def _describe(face: Face, source: FoundFaces, row: int) -> None:
    face.x1, face.y1, face.x2, face.y2 = (float(value) for value in source.xyxy[row])
    face.landmarks = source.landmarks[row].ravel()
    face.detection_score = float(source.score[row])
    face.quality = float(source.quality[row])
    face.size_px = float(source.size_px[row])
    face.sharpness = float(source.sharpness[row])
    face.frontality = float(source.frontality[row])
