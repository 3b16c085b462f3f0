"""Packs on the wire."""

from datetime import datetime

from kith.surfaces.native.wire import Wire


class AccuracyOut(Wire):
    """From 0 to 1, measured on photos of known people; see docs/accuracy.md."""

    precision: float
    recall: float
    f1: float
    rank_1: float


class PackOut(Wire):
    """`allows_commercial_use` is null for a pack that Kith does not know; its licence tells.

    `accuracy` is null where it was not measured.
    """

    pack_id: str
    title: str
    version: str
    license: str
    license_url: str
    allows_commercial_use: bool | None
    needs_acceptance: bool
    dimension: int
    calibration: str
    accuracy: AccuracyOut | None
    size_bytes: int
    is_installed: bool
    is_active: bool


class PacksOut(Wire):
    """`active` analyses the photos, or would analyse the first; null where no pack can.

    With `is_engine_remote` it is the engine elsewhere that decides, with `is_pinned` the settings.
    `waiting_photos` has the pack in use not seen yet.
    """

    items: list[PackOut]
    next_cursor: None = None
    active: str | None
    is_engine_remote: bool
    is_pinned: bool
    waiting_photos: int


class UsedOut(Wire):
    """`queued` photos, of all tenants, are analysed anew in the background."""

    pack_id: str
    queued: int


class PreviewOut(Wire):
    """What a pack makes of a sample of faces; `state` is running, done or failed.

    Of the faces of people with names `agree` would be recognised as who they are, `would_change_person` as
    somebody else, `would_become_unknown` as nobody; of those without a name `would_become_known`.
    """

    pack_id: str
    state: str
    faces_wanted: int
    faces_looked_at: int
    agree: int
    would_change_person: int
    would_become_unknown: int
    would_become_known: int
    error_code: str | None
    created_at: datetime
    ended_at: datetime | None
