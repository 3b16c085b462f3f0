"""What a route asks of whoever calls it: a scope, or nothing. Every route says one of the two."""

from collections.abc import Iterable
from typing import cast

from fastapi import Depends, FastAPI, Request, Response
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.datastructures import QueryParams
from starlette.types import Scope as HttpScope

from kith.accounts.errors import ScopeMissing
from kith.accounts.principal import Principal, Scope
from kith.surfaces.limiting import kind_of, limit

PRINCIPAL = "kith.principal"
# What a browser that has signed in sends along.
COOKIE = "kith_session"
# Set where only the headers of an answer are asked for.
IS_HEAD = "kith.is_head"


def principal_of(scope: HttpScope) -> Principal:
    """Who sent a request, as found out before the dispatcher."""
    return cast("Principal", scope[PRINCIPAL])


class Needs:
    """The dependency behind `needs`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(self, request: Request, response: Response) -> None:
        who = principal_of(request.scope)
        if not who.may(self.scope):
            raise ScopeMissing(f"this needs a key with the scope {self.scope}", scope=self.scope)
        await limit(request, response, who, kind_of(self.scope))


class NeedsOrLink(Needs):
    """The dependency behind `needs_or_link`."""

    async def __call__(self, request: Request, response: Response) -> None:
        if not has_link(request.scope):
            await super().__call__(request, response)


class Public:
    """The dependency behind `PUBLIC`."""

    async def __call__(self) -> None: ...


def needs(scope: Scope) -> Dependency:
    """`dependencies=[needs(Scope.INDEX)]`: the route takes only who may do that."""
    return Depends(Needs(scope))


def needs_or_link(scope: Scope) -> Dependency:
    """As `needs`; but a request that shows a signature needs no key. The route then checks that signature."""
    return Depends(NeedsOrLink(scope))


def has_link(scope: HttpScope) -> bool:
    """Whether a request shows the signature of a link, right or wrong."""
    return "signature" in QueryParams(scope.get("query_string", b""))


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
