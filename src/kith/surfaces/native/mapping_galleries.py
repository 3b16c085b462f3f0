"""Galleries: from our words to the wire's."""

from collections.abc import Sequence

from kith.photos.tables import PhotoState
from kith.sharing.filling import Filled
from kith.sharing.galleries import GalleryChange, SharedGallery
from kith.sharing.tables import GalleryIntake
from kith.surfaces.native import wire_galleries as wire

# So many hexadecimal digits of a digest tell versions of a picture apart.
VERSION_CHARS = 12


def change(body: wire.GalleryIn | wire.GalleryPatch) -> GalleryChange:
    """What was said, and nothing that was not."""
    said = {name: getattr(body, name) for name in body.model_fields_set}
    return GalleryChange(**said)


def gallery(it: SharedGallery) -> wire.GalleryOut:
    cover = it.cover
    return wire.GalleryOut(
        gallery_id=it.gallery.id, title=it.gallery.title, slug=it.gallery.slug, words=it.terms.words,
        photo_count=it.photo_count, analysed_count=it.counts.get(PhotoState.ANALYSED, 0),
        failed_count=it.counts.get(PhotoState.FAILED, 0),
        cover=wire.CoverOut(photo_id=cover.photo_id, version=cover.sha256[:VERSION_CHARS]) if cover else None,
        created_at=it.gallery.created_at, expires_at=it.terms.expires_at, expired_at=it.terms.expired_at,
        delete_photos_on_expiry=it.terms.delete_photos_on_expiry, share_count=it.share_count,
        intake=intake(it.intake) if it.intake is not None else None,
    )  # fmt: skip


def intake(it: GalleryIntake) -> wire.IntakeOut:
    return wire.IntakeOut(
        prefix=it.prefix, found=it.found, added=it.added, duplicates=it.duplicates, refused=it.refused,
        error_code=it.error_code, is_done=it.ended_at is not None,
    )  # fmt: skip


def added(done: Sequence[Filled]) -> wire.AddedListOut:
    return wire.AddedListOut(
        items=[
            wire.AddedOut(
                name=it.name, outcome=it.outcome, photo_id=it.photo_id,
                code=it.error.code if it.error else None, detail=it.error.detail if it.error else None,
            )
            for it in done
        ]
    )  # fmt: skip
