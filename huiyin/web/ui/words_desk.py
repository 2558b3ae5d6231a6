"""What the desk calls things: states, categories, tiers, the verbs and why one of them is not possible."""

from collections import defaultdict

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.cases.models import Case
from huiyin.lib.errors import Refusal
from huiyin.web.ui.words_refusals import refusal_text

STATES = {
    "filed": _("Received"),
    "acknowledged": _("Waits for an answer"),
    "assessed": _("Assessed"),
    "investigating": _("Being worked on"),
    "waiting_for_buyer": _("Waits for the buyer"),
    "proposed": _("Result proposed"),
    "negotiating": _("Negotiating"),
    "escalated": _("Escalated"),
    "accepted": _("Agreed"),
    "carrying_out": _("Being carried out"),
    "closed": _("Closed"),
}
CATEGORIES = {
    "recharge_delayed": _("Nothing arrived"),
    "card_invalid": _("Key does not work"),
    "wrong_amount": _("Wrong amount"),
    "promo_dispute": _("Promotion not kept"),
    "refund_request": _("Refund"),
    "duplicate_charge": _("Charged twice"),
    "account_stolen": _("Account stolen"),
    "account_access": _("Cannot log in"),
    "fraud": _("Suspected fraud"),
    "service_attitude": _("Service attitude"),
    "membership_points": _("Membership and points"),
    "order_status": _("Order status"),
    "how_to": _("How to"),
    "complaint_followup": _("Follow-up"),
    "other": _("Something else"),
}
URGENCIES = {"low": _("Low"), "normal": _("Normal"), "high": _("High"), "urgent": _("Urgent")}
CHANNELS = {
    "web": _("Web"),
    "api": _("API"),
    "phone": _("Phone"),
    "chat": _("Web chat"),
    "mail": _("Mail"),
    "watch": _("the watch"),
    "system": _("by ourselves"),
    "portal": _("Web"),
    "wechat": _("WeChat"),
    "weibo": _("Weibo"),
    "12315": _("12315"),
    "heimao": _("Heimao"),
    "association": _("Consumer association"),
    "wechatpay": _("WeChat Pay"),
    "alipay": _("Alipay"),
}
TIERS = {
    "L1": _("First line"),
    "L2": _("Second line"),
    "risk": _("Risk"),
    "supervisor": _("Supervisor"),
    "operations": _("Operations"),
    "admin": _("Administrator"),
}
MEMBERS = {"ordinary": _("Ordinary"), "silver": _("Silver"), "gold": _("Gold"), "diamond": _("Diamond")}
LEVELS = (_("with its owner"), _("with a supervisor"), _("with operations"))
OUTCOMES = {
    "confirmed": _("confirmed by the buyer"),
    "confirmed_for": _("confirmed for the buyer by one of us"),
    "arrived": _("what was agreed has arrived"),
    "settled": _("settled by what we did"),
    "without_confirmation": _("closed without the buyer's confirmation"),
    "withdrawn": _("taken back by the buyer"),
    "no_agreement": _("no agreement"),
}
# why a case was opened where no buyer filed it; also why an escalation or hand-over happened
WHYS = {
    "person": _("The buyer wants a person"),
    "not_working": _("The key does not work"),
    "not_my_mail": _("The mail address is not the buyer's"),
    "manual_task": _("To be done by hand"),
    "remedy_failed": _("A remedy did not work"),
    "already_made_good": _("Already made good once, and not solved"),
    "above_act": _("Above the limit of one act"),
    "above_authority": _("Above the asker's authority"),
    "above_agent_day": _("Above what one person gives in a day"),
    "above_team_hour": _("Above what the team gives in an hour"),
    "above_buyer_30d": _("Above what one buyer gets in 30 days"),
    "above_paid": _("More than was paid"),
    "breaker": _("Automatic remedies are stopped"),
    "first_contact": _("First contact"),
    "taken": _("took it"),
    "not_solved": _("The buyer says it is not solved"),
    "buyer_complains": _("The buyer complains"),
    "buyer_wrote": _("The buyer wrote to us"),
    "buyer_demands": _("The buyer wants a supervisor"),
    "api": _("through the API"),
    "not_decided_before": _("Somebody who has not decided on it looks again"),
    "complained_about": _("The complaint is about the one before"),
    "unsupported": _("The shop's software cannot do this"),
    "unclear": _("The shop does not say whether it was done"),
    "shop_failed": _("The shop tried and could not"),
    "account closed": _("The buyer's payment account is closed"),
    "no_stock": _("The shop has none left"),
    "key_redeemed": _("The key has been redeemed"),
    "over_paid": _("More than is left of the payment"),
    "already_delivered": _("It has been delivered already"),
    "amount_above": _("More than is left to refund"),
    "amount_missing": _("No amount was named"),
    "nothing_paid": _("Nothing was paid"),
    "nothing_left_to_refund": _("Nothing is left to refund"),
    "money_is_back": _("The money has gone back to the buyer"),
    "situation_changed": _("The order has changed meanwhile"),
    "not_an_option": _("Not possible for this order as it stands"),
    "refund_failed": _("The payment channel could not pay the refund"),
    "not_paid": _("Not paid"),
    "manual_goods": _("The shop delivers this by hand only"),
    "state_unsupported": _("The shop cannot say whether it was done"),
    "voicemail": _("The buyer left a message on the phone"),
    "queue_closed": _("Nobody was here"),
    "queue_full": _("Too many were waiting"),
    "nobody_came": _("Nobody came in time"),
}
PROMISES = {
    "acknowledge": _("Acknowledgement"),
    "first_answer": _("First answer"),
    "remedy": _("Remedy by the machine"),
    "next_update": _("News for the buyer"),
    "result": _("Result"),
    "manual_task": _("Task by hand"),
    "payment_check": _("Ask the channel again"),
    "callback": _("Call back"),
    "carrying_out": _("Carrying out the result"),
    "buyer_material": _("The buyer sends something"),
    "l2_answer": _("Answer of the second line"),
    "risk_check": _("Risk check"),
    "commitment": _("What we said we would do"),
}
REVEALS = {
    "call_buyer": _("To call the buyer"),
    "write_elsewhere": _("To write on another channel"),
    "compare_identity": _("To compare who it is"),
    "check_fraud": _("To check a suspicion"),
}
CONTACT_CLOSINGS = {
    "settled_elsewhere": _("Settled elsewhere"),
    "repeated": _("the same as another matter"),
    "wrong_number": _("Wrong number"),
    "spam": _("Spam"),
    "unreachable": _("Cannot be reached"),
    "test": _("A test"),
}
ABOUTS = {
    "find": _("looked for an order"),
    "complaint": _("complained"),
    "person": _("wanted a person"),
    "code": _("asked for a code"),
    "talk": _("talked with us"),
    "pasted": _("wrote or called elsewhere"),
}
IDENTITIES = {"phone": _("Phone"), "email": _("Mail"), "wechat": _("WeChat"), "qq": _("QQ"), "member": _("Member no.")}
GIFTS = {
    "refund": _("Refund the way it was paid"),
    "reissue": _("A new key, the old one is voided"),
    "exchange": _("Exchange for the same price"),
    "make_up": _("Make up the difference"),
    "coupon": _("A coupon"),
    "points": _("Points"),
}
SITUATIONS = {
    "delivered": _("Delivered, nothing unusual"),
    "platform_failed": _("Paid, our delivery failed"),
    "payment_pending": _("Payment not settled"),
    "payment_failed": _("Payment failed"),
    "unpaid": _("Not paid"),
    "out_of_stock": _("Paid, out of stock"),
    "expired_card": _("An expired key was delivered"),
    "wrong_region": _("A key for another region was delivered"),
    "already_redeemed": _("Redeemed after delivery"),
    "redeemed_before_delivery": _("Redeemed before delivery"),
    "short_amount": _("Too little was credited"),
    "duplicate_charge": _("Charged twice"),
    "mail_mistyped": _("Delivered, the mail came back"),
    "page_closed": _("Delivered, never shown"),
    "paid_after_expiry": _("Paid after the order had closed"),
    "partial_delivery": _("A part is missing"),
    "key_sold_twice": _("The same key went to two orders"),
    "manual_goods": _("Delivered by hand, not yet due"),
    "wrong_account": _("Credited to an account we do not know"),
    "refund_failed": _("The refund failed"),
    "refund_on_its_way": _("A refund is on its way"),
    "refunded": _("Refunded"),
    "watched": _("Paid, delivery not yet due"),
    "shop_unreachable": _("The shop does not answer"),
    "not_found": _("No such order"),
    "proof_needed": _("Not proven"),
    "too_many_tries": _("Too many tries"),
}
_REFUSALS = {
    "not_yours": _("Agent %(owner)s answers for this. Ask for a hand-over, or leave an internal note."),
    "yours_already": _("You answer for it already."),
    "case_closed": _("This matter is closed. Reopen it first."),
    "case_open": _("This matter is open."),
    "answer_first": _("Write to the buyer first, then close."),
    "remedy_open": _("A remedy is not finished yet. Close when it is."),
    "at_the_top": _("It is with operations already; there is nobody above."),
    "gives_no_money": _("Your role gives no remedies."),
    "nobody_known": _("We know no address of this buyer."),
    "remedy_under_way": _("A remedy for this is under way. Wait for it, or decline it first."),
    "money_is_back": _("The money went back to the buyer; a new key on top is not possible."),
    "key_redeemed": _("The key was redeemed after we had handed it over, so the shop gives no second one. Refund it."),
    "no_stock": _("There is none left of this article. Refund it or offer an exchange."),
    "amount_missing": _("Please enter an amount above zero."),
    "amount_above": _("At most %(limit)s yuan are left to refund."),
    "amount_unreadable": _("This is not an amount. Write it like 9.90."),
    "choose_somebody": _("Please choose who takes it over."),
    "manager_once": _("Whoever stands in must be somebody else."),
    "manager_first": _("Please name the manager before whoever stands in."),
    "managers_for_diamonds": _("Only diamond members have a manager of their own."),
    "contact_has_fate": _("Somebody has taken care of this contact in the meantime."),
    "propose_first": _("%(items)s items have no offer yet. Offer something for each, or settle it by explaining."),
    "escalate_first": _("The buyer refused. Move it up first: somebody one step up looks before it ends."),
    "nothing_offered": _("There is no offer to decide on. Tick at least one item."),
    "changed_meanwhile": _("Somebody else decided meanwhile. Nothing was overwritten; what you typed is still here."),
    "time_unreadable": _("This is not a time. Write it like 2026-11-23 18:00."),
    "say_why_to_buyer": _("Please write the reason the buyer reads. It closes the matter."),
    "choose_what_to_ask": _("Please choose the one thing to ask for."),
    "choose_items": _("Please tick the items the buyer spoke about."),
    "pause_already_held": _("We hold this already. The buyer is not asked for it again."),
    "pause_not_listed": _("this kind of complaint may not wait for it"),
    "pause_once_per_item": _("we have waited for it once already"),
    "pause_used_up": _("the waiting time is used up"),
    "pause_not_running": _("no result is owed just now"),
    "disk_full": _("There is no room for files just now. Nothing was lost; operations must make room."),
    "no_such_evidence": _("There is no such piece of evidence."),
    "no_result_yet": _("There is no written result yet: nothing was agreed and the matter is not closed."),
    "login_wrong": _("Agent number and password do not fit together."),
    "agent_unknown": _("Nobody with this agent number works here: “%(agent)s”."),
    "offer_not_yours": _("This is offered to somebody else."),
    "no_such_matter": _("We know no matter %(no)s. Look at the number once more, or find it by order or address."),
}  # fmt: skip


def word(table: dict[str, str], code: str) -> str:
    """The word for a code; a code nobody gave words to stays visible as it is."""
    return gettext(table[code]) if code in table else code


def why_text(code: str) -> str:
    """Why something was opened, moved or stopped. What a person typed is shown as typed."""
    if code.startswith("broken_"):
        return gettext("Promise broken: %(what)s") % {"what": word(PROMISES, code.removeprefix("broken_"))}
    return word(WHYS, code)


def refusal_at_desk(refusal: Refusal) -> str:
    """Why a person who works here cannot do it, and what to do instead."""
    text = _REFUSALS.get(refusal.code)
    return gettext(text) % defaultdict(str, refusal.params) if text else refusal_text(refusal)


def case_title(case: Case) -> str:
    """One line that says what the matter is about: the buyer's own first words, else why we opened it."""
    said = case.what_happened.strip().split("\n")[0][:80]
    if said:
        return said
    about = why_text(case.why) if case.why else word(CATEGORIES, case.category)
    return f"{about} · {case.order.title}" if case.order and case.order.title else about


def by_text(by: str) -> str:
    """Who did something, as colleagues say it."""
    if by.startswith("staff:"):
        return gettext("Agent %(agent_no)s") % {"agent_no": by.removeprefix("staff:")}
    if by.startswith("api:"):
        return gettext("a program")
    return word(_ACTORS, by)


_ACTORS = {
    "buyer": _("Buyer"),
    "system": _("by ourselves"),
    "watch": _("the watch"),
    "shop": _("the shop"),
    "rules": _("the rules"),
    "demo": _("the demo"),
}
