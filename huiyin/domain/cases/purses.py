"""What is left of an order's money for refunds, when all cases of the order are looked at.

A refund that was offered or agreed takes its part, until a remedy of ours counts it instead.
"""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from huiyin.domain.cases.demand import ItemKind, ItemState
from huiyin.domain.cases.lifecycle import State
from huiyin.domain.cases.models import Case, DemandItem
from huiyin.domain.cases.offers import Offer, Purse
from huiyin.domain.orders.models import Order
from huiyin.domain.orders.queries import refundable
from huiyin.domain.orders.situations import Situation
from huiyin.lib.errors import Refusal
from huiyin.lib.money import Money

AGREED = (ItemState.ACCEPTED, ItemState.CARRYING_OUT, ItemState.ARRIVED)
PLEDGED = (ItemState.OFFERED, *AGREED)


def purse_for(case: Case, offers: Sequence[Offer]) -> Purse:
    """What these new offers may take. What was offered before for the same items does not count, nor what waits for a
    word on a case that has ended: whoever still takes that is told what is left."""
    if case.order is None or all(offer.kind is not ItemKind.REFUND for offer in offers):
        return Purse()
    others = _refunds(case.order, PLEDGED).exclude(case=case, no__in=[offer.no for offer in offers])
    others = others.exclude(state=ItemState.OFFERED, case__state=State.CLOSED)
    is_second_payment = case.order.situation == Situation.DUPLICATE_CHARGE.value
    return _without(Purse(refundable(case.order), is_second_payment), others)


def refuse_unpayable(case: Case, taken: Iterable[DemandItem]) -> None:
    """Look once more, before a yes is taken, whether the order still holds what was offered: another case may have
    agreed on it since, or the order was joined after the offer. Raises Refusal `offer_unpayable`."""
    refunds = [item for item in taken if item.offer_kind == ItemKind.REFUND]
    if case.order is None or not refunds:
        return
    others = _refunds(case.order, AGREED).exclude(pk__in=[item.pk for item in refunds])
    purse = _without(Purse(refundable(case.order)), others)
    for item in refunds:
        left = purse.left or Money()
        if left.fen <= 0 or item.offer_amount > left:
            raise Refusal("offer_unpayable", no=item.no, limit=str(max(left, Money())))
        purse = purse.less(item.offer_amount)


def _refunds(order: Order, states: Sequence[ItemState]) -> QuerySet[DemandItem]:
    return DemandItem.objects.filter(
        case__order=order, offer_kind=ItemKind.REFUND, state__in=states, remedy__isnull=True
    )  # fmt: skip


def _without(purse: Purse, taken: Iterable[DemandItem]) -> Purse:
    for item in taken:
        purse = purse.less(item.offer_amount)
    return purse
