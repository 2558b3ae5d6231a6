"""Calls in words: why something cannot be done, and what happened, for the time line of the desk."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_calls import CHECKED, NOT_CHECKED, VERBS

REFUSALS = {
    "call_over": _("This call is over."),
    "call_not_now": _("That is not possible as the call stands now."),
    "call_on_already": _("A call is under way already. End it first, then call again."),
    "answer_on_phone": _("A call is taken by answering the phone that rings; whoever leads can take it over there."),
    "hotline_off": _("The hotline is off right now. Use the chat, or write to us."),
    "line_unknown": _("We have no line of this name that anybody may call. Leave it out to call the hotline."),
    "verb_unknown": _("“%(verb)s” is nothing one can do to a call."),
    "secret_unknown": _("A buyer keys “payment” or “pin”, and not “%(what)s”."),
    "keys_invalid": _("Keys are 0 to 9, *, # and A to D, 32 at most."),
    "unreachable": _("No phone of theirs is there. Whoever it is has to open the phone window first."),
    "already_asking": _("A colleague is being asked already. Put through, or take the caller back first."),
    "nobody_asked": _("Nobody is being asked any more; the caller is with you."),
    "not_answered_yet": _("The colleague has not answered yet."),
    "not_listening": _("You are not in this call any more."),
    "no_switchboard": _("The switchboard did not answer, so nothing was done. Try again in a moment."),
    "no_phone_number": _("We know no phone number of this buyer. Write to them, and ask for one."),
    "number_invalid": _("This is no phone number that we can call. Write it with its area code."),
    "number_not_allowed": _("We do not call numbers there. Leave a number of this country, or go on in writing."),
    "callback_known": _("This number will be called back already; its place is kept."),
    "callback_over": _("Nobody waits for this call any more."),
    "tried_enough": _("Called %(most)s times and not reached. Write to the buyer, or wrap it up as not reached."),
    "too_late_to_call": _("Nobody is called between %(until_hour)s:00 and %(from_hour)s:00."),
    "ticket_unknown": _("This way to call has expired. Open the page anew and call again."),
    "visitor_unknown": _(
        "Your browser keeps no cookies, so that we cannot tell one caller from another. Please allow them."
    ),
    "recording_not_to_take": _(
        "Recordings are played here. "
        "Those who lead and whoever answers for the matter may take one away; ask a supervisor."
    ),
    "no_mobile_number": _("We know no mobile number of this buyer. Ask for one, or let them send it by mail."),
    "upload_link_over": _("This link has done its work or is too old. Ask on the phone for a new one."),
    "no_case_known": _("This call is about no case yet, so there is no PIN to compare."),
    "chat_link_over": _("This link has done its work or is too old."),
    "recording_gone": _("This recording has been erased."),
    "recording_held": _("This recording is kept, because somebody may need it. Lift that first."),
}  # fmt: skip
_WHO = {
    "buyer": _("the buyer hung up"), "agent": _("the agent hung up"), "system": _("it ended by itself"),
    "lost": _("the line broke"),
}  # fmt: skip
_CHANGES = {
    "hold": _("The caller was put on hold"), "unhold": _("The caller was taken off hold"),
    "mute": _("The agent muted themselves"), "unmute": _("The agent can be heard again"),
    "park": _("The agent's device was lost; the caller was kept for them"), "unpark": _("The agent is back"),
    "wait_again": _("The caller waits for somebody else"),
    "change": _("The caller waits on in writing, in the same place"),
}  # fmt: skip
Data = dict[str, Any]


def _word(texts: dict[str, str], code: str) -> str:
    """The words of a code; one without words says itself."""
    return gettext(texts[code]) if code in texts else code


def _changed(data: Data) -> str:
    return _word(_CHANGES, data["verb"])


def _ended(data: Data) -> str:
    who = _word(_WHO, data["who"])
    if not data["talked_s"]:
        return gettext("The call ended: %(who)s") % {"who": who}
    minutes, seconds = divmod(int(data["talked_s"]), 60)
    return gettext("The call ended after %(time)s: %(who)s") % {"time": f"{minutes}:{seconds:02}", "who": who}


def _pressed(data: Data) -> str:
    keys = " ".join(str(one).partition(":")[2] for one in data["pressed"])
    return gettext("Pressed in the menu: %(keys)s") % {"keys": keys or "–"}


def _booked(data: Data) -> str:
    text = gettext("A call-back is booked, by %(by)s") if data["asked"] else gettext("Hung up; a call-back by %(by)s")
    return text % {"by": deadline(data["due"])}


def _commanded(data: Data) -> str:
    return gettext("Asked of the switchboard: %(verb)s") % {"verb": _word(VERBS, data["verb"])}


def _recorded(data: Data) -> str:
    if data["flags"]:
        return gettext("Recording closed, %(seconds)s s; not whole: look at it") % data
    return gettext("Recording closed, %(seconds)s s") % data


def _secret(data: Data) -> str:
    return _word(CHECKED | NOT_CHECKED, data["why"] or data["result"])


def _plain(pattern: str) -> Callable[[Data], str]:
    return lambda data: gettext(pattern) % data


TOLD_TO_STAFF: dict[str, Callable[[Data], str]] = {
    "call_arrived": _plain(_("A call came in on line %(line)s")),
    "menu_walked": _pressed,
    "call_turned_away": _plain(_("Nobody could be waited for (%(queue)s); voicemail and call-back were offered")),
    "call_connected": _plain(_("Agent %(agent_no)s talks with the buyer")),
    "call_changed": _changed,
    "call_ended": _ended,
    "callback_booked": _booked,
    "callback_tried": _plain(_("Called back, try %(attempt)s")),
    "call_dialled": _plain(_("Agent %(agent_no)s calls the buyer")),
    "call_command": _commanded,
    "not_recorded": _plain(_("Not recorded: the caller could not be told that it would be")),
    "recording_started": _plain(_("The call is recorded")),
    "recording_closed": _recorded,
    "recording_held": lambda data: (
        gettext("The recording is kept beyond its time") if data["held"] else gettext("The recording is kept as usual")
    ),
    "recording_erased": _plain(_("The recording was erased")),
    "recording_kept": lambda data: (
        gettext("The recording lies in the store")
        if data["is_same"]
        else gettext("The recording lies in the store, but its bytes changed since it was closed")
    ),
    "call_transcribed": _plain(_("What was said is written down, %(stretches)s stretches")),
    "call_code_used": _plain(_("The caller keyed the code of matter %(about_no)s")),
    "upload_link_sent": _plain(_("A link that takes pictures is on its way to the buyer")),
    "upload_link_used": _plain(_("The buyer sent %(files)s files through the link")),
    "secret_check_begun": _plain(_("The recording is off while the buyer keys a secret")),
    "secret_checked": _secret,
    "chat_link_sent": _plain(_("A link into the chat is on its way to the caller")),
    "chat_link_used": _plain(_("The caller opened the link into the chat")),
}
