"""Card keys and one-time secrets at rest: sealed with a key derived from the server's secret, never stored in clear."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from huiyin.lib.errors import Refusal


@lru_cache(maxsize=4)
def _box(server_key: bytes) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"huiyin seal 1").derive(server_key)
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(server_key: bytes, text: str) -> str:
    """Encrypt and authenticate `text`; the result is plain ASCII."""
    return _box(server_key).encrypt(text.encode()).decode()


def unseal(server_key: bytes, sealed: str) -> str:
    """The text again. Raises Refusal('seal_broken') when the server's key changed or the bytes did."""
    try:
        return _box(server_key).decrypt(sealed.encode()).decode()
    except InvalidToken as fault:
        raise Refusal("seal_broken") from fault
