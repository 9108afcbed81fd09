"""Secrets that must be said again (a password of a mailbox, what a webhook is signed with): sealed in the database.

The key follows from SECRET_KEY, so that a copy of the database alone opens nothing.
"""

import base64
import functools

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from core.errors import Conflict

#: Tells this use of SECRET_KEY from every other.
PURPOSE = b"portolan: secrets in the database"


class Unreadable(Conflict):
    """A sealed secret cannot be opened by the present SECRET_KEY."""


def sealed(text: str) -> str:
    """A secret as it may be stored; each time another text."""
    return _fernet(*_keys()).encrypt(text.encode()).decode()


def unsealed(token: str) -> str:
    """The secret behind a stored text, sealed by the present SECRET_KEY or one of SECRET_KEY_FALLBACKS.

    Raises:
        Unreadable: it was sealed by another one, or changed since.
    """
    try:
        return _fernet(*_keys()).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Unreadable(
            "A stored secret cannot be read any more: SECRET_KEY is not the one by which it was sealed."
            " Put the former key back, or give the secret anew."
        ) from error


def _keys() -> tuple[str | bytes, ...]:
    return settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS


@functools.lru_cache(maxsize=4)
def _fernet(*keys: str | bytes) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(force_bytes(key))
    return base64.urlsafe_b64encode(derived)
