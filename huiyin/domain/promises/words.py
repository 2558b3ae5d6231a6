"""What is promised and why this long, in words: pages, messages and papers say it alike."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

_WHAT = {
    "acknowledge": _("we confirm that we have it"),
    "first_answer": _("a person answers you"),
    "remedy": _("we carry out what you chose"),
    "next_update": _("we have news for you, even when there is none"),
    "result": _("we tell you what we found and what we offer"),
    "manual_task": _("we do by hand what you chose"),
    "payment_check": _("we ask the payment channel again"),
    "callback": _("we call you back"),
    "carrying_out": _("we carry out what was agreed"),
    "buyer_material": _("you send us what we asked for"),
    "l2_answer": _("the second line answers"),
    "risk_check": _("the risk team says what happened"),
    "commitment": _("we do what we said we would"),
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
    "carrying_out": _("a day to carry out what was agreed"),
    "carrying_out_key": _("ten minutes for a key that was agreed"),
    "carrying_out_coupon": _("an hour for a coupon"),
    "carrying_out_refund": _("three days, because payment channels take one to three"),
    "carrying_out_named": _("the time we named with our offer"),
    "buyer_material": _("a day for you, then we go on without it"),
    "l2_answer": _("two hours for the second line"),
    "chat_answer": _("what this queue promises to whoever waits in it"),
    "commitment": _("the time that was named to you"),
}


def promise_what(kind: str) -> str:
    """What is promised, without a time."""
    return gettext(_WHAT[kind]) if kind in _WHAT else kind


def reason_words(reason: str) -> str:
    """The rule that set the time; empty for a rule without words."""
    return gettext(_REASONS[reason]) if reason in _REASONS else ""
