"""What goes over the wire of the vectors surface, both ways, under the contract's own names."""

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class VectorsErrorOut(Wire):
    """What part A answers when something is wrong."""

    code: str
    message: str
    request_id: str
    details: dict[str, object]


class VectorsDetailOut(Wire):
    """What parts B and C answer when something is wrong."""

    detail: str | list[dict[str, object]] | dict[str, object]


class IndexedOut(Wire):
    indexed: int
    phash: str
    thumb_url: str
    vector_backend: str


class SightingOut(Wire):
    """What is shown of a face; `phash` is another name of `p_hash`. The box is x1, y1, x2, y2 in pixels."""

    site: str | None
    url: str | None
    ts: int
    bbox: list[float]
    p_hash: str | None
    phash: str | None
    quality: float
    thumb_url: str


class ResultOut(Wire):
    id: str
    score: float
    metadata: SightingOut


class VectorSearchOut(Wire):
    faces_found: int
    phash: str
    thumb_url: str
    results: list[ResultOut]
    vector_backend: str


class CompareOut(Wire):
    phash: str
    faces_found: int
    results: list[ResultOut]
    vector_backend: str
    message: str
