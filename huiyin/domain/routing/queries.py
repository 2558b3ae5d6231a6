"""Who is here, who has room, what waits how long, which queue is open. Reads only."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from huiyin.domain.journal.models import Matter
from huiyin.domain.routing.hours import is_open as open_by
from huiyin.domain.routing.hours import opens_at, rules_from
from huiyin.domain.routing.loads import Load as Load
from huiyin.domain.routing.loads import loads as loads
from huiyin.domain.routing.models import Item, Lease, Mode, Offer, Queue
from huiyin.domain.routing.modes import Rules, rules_of
from huiyin.domain.routing.skills import covers
from huiyin.domain.routing.states import OPEN, QUEUED, ItemState, Kind, ModeName, OfferState, Presence, presence_of
from huiyin.domain.staff.models import Person
from huiyin.lib.calendars import named
from huiyin.lib.postgresql import often

LATELY = timedelta(hours=2)
FEWEST = 5  # so many finished lately make a guess honest
USUAL_S = {Kind.CHAT.value: 300, Kind.CALL.value: 240}  # until we have measured
LIVE = (Kind.CHAT.value, Kind.CALL.value)
TAKING = (Presence.AVAILABLE.value, Presence.WRAP_UP.value)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in a queue: `position` from 1. `expected_wait_s` None: nobody is here to answer. The guess
    is honest when it rests on what was measured lately."""

    position: int
    ahead: int
    expected_wait_s: int | None
    is_honest_guess: bool


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A queue at this instant, as wallboard and API show it. `expected_wait_s` None: nobody is here to answer;
    `opens_at` None: it is open, or nobody can say when."""

    slug: str
    title: str
    title_en: str
    waiting: int
    longest_wait_s: int
    available: int
    talking: int
    expected_wait_s: int | None
    is_open: bool
    opens_at: datetime | None


def live_leases(now: datetime) -> QuerySet[Lease]:
    """Leases that hold: renewed in time and not lost."""
    return Lease.objects.filter(expires_at__gt=now, lost_at__isnull=True)


def presence_now(person: Person, now: datetime) -> Presence:
    return presence_of(live_leases(now).filter(person=person).values_list("state", flat=True))


@dataclass(frozen=True, slots=True)
class PersonNow:
    """What somebody does, since when and why, with their devices and places."""

    state: Presence
    reason: str
    since: datetime | None
    until: datetime | None
    devices: tuple[str, ...]
    load: Load


def state_of(person: Person, now: datetime) -> PersonNow:
    """What somebody does right now."""
    leases = list(live_leases(now).filter(person=person).order_by("-since"))
    state = presence_of(lease.state for lease in leases)
    loud = next((lease for lease in leases if lease.state == state), None)
    load = loads([person.pk], now)[person.pk]
    return PersonNow(
        state, loud.reason if loud else "", loud.since if loud else None, loud.until if loud else None,
        tuple(lease.device for lease in leases), load,
    )  # fmt: skip


def next_over(now: datetime) -> float:
    """When the next pending offer or wrap-up is over, in seconds since the epoch; infinity when there is none."""
    offers = Offer.objects.filter(state=OfferState.PENDING).aggregate(at=Min("expires_at"))["at"]
    wraps = live_leases(now).filter(until__isnull=False).aggregate(at=Min("until"))["at"]
    return min((at.timestamp() for at in (offers, wraps) if at), default=math.inf)


def pending_offers(person: Person) -> list[Offer]:
    """What somebody is asked right now, the oldest first."""
    mine = Offer.objects.filter(agent=person, state=OfferState.PENDING).order_by("made_at", "pk")
    return list(mine.select_related("item", "item__queue", "item__matter", "item__buyer"))


_OPEN_ITEM = often.Read(
    lambda matter: Item.objects.filter(matter=matter, state__in=OPEN).select_related("queue", "agent", "buyer")
)  # fmt: skip


def open_item(matter: Matter) -> Item | None:
    """What waits or is in hand for a matter."""
    return _OPEN_ITEM.first(matter.pk)


def in_hand(person: Person) -> list[Item]:
    """What somebody has taken and not finished, the oldest first."""
    mine = Item.objects.filter(agent=person, state=ItemState.TAKEN).order_by("taken_at", "pk")
    return list(mine.select_related("queue", "matter", "buyer"))


def mode_now() -> str:
    """ordinary | night | peak."""
    newest = Mode.objects.order_by("-since", "-pk").values_list("name", flat=True).first()
    return newest or ModeName.ORDINARY.value


def mode_rules(now: datetime) -> Rules:
    """What the mode of this instant changes."""
    return rules_of(mode_now())


def is_working_day(day: date) -> bool:
    """By the announced calendar: a weekend day worked in exchange is one (调休)."""
    return named("cn").is_working_day(day)


def is_open(queue: Queue, now: datetime) -> bool:
    """Whether somebody answers this queue now, by its hours and the mode."""
    if not queue.at_night and mode_rules(now).only_night_queues:
        return False
    return open_by(rules_from(queue.hours), now, is_working_day)


def next_opening(queue: Queue, now: datetime) -> datetime | None:
    """When a closed queue answers again by its hours; None when nobody can say (closed by the mode, or for good)."""
    opens = opens_at(rules_from(queue.hours), now, is_working_day)
    return None if opens == now and not is_open(queue, now) else opens


def place(item: Item, now: datetime) -> Place:
    """Where a waiting item stands among those of its queue and kind; 0 once somebody has it."""
    if item.state not in QUEUED:
        return Place(0, 0, 0, is_honest_guess=True)
    earlier = Q(due_at__lt=item.due_at) | Q(due_at=item.due_at, pk__lt=item.pk)
    same = Item.objects.filter(queue=item.queue_id, kind=item.kind, state__in=QUEUED)
    ahead = same.filter(earlier).count()
    guess, honest = _pace(item.queue, item.kind, now, item.barred).wait(ahead)
    return Place(ahead + 1, ahead, guess, honest)


def somebody_takes(item: Item, now: datetime) -> bool:
    """Whether anybody is here who could answer what waits: else nobody comes before somebody comes to work."""
    return any(one.places(item.kind) for one in people_for(item.queue, now, item.barred).values())


@dataclass(frozen=True, slots=True)
class _Pace:
    """How fast a queue moves: free places now, places in all, seconds that things take, whether that was measured."""

    free: int
    places: int
    took: float
    honest: bool

    def wait(self, ahead: int) -> tuple[int | None, bool]:
        """Seconds until somebody is free for whoever has `ahead` before them: each place is free again after the time
        things took lately; rounded up to five seconds."""
        if not self.places:
            return None, False
        turns = max(0, ahead + 1 - self.free)
        seconds = self.took * turns / self.places if turns else 5
        return max(5, -(-int(seconds) // 5) * 5), self.honest or not turns


def _pace(queue: Queue, kind: str, now: datetime, but_not: Collection[int] = ()) -> _Pace:
    able = people_for(queue, now, but_not)
    rules = mode_rules(now)
    free = sum(load.room(rules).get(kind, 0) for load in able.values() if load.presence is Presence.AVAILABLE)
    return _Pace(free, sum(load.places(kind) for load in able.values()), *_took_lately(queue, kind, now))


def places(matters: Collection[int], now: datetime) -> dict[int, Place]:
    """As `place`, for many matters that wait at once (their page shows it live): each queue is looked at once."""
    found: dict[int, Place] = {}
    wanted = set(matters)
    for queue in Queue.objects.filter(items__matter__in=wanted, items__state__in=QUEUED).distinct():
        for kind in LIVE:
            line = Item.objects.filter(queue=queue, kind=kind, state__in=QUEUED).order_by("due_at", "pk")
            found |= _places_in(line, queue, kind, wanted, now)
    return found


def _places_in(line: QuerySet[Item], queue: Queue, kind: str, wanted: set[int], now: datetime) -> dict[int, Place]:
    paces: dict[tuple[int, ...], _Pace] = {}
    found: dict[int, Place] = {}
    for ahead, (matter, barred) in enumerate(line.values_list("matter_id", "barred")):
        if matter in wanted:
            out = tuple(barred)
            pace = paces[out] = paces.get(out) or _pace(queue, kind, now, out)
            found[matter] = Place(ahead + 1, ahead, *pace.wait(ahead))
    return found


def people_for(queue: Queue, now: datetime, but_not: Collection[int] = ()) -> dict[int, Load]:
    """Who takes what comes next, or wraps up and then does, and can do what this queue asks, with what they have.
    Whoever said that they are busy is offered nothing, so that nobody waits for them."""
    here = live_leases(now).filter(state__in=TAKING).values_list("person_id", flat=True)
    known = loads(set(here) - set(but_not), now)
    return {pk: load for pk, load in known.items() if load.works_here and covers(load.skills, queue.skills)}


def _took_lately(queue: Queue, kind: str, now: datetime) -> tuple[float, bool]:
    finished = Item.objects.filter(queue=queue, kind=kind, state=ItemState.DONE, ended_at__gte=now - LATELY)
    spans = finished.exclude(taken_at=None).order_by("-ended_at").values_list("taken_at", "ended_at")[:50]
    took = [(ended - taken).total_seconds() for taken, ended in spans if taken and ended]
    if len(took) < FEWEST:
        return float(USUAL_S.get(kind, 300)), False
    return sum(took) / len(took), True


def expected(now: datetime) -> QuerySet[Person]:
    """OP12: whose shift it is at this instant."""
    return Person.objects.filter(is_active=True, shifts__starts_at__lte=now, shifts__ends_at__gt=now).distinct()


def missing(now: datetime) -> QuerySet[Person]:
    """Whose shift it is and who is not here."""
    return expected(now).exclude(pk__in=live_leases(now).values("person"))


def queues_now(now: datetime) -> list[QueueNow]:
    """Every queue at this instant."""
    counted = {row["queue_id"]: row for row in _counted(LIVE)}
    return [_queue_now(queue, counted.get(queue.pk, {}), now) for queue in Queue.objects.order_by("pk")]


def queue_now(slug: str, now: datetime, kind: Kind = Kind.CHAT) -> QueueNow | None:
    """One queue at this instant for whoever writes or calls: who takes the one need not take the other. None when there
    is none of this name."""
    queue = Queue.objects.filter(slug=slug).first()
    if queue is None:
        return None
    counted = {row["queue_id"]: row for row in _counted([kind.value])}
    return _queue_now(queue, counted.get(queue.pk, {}), now, kind)


def _counted(kinds: Collection[str]) -> list[dict[str, Any]]:
    open_live = Item.objects.filter(state__in=OPEN, kind__in=kinds).values("queue_id")
    waits = Q(state__in=QUEUED)
    counted = open_live.annotate(
        waiting=Count("pk", filter=waits), talking=Count("pk", filter=~waits), oldest=Min("arrived_at", filter=waits)
    )
    return [dict(row) for row in counted]


def _queue_now(queue: Queue, counted: Mapping[str, Any], now: datetime, kind: Kind = Kind.CHAT) -> QueueNow:
    able, rules = people_for(queue, now), mode_rules(now)
    free = [one for one in able.values() if one.presence is Presence.AVAILABLE and one.room(rules).get(kind.value, 0)]
    waiting, oldest = counted.get("waiting", 0), counted.get("oldest")
    longest = int((now - oldest).total_seconds()) if oldest else 0
    answers = is_open(queue, now)
    return QueueNow(
        queue.slug, queue.title, queue.title_en, waiting, longest, len(free),
        counted.get("talking", 0), _pace(queue, kind.value, now).wait(waiting)[0], answers,
        None if answers else next_opening(queue, now),
    )  # fmt: skip
