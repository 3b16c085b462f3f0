"""Sign-in on the wire."""

from pydantic import Field

from kith.accounts.principal import Scope
from kith.surfaces.native.wire import Wire


class SignInIn(Wire):
    key: str = Field(min_length=1, max_length=500)


class SessionOut(Wire):
    """`needs_key`: whoever asks has to show a key, or to sign in by one. `tenant` is a slug."""

    needs_key: bool
    signed_in: bool
    scopes: list[Scope]
    tenant: str | None
