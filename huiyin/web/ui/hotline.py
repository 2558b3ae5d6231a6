"""Whether the hotline can be called at this moment, and where browsers call it."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext

from huiyin.adapters.asterisk.standing import standing
from huiyin.domain.voice.calls import IN_QUEUE, LIVE, WITH_PERSON
from huiyin.domain.voice.models import Call


@dataclass(frozen=True, slots=True)
class HotlineNow:
    """`ws` is empty while it is off. `is_away`: there is one, and it does not answer at this moment."""

    ws: str
    is_away: bool = False

    @property
    def is_on(self) -> bool:
        return bool(self.ws)

    @property
    def why(self) -> str:
        """What somebody who wants to call is told while it is off."""
        if self.is_away:
            return gettext("The hotline does not answer at this moment, and that is ours to mend.")
        return "" if self.is_on else gettext("The hotline is not running right now, and that is ours to mend.")


@dataclass(frozen=True, slots=True)
class CallsNow:
    """How many talk with a person, wait for one, hear the menu."""

    talking: int
    waiting: int
    menu: int


def calls_now() -> CallsNow:
    """The phone at this moment, in one query. Served by the index `call_live`."""
    live = Call.objects.filter(state__in=LIVE)
    talks, waits = Q(state__in=WITH_PERSON), Q(state__in=IN_QUEUE)
    sums = live.aggregate(talking=Count("pk", filter=talks), waiting=Count("pk", filter=waits), all=Count("pk"))
    return CallsNow(sums["talking"], sums["waiting"], sums["all"] - sums["talking"] - sums["waiting"])


def hotline_now() -> HotlineNow:
    """As it stands; nobody waits for one that hangs (`adapters/asterisk/standing.py`)."""
    if not settings.HOTLINE_WS:
        return HotlineNow("")
    now = standing()
    return HotlineNow(settings.HOTLINE_WS if now.is_on else "", is_away=not now.is_on)
