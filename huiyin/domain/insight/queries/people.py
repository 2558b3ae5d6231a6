"""Who is here, doing what, and how full their day was."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from huiyin.domain.insight.spans import Span, Worked, worked
from huiyin.domain.journal.models import Fact
from huiyin.domain.routing.models import Item, Lease, Queue, Skill
from huiyin.domain.routing.queries import LIVE, live_leases, loads, mode_rules
from huiyin.domain.routing.states import Presence, presence_of

LONGEST = timedelta(hours=6)  # from arrival to the end of a conversation
READY, WRAP_UP = Presence.AVAILABLE.value, Presence.WRAP_UP.value
ORDER = (Presence.AVAILABLE, Presence.BUSY, Presence.WRAP_UP, Presence.BREAK)


@dataclass(frozen=True, slots=True)
class AgentLine:
    """Somebody who is here. `in_hand`: conversations; `free`: how many more chats they would be offered."""

    agent_no: str
    state: Presence
    reason: str
    since: datetime
    in_hand: int
    free: int


def agents_now(now: datetime) -> tuple[list[AgentLine], dict[str, int]]:
    """Everybody with a live lease, by what they do; and per queue how many free places its people have."""
    leases: dict[int, list[Lease]] = defaultdict(list)
    for lease in live_leases(now).filter(person__is_active=True).select_related("person").order_by("-since"):
        leases[lease.person_id].append(lease)
    held, rules = loads(leases, now), mode_rules(now)
    lines, free = [], {}
    for pk, own in leases.items():
        state = presence_of(lease.state for lease in own)
        loud = next(lease for lease in own if lease.state == state)
        load = held[pk]
        free[pk] = load.room(rules).get("chat", 0) if state is Presence.AVAILABLE else 0
        in_hand = load.held.chats + load.held.calls
        lines.append(AgentLine(loud.person.agent_no, state, loud.reason, loud.since, in_hand, free[pk]))
    return sorted(lines, key=lambda line: (ORDER.index(line.state), line.agent_no)), _free_by_queue(free)


def _free_by_queue(free: dict[int, int]) -> dict[str, int]:
    """Free places of those who can do what a queue asks, as shipped: the levels before anything is relaxed."""
    able: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, skill, level in Skill.objects.filter(person__in=free).values_list("person_id", "skill", "level"):
        able[pk][skill] = level
    places: Counter[str] = Counter()
    for slug, wanted in Queue.objects.values_list("slug", "skills"):
        for pk, count in free.items():
            if all(able[pk].get(skill, 0) >= level for skill, level in wanted.items()):
                places[slug] += count
    return dict(places)


def work_since(start: datetime, now: datetime) -> Worked:
    """The time of everybody together since then."""
    handled, there = _handled(start, now), _present(start, now)
    everybody = Worked()
    for person in handled.keys() | there.keys():
        everybody += worked(handled[person], there[person][WRAP_UP], there[person][READY])
    return everybody


def _handled(start: datetime, now: datetime) -> defaultdict[int, list[Span]]:
    """Person → the conversations they had in hand since then. Served by `item_arrived`."""
    lately = Item.objects.filter(kind__in=LIVE, arrived_at__gte=start - LONGEST, agent__isnull=False)
    taken = lately.filter(Q(ended_at=None) | Q(ended_at__gte=start), taken_at__isnull=False)
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    for person, begun, ended in taken.values_list("agent_id", "taken_at", "ended_at"):
        assert person is not None
        assert begun is not None
        spans[person].append(Span(begun, ended or now).within(start, now))
    return spans


def _present(start: datetime, now: datetime) -> defaultdict[int, defaultdict[str, list[Span]]]:
    """Person → state → when, from the facts since then; what was before the first of them is in it too."""
    facts = Fact.objects.filter(name="presence_changed", at__gte=start).order_by("at", "seq")
    spans: defaultdict[int, defaultdict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    open_since: dict[int, tuple[str, datetime]] = {}
    for person, at, state, before in facts.values_list("matter__person", "at", "data__state", "data__before"):
        was, since = open_since.get(person, (before or "", start))
        spans[person][was].append(Span(since, at))
        open_since[person] = (state, at)
    for person, (state, since) in open_since.items():
        spans[person][state].append(Span(since, now))
    unchanged = live_leases(now).filter(since__lt=start).exclude(person__in=open_since)
    for person, state in unchanged.values_list("person_id", "state"):
        spans[person][state].append(Span(start, now))
    return spans
