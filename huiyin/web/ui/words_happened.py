"""What happened in queues and conversations, in the words of the desk: it stands on the time line of the case that a
conversation became."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_desk import CHANNELS, word
from huiyin.web.ui.words_desk_live import DECLINES, DISPOSITIONS, OUTSIDE, URGENTS

Data = dict[str, Any]


def _plain(pattern: str) -> Callable[[Data], str]:
    return lambda data: gettext(pattern) % data if "%" in pattern else gettext(pattern)


def _started(data: Data) -> str:
    return gettext("A conversation began (%(channel)s)") % {"channel": word({**OUTSIDE, **CHANNELS}, data["channel"])}


def _filed(data: Data) -> str:
    return gettext("The conversation joined this matter") if data["joined"] else gettext("It became a matter")


def _ended(data: Data) -> str:
    if not data.get("disposition"):
        return gettext("The conversation ended")
    return gettext("The conversation ended: %(how)s") % {"how": word(DISPOSITIONS, data["disposition"])}


def _urgent(data: Data) -> str:
    return gettext("Marked as urgent: %(why)s") % {"why": word(URGENTS, data["reason"])}


def _declined(data: Data) -> str:
    why = {"agent_no": data["agent_no"], "why": word(DECLINES, data["reason"])}
    return gettext("Agent %(agent_no)s could not take it: %(why)s") % why


def _wished(data: Data) -> str:
    if data["wish"] == "supervisor":
        return gettext("The buyer asked for a supervisor")
    return gettext("The buyer asked for a person")


def _due(pattern: str) -> Callable[[Data], str]:
    return lambda data: gettext(pattern) % {"by": deadline(data["due"])}


TOLD_TO_STAFF: dict[str, Callable[[Data], str]] = {
    "item_queued": _due(_("Waits for somebody, by %(by)s")),
    "item_offered": _plain(_("Offered to agent %(agent_no)s")),
    "item_handed_over": _plain(_("Waits for somebody else")),
    "item_done": _plain(_("Agent %(agent_no)s is through with it")),
    "item_left": _plain(_("Waits in no queue any more")),
    "offer_accepted": _plain(_("Agent %(agent_no)s took it after %(waited_s)s s")),
    "offer_declined": _declined,
    "offer_expired": _plain(_("Agent %(agent_no)s did not answer, or it was withdrawn")),
    "marked_urgent": _urgent,
    "talk_marked_urgent": _urgent,
    "conversation_started": _started,
    "conversation_joined": _plain(_("Agent %(agent_no)s came after %(waited_s)s s")),
    "conversation_handed_over": _plain(_("Passed on by agent %(before)s")),
    "conversation_filed": _filed,
    "conversation_ended": _ended,
    "conversation_rated": _plain(_("The buyer rated the conversation: %(rating)s of 5")),
    "buyer_ended": _plain(_("The buyer ended the conversation")),
    "message_left": _plain(_("Nobody could come; what was said became a matter")),
    "person_wished": _wished,
    "commitment_made": _due(_("Promised in the conversation, by %(by)s")),
}
