"""Buyers, how they can be reached, and every time they turned to us."""

from django.db import models
from django.db.models import Q

from huiyin.domain.journal.models import Matter


class Buyer(models.Model):
    """A person on the other side. Joined from channels by their identities."""

    name = models.CharField(max_length=60, default="")
    tier = models.CharField(max_length=12, default="ordinary")
    # MB1: agent numbers of who answers for a diamond member, and of who does when that one is away
    manager = models.CharField(max_length=8, default="", db_default="")
    deputy = models.CharField(max_length=8, default="", db_default="")
    created_at = models.DateTimeField()


class Identity(models.Model):
    """One way to reach a buyer: phone, email, wechat, qq, member."""

    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_belongs_to_one_buyer")]


class Fate(models.TextChoices):
    ANSWERED = "answered"
    JOINED = "joined"
    CALLED_BACK = "called_back"
    CLOSED = "closed"


class Contact(models.Model):
    """One time somebody turned to us, on any channel. CP15: each gets exactly one fate."""

    channel = models.CharField(max_length=16)
    about = models.CharField(max_length=24)  # find | complaint | person | code
    at = models.DateTimeField()
    buyer = models.ForeignKey(Buyer, null=True, on_delete=models.SET_NULL, related_name="contacts")
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="contacts")
    fate = models.CharField(max_length=12, null=True)  # noqa: DJ001 - no fate yet is not an empty one
    fate_at = models.DateTimeField(null=True)
    fate_reason = models.CharField(max_length=48, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fate__isnull=True) | Q(fate__in=[f.value for f in Fate]), name="fate"),
            models.CheckConstraint(condition=~Q(fate="closed") | ~Q(fate_reason=""), name="closed_contacts_say_why"),
        ]
        # serves the list of contacts nobody has answered yet
        indexes = [models.Index(fields=["at"], condition=Q(fate__isnull=True), name="contact_without_fate")]


class Code(models.Model):
    """A one-time code sent to an address that an order already has. Only its HMAC is kept."""

    entry = models.CharField(max_length=64)  # HMAC of what was typed: the code proves exactly that entry
    digest = models.CharField(max_length=64)
    order_nos = models.JSONField(default=list)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["entry", "-sent_at"], name="code_by_entry")]
