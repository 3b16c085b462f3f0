"""People: who they are, what they show of themselves, and the photos they are in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kith.people.service import People
from kith.surfaces.galleries import mapping, mapping_faces, wire
from kith.surfaces.galleries.fields import MessageDoneOut, Text
from kith.surfaces.galleries.routing import COMMON, MISSING, READS, WRITES, Twin
from kith.surfaces.galleries.wire_faces import FromClusterIn
from kith.surfaces.requests import Kith, Reading, Who, Writing
from kith.tagging.clusters import make_person
from kith.tagging.profiles import create_person as create
from kith.tagging.profiles import delete_person as delete
from kith.tagging.profiles import update_person as update
from kith.tagging.reading import find_person, images_of_person
from kith.tagging.reading import list_people as list_all

# The second prefix is another surface's at the root, so it answers below /compat/galleries only.
router = Twin("/api/crud/people", "/api/people", tags=["galleries: people"], responses=COMMON)
photos_router = APIRouter(tags=["galleries: people"], responses=COMMON)


@router.get("", dependencies=READS, summary="Everybody who has a name")
async def list_people(session: Reading, who: Who, *, include_stats: bool = False) -> list[wire.ProfileOut]:
    return mapping.people(await list_all(session, who), counted=include_stats)


@router.post("", dependencies=WRITES, summary="Add a person")
async def add_person(body: wire.ProfileIn, kith: Kith, session: Writing, who: Who) -> wire.ProfileOut:
    people = People(session, who, kith.clock)
    return mapping.person(await create(people, body.real_name, mapping.profile(body)))


@router.post("/from-cluster", dependencies=WRITES, summary="Make a group of faces a person")
async def add_person_from_cluster(body: FromClusterIn, kith: Kith, who: Who) -> wire.ProfileOut:
    """A face is named by its `id`, by its box in a photo, or by the photo alone; all are verified then."""
    named = mapping_faces.cluster_faces(body.cluster_faces)
    return mapping.person(await make_person(kith.tagging, who, body.person_name, named))


@router.get("/{person}", dependencies=READS, summary="A person", responses=MISSING)
async def read_person(person: UUID, session: Reading, who: Who) -> wire.ProfileOut:
    return mapping.person((await find_person(session, who, person)).person)


@router.put("/{person}", dependencies=WRITES, summary="Change a person", responses=MISSING)
async def change_person(
    person: UUID, body: wire.ProfileChangeIn, kith: Kith, session: Writing, who: Who
) -> wire.ProfileOut:
    """What is left out stays as it is. Each change can be undone."""
    people = People(session, who, kith.clock)
    return mapping.person(await update(people, person, body.real_name, mapping.profile(body)))


@router.delete("/{person}", dependencies=WRITES, summary="Delete a person", responses=MISSING)
async def remove_person(person: UUID, kith: Kith, session: Writing, who: Who) -> MessageDoneOut:
    """For good; the faces stay, as nobody's."""
    count = await delete(People(session, who, kith.clock), person)
    return MessageDoneOut(message=f"the person was deleted; {count} faces are nobody's now")


@photos_router.get(
    "/api/people/{person}/photos", dependencies=READS, summary="Photos of a person", responses=MISSING
)
async def list_person_photos(person: UUID, session: Reading, who: Who) -> wire.PersonPhotosOut:
    return mapping.person_photos(await images_of_person(session, who, person))


@photos_router.put(
    "/api/people/{person}/avatar", dependencies=WRITES, summary="Set a person's avatar", responses=MISSING
)
async def set_avatar(
    person: UUID, kith: Kith, session: Writing, who: Who,
    avatar_url: Annotated[Text | None, Query()] = None, body: wire.AvatarIn | None = None,
) -> wire.AvatarOut:  # fmt: skip
    """In the query or in the body; neither takes the avatar away."""
    url = avatar_url if avatar_url is not None else body.avatar_url if body is not None else None
    people = People(session, who, kith.clock)
    return wire.AvatarOut(person=mapping.person(await update(people, person, None, {"avatar_url": url})))
