"""Reads about surveys."""

import hashlib
from datetime import datetime

from django.conf import settings

from huiyin.domain.cases.models import Case
from huiyin.domain.conversations.models import Conversation
from huiyin.domain.surveys.models import Survey
from huiyin.domain.surveys.rules import State

_FULL = ("case__matter", "case__buyer", "case__order", "agent")


def to_ask(now: datetime, most: int = 10) -> list[int]:
    """Surveys whose hour has come: few at once, because answers to buyers go first. Served by `survey_to_ask`."""
    due = Survey.objects.filter(state=State.PLANNED, ask_at__lte=now)
    return list(due.order_by("ask_at").values_list("pk", flat=True)[:most])


def survey_behind(token: str, now: datetime) -> Survey | None:
    """The survey this token opens, if it still does. Served by `survey_link`."""
    if not 20 <= len(token) <= 30:
        return None
    found = Survey.objects.filter(digest=digest_of(token), expires_at__gt=now)
    return found.select_related(*_FULL).first()


def get_survey(pk: int) -> Survey:
    """With everything its page shows."""
    return Survey.objects.select_related(*_FULL).get(pk=pk)


def survey_of(matter_id: int) -> Survey | None:
    """The survey about the case on this matter, if it has ended once."""
    return Survey.objects.filter(case__matter=matter_id).select_related("agent").first()


def waits_for_answer(case: Case) -> bool:
    """Whether the buyer could still say how it was; who does not want to be asked is not asked on a page either."""
    done = [State.ANSWERED.value, State.UNWANTED.value]
    return Survey.objects.filter(case=case).exclude(state__in=done).exists()


def rating_in_talk(survey: Survey) -> int | None:
    """What they keyed after a call, or tapped after a chat, about this case: the newest."""
    rated = Conversation.objects.filter(case=survey.case.matter_id, rating__isnull=False)
    newest = rated.order_by("-started_at").values_list("rating", flat=True)
    return newest.first()


def language_of(survey: Survey) -> str:
    """The language they last talked with us in about it; Chinese where they only wrote."""
    talks = Conversation.objects.filter(case=survey.case.matter_id).order_by("-started_at")
    return talks.values_list("language", flat=True).first() or "zh-hans"


def digest_of(token: str) -> str:
    """What of a token stands in the table."""
    return hashlib.sha256(settings.SECRET_KEY.encode() + b"\0survey\0" + token.encode("utf-8", "replace")).hexdigest()
