"""What commands print with `--json`, and how the same is named for humans. Documented in docs/cli.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from kith.faces.reading import ShownFace
from kith.faces.tables import FaceState
from kith.people.finding import Found
from kith.people.reading import PersonSummary
from kith.people.tables import Decision, Person, RowChange, Subject
from kith.settings import Settings


class PhotoJson(TypedDict):
    photo_id: int
    path: str


class PersonJson(TypedDict):
    """`person` is the name, null for somebody without one."""

    person_id: int
    person: str | None
    faces: int
    hidden: bool
    born_on: str | None
    cover_face_id: int | None


class FaceJson(TypedDict):
    """`xyxy` are pixels of the upright photo."""

    face_id: int
    photo_id: int
    path: str
    xyxy: list[float]
    score: float
    quality: float
    person_id: int | None
    person: str | None
    state: str


class FoundJson(TypedDict):
    person_id: int | None
    person: str | None
    similarity: float
    cosine: float
    photos: list[PhotoJson]


class DecisionJson(TypedDict):
    """`persons` and `faces` are the ids of those it changed."""

    decision_id: int
    kind: str
    actor: str
    at: str
    undone_at: str | None
    persons: list[int]
    faces: list[int]


class Places:
    """Where a photo's bytes are, as a path or an address that other programs understand."""

    def __init__(self, settings: Settings) -> None:
        self._root = settings.blobs.url or str(settings.data.absolute() / "blobs")

    def path(self, location: str) -> str:
        """A file in place has an absolute path; what was copied has a name within the blob store."""
        if not location or Path(location).is_absolute():
            return location
        return f"{self._root.rstrip('/')}/{location}"


def person_json(summary: PersonSummary) -> PersonJson:
    person = summary.person
    return {
        "person_id": person.id,
        "person": person.name,
        "faces": summary.face_count,
        "hidden": person.is_hidden,
        "born_on": person.born_on.isoformat() if person.born_on else None,
        "cover_face_id": person.cover_face_id,
    }


def face_json(shown: ShownFace, names: Mapping[int, str | None], places: Places) -> FaceJson:
    """`names` holds the names of persons by their ids."""
    face = shown.face
    return {
        "face_id": face.id,
        "photo_id": shown.photo.id,
        "path": places.path(shown.location),
        "xyxy": [round(value, 2) for value in face.xyxy],
        "score": round(face.detection_score, 4),
        "quality": round(face.quality, 4),
        "person_id": face.person_id,
        "person": names.get(face.person_id) if face.person_id is not None else None,
        "state": FaceState(face.state).value,
    }


def found_json(found: Found, places: Places) -> FoundJson:
    return {
        "person_id": found.person.id if found.person else None,
        "person": found.person.name if found.person else None,
        "similarity": round(found.similarity, 4),
        "cosine": round(found.cosine, 4),
        "photos": [{"photo_id": place.photo_id, "path": places.path(place.path)} for place in found.photos],
    }


def decision_json(decision: Decision) -> DecisionJson:
    return {
        "decision_id": decision.id,
        "kind": decision.kind,
        "actor": decision.actor,
        "at": decision.created_at.isoformat(),
        "undone_at": decision.undone_at.isoformat() if decision.undone_at else None,
        "persons": _changed(decision, Subject.PERSON),
        "faces": _changed(decision, Subject.FACE),
    }


def person_label(person: Person | None) -> str:
    """`Ada (7)`, `no name (8)`, or `nobody known`."""
    if person is None:
        return "nobody known"
    return f"{person.name or 'no name'} ({person.id})"


def decision_text(decision: Decision) -> str:
    """What a decision did, in a few words."""
    persons, faces = _changed(decision, Subject.PERSON), _changed(decision, Subject.FACE)
    parts = [_counted(len(faces), "face")] if faces else []
    parts += [f"person {', '.join(str(person_id) for person_id in persons)}"] if persons else []
    named = [_renamed(change) for change in decision.changes if change["subject"] == Subject.PERSON]
    return "; ".join([*parts, *(text for text in named if text)])


def _renamed(change: RowChange) -> str:
    before, after = change["before"].get("name"), change["after"].get("name")
    if before == after:
        return ""
    return f"{before or 'no name'} → {after or 'no name'}"


def _changed(decision: Decision, subject: Subject) -> list[int]:
    return [change["id"] for change in decision.changes if change["subject"] == subject]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
