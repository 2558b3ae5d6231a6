"""How long it takes to reach a person in the chat at this moment, from the real queue, before anybody decides to."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from huiyin.domain.routing.queries import QueueNow, queue_now
from huiyin.domain.routing.shipped import GENERAL
from huiyin.web.ui.times import deadline

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """The queue everybody reaches. `expected_s` None: nobody could say, because nobody is there."""

    is_open: bool
    waiting: int
    expected_s: int | None
    opens_at: datetime | None

    @property
    def is_here(self) -> bool:
        """Whether somebody would come."""
        return self.is_open and self.expected_s is not None

    @property
    def words(self) -> str:
        """A few words beside “Talk to a person”; empty when only a time by which we answer can be told."""
        if not self.is_open and self.opens_at:
            return gettext("the chat opens %(at)s; leave a message until then") % {"at": deadline(self.opens_at)}
        if not self.is_here or self.expected_s is None:
            return ""
        if not self.waiting and self.expected_s < MINUTE:
            return gettext("no waiting right now")
        ahead = ngettext("%(count)s person before you", "%(count)s people before you", self.waiting)
        return f"{ahead % {'count': self.waiting}}{gettext(', ')}{_about(self.expected_s)}"


def waiting_now(now: datetime) -> Waiting:
    """As it stands."""
    return waiting_of(queue_now(GENERAL, now))


def waiting_of(queue: QueueNow | None) -> Waiting:
    """How long one queue takes; closed for good where there is none."""
    if queue is None:
        return Waiting(is_open=False, waiting=0, expected_s=None, opens_at=None)
    return Waiting(queue.is_open, queue.waiting, queue.expected_wait_s, None if queue.is_open else queue.opens_at)


def _about(seconds: int) -> str:
    if seconds < MINUTE:
        return gettext("less than a minute")
    minutes = -(-seconds // MINUTE)
    return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {"count": minutes}
