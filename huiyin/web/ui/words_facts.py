"""The time line in a buyer's words. A fact without words here is not for the buyer."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext

from huiyin.domain.cases.outcome import ending
from huiyin.domain.journal.models import Fact
from huiyin.domain.promises.promises import Kind
from huiyin.domain.promises.words import promise_what
from huiyin.web.ui.times import deadline, short_money
from huiyin.web.ui.words_cases import TOLD_TO_BUYERS, for_them, outcome_for_buyer
from huiyin.web.ui.words_orders import situation_title
from huiyin.web.ui.words_promises import asked_text
from huiyin.web.ui.words_remedies import remedy_name
from huiyin.web.ui.words_surveys import TOLD_TO_BUYERS as TOLD_OF_SURVEYS

Data = dict[str, Any]


def fact_text(fact: Fact) -> str | None:
    """What happened, for the buyer's time line; None when it is not for them."""
    teller = _TELLERS.get(fact.name)
    return teller(fact.data, fact.by) if teller else None


def _found(data: Data, by: str) -> str:
    return gettext("We looked at the order: %(found)s") % {"found": situation_title(data["situation"])}


def _changed(data: Data, by: str) -> str:
    return gettext("The order has changed: %(found)s") % {"found": situation_title(data["after"])}


def _waits(data: Data, by: str) -> str:
    return gettext("You chose to wait; we keep looking by ourselves")


def _offered(data: Data, by: str) -> str:
    return gettext("We noticed it ourselves and asked you what you prefer")


def _shown(data: Data, by: str) -> str:
    return gettext("The key was shown")


def _asked(data: Data, by: str) -> str:
    what = {"remedy": remedy_name(data["kind"]), "amount": short_money(data["amount"])}
    if data.get("stop"):
        return gettext("%(remedy)s was asked for; a person must approve it") % what
    if by == "watch":
        return gettext("We noticed it ourselves: %(remedy)s is under way") % what
    return gettext("%(remedy)s was asked for") % what


def _done(data: Data, by: str) -> str:
    what = {"remedy": remedy_name(data["kind"])}
    if data.get("pending"):
        return gettext("%(remedy)s: accepted, the money is on its way") % what
    return gettext("%(remedy)s: done") % what


def _failed(data: Data, by: str) -> str:
    return gettext("%(remedy)s: did not work, a person takes over") % {"remedy": remedy_name(data["kind"])}


def _by_hand(data: Data, by: str) -> str:
    return gettext("%(remedy)s: a person does it by hand") % {"remedy": remedy_name(data["kind"])}


def _checked(data: Data, by: str) -> str:
    return gettext("Done by hand; a second person compares it")


def _person(data: Data, by: str) -> str:
    return gettext("Handed to a person")


def _settled(data: Data, by: str) -> str:
    return gettext("You said it is solved")


def _filed(data: Data, by: str) -> str:
    return gettext("We have received it") if data.get("channel") != "system" else gettext("We opened this ourselves")


def _assigned(data: Data, by: str) -> str:
    return gettext("Agent %(agent_no)s answers for it") % data


def _answered(data: Data, by: str) -> str:
    if not data["agent_no"].isdigit():
        return gettext("Answered for the first time")
    return gettext("Agent %(agent_no)s answered for the first time") % data


def _escalated(data: Data, by: str) -> str:
    return gettext("Moved up to a supervisor") if data["level"] == 1 else gettext("Moved up to operations")


def _closed(data: Data, by: str) -> str:
    how, behalf = ending(data["outcome"], by, data.get("behalf", "")), data.get("behalf", "")
    if how == "confirmed":
        return gettext("Closed, as you confirmed")
    if how == "arrived":
        return gettext("All that was agreed has arrived; closed")
    said = gettext("Closed. %(outcome)s") % {"outcome": outcome_for_buyer(how)}
    return for_them(said, behalf)


def _reopened(data: Data, by: str) -> str:
    return for_them(gettext("Taken up again"), data.get("behalf", ""))


def _promised(data: Data, by: str) -> str | None:
    if data["kind"] in {"acknowledge", "next_update"}:
        return None
    if data["kind"] == Kind.BUYER_MATERIAL:
        return asked_text("running", data["due"])
    return gettext("Promised: by %(by)s %(what)s") % {"what": promise_what(data["kind"]), "by": deadline(data["due"])}


def _kept(data: Data, by: str) -> str | None:
    if data["kind"] == Kind.BUYER_MATERIAL:
        return asked_text("kept", None)
    if data["kind"] in {"acknowledge", "next_update"}:  # neither was told as a promise
        return None
    return gettext("Kept: %(what)s") % {"what": promise_what(data["kind"])}


def _broken(data: Data, by: str) -> str:
    if data["kind"] == Kind.BUYER_MATERIAL:
        return asked_text("broken", data["due"])
    return gettext("We missed: by %(by)s %(what)s") % {"what": promise_what(data["kind"]), "by": deadline(data["due"])}


def _told(data: Data, by: str) -> str:
    return gettext("We wrote you a mail") if data["channel"] == "mail" else gettext("We sent you an SMS")


def _not_told(data: Data, by: str) -> str:
    return gettext("Our message did not reach you; you find everything here")


_TELLERS: dict[str, Callable[[Data, str], str | None]] = {
    **TOLD_TO_BUYERS,
    **TOLD_OF_SURVEYS,
    "order_found": _found, "situation_changed": _changed, "wait_chosen": _waits, "choice_offered": _offered,
    "key_shown": _shown, "remedy_asked": _asked, "remedy_done": _done, "remedy_failed": _failed,
    "remedy_needs_person": _by_hand, "task_done": _checked, "person_needed": _person, "order_settled": _settled,
    "case_filed": _filed, "case_assigned": _assigned, "case_answered": _answered, "case_escalated": _escalated,
    "case_closed": _closed, "case_reopened": _reopened, "promise_made": _promised, "promise_kept": _kept,
    "promise_broken": _broken, "notice_sent": _told, "notice_failed": _not_told,
}  # fmt: skip
