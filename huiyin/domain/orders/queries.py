"""Reads about orders and remedies."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models import Q, Sum
from django.utils.module_loading import import_string

from huiyin.domain.orders.brakes import Given, Limits
from huiyin.domain.orders.events import KeyShown
from huiyin.domain.orders.models import LIVE, Breaker, Finding, Order, Remedy
from huiyin.domain.orders.shop import PaymentState, RefundState, RemedyKind, Shop
from huiyin.lib.money import Money
from huiyin.lib.seal import unseal


@lru_cache(maxsize=1)
def the_shop() -> Shop:
    """The shop this centre serves, from `settings.SHOP` (dotted path of a function that makes it)."""
    made: Shop = import_string(settings.SHOP)()
    return made


def limits() -> Limits:
    """The money brakes of `settings.BRAKES`."""
    names = ("act", "agent_day", "team_hour", "buyer_30d")
    return Limits(**{name: Money(int(settings.BRAKES[name])) for name in names})


def given(order: Order, by: str, now: datetime, but_not: int = 0) -> Given:
    """What was given so far and still stands. One person is a team until teams have queues (DESIGN §5 Routing)."""
    live = Remedy.objects.filter(state__in=LIVE).exclude(pk=but_not)
    recent = live.filter(asked_at__gte=now - timedelta(days=30))
    mine = Q(asked_by=by, asked_at__gte=now - timedelta(days=1))
    hour = Q(asked_at__gte=now - timedelta(hours=1))
    theirs = Q(order__buyer=order.buyer_id) if order.buyer_id else Q(order=order)
    sums = recent.aggregate(
        agent=Sum("amount", filter=mine), hour=Sum("amount", filter=hour), buyer=Sum("amount", filter=theirs)
    )
    on_order = live.filter(order=order).aggregate(total=Sum("amount"))["total"]
    fen = {name: _fen(total) for name, total in sums.items()}
    return Given(order=_fen(on_order), agent_day=fen["agent"], team_hour=fen["hour"], buyer_30d=fen["buyer"])


def _fen(value: object) -> Money:
    return value if isinstance(value, Money) else Money(int(value or 0))  # type: ignore[call-overload]


def paid_for(order: Order) -> Money:
    """What the buyer has paid for this order, by the shop's last word."""
    paid = [p for p in order.snapshot.get("payments", []) if p["state"] in {PaymentState.PAID, PaymentState.REFUNDED}]
    return sum((Money.parse(p["amount"]) for p in paid), Money())


def refundable(order: Order) -> Money:
    """What was paid for this order and is neither given back nor about to be: by the shop's last word, and by remedies
    of ours that it does not show yet. Shops may leave out our key, so an unkeyed refund of theirs may be ours."""
    shown = order.snapshot.get("refunds", ())
    back = [one for one in shown if one["state"] != RefundState.FAILED]
    unkeyed = _sum(one["amount"] for one in back if not one.get("key"))
    ours = Remedy.objects.filter(order=order, kind=RemedyKind.REFUND.value, state__in=LIVE)
    ours = ours.exclude(key__in=[one["key"] for one in shown if one.get("key")])
    unseen = _sum(one.request["amount"] for one in ours) - unkeyed
    return paid_for(order) - _sum(one["amount"] for one in back) - max(unseen, Money())


def _sum(amounts: Iterable[str]) -> Money:
    return sum((Money.parse(one) for one in amounts), Money())


def member_tier(order: Order) -> str:
    """The member tier of the order's buyer, as we know them, else as the shop says."""
    return order.buyer.tier if order.buyer else str(order.snapshot.get("buyer", {}).get("tier") or "ordinary")


def breaker_is_open() -> bool:
    return Breaker.objects.filter(opened_at__isnull=False).exists()


def find_finding(ref: str) -> Finding | None:
    """The finding with this unguessable reference."""
    return Finding.objects.select_related("order", "order__matter", "contact").filter(ref=ref).first()


def live_remedy(order: Order) -> Remedy | None:
    """The newest remedy of this order that has not failed."""
    return order.remedies.filter(state__in=LIVE).order_by("-pk").first()


def keys_of(remedy: Remedy) -> list[str]:
    """The card keys a remedy handed out. The caller has checked the proof and records that they were shown."""
    if not remedy.sealed_keys:
        return []
    return unseal(settings.SECRET_KEY.encode(), remedy.sealed_keys).split("\n")


def remedy_of(finding: Finding) -> Remedy | None:
    """The remedy this finding led to, also one that failed; or one of an earlier finding that is not over yet."""
    if finding.order is None:
        return None
    rows = finding.order.remedies.select_related("order", "matter")
    mine = rows.filter(asked_at__gte=finding.created_at).order_by("-pk").first()
    return mine or rows.filter(state__in=set(LIVE) - {"done"}).order_by("-pk").first()


def was_shown(remedy: Remedy, by: str) -> bool:
    """Whether this asker was already shown the keys of a remedy."""
    facts = remedy.matter.facts.filter(name=KeyShown.name, by=by)
    return facts.filter(at__gte=remedy.ended_at or remedy.asked_at).exists()
