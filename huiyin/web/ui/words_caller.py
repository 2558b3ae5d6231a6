"""What somebody who calls from our page reads while they hear us."""

from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.routing.queries import open_item, place
from huiyin.domain.voice.calls import State
from huiyin.domain.voice.models import Call
from huiyin.web.ui.templatetags.huiyin import gap
from huiyin.web.ui.words_trust import word_of_today

KEYPAD = "123456789*0#"
MINUTE = 60
_PAGE = {
    State.WAITING: "waiting", State.RINGING: "waiting", State.TALKING: "talking", State.HELD: "talking",
    State.KEYING: "talking",
    State.PARKED: "talking", State.RATING: "rating", State.VOICEMAIL: "voicemail", State.ENDED: "ended",
    State.CHANGED: "changed",
}  # fmt: skip
_SAYS = {
    State.MENU: _("Press the keys below or on your keyboard; 0 reaches a person."),
    State.RINGING: _("A colleague's phone is ringing."),
    State.HELD: _("The colleague has asked you to wait a moment."),
    State.KEYING: _("Key it now, then #. The recording is off, and the colleague hears nothing of it."),
    State.PARKED: _("The colleague's line was cut. They are being called back; please stay."),
    State.RATING: _("Press 1 to 5: how was it? 5 is very good. Or simply hang up."),
    State.VOICEMAIL: _("Leave your message after the tone. It becomes a matter that a person answers."),
    State.CHANGED: _("You wait in the chat now, in the same place."),
    State.CALLBACK_BOOKED: _("We call you back; your place is kept."),
}
_ENDS = {
    "talked": _("Thank you for calling."),
    "served": _("We hope that settled it."),
    "callback": _("We call you back; your place is kept."),
    "elsewhere": _("Your place is kept elsewhere: in the chat, or in a call-back."),
    "voicemail": _("Your message has arrived. A person answers it."),
    "unreachable": _("You hung up before a person came. Call again whenever you like, or write to us."),
}


def page_state(state: str) -> str:
    """Which of its few states the page shows for a call."""
    return _PAGE.get(State(state), "menu")


def stands(call: Call, now: datetime) -> str:
    """How the call stands, in one or two sentences."""
    state = State(call.state)
    if state is State.ENDED:
        return gettext(_ENDS[call.outcome]) if call.outcome in _ENDS else ""
    if state is State.WAITING:
        return _place(call, now)
    if state is State.TALKING and call.agent:
        known = {"agent_no": call.agent.agent_no, "word": word_of_today(call.talk.no, now)}
        return (
            gettext("Agent %(agent_no)s is talking with you. If it is us, they know today's code word: %(word)s.")
            % known
        )
    return gettext(_SAYS[state]) if state in _SAYS else ""


def _place(call: Call, now: datetime) -> str:
    item = open_item(call.talk)
    if item is None:
        return ""
    here = place(item, now)
    if here.ahead:
        said = ngettext("%(count)s person before you.", "%(count)s people before you.", here.ahead)
        first = said % {"count": here.ahead}
    else:
        first = gettext("You are next.")
    if here.expected_wait_s is None or not here.is_honest_guess:
        return first
    minutes = max(1, -(-here.expected_wait_s // MINUTE))
    wait = ngettext("About %(count)s minute.", "About %(count)s minutes.", minutes) % {"count": minutes}
    return f"{first}{gap()}{wait}"
