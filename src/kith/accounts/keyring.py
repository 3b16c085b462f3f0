"""Who shows which key."""

import hmac

from kith.accounts.errors import ApiKeyMissing
from kith.accounts.principal import Principal

# Who asks while there is no key at all.
_ANYBODY = Principal(actor="api")


class Keyring:
    """Every key there is; `configured` is the one a setting holds."""

    def __init__(self, configured: str | None) -> None:
        self._configured = configured.encode() if configured is not None else None

    async def identify(self, shown: str | None) -> Principal:
        """Whose key it is; raises ApiKeyMissing unless it is a valid one, or there is none at all."""
        if self._configured is None:
            return _ANYBODY
        if hmac.compare_digest((shown or "").encode("latin-1"), self._configured):
            return _ANYBODY
        raise ApiKeyMissing
