"""Cases in words: what is wanted, what we offer, who is responsible, how it ended, and the facts of their life.

`TOLD_TO_BUYERS` and `TOLD_TO_STAFF` tell the facts of `domain/cases/events.py`; words_facts and words_steps take them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.adapters.papers.words import DEMANDS, REASONS, listed
from huiyin.web.ui.times import short_money
from huiyin.web.ui.words_evidence import next_step_name, numbers_text, points_text, what_name

Data = Mapping[str, Any]

ITEM_STATES = {
    "open": _("open"),
    "offered": _("your word is next"),
    "accepted": _("agreed"),
    "refused": _("you refused; we owe something better"),
    "carrying_out": _("being carried out"),
    "arrived": _("done"),
    "withdrawn": _("taken back"),
}
RESPONSIBLE = {
    "platform": _("It is our mistake."),
    "supplier": _("It is our supplier's mistake; we answer for it to you."),
    "payment": _("It lies with the payment channel; we stay with it until the money is there."),
    "vendor": _("It lies with the maker of the game or service; we stay with it."),
    "buyer": _("By our records it lies on your side. We still help."),
    "unclear": _("We do not know yet who is responsible."),
}
RESPONSIBLE_AT_DESK = {
    "platform": _("us"),
    "supplier": _("supplier"),
    "payment": _("payment channel"),
    "vendor": _("game or service"),
    "buyer": _("buyer"),
    "unclear": _("unclear"),
}
STATES = {
    "filed": _("We have it"),
    "acknowledged": _("We have it"),
    "assessed": _("We are working on it"),
    "investigating": _("We are working on it"),
    "waiting_for_buyer": _("We need something from you"),
    "proposed": _("Your word is next"),
    "negotiating": _("We owe you something better"),
    "escalated": _("With a supervisor"),
    "accepted": _("Agreed"),
    "carrying_out": _("Agreed, on its way"),
    "closed": _("Closed"),
}
OUTCOMES = {
    "confirmed": _("You confirmed it is solved"),
    "confirmed_for": _("We noted for you that it is solved"),
    "arrived": _("All that was agreed has arrived"),
    "settled": _("We have done our part; you may still say yes or no"),
    "without_confirmation": _("Closed without your confirmation; we do not count it as solved"),
    "withdrawn": _("You took it back"),
    "no_agreement": _("We found no agreement; the ways outside are open to you"),
}


def item_name(kind: str) -> str:
    """What is wanted: reissue, refund, compensation, explanation, other."""
    return gettext(DEMANDS[kind]) if kind in DEMANDS else kind


def item_head(kind: str, amount: object) -> str:
    """`Refund ¥30`; the kind alone where no amount was named."""
    return f"{item_name(kind)} {short_money(amount)}" if amount and str(amount) != "0.00" else item_name(kind)


def smart_hint(missing: Iterable[str]) -> str:
    """What would make a demand easier to meet, in one line."""
    said = {
        "S": _("what exactly you want"), "M": _("how much"), "A": _("an amount the law knows"),
        "R": _("something we can give"), "T": _("until when"),
    }  # fmt: skip
    parts = listed(gettext(said[letter]) for letter in missing if letter in said)
    return gettext("Faster with: %(parts)s. You may also send it as it is.") % {"parts": parts}


def item_state(state: str) -> str:
    """How far one item is, said to the buyer."""
    return gettext(ITEM_STATES[state]) if state in ITEM_STATES else state


def state_for_buyer(state: str) -> str:
    """Where the case stands, in three or four words."""
    return gettext(STATES[state]) if state in STATES else state


def outcome_for_buyer(outcome: str) -> str:
    """How it ended, as `outcome.ending` says."""
    return gettext(OUTCOMES[outcome]) if outcome in OUTCOMES else ""


def responsible_text(responsible: str, reason: str = "") -> str:
    """Who is responsible and why, in one or two sentences for the buyer."""
    said = gettext(RESPONSIBLE[responsible]) if responsible in RESPONSIBLE else responsible
    why = gettext(REASONS[reason]) if reason in REASONS else reason
    return f"{why}{_gap(why)}{said}" if why else said


def responsible_at_desk(slug: str) -> str:
    """Who is responsible, in one word for staff."""
    return gettext(RESPONSIBLE_AT_DESK[slug]) if slug in RESPONSIBLE_AT_DESK else slug


def _gap(before: str) -> str:
    return "" if before.endswith(("。", "；")) else " "


def _offers(offers: list[Data]) -> str:
    heads = (f"{offer['no']}. {item_head(offer['kind'], offer['amount'])}" for offer in offers)
    return listed(heads)


# --- facts, for the buyer's time line: None = not for them

Teller = Callable[[Data, str], str | None]


def for_them(said: str, behalf: str) -> str:
    """What we noted in the buyer's name is never told as their own deed: who said it, and why."""
    return gettext("We noted for you: %(said)s (%(why)s)") % {"said": said, "why": behalf} if behalf else said


def _b_proposed(data: Data, by: str) -> str:
    values = {"offers": _offers(data["offers"])}
    if data.get("resolved"):
        return gettext("We settle it: %(offers)s") % values
    return gettext("We proposed: %(offers)s") % values


def _b_decided(data: Data, by: str) -> str:
    values = {"items": numbers_text(data["items"])}
    said = {
        "accepted": _("You accepted: point %(items)s"), "refused": _("You did not accept: point %(items)s"),
        "partly": _("You accepted a part of point %(items)s; we go on about the rest"),
        "withdrawn": _("You took back: point %(items)s"),
    }  # fmt: skip
    words = said[data["decision"]]
    return for_them(gettext(words) % values, data.get("behalf", ""))


def _b_arrived(data: Data, by: str) -> str:
    if data["verified"] == "buyer" and by != "buyer":
        return gettext("We noted for you: point %(no)s has arrived") % data
    said = {
        "shop": _("Point %(no)s has arrived, as the shop's records show"), "buyer": _("You say point %(no)s arrived"),
        "person": _("Point %(no)s has arrived; a person has looked"),
    }  # fmt: skip
    words = said.get(data["verified"], said["person"])
    return gettext(words) % data


def _b_asked(data: Data, by: str) -> str:
    values = {"what": what_name(data["item"])}
    if data["paused"]:
        return gettext("We asked you for: %(what)s. Until it comes our time stands still, a day at most") % values
    return gettext("We asked you for: %(what)s. Our time goes on meanwhile") % values


def _b_evidence(data: Data, by: str) -> str:
    values = {"numbers": numbers_text(item["no"] for item in data["items"])}
    said = {
        "system": _("We attached what we hold: no. %(numbers)s"), "buyer": _("You added no. %(numbers)s"),
        "staff": _("An agent added no. %(numbers)s"), "program": _("The shop added no. %(numbers)s"),
    }  # fmt: skip
    words = said["program" if by.startswith("api:") else data["source"]]
    return gettext(words) % values


def _b_unreadable(data: Data, by: str) -> str | None:
    points = data["points"]
    return (
        gettext("No. %(no)s: hard to read is %(points)s") % {**data, "points": points_text(points)} if points else None
    )


def _b_assessed(data: Data, by: str) -> str:
    return gettext("What we found: %(responsible)s") % {"responsible": responsible_text(data["responsible"])}


def _plain(pattern: str) -> Teller:
    return lambda data, by: gettext(pattern) % data if "%" in pattern else gettext(pattern)


def _b_demand(data: Data, by: str) -> str | None:
    return gettext("You said what you want: %(items)s") % {"items": _offers(data["items"])} if data["items"] else None


def _b_order(data: Data, by: str) -> str:
    if data["order"] is None:
        return gettext("We noted which order it is about, and ask the shop for it")
    return gettext("We joined your order to this matter")


TOLD_TO_BUYERS: Final[Mapping[str, Teller]] = {
    "demand_named": _b_demand,
    "order_named": _b_order,
    "order_unknown": _plain(
        _("The shop knows no order by the number we noted. If you have the right one, please write it")
    ),
    "case_assessed": _b_assessed,
    "finding_contested": _plain(_("You see it differently; it is noted and somebody looks again")),
    "material_asked": _b_asked,
    "material_came": _plain(_("Something came from you; it is our turn again")),
    "went_on": _plain(_("We go on with what we have")),
    "case_proposed": _b_proposed,
    "items_decided": _b_decided,
    "item_started": _plain(_("We have begun with point %(no)s")),
    "item_arrived": _b_arrived,
    "item_failed": _plain(_("Point %(no)s could not be done; it is open again and we owe you a new result")),
    "buyer_reminded": _plain(_("We reminded you: our proposal waits for your word")),
    "evidence_added": _b_evidence,
    "evidence_unreadable": _b_unreadable,
    "evidence_spoiled": _plain(_("Our fault: no. %(no)s is damaged at ours. We say so and do not replace it silently")),
    "evidence_restored": _plain(_("No. %(no)s is whole again")),
}

# --- facts, for those who work here

StaffTeller = Callable[[Data], str]


def _s_demand(data: Data) -> str:
    return gettext("The buyer wants: %(items)s") % {"items": _offers(data["items"]) or "–"}


def _s_proposed(data: Data) -> str:
    values = {"offers": _offers(data["offers"])}
    return (
        gettext("Resolved: %(offers)s") % values if data.get("resolved") else gettext("Proposed: %(offers)s") % values
    )


def _s_decided(data: Data) -> str:
    values = {"items": numbers_text(data["items"]), "why": data.get("behalf", "")}
    said = {
        "accepted": _("The buyer accepted: item %(items)s"), "refused": _("The buyer refused: item %(items)s"),
        "partly": _("The buyer accepted a part of item %(items)s"),
        "withdrawn": _("The buyer took back: item %(items)s"),
    }  # fmt: skip
    words = said[data["decision"]]
    text = gettext(words) % values
    return f"{text} {gettext('(said for them: %(why)s)') % values}" if values["why"] else text


def _s_arrived(data: Data) -> str:
    said = {"shop": _("the shop's records"), "person": _("a person looked"), "buyer": _("the buyer's word")}
    how = said[data["verified"]]
    if data["verified"] == "buyer" and data.get("doer", "buyer") != "buyer":
        how = _("noted for the buyer")
    return gettext("Item %(no)s has arrived: %(how)s") % {"no": data["no"], "how": gettext(how)}


def _s_asked(data: Data) -> str:
    values = {"what": what_name(data["item"])}
    if data["paused"]:
        return gettext("Asked the buyer for: %(what)s; our clock stands still") % values
    return gettext("Asked the buyer for: %(what)s; our clock goes on") % values


def _s_evidence(data: Data) -> str:
    what = listed(f"{item['no']} {what_name(item['what'])}" for item in data["items"])
    said = {
        "system": _("Attached by the system: %(what)s"), "buyer": _("From the buyer: %(what)s"),
        "staff": _("Added by staff: %(what)s"), "program": _("Added by the shop's program: %(what)s"),
    }  # fmt: skip
    words = said["program" if data.get("doer", "").startswith("api:") else data["source"]]
    return gettext(words) % {"what": what}


def _s_unreadable(data: Data) -> str:
    return gettext("Evidence %(no)s, not legible: %(points)s") % {**data, "points": points_text(data["points"]) or "–"}


def _s_order(data: Data) -> str:
    if data["order"] is None:
        return gettext("An order number was entered; the shop is asked for it")
    return gettext("An order was joined")


def _s_next_step(data: Data) -> str:
    return gettext("The buyer's letter says about the time after: %(step)s") % {"step": next_step_name(data["step"])}


def _s_assessed(data: Data) -> str:
    return gettext("Finding: %(responsible)s") % {"responsible": responsible_at_desk(data["responsible"])}


def _s_agreed(data: Data) -> str:
    return gettext("Item %(no)s is agreed and must arrive") % data


def _s_spoiled(data: Data) -> str:
    if data["how"] == "gone":
        return gettext("Evidence %(no)s is gone from the disk") % data
    return gettext("Evidence %(no)s is damaged: other bytes lie on the disk than came in") % data


def _staff(pattern: str) -> StaffTeller:
    return lambda data: gettext(pattern) % data if "%" in pattern else gettext(pattern)


TOLD_TO_STAFF: Final[Mapping[str, StaffTeller]] = {
    "demand_named": _s_demand,
    "order_named": _s_order,
    "order_unknown": _staff(_("The shop knows no order by the number that was entered")),
    "case_assessed": _s_assessed,
    "finding_contested": _staff(_("The buyer contradicts the finding")),
    "material_asked": _s_asked,
    "material_came": _staff(_("The buyer sent something; our turn")),
    "went_on": _staff(_("Goes on without what was asked for")),
    "case_proposed": _s_proposed,
    "items_decided": _s_decided,
    "item_agreed": _s_agreed,
    "item_started": _staff(_("Item %(no)s is being carried out")),
    "item_arrived": _s_arrived,
    "item_failed": _staff(_("Item %(no)s could not be carried out: %(reason)s")),
    "buyer_reminded": _staff(_("The buyer was reminded, time %(times)s")),
    "evidence_added": _s_evidence,
    "evidence_unreadable": _s_unreadable,
    "next_step_chosen": _s_next_step,
    "evidence_spoiled": _s_spoiled,
    "evidence_restored": _staff(_("Evidence %(no)s is whole again")),
    "terms_kept": _staff(_("The shop's terms at payment were kept")),
    "terms_changed": _staff(_("The shop showed another text as version %(version)s of its %(kind)s")),
}
