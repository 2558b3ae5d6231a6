"""What a member of staff gives on a case: a refund along the original path, a new key, a coupon, points.

The same plans, brakes and one remedy row as for the midnight buyer. What is above somebody's authority is not refused:
it waits for somebody else who may approve it. A second remedy for the same thing is possible once the first one is
done; together they pass what was paid, and so the brakes put it to a lead.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from huiyin.domain.cases.actions.steps import refuse_stale
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.queries import actor, standing
from huiyin.domain.cases.verbs import UNDER_WAY, Verb, why_not
from huiyin.domain.journal import actions as journal
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders.models import LIVE, Order, Remedy
from huiyin.domain.orders.plans import Plan, plan
from huiyin.domain.orders.shop import OrderSnapshot, RemedyKind, Shop
from huiyin.domain.orders.situations import Option, Situation, judge, live_items, missing, paid_payments
from huiyin.domain.staff.models import Person
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money


class Gift(StrEnum):
    """What can be given. The first four are options of the buyer as well."""

    REFUND = "refund"
    REISSUE = "reissue"
    EXCHANGE = "exchange"
    MAKE_UP = "make_up"
    COUPON = "coupon"
    POINTS = "points"


GOODWILL = {Gift.COUPON: RemedyKind.COUPON, Gift.POINTS: RemedyKind.POINTS}
MONEY_IS_BACK = {Situation.REFUNDED, Situation.REFUND_ON_ITS_WAY}


@dataclass(frozen=True, slots=True)
class Seen:
    """The page somebody decided on: the place of the case's chain, the newest remedy of its order. None = no page."""

    version: int | None = None
    remedy: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to give and why. `amount` zero = all of it; coupons and points need one."""

    gift: Gift
    reason: str
    amount: Money = Money()
    seen: Seen = Seen()


def give(case: Case, person: Person, wish: Wish, *, shop: Shop, now: datetime) -> Remedy:
    """Ask for a remedy in this person's name. Raises Refusal (`changed_meanwhile` where others decided since the page
    was made), and Unavailable where the shop must be asked and is silent. Never called inside a transaction."""
    if (no := why_not(Verb.GIVE, actor(person), standing(case))) is not None:
        raise no
    if not wish.reason.strip():
        raise Refusal("say_why")
    assert case.order is not None
    order, once = planned(case.order, wish, shop=shop, now=now)
    with journal.chapter():
        matter, *_ = sorted(journal.lock(case.matter_id, order.matter_id), key=lambda one: one.pk != case.matter_id)
        refuse_stale(matter, wish.seen.version)
        _refuse_given_meanwhile(order, wish.seen.remedy)
        return orders.ask_remedy(order, once, by=person.by, now=now, person=person, reason=wish.reason.strip())


def given_since(order: Order, newest: int) -> list[Remedy]:
    """Remedies of this order that were asked for after that one."""
    return list(Remedy.objects.filter(order=order, pk__gt=newest).order_by("pk"))


def _refuse_given_meanwhile(order: Order, newest: int | None) -> None:
    if newest is not None and given_since(order, newest):
        raise Refusal("changed_meanwhile", changes=[])


def planned(order: Order, wish: Wish, *, shop: Shop, now: datetime) -> tuple[Order, Plan]:
    """The order as it is now and what the shop will be asked. Raises as `give`, and never inside a transaction."""
    order, wanted = _plan(order, wish, shop, now)
    return order, replace(wanted, purpose=_purpose(order, wanted.purpose))


def _plan(order: Order, wish: Wish, shop: Shop, now: datetime) -> tuple[Order, Plan]:
    if wish.gift in GOODWILL:
        return order, _goodwill(wish)
    snapshot = shop.order(order.order_no)
    if snapshot is None:
        raise Refusal("situation_changed")
    verdict = judge(snapshot, now)
    order = orders.keep_order(snapshot, verdict, now=now)
    if wish.gift in {Gift.REISSUE, Gift.EXCHANGE}:
        _refuse_impossible(snapshot, verdict.situation, wish.gift)
    wanted = _but_redeemed(plan(snapshot, verdict.situation, Option(wish.gift.value)), snapshot)
    return order, _part_of(wanted, wish.amount) if wish.gift is Gift.REFUND and wish.amount else wanted


def _goodwill(wish: Wish) -> Plan:
    if wish.amount.fen <= 0:
        raise Refusal("amount_missing")
    return Plan(GOODWILL[wish.gift], f"goodwill:{wish.gift.value}", wish.amount, amount=wish.amount)


def _refuse_impossible(snapshot: OrderSnapshot, situation: Situation, gift: Gift) -> None:
    if not paid_payments(snapshot):
        raise Refusal("nothing_paid")
    if situation in MONEY_IS_BACK:
        raise Refusal("money_is_back")
    if _redeemed(snapshot):
        raise Refusal("key_redeemed")
    needed = missing(snapshot) or snapshot.quantity
    if gift is Gift.REISSUE and snapshot.goods.stock is not None and snapshot.goods.stock < needed:
        raise Refusal("no_stock")


def _redeemed(snapshot: OrderSnapshot) -> set[str]:
    """Keys that somebody used after we had handed them over: no shop takes them back."""
    return {
        item.key_id for item in live_items(snapshot)
        if item.redeemed_at and item.redeemed_at >= item.delivered_at and not item.also_in_orders
    }  # fmt: skip


def _but_redeemed(wanted: Plan, snapshot: OrderSnapshot) -> Plan:
    """Who decides that a used key is refunded after all cannot void it: only the others are voided."""
    used = _redeemed(snapshot)
    return replace(wanted, replaces=tuple(key for key in wanted.replaces if key not in used))


def _part_of(wanted: Plan, amount: Money) -> Plan:
    """A part of the money: the keys stay good."""
    if not Money() < amount <= wanted.amount:
        raise Refusal("amount_above", limit=str(wanted.amount))
    if amount == wanted.amount:
        return wanted
    return replace(wanted, purpose="part", amount=amount, cost=amount if wanted.cost else Money(), replaces=())


def _purpose(order: Order, purpose: str) -> str:
    """The purpose itself, or a numbered one where such a remedy is done already; never two under way."""
    same = [
        one for one in Remedy.objects.filter(order=order, state__in=LIVE, purpose__startswith=purpose)
        if one.purpose == purpose or one.purpose.startswith(f"{purpose}#")
    ]  # fmt: skip
    if any(one.state in UNDER_WAY for one in same):
        raise Refusal("remedy_under_way")
    return f"{purpose}#{len(same) + 1}" if same else purpose
