"""Links and guests: from our words to the wire's."""

from collections.abc import Sequence

import numpy as np

from kith.kit.secrets import Sealer
from kith.sharing.guests import GuestPhoto, Opened
from kith.sharing.shares import COUNTS, NewShare, ShareStatistics, path_of
from kith.sharing.tables import Share
from kith.surfaces.native import wire_shares as wire
from kith.surfaces.native.mapping_galleries import VERSION_CHARS


def new_share(body: wire.ShareIn) -> NewShare:
    return NewShare(body.consent_text, body.password, body.expires_at, body.downloads, body.only_own)


def share(sealer: Sealer, it: Share) -> wire.ShareOut:
    return wire.ShareOut(
        share_id=it.id, gallery_id=it.gallery_id, url=path_of(sealer, it), consent_text=it.consent_text,
        has_password=it.password_hash is not None, downloads=it.downloads, only_own=it.only_own,
        created_at=it.created_at, expires_at=it.expires_at, revoked_at=it.revoked_at,
    )  # fmt: skip


def statistics(share_id: int, it: ShareStatistics) -> wire.ShareStatisticsOut:
    days = [wire.ShareDayOut(day=row.day, **{name: getattr(row, name) for name in COUNTS}) for row in it.days]
    return wire.ShareStatisticsOut(share_id=share_id, days=days, **it.totals)


def opened(it: Opened) -> wire.GuestGalleryOut:
    return wire.GuestGalleryOut(
        title=it.gallery.title, words=it.terms.words, consent_text=it.share.consent_text,
        needs_password=it.share.password_hash is not None, downloads=it.share.downloads,
        only_own=it.share.only_own, expires_at=it.expires_at,
    )  # fmt: skip


def box(xyxy: Sequence[float] | np.ndarray, width_px: int, height_px: int) -> wire.GuestBoxOut:
    """As ratios; a face at the edge is cut off there."""
    x1, x2 = (min(max(float(it) / width_px, 0.0), 1.0) for it in (xyxy[0], xyxy[2]))
    y1, y2 = (min(max(float(it) / height_px, 0.0), 1.0) for it in (xyxy[1], xyxy[3]))
    return wire.GuestBoxOut(x=x1, y=y1, width=x2 - x1, height=y2 - y1)


def photo(it: GuestPhoto) -> wire.GuestPhotoOut:
    row, face = it.photo, it.face
    return wire.GuestPhotoOut(
        photo_id=row.id, version=row.sha256[:VERSION_CHARS], name=row.original_name,
        media_type=row.media_type, width_px=row.width_px, height_px=row.height_px, taken_at=row.taken_at,
        box=box(face.xyxy, row.width_px, row.height_px) if face is not None else None,
        similarity=it.similarity if face is not None else None,
    )  # fmt: skip


def found(photos: Sequence[GuestPhoto]) -> wire.SelfieOut:
    return wire.SelfieOut(
        needs_choice=False, faces=[], photos=[photo(it) for it in photos], total=len(photos)
    )
