"""What the client of the migration guide does, by its own code, against a server of its own."""

import ast
import csv
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Optional  # the client's own annotations

import httpx
import pytest

from tests.support.client import live_server
from tests.support.databases import BACKENDS, discard, migrated_database
from tests.support.identities import Labelled, read_labels
from tests.support.shared import shared_path

pytestmark = [pytest.mark.models, pytest.mark.slow]

KEY = "a key of the studio's"
MAIN, PHOTOS, BATCH = 30, 120, 50


def client_class() -> Callable[..., Any]:
    """The class as the guide prints it; `requests` is stood in for by a library with the same calls."""
    requests = pytest.importorskip("requests")
    guide = shared_path("seeds", "002_997c0df43781b7d2.txt").read_text()
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    (code,) = [it for it in blocks if "class FacePassClient" in it]
    names: dict[str, Any] = {"requests": requests, "Dict": dict, "List": list, "Optional": Optional}
    (shown,) = [it for it in ast.parse(code).body if isinstance(it, ast.ClassDef)]
    exec(compile(ast.Module([shown], []), "guide", "exec"), names)
    return names["FacePassClient"]


@pytest.fixture
def chosen() -> list[Labelled]:
    """Photos of people with at least four, then of strangers: as many as a shoot has."""
    labels = read_labels(shared_path("data"))
    known = [it for it in labels if not it.is_stranger]
    return [*known[: PHOTOS - MAIN], *[it for it in labels if it.is_stranger][:MAIN]]


@pytest.fixture(params=BACKENDS)
def server(
    request: pytest.FixtureRequest, packs_folder: Path, tmp_path: Path, chosen: list[Labelled]
) -> Iterator[str]:
    """A server over a folder with these photos, and one broken file."""
    sources, data = tmp_path / "sources", tmp_path / "data"
    sources.mkdir()
    data.mkdir()
    (data / "packs").symlink_to(packs_folder, target_is_directory=True)
    for it in chosen:
        shutil.copy(it.path, sources / it.path.name)
    (sources / "broken.jpg").write_bytes(chosen[0].path.read_bytes()[:300])
    database = migrated_database(request.param, tmp_path)
    with live_server({
        "KITH_DATA": str(data), "KITH_DATABASE__URL": database, "KITH_SOURCES__URL": str(sources),
        "KITH_AUTH__API_KEY": KEY,
    }) as live:  # fmt: skip
        yield live.url
    discard(database)


@pytest.mark.parametrize("prefix", ["/api/v1", "/api/v2"])
def test_a_shoot_from_its_first_photo_to_its_end(server: str, chosen: list[Labelled], prefix: str) -> None:
    client = client_class()(f"{server}{prefix}", KEY)
    session = "shoot/2024 ❤"
    assert client.get_session_status(session)["indexed"] is False
    photos = [{"photo_id": it.path.name, "s3_key": it.path.name} for it in chosen]
    photos.append({"photo_id": "broken", "s3_key": "broken.jpg"})
    results = [client.index_batch(session, photos[at : at + BATCH]) for at in range(0, len(photos), BATCH)]
    assert [sum(it[name] for it in results) for name in ("indexed", "failed", "total")] == [
        PHOTOS,
        1,
        PHOTOS + 1,
    ]
    (error,) = [error for it in results for error in it["errors"]]
    assert error.startswith("broken: ")
    status = client.get_session_status(session)
    assert (status["indexed"], status["photo_count"]) == (True, PHOTOS)
    assert client.index_photo(chosen[0].path.name, session, chosen[0].path.name)["indexed"] is True
    assert client.get_session_status(session)["photo_count"] == PHOTOS
    searched, right, wrong = search_each(client, session, chosen)
    assert wrong == 0
    assert right >= 0.9 * searched
    assert client.delete_session(session)["embeddings_removed"] >= PHOTOS
    assert client.delete_session(session)["embeddings_removed"] == 0
    with pytest.raises(Exception, match="404"):
        client.search_faces(session, chosen[0].path.read_bytes())


def search_each(client: Any, session: str, chosen: list[Labelled]) -> tuple[int, int, int]:
    """Search by one photo of each person: other photos of theirs there are, found ones, and others' found.

    Only photos that show one person: on others more people than the label says may rightly be found.
    """
    alone = faces_alone()
    searched = right = wrong = 0
    for person in sorted({it.person for it in chosen if not it.is_stranger}):
        theirs = [it for it in chosen if it.person == person]
        selfie = next((it for it in theirs if it.sha256 in alone), None)
        if selfie is None:
            continue
        found = client.search_faces(session, selfie.path.read_bytes())["matches"]
        names = {match["photo_id"] for match in found}
        others = {it.path.name for it in chosen if it.person != person and it.sha256 in alone}
        expected = {it.path.name for it in theirs}
        searched, right, wrong = (
            searched + len(expected),
            right + len(names & expected),
            wrong + len(names & others),
        )
    return searched, right, wrong


def faces_alone() -> set[str]:
    with shared_path("data", "identities.csv").open() as stream:
        return {row["sha256"] for row in csv.DictReader(stream) if row["n_faces"] == "1"}


def test_without_a_key(server: str) -> None:
    answer = httpx.delete(f"{server}/api/v2/index/s")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("ApiKey")
    assert answer.json()["error"]["code"] == "INVALID_API_KEY"
    for path in (
        "/api/v2/health",
        "/api/v1/metrics",
        "/api/v2/search/status/s",
        "/compat/sessions/api/v2/health",
    ):
        assert httpx.get(f"{server}{path}").status_code == 200, path
