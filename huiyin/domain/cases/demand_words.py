"""Our wording for a demand, from the items `demand.check` proposes: what the buyer may take over with one tap."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.domain.cases.demand import BESIDE_ORDERS, Item, ItemKind, OrderFacts


def suggestion(items: Sequence[Item], order: OrderFacts | None, category: str = "") -> str:
    """One sentence a demand, each with what, how much and until when; empty without items. What is not about an order
    (`category`) is explained as it is."""
    about = order if category not in BESIDE_ORDERS else None
    words = _WORDS | ({ItemKind.EXPLANATION: _APOLOGIES.get(category, _what_happened)} if about is None else {})
    return " ".join(words[item.kind](item, order) for item in items if item.kind in words)


def still_wanted() -> str:
    """What is wanted after all was thought to have arrived, where nobody said it in words."""
    return _("It is not solved yet. Please go on with it.")


def _until(at: datetime | None) -> str:
    if at is None:
        return _("within 24 hours")
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return _("by %(month)s/%(day)s %(time)s") % {
        "month": f"{local.month:02d}", "day": f"{local.day:02d}", "time": f"{local:%H:%M}"
    }  # fmt: skip


def _about(order: OrderFacts | None) -> str:
    return _("order %(order_no)s") % {"order_no": order.order_no} if order else _("my order")


def _reissue(item: Item, order: OrderFacts | None) -> str:
    values = {"until": _until(item.by), "order": _about(order), "amount": str(item.amount)}
    if item.amount:
        return _("Please add the missing value of %(amount)s yuan to %(order)s %(until)s.") % values
    title = order.title if order else ""
    if title:
        return _("Please deliver all of “%(title)s” for %(order)s %(until)s.") % (values | {"title": title})
    return _("Please deliver all of %(order)s %(until)s.") % values


def _refund(item: Item, order: OrderFacts | None) -> str:
    values = {"until": _until(item.by), "order": _about(order), "amount": str(item.amount)}
    if item.amount:
        return _("Please refund %(amount)s yuan for %(order)s the way they came %(until)s.") % values
    return _("Please refund %(order)s in full the way it was paid %(until)s.") % values


def _compensation(item: Item, order: OrderFacts | None) -> str:
    values = {"until": _until(item.by), "order": _about(order), "amount": str(item.amount)}
    if item.amount:
        return _("Please compensate me for %(order)s with %(amount)s yuan %(until)s.") % values
    return _("Please compensate me for the full difference I lost on %(order)s %(until)s.") % values


def _explanation(item: Item, order: OrderFacts | None) -> str:
    values = {"until": _until(item.by), "order": _about(order)}
    return _("Please explain in writing the reason for what happened with %(order)s %(until)s.") % values


def _what_happened(item: Item, order: OrderFacts | None) -> str:
    return _("Please explain in writing what happened and the reason for it %(until)s.") % {"until": _until(item.by)}


def _apology(item: Item, order: OrderFacts | None) -> str:
    return _("Please answer me in writing about the service %(until)s: what happened, and an apology.") % {
        "until": _until(item.by)
    }


def _named(item: Item, order: OrderFacts | None) -> str:
    return _("Please do this %(until)s: %(text)s.") % {"until": _until(item.by), "text": item.text}


_APOLOGIES = {"service_attitude": _apology}
_WORDS: dict[ItemKind, Callable[[Item, OrderFacts | None], str]] = {
    ItemKind.REISSUE: _reissue,
    ItemKind.REFUND: _refund,
    ItemKind.COMPENSATION: _compensation,
    ItemKind.EXPLANATION: _explanation,
    ItemKind.OTHER: _named,
}
