"""Why it came out so: the reasons of decisions, and the honest place of what waits."""

import math
from collections.abc import Container, Mapping

from huiyin.domain.routing.matching.crew import Crew, Found, Profile, Seat
from huiyin.domain.routing.matching.lines import Entry
from huiyin.domain.routing.matching.reasons import Code, Reason


def how_long(entry: Entry, now: float) -> tuple[Reason, ...]:
    """Since when it waits, what is left of its promise, and whether waiting has opened it to others."""
    item = entry.item
    waited = round(now - item.arrived, 3)
    due = Reason(Code.DUE, {"slack_s": round(item.due - now, 3), "waited_s": waited})
    return (due, Reason(Code.RELAXED, {"steps": entry.stage, "waited_s": waited})) if entry.stage else (due,)


def why_item(entry: Entry, seat: Seat, skipped: int, now: float) -> tuple[Reason, ...]:
    """Why this agent gets this item."""
    why = [Reason(Code.FIRST_IN_ORDER), *how_long(entry, now)]
    if entry.item.prefers == seat.agent.id:
        why.append(Reason(Code.THEIR_OWN))
    if skipped:
        why.append(Reason(Code.NOT_THEIRS, {"barred": skipped}))
    return tuple(why)


def why_agent(entry: Entry, found: Found, now: float) -> tuple[Reason, ...]:
    """Why this item goes to this agent."""
    load, over, _, idle_since, _ = found.order
    return (
        Reason(Code.LEAST_BUSY, {"load": load}),
        Reason(Code.BEST_FIT, {"over": over}),
        Reason(Code.IDLE, {"idle_s": round(now - idle_since, 3)}),
        *how_long(entry, now),
    )


def why_nothing(seat: Seat, waiting: int) -> Reason:
    """Why an agent gets no item."""
    if not any(places > 0 for places in seat.agent.room.values()):
        return Reason(Code.NO_ROOM)
    return Reason(Code.NOTHING_FITS, {"waiting": waiting}) if waiting else Reason(Code.NOTHING_WAITING)


def why_nobody(crew: Crew, entry: Entry) -> Reason:
    """Why an item gets no agent."""
    able = able_now(crew, entry)
    return Reason(Code.ALL_BUSY, {"able": able}) if able else Reason(Code.NOBODY_ABLE, {"on_duty": len(crew.seats)})


def able_now(crew: Crew, entry: Entry) -> int:
    """How many on duty may take it, now or once they have room."""
    item = entry.item
    able = crew.able(entry.numbers, item.kind)
    special = item.barred if item.prefers is None else item.barred | {item.prefers}
    count = sum(profile.takes[item.kind] for profile in able)
    for seat in (crew.seats[agent] for agent in special if agent in crew.seats):
        takes = item.kind in seat.agent.room
        count += (takes and seat.agent.id not in item.barred) - (takes and seat.profile in able)
    return count


def kept(entry: Entry, until: float, now: float) -> Reason:
    """It is kept for whom it prefers."""
    return Reason(Code.KEPT_FOR, {"agent": entry.item.prefers or 0, "for_s": round(until - now, 3)})


def why_waiting(entries: Mapping[int, Entry], crew: Crew, entry: Entry, now: float) -> tuple[Reason, ...]:
    """Its place, who could take it, and when others may."""
    waiting = sum(other.item.kind == entry.item.kind for other in entries.values())
    opens = entry.opens_at()
    place = Reason(Code.POSITION, {"position": position(entries, crew, entry), "waiting": waiting})
    relaxes = (Reason(Code.RELAXES, {"in_s": round(opens - now, 3)}),) if opens < math.inf else ()
    return (place, *how_long(entry, now), why_nobody(crew, entry), *relaxes)


def position(entries: Mapping[int, Entry], crew: Crew, entry: Entry) -> int:
    """Whoever could take this item takes at most `position - 1` others of its kind before it, if nobody else comes.

    Counted is what goes first and one of them may take: not only the same queue, because people serve several.
    """
    kind, owner = entry.item.kind, _owner(crew, entry)
    able = set(crew.able(entry.numbers, kind)) | ({owner.profile} if owner else set())
    served = {number for profile in able for number in profile.fits} | set(entry.numbers)
    return 1 + sum(
        other.key < entry.key
        and other.item.kind == kind
        and (not served.isdisjoint(other.numbers) or _is_of(crew, other, able))
        for other in entries.values()
    )


def _is_of(crew: Crew, entry: Entry, able: Container[Profile]) -> bool:
    """Does it prefer one of these?"""
    owner = _owner(crew, entry)
    return owner is not None and owner.profile in able


def _owner(crew: Crew, entry: Entry) -> Seat | None:
    return crew.seats.get(entry.item.prefers) if entry.item.prefers is not None else None
