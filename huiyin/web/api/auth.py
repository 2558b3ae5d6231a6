"""Who calls: programs with a scoped key, and the shop with its signature."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from huiyin.domain.staff.models import ApiKey
from huiyin.domain.staff.queries import key_for
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.lib.signing import Message, ShopKey, check_signed
from huiyin.web.api.problems import Problem

LONGEST_TOKEN = 200


class Key(HttpBearer):
    """`Authorization: Bearer …`, a key that has the scope of this part of the API."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiKey:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise Problem(401, "key_missing")
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        """The key; raises Problem 401 for one we do not know, 403 for one without the scope."""
        key = key_for(token) if len(token) <= LONGEST_TOKEN else None
        if key is None:
            raise Problem(401, "key_unknown")
        if self.scope not in key.scopes:
            raise Problem(403, "scope_missing", scope=self.scope)
        return key


def key_of(request: HttpRequest) -> ApiKey:
    """The key that `Key` let in."""
    key = request.auth  # type: ignore[attr-defined]  # django-ninja puts it there
    assert isinstance(key, ApiKey)
    return key


def signed_by_the_shop(request: HttpRequest) -> bool:
    """The shop's seal over the raw body. Raises Refusal `signature_…`; without a shared secret nobody can sign."""
    if not settings.SHOP_SECRET:
        raise Refusal("signature_wrong")
    target, query = quote(request.path, safe="/:@!$&'()*+,;=~"), request.META.get("QUERY_STRING", "")
    message = Message(request.method or "", f"{target}?{query}" if query else target, request.body)
    check_signed(message, request.headers, ShopKey(settings.SHOP_KEY_ID, settings.SHOP_SECRET), now())
    return True
