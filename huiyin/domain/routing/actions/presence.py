"""What people are doing, per device. A device renews its lease; one that fell asleep loses it by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.events import PresenceChanged
from huiyin.domain.routing.models import Item, Lease, Seat
from huiyin.domain.routing.queries import live_leases, mode_rules
from huiyin.domain.routing.states import LEASED, ItemState, Presence, presence_of
from huiyin.domain.routing.tries import Tries
from huiyin.domain.staff import actions as staff
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.postgresql import often

RENEW_S = 15
LEASE = timedelta(seconds=45)  # two lost heartbeats are forgiven
UNNAMED = "api"  # programs that name no device call when they like, not every 15 s
UNNAMED_LEASE = timedelta(seconds=120)
STEPPED_IN = "stepped_in"  # why somebody is busy who took something over without being here
LEFT = "left"  # said goodbye; the row stays, because it tells since when
WRAP_UP_S = 60
BREAK_REASONS = ("", "lunch", "rest", "meeting", "training", "coaching", "no_answer", "other")
MOST_PEOPLE = 100  # who are looked at in one go
MOST = {"chat": 20, "call": 1, "case": 200}
LONGEST_DEVICE = 64
_COLUMN = {"chat": "chats", "call": "calls", "case": "cases"}


_SAY = """
INSERT INTO routing_lease (person_id, device, state, reason, since, until, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (person_id, device) DO UPDATE SET state = EXCLUDED.state, reason = EXCLUDED.reason, since = EXCLUDED.since,
    until = EXCLUDED.until, expires_at = EXCLUDED.expires_at, lost_at = NULL
"""


@dataclass(frozen=True, slots=True)
class Places:
    """How much somebody takes at once, kind → number; `stretches`: one chat more at peak."""

    most: Mapping[str, int]
    stretches: bool | None = None

    def columns(self) -> dict[str, object]:
        """Columns of a seat. Raises Refusal `capacity_out_of_range`."""
        for kind, number in self.most.items():
            if kind not in MOST or not 0 <= number <= MOST[kind]:
                raise Refusal("capacity_out_of_range", kind=kind[:12], most=MOST.get(kind, 0))
        named: dict[str, object] = {_COLUMN[kind]: number for kind, number in self.most.items()}
        return named if self.stretches is None else {**named, "stretches": self.stretches}


@journal.verb
def set_presence(
    person: Person, device: str, state: str, *, reason: str = "", capacity: Places | None = None, now: datetime
) -> Lease:  # fmt: skip
    """Say what one device's person is doing: available, busy, break (with a reason) or wrap_up, which ends by itself.

    Raises Refusal `presence_unknown`, `reason_unknown`, `device_invalid`, `capacity_out_of_range`.
    """
    _check(device, state, reason)
    columns = capacity.columns() if capacity else {}
    matter = journal.lock_one(person.matter_id)
    before, why = _now(person, now)
    until = now + timedelta(seconds=mode_rules(now).wrap_up_s(WRAP_UP_S)) if state == Presence.WRAP_UP else None
    often.run(_SAY, [person.pk, device, state, reason, now, until, now + lease_of(device)])
    if columns or before is Presence.OFFLINE:
        Seat.objects.update_or_create(person=person, defaults=columns)
    _arrive(person, now)
    _tell(person, matter, (before, why), now=now)
    return Lease.objects.get(person=person, device=device)


@journal.verb
def step_in(person: Person, device: str, *, now: datetime) -> None:
    """Whoever has taken something over without being here is busy until it is out of their hands (`step_back`); else it
    would go back to the queue."""
    if live_leases(now).filter(person=person).exists():
        return
    set_presence(person, device, Presence.BUSY.value, now=now)
    Lease.objects.filter(person=person, device=device).update(reason=STEPPED_IN)


@journal.verb
def step_back(person_id: int, *, now: datetime) -> None:
    """Whoever had stepped in and has nothing in hand any more is as they were: not here. Harmless to repeat."""
    person = Person.objects.get(pk=person_id)
    journal.lock_one(person.matter_id)
    if Item.objects.filter(agent=person, state=ItemState.TAKEN).exists():
        return
    for device in live_leases(now).filter(person=person, reason=STEPPED_IN).values_list("device", flat=True):
        leave(person, device, now=now)


def lease_of(device: str) -> timedelta:
    """How long what this device says holds without a word from it."""
    return UNNAMED_LEASE if device == UNNAMED else LEASE


def _check(device: str, state: str, reason: str) -> None:
    if state not in LEASED:
        raise Refusal("presence_unknown", state=state[:20], known=LEASED)
    if reason not in BREAK_REASONS or (reason and state != Presence.BREAK):
        raise Refusal("reason_unknown", known=BREAK_REASONS[1:])
    if not device or len(device) > LONGEST_DEVICE or not device.isprintable():
        raise Refusal("device_invalid")


def _now(person: Person, now: datetime) -> tuple[Presence, str]:
    """What somebody is doing and why, as the rows say."""
    leases = live_leases(now).filter(person=person).values_list("state", "reason")
    presence = presence_of(state for state, _ in leases)
    return presence, next((reason for state, reason in leases if state == presence), "")


def _arrive(person: Person, now: datetime) -> None:
    if not person.on_duty:
        staff.set_duty(person, on_duty=True, now=now)
    staff.seen(person, now=now)
    person.on_duty, person.seen_at = True, now


def _tell(person: Person, matter: Matter, was: tuple[Presence, str], *, now: datetime) -> None:
    """Record what changed for the person as a whole, on their locked matter."""
    state, reason = _now(person, now)
    if (state, reason) == was:
        return
    if state is Presence.AVAILABLE and not Item.objects.filter(agent=person, state=ItemState.TAKEN).exists():
        Seat.objects.filter(person=person).update(idle_since=now)
    changed = PresenceChanged(state=state.value, reason=reason, before=was[0].value)
    tell = ("queue", f"agent:{person.agent_no}", f"router:a{person.pk}")
    journal.record(matter, changed, by=person.by, now=now, tell=tell)


@journal.verb
def heartbeat(person: Person, device: str, *, now: datetime) -> Lease | None:
    """Renew a device's lease; None where it has none (say what you do first). One that slept is back as it was."""
    lease = Lease.objects.filter(person=person, device=device).first()
    if lease is None or lease.reason == LEFT:  # a page that is still open is not back at work
        return None
    if lease.lost_at is None:
        Lease.objects.filter(pk=lease.pk).update(expires_at=now + lease_of(device))
        staff.seen(person, now=now)
        return lease
    matter = journal.lock_one(person.matter_id)
    was = _now(person, now)
    Lease.objects.filter(pk=lease.pk).update(expires_at=now + lease_of(device), lost_at=None)
    _arrive(person, now)
    _tell(person, matter, was, now=now)
    return lease


@journal.verb
def leave(person: Person, device: str = "", *, now: datetime) -> None:
    """This device is closed; without a name, all of them. What they have in hand stays theirs for a minute."""
    matter = journal.lock_one(person.matter_id)
    was = _now(person, now)
    mine = Lease.objects.filter(person=person)
    closed = mine.filter(device=device) if device else mine
    closed.update(state=Presence.BREAK, reason=LEFT, since=now, until=None, expires_at=now, lost_at=now)
    _off_duty_without_lease(person, now)
    _tell(person, matter, was, now=now)


def _off_duty_without_lease(person: Person, now: datetime) -> None:
    if person.on_duty and not live_leases(now).filter(person=person).exists():
        staff.set_duty(person, on_duty=False, now=now)
        person.on_duty = False


def rest(person: Person, reason: str, *, now: datetime) -> None:
    """On a break on every device, on a locked matter of this person: they did not answer."""
    matter = journal.lock_one(person.matter_id)
    was = _now(person, now)
    theirs = Lease.objects.filter(person=person, state=Presence.AVAILABLE)
    theirs.update(state=Presence.BREAK, reason=reason, since=now, until=None)
    _tell(person, matter, was, now=now)


def wrap_up(person: Person, usual_s: int, *, now: datetime) -> None:
    """Nothing new for a while, on a locked matter of this person: a call has just ended."""
    seconds = mode_rules(now).wrap_up_s(usual_s)
    if seconds <= 0:
        return
    matter, was = journal.lock_one(person.matter_id), _now(person, now)
    theirs = Lease.objects.filter(person=person, state=Presence.AVAILABLE)
    theirs.update(state=Presence.WRAP_UP, reason="", since=now, until=now + timedelta(seconds=seconds))
    _tell(person, matter, was, now=now)


def lose_lapsed(now: datetime, tries: Tries | None = None) -> list[int]:
    """Leases that nobody renewed are lost; returns the people whose last one it was."""
    tries = tries or Tries()
    lapsed = Lease.objects.filter(expires_at__lte=now, lost_at__isnull=True).values("person")
    people = _people(lapsed, tries, now)
    return [one.pk for one, is_gone in tries.each("person", people, lambda one: _lose(one, now), now=now) if is_gone]


def _people(leases: "QuerySet[Lease, Any]", tries: Tries, now: datetime) -> "QuerySet[Person]":
    """Whose leases these are, without those who are left alone."""
    return (
        Person.objects.filter(pk__in=leases).exclude(pk__in=tries.resting("person", now)).order_by("pk")[:MOST_PEOPLE]
    )


@journal.verb
def _lose(person: Person, now: datetime) -> bool:
    matter = journal.lock_one(person.matter_id)
    lapsed = Lease.objects.filter(person=person, expires_at__lte=now, lost_at__isnull=True)
    if not lapsed.exists():
        return False
    leases = Lease.objects.filter(person=person, lost_at__isnull=True).values_list("state", "reason")
    before = presence_of(state for state, _ in leases)
    lapsed.update(lost_at=now)
    _off_duty_without_lease(person, now)
    _tell(person, matter, (before, next((why for state, why in leases if state == before), "")), now=now)
    return not live_leases(now).filter(person=person).exists()


def end_wrap_ups(now: datetime, tries: Tries | None = None) -> list[int]:
    """Whoever was wrapping up is available again when its time is over; their ids."""
    tries = tries or Tries()
    people = _people(Lease.objects.filter(until__lte=now, state=Presence.WRAP_UP).values("person"), tries, now)
    return [one.pk for one, _ in tries.each("person", people, lambda one: _end_wrap_up(one, now), now=now)]


@journal.verb
def _end_wrap_up(person: Person, now: datetime) -> bool:
    matter = journal.lock_one(person.matter_id)
    was = _now(person, now)
    over = Lease.objects.filter(person=person, until__lte=now, state=Presence.WRAP_UP)
    over.update(state=Presence.AVAILABLE, reason="", since=now, until=None)
    _tell(person, matter, was, now=now)
    return True
