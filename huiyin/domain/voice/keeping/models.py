"""Where a recording lies once it has been kept."""

from django.db import models


class Copy(models.Model):
    """The original of a recording as WAV in the file store, a small copy for playing, and its wave form. Without sound
    in it there is neither copy nor wave form. The samples of the WAV are those that were hashed when it was closed."""

    recording = models.OneToOneField("voice.Recording", on_delete=models.PROTECT, related_name="copy")
    sha256 = models.CharField(max_length=64)  # of the WAV
    size = models.BigIntegerField()
    small_sha256 = models.CharField(max_length=64, default="", blank=True)
    small_size = models.BigIntegerField(default=0)
    small_mime = models.CharField(max_length=40, default="", blank=True)
    peaks = models.JSONField(default=list)  # one list a channel, 0–100
    made_at = models.DateTimeField()

    class Meta:
        # serves the look whose files nobody points at any more
        indexes = [
            models.Index(fields=["sha256"], name="copy_sha256"),
            models.Index(fields=["small_sha256"], name="copy_small_sha256"),
        ]
