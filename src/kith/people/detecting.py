"""Pictures handed in one by one: stored with their faces at once, and every face given a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.faces import queries as face_queries
from kith.faces.changes import touch
from kith.faces.recognition import Recognition, settle
from kith.faces.service import Faces, boxes_of, reconcile
from kith.faces.tables import Face, FaceState
from kith.faces.tasks import identify_job
from kith.index.base import Scope
from kith.jobs.service import Jobs
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.people import queries
from kith.people.candidates import read_candidates
from kith.people.matching import Match, Thresholds, match
from kith.people.service import People
from kith.people.tables import Person
from kith.photos import queries as photo_queries
from kith.photos.service import NewFile, Photos
from kith.photos.tables import Photo

# Below this width or height, in pixels of the original, a face says too little to be handed out.
MIN_FACE_PX = 20


@dataclass(frozen=True, slots=True)
class SavedFace:
    face_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What was stored of a picture. `faces` has the rows of the detections as keys."""

    location: str
    faces: Mapping[int, SavedFace]


def usable(found: FoundFaces, min_score: float) -> NDArray[np.intp]:
    """The rows of faces with at least this detection score and at least 20 px a side."""
    sides = found.xyxy[:, 2:] - found.xyxy[:, :2]
    return np.nonzero((found.score >= min_score) & (sides.min(axis=1, initial=np.inf) >= MIN_FACE_PX))[0]


class Detecting:
    """Stores analysed pictures of one session, for one tenant; commits nothing.

    A machine acts here, so no decision is written; but whoever asked now holds the ids of the persons,
    so all of them are anchored: no later grouping dissolves them.
    """

    def __init__(
        self, session: WriteSession, who: Principal, clock: Clock, recognition: Recognition
    ) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._recognition = recognition

    async def save(
        self, file: NewFile, found: FoundFaces, rows: NDArray[np.intp],
        *, thresholds: Thresholds, neighbours: int,
    ) -> Saved:  # fmt: skip
        """Store a picture whose bytes are in the blob store, and those `rows` of what was found in it.

        The same picture twice is the same photo, with the same faces. A face that is like nobody from
        `thresholds.auto` on becomes a new person without a name; ignored faces are left out.
        """
        photos = Photos(self._session, self._who, self._clock)
        library_id = await photos.library_id()
        (registered,) = await photos.register(library_id, [file], analyse=False)
        photo = registered.photo
        await settle(self._session, self._recognition.space_id)
        faces = await self._record(photo, found, rows)
        await self._identify(photo, faces, thresholds, neighbours)
        (place, *_) = (await self._session.scalars(photo_queries.files_of([photo.id]))).all()
        return Saved(
            place.location,
            {row: SavedFace(face.id, face.person_id) for row, face in faces.items() if face.person_id},
        )

    async def _record(self, photo: Photo, found: FoundFaces, rows: NDArray[np.intp]) -> dict[int, Face]:
        """Store what is new, and let nothing go that the photo is known to show; {row: face}."""
        known = (await self._session.scalars(face_queries.faces_of_photos([photo.id]))).all()
        seen = {row for _, row in reconcile(boxes_of(known), found.xyxy).kept}
        wanted = set(rows.tolist())
        space_id = self._recognition.space_id
        if wanted - seen or photo.analysed_space_id != space_id:
            store = Faces(self._session, self._who, self._clock)
            await store.record(photo, known, found.pick(sorted(wanted | seen)), None, space_id)
            await self._session.flush()
            known = (await self._session.scalars(face_queries.faces_of_photos([photo.id]))).all()
        kept = reconcile(boxes_of(known), found.xyxy[rows]).kept
        return {int(rows[at]): known[face] for face, at in kept if not known[face].is_ignored}

    async def _identify(
        self, photo: Photo, faces: Mapping[int, Face], thresholds: Thresholds, neighbours: int
    ) -> None:
        nobody = [face for face in faces.values() if face.person_id is None]
        matches = await self._match(photo, nobody, thresholds, neighbours)
        people = People(self._session, self._who, self._clock)
        made = [people.new_person() for face in nobody if face.id not in matches]
        await self._session.flush()
        new = iter(made)
        for face in nobody:
            found = matches.get(face.id)
            face.person_id = found.person_id if found is not None else next(new).id
            face.similarity = found.similarity if found is not None else None
            face.state, face.suggested_person_id, face.to_identify = FaceState.AUTO, None, False
        touch(self._session, [face.id for face in nobody])
        await self._session.flush()
        if await self._anchor(people, faces.values()):
            await Jobs(self._session, self._clock).add(
                self._who.tenant_id, [identify_job(self._who.tenant_id)]
            )

    async def _match(
        self, photo: Photo, faces: Sequence[Face], thresholds: Thresholds, neighbours: int
    ) -> dict[int, Match]:
        """Whom each face is recognised as for sure; the votes of faces in the photo itself do not count."""
        if not faces:
            return {}
        shown = (await self._session.scalars(face_queries.faces_of_photos([photo.id]))).all()
        ...
