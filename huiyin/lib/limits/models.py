"""One row per counted thing and window."""

from django.db import models


class Counter(models.Model):
    """How often `bucket` was used in the window that began at `started`. Old rows are swept daily."""

    bucket = models.CharField(max_length=160)
    started = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "started"], name="one_counter_per_window")]
        # serves the daily sweep
        indexes = [models.Index(fields=["started"], name="counter_started")]
