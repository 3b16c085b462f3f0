"""The statements about faces, embeddings and the change log."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from kith.accounts.principal import Principal, visible_to
from kith.faces.tables import Embedding, EmbeddingSpace, Face, FaceState, IndexChange
from kith.kit.pages import Page
from kith.photos.tables import Photo, PhotoOrigin, PhotoState

Vector = NDArray[np.float32]


def face(who: Principal, face_id: int) -> Select[Face]:
    return visible_to(select(Face).where(Face.id == face_id), Face, who)


def faces(who: Principal, face_ids: Sequence[int]) -> Select[Face]:
    return visible_to(select(Face).where(Face.id.in_(face_ids)).order_by(Face.id), Face, who)


def faces_of_photos(photo_ids: Sequence[int]) -> Select[Face]:
    return select(Face).where(Face.photo_id.in_(photo_ids)).order_by(Face.photo_id, Face.id)


def photos_with_pinned(photo_ids: Sequence[int]) -> Select[int]:
    """Those of the photos about a face of which a human decided something."""
    return select(Face.photo_id).where(Face.photo_id.in_(photo_ids), Face.is_pinned).distinct()


def faces_of_person(who: Principal, person_id: int) -> Select[Face]:
    stmt = select(Face).where(Face.person_id == person_id, Face.is_shown).order_by(Face.id)
    return visible_to(stmt, Face, who)


# What no list shows; making an object of every identifier would cost a list a tenth of its time.
_UNSHOWN = [defer(column, raiseload=True) for column in (Face.uuid, Face.landmarks, Photo.uuid)]


def listed(
    who: Principal,
    page: Page,
    *,
    state: FaceState | None = None,
    person_id: int | None = None,
    face_ids: Sequence[int] | None = None,
    after_id: int = 0,
) -> Select[Face, Photo]:
    """A page of faces with their photos, in the order of their ids; ignored ones left out.

    What is passed over is counted in an index; only the page itself is read.
    """
    stmt = select(Face.id).where(Face.is_shown, Face.id > after_id)
    if state is not None:
        stmt = stmt.where(Face.state == state)
    if person_id is not None:
        stmt = stmt.where(Face.person_id == person_id)
    if face_ids is not None:
        stmt = stmt.where(Face.id.in_(face_ids))
    ids = visible_to(stmt.order_by(Face.id), Face, who).offset(page.skip).limit(page.limit)
    shown = select(Face, Photo).join(Photo, Photo.id == Face.photo_id).options(*_UNSHOWN)
    return shown.where(Face.id.in_(ids.scalar_subquery())).order_by(Face.id)


def sightings(who: Principal) -> Select[Face, Photo, PhotoOrigin]:
    """Faces with their photos and how those came in, None if nobody said; ignored ones left out."""
    stmt = (
        select(Face, Photo, PhotoOrigin)
        .join(Photo, Photo.id == Face.photo_id)
        .outerjoin(PhotoOrigin, PhotoOrigin.photo_id == Photo.id)
        .where(Face.is_shown)
    )
    return visible_to(stmt, Face, who)


def counts(who: Principal) -> Select[FaceState, int]:
    stmt = select(Face.state, func.count()).where(Face.is_shown).group_by(Face.state)
    return visible_to(stmt, Face, who)


def count_in_photos(photo_ids: Sequence[int]) -> Select[int]:
    return select(func.count()).where(Face.photo_id.in_(photo_ids), Face.is_shown)


def persons_in_photos(photo_ids: Sequence[int]) -> Select[int | None]:
    return (
        select(Face.person_id)
        .where(Face.photo_id.in_(photo_ids), Face.person_id.is_not(None), Face.is_shown)
        .distinct()
    )


def active_space() -> Select[EmbeddingSpace]:
    return select(EmbeddingSpace).where(EmbeddingSpace.is_active)


def hold_active_space() -> Select[int]:
    """The id of the active space; on PostgreSQL no other can be chosen until the asker has committed."""
    return select(EmbeddingSpace.id).where(EmbeddingSpace.is_active).with_for_update(read=True)


def spaces() -> Select[EmbeddingSpace]:
    return select(EmbeddingSpace).order_by(EmbeddingSpace.id)


def space(key: str) -> Select[EmbeddingSpace]:
    return select(EmbeddingSpace).where(EmbeddingSpace.key == key)


def embeddings(space_id: int, face_ids: Sequence[int]) -> Select[int, Vector]:
    """(face id, vector) of those that have been embedded in this space."""
    return select(Embedding.face_id, Embedding.vector).where(
        Embedding.space_id == space_id, Embedding.face_id.in_(face_ids)
    )


EntryRow = Select[int, int, int, int | None, Vector]


def index_entries(space_id: int) -> EntryRow:
    """What the index of a space holds: face, tenant, gallery, person, vector; ignored faces are left out."""
    return (
        select(Face.id, Face.tenant_id, Photo.gallery_id, Face.person_id, Embedding.vector)
        .join(Embedding, (Embedding.face_id == Face.id) & (Embedding.space_id == space_id))
        .join(Photo, Photo.id == Face.photo_id)
        .where(Face.is_shown)
    )


def index_entries_of(space_id: int, face_ids: Sequence[int]) -> EntryRow:
    return index_entries(space_id).where(Face.id.in_(face_ids))


def index_entries_after(space_id: int, face_id: int, limit: int) -> EntryRow:
    return index_entries(space_id).where(Face.id > face_id).order_by(Face.id).limit(limit)


def last_change() -> Select[int | None]:
    return select(func.max(IndexChange.seq))


def last_change_of(who: Principal, after: int) -> Select[int]:
    """The last change after another that is of a face the tenant has; only what came after is looked at."""
    return visible_to(
        select(func.max(IndexChange.seq))
        .join(Face, Face.id == IndexChange.face_id)
        .where(IndexChange.seq > after),
        Face,
        who,
    )


def change(position: int) -> Select[int]:
    """The number itself, if the log has such a change."""
    return select(IndexChange.seq).where(IndexChange.seq == position)


def count_changes_after(position: int) -> Select[int]:
    return select(func.count()).where(IndexChange.seq > position)


def changes_after(position: int, limit: int) -> Select[int, int]:
    return (
        select(IndexChange.seq, IndexChange.face_id)
        .where(IndexChange.seq > position)
        .order_by(IndexChange.seq)
        .limit(limit)
    )


def count_without_embedding(space_id: int) -> Select[int]:
    """How many faces the space has no embedding of; ignored ones aside."""
    embedded = select(Embedding.face_id).where(Embedding.space_id == space_id, Embedding.face_id == Face.id)
    return select(func.count(Face.id)).where(Face.is_shown, ~embedded.exists())


def count_index_entries(space_id: int) -> Select[int]:
    return select(func.count()).select_from(index_entries(space_id).subquery())


def photos_unseen_by(space_id: int) -> Select[int, int]:
    """(tenant id, photo id) of all readable photos, whosever they are, that a space has not seen yet."""
    is_unseen = (Photo.analysed_space_id != space_id) | Photo.analysed_space_id.is_(None)
    return (
        select(Photo.tenant_id, Photo.id)
        .where(Photo.state != PhotoState.FAILED, is_unseen)
        .order_by(Photo.tenant_id, Photo.id)
    )
