"""The words of the messages we owe people: one function a template, from codes and values.

First person, active, who and by when. A letter carries the link that opens the matter without anything to remember;
its token stands behind `#`, where servers and logs do not see it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from huiyin.domain.notices.models import Notice
from huiyin.lib import numbers
from huiyin.lib.errors import Refusal
from huiyin.lib.seal import unseal

TO_STAFF = frozenset({"digest", "breaker", "hook"})


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def letter(notice: Notice) -> Letter:
    """What to send for this notice, in its language. Raises Refusal('no_such_template')."""
    write = _TEMPLATES.get(notice.template)
    if write is None:
        raise Refusal("no_such_template", template=notice.template)
    key = settings.SECRET_KEY.encode()
    secret = unseal(key, notice.sealed) if notice.sealed else ""
    with translation.override(notice.language):
        subject, lines = write(dict(notice.params), secret)
        if "no" in notice.params:
            lines += ["", _link(notice.params["no"]), _("Matter number: %(no)s") % {"no": grouped(notice.params["no"])}]
        return Letter(subject, "\n".join([*lines, *_official(notice.template), "", settings.SHOP_NAME]))


def _official(template: str) -> list[str]:
    """HL1: whom to believe, in every message to somebody outside."""
    if template in TO_STAFF or not settings.HOTLINE:
        return []
    about = {"number": settings.HOTLINE, "page": f"{settings.PUBLIC_URL}/ours"}
    return ["", _("Our only number: %(number)s. Somebody says they are us? %(page)s") % about]


def grouped(no: str) -> str:
    """483102759164 → 4831 0275 9164."""
    return " ".join(no[i : i + 4] for i in range(0, len(no), 4))


def tracking_link(no: str) -> str:
    """The address that opens a matter without a PIN."""
    return f"{settings.PUBLIC_URL}/m#{no}.{numbers.link_token(settings.SECRET_KEY.encode(), no)}"


def _link(no: str) -> str:
    return _("See how it stands: %(link)s") % {"link": tracking_link(no)}


def _reissued(values: dict[str, Any], secret: str) -> tuple[str, list[str]]:
    about = {"title": values["title"], "order_no": values["order_no"]}
    first = _("We noticed by ourselves that “%(title)s” had not reached you. Here it is.") % about
    if not values.get("by_watch"):
        first = _("Here is “%(title)s” for order %(order_no)s.") % about
    return _("Your “%(title)s” is here") % about, [first, *(["", *secret.split("\n")] if secret else [])]


def _refunded(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    about = {"amount": values["amount"], "order_no": values["order_no"]}
    return _("We are paying back %(amount)s yuan") % about, [
        _("%(amount)s yuan for order %(order_no)s go back the way they came, usually within 1 to 3 days.") % about,
        _("You need not do anything. We tell you if it does not work."),
    ]


def _granted(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    about = {"amount": values["amount"], "order_no": values["order_no"]}
    return _("Something from us for order %(order_no)s") % about, [
        _("A coupon or points worth %(amount)s yuan are in your account.") % about
    ]


def _choice(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    about = {"title": values["title"], "order_no": values["order_no"]}
    return _("Order %(order_no)s: please choose") % about, [
        _("You paid for “%(title)s” and we have run out of it. That is our fault.") % about,
        _("Choose under the link: your money back, wait, or something else of the same price."),
    ]


def _code(_values: dict[str, Any], secret: str) -> tuple[str, list[str]]:
    return _("Your code: %(code)s") % {"code": secret}, [
        _("Your code is %(code)s. It works for 10 minutes.") % {"code": secret},
        _("We never ask for this code on the phone. If you did not ask for it, ignore this message."),
    ]


def _callback(values: dict[str, Any], secret: str) -> tuple[str, list[str]]:
    """OP18: which number will ring, and the code that only we know."""
    number = values.get("number", settings.HOTLINE)  # those written before it was noted
    about = {"number": number, "code": secret, "by": _time(values["until"])}
    known = _("We call you back from %(number)s, by %(by)s.")
    unknown = _("We call you back by %(by)s. Your phone shows “hotline” or no number: go by the code alone.")
    lines = [
        (known if number else unknown) % about,
        _("First we say this code: %(code)s. Whoever does not know it is not us. You need not tell us anything secret.")
        % about,
    ]
    if values.get("talk_no"):
        lines.append(_("The number of your call: %(no)s") % {"no": grouped(values["talk_no"])})
    return _("We will call you back"), lines


def _talk_over(values: dict[str, Any], step: str) -> tuple[str, list[str]]:
    """HL12: number, next step and by when of what was talked about on the phone; `step`: what comes next."""
    about = {"no": grouped(values.get("no") or values["talk_no"]), "agent_no": values["agent_no"], "what": step}
    if values["disposition"] == "no_answer":
        lines = [_("We could not reach you on the phone. Your number: %(no)s.") % about]
    else:
        lines = [_("You talked on the phone with agent %(agent_no)s. Your number: %(no)s.") % about]
    if values.get("until"):
        lines.append(_("Next: %(what)s, by %(by)s.") % (about | {"by": _time(values["until"])}))
    elif settled := _settled(values["disposition"]):
        lines.append(settled)
    if "no" not in values:
        lines.append(_("If something is still open, tell us this number: we go on from there."))
    return _("After your call: %(no)s") % about, lines


def _settled(disposition: str) -> str:
    says = {
        "solved": _("It is settled: nothing more is to be done."),
        "informed": _("We have told you what you asked about: nothing more is to be done."),
    }
    return says.get(disposition, "")


def _upload_link(values: dict[str, Any], secret: str) -> tuple[str, list[str]]:
    return _("Send us the pictures here"), [
        _("You are talking with us. Send the pictures here: %(link)s") % {"link": f"{settings.PUBLIC_URL}/u#{secret}"},
        _("The link works once, for %(minutes)s minutes.") % {"minutes": values["minutes"]},
    ]


def _chat_link(values: dict[str, Any], secret: str) -> tuple[str, list[str]]:
    """HL16: whoever waits on the phone may wait on in writing."""
    return _("Go on in writing"), [
        _("You are waiting on the phone. To go on in writing, in the same place: %(link)s")
        % {"link": f"{settings.PUBLIC_URL}/w#{secret}"},
        _("Once, for %(minutes)s minutes. Without opening it you simply go on waiting on the phone.")
        % {"minutes": values["minutes"]},
    ]


def _answer(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    about = {"agent_no": values.get("agent_no", "")}
    return _("Agent %(agent_no)s has answered you") % about, [
        _("Agent %(agent_no)s has written to you. The answer is under the link.") % about
    ]


def _receipt(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    about = {"no": grouped(values["no"])}
    return _("We have received your matter %(no)s") % about, [
        _("We have received what you told us. One person answers for it to the end."),
        _("Under the link you see who that is, what we promised and until when."),
    ]


def _proposal(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    until = {"until": _time(values["until"])}
    return _("We propose a result for matter %(no)s") % {"no": grouped(values["no"])}, [
        _("This is what we propose:"), *_offers(values),
        _("Please say yes, partly or no to each point under the link, by %(until)s.") % until,
        _("We remind you twice. Without a word it then ends for now and does not count as solved."),
    ]  # fmt: skip


def _reminder(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    last = _("This is the last reminder. Without a word from you we close it then; it does not count as solved.")
    until = {"until": _time(values["until"])} if values.get("until") else {}
    return _("Reminder: we wait for your word on matter %(no)s") % {"no": grouped(values["no"])}, [
        _("This is a reminder. We have proposed:"), *_offers(values),
        *([_("Please say yes, partly or no to each point under the link, by %(until)s.") % until] if until else []),
        *([last] if values.get("last") else []),
    ]  # fmt: skip


def _offers(values: dict[str, Any]) -> list[str]:
    """A line for each offer: what, how much, until when it is there."""
    return [f"{place}. {_offer(one)}" for place, one in enumerate(values.get("offers", ()), 1)]


def _offer(one: dict[str, str]) -> str:
    what = {
        "reissue": _("Replacement"), "refund": _("Refund"), "compensation": _("Compensation"),
        "explanation": _("Explanation"),
    }.get(one["kind"], _("Something else"))  # fmt: skip
    amount = _("%(amount)s yuan") % {"amount": one["amount"]} if one["amount"] else ""
    by = _("there by %(by)s") % {"by": _time(one["by"])} if one["by"] else ""
    return " · ".join(part for part in (what, amount, by) if part)


def _time(text: str) -> str:
    """A time of `params`, on the clock of the shop."""
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"


def _closed_silent(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    return _("Matter %(no)s is closed without your confirmation") % {"no": grouped(values["no"])}, [
        _("We have not heard from you for seven days, so we have closed it. It does not count as solved."),
        _("If it is not solved, say so under the link within 30 days and we take it up again."),
    ]


def _survey(values: dict[str, Any], secret: str) -> tuple[str, list[str]]:
    about = {"no": grouped(values["about"])}
    return _("How was it? Matter %(no)s") % about, [
        _("Your matter %(no)s has ended. Is it solved, and how was it? Three questions, half a minute: %(link)s")
        % (about | {"link": f"{settings.PUBLIC_URL}/s#{secret}"}),
        _("If it is not solved, one tap there takes it up again. There you also say if you do not want to be asked."),
    ]


def _digest(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    numbers_of = [grouped(no) for no in values.get("matters", [])[:50]]
    subject = _("%(count)s promises were broken") % {"count": values.get("count", len(numbers_of))}
    return subject, [_("These matters went one step up and wait for you:"), *numbers_of, f"{settings.PUBLIC_URL}/desk/"]


def _breaker(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    return _("Automatic remedies are stopped"), [
        _("Far more than usual were asked for within an hour. Look, then let them go on at the desk."),
        f"{settings.PUBLIC_URL}/desk/",
    ]


def _hook(values: dict[str, Any], _secret: str) -> tuple[str, list[str]]:
    return _("A webhook has stopped"), [
        _("A program that is told what happens has not answered for about five hours. Nothing is lost: it waits."),
        _("See why with “huiyin hook list”; once the other side answers, “huiyin hook replay” sends what waits."),
    ]


_TEMPLATES: dict[str, Callable[[dict[str, Any], str], tuple[str, list[str]]]] = {
    "remedy_reissue": _reissued,
    "remedy_exchange": _reissued,
    "remedy_resend": _reissued,
    "remedy_refund": _refunded,
    "remedy_coupon": _granted,
    "remedy_points": _granted,
    "choice": _choice,
    "code": _code,
    "callback": _callback,
    "talk_over": _talk_over,
    "upload_link": _upload_link,
    "chat_link": _chat_link,
    "answer": _answer,
    "receipt": _receipt,
    "proposal": _proposal,
    "reminder": _reminder,
    "closed_silent": _closed_silent,
    "survey": _survey,
    "digest": _digest,
    "breaker": _breaker,
    "hook": _hook,
}
