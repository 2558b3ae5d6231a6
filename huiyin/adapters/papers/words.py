"""The words of papers. Times are absolute, with the time zone in the foot: a paper is read on another day."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.cases.letter import Exhibit, Sentence, Wish
from huiyin.lib.money import Money

DEMANDS = {
    "reissue": _("Replacement"), "refund": _("Refund"), "compensation": _("Compensation"),
    "explanation": _("Explanation"), "other": _("Something else"),
}  # fmt: skip
TYPES = {
    "transaction": _("transaction"), "communication": _("communication"), "problem": _("problem"),
}  # fmt: skip
SOURCES = {
    "system": _("held by the platform"), "buyer": _("given by the complainant"), "staff": _("added by an agent"),
    "program": _("added by the shop"),
}  # fmt: skip
RESPONSIBLE = {
    "platform": _("the platform"), "supplier": _("the platform’s supplier; we answer for it to the buyer"),
    "payment": _("the payment channel; we stay with it until the money is there"),
    "vendor": _("the maker of the game or service; we stay with it"), "buyer": _("the buyer"),
    "unclear": _("not decided"),
}  # fmt: skip
REASONS = {  # situations of an order that say why
    "platform_failed": _("The money came in and nothing was delivered."),
    "out_of_stock": _("It was sold when there was none left."),
    "paid_after_expiry": _("The order had been closed when the money came in, so nothing was delivered."),
    "partial_delivery": _("Some of the pieces were not delivered."),
    "wrong_region": _("The key was for another region than the goods page said."),
    "short_amount": _("Less arrived than the rule in force promised."),
    "key_sold_twice": _("The key had also been given to somebody else."),
    "expired_card": _("The key had expired when it was delivered."),
    "redeemed_before_delivery": _("The key had been used before it was delivered."),
    "duplicate_charge": _("One order was charged twice."),
    "refund_failed": _("The payment channel could not pay the refund."),
    "payment_failed": _("The payment did not go through at the payment channel."),
    "payment_pending": _("The payment channel has not settled the payment."),
    "mail_mistyped": _("The mail address on the order could not be reached."),
}
REACH = {
    "phone": _("Phone"), "email": _("Mail"), "wechat": _("WeChat"), "qq": _("QQ"), "member": _("Member number"),
}  # fmt: skip
NEXT_STEPS = {
    "supervisor": _("If this is not solved by then, I ask for a supervisor to take it over."),
    "12315": _("If this is not solved by then, I complain to the market regulator through 12315."),
    "heimao": _("If this is not solved by then, I publish it on the Heimao complaint platform."),
    "association": _("If this is not solved by then, I turn to the consumer association."),
    "court": _("If this is not solved by then, I sue."),
    "police": _("If this is not solved by then, I report it to the police."),
}
MEASURES = {
    "met": _("Done as wanted"), "partly": _("Partly"), "not": _("Not done"), "on_its_way": _("Agreed, on its way"),
    "withdrawn": _("Taken back"),
}  # fmt: skip
SENTENCES = {
    "placed": _("I ordered “%(title)s” under number %(order_no)s."),
    "paid": _("I paid %(amount)s yuan through %(channel)s; bill number %(bill_no)s."),
    "promised": _("By this time it was to be delivered."),
    "tried": _("The shop tried to deliver and did not succeed."),
    "delivered": _("It was delivered: %(what)s."),
    "redeemed": _("The key was redeemed."),
    "shown": _("The key was shown for the first time."),
    "short": _("%(credited)s yuan were credited; the rule in force when I paid gives %(expected)s yuan."),
    "nothing": _("At this time nothing had been delivered."),
    "refund_failed": _("A refund of %(amount)s yuan did not arrive."),
    "account": _("What I experienced, in my own words:"),
    "exhibit": _("Attached: %(shows)s."),
    "filed": _("I complained to %(shop)s; matter number %(no)s."),
    "answered": _("Agent %(agent_no)s answered me for the first time."),
    "answered_by_shop": _("%(shop)s answered me for the first time."),
    "escalated": _("The complaint was moved up."),
    "broken": _("%(shop)s missed its promise “%(what)s”."),
    "proposed": _("%(shop)s proposed a result."),
    "refused": _("I refused the proposal."),
    "accepted": _("I accepted the proposal."),
    "refused_for": _("%(shop)s noted for me that I refused the proposal: %(why)s"),
    "accepted_for": _("%(shop)s noted for me that I accepted the proposal: %(why)s"),
    "arrived": _("What was agreed has arrived."),
    "closed": _("%(shop)s closed the complaint."),
    "closed_by_me": _("I closed the complaint."),
    "reopened": _("It was not solved; the complaint was taken up again."),
}
_PLAINER = {  # what is said where a value is not known, first the sentence that says the most
    "placed": (_("I placed order %(order_no)s."), _("I placed the order.")),
    "paid": (_("I paid %(amount)s yuan through %(channel)s."), _("I paid %(amount)s yuan."), _("I paid.")),
    "delivered": (_("It was delivered."),),
    "refund_failed": (_("A refund did not arrive."),),
}
ENDINGS = {  # the last part of the letter of a case that has ended
    "confirmed": _("I have confirmed that this is solved."),
    "confirmed_for": _("%(shop)s noted for me that this is solved."),
    "arrived": _("All that was agreed has arrived."),
    "settled": _("%(shop)s closed this. I have not said yet that it is solved."),
    "without_confirmation": _("%(shop)s closed this without my confirmation."),
    "withdrawn": _("I took this complaint back."),
    "no_agreement": _("We did not come to an agreement, and %(shop)s closed this."),
}
NEXT_STEPS_AFTER = {  # what the buyer does where it ended without being solved
    "supervisor": _("I ask for a supervisor to take it over."),
    "12315": _("I complain to the market regulator through 12315."),
    "heimao": _("I publish it on the Heimao complaint platform."),
    "association": _("I turn to the consumer association."),
    "court": _("I sue."),
    "police": _("I report it to the police."),
}
WHATS = {
    "order": _("The order"), "payment": _("The payment"), "goods_page": _("The goods page when it was paid"),
    "promotion": _("The promotion when it was paid"), "fees": _("The fees when it was paid"),
    "refund_terms": _("The refund terms when it was paid"), "chat": _("Chat"), "call": _("Telephone call"),
    "mail": _("Mail"),
    "delivery_log": _("The delivery log"), "balance": _("What arrived in the account"), "error": _("Error message"),
    "bill": _("Bill"), "account": _("The account is mine"), "login_trace": _("Sign-in records"),
    "points": _("Points"), "fraud_trace": _("Traces of fraud"), "other": _("Other"),
}  # fmt: skip
UNPRINTED = {  # why a piece of evidence stands in the annex without a picture
    "format": _("Not printed: a printer cannot show this format. The original is in the dossier."),
    "sound": _("Sound cannot be printed. The original is in the dossier."),
    "film": _("A film cannot be printed. The original is in the dossier."),
    "document": _("A document of its own, not printed here. The original is in the dossier."),
    "too_large": _("Not printed: the picture is too large. The original is in the dossier."),
    "unreadable": _("Not printed: the file cannot be drawn. The original is in the dossier as it came."),
    "spoiled": "",
}  # fmt: skip
CHANNELS = {"wechat": _("WeChat Pay"), "alipay": _("Alipay")}


def said(table: dict[str, str], code: str) -> str:
    """The words of a code; the code itself where there are none."""
    return gettext(table[code]) if table.get(code) else table.get(code, code)


def time_of(at: datetime) -> str:
    """2026年11月22日 23:54, or 22 Nov 2026, 23:54."""
    local = timezone.localtime(at)
    values = {"year": local.year, "month": local.month, "day": local.day, "clock": f"{local:%H:%M}"}
    if is_chinese():
        return "{year}年{month}月{day}日 {clock}".format(**values)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def yuan(amount: Money) -> str:
    return gettext("%(amount)s yuan") % {"amount": amount}


def wish_head(wish: Wish) -> str:
    """`Refund 30.00 yuan`."""
    parts = [said(DEMANDS, wish.kind), yuan(wish.amount) if wish.amount else ""]
    return " ".join(part for part in parts if part)


def wish_lines(wish: Wish) -> list[str]:
    """Where to, until when, and the buyer's own words."""
    about = [
        gettext("to %(to)s") % {"to": wish.to} if wish.to else "",
        gettext("by %(by)s") % {"by": time_of(wish.by)} if wish.by else "",
    ]
    joined = gettext(", ").join(part for part in about if part)
    return [line for line in (joined, wish.text) if line]


def sentence(one: Sentence) -> str:
    """A sentence of the letter's second part."""
    known = {name: value for name, value in one.values.items() if value not in {"", "–"}}
    values = {"shop": settings.SHOP_NAME, **known}
    if "channel" in known:
        values["channel"] = said(CHANNELS, known["channel"])
    if "shows" in known:
        values["shows"] = said(WHATS, known["shows"])
    fuller = (SENTENCES.get(one.code, one.code), *_PLAINER.get(one.code, ()))
    said_of = next((text for text in fuller if set(_VALUES.findall(text)) <= values.keys()), fuller[-1])
    return gettext(said_of) % defaultdict(lambda: "–", values)


_VALUES = re.compile(r"%\((\w+)\)s")


def listed(texts: Iterable[str]) -> str:
    """1, 2, 3 or 1、2、3."""
    return ("、" if is_chinese() else ", ").join(texts)


def cites(numbers: tuple[int, ...]) -> str:
    """`[Evidence 1, 3–5]`; empty for none."""
    return gettext("[Evidence %(numbers)s]") % {"numbers": listed(_spans(numbers))} if numbers else ""


def _spans(numbers: tuple[int, ...]) -> Iterator[str]:
    """1, 3, 4, 5 → 1, 3–5."""
    for _place, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        span = [no for _place, no in group]
        yield from (f"{span[0]}–{span[-1]}",) if len(span) > 2 else map(str, span)


def exhibit_name(one: Exhibit) -> str:
    """What it shows."""
    return said(WHATS, one.what)


def about_exhibit(one: Exhibit) -> str:
    """Type, source, time and size in one line."""
    at = _("taken %(time)s") if one.captured_at else _("added %(time)s")
    when = gettext(at) % {"time": time_of(one.at)}
    parts = [said(TYPES, one.type), said(SOURCES, brought_by(one.source, one.by)), when, one.mime, size_of(one.size)]
    return " · ".join(part for part in parts if part)


def brought_by(source: str, by: str) -> str:
    """Who brought evidence, as `SOURCES` names it; `by` as of its fact: a program with a key is the shop."""
    return "program" if by.startswith("api:") else source


def size_of(size: int) -> str:
    """1.2 MB."""
    for unit, factor in (("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def grouped(no: str) -> str:
    """483102759164 → 4831 0275 9164."""
    return " ".join(no[place : place + 4] for place in range(0, len(no), 4))


def frame(title: str, no: str, *, foot: str = "") -> dict[str, object]:
    """What every paper has: its language, name, number and foot."""
    zone = gettext("Times are those of China (UTC+8).")
    return {
        "lang": "zh" if is_chinese() else "en", "region": "CN" if is_chinese() else "GB", "title": title,
        "mark": gettext("Huiyin"), "number": grouped(no), "foot": f"{foot} {zone}".strip(),
    }  # fmt: skip
