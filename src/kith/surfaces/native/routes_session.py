"""Signing in by a key, for browsers."""

from fastapi import APIRouter, Depends, Request, Response

from kith.surfaces.access import PUBLIC
from kith.surfaces.limiting import PerAddress
from kith.surfaces.native import wire_session as wire
from kith.surfaces.native.signing_in import give_cookie, renewed, session_of, take_cookie
from kith.surfaces.native.wire import ProblemOut
from kith.surfaces.requests import Kith, Who

_PER_MINUTE = 20
_REFUSED = {"model": ProblemOut, "description": "The key is not valid"}
_TOO_OFTEN = {"model": ProblemOut, "description": "Too many were tried"}

router = APIRouter(tags=["session"])


@router.get("/session", dependencies=[PUBLIC], summary="Whether one has signed in")
async def show_session(request: Request, response: Response, kith: Kith, who: Who) -> wire.SessionOut:
    """Who has signed in stays so for another twelve hours."""
    if (token := await renewed(request, kith)) is not None:
        give_cookie(request, response, token)
    return await session_of(request, kith, who)


@router.post(
    "/session", dependencies=[PUBLIC, Depends(PerAddress("sign-in", lambda _: _PER_MINUTE))],
    summary="Sign in by a key", responses={401: _REFUSED, 429: _TOO_OFTEN},
)  # fmt: skip
async def sign_in(body: wire.SignInIn, request: Request, response: Response, kith: Kith) -> wire.SessionOut:
    """The answer sets a cookie that stands for the key in this browser, for twelve hours."""
    signed_in = await kith.sign_ins.begin(body.key)
    if signed_in is None:
        return await session_of(request, kith, None)
    give_cookie(request, response, signed_in.token)
    return await session_of(request, kith, signed_in.who)


@router.delete("/session", dependencies=[PUBLIC], summary="Sign out", status_code=204)
async def sign_out(response: Response) -> None:
    """The browser forgets the cookie. The key itself stays as it is."""
    take_cookie(response)
