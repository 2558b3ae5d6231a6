"""Subscriptions, and one row for each thing we owe them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from huiyin.domain.journal.models import Fact, Matter


class Hook(models.Model):
    """An address that is told what happened. `sealed` is the secret it shares with us."""

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="hook")
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=48))
    with_text = models.BooleanField(default=False)
    sealed = models.TextField()
    by = models.CharField(max_length=64)
    state = models.CharField(max_length=8, default="active")
    last_seq = models.IntegerField(default=0)
    read_until = models.DateTimeField()  # facts older than this and a margin have their delivery
    swept_at = models.DateTimeField()  # when the wide margin was last looked at
    busy_until = models.DateTimeField(null=True)  # somebody is calling: one at a time keeps the order
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["active", "stopped", "removed"]), name="hook_state")
        ]


class HookDelivery(models.Model):
    """One event for one hook. The body is made of the fact when it is sent; only a ping has none."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    seq = models.IntegerField()
    event = models.CharField(max_length=48)
    fact = models.ForeignKey(Fact, null=True, on_delete=models.PROTECT, related_name="hook_deliveries")
    state = models.CharField(max_length=8, default="queued")
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField()
    status = models.IntegerField(null=True)  # what the other side answered last
    fault = models.CharField(max_length=80, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["queued", "sent", "dead"]), name="hook_delivery_state"),
            models.UniqueConstraint(fields=["hook", "seq"], name="hook_delivery_has_one_place"),
            models.UniqueConstraint(fields=["hook", "fact"], name="hook_hears_a_fact_once"),
        ]
        # serves "what is next for this hook"
        indexes = [models.Index(fields=["hook", "seq"], condition=Q(state="queued"), name="hook_delivery_queued")]
