"""One row per message to somebody."""

from django.db import models
from django.db.models import Q

from huiyin.domain.journal.models import Matter
from huiyin.domain.notices.hooks.models import Hook as Hook  # Django looks for tables here
from huiyin.domain.notices.hooks.models import HookDelivery as HookDelivery


class Notice(models.Model):
    """A message we owe somebody. `params` are codes and values; words come from the template when it is sent.

    A secret (a key, a code) is in `sealed` and is wiped once the message is out.
    """

    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="notices")
    once = models.CharField(max_length=80, unique=True)  # what makes it the same message: no double sending
    channel = models.CharField(max_length=8)  # mail | sms
    to = models.CharField(max_length=160)
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=8, default="zh-hans")
    params = models.JSONField(default=dict)
    sealed = models.TextField(default="")
    state = models.CharField(max_length=8, default="queued")
    tries = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=["queued", "sent", "failed"]), name="notice_state")]
        # serves the worker's sweep of messages still to be sent
        indexes = [models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="notice_queued")]
