"""Who is on a picture, as whoever hands it in says: `meta.identity_id`, an id of the client's own."""

from collections.abc import Mapping

from kith.accounts.principal import Principal
from kith.enrolment.identities import find_identity
from kith.external_ids.errors import ExternalIdInvalid
from kith.external_ids.service import ExternalIds, checked
from kith.faces import queries
from kith.faces.tables import FaceState
from kith.kit.clock import Clock
from kith.kit.db import WriteSession
from kith.people.service import People

_FIELD = "identity_id"


def identity_of(meta: Mapping[str, object]) -> str | None:
    """The id, if one is given; raises ExternalIdInvalid."""
    value = meta.get(_FIELD)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ExternalIdInvalid(f"meta.{_FIELD} is text")
    return checked(value)


async def name_face(
    session: WriteSession, who: Principal, clock: Clock, photo_id: int, identity_id: str
) -> bool:
    """Give the one face of a photo to whom a client calls so, made if need be; whether that was done.

    With several faces nobody can tell whose it is, and what a human decided stays. The tenant's turn must
    have been taken.
    """
    faces = (await session.scalars(queries.faces_of_photos([photo_id]))).all()
    if len(faces) != 1 or not faces[0].is_shown or faces[0].state == FaceState.CONFIRMED:
        return False
    known = await find_identity(session, who, identity_id)
    _, person = await People(session, who, clock).assign(
        [faces[0].id], known.person_id if known is not None else None
    )
    if known is None:
        await ExternalIds(session, who, clock).name_person(identity_id, person.id)
    return True
