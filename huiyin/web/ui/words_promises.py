"""What we promise, by when, for what reason, and what happens when it is missed."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.promises.models import Promise
from huiyin.web.ui.times import deadline

_WHAT = {
    "acknowledge": _("we confirm that we have it"),
    "first_answer": _("a person answers you"),
    "remedy": _("we carry out what you chose"),
    "next_update": _("we have news for you, even when there is none"),
    "result": _("we tell you what we found and what we offer"),
    "manual_task": _("we do by hand what you chose"),
    "payment_check": _("we ask the payment channel again"),
    "callback": _("we call you back"),
    "carrying_out": _("we make the agreed result real"),
    "buyer_material": _("you send us what we asked for"),
    "l2_answer": _("the second line answers"),
    "risk_check": _("the risk team says what happened"),
}
_REASONS = {
    "undelivered_key": _("ten minutes for a key that was not delivered, for everybody"),
    "unusable_key": _("half an hour for a key that does not work"),
    "wrong_amount": _("four hours when too little arrived"),
    "double_charge": _("four hours when you were charged twice"),
    "stolen_account": _("two hours when an account was stolen"),
    "risk_check": _("four hours for a risk check"),
    "other_result": _("a day for everything else"),
    "urgent": _("the shortest time, because it is urgent"),
    "high_severity": _("a shorter time, because much depends on it"),
    "tier_diamond": _("three minutes for diamond members"),
    "tier_gold": _("ten minutes for gold members"),
    "tier_silver": _("twenty minutes for silver members"),
    "tier_ordinary": _("half an hour for everybody"),
    "at_once": _("at once"),
    "remedy": _("ten minutes for what a machine does"),
    "next_update": _("news every day"),
    "payment_check": _("ten minutes for a payment that is not settled"),
    "carrying_out": _("a day to make a result real"),
    "buyer_material": _("a day for you, then we go on without it"),
    "l2_answer": _("two hours for the second line"),
}
_MISSED = {
    "remedy": _("If we are late, a person takes over by itself"),
    "buyer_material": _("If nothing comes, we go on with what we have"),
}
_STATES = {
    "running": _("By %(by)s %(what)s"),
    "paused": _("paused: %(what)s; it is your turn"),
    "kept": _("kept: %(what)s"),
    "broken": _("missed: by %(by)s %(what)s"),
    "withdrawn": _("no longer needed: %(what)s"),
}


def promise_what(kind: str) -> str:
    """What is promised, without a time."""
    return gettext(_WHAT[kind]) if kind in _WHAT else kind


def promise_text(promise: Promise) -> str:
    """What we promised and by when, as it stands now."""
    what = promise.words or promise_what(promise.kind)
    return gettext(_STATES[promise.state]) % {"what": what, "by": deadline(promise.due)}


def promise_reason(promise: Promise) -> str:
    """Why this long: the rule in words; empty for a rule without words."""
    return gettext(_REASONS[promise.reason]) if promise.reason in _REASONS else ""


def promise_if_missed(promise: Promise) -> str:
    """What happens by itself when the time is over."""
    if promise.state == "broken":
        return gettext("We missed this time. The matter moved up to a supervisor by itself")
    return gettext(_MISSED.get(promise.kind, _("If we are late, it moves up to a supervisor by itself")))
