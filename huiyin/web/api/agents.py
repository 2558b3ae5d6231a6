"""What a person does and takes: presence over the API, as the desk sets it."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from huiyin.domain.routing import actions as routing
from huiyin.domain.routing.actions import Places
from huiyin.domain.routing.actions.presence import UNNAMED as UNNAMED
from huiyin.domain.routing.queries import in_hand, state_of
from huiyin.domain.routing.states import Presence
from huiyin.domain.staff.models import Person
from huiyin.lib.clock import now
from huiyin.lib.errors import Refusal
from huiyin.web.api.fields import Input, Plain, iso
from huiyin.web.api.persons import Agent, me
from huiyin.web.api.problems import PROBLEMS

router = Router(tags=["agents"], auth=Agent())
Name = Annotated[Plain, Field(max_length=64)]
Count = Annotated[int, Field(ge=0, le=1_000, strict=True)]


class PlacesIn(Input):
    """How many at once, by kind; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    chat: Count | None = None
    call: Count | None = None
    case: Count | None = None


class PresenceIn(Input):
    """`capacity`: chats at once, or each kind by name. `stretch`: one chat more at peak."""

    state: Annotated[Plain, Field(max_length=20)]
    reason: Annotated[Plain, Field(max_length=24)] = ""
    device: Name = ""
    capacity: Count | PlacesIn | None = None
    stretch: bool | None = None


class PlacesOut(Schema):
    chat: int
    call: int
    case: int


class ItemOut(Schema):
    """Something in one's hands. `id` is the number of the matter, as conversations and cases have it."""

    item: int
    id: str
    kind: str
    queue: str
    taken_at: str


class AgentOut(Schema):
    """`until`: when a wrap-up ends by itself. `renew_s`: call something of this part of the API at least this often."""

    agent_no: str
    tier: str
    state: str
    reason: str
    since: str | None
    until: str | None
    devices: list[str]
    capacity: PlacesOut
    stretch: bool
    in_hand: list[ItemOut]
    renew_s: int


@router.get("/me", response={200: AgentOut, **PROBLEMS})
def read_me(request: HttpRequest, device: Name = "") -> dict[str, Any]:
    """What you do and have; renews the lease of the device."""
    routing.heartbeat(me(request), device or UNNAMED, now=now())
    return _seen(me(request))


@router.put("/me/presence", response={200: AgentOut, **PROBLEMS})
def set_presence(request: HttpRequest, presence: PresenceIn) -> dict[str, Any]:
    """Say what you do on this device: available, busy, break (with a reason), wrap_up, or offline."""
    person, device = me(request), presence.device or UNNAMED
    if presence.state == Presence.OFFLINE:
        routing.leave(person, presence.device, now=now())
        return _seen(person)
    routing.set_presence(
        person, device, presence.state, reason=presence.reason, capacity=_places(presence), now=now()
    )  # fmt: skip
    return _seen(person)


@router.post("/me/heartbeat", response={200: AgentOut, **PROBLEMS})
def renew(request: HttpRequest, device: Name = "") -> dict[str, Any]:
    """Renew the lease of a device; 409 where it has none: say what you do first."""
    if routing.heartbeat(me(request), device or UNNAMED, now=now()) is None:
        raise Refusal("no_lease")
    return _seen(me(request))


def _places(presence: PresenceIn) -> Places | None:
    given = presence.capacity
    named = {"chat": given} if isinstance(given, int) else given.model_dump(exclude_none=True) if given else {}
    return Places(named, presence.stretch) if named or presence.stretch is not None else None


def _seen(person: Person) -> dict[str, Any]:
    seen = state_of(person, now())
    most = seen.load.most
    return {
        "agent_no": person.agent_no, "tier": person.tier, "state": seen.state.value, "reason": seen.reason,
        "since": iso(seen.since) if seen.since else None, "until": iso(seen.until) if seen.until else None,
        "devices": list(seen.devices), "capacity": {"chat": most.chats, "call": most.calls, "case": most.cases},
        "stretch": seen.load.stretches, "in_hand": [_item(item) for item in in_hand(person)],
        "renew_s": routing.RENEW_S,
    }  # fmt: skip


def _item(item: Any) -> dict[str, Any]:
    return {
        "item": item.pk, "id": item.matter.no, "kind": item.kind, "queue": item.queue.slug,
        "taken_at": iso(item.taken_at),
    }  # fmt: skip
