"""Searches, from our words to the wire's."""

from collections.abc import Mapping, Sequence
from datetime import date

from kith.engine.faces import Faces as FoundFaces
from kith.people.browsing.persons import PersonTile, age_at
from kith.people.finding import Found
from kith.searching.service import Hits
from kith.surfaces.native import mapping_people, mapping_photos
from kith.surfaces.native import wire_search as wire
from kith.surfaces.native.wire_faces import BoxOut
from kith.timeline.shapes import ShownPhoto


def ids(text: str) -> tuple[int, ...]:
    """What a list of ids names, each once."""
    return tuple(dict.fromkeys(int(it) for it in text.split(",") if it))


def found(it: Hits) -> wire.FoundPhotosOut:
    page = mapping_photos.page(it.page)
    return wire.FoundPhotosOut(
        items=page.items, next_cursor=page.next_cursor, total=it.total, total_is_more=it.is_more
    )


def photos_of(it: Hits, born_on: date | None) -> wire.PersonPhotosOut:
    return wire.PersonPhotosOut(
        items=[
            wire.PersonPhotoOut(
                **mapping_photos.item(shown).model_dump(), age_years=age_at(born_on, shown.photo.shown_at)
            )
            for shown in it.page.photos
        ],
        next_cursor=it.page.next_cursor,
    )


def seen(faces: FoundFaces, width_px: int, height_px: int) -> list[wire.SeenFaceOut]:
    return [
        wire.SeenFaceOut(
            face_index=row, box=_box(faces.xyxy[row].tolist(), width_px, height_px),
            score=float(faces.score[row]), quality=float(faces.quality[row]),
        )
        for row in range(len(faces))
    ]  # fmt: skip


def people(hits: Sequence[Found], tiles: Mapping[int, PersonTile]) -> list[wire.FoundPersonOut]:
    return [_person(hit, tiles.get(hit.person.id) if hit.person is not None else None) for hit in hits]


def photos(shown: Sequence[ShownPhoto]) -> list[wire.PhotoItemOut]:
    return [mapping_photos.item(it) for it in shown]


def _person(hit: Found, tile: PersonTile | None) -> wire.FoundPersonOut:
    person = hit.person
    return wire.FoundPersonOut(
        person_id=person.id if person is not None else None, name=person.name if person is not None else None,
        face_id=hit.face_id, cover=mapping_people.cover(tile) if tile is not None else None,
        similarity=hit.similarity, photo_ids=[place.photo_id for place in hit.photos],
    )  # fmt: skip


def _box(xyxy: list[float], width_px: int, height_px: int) -> BoxOut:
    x1, y1, x2, y2 = xyxy
    width, height = max(1, width_px), max(1, height_px)
    return BoxOut(x=x1 / width, y=y1 / height, width=(x2 - x1) / width, height=(y2 - y1) / height)
