"""The names of remedies and how far they are."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

_NAMES = {
    "reissue": _("New key"),
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


def remedy_state(state: str, detail: str = "") -> str:
    """How far it is."""
    if state == "done" and detail == "on_its_way":
        return gettext("accepted, the money is on its way")
    return gettext(_STATES[state]) if state in _STATES else state
