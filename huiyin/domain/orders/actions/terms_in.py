"""Keeping what the shop said when an order was paid."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from huiyin.domain.journal import actions as journal
from huiyin.domain.orders import shop
from huiyin.domain.orders.events import TermsChanged, TermsKept
from huiyin.domain.orders.models import Order, OrderTerms, Terms
from huiyin.domain.orders.terms import hash_of, in_force


@transaction.atomic
def keep_terms(order: Order, said: Iterable[shop.Terms], *, now: datetime) -> list[Terms]:
    """Point an order at the versions in force when it was paid. A version is never changed: another text under a
    version that we know becomes a row of its own, and the order's history says that the shop said two things."""
    matter = journal.lock_one(order.matter_id)
    valid = in_force(said, order.paid_at) if order.paid_at else []
    rows = [_keep(one, now) for one in valid]
    new = [row for row in rows if OrderTerms.objects.get_or_create(order=order, terms=row)[1]]
    if new:
        kept = [{"kind": row.kind, "version": row.version, "sha256": row.sha256} for row in new]
        journal.record(matter, TermsKept(order=order.pk, terms=kept), by="system", now=now)
    for row in new:
        if _said_otherwise(row):
            changed = TermsChanged(order=order.pk, kind=row.kind, version=row.version, sha256=row.sha256)
            journal.record(matter, changed, by="system", now=now)
    return rows


def _keep(one: shop.Terms, now: datetime) -> Terms:
    row, _ = Terms.objects.get_or_create(
        kind=one.kind.value, sku=one.sku, version=one.version, sha256=hash_of(one),
        defaults={
            "title": one.title, "text": one.text, "rule": dict(one.rule), "valid_from": one.valid_from,
            "valid_until": one.valid_until, "first_seen_at": now,
        },
    )  # fmt: skip
    return row


def _said_otherwise(row: Terms) -> bool:
    same = Terms.objects.filter(kind=row.kind, sku=row.sku, version=row.version)
    return same.exclude(sha256=row.sha256).exists()
