"""Opening hours as people read them: “working days 09:00–22:00, other days 10:00–18:00”."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from huiyin.domain.insight.quiet import Span
from huiyin.domain.routing.hours import Rule

DAY_S = 86_400
_DAYS: Mapping[str, str] = {"work": _("working days"), "rest": _("weekends and holidays"), "all": _("every day")}
_WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


def hours_text(rules: Sequence[Rule]) -> str:
    """When a line answers. No rules: around the clock."""
    if not rules or any(rule.days == "all" and rule.closes - rule.opens >= DAY_S for rule in rules):
        return gettext("around the clock")
    return gettext("; ").join(f"{days_text(rule.days)} {_clock(rule.opens)}–{_clock(rule.closes)}" for rule in rules)


def spans_text(spans: Sequence[Span]) -> str:
    """The quiet spans of a week, as `Tue 14:00–16:00, Fri 9:00–11:00`; empty without any."""
    named = (f"{gettext(_WEEKDAYS[span.day])} {span.start:02}:00–{span.end:02}:00" for span in spans)
    return gettext(", ").join(named)


def days_text(days: str | Collection[int]) -> str:
    """The days of a rule: `working days`, `Mon, Tue`."""
    if isinstance(days, str):
        return gettext(_DAYS[days])
    return gettext(", ").join(gettext(_WEEKDAYS[day]) for day in sorted(days))


def _clock(seconds: int) -> str:
    whole = seconds if seconds == DAY_S else seconds % DAY_S
    return f"{whole // 3600:02}:{whole % 3600 // 60:02}"
