"""Pictures that clients hand in to be found again: stored in the library with their faces at once."""

from dataclasses import dataclass

from kith.accounts.principal import Principal
from kith.engine.faces import Faces as FoundFaces
from kith.faces import queries
from kith.faces.recognition import settle
from kith.faces.service import Analysis, Faces, boxes_of, reconcile, take_turn
from kith.faces.tables import Face
from kith.faces.tasks import identify_job
from kith.jobs.service import Jobs
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.photos.origins import NewOrigin, note_origin
from kith.photos.service import NewFile, Photos
from kith.photos.tables import Photo, Purpose


@dataclass(frozen=True, slots=True)
class Indexed:
    """A photo with its faces that are not ignored.

    `brought` are the ids of those that are there only because this picture was sent: new ones, and those of
    a picture that was only searched by before.
    """

    photo: Photo
    faces: list[Face]
    brought: frozenset[int]


class Indexing:
    """Stores analysed pictures of one session, for one tenant; commits nothing."""

    def __init__(self, session: WriteSession, who: Principal, clock: Clock, space_id: int) -> None:
        self._session = session
        self._who = who
        self._clock = clock
        self._space_id = space_id

    async def index(self, file: NewFile, found: FoundFaces, origin: NewOrigin) -> Indexed:
        """Store a picture and what was found in it; twice is once. Who its faces are is worked out later.

        Raises QuotaExceeded, and PackChanged if the pack that saw the picture is no longer in use. The bytes
        are the caller's to store, in the same transaction.
        """
        await take_turn(self._session, self._who.tenant_id)
        photos = Photos(self._session, self._who, self._clock)
        (registered,) = await photos.register(await photos.library_id(), [file], analyse=False)
        photo = registered.photo
        purpose = await note_origin(self._session, self._who, self._clock, registered, origin)
        await settle(self._session, self._space_id)
        before = (await self._session.scalars(queries.faces_of_photos([photo.id]))).all()
        known = {face.id for face in before} if purpose is not Purpose.QUERY else set[int]()
        if photo.analysed_space_id != self._space_id or reconcile(boxes_of(before), found.xyxy).found:
            store = Faces(self._session, self._who, self._clock)
            await store.record([Analysis(photo, before, found)], self._space_id)
            await self._session.flush()
            tenant_id = self._who.tenant_id
            await Jobs(self._session, self._clock).add(tenant_id, [identify_job(tenant_id)])
        faces = (await self._session.scalars(queries.faces_of_photos([photo.id]))).all()
        return Indexed(
            photo, [face for face in faces if not face.is_ignored],
            frozenset(face.id for face in faces if face.id not in known),
        )  # fmt: skip
