"""Secrets that Kith must be able to use again, such as the keys webhooks are signed with."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from kith.kit.errors import SecretSealed

_SEALED = "sealed:"
_PLAIN = "plain:"


class Sealer:
    """Encrypts what is stored, if there is a key; what was stored without one stays readable."""

    def __init__(self, key: str | None = None) -> None:
        self._fernet: Fernet | None = None
        if key is not None:
            digest = hashlib.blake2b(key.encode(), digest_size=32, person=b"kith.secrets").digest()
            self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def seal(self, secret: str) -> str:
        if self._fernet is None:
            return _PLAIN + secret
        return _SEALED + self._fernet.encrypt(secret.encode()).decode()

    def open(self, stored: str) -> str:
        """Raises SecretSealed if it was sealed with another key, or with any and there is none now."""
        if stored.startswith(_PLAIN):
            return stored.removeprefix(_PLAIN)
        try:
            if self._fernet is not None:
                return self._fernet.decrypt(stored.removeprefix(_SEALED)).decode()
        except InvalidToken as error:
            raise SecretSealed("it was stored under another KITH_WEBHOOKS__KEY") from error
        raise SecretSealed("it was stored under a KITH_WEBHOOKS__KEY, and none is set")
