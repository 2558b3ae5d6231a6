"""Transcripts: one a recording, its stretches of speech as rows."""

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class State(StrEnum):
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"
    ERASED = "erased"  # gone with its recording


class Speaker(StrEnum):
    BUYER = "buyer"
    AGENT = "agent"


class Transcript(models.Model):
    """What was said in a recording. `reached_s`: how far it is made; whoever goes on begins there."""

    recording = models.OneToOneField("voice.Recording", on_delete=models.PROTECT, related_name="transcript")
    state = models.CharField(max_length=8, default=State.MAKING.value)
    model = models.CharField(max_length=120)  # the name of what understood it
    reached_s = models.FloatField(default=0)
    tries = models.IntegerField(default=0)  # that ended in trouble
    plain = models.TextField(default="", blank=True)  # all of it as `lib/bigrams.py` spells it
    pairs = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="transcript_state")]
        indexes = [
            GinIndex(fields=["pairs"], name="transcript_pairs"),  # serves the search for rare words in what was said
            # serves the round that goes on with what a killed worker began
            models.Index(fields=["begun_at"], condition=Q(state="making"), name="transcript_open"),
        ]


class Stretch(models.Model):
    """Somebody says something without a pause. Seconds from the beginning of the recording."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="stretches")
    who = models.CharField(max_length=5)
    start_s = models.FloatField()
    end_s = models.FloatField()
    text = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(who__in=[s.value for s in Speaker]), name="stretch_who"),
            # nothing is written down twice, and served in this order
            models.UniqueConstraint(fields=["transcript", "start_s", "who"], name="stretch_once"),
        ]
