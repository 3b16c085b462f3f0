"""The cookie of who has signed in, and what is told of them."""

import ipaddress

from fastapi import Request, Response

from kith.accounts.errors import TenantSuspended
from kith.accounts.principal import EVERYTHING, Principal, Scope
from kith.accounts.signing_in import LASTS
from kith.runtime import Runtime
from kith.surfaces.access import COOKIE
from kith.surfaces.limiting import CLIENT
from kith.surfaces.native import wire_session as wire
from kith.tenants.service import get_own


def give_cookie(request: Request, response: Response, token: str) -> None:
    """Out of reach of scripts and of other sites; over https it never travels without."""
    # Whoever makes this header up only keeps their own cookie from themselves.
    is_secure = "https" in {request.url.scheme, request.headers.get("x-forwarded-proto", "").lower()}
    response.set_cookie(
        COOKIE, token, max_age=int(LASTS.total_seconds()), path="/", httponly=True, samesite="strict",
        secure=is_secure,
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"


def take_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


async def renewed(request: Request, kith: Runtime) -> str | None:
    """A token that lasts longer than the one that was sent; None where none was, or one that is over."""
    token = request.cookies.get(COOKIE)
    try:
        found = await kith.sign_ins.identify(token) if token else None
    except TenantSuspended:
        return None
    return found.token if found is not None else None


async def session_of(request: Request, kith: Runtime, who: Principal | None) -> wire.SessionOut:
    """What somebody may do; None is who has shown nothing, and who without any key may do everything here."""
    needs_key = await kith.keyring.has_keys() or not _is_here(request)
    if not needs_key:
        who = Principal(scopes=EVERYTHING)
    if who is None or not who.scopes:
        return wire.SessionOut(needs_key=needs_key, signed_in=False, scopes=[], tenant=None)
    async with kith.db.read() as session:
        tenant = await get_own(session, who)
    scopes = [scope for scope in Scope if who.may(scope)]
    return wire.SessionOut(needs_key=needs_key, signed_in=True, scopes=scopes, tenant=tenant.slug)


def _is_here(request: Request) -> bool:
    try:
        return ipaddress.ip_address(str(request.scope[CLIENT]).partition("%")[0]).is_loopback
    except ValueError:
        return False
