"""The steps of a manual task and the time line, in the words of the desk."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.cases.outcome import ending
from huiyin.domain.journal.models import Fact
from huiyin.domain.orders.models import Remedy
from huiyin.domain.promises.promises import Kind
from huiyin.web.ui.times import deadline, moment, money
from huiyin.web.ui.words_cases import TOLD_TO_STAFF
from huiyin.web.ui.words_desk import (
    CHANNELS,
    IDENTITIES,
    OUTCOMES,
    PROMISES,
    REVEALS,
    SITUATIONS,
    WHYS,
    by_text,
    why_text,
    word,
)
from huiyin.web.ui.words_happened import TOLD_TO_STAFF as TOLD_OF_TALKS
from huiyin.web.ui.words_remedies import remedy_name
from huiyin.web.ui.words_surveys import TOLD_TO_STAFF as TOLD_OF_SURVEYS
from huiyin.web.ui.words_voice import TOLD_TO_STAFF as TOLD_OF_CALLS

_STEPS = {
    "open_order": _("Open order %(order_no)s in the shop's back end."),
    "check_not_done_yet": _("Look first whether it was done already: search for %(key)s. If so, go to the last step."),
    "void_keys": _("Void these keys, so that nobody can redeem them: %(key_ids)s."),
    "refund_bill": _("Refund %(amount)s to bill %(bill_no)s, along the original path and nowhere else."),
    "grant_coupon": _("Grant a coupon worth %(amount)s to the buyer's account."),
    "grant_points": _("Grant points worth %(amount)s to the buyer's account."),
    "take_key": _("Take %(quantity)s fresh keys of %(sku)s out of stock."),
    "take_same": _("Take %(quantity)s fresh keys of the same article out of stock."),
    "send_key": _("Send them through the shop's order page, never by chat or mail of your own."),
    "proof_refund_no": _("Paste the channel's refund number here as proof."),
    "proof_grant": _("Paste the number of the grant here as proof."),
    "proof_key_id": _("Paste the ids of the keys (not the keys) here as proof."),
}


def step_text(step: dict[str, Any]) -> str:
    """One step, exactly."""
    code = str(step["code"])
    if code == "take_key" and not step.get("sku"):
        code = "take_same"
    values = {name: ", ".join(value) if isinstance(value, list) else value for name, value in step.items()}
    values["amount"] = money(step.get("amount", ""))
    return gettext(_STEPS[code]) % values if code in _STEPS else code


def event_text(fact: Fact) -> str:
    """What happened, for colleagues. Every fact has words; a name nobody gave words to stays visible."""
    teller = _TELLERS.get(fact.name)
    return teller({**fact.data, "doer": fact.by}) if teller else fact.name


def change_text(fact: Fact) -> str:
    """What somebody else did in the meantime: when, who and what."""
    return f"{moment(fact.at)} · {by_text(fact.by)} · {event_text(fact)}"


Data = dict[str, Any]


def given_text(remedy: Remedy) -> str:
    """What somebody else gave in the meantime: when, who, what and how much."""
    what = remedy_name(remedy.kind), money(remedy.amount) if remedy.amount else ""
    return " · ".join(part for part in (moment(remedy.asked_at), by_text(remedy.asked_by), *what) if part)


def _found(data: Data) -> str:
    return gettext("Order looked up: %(found)s") % {"found": word(SITUATIONS, data["situation"])}


def _changed(data: Data) -> str:
    both = {"before": word(SITUATIONS, data["before"]), "after": word(SITUATIONS, data["after"])}
    return gettext("The order changed: %(before)s → %(after)s") % both


def _asked(data: Data) -> str:
    what = {"remedy": remedy_name(data["kind"]), "amount": money(data["amount"])}
    if data.get("stop"):
        return gettext("%(remedy)s asked for (%(amount)s), stopped: %(why)s") % (
            what | {"why": word(WHYS, data["stop"])}
        )
    return gettext("%(remedy)s asked for (%(amount)s)") % what


def _done(data: Data) -> str:
    what = {"remedy": remedy_name(data["kind"])}
    if data.get("pending"):
        return gettext("%(remedy)s: accepted by the shop, the money is on its way") % what
    return gettext("%(remedy)s: carried out") % what


def _failed(data: Data) -> str:
    what = {"remedy": remedy_name(data["kind"]), "why": data["reason"]}
    if data["reason"] == "declined":
        return gettext("%(remedy)s: declined") % what
    return gettext("%(remedy)s: did not work (%(why)s)") % what


def _by_hand(data: Data) -> str:
    what = {"remedy": remedy_name(data["kind"]), "why": word(WHYS, data["reason"])}
    return gettext("%(remedy)s: to be done by hand. %(why)s") % what


def _filed(data: Data) -> str:
    if data.get("why"):
        return gettext("Opened: %(why)s") % {"why": why_text(data["why"])}
    return gettext("Complaint filed (%(channel)s)") % {"channel": word(CHANNELS, data["channel"])}


def _assigned(data: Data) -> str:
    what = {"agent_no": data["agent_no"], "before": data["before"], "why": why_text(data["reason"])}
    if data.get("before"):
        return gettext("Handed from %(before)s to %(agent_no)s: %(why)s") % what
    return gettext("Agent %(agent_no)s answers for it: %(why)s") % what


def _escalated(data: Data) -> str:
    level = gettext("a supervisor") if data["level"] == 1 else gettext("operations")
    return gettext("Moved up to %(level)s: %(why)s") % {"level": level, "why": why_text(data["reason"])}


def _closed(data: Data) -> str:
    how, behalf = ending(data["outcome"], data["doer"], data.get("behalf", "")), data.get("behalf", "")
    said = gettext("Closed: %(outcome)s") % {"outcome": word(OUTCOMES, how)}
    return f"{said} {gettext('(said for them: %(why)s)') % {'why': behalf}}" if behalf else said


def _reopened(data: Data) -> str:
    return gettext("Reopened: %(why)s") % {"why": why_text(data["reason"])}


_OF_THE_BUYER = {  # what the buyer is to send is not what we owe
    "made": _("The buyer is to send something by %(by)s"),
    "kept": _("The buyer sent it in time"),
    "broken": _("Nothing came from the buyer by %(by)s"),
}


def _promise(pattern: str, step: str = "") -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        if step and data["kind"] == Kind.BUYER_MATERIAL:
            return gettext(_OF_THE_BUYER[step]) % {"by": deadline(data.get("due"))}
        return gettext(pattern) % {"what": word(PROMISES, data["kind"]), "by": deadline(data.get("due"))}

    return tell


def _named(data: Data) -> str:
    if not data["manager"]:
        return gettext("Nobody in particular answers for this member any more")
    if not data["deputy"]:
        return gettext("Agent %(manager)s is this member's own manager") % data
    return gettext("Agent %(manager)s is this member's own manager, agent %(deputy)s stands in") % data


def _revealed(data: Data) -> str:
    kinds = ", ".join(word(IDENTITIES, kind) for kind in data["kinds"])
    return gettext("Contact shown (%(kinds)s): %(why)s") % {"kinds": kinds, "why": word(REVEALS, data["reason"])}


def _item_failed(data: Data) -> str:
    values = {"no": data["no"], "reason": word(WHYS, data["reason"])}
    return gettext("Item %(no)s could not be carried out: %(reason)s") % values


def _plain(pattern: str) -> Callable[[Data], str]:
    return lambda data: gettext(pattern) % data if "%" in pattern else gettext(pattern)


_TELLERS: dict[str, Callable[[Data], str]] = {
    **TOLD_TO_STAFF,
    **TOLD_OF_CALLS,
    **TOLD_OF_SURVEYS,
    **TOLD_OF_TALKS,
    "item_failed": _item_failed,
    "order_found": _found,
    "situation_changed": _changed,
    "wait_chosen": _plain(_("The buyer chose to wait")),
    "choice_offered": _plain(_("The buyer was asked what to do")),
    "key_shown": _plain(_("The key was shown to the buyer")),
    "remedy_asked": _asked,
    "remedy_approved": _plain(_("Approved")),
    "remedy_started": _plain(_("Sent to the shop, try %(tries)s")),
    "remedy_done": _done,
    "remedy_failed": _failed,
    "remedy_needs_person": _by_hand,
    "task_done": _plain(_("Done by hand, waits for a second person")),
    "person_needed": lambda data: gettext("A person is needed: %(why)s") % {"why": why_text(data["why"])},
    "order_settled": _plain(_("The buyer says it is solved")),
    "breaker_tripped": _plain(_("Automatic remedies stopped: %(asked)s in an hour, %(usual)s are usual")),
    "shop_said": _plain(_("News from the shop: %(type)s")),
    "case_filed": _filed,
    "case_assigned": _assigned,
    "case_answered": _plain(_("Agent %(agent_no)s answered for the first time")),
    "case_escalated": _escalated,
    "case_closed": _closed,
    "case_reopened": _reopened,
    "promise_made": _promise(_("We owe: %(what)s by %(by)s"), "made"),
    "promise_kept": _promise(_("Done in time: %(what)s"), "kept"),
    "promise_withdrawn": _promise(_("No longer owed: %(what)s")),
    "promise_near_breach": _promise(_("The last fifth has begun: %(what)s by %(by)s")),
    "promise_broken": _promise(_("Missed: %(what)s by %(by)s"), "broken"),
    "promise_paused": _promise(_("Paused: %(what)s")),
    "promise_resumed": _promise(_("Goes on: %(what)s")),
    "notice_queued": _plain(_("A message to the buyer is on its way")),
    "notice_sent": _plain(_("A message reached the buyer's mail server or phone")),
    "notice_failed": _plain(_("A message could not be delivered")),
    "contact_revealed": _revealed,
    "manager_named": _named,
    "agents_kept_out": lambda data: (
        gettext("The complaint is about agent %(numbers)s, who stays out of it")
        % {"numbers": ", ".join(data["agent_nos"])}
    ),
    "words_erased": _plain(_("The buyer's words were erased")),
}
