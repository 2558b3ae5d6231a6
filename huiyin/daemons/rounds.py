"""What the worker asks again and again: what is due, what was forgotten, what changed at the shop."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from huiyin.adapters.papers import render as papers
from huiyin.daemons import hooks
from huiyin.daemons.recordings import recordings_left, recordings_over
from huiyin.daemons.talks import gone_from_queues, unanswered_calls
from huiyin.daemons.transcribing import transcripts_left
from huiyin.daemons.worker import DEAD_AFTER_S, Round, senders
from huiyin.domain.cases import actions as cases
from huiyin.domain.cases import carrying as carrying_items
from huiyin.domain.cases import digests, gathering
from huiyin.domain.cases.exhibits import check_some, named_files, the_files
from huiyin.domain.cases.models import Case
from huiyin.domain.cases.places import silent_now
from huiyin.domain.journal import actions as journal
from huiyin.domain.notices import actions as notices
from huiyin.domain.notices import posting
from huiyin.domain.orders import actions as orders
from huiyin.domain.orders import carrying, rescue
from huiyin.domain.orders.models import Finding, Order, Remedy, ShopEvent
from huiyin.domain.orders.queries import the_shop
from huiyin.domain.orders.situations import judge
from huiyin.domain.promises import actions as promises
from huiyin.domain.promises.queries import due_now, to_warn
from huiyin.domain.routing.queries import expected
from huiyin.domain.staff.models import Person
from huiyin.domain.surveys import actions as surveys
from huiyin.domain.surveys.queries import to_ask
from huiyin.lib.clock import now
from huiyin.lib.errors import Rejected, Unavailable
from huiyin.lib.limits import actions as limits
from huiyin.lib.paste import Entry, entries

log = logging.getLogger("huiyin.rounds")
OVERLAP = timedelta(minutes=2)  # a payment may become visible a little later than a newer one
PAGE = 200  # orders the shop returns at once
MOST_TRIES = 12  # of attaching records, of finding an order, with growing pauses: eight hours
MOST = 50  # of each kind in one round: the others wait a second


def due_promises() -> None:
    """Warn in the last fifth, break what is due."""
    for promise_id in to_warn(now()):
        promises.warn(promise_id, now=now())
    for promise_id in due_now(now()):
        promises.break_due(promise_id, now=now())


def watched_orders() -> None:
    """PA4: paid orders whose delivery should have happened."""
    at = now()
    for order in Order.objects.filter(watch_at__lte=at).select_related("matter").order_by("watch_at")[:MOST]:
        rescue.watch(order, shop=the_shop(), now=now())


def changing_findings() -> None:
    """Searches that still change by themselves: a silent shop, a payment that is not settled."""
    due = Finding.objects.filter(retry_at__lte=now()).select_related("order", "order__matter", "contact")
    for finding in due.order_by("retry_at")[:MOST]:
        rescue.look_again(finding, shop=the_shop(), now=now())


def forgotten_remedies() -> None:
    """Approved and never begun, or begun and never finished: somebody was killed, or the shop was silent."""
    at = now()
    approved = Remedy.objects.filter(state="approved", asked_at__lte=at - timedelta(seconds=5))
    begun = Remedy.objects.filter(state="executing", executing_at__lte=at - carrying.TIME_OUT)
    for remedy in [*approved.order_by("asked_at")[:MOST], *begun.order_by("executing_at")[:MOST]]:
        carrying.carry_out(remedy.pk, shop=the_shop(), now=now())


def waiting_notices() -> None:
    for notice_id in posting.waiting(now()):
        posting.post(notice_id, senders(), now=now())


def shop_news() -> None:
    """Orders paid since the newest we know, page by page: for shops without events, and for events that got lost."""
    newest = Order.objects.exclude(paid_at=None).order_by("-paid_at").values_list("paid_at", flat=True).first()
    since = (newest - OVERLAP) if newest else now() - timedelta(days=1)
    while page := the_shop().paid_since(since):
        numbers = [snapshot.order_no for snapshot in page]
        known = set(Order.objects.filter(order_no__in=numbers).values_list("order_no", flat=True))
        for snapshot in page:
            if snapshot.order_no not in known:
                orders.keep_order(snapshot, judge(snapshot, now()), now=now())
        last = max((p.paid_at for p in page[-1].payments if p.paid_at), default=since)
        if len(page) < PAGE or last <= since:
            return
        since = last


def look_at(order_no: str, named: str = "") -> Order | None:
    """Ask the shop about one order and keep what it says; None when the shop knows no such order. Cases that named it
    so, or as `named`, are joined to it."""
    snapshot = the_shop().order(order_no)
    if snapshot is None:
        return None
    order = orders.keep_order(snapshot, judge(snapshot, now()), now=now())
    cases.link_order(order, now=now(), named=named)
    return order


def look_for(named: str, tries: int) -> None:
    """Ask the shop which order somebody meant. A silent shop, and a database that chose us to give way, are asked
    again."""
    try:
        if not any(look_at(order_no, named) for order_no in _meant(named)):
            cases.order_unknown(named, now=now())
    except (Unavailable, OperationalError):
        _again(tries, "look_at_order", order_no=named)


def _meant(named: str) -> Iterator[str]:
    """Numbers of the order that may be meant, the likeliest first: as it stands, and as the portal's field reads it."""
    yield named
    for entry in entries(named):
        if entry.by == "order_no" and entry.value != named:
            yield entry.value
        elif entry.by in {"bill_no", "trade_no"}:
            yield from _billed(entry)


def _billed(entry: Entry) -> list[str]:
    try:
        return [found.order_no for found in the_shop().find(entry.by, entry.value)]
    except Rejected:  # this shop cannot look for it
        return []


def _again(tries: int, task: str, **arguments: Any) -> None:
    """The same job once more, after ever longer pauses."""
    if tries < MOST_TRIES:
        journal.defer_in(min(10 * 2**tries, 3600), task, **arguments, tries=tries + 1)


def orders_met() -> None:
    """Join cases to orders that were met some other way than by asking for them."""
    named = Case.objects.filter(order__isnull=True).exclude(order_no="").values("order_no")
    for order in Order.objects.filter(order_no__in=named)[:MOST]:
        cases.link_order(order, now=now())


def note_first_shown(order_no: str) -> None:
    """Let the shop note that a key was shown; what it returns is nobody's business here."""
    shop = the_shop()
    try:
        if "reveal" in shop.capabilities().can:
            shop.reveal(order_no)
        look_at(order_no)
    except (Unavailable, Rejected):
        log.warning("the shop did not note that the key of %s was shown; our own fact stands", order_no)


def handle_event(event_id: int) -> None:
    """The shop said that something happened: look at the order now."""
    event = ShopEvent.objects.get(pk=event_id)
    if event.order_no:
        try:
            look_at(event.order_no)
        except Unavailable:
            return  # unhandled events are asked again by the next round
    orders.handled(event, now=now())


def unhandled_events() -> None:
    old = ShopEvent.objects.filter(handled_at=None, received_at__lte=now() - timedelta(seconds=10))
    for event_id in old.order_by("received_at").values_list("pk", flat=True)[:MOST]:
        handle_event(event_id)


def gather(matter_id: int, tries: int) -> None:
    """Attach what we hold about a case's order; a silent shop or a full disk is asked again, ever more slowly."""
    try:
        is_complete = gathering.gather(matter_id, shop=the_shop(), files=the_files(), now=now())
    except Unavailable:
        is_complete = False
    if not is_complete:
        _again(tries, "gather_evidence", matter_id=matter_id)


def access_ledger() -> None:
    """Join who looked at what to the chains of the ledger."""
    while journal.link_accesses() == PAGE:
        pass


def files_whole() -> None:
    """Compare files with their hashes, the longest unchecked first."""
    if spoiled := check_some(the_files(), now=now()):
        log.error("%s pieces of evidence are not the bytes that were added", spoiled)


def tell_leads(what: str, matter_no: str) -> None:
    """Wake whoever leads, once an hour per reason: those whose shift it is (OP12), all of them where it is nobody's."""
    hour = now().strftime("%Y%m%d%H")
    leads = Person.objects.filter(is_active=True, tier__in=["supervisor", "operations"]).exclude(email="")
    for lead in leads.filter(pk__in=expected(now())) or leads:
        notices.owe(notices.Owed(what, f"{what}:{lead.pk}:{hour}"), {"email": lead.email}, now=now())


def dead_jobs() -> None:
    """Jobs of workers that were killed go back into the queue; procrastinate never does that by itself."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing' AND id IN (
                SELECT job.id FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker
                ON worker.id = job.worker_id WHERE job.status = 'doing'
                AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
                FOR UPDATE OF job SKIP LOCKED)
            """,
            [DEAD_AFTER_S],
        )
        if cursor.rowcount:
            log.warning("%s jobs of dead workers are back in the queue", cursor.rowcount)


def breach_digests() -> None:
    """One message per person about what broke, not one per promise."""
    digests.send_due(now=now())


def agreed_items() -> None:
    """CP18: carry out what was agreed, and look whether it has arrived."""
    for item_id in carrying_items.due(now()):
        carrying_items.look(item_id, shop=the_shop(), now=now())


def silent_buyers() -> None:
    """Remind buyers who owe us a word; after seven days the case closes without confirmation."""
    for case_id in silent_now(now()):
        cases.remind(case_id, now=now())


def ended_cases() -> None:
    """HL8: ask how it was, once a case, not at night."""
    for survey_id in to_ask(now()):
        surveys.send(survey_id, now=now())


def daily() -> None:
    """Forget what no longer serves anybody."""
    limits.sweep(now())
    recordings_over()
    the_files().sweep(named_files, before=now() - timedelta(days=1))
    call_command("clearsessions")
    papers.forget_old(now())


def rounds() -> list[list[Round]]:
    """Our own tables every second; whatever asks the shop apart, so that a silent shop delays no promise; the webhooks;
    and, where there is a recogniser, what was said in calls."""
    poll = float(getattr(settings, "SHOP_POLL_S", 15))
    own = [
        Round("due promises", 1, due_promises), Round("notices", 3, waiting_notices), Round("dead jobs", 10, dead_jobs),
        Round("digests", 30, breach_digests), Round("silent buyers", 60, silent_buyers),
        Round("daily", 86_400, daily), Round("orders met", 60, orders_met),
        Round("access ledger", 2, access_ledger), Round("gone from queues", 15, gone_from_queues),
        Round("unanswered calls", 2, unanswered_calls), Round("surveys", 5, ended_cases),
    ]  # fmt: skip
    outside = [
        Round("watch", 1, watched_orders), Round("findings", 1, changing_findings),
        Round("remedies", 2, forgotten_remedies), Round("events", 5, unhandled_events), Round("news", poll, shop_news),
        Round("files", 60, files_whole), Round("recordings", 60, recordings_left),
        Round("agreed items", 2, agreed_items),
    ]  # fmt: skip
    said = [[Round("transcripts", 5, transcripts_left)]] if settings.SPEECH_MODEL else []
    return [own, outside, [Round("hooks", 0.25, hooks.lines().round)], *said]
