"""Saving what somebody says of the faces of an image: all of it in one transaction, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import update

from kith.accounts.principal import Principal
from kith.engine.errors import InvalidBox
from kith.errors import AppError, Busy, Unavailable
from kith.faces import queries as face_queries
from kith.faces.recognition import settle
from kith.faces.service import Faces, take_turn
from kith.faces.tables import Face, FaceState, Origin
from kith.galleries.images import get_image
from kith.galleries.tables import GalleryImage
from kith.kit.db import ReadSession, WriteSession
from kith.notify.service import publish
from kith.notify.tables import Event
from kith.people.errors import PersonNotFound
from kith.people.forgetting import forget_faces
from kith.people.service import People
from kith.photos.tables import Photo, PhotoState
from kith.tagging import queries
from kith.tagging.pictures import Looked, Parts, Pictures, keep, keep_place
from kith.tagging.placing import Sighting, Tag, boxes_of_tags, recognise_known, sight
from kith.tagging.reading import embedded_faces


@dataclass(frozen=True, slots=True)
class SavedTag:
    """`error` is why a face that was to be embedded was not."""

    face: UUID
    person: UUID | None
    is_verified: bool
    is_embedded: bool
    error: AppError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is seen of tags in a picture; nothing if it was not looked at, for a reason if it cannot be."""

    looked: Looked | None = None
    sightings: Mapping[int, Sighting] = field(default_factory=dict[int, Sighting])
    error: AppError | None = None


@dataclass(slots=True)
class _Verdicts:
    """What tags say of faces, sorted by what is to be done."""

    sure: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    probable: dict[int, dict[int, float]] = field(default_factory=dict[int, dict[int, float]])
    nobody: list[int] = field(default_factory=list[int])

    def note(self, face: Face, person_id: int | None, tag: Tag) -> None:
        """A tag says what is known already: nothing is to be done."""
        if person_id is None:
            if face.state != FaceState.UNKNOWN or not face.is_shown:
                self.nobody.append(face.id)
        elif tag.is_verified:
            if (face.person_id, face.state) != (person_id, FaceState.CONFIRMED):
                self.sure.setdefault(person_id, []).append(face.id)
        else:
            similarity = tag.similarity if tag.similarity is not None else face.detection_score
            before = (face.person_id, face.state, face.similarity)
            if before != (person_id, FaceState.AUTO, similarity):
                self.probable.setdefault(person_id, {})[face.id] = similarity


class Tagging:
    """Tags the faces of images for one tenant, in transactions of its own, for pictures are fetched."""

    def __init__(self, parts: Parts, who: Principal) -> None:
        self._parts = parts
        self._who = who
        self._pictures = Pictures(parts, who)

    async def replace(
        self, image: UUID, tags: Sequence[Tag], *, url: str | None = None, embeds: bool = True
    ) -> list[SavedTag]:
        """These are the faces of an image, and no others; none at all says that it shows nobody.

        A tag that is about a known face keeps it, with its id. What cannot be embedded, or is not to be
        (`embeds`), is saved without. `url` is where the picture may be as well. Raises ImageNotFound,
        PersonNotFound, TagInvalid; then nothing has changed.
        """
        async with self._parts.db.read() as session:
            shown = await get_image(session, self._who, image)
            await persons_by_uuid(session, self._who, [tag.person for tag in tags])
        seen = await self._see(shown, tags, url) if tags and embeds else _Seen()
        async with self._parts.db.write() as session:
            await take_turn(session, self._who.tenant_id)
            saving = _Saving(session, self._parts, self._who)
            shown = await get_image(session, self._who, image)
            if not tags:
                await saving.clear(shown)
                return []
            saved = await saving.save(shown, seen, tags, is_all=True)
        return saved if embeds else [replace(it, error=None) for it in saved]

    async def add(self, image: UUID, tag: Tag, *, url: str | None = None) -> SavedTag:
        """One face of an image, a new one or one that is known; the others stay. Raises as `add_all`."""
        (saved,) = await self.add_all(image, [tag], url=url)
        return saved

    async def add_all(self, image: UUID, tags: Sequence[Tag], *, url: str | None = None) -> list[SavedTag]:
        """Some faces of an image; the others stay. `url` is where the picture may be as well.

        Raises as `replace`, and InvalidBox, FetchError and what is wrong with the picture.
        """
        if not tags:
            return []
        async with self._parts.db.read() as session:
            shown = await get_image(session, self._who, image)
            await persons_by_uuid(session, self._who, [tag.person for tag in tags])
        looked = await self._pictures.look_at(shown, url)
        seen = _Seen(looked, await sight(looked, tags))
        async with self._parts.db.write() as session:
            await take_turn(session, self._who.tenant_id)
            shown = await get_image(session, self._who, image)
            return await _Saving(session, self._parts, self._who).save(shown, seen, tags, is_all=False)

    async def _see(self, image: GalleryImage, tags: Sequence[Tag], url: str | None) -> _Seen:
        try:
            looked = await self._pictures.look_at(image, url)
        except (Busy, Unavailable):  # which may be told, for it passes
            raise
        except AppError as error:
            return _Seen(error=error)
        return _Seen(looked, await sight(looked, tags, skips_outside=True))


class _Saving:
    """One session's part of saving tags."""

    def __init__(self, session: WriteSession, parts: Parts, who: Principal) -> None:
        self._session = session
        self._parts = parts
        self._who = who
        self._faces = Faces(session, who, parts.clock)
        self._people = People(session, who, parts.clock)

    async def clear(self, image: GalleryImage) -> None:
        """The image shows nobody: its faces go, with all that is known of them."""
        if image.photo_id is not None:
            known = (await self._session.scalars(face_queries.faces_of_photos([image.photo_id]))).all()
            await self._drop(known)
        await self._processed(image)

    async def save(
        self, image: GalleryImage, seen: _Seen, tags: Sequence[Tag], *, is_all: bool
    ) -> list[SavedTag]:
        photo = await self._photo(image, seen, tags)
        known = (await self._session.scalars(face_queries.faces_of_photos([photo.id]))).all()
        faces = recognise_known(tags, known)
        if is_all:
            kept = {face.id for face in faces.values()}
            await self._drop([face for face in known if face.id not in kept])
        if seen.looked is not None:
            await self._embed(photo, faces, seen.sightings, seen.looked.recognition.space_id)
        await self._pin(photo, faces, tags)
        persons = await persons_by_uuid(self._session, self._who, [tag.person for tag in tags])
        await self._decide([faces[at] for at in range(len(tags))], tags, persons)
        if is_all:
            await self._processed(image)
        await publish(
            self._session, self._parts.clock, self._who, Event.FACE_INDEXED,
            {"photo_id": str(image.uuid), "faces": len(tags)},
        )  # fmt: skip
        uuids = {person_id: uuid for uuid, person_id in persons.items()}
        embedded = await embedded_faces(self._session, [face.id for face in faces.values()])
        return [
            SavedTag(
                face.uuid, uuids.get(face.person_id or 0), face.state == FaceState.CONFIRMED,
                face.id in embedded, None if face.id in embedded else seen.error or InvalidBox(),
            )
            for face in (faces[at] for at in range(len(tags)))
        ]  # fmt: skip

    async def _photo(self, image: GalleryImage, seen: _Seen, tags: Sequence[Tag]) -> Photo:
        """The photo of an image; one without a file, if it could not be read."""
        if seen.looked is None:
            boxes = boxes_of_tags(tags)
            return await keep_place(self._session, self._parts, self._who, image, boxes, seen.error)
        await settle(self._session, seen.looked.recognition.space_id)
        return await keep(self._session, self._parts, self._who, image, seen.looked)

    async def _embed(
        self, photo: Photo, faces: dict[int, Face], sightings: Mapping[int, Sighting], space_id: int
    ) -> None:
        """Make faces of tags that are about no known one, and embed known ones the space has not seen."""
        ids = [face.id for face in faces.values()]
        seen = set(await self._session.scalars(queries.embedded(space_id, ids)))
        unseen = [at for at, face in faces.items() if face.id not in seen and at in sightings]
        new = [at for at in sightings if at not in faces]
        for at in new:
            it = sightings[at]
            origin = Origin.DRAWN if it.is_drawn else Origin.DETECTED
            faces[at] = self._faces.add(photo, it.source, it.row, origin)
        await self._session.flush()
        for at in (*unseen, *new):
            await self._faces.embed(faces[at], sightings[at].source, sightings[at].row, space_id)
        photo.state, photo.analysed_space_id = PhotoState.ANALYSED, space_id
        photo.error_code = photo.error_detail = None

    async def _pin(self, photo: Photo, faces: dict[int, Face], tags: Sequence[Tag]) -> None:
        """Make faces of the tags that could not be seen, and let no analysis drop any of them."""
        for at, tag in enumerate(tags):
            if at not in faces and tag.box is not None:
                faces[at] = self._faces.add_unseen(photo, tag.box, tag.score)
            faces[at].is_pinned = True
        await self._session.flush()

    async def _decide(self, faces: Sequence[Face], tags: Sequence[Tag], persons: Mapping[UUID, int]) -> None:
        verdicts = _Verdicts()
        for face, tag in zip(faces, tags, strict=True):
            verdicts.note(face, persons[tag.person] if tag.person is not None else None, tag)
        if verdicts.nobody:
            await self._people.unassign(verdicts.nobody)
        for person_id, similarities in sorted(verdicts.probable.items()):
            await self._people.suppose(similarities, person_id)
        for person_id, face_ids in sorted(verdicts.sure.items()):
            await self._people.assign(face_ids, person_id)

    async def _drop(self, faces: Sequence[Face]) -> None:
        ids = [face.id for face in faces]
        for face_id in ids:
            await self._faces.delete(face_id)
        await self._session.flush()
        await forget_faces(self._session, ids)

    async def _processed(self, image: GalleryImage) -> None:
        """Mark the image, and those that show the same picture."""
        image.is_processed = True
        if image.photo_id is not None:
            alike = GalleryImage.photo_id == image.photo_id
            await self._session.execute(update(GalleryImage).where(alike).values(is_processed=True))


async def persons_by_uuid(
    session: ReadSession | WriteSession, who: Principal, uuids: Sequence[UUID | None]
) -> dict[UUID, int]:
    """{uuid: id} of people with a name; raises PersonNotFound if one is missing."""
    wanted = {uuid for uuid in uuids if uuid is not None}
    rows = await session.execute(queries.persons(who, sorted(wanted)))
    found = {row[0]: row[1] for row in rows}
    for uuid in wanted - found.keys():
        raise PersonNotFound(f"there is no person {uuid}")
    return found
