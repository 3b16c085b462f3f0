"""What is shown of the faces of images, and of the people in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kith.accounts.principal import Principal
from kith.faces import queries as face_queries
from kith.faces.tables import Face, FaceState
from kith.galleries.tables import GalleryImage
from kith.kit.chunks import chunks
from kith.kit.db import ReadSession, WriteSession
from kith.people.errors import PersonNotFound
from kith.people.tables import Person
from kith.tagging import queries

# From here on somebody whom nobody has verified is shown to visitors.
HIGH_CONFIDENCE = 0.8


@dataclass(frozen=True, slots=True)
class TaggedFace:
    """A face of an image, and whom it is taken for."""

    image: UUID
    face: Face
    person: Person | None

    @property
    def is_verified(self) -> bool:
        return self.person is not None and self.face.state == FaceState.CONFIRMED

    @property
    def confidence(self) -> float:
        """1 where somebody vouches for the person, else the similarity, else that it is a face at all."""
        if self.is_verified:
            return 1.0
        similarity = self.face.similarity if self.person is not None else None
        return similarity if similarity is not None else self.face.detection_score


@dataclass(frozen=True, slots=True)
class PersonImage:
    """An image that shows a person, by the face that says most for it."""

    image: GalleryImage
    gallery: UUID
    gallery_title: str
    shoot_date: date | None
    seen: TaggedFace


@dataclass(frozen=True, slots=True)
class PersonWithCount:
    person: Person
    face_count: int


async def list_people(session: ReadSession, who: Principal) -> list[PersonWithCount]:
    """Everybody with a name, by it."""
    return [PersonWithCount(*row) for row in await session.execute(queries.people(who))]


async def find_person(session: ReadSession | WriteSession, who: Principal, uuid: UUID) -> PersonWithCount:
    """Raises PersonNotFound for who is not there, has no name or is not yours."""
    row = (await session.execute(queries.person(who, uuid))).first()
    if row is None:
        raise PersonNotFound(f"there is no person {uuid}")
    return PersonWithCount(*row)


async def faces_of_images(session: ReadSession, who: Principal, images: Sequence[UUID]) -> list[TaggedFace]:
    """The faces of any number of images in one query; unknown images have none."""
    rows = await session.execute(queries.of_images(who, images))
    return [TaggedFace(*row) for row in rows]


async def faces_of_person(
    session: ReadSession, who: Principal, uuid: UUID, *, verified_only: bool
) -> list[TaggedFace]:
    """Raises PersonNotFound."""
    person = (await find_person(session, who, uuid)).person
    rows = await session.execute(queries.of_person(who, person.id, verified_only=verified_only))
    return [TaggedFace(*row) for row in rows]


async def embedded_faces(session: ReadSession | WriteSession, face_ids: Sequence[int]) -> set[int]:
    """Those of the faces that the space in use has an embedding of."""
    space = await session.scalar(face_queries.active_space())
    space_id, found = space.id if space is not None else 0, set[int]()
    for some in chunks(face_ids):
        found |= set(await session.scalars(queries.embedded(space_id, some)))
    return found


async def images_of_person(session: ReadSession, who: Principal, uuid: UUID) -> list[PersonImage]:
    """The images that show a person, each once, of the newest gallery first; raises PersonNotFound."""
    person = (await find_person(session, who, uuid)).person
    found: dict[int, PersonImage] = {}
    for image, gallery, details, face in await session.execute(queries.images_of_person(who, person.id)):
        seen = TaggedFace(image.uuid, face, person)
        found[image.id] = PersonImage(image, gallery.uuid, gallery.title, details.shoot_date, seen)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class PersonNumbers:
    person: Person
    faces: int
    verified: int
    high_confidence: int
    confidence: float
    photos: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of all faces in images: how many are somebody's, and how sure that is.

    `people` are those in images, `everybody` all there are.
    """

    faces: int
    recognised: int
    verified: int
    people: int
    confidence: float
    photos: int
    embedded: int
    everybody: int


async def read_numbers(session: ReadSession | WriteSession, who: Principal) -> Numbers:
    faces, recognised, verified, people, confidence, photos = (
        await session.execute(queries.totals(who))
    ).one()
    embedded = await count_embedded(session, who)
    everybody = await session.scalar(queries.count_people(who)) or 0
    return Numbers(faces, recognised, verified, people, float(confidence or 0), photos, embedded, everybody)


async def read_people_numbers(session: ReadSession | WriteSession, who: Principal) -> list[PersonNumbers]:
    """Whoever is in images, those with most faces first."""
    rows = await session.execute(queries.per_person(who))
    return [
        PersonNumbers(person, faces, verified, high, float(confidence or 0), photos)
        for person, faces, verified, high, confidence, photos in rows
    ]


async def count_embedded(session: ReadSession | WriteSession, who: Principal) -> int:
    """How many of the tenant's faces the index holds, once it has come to the last commit."""
    space = await session.scalar(face_queries.active_space())
    return await session.scalar(queries.count_embedded(who, space.id)) or 0 if space is not None else 0
