"""Keeping what was found, who asked, and what they want besides a remedy."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from huiyin.domain.contacts import actions as contacts
from huiyin.domain.contacts.models import Fate
from huiyin.domain.journal import actions as journal
from huiyin.domain.journal.models import Matter
from huiyin.domain.journal.nudges import nudge
from huiyin.domain.orders.events import (
    ChoiceOffered,
    KeyShown,
    OrderFound,
    OrderSettled,
    PersonNeeded,
    SituationChanged,
    WaitChosen,
)
from huiyin.domain.orders.models import Finding, Order
from huiyin.domain.orders.proof import Level
from huiyin.domain.orders.shop import GoodsKind, OrderSnapshot
from huiyin.domain.orders.situations import CHANGES_BY_ITSELF, Situation, Verdict, paid_payments
from huiyin.domain.orders.snapshots import as_json, verdict_json
from huiyin.lib.seal import seal

FINDING_LIVES = timedelta(hours=2)
LOOK_AGAIN = timedelta(seconds=60)
UNDELIVERED = {Situation.PLATFORM_FAILED, Situation.PAID_AFTER_EXPIRY, Situation.PARTIAL_DELIVERY, Situation.WATCHED}
# which complaint a search becomes when a person must look
CATEGORY = {
    Situation.SHORT_AMOUNT: "wrong_amount",
    Situation.DUPLICATE_CHARGE: "duplicate_charge",
    Situation.REFUND_FAILED: "refund_request",
    Situation.REFUND_ON_ITS_WAY: "refund_request",
    Situation.ALREADY_REDEEMED: "card_invalid",
    Situation.EXPIRED_CARD: "card_invalid",
    Situation.WRONG_REGION: "card_invalid",
    Situation.KEY_SOLD_TWICE: "card_invalid",
    Situation.REDEEMED_BEFORE_DELIVERY: "card_invalid",
    Situation.NOT_FOUND: "order_status",
    Situation.TOO_MANY_TRIES: "order_status",
    Situation.PROOF_NEEDED: "order_status",
    Situation.SHOP_UNREACHABLE: "order_status",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who searches: the channel, how facts name them, and the bucket their wrong tries are counted in."""

    channel: str
    by: str
    bucket: str


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked and how well it was proven. `asked` is kept sealed, to ask a silent shop again."""

    asker: Asker
    asked: dict[str, str]
    level: Level
    shows: bool = False


@transaction.atomic
def keep_order(snapshot: OrderSnapshot, verdict: Verdict, *, now: datetime) -> Order:
    """Note what the shop said about an order, new or known, and whether the watch must look again."""
    order = Order.objects.filter(order_no=snapshot.order_no).first() or _new_order(snapshot, now)
    matter = journal.lock_one(order.matter_id)
    before, paid = order.situation, paid_payments(snapshot)
    order.situation, order.snapshot, order.looked_at = verdict.situation.value, as_json(snapshot), now
    order.paid_at = max((p.paid_at for p in paid if p.paid_at), default=None)
    order.bill_nos, order.amount = [p.bill_no for p in snapshot.payments], snapshot.amount
    order.watch_at = _watch_at(order, snapshot, verdict, now)
    order.save(update_fields=["situation", "snapshot", "looked_at", "paid_at", "bill_nos", "amount", "watch_at"])
    if before and before != order.situation:
        changed = SituationChanged(order=order.pk, before=before, after=order.situation)
        journal.record(matter, changed, by="system", now=now)
        nudge(*(f"finding:{pk}" for pk in order.findings.filter(expires_at__gt=now).values_list("pk", flat=True)[:20]))
    return order


def _new_order(snapshot: OrderSnapshot, now: datetime) -> Order:
    who = snapshot.buyer
    known = {"email": who.email, "phone": who.phone, "wechat": who.wechat, "qq": who.qq, "member": who.member_no}
    try:
        with transaction.atomic():
            return Order.objects.create(
                order_no=snapshot.order_no, matter=journal.open_matter("order", now), title=snapshot.goods.title[:200],
                buyer=contacts.know(known, now=now, tier=who.tier), looked_at=now,
            )  # fmt: skip
    except IntegrityError:  # somebody else met the same order in the same instant
        return Order.objects.get(order_no=snapshot.order_no)


def _watch_at(order: Order, snapshot: OrderSnapshot, verdict: Verdict, now: datetime) -> datetime | None:
    """PA4: undelivered automatic goods are looked at when delivery was promised; a pending payment every minute."""
    if verdict.situation is Situation.OUT_OF_STOCK:
        return order.watch_at
    if verdict.situation is Situation.PAYMENT_PENDING:
        return now + LOOK_AGAIN
    if verdict.situation not in UNDELIVERED or snapshot.goods.kind is GoodsKind.MANUAL:
        return None
    due = snapshot.delivery.promised_by or now
    return order.watch_at if order.watch_at and order.watch_at > due else due


@transaction.atomic
def watch_later(order: Order, at: datetime | None, *, tries: int = 0) -> None:
    """When the watch looks at this order again; None ends the watch."""
    Order.objects.filter(pk=order.pk).update(watch_at=at, watch_tries=tries)


@transaction.atomic
def keep_finding(search: Search, verdict: Verdict, order: Order | None, *, now: datetime) -> Finding:
    """The answer to one search. A found order answers the contact; a silent shop leaves it without a fate until we
    could ask again (CP15)."""
    contact = contacts.note(search.asker.channel, "find", now=now, buyer=order.buyer if order else None)
    matter = journal.lock_one(order.matter_id) if order else None
    finding = Finding.objects.create(
        ref=secrets.token_urlsafe(16), order=order, contact=contact, channel=search.asker.channel,
        by=search.asker.by, level=search.level.value, asked=_sealed(search.asked),
        verdict=verdict_json(verdict, shows=search.shows), created_at=now, expires_at=now + FINDING_LIVES,
        retry_at=now + LOOK_AGAIN if verdict.situation in CHANGES_BY_ITSELF else None,
    )  # fmt: skip
    if order and matter:
        found = OrderFound(
            order=order.pk, situation=verdict.situation.value, level=search.level.value, channel=search.asker.channel
        )
        journal.record(matter, found, by=search.asker.by, now=now)
    if verdict.situation is not Situation.SHOP_UNREACHABLE:
        reason = "" if order else verdict.situation.value
        contacts.settle(contact, Fate.ANSWERED if order else Fate.CLOSED, now=now, reason=reason, matter=matter)
    return finding


def _sealed(asked: dict[str, str]) -> str:
    return seal(settings.SECRET_KEY.encode(), json.dumps(asked, ensure_ascii=False))


@transaction.atomic
def retry_later(
    finding: Finding, verdict: Verdict | None, order: Order | None, *, now: datetime, level: Level | None = None,
    shows: bool = False,
) -> None:  # fmt: skip
    """Note what a second look found; without a verdict the shop is still silent. The page that waits is nudged."""
    changes: dict[str, Any] = {"retry_at": now + LOOK_AGAIN}
    if verdict is not None:
        changes = {
            "verdict": verdict_json(verdict, shows=shows), "order": order, "level": (level or Level.NONE).value,
            "retry_at": now + LOOK_AGAIN if verdict.situation in CHANGES_BY_ITSELF else None,
        }  # fmt: skip
        if finding.contact and verdict.situation is not Situation.SHOP_UNREACHABLE:
            fate = Fate.ANSWERED if order else Fate.CLOSED
            contacts.settle(
                finding.contact, fate, now=now, reason="" if order else verdict.situation.value,
                matter=order.matter if order else None,
            )  # fmt: skip
    if now >= finding.expires_at:
        changes["retry_at"] = None
    Finding.objects.filter(pk=finding.pk).update(**changes)
    if verdict is not None and verdict.situation.value != finding.verdict.get("situation"):
        nudge(f"finding:{finding.pk}")


def _chose(finding: Finding, option: str) -> None:
    Finding.objects.filter(pk=finding.pk).update(chosen=option)


@transaction.atomic
def wait(finding: Finding, *, by: str, now: datetime) -> Matter:
    """The buyer waits; we look again by ourselves and owe news by the time we named."""
    assert finding.order is not None
    matter = journal.lock_one(finding.order.matter_id)
    _chose(finding, "wait")
    Order.objects.filter(pk=finding.order.pk).update(watch_at=now + LOOK_AGAIN)
    chosen = WaitChosen(order=finding.order.pk, situation=finding.verdict["situation"])
    journal.record(matter, chosen, by=by, now=now)
    return matter


@transaction.atomic
def offer_choice(order: Order, *, now: datetime) -> None:
    """Tell the buyer once what they may choose."""
    matter = journal.lock_one(order.matter_id)
    if journal.facts_of(matter, ChoiceOffered.name):
        return
    journal.record(matter, ChoiceOffered(order=order.pk, situation=order.situation), by="watch", now=now)


@transaction.atomic
def ask_person(finding: Finding, why: str, *, by: str, now: datetime) -> Matter:
    """A person must look. The reaction opens a case with an owner and promises on this very matter."""
    order = finding.order
    if finding.chosen == "person" and finding.contact and finding.contact.matter_id:
        return journal.lock_one(finding.contact.matter_id)
    matter = journal.lock_one(order.matter_id if order else journal.open_matter("case", now).pk)
    _chose(finding, "person")
    situation = Situation(finding.verdict["situation"])
    category = "card_invalid" if why == "not_working" else CATEGORY.get(situation, "recharge_delayed")
    needed = PersonNeeded(why=why, category=category, order=order.pk if order else None, channel=finding.channel)
    journal.record(matter, needed, by=by, now=now)
    contact = contacts.note(finding.channel, "person", now=now, buyer=order.buyer if order else None)
    contacts.settle(contact, Fate.JOINED, now=now, matter=matter)
    if finding.contact:
        contacts.settle(finding.contact, Fate.JOINED, now=now, matter=matter)
    Finding.objects.filter(pk=finding.pk).update(contact=contact)
    return matter


@transaction.atomic
def shown(order: Order, level: str, pieces: int, *, by: str, now: datetime) -> Matter:
    """A full key was put on somebody's screen."""
    matter = journal.lock_one(order.matter_id)
    journal.record(matter, KeyShown(order=order.pk, level=level, pieces=pieces), by=by, now=now)
    return matter


@transaction.atomic
def settled(order: Order, *, by: str, now: datetime) -> None:
    """The buyer says it is solved."""
    matter = journal.lock_one(order.matter_id)
    if Order.objects.filter(pk=order.pk, settled_at__isnull=True).update(settled_at=now):
        journal.record(matter, OrderSettled(order=order.pk), by=by, now=now)
