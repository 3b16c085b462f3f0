"""Every endpoint of every mounted surface: no key, a wrong one, one of too little, somebody else's."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from kith.accounts.keys import Keys, NewKey
from kith.accounts.principal import Principal, Scope
from kith.app import create_app
from kith.people.reviewing.questions import Asked
from kith.runtime import Runtime, open_runtime
from kith.setting_groups import SourceSettings
from kith.settings import Settings
from kith.surfaces.access import Needs, Public, demand_of, routes_of
from kith.surfaces.dispatch import Site
from kith.tenants.service import Quotas, Tenants
from tests.support.client import connected
from tests.support.clock import ManualClock
from tests.support.library import library_settings
from tests.surfaces.conftest import NO_WORKER
from tests.surfaces.test_operations import PACK

OWNER = Principal()


def endpoints() -> Iterator[tuple[str, str, APIRoute]]:
    """Method, path and route of everything that is mounted anywhere."""
    (mount,) = create_app(Settings()).routes
    assert isinstance(mount, Mount)
    assert isinstance(mount.app, Site)
    for prefix, app in mount.app.surfaces:
        for route in routes_of(app):
            for method in sorted(route.methods):
                yield method, prefix + route.path, route


ALL = list(endpoints())
NATIVE = ("/api/kith", "/compat/native")
GUESTS = (
    "/search", "/faces/search-session", "/search/status/{session_id:path}", "/index/status/{session_id:path}",
    "/health", "/metrics",
)  # fmt: skip
# Deleting these twice is no error, so what is not there answers like what is another's: it removes nothing.
REPEATABLE = {
    f"{at}/api/{version}/index/{{session_id:path}}"
    for at in ("", "/compat/sessions")
    for version in ("v1", "v2")
}
GUARDED = [(method, path, route) for method, path, route in ALL if isinstance(demand_of(route), Needs)]


# Bodies that fit whatever changes something.
CHANGE = {"name": "Bea", "display_order": 1, "avatar_url": "a"}


# And those that fit one endpoint only.
BODIES: dict[str, object] = {
    "PATCH /api/kith/photos/{photo_id}": {},
    "PATCH /api/kith/tenants/{slug}": {},
    "POST /api/kith/tenants/{slug}/keys": {"name": "theirs", "scopes": ["read"]},
    "POST /api/kith/people/{person_id}/split": {"face_ids": [1]},
    "POST /api/kith/review/{question_id}/answer": {"same": True},
    "POST /api/kith/photos/{photo_id}/faces": {"box": {"x": 0, "y": 0, "width": 1, "height": 1}},
    "PATCH /api/kith/galleries/{gallery_id}": {"title": "Party"},
    "POST /api/kith/galleries/{gallery_id}/copies": {"photo_ids": [1]},
    "POST /api/kith/galleries/{gallery_id}/index": {"prefix": ""},
    "POST /api/kith/galleries/{gallery_id}/shares": {},
    "PATCH /api/kith/shares/{share_id}": {},
}
FILES = {"POST /api/kith/galleries/{gallery_id}/photos": {"files": ("a.png", b"a")}}


def fitting(method: str, path: str) -> dict[str, Any]:
    """What a request carries."""
    endpoint = f"{method} {path.replace('/compat/native/', '/api/kith/')}"
    if endpoint in FILES:
        return {"files": FILES[endpoint]}
    if method in {"PUT", "PATCH"} and endpoint not in BODIES:
        return {"json": {"name": "Bea"} if path.startswith(("/api/kith/", "/compat/native/")) else CHANGE}
    return {"json": BODIES.get(endpoint)}


def filled(path: str, person: int = 1, face: int = 1, key: int = 1, slug: str = "theirs") -> str:
    uuids = dict.fromkeys(("person", "gallery", "credit", "image", "face", "run"), UUID(int=7))
    return path.replace(":path}", "}").format(
        person_id=person,
        face_id=face,
        key_id=key,
        upload_id=1,
        pack_id="theirs",
        webhook_id=1,
        photo_id=1,
        gallery_id=1,
        share_id=1,
        decision_id=1,
        question_id=Asked(person, None, (1,)).question_id,
        slug=slug,
        session_id="theirs",
        path="theirs",
        batch_id="0" * 32,
        bucket="thumbnails",
        key=f"theirs/aa/{'a' * 64}_thumb.jpg",
        **uuids,
    )


def body_for(path: str) -> dict[str, str] | None:
    """What makes a request at an address of two surfaces one for the surface that asks for a key."""
    return {} if path == "/api/v1/search" else None


@pytest.fixture
async def runtime(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Runtime]:
    settings = library_settings(
        tmp_path / "data", None, database_url, worker=NO_WORKER, engine=PACK,
        sources=SourceSettings(url=str(tmp_path)),
    )  # fmt: skip
    async with open_runtime(settings, clock=clock) as runtime:
        yield runtime


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(create_app(runtime.settings, runtime)) as client:
        yield client


async def key(runtime: Runtime, *scopes: Scope, who: Principal = OWNER, seconds: int | None = None) -> str:
    until = runtime.clock.now() + timedelta(seconds=seconds) if seconds else None
    async with runtime.db.write() as session:
        return (await Keys(session, who, runtime.clock).create(NewKey("key", scopes, until))).secret


class TestMatrix:
    def test_every_route_says_what_it_asks_for(self) -> None:
        assert [(method, path) for method, path, route in ALL if demand_of(route) is None] == []

    def test_only_health_and_signing_in_are_public(self) -> None:
        """And what guests of a session ask, as the contract of that surface says."""
        public = {path for _, path, route in ALL if isinstance(demand_of(route), Public)}
        guests = {
            f"{at}/api/{version}{path}"
            for at in ("", "/compat/sessions")
            for version in ("v1", "v2")
            for path in GUESTS
        }
        vectors = {
            f"{at}/api/v1/health" for at in ("/pipeline", "/compat/vectors", "/compat/vectors/pipeline")
        }
        own = {"/health", "/health/live", "/health/ready", "/compat/core/health"}
        galleries = {"/api/health", "/compat/galleries/api/health"}
        own |= {f"{at}/session" for at in NATIVE}
        by_link = {
            path for path in public if path.startswith(tuple(f"{at}/guest/{{token}}" for at in NATIVE))
        }
        assert len(by_link) == 2 * 9
        assert public - by_link == own | vectors | galleries | guests

    async def test_no_key_and_keys_that_are_over(
        self, runtime: Runtime, client: httpx.AsyncClient, clock: ManualClock
    ) -> None:
        expired = await key(runtime, Scope.ADMIN, seconds=5)
        revoked = await key(runtime, Scope.ADMIN)
        async with runtime.db.write() as session:
            await Keys(session, OWNER, clock).revoke(2)
        clock.advance(5)
        for method, path, _ in GUARDED:
            for headers in ({}, {"x-api-key": expired}, {"x-api-key": revoked}, {"x-api-key": "wrong"}):
                answer = await client.request(method, filled(path), headers=headers, json=body_for(path))
                assert answer.status_code == 401, (method, path)

    async def test_every_scope_but_the_one(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        for scope in Scope:
            others = [it for it in Scope if it not in {scope, Scope.ADMIN}]
            headers = {"x-api-key": await key(runtime, *others)}
            for method, path, route in GUARDED:
                demand = demand_of(route)
                if isinstance(demand, Needs) and demand.scope is scope:
                    answer = await client.request(method, filled(path), headers=headers, json=body_for(path))
                    assert answer.status_code == 403, (method, path)

    async def test_what_is_of_another_tenant(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        async with runtime.db.write() as session:
            mine = await Tenants(session, OWNER, runtime.clock).create("mine", Quotas())
            await Tenants(session, OWNER, runtime.clock).create("theirs", Quotas())
        headers = {"x-api-key": await key(runtime, Scope.ADMIN)}  # the key with the id 1 is of `default`
        person = (await client.post("/persons", json={"name": "Ana"}, headers=headers)).json()["id"]
        headers = {
            "x-api-key": await key(runtime, Scope.ADMIN, who=Principal(mine.id)), "x-tenant-id": "mine",
        }  # fmt: skip
        seen = 0
        for method, path, _ in GUARDED:
            if "{" in path and path not in REPEATABLE:
                seen += 1
                carried = fitting(method, path)
                answer = await client.request(method, filled(path, person), headers=headers, **carried)
                assert answer.status_code == 404, (method, path)
        assert seen > 10
