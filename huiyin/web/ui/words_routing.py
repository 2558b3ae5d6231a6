"""Routing in words: why an item is offered to this person or still waits, and why something cannot be."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

WHY = {
    "first_in_order": _("of all you may take, its promise is due first"),
    "their_own": _("it is meant for you"),
    "relaxed": _("it has waited %(waited_s)s s, so that others than the specialists may take it"),
    "not_theirs": _("%(barred)s before it are not for you"),
    "preferred": _("the person it is meant for is free"),
    "least_busy": _("of all who are free, you have the least in hand"),
    "best_fit": _("your skills fit best"),
    "idle": _("you have been free for %(idle_s)s s"),
    "nothing_waiting": _("nothing waits"),
    "nothing_fits": _("%(waiting)s wait, for other skills or other people"),
    "no_room": _("all your places are taken"),
    "clearing": _("a call that waits too long will be yours as soon as your chats have ended"),
    "not_asked": _("you are not available, or another offer rings"),
    "not_waiting": _("it does not wait any more"),
    "behind": _("whoever is free takes another one first"),
    "kept_for": _("it is kept for one person for %(for_s)s s more"),
    "all_busy": _("all %(able)s who may take it are busy"),
    "nobody_able": _("nobody here may take it"),
    "position": _("number %(position)s of %(waiting)s"),
    "due": _("its promise is due in %(slack_s)s s"),
    "overdue": _("its promise was due %(late_s)s s ago"),
    "relaxes": _("in %(in_s)s s others may take it too"),
}
REFUSALS = {
    "queue_unknown": _("There is no queue “%(queue)s”."),
    "queue_closed": _("Nobody answers here at this hour. Leave your words: they become a matter with a number."),
    "queue_full": _("Too many people wait just now. Leave your words: they become a matter with a number."),
    "offer_gone": _("This offer is over: it was answered too late, withdrawn, or the buyer has left."),
    "offer_taken_here": _("Taken by you in another window. Go on there."),
    "not_yours": _("This is not offered to you."),
    "item_over": _("This has ended in the meantime; there is nothing to pass on."),
    "handed_nowhere": _("Say to whom: a queue, an agent or a supervisor."),
    "agent_away": _("Agent %(agent)s is not here right now. Choose somebody else or a queue."),
    "kept_out": _("The complaint is about you, so somebody else takes it."),
    "only_leads": _("Only a supervisor may do this."),
    "presence_unknown": _("“%(state)s” is nothing one can be. Use available, busy, break, wrap_up or offline."),
    "reason_unknown": _(
        "We do not know this reason. A break has one of: lunch, rest, meeting, training, coaching, other."
    ),
    "device_invalid": _("The name of a device is 1 to 64 printable characters."),
    "capacity_out_of_range": _("At once you can take 0 to %(most)s of the kind “%(kind)s”."),
    "no_lease": _("This device has not said what you do. Set your presence first."),
    "mode_unknown": _("There is no such mode. Use ordinary, night or peak."),
    "level_invalid": _("A level is a number from 1 to 5 (skill “%(skill)s”)."),
    "hours_invalid": _("Rule %(number)s of the opening hours cannot be read."),
}


def why_offered(reason: Mapping[str, Any]) -> str:
    """One reason of a decision, as `{code, numbers}`; a code without words says itself."""
    code, numbers = reason["code"], reason.get("numbers", {})
    if code == "due" and numbers["slack_s"] < 0:
        code, numbers = "overdue", {"late_s": -numbers["slack_s"]}
    says = WHY.get(code)
    return str(code) if says is None else gettext(says) % {name: _whole(value) for name, value in numbers.items()}


def _whole(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
