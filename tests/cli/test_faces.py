"""`kith faces`: lists for scripts, and what a human says about single faces."""

from pathlib import Path

import pytest

from tests.cli.library import faces, faces_of, people, person_of
from tests.support.commands import kith
from tests.support.shared import shared_path

pytestmark = pytest.mark.models

FACE_FIELDS = [
    "face_id", "photo_id", "path", "xyxy", "score", "quality", "person_id", "person", "state",
]  # fmt: skip


def act(data: Path, *words: str | int) -> dict[str, object]:
    ran = kith("faces", *(str(word) for word in words), "--json", "--data", data)
    assert ran.code == 0, ran.stderr
    return ran.json


class TestList:
    def test_json_is_one_object_a_line_with_exactly_these_fields(self, library: Path) -> None:
        listed = faces(library)
        assert all(list(face) == FACE_FIELDS for face in listed)
        assert [face["face_id"] for face in listed] == sorted(face["face_id"] for face in listed)

    def test_values(self, library: Path) -> None:
        kith("people", "name", str(person_of(library, "alex_lacamoire")), "Alex", "--data", library)
        path = shared_path("data", "identities", "alex_lacamoire", "alex_lacamoire_348e0a70.jpg")
        (face,) = [it for it in faces(library) if it["path"] == str(path)]
        assert face["xyxy"] == pytest.approx([290, 125, 594, 552], abs=25)
        assert 0.5 < face["score"] <= 1
        assert 0.5 < face["quality"] <= 1
        assert (face["person"], face["state"]) == ("Alex", "auto")
        assert face["person_id"] == person_of(library, "alex_lacamoire")

    def test_of_nobody_known(self, library: Path) -> None:
        unknown = [face for face in faces(library) if face["state"] == "unknown"]
        assert unknown
        assert all(face["person_id"] is None and face["person"] is None for face in unknown)

    def test_by_person_state_and_limit(self, library: Path) -> None:
        ana = str(person_of(library, "ana_guevara"))
        for options, count in (
            (("--person", ana), 7),
            (("--person", ana, "--limit", "3"), 3),
            (("--person", ana, "--state", "confirmed"), 0),
            (("--state", "grouped"), 17),
        ):
            ran = kith("faces", "list", *options, "--json", "--data", library)
            assert len(ran.json_lines) == count

    def test_human(self, library: Path) -> None:
        shown = kith("faces", "--data", library).stdout
        assert shown.splitlines()[0].split() == ["face", "person", "state", "similarity", "quality", "photo"]
        assert len(shown.splitlines()) == 1 + len(faces(library))


class TestUnknown:
    def test_has_the_guess_that_waits_for_an_answer(self, library: Path) -> None:
        ran = kith("faces", "unknown", "--json", "--data", library)
        assert all(
            list(face) == [*FACE_FIELDS, "suggested_person_id", "suggested_person", "similarity"]
            for face in ran.json_lines
        )
        assert {face["state"] for face in ran.json_lines} <= {"unknown", "suggested"}
        assert len(ran.json_lines) == sum(face["person_id"] is None for face in faces(library))

    def test_limit(self, library: Path) -> None:
        assert len(kith("faces", "unknown", "--limit", "1", "--json", "--data", library).json_lines) == 1


class TestDecisions:
    def test_confirm(self, library: Path) -> None:
        first = faces_of(library, "ana_guevara")[0]["face_id"]
        done = act(library, "confirm", first)
        assert (done["kind"], done["faces"][:1] if isinstance(done["faces"], list) else None) == (
            "confirm", [first],
        )  # fmt: skip
        assert {it["state"] for it in faces(library) if it["face_id"] == first} == {"confirmed"}

    def test_confirm_of_nobody(self, library: Path) -> None:
        stranger = next(face["face_id"] for face in faces(library) if face["person_id"] is None)
        ran = kith("faces", "confirm", str(stranger), "--data", library)
        assert ran.code == 1
        assert ran.stderr.startswith("error [nobody_suggested] ")

    def test_reject_is_for_good(self, library: Path) -> None:
        ana = person_of(library, "ana_guevara")
        first = faces_of(library, "ana_guevara")[0]["face_id"]
        act(library, "reject", first)
        kith("reindex", "--analyse", "--data", library)
        (face,) = [it for it in faces(library) if it["face_id"] == first]
        assert face["person_id"] != ana

    def test_assign_to_somebody_and_to_somebody_new(self, library: Path) -> None:
        ana = person_of(library, "ana_guevara")
        stranger = faces_of(library, "alan_dershowitz")[0]["face_id"]
        assert act(library, "assign", stranger, "--new", "Alan")["person_id"] != ana
        assert [person["person"] for person in people(library, "--named")] == ["Alan"]
        done = act(library, "assign", stranger, "--to", ana)
        assert done["person_id"] == ana
        assert {it["person_id"] for it in faces_of(library, "alan_dershowitz")} == {ana}

    @pytest.mark.parametrize("words", [(), ("--to", "Ana", "--new", "Eva")], ids=["neither", "both"])
    def test_assign_needs_to_know_to_whom(self, library: Path, words: tuple[str, ...]) -> None:
        ran = kith("faces", "assign", "1", *words, "--data", library)
        assert ran.code == 2
        assert "either --to PERSON or --new NAME" in ran.stderr

    def test_ignore_and_restore(self, library: Path) -> None:
        first = faces_of(library, "ana_guevara")[0]["face_id"]
        act(library, "ignore", first)
        assert first not in {face["face_id"] for face in faces(library)}
        act(library, "restore", first)
        assert first in {face["face_id"] for face in faces(library)}

    def test_of_a_face_that_is_not_there(self, library: Path) -> None:
        ran = kith("faces", "ignore", "99999", "--data", library)
        assert (ran.code, ran.stderr) == (4, "error [face_not_found] there is no face 99999\n")

    def test_without_an_engine_stand_all_the_same(self, library: Path) -> None:
        """What follows from a decision needs the pack; the decision does not."""
        ana = person_of(library, "ana_guevara")
        (library / "packs" / "mobile" / "mobilefacenet.onnx").unlink()
        ran = kith("people", "name", str(ana), "Ana", "--data", library)
        assert people(library, "--named")[0]["person"] == "Ana"
        assert (ran.code, "Traceback" in ran.stderr) == (0, False)
        assert "the decision stands" in ran.stderr
