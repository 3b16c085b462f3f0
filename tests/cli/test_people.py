"""`kith people`, `kith undo`, `kith history`: what a human says about people."""

from pathlib import Path

import pytest

from tests.cli.library import faces_of, people, person_of
from tests.support.commands import kith

pytestmark = pytest.mark.models

PERSON_FIELDS = {"person_id", "person", "faces", "hidden", "born_on", "cover_face_id"}
DECISION_FIELDS = {"decision_id", "kind", "actor", "at", "undone_at", "persons", "faces"}


def name(data: Path, person: int, new: str) -> None:
    ran = kith("people", "name", str(person), new, "--data", data)
    assert ran.code == 0, ran.stderr


class TestList:
    def test_json(self, library: Path) -> None:
        listed = people(library)
        assert all(person.keys() == PERSON_FIELDS for person in listed)
        assert [person["faces"] for person in listed] == [8, 7, 2]

    def test_named_come_first(self, library: Path) -> None:
        name(library, person_of(library, "alex_lacamoire"), "Alex")
        assert [person["person"] for person in people(library)] == ["Alex", None, None]
        assert [person["person"] for person in people(library, "--named")] == ["Alex"]
        assert len(people(library, "--unnamed")) == 2

    def test_is_what_the_bare_word_does(self, library: Path) -> None:
        assert kith("people", "--data", library).stdout == kith("people", "list", "--data", library).stdout

    def test_of_nobody_says_how_to_begin(self, empty: Path, tmp_path: Path) -> None:
        kith("import", tmp_path / "here", "--data", empty)
        assert "kith import" in kith("people", "--data", empty).stdout


class TestShow:
    def test_json_has_the_faces(self, library: Path) -> None:
        alex = person_of(library, "alex_lacamoire")
        shown = kith("people", "show", str(alex), "--json", "--data", library).json
        assert shown.keys() == PERSON_FIELDS | {"face_list"}
        assert {Path(face["path"]).parent.name for face in shown["face_list"]} == {"alex_lacamoire"}
        assert all(face["person_id"] == alex for face in shown["face_list"])

    def test_human(self, library: Path) -> None:
        alex = person_of(library, "alex_lacamoire")
        name(library, alex, "Alex [admin]")
        assert f"Alex [admin], person {alex}" in kith("people", "show", str(alex), "--data", library).stdout


class TestReference:
    """A person is named by id, or by exact name."""

    def test_by_name(self, library: Path) -> None:
        alex = person_of(library, "alex_lacamoire")
        name(library, alex, "Älex Ł")
        assert kith("people", "show", "Älex Ł", "--json", "--data", library).json["person_id"] == alex

    def test_by_name_in_other_capitals(self, library: Path) -> None:
        alex = person_of(library, "alex_lacamoire")
        name(library, alex, "Alex")
        assert kith("people", "show", "ALEX", "--json", "--data", library).json["person_id"] == alex

    def test_by_a_name_made_of_digits(self, library: Path) -> None:
        alex = person_of(library, "alex_lacamoire")
        name(library, alex, "4711")
        assert kith("people", "show", "4711", "--json", "--data", library).json["person_id"] == alex

    def test_of_two_by_one_name_asks_for_an_id(self, library: Path) -> None:
        ids = [person_of(library, folder) for folder in ("alex_lacamoire", "ana_guevara")]
        for person in ids:
            name(library, person, "A. B.")
        ran = kith("people", "show", "A. B.", "--data", library)
        assert ran.code == 1
        assert ran.stderr.startswith("error [person_ambiguous] ")
        assert ran.stderr.strip().endswith(", ".join(str(person) for person in sorted(ids)))

    def test_of_nobody(self, library: Path) -> None:
        for words in (("Nobody",), ("999",)):
            ran = kith("people", "show", *words, "--data", library)
            assert (ran.code, ran.stdout) == (4, "")
            assert ran.stderr == f"error [person_not_found] there is no person {words[0]}\n"


class TestName:
    def test_json(self, library: Path) -> None:
        alex = person_of(library, "alex_lacamoire")
        done = kith("people", "name", str(alex), "Alex", "--json", "--data", library).json
        assert done.keys() == DECISION_FIELDS | {"person_id"}
        assert (done["kind"], done["person_id"], done["persons"]) == ("rename", alex, [alex])
        assert people(library, "--named")[0]["person"] == "Alex"

    @pytest.mark.parametrize("bad", ["", "  ", "two\nlines", "x" * 5000])
    def test_that_is_none(self, library: Path, bad: str) -> None:
        alex = person_of(library, "alex_lacamoire")
        ran = kith("people", "name", str(alex), bad, "--data", library)
        assert ran.code == 1
        assert ran.stderr.startswith("error [name_invalid] ")


class TestMergeAndSplit:
    def test_merge(self, library: Path) -> None:
        ana, andre = person_of(library, "ana_guevara"), person_of(library, "andre_agassi")
        name(library, ana, "Ana")
        done = kith("people", "merge", str(andre), "--into", "Ana", "--json", "--data", library).json
        assert (done["person_id"], done["moved"]) == (ana, 8)
        assert people(library, "--named")[0]["faces"] == 15

    def test_merge_with_oneself(self, library: Path) -> None:
        ana = str(person_of(library, "ana_guevara"))
        ran = kith("people", "merge", ana, "--into", ana, "--data", library)
        assert ran.code == 1
        assert ran.stderr.startswith("error [merge_invalid] ")

    def test_split(self, library: Path) -> None:
        ana = person_of(library, "ana_guevara")
        theirs = [str(it["face_id"]) for it in faces_of(library, "ana_guevara") if it["person_id"] == ana]
        ran = kith("people", "split", str(ana), *theirs[:2], "--name", "Eva", "--json", "--data", library)
        assert ran.code == 0, ran.stderr
        assert ran.json["person_id"] != ana
        sizes = {person["person"]: person["faces"] for person in people(library, "--named")}
        assert sizes == {"Eva": 2}
        assert {person["faces"] for person in people(library) if person["person_id"] == ana} == {5}


class TestHide:
    def test_and_show_again(self, library: Path) -> None:
        ana = person_of(library, "ana_guevara")
        assert kith("people", "hide", str(ana), "--data", library).code == 0
        assert ana not in {person["person_id"] for person in people(library)}
        assert ana in {person["person_id"] for person in people(library, "--hidden")}
        assert kith("people", "show-again", str(ana), "--data", library).code == 0
        assert ana in {person["person_id"] for person in people(library)}


class TestDescribe:
    def test_cover_and_birth(self, library: Path) -> None:
        ana = person_of(library, "ana_guevara")
        face = next(it["face_id"] for it in faces_of(library, "ana_guevara") if it["person_id"] == ana)
        assert kith("people", "cover", str(ana), str(face), "--data", library).code == 0
        assert kith("people", "born", str(ana), "1977-03-04", "--data", library).code == 0
        (shown,) = [person for person in people(library) if person["person_id"] == ana]
        assert (shown["cover_face_id"], shown["born_on"]) == (face, "1977-03-04")

    def test_a_date_that_is_none_is_a_usage_error(self, library: Path) -> None:
        assert kith("people", "born", "1", "yesterday", "--data", library).code == 2


class TestErase:
    def test_needs_a_yes(self, library: Path) -> None:
        ran = kith("people", "erase", "1", "--data", library)
        assert ran.code == 1
        assert ran.stderr.startswith("error [not_confirmed] ")
        assert len(people(library)) == 3

    def test_with_faces(self, library: Path) -> None:
        ana = person_of(library, "ana_guevara")
        ran = kith("people", "erase", str(ana), "--delete-faces", "--yes", "--json", "--data", library)
        assert ran.json == {"person_id": ana, "faces": 7, "faces_deleted": True}
        assert all(face["person_id"] is None for face in faces_of(library, "ana_guevara"))
        assert ana not in {person["person_id"] for person in people(library)}


class TestUndo:
    def test_takes_back_the_last(self, library: Path) -> None:
        name(library, person_of(library, "ana_guevara"), "Ana")
        undone = kith("undo", "--json", "--data", library).json
        assert undone.keys() == DECISION_FIELDS | {"restored", "kept"}
        assert undone["kind"] == "rename"
        assert people(library, "--named") == []

    def test_takes_back_a_merge_with_all_its_faces(self, library: Path) -> None:
        ana, andre = person_of(library, "ana_guevara"), person_of(library, "andre_agassi")
        merged = kith("people", "merge", str(andre), "--into", str(ana), "--json", "--data", library).json
        name(library, ana, "Ana")
        assert kith("undo", str(merged["decision_id"]), "--data", library).code == 0
        sizes = {person["person_id"]: person["faces"] for person in people(library)}
        assert (sizes[ana], sizes[andre]) == (7, 8)
        assert people(library, "--named")[0]["person"] == "Ana"

    def test_of_nothing(self, library: Path) -> None:
        ran = kith("undo", "--data", library)
        assert ran.code == 1
        assert ran.stderr.startswith("error [nothing_to_undo] ")

    def test_of_an_unknown_decision(self, library: Path) -> None:
        assert kith("undo", "99", "--data", library).code == 4


class TestHistory:
    def test_is_newest_first_and_tells_of_undoing(self, library: Path) -> None:
        ana = person_of(library, "ana_guevara")
        name(library, ana, "Ana")
        kith("people", "hide", str(ana), "--data", library)
        kith("undo", "--data", library)
        told = kith("history", "--json", "--data", library).json
        assert [(it["kind"], it["undone_at"] is not None) for it in told] == [
            ("hide", True),
            ("rename", False),
        ]
        assert all(it.keys() == DECISION_FIELDS for it in told)

    def test_of_one_person_also_after_a_merge(self, library: Path) -> None:
        ana, andre = person_of(library, "ana_guevara"), person_of(library, "andre_agassi")
        name(library, person_of(library, "alex_lacamoire"), "Alex")
        kith("people", "merge", str(andre), "--into", str(ana), "--data", library)
        for person in (ana, andre):
            told = kith("history", str(person), "--json", "--data", library).json
            assert [it["kind"] for it in told] == ["merge"]

    def test_human(self, library: Path) -> None:
        assert "Nothing was decided yet." in kith("history", "--data", library).stdout
        name(library, person_of(library, "ana_guevara"), "Ana")
        assert "no name → Ana" in kith("history", "--data", library).stdout

    def test_limit(self, library: Path) -> None:
        for new in ("Ana", "Anna"):
            name(library, person_of(library, "ana_guevara"), new)
        assert len(kith("history", "--limit", "1", "--json", "--data", library).json) == 1
