"""Whether somebody is there now, and by when a person answers: told honestly before anybody waits."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext

from huiyin.domain.promises.clocks import Clock, due_of
from huiyin.domain.promises.promises import while_nobody_is_here
from huiyin.domain.staff.queries import somebody_is_on_duty
from huiyin.lib.calendars import named
from huiyin.web.ui.hotline import hotline_now
from huiyin.web.ui.times import deadline


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is there. `by` is when a person answers somebody who writes now."""

    is_here: bool
    by: datetime

    @property
    def words(self) -> str:
        """One sentence for somebody who wants a person."""
        values = {"by": deadline(self.by)}
        if self.is_here:
            return gettext("Somebody is here now and answers you by %(by)s.") % values
        return gettext("Nobody is on duty right now. A person answers you by %(by)s.") % values

    @property
    def state(self) -> str:
        """Whether somebody is there, without a time: for pages that show a promise of their own."""
        if self.is_here:
            return gettext("Somebody is on duty right now.")
        return gettext("Nobody is on duty right now.")

    @property
    def call(self) -> str:
        """How calling stands: what to expect of the hotline now."""
        if not settings.HOTLINE and not hotline_now().is_on:
            return gettext("The hotline is not open yet")
        return gettext("somebody is here now") if self.is_here else gettext("nobody is on duty right now")


def presence(now: datetime) -> Presence:
    """How it stands at this moment."""
    term, calendar = while_nobody_is_here(), settings.SERVICE_CALENDAR
    clock = Clock(started=now, amount=term.amount, unit=term.unit, calendar=named(calendar))
    return Presence(somebody_is_on_duty(now), due_of(clock).at)
