"""One row per promise."""

from django.db import models
from django.db.models import Q

from huiyin.domain.journal.models import Matter


class Promise(models.Model):
    """A clock on a matter. `due` and `warn_at` are computed from `events`, never decremented."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="promises")
    kind = models.CharField(max_length=24)
    about = models.CharField(max_length=16, default="", blank=True)  # which of several: the number of a demand item
    obligor = models.CharField(max_length=12, default="us")
    reason = models.CharField(max_length=48, default="")  # the rule that set it, told to the buyer
    words = models.CharField(max_length=200, default="")  # a commitment in somebody's own words
    started = models.DateTimeField()
    amount = models.IntegerField()
    unit = models.CharField(max_length=20)
    calendar = models.CharField(max_length=32, default="always")
    events = models.JSONField(default=list)  # pauses and resumes with reasons, append-only
    warn_at = models.DateTimeField()
    due = models.DateTimeField()
    estimated = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="running")
    warned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when its breach was told to whoever leads

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused", "kept", "broken", "withdrawn"]), name="promise_state"
            ),
            models.CheckConstraint(condition=Q(obligor__in=["us", "authority", "buyer"]), name="promise_obligor"),
            # a matter runs one promise of a kind and thing at a time; broken ones stay beside the next
            models.UniqueConstraint(
                fields=["matter", "kind", "about"],
                condition=Q(state__in=["running", "paused"]),
                name="one_running_per_kind",
            ),
        ]
        indexes = [
            # serves "what is due" and "what is near breach": the worker asks every second
            models.Index(fields=["due"], condition=Q(state__in=["running", "paused"]), name="promise_due"),
            models.Index(
                fields=["warn_at"],
                condition=Q(state__in=["running", "paused"], warned_at__isnull=True),
                name="promise_warn",
            ),
        ]
