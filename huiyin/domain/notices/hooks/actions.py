"""Subscribing, collecting what a hook is owed, and what became of each delivery."""

import random
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Fact
from huiyin.domain.notices.hooks.events import HookMade, HookRemoved, HookReplayed, HookStopped
from huiyin.domain.notices.hooks.models import Hook, HookDelivery
from huiyin.domain.notices.hooks.rules import LEASE, MOST_HOOKS, PING, Wanted, check, pause_before
from huiyin.lib.errors import Refusal
from huiyin.lib.seal import seal

MOST = 500  # facts taken in at once
# A fact may become visible a moment after newer ones, when its transaction was slow. Looked at each time, and the long
# one once a minute: no transaction of ours lasts that long.
MARGIN, WIDE_MARGIN, WIDE_EVERY = timedelta(seconds=30), timedelta(minutes=15), timedelta(minutes=1)
_DICE = random.SystemRandom()


@transaction.atomic
def subscribe(wanted: Wanted, *, by: str, now: datetime) -> tuple[Hook, str]:
    """A new subscription and its secret, which is shown this once. Raises Refusal."""
    check(wanted, allow_private=settings.DEMO)
    if Hook.objects.exclude(state="removed").count() >= MOST_HOOKS:
        raise Refusal("hooks_too_many", limit=MOST_HOOKS)
    secret = secrets.token_urlsafe(32)
    matter = journal.lock_one(journal.open_matter("hook", now).pk)
    hook = Hook.objects.create(
        matter=matter, name=wanted.name, url=wanted.url, events=sorted(set(wanted.events)), with_text=wanted.with_text,
        sealed=seal(settings.SECRET_KEY.encode(), secret), by=by, created_at=now, read_until=now, swept_at=now,
    )  # fmt: skip
    made = HookMade(hook=hook.pk, events=tuple(hook.events), with_text=hook.with_text)
    journal.record(matter, made, by=by, now=now)
    return hook, secret


@transaction.atomic
def remove(hook: Hook, *, by: str, now: datetime) -> None:
    """It is told nothing more; what it was told stays on record."""
    matter = journal.lock_one(hook.matter_id)
    if Hook.objects.filter(pk=hook.pk).exclude(state="removed").update(state="removed"):
        journal.record(matter, HookRemoved(hook=hook.pk), by=by, now=now)


@transaction.atomic
def ping(hook: Hook, *, now: datetime) -> HookDelivery:
    """Owe it an event without content, so that whoever subscribes sees that the way is free."""
    locked = Hook.objects.select_for_update().get(pk=hook.pk)
    Hook.objects.filter(pk=hook.pk).update(last_seq=locked.last_seq + 1)
    return HookDelivery.objects.create(
        hook=locked, seq=locked.last_seq + 1, event=PING, created_at=now, next_try_at=now
    )  # fmt: skip


@transaction.atomic
def collect(hook_id: int, *, now: datetime) -> int:
    """Turn the facts this hook wants and has not got into deliveries, in their order; how many.

    Facts are read where they are: who records one pays nothing for hooks. Two workers at once do not meet."""
    hook = Hook.objects.select_for_update(skip_locked=True).filter(pk=hook_id, state="active").first()
    if hook is None:
        return 0
    is_wide = now - hook.swept_at >= WIDE_EVERY
    since = max(hook.created_at, hook.read_until - (WIDE_MARGIN if is_wide else MARGIN))
    facts = list(_unheard(hook, since))
    rows = [
        HookDelivery(hook=hook, seq=seq, event=fact.name, fact=fact, created_at=now, next_try_at=now)
        for seq, fact in enumerate(facts, hook.last_seq + 1)
    ]
    HookDelivery.objects.bulk_create(rows)
    changes: dict[str, object] = {"last_seq": hook.last_seq + len(rows)}
    if len(rows) < MOST:  # else there is more in this stretch of time
        changes |= {"read_until": now} | ({"swept_at": now} if is_wide else {})
    Hook.objects.filter(pk=hook.pk).update(**changes)
    return len(rows)


def _unheard(hook: Hook, since: datetime) -> list[Fact]:
    """Served by the index `fact_name_at`. Notes among staff leave the house never."""
    wanted = Fact.objects.filter(name__in=hook.events, at__gte=since)
    public = wanted.exclude(Q(name="message_written", data__internal=True))
    heard = HookDelivery.objects.filter(hook=hook, fact=OuterRef("pk"))
    return list(public.filter(~Exists(heard)).only("name").order_by("pk")[:MOST])


def claim(hook_id: int, *, now: datetime) -> HookDelivery | None:
    """The next delivery of a hook, if its time has come and nobody else is calling; the caller has LEASE for it."""
    free = Hook.objects.filter(pk=hook_id, state="active").filter(Q(busy_until=None) | Q(busy_until__lte=now))
    if not free.update(busy_until=now + LEASE):
        return None
    queued = HookDelivery.objects.filter(hook=hook_id, state="queued").select_related("hook", "fact", "fact__matter")
    first = queued.order_by("seq").first()
    if first is None or first.next_try_at > now:
        _free(hook_id)
        return None
    return first


def sent(delivery: HookDelivery, status: int, *, now: datetime) -> None:
    """The other side has it."""
    queued = HookDelivery.objects.filter(pk=delivery.pk, state="queued")
    queued.update(state="sent", status=status, fault="", sent_at=now)
    _free(delivery.hook_id)


@transaction.atomic
def not_sent(delivery: HookDelivery, fault: str, status: int | None, *, now: datetime) -> None:
    """Again later; after the last try the line stands still, and a person is told."""
    matter = journal.lock_one(delivery.hook.matter_id)
    pause = pause_before(delivery.tries + 1, _DICE.random())
    HookDelivery.objects.filter(pk=delivery.pk, state="queued").update(
        tries=delivery.tries + 1, status=status, fault=fault[:80], state="queued" if pause else "dead",
        next_try_at=now + (pause or timedelta()),
    )  # fmt: skip
    _free(delivery.hook_id)
    if pause is None and Hook.objects.filter(pk=delivery.hook_id, state="active").update(state="stopped"):
        stopped = HookStopped(hook=delivery.hook_id, seq=delivery.seq, fault=fault[:80])
        journal.record(matter, stopped, by="system", now=now)


@transaction.atomic
def replay(hook: Hook, since: int = 0, *, by: str, now: datetime) -> int:
    """Send again: what was given up, and (with `since`) everything from that number on. The line moves again.

    Returns how many. Raises Refusal('hook_removed')."""
    matter = journal.lock_one(hook.matter_id)
    if not Hook.objects.filter(pk=hook.pk).exclude(state="removed").update(state="active"):
        raise Refusal("hook_removed")
    again = Q(state="dead") | (Q(seq__gte=since) if since else Q(pk__in=()))
    waiting = Q(state="queued")
    rows = HookDelivery.objects.filter(Q(hook=hook) & (again | waiting))
    count = rows.update(state="queued", tries=0, next_try_at=now, sent_at=None)
    journal.record(matter, HookReplayed(hook=hook.pk, since=since, count=count), by=by, now=now)
    return count


def _free(hook_id: int) -> None:
    Hook.objects.filter(pk=hook_id).update(busy_until=None)
