"""What the demo shop keeps. Money in fen; everything that must survive a kill is a row here, nothing is in memory."""

from django.db import models
from django.db.models import CheckConstraint, Q


class Article(models.Model):
    """Something the shop sells."""

    sku = models.CharField(max_length=40, primary_key=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    price_fen = models.IntegerField()
    region = models.CharField(max_length=20, blank=True, default="")
    how_to = models.CharField(max_length=200, blank=True, default="")
    promised_s = models.IntegerField(default=180)


class CardKey(models.Model):
    """A card key in stock, until it is sold."""

    key_id = models.CharField(max_length=40, primary_key=True)
    article = models.ForeignKey(Article, models.PROTECT, related_name="keys")
    code = models.CharField(max_length=60)
    sold_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # counts the stock of an article and takes the next key
            models.Index(fields=["article", "key_id"], condition=Q(sold_at=None), name="key_in_stock"),
        ]


class Order(models.Model):
    """An order with its buyer. `deliver_at` is when the shop's own delivery runs; empty = it does not (any more)."""

    order_no = models.CharField(max_length=64, unique=True)
    situation = models.CharField(max_length=40, blank=True, default="", db_index=True)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, db_index=True)
    expires_at = models.DateTimeField(null=True)
    article = models.ForeignKey(Article, models.PROTECT)
    quantity = models.IntegerField(default=1)
    amount_fen = models.IntegerField()
    email = models.CharField(max_length=200, blank=True, default="", db_index=True)
    phone = models.CharField(max_length=40, blank=True, default="", db_index=True)
    wechat = models.CharField(max_length=80, blank=True, default="", db_index=True)
    qq = models.CharField(max_length=40, blank=True, default="", db_index=True)
    member_no = models.CharField(max_length=40, blank=True, default="", db_index=True)
    tier = models.CharField(max_length=20, blank=True, default="")
    points = models.IntegerField(null=True)
    region = models.CharField(max_length=20, blank=True, default="")
    account = models.CharField(max_length=80, blank=True, default="")
    delivery_state = models.CharField(max_length=10)
    promised_by = models.DateTimeField(null=True)
    deliver_at = models.DateTimeField(null=True, db_index=True)
    expected_fen = models.IntegerField(null=True)
    credited_fen = models.IntegerField(null=True)
    promotion = models.CharField(max_length=100, blank=True, default="")
    account_confirmed = models.BooleanField(default=True)


class Payment(models.Model):
    """A payment as the channel tells it. It settles at `settles_at`, or so long after it is first asked about."""

    bill_no = models.CharField(max_length=64, primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    trade_no = models.CharField(max_length=64, db_index=True)
    channel = models.CharField(max_length=20)
    amount_fen = models.IntegerField()
    state = models.CharField(max_length=10)
    paid_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settles_at = models.DateTimeField(null=True, db_index=True)
    settle_after_s = models.IntegerField(null=True)  # from the first time the channel is asked again


class Refund(models.Model):
    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, models.PROTECT)
    amount_fen = models.IntegerField()
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    key = models.CharField(max_length=100, blank=True, default="")
    reason = models.CharField(max_length=100, blank=True, default="")
    arrives_at = models.DateTimeField(null=True, db_index=True)


class Item(models.Model):
    """One thing handed over: a card key, or a top-up without one."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="items")
    key_id = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=60, blank=True, default="")
    delivered_at = models.DateTimeField()
    by = models.CharField(max_length=10)
    to = models.CharField(max_length=200, blank=True, default="")
    mail_state = models.CharField(max_length=10, blank=True, default="")
    first_shown_at = models.DateTimeField(null=True)
    redeemed_at = models.DateTimeField(null=True)
    redeemed_by = models.CharField(max_length=40, blank=True, default="")
    expires_at = models.DateTimeField(null=True)
    region = models.CharField(max_length=20, blank=True, default="")
    voided_at = models.DateTimeField(null=True)
    also_in_orders = models.IntegerField(default=0)


class Attempt(models.Model):
    """One line of the delivery log."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    result = models.CharField(max_length=10)
    detail = models.CharField(max_length=100, blank=True, default="")


class Remedy(models.Model):
    """The first answer to an idempotency key, given again to every repeat."""

    key = models.CharField(max_length=100, primary_key=True)
    order = models.ForeignKey(Order, models.PROTECT)
    request = models.JSONField()
    state = models.CharField(max_length=10)
    keys = models.JSONField(default=list)
    detail = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()


class Effect(models.Model):
    """The ledger: what really happened because of a remedy. One row per idempotency key, kept by the database."""

    order = models.ForeignKey(Order, models.PROTECT)
    effect = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)  # keys | money | credit
    at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=100, unique=True)
    amount_fen = models.IntegerField(null=True)


class Event(models.Model):
    """The outbox: what the shop still has to tell the centre, written with the change it tells of."""

    id = models.CharField(max_length=40, primary_key=True)
    type = models.CharField(max_length=20)
    order_no = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_index=True)  # empty = delivered
    sent_at = models.DateTimeField(null=True)


class Fault(models.Model):
    """A switch that is on. An empty order number means the whole shop."""

    fault = models.CharField(max_length=30)
    order_no = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fault", "order_no"], name="fault_once")]


class Letter(models.Model):
    """A mail or SMS that reached a buyer: what the mailbox page shows."""

    kind = models.CharField(max_length=4)
    to = models.CharField(max_length=200, db_index=True)
    sender = models.CharField(max_length=200, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(kind__in=["mail", "sms"]), name="letter_kind")]
