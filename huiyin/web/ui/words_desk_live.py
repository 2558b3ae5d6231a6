"""Words of the live desk: what people are doing, why an offer came and went, how conversations stand and end."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from huiyin.web.ui.words_routing import why_offered

PRESENCES = {
    "available": _("Available"),
    "busy": _("Busy"),
    "break": _("On a break"),
    "wrap_up": _("Wrapping up"),
    "offline": _("Offline"),
}
MEANINGS = {
    "available": _("New chats and matters are offered to you."),
    "busy": _("You go on with what you have; nothing new comes."),
    "break": _("Nothing new comes. What you have stays yours."),
    "wrap_up": _("Nothing new for a minute, then you are available by yourself."),
    "offline": _("You have gone. After a minute somebody else goes on with your chats."),
}
BREAKS = {
    "lunch": _("Meal"),
    "rest": _("Short rest"),
    "meeting": _("Meeting"),
    "training": _("Training"),
    "coaching": _("Coaching"),
    "other": _("Something else"),
}
DECLINES = {
    "busy_with_another": _("Another buyer needs me just now"),
    "not_my_field": _("Not my field"),
    "know_this_person": _("I know this person"),
    "technical": _("My computer makes trouble"),
}
TALK_STATES = {
    "queued": _("Waits"),
    "talking": _("Talking"),
    "wrap_up": _("To be wrapped up"),
    "ended": _("Ended"),
}
DISPOSITIONS = {
    "solved": _("Solved"),
    "informed": _("Question answered"),
    "case_opened": _("Became a matter"),
    "case_joined": _("Belongs to a matter"),
    "follow_up": _("We do something more"),
    "no_answer": _("The buyer did not come back"),
    "abuse": _("Abuse"),
}
URGENTS = {
    "money_at_risk": _("Money is at risk"),
    "account_stolen": _("Account stolen"),
    "deadline_today": _("It is needed today"),
    "safety": _("Somebody's safety"),
    "other": _("Something else"),
}
OUTSIDE = {
    "qq": _("QQ"),
    "wechat": _("WeChat"),
    "phone": _("Phone"),
    "sms": _("Text message"),
    "mail": _("Mail"),
    "weibo": _("Weibo"),
    "douyin": _("Douyin"),
    "other": _("Elsewhere"),
}
FATES = {
    "none": _("no answer yet"),
    "answered": _("got an answer"),
    "joined": _("joined to a matter"),
    "called_back": _("called back"),
    "closed": _("closed with a reason"),
}
EVASIONS = {
    "system_delay": _("“System delay” says nothing. Say what exactly is late and what you do about it."),
    "wait_patiently": _("“Please wait patiently” is no answer. Say until when."),
    "not_ours": _("“Not our business” sends them away. Say who does it, and take them there."),
    "already_reported": _("“Reported” ends nothing. Say to whom, and when they answer."),
    "nothing_to_do": _("Before “nothing can be done”: say what can be done instead, or hand it over."),
    "read_the_rules": _("The rules are no answer. Say what follows from them for this buyer."),
    "no_step": _("The matter is open: say what happens next."),
    "no_time": _("The matter is open: say by when."),
}
OUTSIDE_FATES = {
    "answered": _("I have answered it; it is settled"),
    "open": _("Something is left to do: it comes to my list"),
}
CANNED_PLACES = {
    "{name}": _("the buyer's name"),
    "{order_no}": _("the order number"),
    "{agent_no}": _("your number"),
    "{time}": _("the time now"),
}
KINDS = {"chat": _("Conversation"), "call": _("Phone call"), "case": _("Matter"), "callback": _("Call back")}
_GONE = {
    "accepted": _("Taken by you in another window."),
    "declined": _("You declined it in another window."),
    "expired": _("Not answered in time: it went to somebody else."),
    "withdrawn": _("It is no longer waiting."),
}
_AFTER = {
    "expired": _("You are on a break now, so that nobody waits for you in vain. Choose “Available” to go on."),
}
KEYS = (
    (("a",), _("Accept what is offered (while you type: Alt A)")),
    (("j", "k"), _("Next and previous in the list, Enter opens")),
    (("g", "i"), _("What waits")),
    (("g", "c"), _("All conversations")),
    (("g", "p"), _("All calls")),
    (("g", "t"), _("The phone window")),
    (("o",), _("Your call: hold, and off hold")),
    (("i",), _("Your call: mute, and unmute")),
    (("d",), _("In the phone window: not now")),
    (("x",), _("In the phone window: hang up")),
    (("g", "o"), _("Contacts without an answer")),
    (("g", "x"), _("A contact from outside")),
    (("g", "r"), _("Replies kept ready")),
    (("s",), _("Find")),
    (("p",), _("What you are doing; then a digit")),
    (("m",), _("Write to the buyer")),
    (("n",), _("A note for colleagues, and back")),
    (("/",), _("Put in a reply kept ready")),
    (("Alt", "P"), _("What you have just written is a promise")),
    (("c",), _("Becomes a matter, or opens it")),
    (("h",), _("Hand over")),
    (("u",), _("Urgent")),
    (("e",), _("End it")),
    (("t",), _("Take over (those who lead)")),
    (("Esc",), _("Leave the field, close what is open")),
    (("?",), _("This sheet")),
)


def keys() -> list[tuple[tuple[str, ...], str]]:
    """The keys of the desk with what they do."""
    return [(key, gettext(what)) for key, what in KEYS]


def span(seconds: float) -> str:
    """A short time in words: `40 s`, `3 min`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return gettext("%(count)s s") % {"count": whole}
    if whole < 3600:
        return gettext("%(count)s min") % {"count": whole // 60}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": whole // 3600, "minutes": whole % 3600 // 60}


def queue_name(title: str, title_en: str) -> str:
    """The name of a queue in the reader's language."""
    return title_en if (get_language() or "").startswith("en") else title


def offer_gone(state: str) -> tuple[str, str]:
    """What became of an offer, and what that means."""
    after = _AFTER.get(state, "")
    return gettext(_GONE.get(state, _GONE["withdrawn"])), gettext(after) if after else ""


def why_you(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Why the router chose this person, in one line."""
    return gettext("; ").join(why_offered(one) for one in reasons)
