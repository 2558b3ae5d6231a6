"""What we promise, by when, for what reason, and what happens when it is missed."""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.promises.models import Promise
from huiyin.domain.promises.promises import Kind
from huiyin.domain.promises.words import promise_what, reason_words
from huiyin.web.ui.times import deadline

_MISSED = {
    "remedy": _("If we are late, a person takes over by itself"),
    "buyer_material": _("If nothing comes, we go on with what we have"),
}
_STATES = {
    "running": _("By %(by)s %(what)s"),
    "paused": _("paused: %(what)s; it is your turn"),
    "kept": _("kept: %(what)s"),
    "broken": _("missed: by %(by)s %(what)s"),
    "withdrawn": _("no longer needed: %(what)s"),
}


_THEIRS = {  # what we ask the buyer to do is asked, never promised to them
    "running": _("Please send us what we asked for by %(by)s"),
    "paused": _("Please send us what we asked for"),
    "kept": _("You have sent what we asked for"),
    "broken": _("Nothing came by %(by)s; we go on with what we have"),
    "withdrawn": _("You need not send anything any more"),
}


def asked_text(state: str, due: datetime | str | None) -> str:
    """What we asked the buyer for, as it stands: running, paused, kept, broken or withdrawn."""
    return gettext(_THEIRS[state]) % {"by": deadline(due)}


def promise_text(promise: Promise) -> str:
    """What we promised and by when, as it stands now."""
    if promise.kind == Kind.BUYER_MATERIAL:
        return asked_text(promise.state, promise.due)
    what = promise.words or promise_what(promise.kind)
    return gettext(_STATES[promise.state]) % {"what": what, "by": deadline(promise.due)}


def promise_reason(promise: Promise) -> str:
    """Why this long: the rule in words; empty for a rule without words."""
    return reason_words(promise.reason)


def promise_if_missed(promise: Promise) -> str:
    """What happens by itself when the time is over."""
    if promise.state == "broken":
        return gettext("We missed this time. The matter moved up to a supervisor by itself")
    return gettext(_MISSED.get(promise.kind, _("If we are late, it moves up to a supervisor by itself")))
