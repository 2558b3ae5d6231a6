"""The names of remedies and how far they are."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.cases.offers import Arrival, arrival
from huiyin.domain.orders.models import Remedy

_NAMES = {
    "reissue": _("Replacement"),
    "refund": _("Refund"),
    "coupon": _("Coupon"),
    "points": _("Points"),
    "resend": _("Sending it again"),
    "exchange": _("Exchange"),
}
_STATES = {
    "requested": _("waits for a person's approval"),
    "approved": _("starts in a moment"),
    "executing": _("under way"),
    "done": _("done"),
    "failed": _("did not work"),
    "needs_person": _("a person does it by hand"),
}


def remedy_name(kind: str) -> str:
    """What kind of remedy it is."""
    return gettext(_NAMES[kind]) if kind in _NAMES else kind


def remedy_state(remedy: Remedy) -> str:
    """How far it is; of money that is under way, by the shop's last word about the order."""
    if remedy.state == "done" and remedy.detail == "on_its_way" and not _has_arrived(remedy):
        return gettext("accepted, the money is on its way")
    return gettext(_STATES[remedy.state]) if remedy.state in _STATES else remedy.state


def _has_arrived(remedy: Remedy) -> bool:
    return arrival(remedy.kind, remedy.key, remedy.detail, remedy.order.snapshot) is Arrival.ARRIVED
