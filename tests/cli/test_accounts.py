"""`kith keys` and `kith tenants`, and serving others with a key that was made here."""

import socket
from pathlib import Path

import httpx
import pytest

from tests.support.client import live_server
from tests.support.commands import Json, kith


def create(data: Path, *arguments: str) -> Json:
    ran = kith("keys", "create", "laptop", *arguments, "--json", "--data", data)
    assert ran.code == 0, ran.stderr
    return ran.json


def states(data: Path, *arguments: str) -> list[str]:
    return [it["state"] for it in kith("keys", "--json", "--data", data, *arguments).json]


class TestKeys:
    def test_are_shown_once(self, tmp_path: Path) -> None:
        made = create(tmp_path, "--scope", "read", "--scope", "search", "--rate", "7")
        assert (made["scopes"], made["requests_per_minute"]) == (["read", "search"], 7)
        listed = kith("keys", "list", "--data", tmp_path)
        assert made["prefix"] in listed.stdout
        assert made["secret"] not in listed.stdout
        assert [made["secret"].encode() in it.read_bytes() for it in tmp_path.glob("kith.db*")] == [
            False
        ] * len(list(tmp_path.glob("kith.db*")))

    def test_open_until_they_are_revoked(self, tmp_path: Path) -> None:
        first = create(tmp_path, "--scope", "read")
        with live_server({"KITH_DATA": str(tmp_path)}) as server:

            def status(secret: str) -> int:
                return httpx.get(f"{server.url}/persons", headers={"x-api-key": secret}).status_code

            assert (status(first["secret"]), status("wrong")) == (200, 401)
            ran = kith("keys", "rotate", "1", "--grace-seconds", "600", "--json", "--data", tmp_path)
            second = ran.json["secret"]
            assert (status(first["secret"]), status(second)) == (200, 200)
            third = kith("keys", "rotate", "1", "--json", "--data", tmp_path).json["secret"]
            assert (status(first["secret"]), status(second), status(third)) == (401, 401, 200)
            assert kith("keys", "revoke", "1", "--data", tmp_path).code == 0
            assert states(tmp_path) == ["revoked"]
            assert status(third) == 200, "without any key that counts this machine may ask again"

    def test_that_are_not_there(self, tmp_path: Path) -> None:
        create(tmp_path)
        for command in ("rotate", "revoke"):
            ran = kith("keys", command, "7", "--data", tmp_path)
            assert (ran.code, "key_not_found" in ran.stderr) == (4, True)
        assert kith("keys", "list", "--tenant", "nobody", "--data", tmp_path).code == 4

    def test_of_nonsense(self, tmp_path: Path) -> None:
        for arguments in (("--scope", "all"), ("--rate", "0"), ("--expires-in-days", "0")):
            assert kith("keys", "create", "x", *arguments, "--data", tmp_path).code == 2
        assert kith("keys", "create", "x" * 201, "--data", tmp_path).code == 1
        assert states(tmp_path) == []


class TestTenants:
    def test_live_and_end(self, tmp_path: Path) -> None:
        ran = kith("tenants", "create", "studio", "--max-photos", "3", "--json", "--data", tmp_path)
        assert (ran.json["slug"], ran.json["max_photos"], ran.json["suspended"]) == ("studio", 3, False)
        secret = create(tmp_path, "--tenant", "studio", "--scope", "read")["secret"]
        create(tmp_path, "--scope", "admin")
        with live_server({"KITH_DATA": str(tmp_path)}) as server:

            def status() -> int:
                return httpx.get(f"{server.url}/persons", headers={"x-api-key": secret}).status_code

            assert status() == 200
            more = kith("tenants", "limit", "studio", "--max-photos", "none", "--max-faces", "7", "--json",
                        "--data", tmp_path)  # fmt: skip
            assert (more.json["max_photos"], more.json["max_faces"], more.json["max_bytes"]) == (
                None,
                7,
                None,
            )
            assert kith("tenants", "limit", "studio", "--max-photos", "-1", "--data", tmp_path).code == 2
            assert kith("tenants", "suspend", "studio", "--data", tmp_path).code == 0
            assert status() == 403
            assert kith("tenants", "activate", "studio", "--data", tmp_path).code == 0
            assert status() == 200
            to = tmp_path / "exported"
            assert kith("tenants", "export", "studio", "--to", to, "--data", tmp_path).code == 0
            assert {it.suffix for it in to.iterdir() if it.is_file()} <= {".jsonl", ".json"}
            unsure = kith("tenants", "erase", "studio", "--data", tmp_path)
            assert (unsure.code, "not_confirmed" in unsure.stderr) == (1, True)
            assert kith("tenants", "erase", "studio", "--yes", "--data", tmp_path).code == 0
            assert status() == 401
        slugs = [it["slug"] for it in kith("tenants", "--json", "--data", tmp_path).json]
        assert slugs == ["default"]

    def test_twice(self, tmp_path: Path) -> None:
        assert kith("tenants", "create", "studio", "--data", tmp_path).code == 0
        ran = kith("tenants", "create", "studio", "--data", tmp_path)
        assert (ran.code, "tenant_exists" in ran.stderr) == (1, True)


@pytest.mark.slow
def test_other_machines_need_a_key_that_may_be_made_before_anything_else(tmp_path: Path) -> None:
    create(tmp_path, "--scope", "read")
    with live_server({"KITH_DATA": str(tmp_path), "KITH_SERVER__HOST": "0.0.0.0"}) as server:
        port = server.url.rpartition(":")[2]
        host = socket.gethostbyname(socket.gethostname())
        assert httpx.get(f"http://{host}:{port}/persons").status_code == 401
        assert httpx.get(f"http://{host}:{port}/health/live").status_code == 200
