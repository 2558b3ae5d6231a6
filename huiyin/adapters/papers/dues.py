"""What a promotion owes, said to the buyer in one or two plain sentences, with the version it follows from (CP16)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.adapters.papers.words import yuan
from huiyin.domain.orders.due import compared, terms_of
from huiyin.domain.orders.models import Order, Terms
from huiyin.domain.orders.promotions import Comparison

_FROM_VERSION = {
    "bonus": _("“%(title)s” (version %(version)s) was in force when you paid: %(paid)s yuan give %(due)s yuan."),
    "percent": _("“%(title)s” (version %(version)s) was in force when you paid: %(paid)s yuan give %(due)s yuan."),
    "face": _("“%(title)s” (version %(version)s) was in force when you paid: %(paid)s yuan buy %(due)s yuan."),
    "below_first_step": _(
        "“%(title)s” (version %(version)s) was in force when you paid; %(paid)s yuan are below its first step, so "
        "%(due)s yuan are due."
    ),
}  # fmt: skip


def due_sentence(order: Order) -> str:
    """What should have arrived and what did. Empty where nothing was promised; where nobody can say, that is said. Only
    for somebody who has proven that the order is theirs."""
    if not (order.snapshot.get("promotion") or order.snapshot.get("credited_value")):
        return ""
    known = terms_of(order)
    found = compared(order, known)
    promotion = next((one for one in known if one.kind == "promotion"), None)
    said = [_due(order, found, promotion), _came(found)]
    return gettext("%(one)s %(other)s") % {"one": said[0], "other": said[1]} if all(said) else said[0]


def _due(order: Order, found: Comparison, promotion: Terms | None) -> str:
    due = found.expected.amount
    if promotion is not None and due is not None and found.expected.why in _FROM_VERSION:
        values = {"title": promotion.title, "version": promotion.version, "paid": order.amount, "due": due}
        return gettext(_FROM_VERSION[found.expected.why]) % values
    if found.shop_says is not None and found.credited is not None:
        return gettext("By the shop's records %(due)s are due.") % {"due": yuan(found.shop_says)}
    if found.expected.why in {"no_version", "rule_unreadable", "several_promotions", "price_not_listed"}:
        return gettext("We cannot compute by ourselves what this promotion owes you; a person compares it.")
    return ""


def _came(found: Comparison) -> str:
    amount = found.expected.amount if found.expected.amount is not None else found.shop_says
    if amount is None or found.credited is None:
        return ""
    values = {"credited": yuan(found.credited), "short": yuan(found.difference)}
    if found.difference:
        return gettext("%(credited)s have arrived, so %(short)s are missing.") % values
    return gettext("%(credited)s have arrived; nothing is missing.") % values
