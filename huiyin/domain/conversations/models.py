"""Messages on a matter."""

from django.db import models
from django.db.models import Q

from huiyin.domain.journal.models import Matter


class Message(models.Model):
    """What somebody wrote. The text lives here and can be erased; the fact keeps its salted hash."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="messages")
    author = models.CharField(max_length=64)  # buyer | staff:1024 | system
    internal = models.BooleanField(default=False)  # a note among staff
    text = models.TextField()
    salt = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(internal=False) | ~Q(author="buyer"), name="buyers_write_no_notes")
        ]
        indexes = [models.Index(fields=["matter", "at"], name="message_by_matter")]
