"""The key that signs dossiers: Ed25519, made once by `huiyin start` (`dossier_key` in the secrets file)."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def sign(content: bytes) -> bytes:
    """The 64 bytes of the signature."""
    return _key().sign(content)


def public_pem() -> bytes:
    """The public key, as it stands under `/.well-known/huiyin-dossier-key.pem` and in every dossier."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _key() -> Ed25519PrivateKey:
    if not settings.DOSSIER_KEY:
        raise ImproperlyConfigured("dossier_key is missing in the secrets file; `huiyin start` adds it")
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(settings.DOSSIER_KEY + "="))
