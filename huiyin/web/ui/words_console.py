"""Words and figures of the console: how a number is written, what it is called, what it means."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.insight.metrics import Aim

MODES = {
    "ordinary": (_("Ordinary mode"), _("Every queue by its own hours.")),
    "peak": (_("Peak"), _("Offers ring shorter, wrapping up is shorter, who agreed to it takes one chat more.")),
    "night": (_("Night"), _("Only the queues that stay open at night answer; the others take messages.")),
}
NOTHING = "–"


def mode_words(name: str) -> dict[str, str]:
    """The name of a mode and what it changes."""
    title, meaning = MODES.get(name, MODES["ordinary"])
    return {"title": gettext(title), "meaning": gettext(meaning)}


def clock_words(seconds: float | None) -> str:
    """A length of time as a clock shows it: `0:42`, `12:05`, `1:02:09`; a dash for none."""
    if seconds is None:
        return NOTHING
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def percent(share: float | None) -> str:
    """A share in whole percent, never rounded up to all nor down to none; a dash for none."""
    if share is None:
        return NOTHING
    whole = round(100 * share)
    if share < 1:
        whole = min(whole, 99)
    return f"{max(whole, 1) if share > 0 else 0}%"


def level_words(aim: Aim) -> str:
    """What our service level counts, so that nobody compares it with another one."""
    within = {"s": f"{aim.within_s:g}"}
    return gettext("Counted: answered within %(s)s s ÷ (all who came − who left within %(s)s s)") % within


def queue_title(title: str, title_en: str) -> str:
    """A queue's name in the reader's language."""
    return title_en if (get_language() or "").startswith("en") and title_en else title


def local_clock(at: datetime) -> str:
    """`09:45` in the zone of the business."""
    return f"{at.astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M}"
