"""The endpoints of the native surface: persons, their faces, merging and splitting."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from kith.accounts.principal import Principal, Scope
from kith.faces.tables import FaceState
from kith.kit.db import WriteSession
from kith.people.browsing.merging import preview_merge
from kith.people.browsing.persons import (
    complete_names,
    count_people,
    find_person,
    list_faces_of,
    list_people,
    show_person,
)  # fmt: skip
from kith.people.browsing.queries import Kind, Sort, Wanted
from kith.people.changing import Patch, change_person
from kith.people.names import name_key
from kith.people.service import People
from kith.people.splitting import group_faces
from kith.runtime import Runtime
from kith.surfaces.access import needs
from kith.surfaces.native import mapping_decisions
from kith.surfaces.native import mapping_people as mapping
from kith.surfaces.native import wire_people as wire
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.native.wire_decisions import DecisionOut
from kith.surfaces.native.wire_faces import PersonFacesOut
from kith.surfaces.requests import MAX_ID, Kith, Reading, Who, Writing

PersonId = Annotated[int, Path(ge=1, le=MAX_ID)]
QueryId = Annotated[int, Query(ge=1, le=MAX_ID)]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many to list.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]
Text = Annotated[str, Query(max_length=200)]

BAD = {"model": ProblemOut, "description": "The input cannot be used"}
MISSING = {"model": ProblemOut, "description": "There is no such thing"}
TAKEN = {"model": ProblemOut, "description": "It contradicts what is stored, or who it is about was merged"}

_READ, _MANAGE = [needs(Scope.READ)], [needs(Scope.MANAGE)]

router = APIRouter(tags=["people"], responses={403: {"model": ProblemOut}})


def people_of(kith: Runtime, session: WriteSession, who: Principal) -> People:
    return People(session, who, kith.clock)


@router.get("/people", dependencies=_READ, summary="List persons", responses={400: BAD})
async def show_people(
    session: Reading, who: Who, *, kind: Kind | None = None, q: Text = "", sort: Sort = Sort.COUNT,
    cursor: Cursor = None, limit: Limit = 100,
) -> wire.PeopleOut:  # fmt: skip
    """All that are not hidden, or those of a kind; `q` is the beginning of a word of the name."""
    after, wanted = mapping.after(sort, cursor), Wanted(kind, name_key(q))
    tiles = await list_people(session, who, wanted, sort, limit=limit + 1, after=after)
    return mapping.people(tiles, sort, await count_people(session, who), limit)


@router.get("/people/complete", dependencies=_READ, summary="Names to choose from")
async def complete_people(session: Reading, who: Who, q: Text) -> wire.CompletionsOut:
    """At most ten persons of whose names a word begins so, those with most faces first."""
    found = await complete_names(session, who, q)
    return wire.CompletionsOut(items=[mapping.completion(it) for it in found])


@router.get(
    "/people/merge/preview", dependencies=_READ, summary="What a merge would do",
    responses={400: BAD, 404: MISSING, 409: TAKEN},
)  # fmt: skip
async def preview_people_merge(
    session: Reading, who: Who, into: QueryId,
    sources: Annotated[list[QueryId], Query(alias="from", min_length=1, max_length=wire.MAX_SOURCES)],
) -> wire.MergePreviewOut:  # fmt: skip
    return mapping.merge_preview(await preview_merge(session, who, into, sources))


@router.post(
    "/people/merge", dependencies=_MANAGE, summary="Make several persons one",
    responses={400: BAD, 404: MISSING},
)  # fmt: skip
async def merge_people(body: wire.MergeIn, kith: Kith, session: Writing, who: Who) -> DecisionOut:
    """`into` keeps its name, or has the first one of the others if it has none; `name` sets it."""
    sources = list(dict.fromkeys(body.sources))
    decision, _ = await people_of(kith, session, who).merge(sources, body.into, keep_name=body.name or False)
    return mapping_decisions.decision(decision, body.into)


@router.post(
    "/people", dependencies=_MANAGE, status_code=201, summary="Make a person without faces",
    responses={400: BAD},
)  # fmt: skip
async def make_person(body: wire.PersonIn, kith: Kith, session: Writing, who: Who) -> wire.PersonDetailOut:
    person = await people_of(kith, session, who).create(body.name)
    return mapping.detail(await show_person(session, who, person.id))


@router.get(
    "/people/{person_id}", dependencies=_READ, summary="A person", responses={404: MISSING, 409: TAKEN}
)
async def show_one_person(person_id: PersonId, session: Reading, who: Who) -> wire.PersonDetailOut:
    """Of one who was merged away `person_merged` tells who they are now."""
    return mapping.detail(await show_person(session, who, person_id))


@router.patch(
    "/people/{person_id}", dependencies=_MANAGE, summary="Change what is known of a person",
    responses={400: BAD, 404: MISSING, 409: TAKEN},
)  # fmt: skip
async def change_one_person(
    person_id: PersonId, body: wire.PersonPatchIn, kith: Kith, session: Writing, who: Who
) -> wire.PersonPatchedOut:
    """Each thing that changes is a decision of its own."""
    patch = Patch(**body.model_dump(exclude_unset=True))
    decisions = await change_person(people_of(kith, session, who), person_id, patch)
    return wire.PersonPatchedOut(
        person=mapping.detail(await show_person(session, who, person_id)),
        decisions=[mapping_decisions.decision(it, person_id) for it in decisions],
    )


@router.delete(
    "/people/{person_id}", dependencies=_MANAGE, summary="Erase a person", responses={404: MISSING}
)
async def erase_person(
    person_id: PersonId, kith: Kith, session: Writing, who: Who, *,
    delete_faces: Annotated[bool, Query(description="Whether their faces and embeddings go too.")] = False,
) -> wire.PersonErasedOut:  # fmt: skip
    """For good, with all decisions about them. Their faces are nobody's then, or deleted; photos stay."""
    count = await people_of(kith, session, who).erase(person_id, delete_faces=delete_faces)
    return wire.PersonErasedOut(person_id=person_id, face_count=count)


@router.get(
    "/people/{person_id}/faces", dependencies=_READ, summary="The faces of a person",
    responses={400: BAD, 404: MISSING, 409: TAKEN},
)  # fmt: skip
async def show_faces_of_person(
    person_id: PersonId, session: Reading, who: Who, state: FaceState | None = None,
    cursor: Cursor = None, limit: Limit = 100,
) -> PersonFacesOut:  # fmt: skip
    """By id; with `state=suggested` the faces that may be theirs."""
    after = mapping.after_key(cursor) or 0
    rows = await list_faces_of(session, who, person_id, state=state, after_id=after, limit=limit + 1)
    return mapping.faces(rows, limit)


@router.get(
    "/people/{person_id}/groups", dependencies=_READ, summary="A person's faces in groups that are alike",
    responses={404: MISSING, 409: TAKEN},
)  # fmt: skip
async def group_faces_of_person(person_id: PersonId, kith: Kith, who: Who) -> wire.GroupsOut:
    """For finding out who has been mixed up; over the best 2,000 faces. Nothing is kept."""
    async with kith.db.read() as session:
        await find_person(session, who, person_id)
    recognition = await kith.recognition()
    async with kith.db.read() as session:
        return mapping.groups(await group_faces(recognition, session, who, person_id))


@router.post(
    "/people/{person_id}/split", dependencies=_MANAGE, summary="Give some of a person's faces to another",
    responses={400: BAD, 404: MISSING},
)  # fmt: skip
async def split_person(
    person_id: PersonId, body: wire.SplitIn, kith: Kith, session: Writing, who: Who
) -> DecisionOut:
    """To a new person, or to `person_id` of the body. No machine puts them together again."""
    people = people_of(kith, session, who)
    decision, other = await people.split(person_id, body.face_ids, body.name, body.person_id)
    return mapping_decisions.decision(decision, other.id)
