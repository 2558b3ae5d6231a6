"""Where a case stands in its life, and which verbs are possible for whom. Reads only."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from huiyin.domain.cases.demand import ItemState, OrderFacts
from huiyin.domain.cases.lifecycle import Party, State, Verb, Where, possible
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.queries import actor, standing
from huiyin.domain.cases.verbs import UNDER_WAY, why_not_act
from huiyin.domain.orders.due import compared
from huiyin.domain.orders.models import Order, Remedy
from huiyin.domain.orders.situations import Situation
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money
from huiyin.lib.postgresql import often

_FREE = {Verb.NOTE, Verb.ANSWER}  # anybody here may write a note; who may answer, `verbs.py` says


def party_of(by: str) -> Party:
    """Which party a fact's `by` is."""
    if by == "buyer":
        return Party.BUYER
    if by.startswith("staff:"):
        return Party.STAFF
    return Party.PROGRAM if by.startswith("api:") else Party.SYSTEM


_UNDER_WAY = often.Read(
    lambda matter: Remedy.objects.filter(matter=matter, state__in=sorted(UNDER_WAY)).only("state", "matter_id")
)


def where(
    case: Case, items: Sequence[DemandItem], now: datetime, remedies: Sequence[Remedy] | None = None
) -> Where:  # fmt: skip
    """The case as the rules of `lifecycle.py` see it; `remedies` where they have been read already."""
    count = Counter(item.state for item in items)
    if remedies is None:
        remedies = _UNDER_WAY(case.matter_id)
    return Where(
        state=State(case.state), offered=count[ItemState.OFFERED], open=count[ItemState.OPEN],
        refused=count[ItemState.REFUSED], under_way=count[ItemState.ACCEPTED] + count[ItemState.CARRYING_OUT],
        arrived=count[ItemState.ARRIVED], has_order=case.order_id is not None,
        is_answered=case.answered_at is not None,
        has_open_remedy=any(one.matter_id == case.matter_id and one.state in UNDER_WAY for one in remedies),
        level=case.level, closed_for=now - case.closed_at if case.closed_at else timedelta(), outcome=case.outcome,
    )  # fmt: skip


def possible_for(case: Case, who: Person | Party, *, now: datetime) -> list[tuple[Verb, Refusal | None]]:
    """Every verb this person or party can know of, in the order of the life of a case; with the reason where it is not
    possible now."""
    party = who if isinstance(who, Party) else Party.STAFF
    items = list(DemandItem.objects.filter(case=case))
    verbs = possible(where(case, items, now), party)
    if isinstance(who, Person) and (not_mine := why_not_act(actor(who), standing(case, []))) is not None:
        verbs |= {verb: not_mine for verb in verbs if verb not in _FREE}
    return list(verbs.items())


def order_facts(order: Order | None) -> OrderFacts | None:
    """What a demand can rest on, by the shop's last word about the order."""
    if order is None:
        return None
    seen = order.snapshot
    short = compared(order).difference if seen.get("credited_value") is not None else Money()  # CP16
    return OrderFacts(
        order.order_no, order.title, order.amount, order.situation, short=short,
        paid_twice=_second_payment(seen) if order.situation == Situation.DUPLICATE_CHARGE else Money(),
    )  # fmt: skip


def _second_payment(seen: dict[str, Any]) -> Money:
    paid = sorted((one for one in seen.get("payments", []) if one.get("paid_at")), key=lambda one: str(one["paid_at"]))
    return Money.parse(paid[-1]["amount"]) if len(paid) > 1 else Money()


def silent_now(now: datetime, most: int = 50) -> list[int]:
    """Cases whose buyer owes us a word and is reminded, or for whom it ends. Served by the index `case_silent`."""
    waiting = Case.objects.filter(silent_at__lte=now).order_by("silent_at")
    return list(waiting.values_list("pk", flat=True)[:most])
