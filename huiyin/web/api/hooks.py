"""Webhooks: an integrator subscribes to events, sees what became of them, and has them sent again."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from huiyin.domain.notices.hooks import actions
from huiyin.domain.notices.hooks.models import Hook, HookDelivery
from huiyin.domain.notices.hooks.queries import hooks, newest_deliveries, waiting_for
from huiyin.domain.notices.hooks.rules import LONGEST_URL, Wanted
from huiyin.lib.clock import now
from huiyin.web.api.auth import Key, key_of
from huiyin.web.api.fields import Input, Plain, iso
from huiyin.web.api.problems import PROBLEMS, Problem

router = Router(tags=["hooks"], auth=Key("hooks"))
TEXT_SCOPE, ALL_SCOPE = "hooks_text", "hooks_admin"


class HookIn(Input):
    """`with_text`: the words of messages travel along; the key needs the scope `hooks_text` for it."""

    name: Annotated[Plain, Field(min_length=1, max_length=60)]
    url: Annotated[Plain, Field(min_length=1, max_length=LONGEST_URL)]
    events: Annotated[list[Annotated[Plain, Field(max_length=48)]], Field(min_length=1, max_length=50)]
    with_text: bool = False


class ReplayIn(Input):
    """`since`: everything from this number on, also what was received; without it, what was given up or waits."""

    since: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class HookOut(Schema):
    """`state`: active | stopped (an event could not be delivered; replay it) | removed."""

    id: int
    name: str
    url: str
    events: list[str]
    with_text: bool
    state: Literal["active", "stopped", "removed"]
    last_seq: int
    waiting: int
    made_at: str


class HookMadeOut(HookOut):
    """`key_id` and `secret` check the signature; the secret is shown this once."""

    key_id: str
    secret: str


class DeliveryOut(Schema):
    id: str
    seq: int
    event: str
    state: Literal["queued", "sent", "dead"]
    tries: int
    status: int | None
    fault: str
    next_try_at: str | None
    sent_at: str | None


class HookWhole(HookOut):
    deliveries: list[DeliveryOut]


class HooksOut(Schema):
    hooks: list[HookOut]


class Count(Schema):
    count: int


@router.post("", response={201: HookMadeOut, **PROBLEMS})
def subscribe(request: HttpRequest, wanted: HookIn) -> Status[dict[str, Any]]:
    """Subscribe an address of yours to events."""
    key = key_of(request)
    if wanted.with_text and TEXT_SCOPE not in key.scopes:
        raise Problem(403, "scope_missing", scope=TEXT_SCOPE)
    asked = Wanted(wanted.name, wanted.url, tuple(wanted.events), wanted.with_text)
    hook, secret = actions.subscribe(asked, by=key.by, now=now())
    return Status(201, _hook(hook) | {"key_id": f"hook-{hook.pk}", "secret": secret})


@router.get("", response={200: HooksOut, **PROBLEMS})
def list_hooks(request: HttpRequest) -> dict[str, Any]:
    """One's own subscriptions; with the scope `hooks_admin` everybody's."""
    return {"hooks": [_hook(hook) for hook in hooks(_whose(request))]}


@router.get("/{int:pk}", response={200: HookWhole, **PROBLEMS})
def one_hook(request: HttpRequest, pk: int) -> dict[str, Any]:
    """One subscription and its newest fifty deliveries."""
    hook = _known(request, pk)
    return _hook(hook) | {"deliveries": [_delivery(row) for row in newest_deliveries(hook)]}


@router.delete("/{int:pk}", response={204: None, **PROBLEMS})
def remove(request: HttpRequest, pk: int) -> Status[None]:
    """It is told nothing more."""
    actions.remove(_known(request, pk), by=key_of(request).by, now=now())
    return Status(204, None)


@router.post("/{int:pk}/ping", response={202: DeliveryOut, **PROBLEMS})
def ping(request: HttpRequest, pk: int) -> Status[dict[str, Any]]:
    """Have an event without content sent, to see that the way is free."""
    return Status(202, _delivery(actions.ping(_known(request, pk), now=now())))


@router.post("/{int:pk}/replay", response={202: Count, **PROBLEMS})
def replay(request: HttpRequest, pk: int, wanted: ReplayIn) -> Status[dict[str, Any]]:
    """Send again what was given up, or everything since a number."""
    return Status(202, {"count": actions.replay(_known(request, pk), wanted.since, by=key_of(request).by, now=now())})


def _whose(request: HttpRequest) -> str | None:
    """Whose subscriptions this key sees; None: everybody's."""
    key = key_of(request)
    return None if ALL_SCOPE in key.scopes else key.by


def _known(request: HttpRequest, pk: int) -> Hook:
    """Raises Hook.DoesNotExist, a 404, also for the subscription of another key."""
    return hooks(_whose(request)).get(pk=pk)


def _hook(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.pk, "name": hook.name, "url": hook.url, "events": hook.events, "with_text": hook.with_text,
        "state": hook.state, "last_seq": hook.last_seq, "waiting": waiting_for(hook), "made_at": iso(hook.created_at),
    }  # fmt: skip


def _delivery(row: HookDelivery) -> dict[str, Any]:
    return {
        "id": f"{row.hook_id}-{row.seq}", "seq": row.seq, "event": row.event, "state": row.state, "tries": row.tries,
        "status": row.status, "fault": row.fault, "sent_at": iso(row.sent_at) if row.sent_at else None,
        "next_try_at": iso(row.next_try_at) if row.state == "queued" else None,
    }  # fmt: skip
