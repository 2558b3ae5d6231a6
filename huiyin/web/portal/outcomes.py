"""What screen 2 and screen 3 show for a finding: facts and choices, one more proof, or how far the remedy is."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from huiyin.domain.orders import actions
from huiyin.domain.orders.models import Finding, Order, Remedy
from huiyin.domain.orders.queries import keys_of, live_remedy
from huiyin.domain.orders.situations import CHANGES_BY_ITSELF, SETTLES_WITHIN, Option, Situation
from huiyin.domain.promises.promises import State
from huiyin.web.portal import visits
from huiyin.web.portal.rings import ring_for
from huiyin.web.ui import words
from huiyin.web.ui.ring import Ring
from huiyin.web.ui.times import moment

UNDER_WAY = ["requested", "approved", "executing", "needs_person"]
PATIENCE, STEP = 2.5, 0.07  # seconds a choice waits for the worker before the page goes on by itself
SEARCHES = {Situation.PROOF_NEEDED, Situation.NOT_FOUND}


@dataclass(frozen=True, slots=True)
class Choice:
    option: str
    label: str


@dataclass(slots=True)
class Page:
    """Everything the templates of screens 2 and 3 read."""

    finding: Finding
    kind: str  # choose | prove | remedy | keys | settled
    primary: Choice | None = None
    others: list[Choice] = field(default_factory=list)
    ring: Ring | None = None
    remedy: Remedy | None = None
    keys: list[str] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)
    contact: str = ""
    is_sent: bool = False  # the key went to that contact as well

    @property
    def order(self) -> Order | None:
        return self.finding.order

    @property
    def topics(self) -> list[str]:
        """What changes this page."""
        matter = [f"matter:{self.order.matter.no}"] if self.order else []
        return [f"finding:{self.finding.pk}", *matter]


def page_of(request: HttpRequest, finding: Finding, now: datetime) -> Page:
    """What to show for this finding now. Records that a key was shown, once."""
    remedy = remedy_of(finding)
    if keys := visits.kept_keys(request, finding):
        return _with_keys(Page(finding, "keys", keys=keys), now)
    if remedy is not None:
        return _remedy_page(request, finding, remedy, now)
    page = Page(finding, "prove" if finding.verdict["situation"] in SEARCHES else "choose")
    options = [Choice(o, words.option_label(o, finding)) for o in _offered(finding)]
    page.primary, page.others = (options[0] if options else None), options[1:]
    page.ring, page.times = _ring(finding, now), _three_times(finding)
    page.contact = words.masked_contact(finding)
    return page


def remedy_of(finding: Finding) -> Remedy | None:
    """The remedy this page is about: what was asked for since the search, or what was under way already."""
    if finding.order is None:
        return None
    since = finding.order.remedies.filter(asked_at__gte=finding.created_at).order_by("-pk").first()
    if since is not None:
        return since
    live = live_remedy(finding.order)
    return live if live is not None and live.state in UNDER_WAY else None


def await_remedy(remedy: Remedy) -> None:
    """Give the worker a moment, so that most buyers see the result at once."""
    end = time.monotonic() + PATIENCE
    while remedy.state in {"approved", "executing"} and time.monotonic() < end:
        time.sleep(STEP)
        remedy.refresh_from_db(fields=["state"])


def _remedy_page(request: HttpRequest, finding: Finding, remedy: Remedy, now: datetime) -> Page:
    page = Page(finding, "remedy", remedy=remedy, contact=words.masked_contact(finding))
    page.ring = ring_for(remedy.matter, now)
    if remedy.state == "done" and finding.verdict.get("shows"):
        page.keys = keys_of(remedy)
    if page.keys:
        page.kind = "keys"
        if visits.is_first_time(request, f"shown:{remedy.pk}"):
            actions.shown(remedy.order, finding.level, len(page.keys), by="buyer", now=now)
    return _with_keys(page, now)


def _with_keys(page: Page, now: datetime) -> Page:
    if page.order is not None:
        page.contact = words.masked_contact(page.finding)
        notices = page.order.matter.notices.filter(template__startswith="remedy_", state__in=["queued", "sent"])
        page.is_sent = page.remedy is not None and notices.filter(once=f"remedy:{page.remedy.pk}").exists()
        if page.order.settled_at and page.order.settled_at >= page.finding.created_at:
            page.kind = "settled"
    return page


def _offered(finding: Finding) -> list[str]:
    """What may be chosen here: a code is part of the proof, and who waits need not choose to wait again."""
    gone = {Option.CODE.value} | ({Option.WAIT.value} if finding.chosen == Option.WAIT else set())
    return [option for option in finding.verdict["options"] if option not in gone]


def _ring(finding: Finding, now: datetime) -> Ring | None:
    """The time we name for what changes by itself."""
    situation = finding.verdict["situation"]
    if situation not in CHANGES_BY_ITSELF and situation != Situation.MANUAL_GOODS:
        return None
    if situation == Situation.SHOP_UNREACHABLE:
        due = finding.retry_at or now + timedelta(minutes=1)
        return Ring(due - timedelta(minutes=1), due, State.RUNNING, gettext("we ask the shop again"), now)
    if situation == Situation.PAYMENT_PENDING:
        due = finding.created_at + SETTLES_WITHIN
        return Ring(finding.created_at, due, State.RUNNING, gettext("the payment is settled"), now)
    by = finding.verdict.get("by")
    return Ring(finding.created_at, datetime.fromisoformat(by), State.RUNNING, gettext("delivery"), now) if by else None


def _three_times(finding: Finding) -> list[tuple[str, str]]:
    """Delivered, shown, redeemed: laid out without a word of blame."""
    if finding.verdict["situation"] not in {Situation.ALREADY_REDEEMED, Situation.REDEEMED_BEFORE_DELIVERY}:
        return []
    values: dict[str, Any] = finding.verdict["values"]
    named = (
        (gettext("Delivered"), "delivered_at"),
        (gettext("First shown"), "shown_at"),
        (gettext("Redeemed"), "redeemed_at"),
    )
    times = [(values.get(key) or "", name) for name, key in named]
    return [(name, moment(at) or gettext("never")) for at, name in sorted(times, key=lambda pair: pair[0] or "9")]
