"""People and decisions asked and changed beside a page, as another tab would."""

import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from tests.support.browser import Server


class Beside:
    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def people(self, kind: str = "unnamed") -> list[int]:
        """The ids of persons, those with most faces first."""
        answer = self._client.get("/people", params={"kind": kind})
        return [it["person_id"] for it in answer.json()["items"]]

    def name(self, person_id: int, name: str) -> None:
        self._client.patch(f"/people/{person_id}", json={"name": name}).raise_for_status()

    def merge(self, into: int, other: int) -> int:
        answer = self._client.post("/people/merge", json={"into": into, "from": [other]})
        return int(answer.raise_for_status().json()["decision_id"])

    def undo(self, decision_id: int) -> None:
        self._client.post(f"/decisions/{decision_id}/undo").raise_for_status()

    def undo_all(self) -> None:
        answer = self._client.post("/decisions/undo")
        while answer.status_code == httpx.codes.OK:
            answer = self._client.post("/decisions/undo")
        assert answer.json()["code"] == "nothing_to_undo"

    def settle(self) -> None:
        """Until Kith has drawn its conclusions."""
        for _ in range(600):
            kinds = self._client.get("/jobs").raise_for_status().json()["kinds"]
            if not any(it["queued"] + it["running"] for it in kinds if it["kind"] == "identify"):
                return
            time.sleep(0.1)
        raise AssertionError("faces are still being identified after a minute")


@contextmanager
def beside(server: Server) -> Generator[Beside]:
    """Whatever was decided meanwhile, here or on a page, is taken back at the end."""
    with httpx.Client(base_url=f"{server.address}/api/kith", timeout=30) as client:
        it = Beside(client)
        try:
            yield it
        finally:
            it.undo_all()
            it.settle()
