"""What somebody is working on before it counts, and sentences that somebody has recorded."""

from django.db import models
from django.db.models import Q


class Draft(models.Model):
    """The menu as it may become; one for all who lead. Callers hear none of it until it is published."""

    is_only = models.BooleanField(default=True, unique=True)
    table = models.JSONField()
    edition = models.IntegerField(default=0)  # raised by every change: who saw an older one is asked again
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(is_only=True), name="one_draft")]


class Take(models.Model):
    """A sentence as somebody recorded it. The file that came stays as it was; callers hear the one made of it."""

    slug = models.CharField(max_length=64)
    voice = models.CharField(max_length=16)  # zh-hans | en, or one of these for elderly callers: zh-hans-slow | en-slow
    sha256 = models.CharField(max_length=64)  # of the file as it came
    ready_sha256 = models.CharField(max_length=64)  # of what is played: 8 kHz, 16 bit, one channel
    seconds = models.FloatField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # another one, or the spoken one, is played since

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "voice"], condition=Q(ended_at=None), name="one_take_per_sentence")
        ]
        indexes = [
            # serve the look whose files nobody points at any more
            models.Index(fields=["sha256"], name="take_sha256"),
            models.Index(fields=["ready_sha256"], name="take_ready_sha256"),
        ]
