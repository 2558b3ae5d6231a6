"""The numbers that are really ours, as they stand at this moment: what for, when, how long it takes now (HL1)."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import get_language, gettext

from huiyin.adapters.asterisk.standing import Standing, standing
from huiyin.domain.insight.queries.quiet import arrivals, open_hours
from huiyin.domain.insight.quiet import Span, quiet_spans
from huiyin.domain.routing.hours import Rule, rules_from
from huiyin.domain.routing.models import Queue
from huiyin.domain.routing.queries import queue_now
from huiyin.domain.routing.shipped import GENERAL
from huiyin.domain.routing.states import Kind
from huiyin.domain.voice.models import Line
from huiyin.domain.voice.queries import lines
from huiyin.domain.voice.shipped import DEFAULT
from huiyin.web.portal.waiting import Waiting, waiting_of
from huiyin.web.ui.times import deadline
from huiyin.web.ui.words_hours import hours_text, spans_text

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Number:
    """One number of ours: what it is for and where it leads. `shown` is empty where the public network has none; then
    a browser calls it, at this address of our pages, and on this machine a phone that speaks SIP."""

    shown: str
    purpose: str
    queue: str = GENERAL
    call: str = ""
    sip: str = ""


@dataclass(frozen=True, slots=True)
class LineNow:
    """A number at this moment. `wait`: a few words; `tel` is empty where it cannot be dialled from a phone; `call` and
    `sip` as in `Number`."""

    shown: str
    call: str
    sip: str
    tel: str
    purpose: str
    hours: str
    wait: str
    waiting: Waiting
    quiet: str  # when in the week few people call; empty where nobody can say

    def as_json(self) -> dict[str, object]:
        """For programs; `expected_wait_s` is null when nobody could say."""
        now = self.waiting
        page = f"{settings.PUBLIC_URL}{self.call}" if self.call else None
        return {
            "number": self.shown or self.sip or None, "call": page,
            "purpose": self.purpose, "hours": self.hours, "open": now.is_open,
            "expected_wait_s": now.expected_s if now.is_open else None, "waiting": now.waiting, "words": self.wait,
            "quiet_hours": self.quiet,
        }  # fmt: skip


def numbers(*, public: bool = True) -> list[Number]:
    """Every number we publish, the usual one first; with all others that are ours if not `public`. While the hotline
    is on, lines without a number are called from our pages."""
    here = standing() if settings.HOTLINE_WS else Standing(is_on=False)
    rows = [_number(line, here) for line in sorted(lines(public=public), key=lambda line: line.number != DEFAULT)]
    known = [one for one in rows if one.shown or one.call]
    if settings.HOTLINE and all(one.shown != settings.HOTLINE for one in known):
        known.insert(0, Number(settings.HOTLINE, gettext("All questions and complaints")))
    return known


def _number(line: Line, here: Standing) -> Number:
    title = line.title_en if (get_language() or "").startswith("en") else line.title
    shown = line.shown or (settings.HOTLINE if line.number == DEFAULT else "")
    purpose = gettext("All questions and complaints") if line.number == DEFAULT else title
    if shown or not here.is_on:
        return Number(shown, purpose, line.queue)
    return Number("", purpose, line.queue, f"{reverse('portal:call')}?line={quote(line.number)}", _sip(line, here))


def _sip(line: Line, here: Standing) -> str:
    """For the phone of somebody who tries us on this machine; from elsewhere nobody gets in without a trunk."""
    uri = here.sip_uri or ""
    return uri.replace(f"sip:{DEFAULT}@", f"sip:{line.number}@") if settings.DEMO else ""


def lines_now(now: datetime) -> list[LineNow]:
    """Every number with its hours and how long it takes at this moment. Lines that lead to one queue ask once."""
    ours = numbers()
    rows = {queue.slug: queue for queue in Queue.objects.filter(slug__in={one.queue for one in ours})} if ours else {}
    waits = {slug: waiting_of(queue_now(slug, now, Kind.CALL)) for slug in rows}
    nobody = waiting_of(None)
    return [_line(one, rows.get(one.queue), waits.get(one.queue, nobody), now) for one in ours]


def _line(number: Number, queue: Queue | None, waiting: Waiting, now: datetime) -> LineNow:
    rules = rules_from(queue.hours if queue else [])
    quiet = spans_text(quiet_of(number.queue, rules, now))
    return LineNow(
        shown=number.shown, call=number.call, sip=number.sip, tel=tel(number.shown), purpose=number.purpose,
        hours=hours_text(rules), wait=wait_text(waiting), waiting=waiting, quiet=quiet,
    )  # fmt: skip


def quiet_of(slug: str, rules: tuple[Rule, ...], now: datetime) -> list[Span]:
    """Looked at once an hour in each process: four weeks do not change while somebody reads."""
    spans: list[Span] | None = cache.get(f"quiet-hours-{slug}")
    if spans is None:
        spans = quiet_spans(arrivals(now), open_hours(rules, now))
        cache.set(f"quiet-hours-{slug}", spans, HOUR_S)
    return spans


def tel(shown: str) -> str:
    """What a phone dials for a number as it is shown; empty for a SIP address."""
    return "" if "@" in shown or shown.startswith("sip:") else shown


def wait_on(number: str, now: datetime) -> str:
    """How long it takes to reach a person on this line."""
    queue = next((line.queue for line in lines() if line.number == number), GENERAL)
    return wait_text(waiting_of(queue_now(queue, now, Kind.CALL)))


def wait_text(waiting: Waiting) -> str:
    """How long it takes to reach a person by phone now, honestly when nobody is there."""
    if not waiting.is_open and waiting.opens_at:
        return gettext("opens %(at)s") % {"at": deadline(waiting.opens_at)}
    return waiting.words or gettext("nobody is on duty right now")
