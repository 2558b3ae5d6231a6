"""Whether the hotline can be called at this moment, and where browsers call it."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext


@dataclass(frozen=True, slots=True)
class HotlineNow:
    """`ws` is empty while it is off."""

    ws: str

    @property
    def is_on(self) -> bool:
        return bool(self.ws)

    @property
    def why(self) -> str:
        """What somebody who wants to call is told while it is off."""
        return "" if self.is_on else gettext("The hotline is not running right now, and that is ours to mend.")


def hotline_now() -> HotlineNow:
    """As it stands."""
    return HotlineNow(settings.HOTLINE_WS)
