"""`kith find`: who is this?"""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.library import person_of
from tests.support.commands import Ran, kith
from tests.support.shared import shared_path

pytestmark = pytest.mark.models


def find(data: Path, image: Path, *options: str) -> Ran:
    return kith("find", image, *options, "--json", "--data", data)


@pytest.fixture
def alex() -> Path:
    return shared_path("data", "identities", "alex_lacamoire", "alex_lacamoire_348e0a70.jpg")


class TestFind:
    def test_json(self, library: Path, alex: Path) -> None:
        person = person_of(library, "alex_lacamoire")
        kith("people", "name", str(person), "Alex", "--data", library)
        (found, *others) = find(library, alex).json
        assert list(found) == ["person_id", "person", "similarity", "cosine", "photos"]
        assert (found["person_id"], found["person"]) == (person, "Alex")
        assert found["similarity"] == pytest.approx(1, abs=1e-3)
        assert found["cosine"] == pytest.approx(1, abs=1e-3)
        assert str(alex) in {photo["path"] for photo in found["photos"]}
        assert all(photo.keys() == {"photo_id", "path"} for photo in found["photos"])
        assert all(other["similarity"] <= found["similarity"] for other in others)

    def test_top_and_similarity(self, library: Path, alex: Path) -> None:
        everybody = find(library, alex, "--min-similarity", "0", "--top", "100").json
        assert len(everybody) > 3
        assert len(find(library, alex, "--min-similarity", "0", "--top", "2").json) == 2
        assert all(it["similarity"] >= 0.9 for it in find(library, alex, "--min-similarity", "0.9").json)

    def test_a_face_nobody_is_known_for(self, library: Path) -> None:
        image = next(shared_path("data", "identities", "alan_dershowitz").iterdir())
        (found, *_) = find(library, image).json
        assert (found["person_id"], found["person"]) == (None, None)
        assert [photo["path"] for photo in found["photos"]] == [str(image)]

    def test_photos_that_were_copied_are_named_by_where_they_are(self, empty: Path, photos: Path) -> None:
        kith("import", photos, "--copy", "--data", empty)
        image = shutil.copy(next(photos.glob("alex*.jpg")), photos.parent / "query.jpg")
        shutil.rmtree(photos)
        (found, *_) = find(empty, Path(image)).json
        assert all(Path(photo["path"]).is_file() for photo in found["photos"])

    def test_keeps_nothing(self, library: Path) -> None:
        before = kith("status", "--json", "--data", library).stdout
        find(library, next(shared_path("data", "identities", "barack_obama").iterdir()))
        assert kith("status", "--json", "--data", library).stdout == before

    def test_human(self, library: Path, alex: Path) -> None:
        assert f"no name ({person_of(library, 'alex_lacamoire')})" in kith(
            "find", alex, "--data", library
        ).stdout  # fmt: skip


class TestErrors:
    def test_nobody_on_it(self, library: Path, tmp_path: Path) -> None:
        Image.fromarray(np.full((200, 300, 3), 90, np.uint8)).save(tmp_path / "wall.png")
        ran = find(library, tmp_path / "wall.png")
        assert (ran.code, ran.stdout) == (1, "")
        assert ran.stderr.startswith("error [no_face] ")

    def test_no_picture(self, library: Path, tmp_path: Path) -> None:
        (tmp_path / "text.jpg").write_text("no picture")
        ran = find(library, tmp_path / "text.jpg")
        assert ran.code == 1
        assert ran.stderr.startswith("error [image_unsupported] ")

    def test_nothing_there(self, library: Path, tmp_path: Path) -> None:
        assert find(library, tmp_path / "none.jpg").code == 4

    def test_a_similarity_that_is_none_is_a_usage_error(self, library: Path, alex: Path) -> None:
        assert find(library, alex, "--min-similarity", "1.5").code == 2

    def test_an_empty_library_finds_nobody(self, empty: Path, alex: Path, tmp_path: Path) -> None:
        kith("import", tmp_path / "here", "--data", empty)
        assert find(empty, alex).json == []
