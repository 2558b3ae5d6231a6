"""Conversations in words: why something cannot be done, and what a reply of ours lacks (AI6)."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

REFUSALS = {
    "talk_ended": _("This conversation has ended. Its number %(no)s opens everything; or begin a new one."),
    "talk_not_now": _("That is not possible as the conversation stands now."),
    "talk_has_case": _("This conversation belongs to case %(no)s already."),
    "not_your_talk": _("Somebody else talks here. Whoever leads can take it over; notes are always possible."),
    "wrap_up_incomplete": _("Before it ends, the buyer must know the number, the next step and by when."),
    "urgent_often": _("You have marked %(limit)s as urgent today already. Your place in the queue stays as it is."),
    "urgent_crowded": _(
        "Many were marked as urgent from your network just now, so this one is not. "
        "Your place in the queue stays as it is."
    ),
    "not_taken_yet": _("Nobody has taken this conversation yet. Take it first; notes are always possible."),
    "talk_over": _("This conversation has ended. You can begin a new one."),
    "rating_out_of_range": _("A rating is a number from 1 to 5."),
    "client_id_too_long": _("A client_id has %(limit)s characters at most."),
    "client_id_taken": _("This client_id stands for something else already. Send it with a new one."),
    "channel_unknown": _("We know no such channel."),
    "time_is_ahead": _("This time lies ahead. When was it really?"),
    "time_is_past": _("This time has passed. Name one that is still to come."),
    "slug_invalid": _("A short name has letters, digits and dashes, 40 at most."),
    "token_missing": _("Send the token of this conversation as “Authorization: Bearer …”."),
    "token_unknown": _("This token opens no conversation. Begin a new one; with number and PIN the old one is found."),
    "token_expired": _("This conversation ended more than 30 days ago. Its number and PIN still open it on our page."),
    "staff_only": _("Only people who work here may do this: use a personal key."),
    "identity_wrong": _(
        "The identity token is not one of the shop's. Nothing was lost: make a new one, or send it again without."
    ),
    "identity_expired": _(
        "The identity token is too old or lives too long (an hour at most). Nothing was lost: make a new one."
    ),
}
_EVASIONS = {
    "system_delay": _("“The system is slow” answers nothing: say what you found and what you do."),
    "wait_patiently": _("“Please be patient”: say until when instead."),
    "not_ours": _("“Not our business”: who bought here is ours. Say whom you ask and when you come back."),
    "already_reported": _("“Reported”: to whom, and when does the buyer hear of it?"),
    "nothing_to_do": _("“Nothing we can do”: say what is possible instead, or who can."),
    "read_the_rules": _("“Those are the rules”: say which one and what it means here."),
    "no_step": _("The buyer does not read what happens next."),
    "no_time": _("The buyer does not read by when."),
}
_DISPOSITIONS = {
    "solved": _("Solved"), "case_opened": _("Became a case"), "case_joined": _("Joined a case"),
    "follow_up": _("We come back to it"), "informed": _("Informed"), "no_answer": _("The buyer did not come back"),
    "abuse": _("Abuse"),
}  # fmt: skip
_MISSING = {
    "disposition": _("how it ended"), "number": _("that the number was told"), "next_step": _("the next step"),
    "next_by": _("by when, a time still to come"),
}  # fmt: skip


def evasion_hint(code: str) -> str:
    """What to write instead; shown before sending."""
    return gettext(_EVASIONS[code]) if code in _EVASIONS else ""


def disposition(code: str) -> str:
    """How a conversation ended."""
    return gettext(_DISPOSITIONS[code]) if code in _DISPOSITIONS else code


def dispositions() -> list[tuple[str, str]]:
    """All of them, in the order in which they are offered."""
    return [(code, gettext(words)) for code, words in _DISPOSITIONS.items()]


def missing_field(code: str) -> str:
    """What a wrap-up still lacks."""
    return gettext(_MISSING[code]) if code in _MISSING else code
