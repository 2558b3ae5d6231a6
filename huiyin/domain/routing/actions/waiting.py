"""Joining a queue, leaving it, being done, and saying that it is urgent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from huiyin.domain.contacts.models import Buyer
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.actions.ending import end_item, withdraw_pending
from huiyin.domain.routing.actions.presence import wrap_up
from huiyin.domain.routing.actions.queues import queue_named
from huiyin.domain.routing.events import ItemDone, ItemLeft, ItemQueued, MarkedUrgent
from huiyin.domain.routing.models import Item, Queue
from huiyin.domain.routing.queries import is_open, next_opening
from huiyin.domain.routing.states import OPEN, QUEUED, ItemState, Kind
from huiyin.domain.routing.terms import CASE_TERM_S, Precedence, term_s
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.limits import actions as limits
from huiyin.lib.postgresql import often

STICKY_S = {Kind.CHAT: 20, Kind.CALL: 10, Kind.CASE: 600, Kind.CALLBACK: 60}
LIVE = (Kind.CHAT, Kind.CALL)
URGENT_A_DAY = 3  # marks of one buyer that count; who marks everything urgent marks nothing
URGENT_AN_ADDRESS = 6  # in an hour, of people whom nobody vouches for: a family or an office shares one
DAY_S, HOUR_S = 86_400, 3_600
URGENT_REASONS = ("money_at_risk", "account_stolen", "deadline_today", "safety", "other")


@dataclass(frozen=True, slots=True)
class Want:
    """What waits, for whom. `arrived_at` and `due_at` where a place was kept, or something else sets the time."""

    kind: str
    queue: str
    buyer: Buyer | None = None
    tier: str = "ordinary"
    urgent: bool = False
    elderly: bool = False
    skills: Mapping[str, int] = field(default_factory=dict)
    prefers: Person | None = None
    barred: tuple[int, ...] = ()
    arrived_at: datetime | None = None
    due_at: datetime | None = None
    came_from: Item | None = None


@journal.verb
def enqueue(matter: Matter, want: Want, *, by: str, now: datetime) -> Item:
    """Wait for a person. A matter waits once: where something is open already, that is it.

    Raises Refusal `queue_closed` (with `opens_at`) or `queue_full` for what is answered live, `queue_unknown`.
    """
    locked = journal.lock_one(matter.pk)
    if (known := _OPEN.first(matter.pk)) is not None:
        return known
    queue = queue_named(want.queue)
    if want.kind in LIVE and want.came_from is None:
        queue = _with_room(queue, now)
    item = often.insert([Item(**_columns(queue, want, now), matter=locked)])[0]
    queued = ItemQueued(
        item=item.pk, kind=item.kind, queue=queue.slug, due=item.due_at, tier=item.tier, urgent=item.urgent,
        elderly=item.elderly,
    )  # fmt: skip
    journal.record(locked, queued, by=by, now=now, tell=("queue", f"router:i{item.pk}"))
    return item


# every call and chat asks these; the second looks at index `item_queued` alone
_OPEN = often.Read(lambda matter: Item.objects.filter(matter=matter, state__in=OPEN).select_related("queue", "buyer"))
_WAITING_IN = """
SELECT count(*) FROM routing_item WHERE queue_id = %s AND state IN ('waiting', 'offered') AND kind IN ('chat', 'call')
"""


def _with_room(queue: Queue, now: datetime) -> Queue:
    """This queue, or the one it overflows to when it is full. Raises Refusal."""
    if not is_open(queue, now):
        opens = next_opening(queue, now)
        raise Refusal("queue_closed", queue=queue.slug, opens_at=opens.isoformat() if opens else "")
    if _waiting_in(queue) < queue.most_waiting:
        return queue
    other = queue.overflow_to
    if other is None or not is_open(other, now) or _waiting_in(other) >= other.most_waiting:
        raise Refusal("queue_full", queue=queue.slug)
    return other


def _waiting_in(queue: Queue) -> int:
    return int(often.run(_WAITING_IN, [queue.pk])[0][0])


def _columns(queue: Queue, want: Want, now: datetime) -> dict[str, object]:
    arrived = want.arrived_at or now
    return {
        "kind": Kind(want.kind).value, "queue": queue, "buyer": want.buyer, "tier": want.tier, "urgent": want.urgent,
        "elderly": want.elderly, "skills": {**queue.skills, **want.skills}, "arrived_at": arrived,
        "due_at": want.due_at or arrived + timedelta(seconds=_seconds(queue, want)), "prefers": want.prefers,
        "sticky_until": now + timedelta(seconds=STICKY_S[Kind(want.kind)]) if want.prefers else None,
        "barred": list(want.barred), "came_from": want.came_from,
    }  # fmt: skip


def _seconds(queue: Queue, want: Want) -> int:
    if want.kind == Kind.CASE:
        return int(queue.terms.get("case", CASE_TERM_S))
    return term_s(queue.terms, Precedence(want.tier, want.urgent, want.elderly))


@journal.verb
def done(item: Item, *, by: str, now: datetime) -> None:
    """What somebody had in hand is finished; after a call they wrap it up. Harmless to repeat; what nobody had taken
    yet leaves the queue."""
    item.refresh_from_db(fields=["agent"])
    wraps_up = item.agent if item.kind == Kind.CALL else None  # a chat is wrapped up before it is done
    matter = _lock_with(item.matter_id, wraps_up)
    if _finish(item, matter, by=by, now=now) and wraps_up is not None:
        wrap_up(wraps_up, item.queue.wrap_up_s, now=now)


@journal.verb
def wrapped(item: Item, *, by: str, now: datetime) -> None:
    """As `done`, for what has been wrapped up already (HL12): whoever had it is free at once."""
    _finish(item, journal.lock_one(item.matter_id), by=by, now=now)


def _finish(item: Item, matter: Matter, *, by: str, now: datetime) -> bool:
    """Whether somebody had it."""
    item.refresh_from_db(fields=["state", "agent", "taken_at"])
    if item.state != ItemState.TAKEN:
        leave_queue(item, "answered", by=by, now=now)
        return False
    assert item.agent is not None
    assert item.taken_at is not None
    end_item(item, ItemState.DONE, "", now=now)
    took = int((now - item.taken_at).total_seconds())
    finished = ItemDone(item=item.pk, kind=item.kind, agent_no=item.agent.agent_no, took_s=took)
    tell = ("queue", f"agent:{item.agent.agent_no}", f"router:a{item.agent_id}")
    journal.record(matter, finished, by=by, now=now, tell=tell)
    return True


def _lock_with(matter_id: int, person: Person | None) -> Matter:
    locked = journal.lock(matter_id, *([person.matter_id] if person else []))
    return next(matter for matter in locked if matter.pk == matter_id)


@journal.verb
def leave_queue(item: Item, why: str, *, by: str, now: datetime) -> None:
    """Whoever waited is gone, or needs nobody any more: `why` is a code such as `gone`, `call_back`, `answered`.
    Harmless to repeat; what somebody has in hand stays there."""
    matter = journal.lock_one(item.matter_id)
    item.refresh_from_db(fields=["state"])
    if item.state not in QUEUED:
        return
    withdraw_pending(item, matter, "left", now=now)
    end_item(item, ItemState.LEFT, why, now=now)
    waited = max(0, int((now - item.arrived_at).total_seconds()))
    left = ItemLeft(item=item.pk, kind=item.kind, why=why, waited_s=waited)
    journal.record(matter, left, by=by, now=now, tell=("queue", f"router:i{item.pk}"))


@journal.verb
def mark_urgent(item: Item, reason: str, *, by: str, now: datetime) -> Item:
    """CH2: skip ahead to somebody senior, for one of URGENT_REASONS. Raises Refusal `say_why`, and `urgent_often` where
    one buyer marks more than three matters a day."""
    if reason not in URGENT_REASONS:
        raise Refusal("say_why")
    matter = journal.lock_one(item.matter_id)
    item.refresh_from_db(fields=["state", "urgent", "due_at", "skills"])
    if item.urgent or item.state not in QUEUED:
        return item
    if not by.startswith("staff:"):
        count_urgent(str(item.buyer_id or matter.no), now)
    term = term_s(item.queue.terms, Precedence(item.tier, urgent=True))
    item.urgent, item.due_at = True, min(item.due_at, now + timedelta(seconds=term))
    Item.objects.filter(pk=item.pk).update(urgent=True, due_at=item.due_at)
    marked = MarkedUrgent(item=item.pk, reason=reason, due=item.due_at)
    journal.record(matter, marked, by=by, now=now, tell=("queue", f"router:i{item.pk}"))
    return item


def count_urgent(who: str, now: datetime) -> None:
    """Who marks everything urgent marks nothing. Raises Refusal `urgent_often`: nothing else has changed."""
    try:
        limits.take(f"urgent:{who}", URGENT_A_DAY, DAY_S, now)
    except Refusal as no:
        raise Refusal("urgent_often", limit=URGENT_A_DAY, **no.params) from no


def count_urgent_from(address: str, now: datetime) -> None:
    """Names are free, addresses less so: marks of whoever is not known count by those as well. Raises Refusal
    `urgent_crowded`."""
    try:
        limits.take(f"urgents:{address}", URGENT_AN_ADDRESS, HOUR_S, now)
    except Refusal as no:
        raise Refusal("urgent_crowded", **no.params) from no


def again(item: Item, **changes: object) -> Want:
    """What this item wants, to wait once more; `changes` are fields of `Want`."""
    same = Want(
        kind=item.kind, queue=item.queue.slug, buyer=item.buyer, tier=item.tier, urgent=item.urgent,
        elderly=item.elderly, skills=item.skills, barred=tuple(item.barred), came_from=item,
    )  # fmt: skip
    return replace(same, **changes)  # type: ignore[arg-type]  # the caller names fields of Want
