"""What the program itself says in a conversation, in the buyer's language."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

_LINES = {
    "joined": _("Agent %(agent_no)s is here for you"),
    "handed_over": _("We are handing you over; what you have said goes along. Your place is kept"),
    "handed_to_supervisor": _("A supervisor takes over; what you have said goes along"),
    "handed_later": _(
        "Whoever takes this over is not here right now. A person answers you by %(by)s; what you have said goes along"
    ),
    "away": _("The connection to the agent was lost. Somebody else is coming; you need not repeat anything"),
    "away_later": _(
        "The connection to the agent was lost, and nobody else is here right now. A person answers you by %(by)s; "
        "you need not repeat anything"
    ),
    "in_queue": _("You are in the queue for a person; %(ahead)s before you"),
    "in_queue_next": _("You are in the queue for a person, and next in line"),
    "in_queue_later": _("You are in the queue for a person. Nobody is here right now; one answers you by %(by)s"),
    "took_over": _("Agent %(agent_no)s has taken over"),
    "queue_closed": _("Nobody is here right now. What you wrote is kept as case %(no)s and will be answered"),
    "queue_full": _("Too many people are waiting. What you wrote is kept as case %(no)s and will be answered"),
    "nobody_came": _("Nobody came in time. What you wrote is kept as case %(no)s and will be answered"),
    "became_case": _("This is now case %(no)s; everything said here belongs to it"),
    "joined_case": _("This now belongs to case %(no)s"),
    "callback": _("We will call you back; your place in the queue is kept"),
    "now_chat": _("You are in the chat now; your place in the queue is kept"),
    "voicemail": _("Your message is kept as case %(no)s and will be answered"),
    "told_by_phone": _("Told us on the phone. What we do next: %(what)s"),
    "promised": _("Promised: %(what)s, by %(by)s"),
    "ended": _("This conversation has ended. Its number: %(no)s"),
    "ended_next": _("This conversation has ended. Its number: %(no)s. Next: %(what)s, by %(by)s"),
}


def line(code: str, language: str, **values: str) -> str:
    """The words of a line. Raises KeyError for a code that is none."""
    with translation.override(language):
        return gettext(_LINES[code]) % values


def number(no: str) -> str:
    """The number as people read it out."""
    return " ".join(no[place : place + 4] for place in range(0, len(no), 4))


def time_of(at: datetime, language: str) -> str:
    """A time as this reader writes it, in the zone of the business."""
    local = timezone.localtime(at)
    if language.startswith("zh"):
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local:%-d %b %H:%M}"
