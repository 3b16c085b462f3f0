"""The statements about previews of packs."""

from sqlalchemy import Delete, Select, delete, func, select

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Face, FaceState
from kith.people.tables import Person
from kith.photos.tables import Photo
from kith.previewing.tables import PackPreview

_SURE = (FaceState.CONFIRMED, FaceState.AUTO)
_BEST = (Face.quality.desc(), Face.id)


def preview(who: Principal) -> Select[PackPreview]:
    return visible_to(select(PackPreview), PackPreview, who)


def by_id(preview_id: int) -> Select[PackPreview]:
    return select(PackPreview).where(PackPreview.id == preview_id)


def forget(tenant_id: int) -> Delete:
    return delete(PackPreview).where(PackPreview.tenant_id == tenant_id)


def named_faces(who: Principal, each: int, limit: int) -> Select[Face, Photo]:
    """The best `each` faces of people with names, of those first who have most."""
    mine = visible_to(
        select(
            Face.id, Face.person_id,
            func.row_number().over(partition_by=Face.person_id, order_by=_BEST).label("rank"),
            func.count().over(partition_by=Face.person_id).label("total"),
        ).join(Person, Person.id == Face.person_id)
        .where(Person.name.is_not(None), Face.is_shown, Face.state.in_(_SURE)),
        Face, who,
    ).subquery()  # fmt: skip
    return (
        select(Face, Photo)
        .join(Photo, Photo.id == Face.photo_id)
        .join(mine, mine.c.id == Face.id)
        .where(mine.c.rank <= each, mine.c.total > 1)
        .order_by(mine.c.total.desc(), mine.c.person_id, mine.c.rank)
        .limit(limit)
    )


def nameless_faces(who: Principal, limit: int) -> Select[Face, Photo]:
    """The best faces that are nobody's, or somebody's without a name."""
    stmt = (
        select(Face, Photo)
        .join(Photo, Photo.id == Face.photo_id)
        .outerjoin(Person, Person.id == Face.person_id)
        .where(Person.name.is_(None), Face.is_shown)
        .order_by(*_BEST)
        .limit(limit)
    )
    return visible_to(stmt, Face, who)
