"""What a route asks of whoever calls it: a scope, or nothing. Every route says one of the two."""

from collections.abc import Iterable
from typing import cast

from fastapi import Depends, FastAPI, Request
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import Scope as HttpScope

from kith.accounts.errors import ScopeMissing
from kith.accounts.principal import Principal, Scope

PRINCIPAL = "kith.principal"


def principal_of(scope: HttpScope) -> Principal:
    """Who sent a request, as found out before the dispatcher."""
    return cast("Principal", scope[PRINCIPAL])


class Needs:
    """The dependency behind `needs`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(self, request: Request) -> None:
        if not principal_of(request.scope).may(self.scope):
            raise ScopeMissing(f"this needs a key with the scope {self.scope}", scope=self.scope)


class Public:
    """The dependency behind `PUBLIC`."""

    async def __call__(self) -> None: ...


def needs(scope: Scope) -> Dependency:
    """`dependencies=[needs(Scope.INDEX)]`: the route takes only who may do that."""
    return Depends(Needs(scope))


# `dependencies=[PUBLIC]`: the route asks nobody for a key. Who has none there is a Principal without scopes.
PUBLIC: Dependency = Depends(Public())


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every endpoint of a surface."""
    found = (it.original_route for it in iter_route_contexts(app.routes))
    return [route for route in found if isinstance(route, APIRoute)]


def demand_of(route: APIRoute) -> Needs | Public | None:
    """What a route asks for."""
    asked: Iterable[object] = (it.dependency for it in route.dependencies)
    return next((it for it in asked if isinstance(it, Needs | Public)), None)
