"""The token that opens one conversation: computed from its number, so that a repeated opening gets the same one; in the
table stands only its digest."""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta

from django.conf import settings

LIVES_AFTER_END = timedelta(days=30)  # a buyer reads and downloads it that long; afterwards the number and PIN remain

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def token_for(no: str) -> str:
    """256 bits as 43 letters of base64url."""
    mac = hmac.digest(settings.SECRET_KEY.encode(), b"huiyin talk token v1\0" + no.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def is_shaped(token: str) -> bool:
    """Whether this can be a token at all; what cannot is not looked up."""
    return _SHAPE.fullmatch(token) is not None


def digest_of(token: str) -> str:
    """What of a token stands in the table."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_expired(ended_at: datetime | None, now: datetime) -> bool:
    """Whether the token of a conversation that ended then opens nothing any more."""
    return ended_at is not None and now > ended_at + LIVES_AFTER_END
