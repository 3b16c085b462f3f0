"""What Kith says of itself, on the wire."""

from typing import Literal

from kith.surfaces.native.wire import Wire
from kith.surfaces.native.wire_jobs import ProgressOut


class PartOut(Wire):
    """`detail` says what is wrong; `code` is of an error."""

    name: str
    state: Literal["ok", "warn", "fail"]
    code: str | None
    detail: str


class SettingOut(Wire):
    """A secret has no value here; `is_set` says whether it has one."""

    name: str
    value: str | None
    is_set: bool
    is_secret: bool
    meaning: str


class AboutOut(Wire):
    version: str
    python: str
    database: str
    blob_store: str
    pack: str | None
    is_engine_remote: bool
    packs: list[str]
    parts: list[PartOut]
    settings: list[SettingOut]


class FacesOut(Wire):
    total: int
    unknown: int
    suggested: int
    grouped: int
    auto: int
    confirmed: int


class PeopleCountOut(Wire):
    named: int
    unnamed: int


class StatisticsOut(Wire):
    photos: ProgressOut
    faces: FacesOut
    people: PeopleCountOut
    stored_bytes: int
