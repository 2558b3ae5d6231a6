"""Orders we answer for, what we found about them, and what we did to put them right."""

from django.db import models
from django.db.models import Q

from huiyin.domain.contacts.models import Buyer, Contact
from huiyin.domain.journal.models import Matter
from huiyin.domain.staff.models import Person
from huiyin.lib.fields import MoneyField


class Order(models.Model):
    """An order of the shop, as far as it concerns us. The snapshot is what the shop said when we last looked."""

    order_no = models.CharField(max_length=64, unique=True)
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="order")
    buyer = models.ForeignKey(Buyer, null=True, on_delete=models.SET_NULL, related_name="orders")
    bill_nos = models.JSONField(default=list)
    amount = MoneyField(default=0)
    title = models.CharField(max_length=200, default="")
    snapshot = models.JSONField(default=dict)
    looked_at = models.DateTimeField()
    situation = models.CharField(max_length=32, default="")
    paid_at = models.DateTimeField(null=True)
    watch_at = models.DateTimeField(null=True)  # when the watch looks again; empty = nothing to watch
    watch_tries = models.IntegerField(default=0)
    settled_at = models.DateTimeField(null=True)  # the buyer said "solved"

    class Meta:
        # serves the watch: paid orders whose delivery should have happened by now
        indexes = [models.Index(fields=["watch_at"], condition=Q(watch_at__isnull=False), name="order_watched")]


class Finding(models.Model):
    """The answer to one search: what we found, how well the buyer proved it is his, and what he may choose."""

    ref = models.CharField(max_length=32, unique=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="findings")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="findings")
    channel = models.CharField(max_length=16)
    by = models.CharField(max_length=64)
    level = models.CharField(max_length=12)
    asked = models.TextField()  # sealed: what was typed, to ask the shop again when it did not answer
    verdict = models.JSONField(default=dict)  # situation, options, values for the words
    chosen = models.CharField(max_length=16, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True)  # the shop did not answer: ask again then

    class Meta:
        # serves the worker's minute-by-minute retries
        indexes = [models.Index(fields=["retry_at"], condition=Q(retry_at__isnull=False), name="finding_retry")]


LIVE = ["requested", "approved", "executing", "done", "needs_person"]


class Remedy(models.Model):
    """One thing done to put an order right. `purpose` says what for: an order gets one live remedy a purpose."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="remedies")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="remedies")
    key = models.CharField(max_length=40, unique=True)  # idempotency key, ours and the shop's
    purpose = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    request = models.JSONField(default=dict)  # what the shop is asked: amount, quantity, bill, replaced keys
    amount = MoneyField(default=0)  # what it costs us at most, for the brakes
    state = models.CharField(max_length=14)
    asked_by = models.CharField(max_length=64)  # buyer | watch | staff:1024
    approved_by = models.CharField(max_length=64, default="")
    reason = models.CharField(max_length=200, default="")
    sealed_keys = models.TextField(default="")
    detail = models.CharField(max_length=200, default="")
    tries = models.IntegerField(default=0)
    asked_at = models.DateTimeField()
    executing_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[*LIVE, "failed"]), name="remedy_state"),
            models.UniqueConstraint(
                fields=["order", "purpose"], condition=Q(state__in=LIVE), name="one_live_remedy_per_purpose"
            ),
        ]
        indexes = [
            # serves the brakes: what was given in the last hour, day, thirty days
            models.Index(fields=["asked_at"], name="remedy_asked"),
            # serves the sweep after a crash
            models.Index(fields=["executing_at"], condition=Q(state="executing"), name="remedy_executing"),
            # serves who has to approve or to check something, and how many such there are
            models.Index(fields=["matter", "state"], condition=Q(state__in=["requested", "needs_person"]),
                         name="remedy_waits_for_people"),
        ]  # fmt: skip


class ManualTask(models.Model):
    """A remedy the shop's software cannot do: exact steps for a person, proof, and a second pair of eyes."""

    remedy = models.OneToOneField(Remedy, on_delete=models.PROTECT, related_name="task")
    steps = models.JSONField(default=list)  # codes with values; the words are in the catalogue
    why = models.CharField(max_length=48)
    proof = models.TextField(default="")
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="tasks_done")
    done_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="tasks_checked")
    checked_at = models.DateTimeField(null=True)


class Breaker(models.Model):
    """Stops automatic remedies when far more than usual are asked for. One row; open = stopped."""

    opened_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=48, default="")
    asked = models.IntegerField(default=0)
    usual = models.IntegerField(default=0)
    closed_by = models.CharField(max_length=64, default="")


class ShopEvent(models.Model):
    """An event the shop sent. Its id makes a repeat harmless."""

    event_id = models.CharField(max_length=64, unique=True)
    type = models.CharField(max_length=24)
    order_no = models.CharField(max_length=64, default="")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["received_at"], condition=Q(handled_at__isnull=True), name="event_unhandled")]


class Terms(models.Model):
    """A version of what the shop said: a goods page, a promotion, its fees or its way of refunding. Never changed: a
    shop that says something else under the same version gets a second row, and both are shown."""

    kind = models.CharField(max_length=12)
    sku = models.CharField(max_length=100, default="")  # empty = all goods
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField(default="")
    rule = models.JSONField(default=dict)  # what `promotions.py` computes with
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64)  # of everything above, see `terms.py`
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "sku", "version", "sha256"], name="terms_version"),
            models.CheckConstraint(
                condition=Q(kind__in=["goods_page", "promotion", "fees", "refund"]), name="terms_kind"
            ),
        ]


class OrderTerms(models.Model):
    """The terms that were in force when this order was paid."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="order_terms")
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="order_terms")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "terms"], name="terms_once_an_order")]
