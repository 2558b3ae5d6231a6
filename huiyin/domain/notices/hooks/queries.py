"""Which hooks there are, and what a delivery says."""

import json
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from huiyin.domain.notices.hooks.models import Hook, HookDelivery
from huiyin.domain.notices.hooks.rules import EVENTS
from huiyin.lib.seal import unseal
from huiyin.lib.signing import ShopKey


def hooks(by: str | None = None) -> QuerySet[Hook]:
    """Every subscription that was not removed, oldest first; with `by` those that this key made."""
    kept = Hook.objects.exclude(state="removed").select_related("matter").order_by("pk")
    return kept if by is None else kept.filter(by=by)


def active() -> list[int]:
    return list(Hook.objects.filter(state="active").order_by("pk").values_list("pk", flat=True))


def key_of(hook: Hook) -> ShopKey:
    """What its deliveries are signed with."""
    return ShopKey(f"hook-{hook.pk}", unseal(settings.SECRET_KEY.encode(), hook.sealed))


def newest_deliveries(hook: Hook, most: int = 50) -> list[HookDelivery]:
    return list(hook.deliveries.order_by("-seq")[:most])


def body_of(delivery: HookDelivery, text: str | None = None) -> bytes:
    """What is posted: JSON in UTF-8. `text`: the words of the message, for a hook that may have them."""
    said: dict[str, Any] = {
        "id": f"{delivery.hook_id}-{delivery.seq}", "seq": delivery.seq, "event": delivery.event,
        "at": delivery.created_at.isoformat(), "data": {},
    }  # fmt: skip
    if (fact := delivery.fact) is not None:
        known = EVENTS.get(fact.name, ())
        said |= {"at": fact.at.isoformat(), "by": fact.by, "matter_no": fact.matter.no, "topic": fact.matter.topic}
        said["data"] = {key: fact.data[key] for key in known if key in fact.data}
    if text is not None:
        said["data"]["text"] = text
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def waiting_for(hook: Hook) -> int:
    """How many deliveries it has not got yet."""
    return hook.deliveries.filter(state="queued").count()
