"""Getting a delivery out: the worker calls this, outside any transaction."""

from collections.abc import Callable
from urllib.parse import urlsplit

from huiyin.domain.journal.models import Fact
from huiyin.domain.notices.hooks import actions
from huiyin.domain.notices.hooks.caller import Caller
from huiyin.domain.notices.hooks.models import HookDelivery
from huiyin.domain.notices.hooks.queries import body_of, key_of
from huiyin.lib.clock import now
from huiyin.lib.errors import Rejected, Unavailable
from huiyin.lib.signing import Message, signed_headers

TextOf = Callable[[Fact], str | None]


def deliver_next(hook_id: int, caller: Caller, text_of: TextOf) -> bool:
    """Send what is next for a hook; whether something went out, so that asking again is worth while.

    It may go out twice if we die between call and note; it is never lost, and `id` tells the other side."""
    delivery = actions.claim(hook_id, now=now())
    if delivery is None:
        return False
    status = None
    try:
        status = _post(delivery, caller, text_of)
    except (Unavailable, Rejected) as trouble:
        actions.not_sent(delivery, str(trouble.args[0]), None, now=now())
        return False
    if not 200 <= status < 300:
        actions.not_sent(delivery, "redirected" if 300 <= status < 400 else f"answered_{status}", status, now=now())
        return False
    actions.sent(delivery, status, now=now())
    return True


def _post(delivery: HookDelivery, caller: Caller, text_of: TextOf) -> int:
    hook, fact = delivery.hook, delivery.fact
    body = body_of(delivery, text_of(fact) if fact is not None and hook.with_text else None)
    parts = urlsplit(hook.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = signed_headers(Message("POST", target, body), key_of(hook), now())
    headers |= {
        "Content-Type": "application/json; charset=utf-8",
        "X-Huiyin-Event": delivery.event,
        "X-Huiyin-Delivery": f"{hook.pk}-{delivery.seq}",
    }
    return caller.post(hook.url, body, headers)
