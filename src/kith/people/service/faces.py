"""Use cases on faces: whose they are, whose they are not, and whether they are faces at all."""

from collections.abc import Mapping, Sequence

from kith.engine.boxes import iou
from kith.engine.faces import Faces as FoundFaces
from kith.faces import queries as face_queries
from kith.faces.service import SAME_FACE_IOU, Faces, boxes_of
from kith.faces.tables import Face, FaceState, Origin
from kith.people.errors import NobodySuggested
from kith.people.ledger import Ledger
from kith.people.service.base import UseCases
from kith.people.tables import Decision, DecisionKind, Person
from kith.photos.tables import Photo


class FaceUseCases(UseCases):
    async def assign(
        self, face_ids: Sequence[int], person_id: int | None = None, name: str | None = None
    ) -> tuple[Decision, Person]:
        """These faces are this person, or a new one (`person_id` None), named or not."""
        faces = await self.faces(face_ids)
        ledger = self.ledger()
        person = await self.somebody(ledger, person_id, name)
        await self._give(ledger, faces, person)
        return await self.decide(ledger, DecisionKind.ASSIGN, [person]), person

    async def confirm(self, face_ids: Sequence[int]) -> Decision:
        """Each face is whom Kith took or suggested it for; raises NobodySuggested if that is nobody."""
        faces = await self.faces(face_ids)
        ledger = self.ledger()
        persons: dict[int, list[Face]] = {}
        for face in faces:
            persons.setdefault(_supposed(face), []).append(face)
        about = await self.persons(list(persons))
        for person in about:
            await self.anchor(ledger, person)
            await self._give(ledger, persons[person.id], person)
        return await self.decide(ledger, DecisionKind.CONFIRM, about)

    async def reject(self, face_ids: Sequence[int], person_id: int | None = None) -> Decision:
        """Each face is not this person; without one, not whom Kith took or suggested it for."""
        faces = await self.faces(face_ids)
        pairs = [(face, person_id if person_id is not None else _supposed(face)) for face in faces]
        about = await self.persons([rejected for _, rejected in pairs])
        ledger = self.ledger()
        for person in about:
            await self.anchor(ledger, person)
        ledger.watch(*faces)
        await self.release(ledger, [face for face, it in pairs if face.person_id == it])
        for face, it in pairs:
            if face.suggested_person_id == it:
                face.suggested_person_id, face.similarity = None, None
                face.state = FaceState.UNKNOWN if face.person_id is None else face.state
            face.is_pinned = face.to_identify = True
        decision = await self.decide(ledger, DecisionKind.REJECT, about)
        self.forbid(decision, [(face.id, rejected) for face, rejected in pairs])
        return decision

    async def suppose(self, similarities: Mapping[int, float], person_id: int) -> Decision:
        """Each face, with its similarity, is probably this person; whoever says so does not vouch for it."""
        faces = await self.faces(list(similarities))
        person = await self.person(person_id)
        ledger = self.ledger()
        await self.anchor(ledger, person)
        await self.release(ledger, [face for face in faces if face.person_id != person.id])
        for face in faces:
            ledger.watch(face)
            face.person_id, face.state, face.similarity = person.id, FaceState.AUTO, similarities[face.id]
            face.suggested_person_id = None
            face.is_pinned, face.to_identify, face.is_ignored = True, False, False
        return await self.decide(ledger, DecisionKind.ASSIGN, [person])

    async def unassign(self, face_ids: Sequence[int]) -> Decision:
        """These faces are nobody's as far as is known; unlike `reject`, they may be given to them again."""
        faces = await self.faces(face_ids)
        ledger = self.ledger()
        await self.release(ledger, faces)
        for face in faces:
            face.is_ignored = False
        return await self.decide(ledger, DecisionKind.UNASSIGN)

    async def ignore(self, face_ids: Sequence[int]) -> Decision:
        """Not a face, or nobody to care about: out of every list, group and search."""
        faces = await self.faces(face_ids)
        ledger = self.ledger()
        await self.release(ledger, faces)
        for face in faces:
            face.is_ignored = face.is_pinned = True
            face.to_identify, face.left_person_id = False, None  # it says nothing of others
        return await self.decide(ledger, DecisionKind.IGNORE)

    async def restore(self, face_ids: Sequence[int]) -> Decision:
        """Take faces back that were ignored."""
        faces = await self.faces(face_ids)
        ledger = self.ledger()
        ledger.watch(*faces)
        for face in faces:
            face.is_ignored = False
            face.to_identify = True
        return await self.decide(ledger, DecisionKind.RESTORE)

    async def draw(
        self, photo: Photo, found: FoundFaces, space_id: int, person_id: int | None = None,
        name: str | None = None,
    ) -> tuple[Decision, Face]:  # fmt: skip
        """A face drawn by hand (`found` holds that one); a known face under the box is taken instead.

        With a person, or the name of a new one, it is theirs at once.
        """
        await self.take_turn()
        ledger = self.ledger()
        store = Faces(self.session, self.who, self.clock)
        known = (await self.session.scalars(face_queries.faces_of_photos([photo.id]))).all()
        overlap = iou(boxes_of(known), found.xyxy).ravel()
        if known and overlap.max() > SAME_FACE_IOU:
            face = known[int(overlap.argmax())]
            ledger.watch(face)
            face.is_ignored, face.to_identify = False, True
        else:
            face = store.add(photo, found, 0, Origin.DRAWN)
            await self.session.flush()
            await store.embed(face, found, 0, space_id)
            ledger.created(face)
        face.is_pinned = True
        about: list[Person] = []
        if person_id is not None or name is not None:
            person = await self.somebody(ledger, person_id, name)
            await self._give(ledger, [face], person)
            about.append(person)
        return await self.decide(ledger, DecisionKind.DRAW, about), face

    async def _give(self, ledger: Ledger, faces: Sequence[Face], person: Person) -> None:
        """Confirm faces as a person; a machine's guess of the same person in the same photo gives way."""
        photo_ids = {face.photo_id for face in faces}
        theirs = {face.id for face in faces}
        others = await self.session.scalars(face_queries.faces_of_photos(sorted(photo_ids)))
        rivals = [
            face
            for face in others
            if face.person_id == person.id and face.state != FaceState.CONFIRMED and face.id not in theirs
        ]
        await self.release(ledger, rivals)
        left = [face for face in faces if face.person_id != person.id]
        await self.release(ledger, left)
        for face in faces:
            ledger.watch(face)
            face.person_id, face.state, face.similarity = person.id, FaceState.CONFIRMED, None
            face.suggested_person_id = None
            face.is_pinned, face.to_identify, face.is_ignored = True, False, False


def _supposed(face: Face) -> int:
    """Whom a face is taken or suggested for; a suggestion says more than a group without a name."""
    is_known = face.state in {FaceState.AUTO, FaceState.CONFIRMED}
    person_id = face.person_id if is_known or face.suggested_person_id is None else face.suggested_person_id
    if person_id is None:
        raise NobodySuggested(f"face {face.id} has no person that could be confirmed or rejected")
    return person_id
