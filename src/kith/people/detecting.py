"""Pictures handed in one by one: stored with their faces at once, and every face given a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.faces import queries as face_queries
from kith.faces.changes import touch
from kith.faces.reading import embeddings_of
from kith.faces.recognition import Recognition, settle
from kith.faces.service import Analysis, Faces, boxes_of, reconcile
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


@dataclass(frozen=True, slots=True)
class MatchConfig:
    """From `thresholds.auto` on a face is somebody known; its `neighbours` nearest faces vote."""

    thresholds: Thresholds
    neighbours: int


class Detecting:
    """Stores analysed pictures of one session, for one tenant; commits nothing.

    A machine acts here, so no decision is written; but whoever asked now holds the ids of the persons,
    so all of them are anchored: no later grouping dissolves them.
    """

    def __init__(
        self,
        session: WriteSession,
        who: Principal,
        clock: Clock,
        recognition: Recognition,
        config: MatchConfig,
    ) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._recognition = recognition
        self._config = config

    async def detect_and_save(self, file: NewFile, found: FoundFaces, rows: NDArray[np.intp]) -> Saved:
        """Store a picture whose bytes are in the blob store, and those `rows` of what was found in it.

        The same picture twice is the same photo, with the same faces. A face that is like nobody known
        becomes a new person without a name; faces a human said to ignore are left out. Raises PackChanged
        if the pack that saw the picture is no longer in use.
        """
        people = People(self._session, self._who, self._clock)
        await people.take_turn()  # so that of two new pictures of somebody new only one makes them a person
        photos = Photos(self._session, self._who, self._clock)
        library_id = await photos.library_id()
        (registered,) = await photos.register(library_id, [file], analyse=False)
        photo = registered.photo
        await settle(self._session, self._recognition.space_id)
        faces = await self._record(photo, found, rows)
        await self._identify(people, photo, list(faces.values()))
        (place, *_) = (await self._session.scalars(photo_queries.files_of([photo.id]))).all()
        return Saved(
            place.location,
            {row: SavedFace(face.id, face.person_id) for row, face in faces.items() if face.person_id},
        )

    async def _record(self, photo: Photo, found: FoundFaces, rows: NDArray[np.intp]) -> dict[int, Face]:
        """Store what is new as a new analysis would, but nothing that was not asked for; {row: face}."""
        known = (await self._session.scalars(face_queries.faces_of_photos([photo.id]))).all()
        seen = {row for _, row in reconcile(boxes_of(known), found.xyxy).kept}
        wanted = set(rows.tolist())
        space_id = self._recognition.space_id
        if wanted - seen or photo.analysed_space_id != space_id:
            store = Faces(self._session, self._who, self._clock)
            await store.record([Analysis(photo, known, found.pick(sorted(wanted | seen)))], space_id)
            await self._session.flush()
            known = (await self._session.scalars(face_queries.faces_of_photos([photo.id]))).all()
        kept = reconcile(boxes_of(known), found.xyxy[rows]).kept
        return {int(rows[at]): known[face] for face, at in kept if not known[face].is_ignored}

    async def _identify(self, people: People, photo: Photo, faces: Sequence[Face]) -> None:
        """Give every face a person, and have what this says about other photos worked out later."""
        nobody = [face for face in faces if face.person_id is None]
        known = {face.person_id for face in faces if face.person_id is not None}
        handed_out = [it for it in await people.persons(sorted(known)) if not it.is_anchored]
        matches = await self._match(photo, nobody)
        for face in nobody:
            found = matches.get(face.id)
            person = await people.person(found.person_id) if found is not None else people.new_person()
            await self._session.flush()
            face.person_id, face.state, face.suggested_person_id = person.id, FaceState.AUTO, None
            face.similarity = found.similarity if found is not None else None
            face.to_identify = False
            handed_out.append(person)
        touch(self._session, [face.id for face in nobody])
        for person in handed_out:
            await people.anchor(people.ledger(), person)
        if handed_out:
            tenant_id = self._who.tenant_id
            await Jobs(self._session, self._clock).add(tenant_id, [identify_job(tenant_id)])

    async def _match(self, photo: Photo, faces: Sequence[Face]) -> dict[int, Match]:
        """Whom each face is recognised as for sure, by face id; other faces of the photo do not vote."""
        if not faces:
            return {}
        here = (await self._session.scalars(face_queries.faces_of_photos([photo.id]))).all()
        scope = Scope(
            photo.tenant_id, photo.gallery_id, assigned_only=True,
            exclude_faces=frozenset(face.id for face in here),
        )  # fmt: skip
        space_id, calibration = self._recognition.space_id, self._recognition.calibration
        vectors = await embeddings_of(self._session, space_id, [face.id for face in faces])
        near = await self._recognition.search(
            np.stack([vectors[face.id] for face in faces]), scope, self._config.neighbours,
            calibration.cosine(self._config.thresholds.suggest),
        )  # fmt: skip
        ids = sorted({person_id for around in near for person_id in around.persons.tolist()})
        persons = {
            person.id: person
            for person in await self._session.scalars(queries.persons(self._who, ids))
            if person.merged_into_id is None
        }
        candidates = await read_candidates(
            self._session, calibration, [(face, photo) for face in faces], near, persons,
            seed_quality=self._config.thresholds.seed_quality,
        )  # fmt: skip
        taken = [face.person_id for face in here if face.person_id is not None and not face.is_ignored]
        matches = match(candidates, self._config.thresholds, {photo.id: taken})
        return {it.face_id: it for it in matches if it.is_auto}
