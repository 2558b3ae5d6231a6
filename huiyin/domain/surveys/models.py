"""Surveys, and who does not want any."""

from django.db import models
from django.db.models import Q

from huiyin.domain.cases.models import Case
from huiyin.domain.contacts.models import Contact
from huiyin.domain.staff.models import Person
from huiyin.domain.surveys.rules import State


class Survey(models.Model):
    """How it was, about one case: asked once. Only the digest of the link's token is kept."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="survey")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="surveys")
    agent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="surveys")
    state = models.CharField(max_length=12, default=State.PLANNED.value)
    ask_at = models.DateTimeField()
    channel = models.CharField(max_length=8, default="", blank=True)  # mail | sms, once sent
    digest = models.CharField(max_length=64, default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    solved = models.BooleanField(null=True)
    rating = models.SmallIntegerField(null=True)
    effort = models.SmallIntegerField(null=True)
    words = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="survey_state"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="survey_rating"),
            models.CheckConstraint(condition=Q(effort=None) | Q(effort__gte=1, effort__lte=5), name="survey_effort"),
            models.CheckConstraint(
                condition=~Q(state="answered")
                | Q(answered_at__isnull=False, solved__isnull=False, rating__isnull=False),
                name="answered_surveys_say_how",
            ),
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="survey_link"),
        ]
        indexes = [
            # serves the round that asks
            models.Index(fields=["ask_at"], condition=Q(state="planned"), name="survey_to_ask"),
            # serves the figures of a day
            models.Index(fields=["answered_at"], condition=Q(answered_at__isnull=False), name="survey_answered"),
        ]


class Unasked(models.Model):
    """An address whose owner does not want to be asked; only its keyed digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
