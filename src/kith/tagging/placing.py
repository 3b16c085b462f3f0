"""Which face a tag is about: one that is known, one that was found in the picture, or one drawn by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kith.engine.boxes import are_inside, iou
from kith.engine.faces import Faces as FoundFaces
from kith.engine.faces import Float32
from kith.faces.service import boxes_of
from kith.faces.tables import Face
from kith.tagging.errors import TagInvalid
from kith.tagging.pictures import Looked

# A tag's box that overlaps a face this much is about that face.
SAME_TAG_IOU = 0.3


@dataclass(frozen=True, slots=True)
class Tag:
    """What somebody says of a face: where it is (a box, or the face itself), perhaps who, and how sure."""

    box: tuple[float, float, float, float] | None = None
    face: UUID | None = None
    person: UUID | None = None
    is_verified: bool = True
    similarity: float | None = None
    detection_score: float | None = None

    @property
    def score(self) -> float:
        """The detection score of a face that nobody but the client has seen; 1 for one drawn by hand."""
        given = self.detection_score
        return min(max(given, 0.0), 1.0) if given is not None and isfinite(given) else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """The face a tag's box is about, should nobody know it yet: a row of what was found, or was drawn."""

    source: FoundFaces
    row: int
    is_drawn: bool


def pair(left: Float32, right: Float32) -> dict[int, int]:
    """Rows of boxes that overlap enough, each at most once, best overlap first."""
    overlap = iou(left, right)
    rows: list[tuple[int, int]] = [(int(at), int(to)) for at, to in np.argwhere(overlap > SAME_TAG_IOU)]
    pairs: dict[int, int] = {}
    for at, to in sorted(rows, key=lambda it: (-float(overlap[it]), it)):
        if at not in pairs and to not in pairs.values():
            pairs[at] = to
    return pairs


async def sight(looked: Looked, tags: Sequence[Tag], *, skips_outside: bool = False) -> dict[int, Sighting]:
    """What the picture shows at the box of each tag that has one.

    Raises InvalidBox for one outside of the picture, or else passes it over.
    """
    places = [at for at, tag in enumerate(tags) if tag.box is not None]
    boxes = boxes_of_tags(tags)
    pairs = pair(boxes, looked.found.xyxy)
    sightings = {places[at]: Sighting(looked.found, row, is_drawn=False) for at, row in pairs.items()}
    inside = are_inside(boxes, looked.image.width_px, looked.image.height_px)
    alone = [at for at in range(len(places)) if at not in pairs and (inside[at] or not skips_outside)]
    if alone:
        drawn = await looked.embed(boxes[alone])
        sightings |= {places[at]: Sighting(drawn, row, is_drawn=True) for row, at in enumerate(alone)}
    return sightings


def recognise_known(tags: Sequence[Tag], known: Sequence[Face]) -> dict[int, Face]:
    """The known faces that tags are about: those they name, then those under their boxes, each once.

    Raises TagInvalid for a tag without a box whose face is not there.
    """
    by_uuid = {face.uuid: face for face in known}
    found: dict[int, Face] = {}
    for at, tag in enumerate(tags):
        face = by_uuid.pop(tag.face, None) if tag.face is not None else None
        if face is not None:
            found[at] = face
        elif tag.box is None:
            raise TagInvalid("a tag needs a box, or the id of a face of this photo that no other tag names")
    rest = [at for at in range(len(tags)) if at not in found]
    left = list(by_uuid.values())
    pairs = pair(boxes_of_tags([tags[at] for at in rest]), boxes_of(left))
    return found | {rest[at]: left[to] for at, to in pairs.items()}


def boxes_of_tags(tags: Sequence[Tag]) -> NDArray[np.float32]:
    boxes = [tag.box for tag in tags if tag.box is not None]
    return np.array(boxes, dtype=np.float32).reshape(-1, 4)
