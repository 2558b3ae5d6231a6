"""The case screen in words: items and what they owe, the terms and what they promise, three times, who looked."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_noop as _

from huiyin.domain.cases.evidence import POINTS, What
from huiyin.domain.cases.offers import Offer
from huiyin.domain.orders.promotions import Expected
from huiyin.web.ui.times import deadline, in_writing, money
from huiyin.web.ui.words_cases import item_head
from huiyin.web.ui.words_evidence import example_of, points_text, what_name

ITEM_STATES = {
    "open": _("nothing offered yet"),
    "offered": _("waits for the buyer's word"),
    "accepted": _("agreed, begins now"),
    "refused": _("the buyer refused it"),
    "carrying_out": _("being carried out"),
    "arrived": _("arrived, and checked"),
    "withdrawn": _("the buyer took it back"),
}
ITEM_TONES = {"open": "amber", "refused": "amber", "arrived": "green", "withdrawn": "grey", "offered": "grey"}
DECISIONS = {
    "accepted": _("Takes it"),
    "partly": _("Takes it, and wants more"),
    "refused": _("Does not take it"),
    "withdrawn": _("No longer wants it"),
}
TERMS = {
    "goods_page": _("Goods page"),
    "promotion": _("Promotion rule"),
    "fees": _("Fees"),
    "refund": _("Refund rule"),
}
_EXPECTED = {
    "bonus": _("paid %(paid)s, each %(step)s gives %(bonus)s more, %(times)s ×"),
    "percent": _("paid %(paid)s, %(percent)s%% more, %(bonus)s"),
    "face": _("paid %(paid)s, each %(step)s buys its face value, %(times)s ×"),
    "below_first_step": _("paid %(paid)s, below the first step of the rule"),
    "rule_unreadable": _("the rule cannot be computed; please read it"),
    "not_paid": _("nothing was paid"),
    "no_version": _("the shop gave no version of the promotion for that moment"),
    "no_promotion": _("no promotion was in force"),
    "several_promotions": _("several promotions were in force; please compare yourself"),
    "price_not_listed": _("the price %(paid)s is not in the rule's list"),
}
LOOKS = {
    "viewed": _("looked at"),
    "played": _("played"),
    "downloaded": _("downloaded"),
    "exported": _("exported"),
    "revealed": _("had shown"),
    "listened": _("listened to"),
}
_LOOKED_AT = {
    "case": _("the matter"),
    "dossier": _("the dossier"),
    "contact": _("the contact"),
    "letter": _("the letter"),
    "result": _("the written result"),
    "talk": _("the conversation"),
    "message": _("a file of the conversation"),
    "file": _("a file of the conversation"),
    "call": _("the call"),
    "call_whisper": _("the call, whispering to the agent"),
    "call_barge": _("the call, speaking with both"),
    "call_take_over": _("the call, taking it over"),
}


def expected_text(due: Expected) -> str:
    """Why this amount is due, or why nobody can say."""
    text = gettext(_EXPECTED[due.why]) if due.why in _EXPECTED else due.why
    return text % due.values if due.values else text


def looked_at(item: str) -> str:
    """What somebody looked at: `evidence:3` → Evidence 3."""
    kind, _colon, no = item.partition(":")
    if kind == "recording":
        return gettext("recording %(no)s") % {"no": no}
    if kind == "transcript":
        return gettext("what was said in recording %(no)s") % {"no": no}
    if kind == "evidence":
        return gettext("evidence %(no)s") % {"no": no}
    return gettext(_LOOKED_AT[kind]) if kind in _LOOKED_AT else item


def ask_words(item: str) -> str:
    """How we ask the buyer for one thing, where the agent writes nothing of their own."""
    what, example, points = what_name(item), example_of(item), points_text(POINTS[What(item)])
    if example:
        said = gettext("To settle this we still need one thing from you: %(what)s, %(example)s.")
    else:
        said = gettext("To settle this we still need one thing from you: %(what)s.")
    legible = gettext("Please make sure that this can be read: %(points)s.") % {"points": points}
    return f"{said % {'what': what, 'example': example}}\n{legible}"


def offers_words(offers: Sequence[Offer]) -> str:
    """What we offer, a line for each item, as the conversation shows it where nobody wrote anything beside the offers:
    in the language of the shop's buyers, whoever offers it."""
    if not offers:
        return ""
    with override(settings.LANGUAGE_CODE):
        return "\n".join([gettext("This is what we offer:"), *(_offer(one) for one in offers)])


def _offer(offer: Offer) -> str:
    by = gettext("arrives by %(by)s") % {"by": deadline(offer.by)} if offer.by else ""
    parts = [item_head(offer.kind.value, offer.amount), by, offer.text]
    return f"{offer.no}. " + " · ".join(part for part in parts if part)


def offered_text(kind: str, amount: object, by: datetime | None, text: str) -> str:
    """An offer in one line: what, how much, until when, and our words."""
    until = gettext("by %(by)s") % {"by": deadline(by)} if by else ""
    return " · ".join(part for part in (item_head(kind, amount), until, text) if part)


def wanted_text(amount: object, to: str, by: datetime | None, text: str) -> str:
    """What the buyer said about an item beside its kind."""
    where = gettext("to %(to)s") % {"to": to} if to else ""
    until = gettext("by %(by)s") % {"by": deadline(by)} if by else ""
    return " · ".join(part for part in (where, until, text) if part)


def span(seconds: float) -> str:
    """How long lies between two times: 3 minutes, 2 hours, 4 days."""
    minutes = round(abs(seconds) / 60)
    if minutes < 1:
        return gettext("under a minute")
    if minutes < 120:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if minutes < 2880:
        return ngettext("%(count)s hour", "%(count)s hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)s day", "%(count)s days", minutes // 1440) % {"count": minutes // 1440}


def before_delivery(seconds: float) -> str:
    return gettext("Redeemed %(span)s before we delivered it: this cannot have been the buyer. Supplier's key.") % {
        "span": span(seconds)
    }


def after_shown(seconds: float) -> str:
    return gettext(
        "Redeemed %(span)s after it was first shown to the buyer. That alone blames nobody: ask what they see."
    ) % {"span": span(seconds)}


def never_shown() -> str:
    return gettext("Redeemed although we have never shown it to the buyer: look at where it was sent, and who had it.")


def not_redeemed() -> str:
    return gettext("Nobody has redeemed it, as far as the shop knows: ask for the exact error message.")


def reason_at_desk(reason: str) -> str:
    """Why a remedy was asked for: what somebody typed, or the demand item it is for."""
    kind, _blank, no = reason.partition(" ")
    return gettext("for demand item %(no)s") % {"no": no} if kind == "item" and no.isdigit() else reason


def given_text(given: object, limit: object) -> str:
    return gettext("%(given)s of %(paid)s paid") % {"given": money(given), "paid": money(limit)}


def next_step(step: str, until: datetime) -> str:
    """What a message of a program says comes next and by when, in the buyers' language."""
    with override(settings.LANGUAGE_CODE):
        return gettext("Next: %(step)s, by %(until)s at the latest") % {"step": step, "until": in_writing(until)}
