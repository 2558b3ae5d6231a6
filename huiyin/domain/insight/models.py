"""Links to the screen on the wall."""

from django.db import models

from huiyin.domain.staff.models import Person


class Wall(models.Model):
    """A screen that may show the board without anybody logged in, until somebody takes its link away.

    Only the SHA-256 of the link's token is kept.
    """

    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="walls")
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)  # when it was last shown, to the hour
    revoked_at = models.DateTimeField(null=True)
