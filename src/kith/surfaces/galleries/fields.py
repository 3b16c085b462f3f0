"""The kinds of values that this surface's requests and answers are made of."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_MAX_URL = 2048
_FARTHEST_PX = 1e6


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, protected_namespaces=())


def _storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("a text must not hold the character NUL, or half a character")
    return text


def _blank_is_none(value: object) -> object:
    """Forms send an empty text where nothing was filled in."""
    return None if value == "" else value


def _day(value: object) -> object:
    """Browsers may send a day as a moment."""
    return value[:10] if isinstance(value, str) and "T" in value else _blank_is_none(value)


Text = Annotated[str, Field(max_length=2000), AfterValidator(_storable)]
Title = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_storable)]
# What a person's name may be is said by `people.names`.
Name = Annotated[str, Field(max_length=1000), AfterValidator(_storable)]
Url = Annotated[str, Field(min_length=1, max_length=_MAX_URL), AfterValidator(_storable)]
OptionalUrl = Annotated[
    Annotated[str, Field(max_length=_MAX_URL), AfterValidator(_storable)] | None,
    BeforeValidator(_blank_is_none),
]
OptionalId = Annotated[UUID | None, BeforeValidator(_blank_is_none)]
Day = Annotated[date | None, BeforeValidator(_day)]
Ratio = Annotated[float, Field(ge=0, le=1)]
Place = Annotated[int, Field(ge=0, le=1_000_000_000)]
Pixels = Annotated[float, Field(ge=-_FARTHEST_PX, le=_FARTHEST_PX, allow_inf_nan=False)]
Side = Annotated[float, Field(gt=0, le=_FARTHEST_PX, allow_inf_nan=False)]
Ids = Annotated[list[UUID], Field(max_length=10_000)]


class PixelBoxIn(Wire):
    """Pixels of the upright picture; `x` and `y` are the upper left corner."""

    x: Pixels
    y: Pixels
    width: Side
    height: Side

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        return self.x, self.y, self.x + self.width, self.y + self.height


class PixelBoxOut(Wire):
    x: float
    y: float
    width: float
    height: float


class GalleriesFaultOut(Wire):
    field: str
    message: str


class GalleriesFailureOut(Wire):
    success: bool
    error: str
    code: str
    message: str
    detail: str
    errors: list[GalleriesFaultOut] | None = None


class DoneOut(Wire):
    success: bool = True


class MessageDoneOut(DoneOut):
    message: str
