"""What we say about an order we looked at, and the names of what a buyer may choose."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.orders.models import Finding
from huiyin.lib.phones import mask_email, mask_phone
from huiyin.web.ui.times import deadline, moment, money, short_money
from huiyin.web.ui.words_members import member_words


@dataclass(frozen=True, slots=True)
class Words:
    """For one situation: the tone and text of its chip, the headline, and what else must be said."""

    tone: str  # amber: our fault | teal | green | grey
    chip: str
    headline: str
    more: str


OURS = _("This is our fault")
SAFE = _("Your money is not lost")
SITUATIONS = {
    "platform_failed": Words(
        "amber", OURS, _("We have the %(amount)s you paid at %(paid_at)s; %(missed)s"),
        _("You did nothing wrong. Choose, and we do it now."),
    ),
    "paid_after_expiry": Words(
        "amber", OURS, _("We have the %(amount)s you paid at %(paid_at)s; %(missed)s"),
        _("The order had closed a little before the money came, so nothing was sent. Choose, and we do it now."),
    ),
    "partial_delivery": Words(
        "amber", OURS, _("%(missing)s of %(quantity)s pieces are still missing"),
        _("You paid %(amount)s for all of them. You can have the missing ones now."),
    ),
    "payment_pending": Words(
        "teal", SAFE, _("Your payment of %(amount)s is still with %(channel)s"),
        _("%(channel)s has not confirmed it to us yet. Once it does, delivery starts by itself; if it does not, "
          "the money goes back to you by itself. We ask again every minute, and you need not pay again."),
    ),
    "payment_failed": Words(
        "grey", _("Not paid"), _("The payment of %(amount)s did not go through"),
        _("%(channel)s says it failed, so no money came to us. If your bill shows that it was taken, a person checks."),
    ),
    "unpaid": Words(
        "grey", _("Not paid"), _("No payment has come in for this order"),
        _("If your bill shows that you paid, a person checks it against the bill."),
    ),
    "out_of_stock": Words(
        "amber", OURS, _("We took your %(amount)s, and then had none left"),
        _("We should not have sold it. You choose what happens now."),
    ),
    "expired_card": Words(
        "amber", OURS, _("The key we sent you had expired"),
        _("It was valid until %(key_expires_at)s. It cannot be redeemed, so you get another one or your money."),
    ),
    "wrong_region": Words(
        "amber", OURS, _("We sent you a key for another region"),
        _("It is for %(key_region)s, you bought %(region)s. You get the right one or your money."),
    ),
    "already_redeemed": Words(
        "teal", _("A person must look"), _("This key has been redeemed"),
        _("These are the three times we know. Only a person can find out what happened, and one does."),
    ),
    "redeemed_before_delivery": Words(
        "amber", OURS, _("The key we sent you had been used before you got it"),
        _("It was redeemed at %(redeemed_at)s and sent to you at %(delivered_at)s. You get another or your money."),
    ),
    "short_amount": Words(
        "amber", OURS, _("%(credited)s arrived, %(expected)s should have"),
        _("The offer was “%(promotion)s”. You are owed %(difference)s, and we can add it now."),
    ),
    "duplicate_charge": Words(
        "amber", _("Paid twice"), _("You were charged twice for one order"),
        _("Your order was delivered. The second payment goes back the way it came."),
    ),
    "mail_mistyped": Words(
        "green", _("Your key is here"), _("The key is ready, our mail to you came back"),
        _("The address %(email)s could not be reached. We can show the key right here."),
    ),
    "page_closed": Words(
        "green", _("Your key is here"), _("The key was ready when the page was closed"),
        _("It was issued at %(delivered_at)s and nobody has seen it. We can show it right here."),
    ),
    "delivered": Words(
        "green", _("Delivered"), _("It was delivered at %(delivered_at)s, %(delivered_how)s"), _("%(goods_line)s"),
    ),
    "key_sold_twice": Words(
        "amber", OURS, _("The key we sent you was also given to somebody else"),
        _("It may not work. You get one of your own or your money."),
    ),
    "manual_goods": Words(
        "teal", _("In work"), _("We have the %(amount)s you paid; a person prepares this by hand"),
        _("It is due by %(by)s. If it is late, we are told by ourselves and you hear from us."),
    ),
    "wrong_account": Words(
        "teal", _("A person must look"), _("Your top-up went to an account we do not know as yours"),
        _("Your money is not lost. A person compares the account you named with the one it went to."),
    ),
    "refund_failed": Words(
        "amber", _("The refund did not go through"), _("Your refund of %(amount)s was sent back to us"),
        _("The payment channel could not give it to you, so we still hold it. A person finds another way with you."),
    ),
    "refund_on_its_way": Words(
        "teal", _("Refund on its way"), _("%(amount)s is on its way back to you"),
        _("It goes back the way you paid. %(channel)s usually takes 1 to 3 working days."),
    ),
    "refunded": Words(
        "green", _("Refunded"), _("%(amount)s went back to you"),
        _("It went back the way you paid. You find it in the bill of %(channel)s, under refunds."),
    ),
    "watched": Words(
        "teal", _("On its way"), _("We have the %(amount)s you paid; delivery is due by %(by)s"),
        _("If it is late, we put it right by ourselves. This page changes when it does."),
    ),
    "shop_unreachable": Words(
        "amber", OURS, _("We cannot look into the shop just now"),
        _("We ask again every minute. This page changes as soon as the shop answers; nothing you entered is lost."),
    ),
    "not_found": Words(
        "grey", _("No match yet"), _("We found no order that fits"),
        _("Please compare with the bill. The long number there is the surest way."),
    ),
    "proof_needed": Words(
        "teal", _("One more thing"), _("One more thing, so that nobody else sees your order"),
        _("Either a code we send to the contact of the order, or the long number on the bill."),
    ),
    "too_many_tries": Words(
        "grey", _("Paused"), _("That were too many tries; a person helps you now"),
        _("You can try again yourself in 15 minutes."),
    ),
}  # fmt: skip

# for an order the watch has put right before the buyer came
MADE_GOOD = Words(
    "green",
    _("Put right"),
    _("We noticed by ourselves that nothing had reached you, and sent it at %(made_good_at)s"),
    _("You had to do nothing. We can show it right here, and it went to %(contact)s."),
)

_MISSED = {
    "card": _("the key was not sent"),
    "topup": _("the top-up did not arrive"),
    "manual": _("it was not delivered"),
}
_CHANNELS = {"wechat": _("WeChat Pay"), "alipay": _("Alipay")}
_DELIVERED = {
    "mail": _("by mail to %(email)s"),
    "page": _("on the order page"),
    "sms": _("by SMS to %(phone)s"),
    "account": _("to your account"),
    "topup": _("to your account"),
}


def situation_title(situation: str) -> str:
    """The short name of a situation, as on its chip."""
    words = SITUATIONS.get(situation)
    return gettext(words.chip) if words else situation


def chip(finding: Finding) -> tuple[str, str]:
    """Tone and text of the chip above the headline."""
    words = _words(finding)
    return words.tone, gettext(words.chip)


def headline(finding: Finding) -> str:
    """What we found, in one sentence without a full stop."""
    return gettext(_words(finding).headline) % _values(finding)


def more(finding: Finding) -> str:
    """What follows from it."""
    return gettext(_words(finding).more) % _values(finding)


def says(finding: Finding) -> str:
    """What we found and what follows from it: one or two sentences for any channel."""
    return gettext("%(headline)s. %(more)s") % {"headline": headline(finding), "more": more(finding)}


def small_facts(finding: Finding) -> list[str]:
    """The facts behind the headline: article, payment, delivery. Empty where nothing is proven."""
    if finding.order is None:
        return []
    values = _values(finding)
    lines = [gettext("%(title)s × %(quantity)s") % values if values["quantity"] != 1 else str(values["title"])]
    if values["channel"] and values["paid_at"]:
        lines.append(gettext("%(channel)s, %(paid_at)s") % values)
    if values["masked"]:
        lines.append(gettext("Key %(masked)s") % values)
    if values["masked"] and values["shown_at"] and finding.verdict["situation"] == "delivered":
        lines.append(gettext("First shown at %(shown_at)s") % values)
    member = member_words(finding.order.snapshot.get("buyer") or {})
    return [*lines, gettext("Member: %(member)s") % {"member": member}] if member else lines


def masked_contact(finding: Finding) -> str:
    """Where the order's buyer can be reached, masked: `a***@qq.com`; empty when unknown."""
    who = finding.order.snapshot.get("buyer", {}) if finding.order else {}
    if who.get("email"):
        return mask_email(who["email"])
    return mask_phone(who["phone"]) if who.get("phone") else ""


_LABELS = {
    "refund": _("No thanks, refund %(short)s the way I paid"),
    "wait": _("All right, I wait"),
    "exchange": _("Give me %(exchange_title)s instead"),
    "show": _("Show me the key"),
    "make_up": _("Give me the missing %(difference)s"),
    "not_working": _("The key does not work"),
    "not_my_mail": _("That is not my mail address"),
    "person": _("Talk to a person"),
    "code": _("Send a code to the contact of the order"),
    "reissue": _("Give me another key"),
}
_LABELS_OF = {
    ("reissue", "platform_failed", "card"): _("Give me the key now"),
    ("reissue", "paid_after_expiry", "card"): _("Give me the key now"),
    ("reissue", "platform_failed", "topup"): _("Top up my account now"),
    ("reissue", "paid_after_expiry", "topup"): _("Top up my account now"),
    ("reissue", "partial_delivery", "card"): _("Give me the missing ones now"),
    ("reissue", "refund_failed", "card"): _("No refund, give me the key"),
    ("refund", "duplicate_charge", ""): _("Refund the second payment"),
    ("refund", "out_of_stock", ""): _("Refund %(short)s the way I paid"),
    ("refund", "partial_delivery", ""): _("Refund the missing part the way I paid"),
    ("wait", "out_of_stock", ""): _("I wait until it is back"),
    ("wait", "manual_goods", ""): _("All right, I wait for it"),
    ("wait", "watched", ""): _("All right, I wait for it"),
}


def option_label(option: str, finding: Finding) -> str:
    """What stands on the button of a choice."""
    verdict = finding.verdict
    situation, kind = verdict["situation"], verdict.get("values", {}).get("kind", "")
    label = _LABELS_OF.get((option, situation, kind)) or _LABELS_OF.get((option, situation, "")) or _LABELS[option]
    return gettext(label) % _values(finding)


def _words(finding: Finding) -> Words:
    by_watch = finding.verdict.get("values", {}).get("made_good_by") == "watch"
    return MADE_GOOD if by_watch else SITUATIONS[finding.verdict["situation"]]


def _values(finding: Finding) -> defaultdict[str, Any]:
    """The verdict's values as people read them; what is unknown is empty."""
    raw = finding.verdict.get("values", {})
    who = finding.order.snapshot.get("buyer", {}) if finding.order else {}
    values: defaultdict[str, Any] = defaultdict(str, {key: value for key, value in raw.items() if value is not None})
    values["email"], values["phone"] = mask_email(who.get("email", "")), mask_phone(who.get("phone", ""))
    for name in ("paid_at", "delivered_at", "shown_at", "redeemed_at", "key_expires_at", "made_good_at"):
        values[name] = moment(raw.get(name))
    for name in ("expected", "credited", "difference"):
        values[name] = money(raw.get(name, ""))
    values["amount"], values["short"] = money(raw.get("amount", "")), short_money(raw.get("amount", ""))
    values["by"] = deadline(finding.verdict.get("by"))
    values["contact"] = masked_contact(finding) or gettext("your contact")
    values["channel"] = _channel(raw.get("channel", ""))
    values["missed"] = gettext(_MISSED.get(raw.get("kind", ""), _MISSED["card"]))
    values["delivered_how"] = gettext(_DELIVERED.get(raw.get("delivered_by", ""), _DELIVERED["account"])) % values
    values["goods_line"] = _goods_line(raw)
    return values


def _channel(slug: str) -> str:
    return gettext(_CHANNELS[slug]) if slug in _CHANNELS else slug or gettext("the payment channel")


def _goods_line(raw: dict[str, Any]) -> str:
    if raw.get("kind") == "topup":
        return gettext("The top-up has been credited. If it is not in your account, a person looks with you.")
    return gettext("If it did not reach you or does not work, say so here.")
