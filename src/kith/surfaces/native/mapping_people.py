"""People and their faces, from our words to the wire's."""

from collections.abc import Sequence

from kith.faces.tables import Face
from kith.kit import cursors
from kith.people.browsing.merging import MergePreview
from kith.people.browsing.persons import Counts, PersonPage, PersonTile
from kith.people.browsing.queries import Sort
from kith.people.splitting import Grouping
from kith.photos.tables import Photo
from kith.surfaces.native import wire_faces
from kith.surfaces.native import wire_people as wire
from kith.surfaces.native.mapping_photos import box

_VERSION = 12


def after(sort: Sort, cursor: str | None) -> tuple[int | str, int] | None:
    """The place a cursor of a list of persons names; raises CursorInvalid for that of another order."""

    def place(values: list[object]) -> tuple[int | str, int]:
        rank, person_id, order = values
        if order != sort or isinstance(rank, bool) or not isinstance(rank, int | str):
            raise ValueError(order)
        if isinstance(rank, str) is not (sort is Sort.NAME):
            raise ValueError(rank)
        return rank, cursors.key_only([person_id])[0]

    return None if cursor is None else cursors.decode(cursor, place)


def after_key(cursor: str | None) -> int | None:
    """The key a cursor of a list by keys names."""
    return None if cursor is None else cursors.decode(cursor, cursors.key_only)[0]


def people(tiles: Sequence[PersonTile], sort: Sort, counts: Counts, limit: int) -> wire.PeopleOut:
    """A page of the list; `tiles` are one more than asked for where there is a next page."""
    shown = tiles[:limit]
    last = shown[-1] if len(tiles) > limit else None
    return wire.PeopleOut(
        items=[person(it) for it in shown],
        next_cursor=cursors.encode(last.rank, last.person.id, sort.value) if last is not None else None,
        counts=wire.PersonCountsOut(named=counts.named, unnamed=counts.unnamed, hidden=counts.hidden),
    )


def person(it: PersonTile) -> wire.PersonOut:
    return wire.PersonOut.model_validate(_facts(it))


def detail(it: PersonPage) -> wire.PersonDetailOut:
    years = [wire.YearOut(year=year, photo_count=count) for year, count in it.years]
    return wire.PersonDetailOut.model_validate(
        {**_facts(it.tile), "first_photo_at": it.first_at, "last_photo_at": it.last_at, "years": years}
    )


def completion(it: PersonTile) -> wire.CompletionOut:
    return wire.CompletionOut(
        person_id=it.person.id, name=it.person.name or "", face_count=it.face_count, cover=cover(it)
    )


def cover(it: PersonTile) -> wire.CoverOut | None:
    face = it.cover
    return None if face is None else wire.CoverOut(face_id=face.face_id, version=version(face.sha256))


def version(sha256: str) -> str:
    return sha256[:_VERSION]


def merge_preview(it: MergePreview) -> wire.MergePreviewOut:
    return wire.MergePreviewOut(
        into=it.into.id, sources=[person.id for person in it.sources], name=it.name,
        face_count=it.face_count, photo_count=it.photo_count, clash_count=it.clash_count,
        clashes=[wire.ClashOut(photo_id=clash.photo_id, face_ids=clash.face_ids) for clash in it.clashes],
    )  # fmt: skip


def groups(it: Grouping) -> wire.GroupsOut:
    return wire.GroupsOut(
        items=[
            wire.GroupOut(
                kind="rest" if group.is_rest else "group", size=group.size, face_ids=group.face_ids,
                first_photo_at=group.first_at, last_photo_at=group.last_at, similarity=group.similarity,
            )
            for group in it.groups
        ],
        face_count=it.face_count, is_sample=it.is_sample,
    )  # fmt: skip


def faces(rows: Sequence[tuple[Face, Photo]], limit: int) -> wire_faces.PersonFacesOut:
    """A page of faces by id; `rows` are one more than asked for where there is a next page."""
    shown = rows[:limit]
    return wire_faces.PersonFacesOut(
        items=[face(it, photo) for it, photo in shown],
        next_cursor=cursors.encode(shown[-1][0].id) if len(rows) > limit else None,
    )


def face(it: Face, photo: Photo) -> wire_faces.PersonFaceOut:
    return wire_faces.PersonFaceOut(
        face_id=it.id, photo_id=photo.id, version=photo.version, box=box(it.xyxy, photo), state=it.state,
        person_id=it.person_id, suggested_person_id=it.suggested_person_id, similarity=it.similarity,
        quality=it.quality,
    )  # fmt: skip


def _facts(it: PersonTile) -> dict[str, object]:
    one = it.person
    return {
        "person_id": one.id, "name": one.name, "face_count": it.face_count, "photo_count": it.photo_count,
        "cover": cover(it), "born_on": one.born_on, "is_hidden": one.is_hidden,
        "suggestion_count": it.suggestion_count, "created_at": one.created_at,
    }  # fmt: skip
