"""One act on many faces: whichever it is, one decision, taken back by one undo."""

from collections.abc import Sequence
from enum import StrEnum

from kith.errors import InvalidInput
from kith.people import queries
from kith.people.errors import NameAmbiguous
from kith.people.names import clean_name
from kith.people.service import People
from kith.people.tables import Decision


class FaceAction(StrEnum):
    ASSIGN = "assign"
    CONFIRM = "confirm"
    REJECT = "reject"
    IGNORE = "ignore"
    RESTORE = "restore"
    UNASSIGN = "unassign"


class ActionInvalid(InvalidInput):
    code = "action_invalid"
    title = "The action does not go with what else is said"


async def decide_faces(
    people: People, action: FaceAction, face_ids: Sequence[int],
    person_id: int | None = None, name: str | None = None,
) -> tuple[Decision, int | None]:  # fmt: skip
    """Decide about faces; answers the decision, and the one person it is about.

    ASSIGN gives them to a person, or to whoever has a name, who is made if nobody has. REJECT is of one
    person, or of whomever each is taken for. The others take neither.
    """
    takes_person = action in {FaceAction.ASSIGN, FaceAction.REJECT}
    if (person_id is not None and not takes_person) or (name is not None and action != FaceAction.ASSIGN):
        raise ActionInvalid(f"{action} is not about a person that is named")
    if person_id is not None and name is not None:
        raise ActionInvalid("either person_id or name says who it is")
    match action:
        case FaceAction.ASSIGN:
            known = person_id if name is None else await whose_name(people, name)
            decision, person = await people.assign(face_ids, known, name)
            return decision, person.id
        case FaceAction.REJECT:
            return await people.reject(face_ids, person_id), person_id
        case FaceAction.CONFIRM:
            return await people.confirm(face_ids), None
        case FaceAction.IGNORE:
            return await people.ignore(face_ids), None
        case FaceAction.RESTORE:
            return await people.restore(face_ids), None
        case FaceAction.UNASSIGN:
            return await people.unassign(face_ids), None


async def whose_name(people: People, name: str) -> int | None:
    """The one person of this name, None if nobody has it; raises NameAmbiguous and NameInvalid.

    Two who give the same new name at once follow one another, and so mean the same person.
    """
    await people.take_turn()
    named = (await people.session.scalars(queries.named(people.who, clean_name(name)))).all()
    if len(named) > 1:
        raise NameAmbiguous(
            f"{len(named)} persons have this name; say which by person_id",
            person_ids=[person.id for person in named[:10]],
        )  # fmt: skip
    return named[0].id if named else None
