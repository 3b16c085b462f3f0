"""Reading a library through its commands, as a script would."""

from pathlib import Path
from typing import Any

from tests.support.commands import kith

Face = dict[str, Any]


def faces(data: Path) -> list[Face]:
    ran = kith("faces", "list", "--json", "--data", data)
    assert ran.code == 0, ran.stderr
    return ran.json_lines


def faces_of(data: Path, folder: str) -> list[Face]:
    """The faces on the photos of one folder, the main one of each photo first."""
    found = [face for face in faces(data) if Path(face["path"]).parent.name == folder]
    return sorted(found, key=lambda face: (face["person_id"] is None, face["path"]))


def person_of(data: Path, folder: str) -> int:
    """The person most faces of a folder were grouped into."""
    ids = [face["person_id"] for face in faces_of(data, folder) if face["person_id"] is not None]
    return max(set(ids), key=ids.count)


def people(data: Path, *options: str) -> list[dict[str, Any]]:
    ran = kith("people", "list", *options, "--json", "--data", data)
    assert ran.code == 0, ran.stderr
    return ran.json


def twin_of(library: Path) -> Path:
    """The pack `mobile` under another id: another embedding space with the same networks."""
    twin = library.parent / "twin"
    twin.mkdir()
    for file in (library / "packs" / "mobile").iterdir():
        (twin / file.name).write_bytes(file.read_bytes())
    text = (twin / "pack.toml").read_text().replace('id = "mobile"', 'id = "twin"')
    (twin / "pack.toml").write_text(text)
    return twin
